package ecr17_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/devices/pos/ecr17"
)

type vector struct {
	ID, Mode string
	Payload  *string `json:"payload_ascii"`
	LRC      string  `json:"lrc_hex"`
	Frame    string  `json:"frame_hex"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/ecr17_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	p, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestVectors(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range vectors(t) {
		seen[v.ID] = true
		switch v.ID {
		case "payment-len": // the layout is not known here, its length is
			for _, m := range ecr17.Modes() {
				text := bytes.Repeat([]byte("P"), ecr17.PaymentLength)
				frame, err := ecr17.AppendMessage(nil, text, m)
				if f, size, parsed := ecr17.Parse(frame, m); err != nil || parsed != nil || size != 167+3 || !bytes.Equal(f.Text, text) {
					t.Errorf("%s in %s: %v, %v, %d bytes", v.ID, m, err, parsed, size)
				}
			}
		case "lone-soh":
			if _, _, err := ecr17.Parse(unhex(t, v.Frame), ecr17.Std); !errors.Is(err, ecr17.ErrUnknown) {
				t.Errorf("%s: %v", v.ID, err)
			}
		case "stx-etx-no-lrc":
			if _, _, err := ecr17.Parse(unhex(t, v.Frame), ecr17.Std); !errors.Is(err, ecr17.ErrIncomplete) {
				t.Errorf("%s: %v", v.ID, err)
			}
		default:
			sound(t, v)
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d vectors, want 8", len(seen))
	}
}

func sound(t *testing.T, v vector) {
	t.Helper()
	m, err := ecr17.ParseMode(v.Mode)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(*v.Payload)
	if got := m.LRC(text); v.LRC != "" && hex.EncodeToString([]byte{got}) != v.LRC {
		t.Errorf("%s: checksum %02x, want %s", v.ID, got, v.LRC)
	}
	frame, err := ecr17.AppendMessage(nil, text, m)
	if err != nil || v.Frame != "" && hex.EncodeToString(frame) != v.Frame {
		t.Errorf("%s: frame %x, %v, want %s", v.ID, frame, err, v.Frame)
	}
	f, size, err := ecr17.Parse(frame, m)
	if err != nil || size != len(frame) || f.Kind != ecr17.Message || !bytes.Equal(f.Text, text) {
		t.Errorf("%s: read back as %+v, %d bytes, %v", v.ID, f, size, err)
	}
}

// TestModes holds the four modes to what the notes on the protocol say of "A", and each to refuse the others' frames.
func TestModes(t *testing.T) {
	want := map[ecr17.Mode]byte{ecr17.Std: 0x3E, ecr17.STX: 0x3F, ecr17.NoExt: 0x3D, ecr17.STXNoExt: 0x3C, "": 0x3E}
	for m, sum := range want {
		if got := m.LRC([]byte("A")); got != sum {
			t.Errorf("%q: %02X, want %02X", m, got, sum)
		}
	}
	for _, m := range ecr17.Modes() {
		frame, err := ecr17.AppendMessage(nil, []byte("A"), m)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range ecr17.Modes() {
			if _, _, err := ecr17.Parse(frame, other); (err == nil) != (m == other) || err != nil && !errors.Is(err, ecr17.ErrLRC) {
				t.Errorf("a frame in mode %s read in %s: %v", m, other, err)
			}
		}
	}
	if _, err := ecr17.ParseMode("STD"); err == nil {
		t.Error("a mode that is none was read")
	}
}

func TestControlAndProgress(t *testing.T) {
	progress, err := ecr17.AppendProgress(nil, []byte("ELABORAZIONE..."))
	if err != nil || len(progress) != 22 {
		t.Fatalf("%q, %v", progress, err)
	}
	for _, c := range []struct {
		bytes []byte
		kind  ecr17.Kind
		size  int
	}{
		{ecr17.AppendAck(nil, ecr17.Std), ecr17.Ack, 3},
		{ecr17.AppendNak(nil, ecr17.STX), ecr17.Nak, 3},
		{[]byte{0x06, 0x03, 0xFF}, ecr17.Ack, 3}, // the first byte decides
		{[]byte{0x15}, ecr17.Nak, 1},
		{[]byte{0x06, 0x02}, ecr17.Ack, 1},
		{progress, ecr17.Progress, 22},
	} {
		f, size, err := ecr17.Parse(c.bytes, ecr17.Std)
		if err != nil || f.Kind != c.kind || size != c.size {
			t.Errorf("%X: %s of %d bytes, %v", c.bytes, f.Kind, size, err)
		}
	}
	if _, err := ecr17.AppendProgress(nil, bytes.Repeat([]byte("x"), 21)); !errors.Is(err, ecr17.ErrText) {
		t.Errorf("a progress of 21 characters: %v", err)
	}
	if _, err := ecr17.AppendMessage(nil, []byte{3}, ecr17.Std); !errors.Is(err, ecr17.ErrText) {
		t.Errorf("a message with ETX inside: %v", err)
	}
}

// TestTruncated: no beginning of a frame is a frame or a panic.
func TestTruncated(t *testing.T) {
	message, _ := ecr17.AppendMessage(nil, []byte("12345678"), ecr17.Std)
	progress, _ := ecr17.AppendProgress(nil, []byte("ATTENDERE"))
	for _, whole := range [][]byte{message, progress} {
		for n := range whole {
			if f, _, err := ecr17.Parse(whole[:n], ecr17.Std); err == nil {
				t.Errorf("%X is read as %+v", whole[:n], f)
			}
		}
	}
}

// drain is what comes out, as text.
func drain(d *ecr17.Decoder) (out []string) {
	for f, ok := d.Next(); ok; f, ok = d.Next() {
		out = append(out, string(f.Kind)+" "+hex.EncodeToString(f.Text))
	}
	return out
}

// TestAnyChunkingGivesTheSameFrames, over sound frames, damage and noise, also after a pause.
func TestAnyChunkingGivesTheSameFrames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(ecr17.Modes()).Draw(t, "mode")
		line := someLine(t, m)
		whole, cut := ecr17.Decoder{Mode: m}, ecr17.Decoder{Mode: m}
		whole.Feed(line)
		want := drain(&whole)
		var got []string
		for rest := line; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			cut.Feed(rest[:n])
			got = append(got, drain(&cut)...)
			rest = rest[n:]
		}
		for _, d := range []*ecr17.Decoder{&whole, &cut} {
			d.Idle()
		}
		want, got = append(want, drain(&whole)...), append(got, drain(&cut)...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%X: frames (-whole +cut):\n%s", line, diff)
		}
		if whole.Stats() != cut.Stats() || whole.Waiting() != 0 || cut.Waiting() != 0 {
			t.Fatalf("%X: counted %+v whole and %+v cut, %d wait", line, whole.Stats(), cut.Stats(), whole.Waiting())
		}
	})
}

func someLine(t *rapid.T, m ecr17.Mode) (line []byte) {
	text := rapid.SliceOfN(rapid.SampledFrom([]byte{'A', '0', ' ', 1, 2, 4, 6, 0x15, 0x80}), 0, 30)
	for range rapid.IntRange(0, 12).Draw(t, "pieces") {
		p, err := ecr17.AppendMessage(nil, text.Draw(t, "text"), m)
		switch rapid.IntRange(0, 6).Draw(t, "what") {
		case 0:
			p = ecr17.AppendAck(nil, m)
		case 1:
			p = []byte{rapid.SampledFrom([]byte{6, 0x15}).Draw(t, "lone")}
		case 2:
			p, err = ecr17.AppendProgress(nil, []byte("ATTENDERE"))
		case 3:
			p = p[:rapid.IntRange(0, len(p)).Draw(t, "cut")]
		case 4:
			p = slices.Clone(p)
			p[rapid.IntRange(0, len(p)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
		}
		if err != nil {
			t.Fatal(err)
		}
		line = append(line, p...)
	}
	return line
}

// TestDamageTakesNothingWithIt: the message behind a broken one is found.
func TestDamageTakesNothingWithIt(t *testing.T) {
	good, _ := ecr17.AppendMessage(nil, []byte("good"), ecr17.Std)
	bad, _ := ecr17.AppendMessage(nil, []byte("bad"), ecr17.Std)
	bad[len(bad)-1] ^= 0x40
	d := ecr17.Decoder{}
	d.Feed(slices.Concat([]byte{0xFF, 1}, bad, good))
	if diff := cmp.Diff([]string{"message " + hex.EncodeToString([]byte("good"))}, drain(&d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := d.Stats(); s.Bad == 0 || s.Skipped != uint64(2+len(bad)) {
		t.Errorf("counted %+v", s)
	}
}

func FuzzDecoder(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Frame), byte(0))
	}
	progress, _ := ecr17.AppendProgress(nil, []byte("ATTENDERE"))
	f.Add(slices.Concat(progress, ecr17.AppendAck(nil, ecr17.STX)), byte(1))
	f.Fuzz(func(t *testing.T, line []byte, mode byte) {
		d := ecr17.Decoder{Mode: ecr17.Modes()[mode%4]}
		d.Feed(line)
		taken := uint64(0)
		for frame, ok := d.Next(); ok; frame, ok = d.Next() {
			if frame.Kind == ecr17.Message && frame.LRC != d.Mode.LRC(frame.Text) {
				t.Fatalf("a message with a wrong checksum came out: %+v", frame)
			}
			taken++
		}
		d.Idle()
		for _, ok := d.Next(); ok; _, ok = d.Next() {
			taken++
		}
		if s := d.Stats(); s.Good != taken || d.Waiting() != 0 || s.Skipped > uint64(len(line)) {
			t.Fatalf("counted %+v of %d bytes, %d frames, %d wait", s, len(line), taken, d.Waiting())
		}
	})
}
