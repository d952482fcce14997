package r200_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/devices/rfid/r200"
)

const ownEPC = "3034257BF7194E4000001A85"

// noTag is what a module says every round of an empty room.
var noTag = r200.Frame{Framing: r200.FramingBB, Type: r200.TypeResponse, Code: r200.CodeError, Params: []byte{byte(r200.ErrorInventory)}}

type vector struct {
	ID       string
	Protocol string
	Hex      string
	Valid    bool
	Error    string
	Decoded  map[string]any
}

type stream struct {
	ID           string
	Protocol     string
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
	if len(frames) != 19 {
		t.Fatalf("%d frames in testdata, want 19", len(frames))
	}
	for _, v := range frames {
		t.Run(v.ID, func(t *testing.T) {
			f, err := r200.ParseFrame(unhex(t, v.Hex))
			if !v.Valid {
				if err == nil || err.Error() != v.Error {
					t.Fatalf("got %v, want %s", err, v.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.ToUpper(hex.EncodeToString(f.Append(nil))); got != v.Hex {
				t.Errorf("appended again it is %s", got)
			}
			if v.Decoded["type"] == "command" {
				checkCommand(t, v)
				return
			}
			if diff := cmp.Diff(v.Decoded, decoded(f)); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
		})
	}
}

// decoded is a frame in the words of the data file.
func decoded(f r200.Frame) map[string]any {
	if tag, ok := f.Tag(); ok {
		crc := f.Params[len(f.Params)-2:]
		return map[string]any{
			"type": "notification", "command": fmt.Sprintf("0x%02X", byte(f.Code)), "rssi_dbm": float64(tag.RSSI),
			"pc": fmt.Sprintf("%04X", tag.PC), "epc": tag.EPC.String(), "tag_crc": fmt.Sprintf("%X", crc), "tag_crc_ok": true,
		}
	}
	if code, ok := f.Refused(); ok {
		meaning := code.String()
		if code == r200.ErrorInventory {
			meaning = "inventory failed: no tag or tag CRC error"
		}
		return map[string]any{"type": "error", "code": fmt.Sprintf("0x%02X", byte(code)), "meaning": meaning}
	}
	d := map[string]any{"type": "response", "command": fmt.Sprintf("0x%02X", byte(f.Code))}
	if text, ok := f.Version(); ok {
		d["info_type"], d["text"] = float64(f.Params[0]), text
	} else {
		d["ok"] = f.OK()
	}
	return d
}

// checkCommand makes the command the data file describes. Two of them this program never sends; they only have to be frames.
func checkCommand(t *testing.T, v vector) {
	var c r200.Command
	switch v.Decoded["name"] {
	case "single_poll":
		c = r200.SinglePoll()
	case "multi_poll":
		c = r200.MultiPoll(uint16(v.Decoded["count"].(float64)))
	case "stop_multi_poll":
		c = r200.Stop()
	case "get_hardware_version":
		c = r200.HardwareVersion()
	case "set_tx_power":
		c = r200.SetPower(uint16(v.Decoded["dbm"].(float64) * 100))
	case "set_region":
		region, err := r200.ParseRegion(v.Decoded["region"].(string))
		if err != nil {
			t.Fatal(err)
		}
		c = r200.SetRegion(region)
	case "set_select_mode", "set_baud":
		return
	default:
		t.Fatalf("unknown command %v", v.Decoded["name"])
	}
	if got := strings.ToUpper(hex.EncodeToString(c.Append(nil, r200.FramingBB))); got != v.Hex {
		t.Errorf("encoded as %s, want %s", got, v.Hex)
	}
}

func TestMultiPollOfAllRounds(t *testing.T) {
	if got := hex.EncodeToString(r200.MultiPoll(65535).Append(nil, r200.FramingBB)); got != "bb0027000322ffff4a7e" {
		t.Errorf("encoded as %s", got)
	}
}

func TestStreams(t *testing.T) {
	_, streams := vectors(t)
	if len(streams) != 3 {
		t.Fatalf("%d streams in testdata, want 3", len(streams))
	}
	for _, s := range streams {
		t.Run(s.ID, func(t *testing.T) {
			var d r200.Decoder
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

// feed answers the frames that p completes, as hex.
func feed(d *r200.Decoder, p []byte) (frames []string) {
	d.Feed(p)
	return drain(d)
}

func drain(d *r200.Decoder) (frames []string) {
	for f, ok := d.Next(); ok; f, ok = d.Next() {
		frames = append(frames, strings.ToUpper(hex.EncodeToString(f.Append(nil))))
	}
	return frames
}

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
