package r2000_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid/r2000"
)

// TestAnyChunkingGivesTheSameFrames holds the decoder to its first promise over streams of sound frames, damage and noise.
func TestAnyChunkingGivesTheSameFrames(t *testing.T) {
	var pieces [][]byte
	for _, v := range vectors(t) {
		pieces = append(pieces, unhex(t, v.Hex))
	}
	rapid.Check(t, func(t *rapid.T) {
		var line []byte
		for range rapid.IntRange(0, 12).Draw(t, "pieces") {
			p := rapid.SampledFrom(pieces).Draw(t, "frame")
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				p = p[:rapid.IntRange(0, len(p)).Draw(t, "cut")]
			case 1:
				p = rapid.SliceOfN(rapid.SampledFrom([]byte{0xA0, 0, 1, 3, 4, 0x0A, 0x13, 0x89, 0x30}), 0, 20).Draw(t, "noise")
			case 2:
				p = slices.Clone(p)
				p[rapid.IntRange(0, len(p)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
			}
			line = append(line, p...)
		}
		var whole, cut r2000.Decoder
		want := feed(&whole, line)
		var got []string
		for rest := line; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			got = append(got, feed(&cut, rest[:n])...)
			rest = rest[n:]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%X: frames (-whole +cut):\n%s", line, diff)
		}
		if whole.Stats() != cut.Stats() || whole.Waiting() != cut.Waiting() {
			t.Fatalf("%X: counted %+v whole and %+v cut", line, whole.Stats(), cut.Stats())
		}
		checkBytes(t, &whole, want, len(line))
	})
}

// checkBytes holds the decoder to its books: every byte is in a frame, or in two, or skipped, or waits.
func checkBytes(t interface{ Fatalf(string, ...any) }, d *r2000.Decoder, frames []string, fed int) {
	inFrames := len(strings.Join(frames, "")) / 2
	if s := d.Stats(); uint64(len(frames)) != s.Good || uint64(inFrames+d.Waiting())+s.Skipped-s.Twice != uint64(fed) {
		t.Fatalf("of %d bytes %d are in %d frames and %d wait, but counted is %+v", fed, inFrames, len(frames), d.Waiting(), s)
	}
}

// TestAnyOneWrongByteIsSeen: a sum can not miss that.
func TestAnyOneWrongByteIsSeen(t *testing.T) {
	frame := r2000.TagFrame(1, tagOf(epc(t, ownEPC))).Append(nil)
	for i := range frame {
		for flip := 1; flip < 256; flip++ {
			p := slices.Clone(frame)
			p[i] ^= byte(flip)
			if _, err := r2000.ParseFrame(p); err == nil {
				t.Fatalf("byte %d xor %02X was taken", i, flip)
			}
		}
	}
}

// randomFrame is a tag or the end of a round, with many a byte that looks like a header if headers says so. A frame that loses such
// a byte finds one in the header behind, and its sum is right again.
func randomFrame(random *rand.Rand, headers bool) []byte {
	if random.IntN(4) == 0 {
		return r2000.RoundEndFrame(1, r2000.RoundEnd{Antenna: random.IntN(4), Reads: random.Uint32()}).Append(nil)
	}
	words := 6
	if random.IntN(8) == 0 {
		words = 13 // SGTIN-198
	}
	id := make([]byte, 2*words)
	for i := range id {
		id[i] = byte(random.Uint32())
		if headers && random.IntN(6) == 0 {
			id[i] = 0xA0
		}
	}
	e, err := gs1.EPCFromBytes(id)
	if err != nil {
		panic(err)
	}
	tag := tagOf(e)
	tag.RSSIRaw, tag.Antenna = byte(40+random.IntN(50)), random.IntN(4)
	return r2000.TagFrame(1, tag).Append(nil)
}

func TestRefusedFrames(t *testing.T) {
	for name, c := range map[string]struct {
		hex  string
		want error
	}{
		"no header":        {"00A0", r2000.ErrHeader},
		"no such command":  {"A0130110", r2000.ErrHeader},
		"too short":        {"A002", r2000.ErrLength},
		"too long":         {"A064", r2000.ErrLength},
		"longest":          {"A063", r2000.ErrShort},
		"half":             {"A01301898C3000", r2000.ErrShort},
		"nothing":          {"", r2000.ErrShort},
		"wrong sum":        {"A004017410D8", r2000.ErrChecksum},
		"bytes behind":     {"A004017410D700", r2000.ErrLength},
		"odd tag":          {"A0120189", r2000.ErrLength},
		"tag of 3 bytes":   {"A0060189", r2000.ErrLength},
		"not the PC words": {"A01301898C2800300833B2DDD901400000000137C3", r2000.ErrLength},
	} {
		if _, err := r2000.ParseFrame(unhex(t, c.hex)); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestTagThatHoldsNoEPC(t *testing.T) {
	for name, change := range map[string]func(*r2000.Tag){
		"ISO 17363": func(t *r2000.Tag) { t.PC |= 0x01A9 },
		"empty":     func(t *r2000.Tag) { t.PC, t.EPC = 0, gs1.EPC{} },
	} {
		want := tagOf(epc(t, ownEPC))
		change(&want)
		f, err := r2000.ParseFrame(r2000.TagFrame(1, want).Append(nil))
		tag, ok := f.Tag()
		if err != nil || !ok || tag.IsEPC() || tag != want {
			t.Errorf("%s: got %+v, %v, %v; want a tag that is no EPC", name, tag, ok, err)
		}
	}
}

func TestStrengthAndCarrier(t *testing.T) {
	for raw, want := range map[byte]devices.RSSI{31: -9800, 55: -7400, 98: -3100, 0x80 | 55: -7400} {
		if got := (r2000.Tag{RSSIRaw: raw}).Strength(); got != want {
			t.Errorf("raw %d is %d, want %d", raw, got, want)
		}
	}
	for index, want := range map[int]int{0: 865_000, 6: 868_000, 7: 902_000, 35: 916_000, 59: 928_000, 60: 0} {
		if got := (r2000.Tag{Freq: index}).KHz(); got != want {
			t.Errorf("carrier %d is %d kHz, want %d", index, got, want)
		}
	}
}

func TestDecodingAllocatesNothing(t *testing.T) {
	line := manyTags(t)
	var d r2000.Decoder
	var sum int
	run := func() {
		d.Feed(line)
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			if tag, ok := f.Tag(); ok {
				sum += int(tag.RSSIRaw) + tag.EPC.Len()
			}
		}
	}
	run() // the buffer grows once
	if n := testing.AllocsPerRun(100, run); n != 0 || sum == 0 {
		t.Errorf("%v allocations for %d bytes, want none", n, len(line))
	}
}

func BenchmarkDecoder(b *testing.B) {
	line := manyTags(b)
	var d r2000.Decoder
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		d.Feed(line)
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			f.Tag()
		}
	}
}

// manyTags is 40 tags as a port reads them at once.
func manyTags(t testing.TB) (line []byte) {
	for range 40 {
		line = r2000.TagFrame(1, tagOf(epc(t, ownEPC))).Append(line)
	}
	return line
}

// FuzzDecoder looks for a panic, for frames that depend on the chunking, and for frames that are not frames.
func FuzzDecoder(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Hex), 3)
	}
	f.Add(append([]byte{0xA0, 0x13}, manyTags(f)...), 7)
	f.Fuzz(func(t *testing.T, line []byte, chunk int) {
		var whole, cut r2000.Decoder
		want := feed(&whole, line)
		checkBytes(t, &whole, want, len(line))
		var got []string
		for p := range slices.Chunk(line, max(1, chunk%97)) {
			got = append(got, feed(&cut, p)...)
		}
		if !slices.Equal(want, got) {
			t.Fatalf("cut into pieces it is %v, whole it is %v", got, want)
		}
		for _, hex := range want {
			f, err := r2000.ParseFrame(unhex(t, hex))
			if err != nil {
				t.Fatalf("delivered a frame that is none: %s: %v", hex, err)
			}
			f.Tag()
		}
		whole.Idle()
		want = append(want, drain(&whole)...)
		checkBytes(t, &whole, want, len(line))
		if whole.Waiting() != 0 {
			t.Fatalf("%d bytes wait on a quiet line", whole.Waiting())
		}
	})
}
