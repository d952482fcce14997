package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

type serialFile struct {
	Frames []struct {
		ID, Protocol, Hex, Error string
		Valid                    bool
		Decoded                  map[string]any
	}
	Streams []struct {
		ID, Protocol string
		Chunks       []string
		ExpectFrames []string `json:"expect_frames"`
	}
}

func readSerialFile(t *testing.T) (file serialFile) {
	t.Helper()
	raw, err := os.ReadFile("testdata/serial_frames.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

// serialLine is a line of the output, of either kind.
type serialLine struct {
	Hex     string         `json:"hex"`
	Valid   bool           `json:"valid"`
	Error   string         `json:"error"`
	Decoded map[string]any `json:"decoded"`
	Skipped string         `json:"skipped_hex"`
}

// decodeLines runs the command over stdin.
func decodeLines(t *testing.T, stdin string, args ...string) (lines []serialLine) {
	t.Helper()
	var out bytes.Buffer
	cmd := root()
	cmd.SetArgs(append([]string{"decode", "serial"}, args...))
	cmd.SetIn(iotest.HalfReader(strings.NewReader(stdin)))
	cmd.SetOut(&out)
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	for text := range strings.Lines(out.String()) {
		var l serialLine
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if l.Skipped == "" && !strings.Contains(text, `"error":`) {
			t.Errorf("a frame's line lacks the error, null when there is none: %s", text)
		}
		lines = append(lines, l)
	}
	return lines
}

// otherProtocols are those of the file that no driver here speaks, and how many frames of each there are: Chafon's readers are
// only polled and tell no strength, and a PN532 reads phones and cards held against it, no garments.
func otherProtocols() map[string]int {
	return map[string]int{"chafon_18": 1, "chafon_288": 5, "pn532_hsu": 3}
}

// TestDecodeSerialFrames holds the command to every frame of the data file whose protocol it knows.
func TestDecodeSerialFrames(t *testing.T) {
	seen, other := map[string]int{}, map[string]int{}
	for _, f := range readSerialFile(t).Frames {
		if !slices.Contains(serialProtocols(), f.Protocol) {
			other[f.Protocol]++
			continue
		}
		seen[f.Protocol]++
		t.Run(f.ID, func(t *testing.T) {
			raw, err := hex.DecodeString(f.Hex)
			if err != nil {
				t.Fatal(err)
			}
			want := []serialLine{{Hex: f.Hex, Valid: f.Valid, Error: f.Error, Decoded: f.Decoded}}
			if diff := cmp.Diff(want, decodeLines(t, f.Hex, "--hex", "--protocol", f.Protocol)); diff != "" {
				t.Errorf("from hex (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, decodeLines(t, string(raw), "--protocol", f.Protocol)); diff != "" {
				t.Errorf("from bytes (-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff(map[string]int{"r200": 18, "r200_aadd": 1, "thingmagic": 8, "r2000_a0": 6}, seen); diff != "" {
		t.Errorf("frames by protocol (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(otherProtocols(), other); diff != "" {
		t.Errorf("frames left out (-want +got):\n%s", diff)
	}
}

// TestDecodeSerialStreams: the frames expected, and besides nothing but skipped bytes; together they are the stream.
func TestDecodeSerialStreams(t *testing.T) {
	file := readSerialFile(t)
	if len(file.Streams) != 4 {
		t.Fatalf("%d streams in testdata, want 4", len(file.Streams))
	}
	for _, s := range file.Streams {
		t.Run(s.ID, func(t *testing.T) {
			var got []string
			all := ""
			for _, l := range decodeLines(t, strings.Join(s.Chunks, "\n"), "--hex", "--protocol", s.Protocol) {
				if l.Valid {
					got = append(got, l.Hex)
				}
				all += l.Hex + l.Skipped
			}
			if diff := cmp.Diff(s.ExpectFrames, got); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(strings.Join(s.Chunks, ""), all); diff != "" {
				t.Errorf("bytes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDecodeSerialAmongNoise: a damaged frame between noise, and a sound one, and half of one at the end.
func TestDecodeSerialAmongNoise(t *testing.T) {
	const sound, damaged = "FF0022040084E0", "FF0022040184E0"
	got := decodeLines(t, "0011"+damaged+"22"+sound+"FF28220000", "--hex", "--protocol", "thingmagic")
	for i := range got {
		got[i].Decoded = nil
	}
	want := []serialLine{
		{Skipped: "0011"}, {Hex: damaged, Error: "bad_crc"}, {Skipped: "22"}, {Hex: sound, Valid: true}, {Skipped: "FF28220000"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// TestDecodeSerialOfFramesThatOverlap: damage that looks like a frame has taken the beginning of one, and both are written whole.
func TestDecodeSerialOfFramesThatOverlap(t *testing.T) {
	const first, second, third = "A01301890D300057D5E4F3A07C7CF3014BD20B349B", "A01301890C30007A37FE51192E5E07494197EC4E80", "A00A0189000000E9FD5B0883"
	var got []string
	for _, l := range decodeLines(t, first+first+"5513A00801729C"+second+third, "--hex", "--protocol", "r2000_a0") {
		got = append(got, l.Hex+l.Skipped)
	}
	if diff := cmp.Diff([]string{first, first, "5513", "A00801729CA01301890C", second, third}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// TestDecodeSerialOfEndlessNoise: what is no frame is written before the end, and all of it.
func TestDecodeSerialOfEndlessNoise(t *testing.T) {
	noise := strings.Repeat("00A1", 3*longestGap)
	all := ""
	lines := decodeLines(t, noise, "--hex", "--protocol", "r2000_a0")
	for _, l := range lines {
		all += l.Skipped
	}
	if all != noise || len(lines) < 2 {
		t.Errorf("%d bytes in %d lines, want %d in a few", len(all)/2, len(lines), len(noise)/2)
	}
}

func TestDecodeSerialRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		stdin, want string
		args        []string
	}{
		"no protocol":      {"", `needs --protocol`, nil},
		"unknown protocol": {"", "write one of r200, r200_aadd, thingmagic, r2000_a0", []string{"--protocol", "llrp"}},
		"no hex":           {"BB xx", "read standard input: 'x' is no hexadecimal digit", []string{"--protocol", "r200", "--hex"}},
		"no capture":       {"BB00", "line 1: invalid character 'B' looking for beginning of value; with --capture it is a file of", []string{"--protocol", "r200", "--capture"}},
		"half a byte":      {"BB0", "read standard input: the last byte has one hexadecimal digit, and needs two", []string{"--protocol", "r200", "--hex"}},
	} {
		cmd := root()
		cmd.SetArgs(append([]string{"decode", "serial"}, c.args...))
		cmd.SetIn(strings.NewReader(c.stdin))
		cmd.SetOut(&bytes.Buffer{})
		if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// TestDecodeSerialHelpHasAnExample that works.
func TestDecodeSerialHelpHasAnExample(t *testing.T) {
	cmd := decodeSerialCommand()
	_, example, found := strings.Cut(strings.SplitN(cmd.Example, "\n", 2)[0], "echo ")
	stdin, args, _ := strings.Cut(example, " | showroom-agent decode serial ")
	if !found {
		t.Fatalf("no echo in the example %q", cmd.Example)
	}
	lines := decodeLines(t, stdin+"\n", strings.Fields(args)...)
	if len(lines) != 1 || !lines[0].Valid || lines[0].Decoded["epc"] != "30751FEB705C5904E3D50D70" {
		t.Errorf("the example says %+v, want a tag", lines)
	}
}
