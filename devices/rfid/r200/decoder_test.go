package r200_test

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/devices/rfid/r200"
)

// TestAnyChunkingGivesTheSameFrames holds the decoder to its first promise over streams of sound frames, damage and noise.
func TestAnyChunkingGivesTheSameFrames(t *testing.T) {
	var pieces [][]byte
	frames, _ := vectors(t)
	for _, v := range frames {
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
				p = rapid.SliceOfN(rapid.SampledFrom([]byte{0xBB, 0xAA, 0x7E, 0xDD, 0, 1, 2, 0x22, 0x11, 0xFF}), 0, 20).Draw(t, "noise")
			case 2:
				p = slices.Clone(p)
				p[rapid.IntRange(0, len(p)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
			}
			line = append(line, p...)
		}
		var whole, cut r200.Decoder
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

// checkBytes holds the decoder to its books: every byte is in a frame, skipped, or waits.
func checkBytes(t interface{ Fatalf(string, ...any) }, d *r200.Decoder, frames []string, fed int) {
	inFrames := len(strings.Join(frames, "")) / 2
	if s := d.Stats(); uint64(len(frames)) != s.Good || uint64(inFrames+d.Waiting())+s.Skipped != uint64(fed) {
		t.Fatalf("of %d bytes %d are in %d frames and %d wait, but counted is %+v", fed, inFrames, len(frames), d.Waiting(), s)
	}
}

// TestDamagedStream damages one byte in a hundred of ten thousand frames.
func TestDamagedStream(t *testing.T) {
	for _, lose := range []bool{false, true} {
		random := rand.New(rand.NewPCG(7, 1))
		var line []byte
		var want []string
		for range 10_000 {
			frame := randomFrame(random)
			sound := slices.Clone(frame)
			for i := len(frame) - 1; i >= 0; i-- {
				if random.IntN(100) > 0 {
					continue
				}
				if lose {
					frame = slices.Delete(frame, i, i+1)
				} else {
					frame[i] ^= byte(1 + random.IntN(255))
				}
			}
			if bytes.Equal(sound, frame) {
				want = append(want, strings.ToUpper(hex.EncodeToString(frame)))
			}
			line = append(line, frame...)
		}
		var d r200.Decoder
		var got []string
		for rest := line; len(rest) > 0; {
			n := min(1+random.IntN(64), len(rest))
			got = append(got, feed(&d, rest[:n])...)
			rest = rest[n:]
		}
		for d.Waiting() > 0 {
			d.Idle()
			got = append(got, drain(&d)...)
		}
		checkDamaged(t, want, got)
		if len(want) > 9500 || len(want) < 6000 {
			t.Errorf("%d frames stayed sound: this is not the damage meant", len(want))
		}
	}
}

// checkDamaged: every sound frame is there in its order, and what is there besides is no tag. An error frame has only its
// checksum to tell damage by, so a few may slip through; they say nothing of any tag.
func checkDamaged(t *testing.T, want, got []string) {
	t.Helper()
	next := 0
	for _, f := range got {
		if next < len(want) && f == want[next] {
			next++
			continue
		}
		if p, err := r200.ParseFrame(unhex(t, f)); err != nil || p.Type == r200.TypeNotification && p.Code == r200.CodeSinglePoll {
			t.Errorf("a damaged tag was accepted: %s", f)
		}
	}
	if next != len(want) {
		t.Errorf("%d of %d sound frames were delivered; missing from %s on", next, len(want), want[next])
	}
}

func randomFrame(random *rand.Rand) []byte {
	if random.IntN(4) == 0 {
		return noTag.Append(nil)
	}
	words := 6
	if random.IntN(8) == 0 {
		words = 13 // SGTIN-198
	}
	id := make([]byte, 2*words)
	for i := range id {
		id[i] = byte(random.Uint32())
		if random.IntN(6) == 0 {
			id[i] = []byte{0xBB, 0x7E, 0xAA, 0xDD}[random.IntN(4)]
		}
	}
	e, err := gs1.EPCFromBytes(id)
	if err != nil {
		panic(err)
	}
	return r200.TagFrame(r200.FramingBB, int8(-30-random.IntN(50)), r200.PC(e), e).Append(nil)
}

func TestTagCRC(t *testing.T) {
	f := r200.TagFrame(r200.FramingBB, -50, r200.PC(epc(t, ownEPC)), epc(t, ownEPC))
	f.Params[5] ^= 0x40 // the module has misread the tag, and its frame is sound
	p := f.Append(nil)
	if _, err := r200.ParseFrame(p); err != r200.ErrTagCRC {
		t.Errorf("got %v, want %v", err, r200.ErrTagCRC)
	}
	var d r200.Decoder
	if got := feed(&d, p); got != nil || d.Stats().Bad != 1 {
		t.Errorf("got %v and %+v, want nothing and one bad", got, d.Stats())
	}
}

func TestRefusedFrames(t *testing.T) {
	for name, c := range map[string]struct {
		hex  string
		want error
	}{
		"no header":      {"00BB", r200.ErrHeader},
		"unknown type":   {"BB07", r200.ErrHeader},
		"too long":       {"BB02220111", r200.ErrLength},
		"half":           {"BB02220011C9", r200.ErrShort},
		"nothing":        {"", r200.ErrShort},
		"wrong end":      {"BB01FF00011516DD", r200.ErrEnd},
		"bytes behind":   {"BB01FF000115167E00", r200.ErrLength},
		"tag of 4 bytes": {"BB0222000401020304327E", r200.ErrLength},
	} {
		if _, err := r200.ParseFrame(unhex(t, c.hex)); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestTagThatHoldsNoEPC(t *testing.T) {
	f := r200.TagFrame(r200.FramingBB, -50, 0x29A9&0x07FF|6<<11, epc(t, ownEPC)) // ISO 17363
	tag, ok := f.Tag()
	if !ok || tag.IsEPC() {
		t.Errorf("got %+v, %v; want a tag that is no EPC", tag, ok)
	}
	empty, ok := r200.TagFrame(r200.FramingBB, -50, 0, gs1.EPC{}).Tag()
	if !ok || empty.IsEPC() {
		t.Errorf("got %+v, %v; want a tag without an EPC", empty, ok)
	}
}

func TestDecodingAllocatesNothing(t *testing.T) {
	line := manyTags(t)
	var d r200.Decoder
	var sum int
	run := func() {
		d.Feed(line)
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			if tag, ok := f.Tag(); ok {
				sum += int(tag.RSSI) + tag.EPC.Len()
			}
		}
	}
	run() // the buffer grows once
	if n := testing.AllocsPerRun(100, run); n != 0 {
		t.Errorf("%v allocations for %d bytes, want none", n, len(line))
	}
}

func BenchmarkDecoder(b *testing.B) {
	line := manyTags(b)
	var d r200.Decoder
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
		line = r200.TagFrame(r200.FramingBB, -50, r200.PC(epc(t, ownEPC)), epc(t, ownEPC)).Append(line)
	}
	return line
}

// FuzzDecoder looks for a panic, for frames that depend on the chunking, and for frames that are not frames.
func FuzzDecoder(f *testing.F) {
	frames, streams := vectors(f)
	for _, v := range frames {
		f.Add(unhex(f, v.Hex), 3)
	}
	for _, s := range streams {
		f.Add(unhex(f, strings.Join(s.Chunks, "")), 7)
	}
	f.Fuzz(func(t *testing.T, line []byte, chunk int) {
		var whole, cut r200.Decoder
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
			if _, err := r200.ParseFrame(unhex(t, hex)); err != nil {
				t.Fatalf("delivered a frame that is none: %s: %v", hex, err)
			}
		}
		for whole.Waiting() > 0 {
			whole.Idle()
			drain(&whole)
		}
	})
}
