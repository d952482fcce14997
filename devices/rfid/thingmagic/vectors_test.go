package thingmagic_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/devices/rfid/thingmagic"
)

const ownEPC = "3034257BF7194E4000001A85"

var keepAlive = thingmagic.Frame{Opcode: thingmagic.OpRead, Status: thingmagic.StatusNoTags}

type vector struct {
	ID        string
	Direction string
	Hex       string
	Valid     bool
	Error     string
	Decoded   map[string]any
}

func (v vector) from() thingmagic.Speaker {
	if v.Direction == "host_to_reader" {
		return thingmagic.FromHost
	}
	return thingmagic.FromModule
}

type stream struct {
	ID           string
	Chunks       []string
	ExpectFrames []string `json:"expect_frames"`
}

func vectors(t testing.TB) (frames []vector, streams []stream) {
	t.Helper()
	raw, err := os.ReadFile("testdata/serial_frames.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Frames  []vector
		Streams []stream
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Frames, file.Streams
}

func TestFrames(t *testing.T) {
	frames, _ := vectors(t)
	if len(frames) != 8 {
		t.Fatalf("%d frames in testdata, want 8", len(frames))
	}
	for _, v := range frames {
		t.Run(v.ID, func(t *testing.T) {
			f, err := thingmagic.ParseFrame(unhex(t, v.Hex), v.from())
			if !v.Valid {
				if err == nil || err.Error() != v.Error {
					t.Fatalf("got %v, want %s", err, v.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := upper(f.Append(nil)); got != v.Hex {
				t.Errorf("appended again it is %s", got)
			}
			if either, err := thingmagic.ParseFrame(unhex(t, v.Hex), thingmagic.FromEither); err != nil || either.From != v.from() {
				t.Errorf("without knowing who spoke it is %+v, %v", either, err)
			}
			if v.from() == thingmagic.FromHost {
				checkCommand(t, v)
				return
			}
			if diff := cmp.Diff(v.Decoded, decoded(f)); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
		})
	}
}

// decoded is an answer in the words of the data file.
func decoded(f thingmagic.Frame) map[string]any {
	d := map[string]any{"opcode": fmt.Sprintf("0x%02X", byte(f.Opcode)), "status": fmt.Sprintf("0x%04X", uint16(f.Status))}
	tag, ok := f.Tag()
	if !ok {
		d["kind"] = strings.ReplaceAll(f.Status.String(), " ", "_")
		if f.KeepAlive() {
			d["kind"] = "keepalive"
		}
		return d
	}
	for name, v := range map[string]any{
		"kind": "tag", "rssi_dbm": float64(tag.RSSI), "antenna_tx": float64(tag.TX), "antenna_rx": float64(tag.RX),
		"freq_khz": float64(tag.KHz), "timestamp_ms": float64(tag.Millis), "phase": float64(tag.Phase),
		"protocol": float64(tag.Protocol), "data_bits": float64(tag.DataBits), "epc_bits": float64(tag.EPCBits),
		"pc": fmt.Sprintf("%04X", tag.PC), "epc": tag.EPC.String(), "tag_crc": fmt.Sprintf("%04X", tag.CRC), "tag_crc_ok": true,
	} {
		d[name] = v
	}
	return d
}

// checkCommand makes the command the data file describes.
func checkCommand(t *testing.T, v vector) {
	commands := map[string]thingmagic.Command{
		"get_version":           thingmagic.Version(),
		"start_continuous_read": thingmagic.Start(),
		"stop_continuous_read":  thingmagic.Stop(),
		"disable_read_filter":   thingmagic.ReadEveryTime(),
	}
	c, ok := commands[v.Decoded["name"].(string)]
	if got := upper(c.Append(nil)); !ok || got != v.Hex || fmt.Sprintf("0x%02X", byte(c.Opcode())) != v.Decoded["opcode"] {
		t.Errorf("encoded as %s, want %s", got, v.Hex)
	}
}

// TestCommandsBesidesTheVectors holds what the data file does not have to frames worked out by hand.
func TestCommandsBesidesTheVectors(t *testing.T) {
	for want, c := range map[string]thingmagic.Command{
		"FF0197084BB5":   thingmagic.SetRegion(thingmagic.RegionEU),
		"FF029201F440AD": thingmagic.SetPower(500),
	} {
		if got := upper(c.Append(nil)); got != want {
			t.Errorf("encoded as %s, want %s", got, want)
		}
	}
	for n, want := range map[int]string{0: "0101", 1: "0101", 2: "0201010202", 4: "020101020203030404", 9: "020101020203030404"} {
		f, err := thingmagic.ParseFrame(thingmagic.SetAntennas(n).Append(nil), thingmagic.FromHost)
		if err != nil || upper(f.Data) != want {
			t.Errorf("%d antennas are %X, %v; want %s", n, f.Data, err, want)
		}
	}
}

func TestComplaints(t *testing.T) {
	for text, want := range map[string]string{"FF0022050485E4": "temperature throttle", "FF0022050585E5": "high return loss"} {
		f, err := thingmagic.ParseFrame(unhex(t, text), thingmagic.FromModule)
		if err != nil || f.Status.String() != want || f.KeepAlive() {
			t.Errorf("%s is %q, %v; want %q", text, f.Status, err, want)
		}
	}
}

func TestStreams(t *testing.T) {
	_, streams := vectors(t)
	if len(streams) != 1 {
		t.Fatalf("%d streams in testdata, want 1", len(streams))
	}
	for _, s := range streams {
		t.Run(s.ID, func(t *testing.T) {
			var d thingmagic.Decoder
			var got []string
			for _, chunk := range s.Chunks {
				got = append(got, feed(&d, unhex(t, chunk))...)
			}
			if diff := cmp.Diff(s.ExpectFrames, got); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRegions(t *testing.T) {
	for _, want := range []thingmagic.Region{thingmagic.RegionEU, thingmagic.RegionUS} {
		if got, err := thingmagic.ParseRegion(want.String()); err != nil || got != want {
			t.Errorf("%v reads as %v, %v", want, got, err)
		}
	}
	if _, err := thingmagic.ParseRegion("open"); err == nil {
		t.Error("a region without rules was taken")
	}
}

// feed answers the frames that p completes, as hex.
func feed(d *thingmagic.Decoder, p []byte) (frames []string) {
	d.Feed(p)
	return drain(d)
}

func drain(d *thingmagic.Decoder) (frames []string) {
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

// tagOf is a tag as a module in Europe reads it.
func tagOf(e gs1.EPC) thingmagic.Tag {
	return thingmagic.Tag{RSSI: -52, TX: 1, RX: 1, KHz: 865700, Millis: 20, Phase: 90, Protocol: 5, PC: thingmagic.PC(e), EPC: e}
}
