package r2000_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/devices/rfid/r2000"
)

const ownEPC = "3034257BF7194E4000001A85"

type vector struct {
	ID      string
	Hex     string
	Valid   bool
	Decoded map[string]any
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/serial_frames.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Frames []vector }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Frames
}

func TestFrames(t *testing.T) {
	frames := vectors(t)
	if len(frames) != 6 {
		t.Fatalf("%d frames in testdata, want 6", len(frames))
	}
	for _, v := range frames {
		t.Run(v.ID, func(t *testing.T) {
			f, err := r2000.ParseFrame(unhex(t, v.Hex))
			if err != nil || !v.Valid {
				t.Fatalf("got %v, want valid %v", err, v.Valid)
			}
			if got := upper(f.Append(nil)); got != v.Hex {
				t.Errorf("appended again it is %s", got)
			}
			if diff := cmp.Diff(v.Decoded, decoded(f)); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
		})
	}
}

// decoded is a frame in the words of the data file.
func decoded(f r2000.Frame) map[string]any {
	d := map[string]any{"addr": float64(f.Address), "cmd": fmt.Sprintf("0x%02X", byte(f.Code))}
	if tag, ok := f.Tag(); ok {
		d["kind"], d["freq_index"], d["antenna_index"] = "tag", float64(tag.Freq), float64(tag.Antenna)
		d["pc"], d["epc"], d["rssi_raw"] = fmt.Sprintf("%04X", tag.PC), tag.EPC.String(), float64(tag.RSSIRaw)
	} else if end, ok := f.RoundEnd(); ok {
		d["kind"], d["antenna_index"] = "round_end", float64(end.Antenna)
		d["read_rate"], d["total_reads"] = float64(end.Rate), float64(end.Reads)
	} else {
		d["data"] = upper(f.Data)
	}
	return d
}

func TestCommands(t *testing.T) {
	for want, c := range map[string]r2000.Command{
		"A004018901D1":     r2000.Inventory(1),
		"A004017400E7":     r2000.SetAntenna(1),
		"A006018B010001CC": r2000.SessionInventory(1, 0, 1),
		"A0030172EA":       r2000.Version(),
		"A0030179E3":       r2000.AskRegion(),
		"A0060178020006D9": r2000.SetRegion(r2000.RegionEU),
		"A006017801073B9E": r2000.SetRegion(r2000.RegionUS),
		"A00401661ADB":     r2000.SetPower(26),
	} {
		if got := upper(c.Append(nil, 1)); got != want {
			t.Errorf("encoded as %s, want %s", got, want)
		}
		if _, err := r2000.ParseFrame(unhex(t, want)); err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestResults(t *testing.T) {
	named := 0
	for code := range 256 {
		name := r2000.Result(code).String()
		if name != fmt.Sprintf("result %02X", code) {
			named++
		}
		f := r2000.Frame{Address: 1, Code: r2000.CodeSetAntenna, Data: []byte{byte(code)}}
		if got, ok := f.Result(); !ok || got.String() != name {
			t.Errorf("%02X is %v, %v", code, got, ok)
		}
	}
	if named != 42 {
		t.Errorf("%d results have names, want 42", named)
	}
	f, err := r2000.ParseFrame(unhex(t, "A00501898D2222"))
	if got, ok := f.Result(); err != nil || !ok || got != r2000.ResultAntennaMissing {
		t.Errorf("an inventory without antenna is %v, %v, %v", got, ok, err)
	}
}

func TestRegions(t *testing.T) {
	for _, want := range []r2000.Region{r2000.RegionEU, r2000.RegionUS} {
		if got, err := r2000.ParseRegion(want.String()); err != nil || got != want {
			t.Errorf("%v reads as %v, %v", want, got, err)
		}
	}
	if _, err := r2000.ParseRegion("open"); err == nil {
		t.Error("a region without rules was taken")
	}
}

// feed answers the frames that p completes, as hex.
func feed(d *r2000.Decoder, p []byte) (frames []string) {
	d.Feed(p)
	return drain(d)
}

func drain(d *r2000.Decoder) (frames []string) {
	for f, ok := d.Next(); ok; f, ok = d.Next() {
		frames = append(frames, upper(f.Append(nil)))
	}
	return frames
}

func upper(p []byte) string { return strings.ToUpper(hex.EncodeToString(p)) }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	p, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func epc(t testing.TB, s string) gs1.EPC {
	t.Helper()
	e, err := gs1.ParseEPC(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// tagOf is a tag as a reader with its first antenna reads it.
func tagOf(e gs1.EPC) r2000.Tag {
	return r2000.Tag{Freq: 3, RSSIRaw: 77, PC: r2000.PC(e), EPC: e}
}
