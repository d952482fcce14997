package thingmagic_test

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
	"showroom/devices/rfid/thingmagic"
)

var speakers = []thingmagic.Speaker{thingmagic.FromModule, thingmagic.FromHost, thingmagic.FromEither}

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
				p = rapid.SliceOfN(rapid.SampledFrom([]byte{0xFF, 0, 1, 2, 4, 0x22, 0x2F, 0x1D}), 0, 20).Draw(t, "noise")
			case 2:
				p = slices.Clone(p)
				p[rapid.IntRange(0, len(p)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
			}
			line = append(line, p...)
		}
		from := rapid.SampledFrom(speakers).Draw(t, "from")
		whole, cut := thingmagic.Decoder{From: from}, thingmagic.Decoder{From: from}
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
func checkBytes(t interface{ Fatalf(string, ...any) }, d *thingmagic.Decoder, frames []string, fed int) {
	inFrames := len(strings.Join(frames, "")) / 2
	if s := d.Stats(); uint64(len(frames)) != s.Good || uint64(inFrames+d.Waiting())+s.Skipped != uint64(fed) {
		t.Fatalf("of %d bytes %d are in %d frames and %d wait, but counted is %+v", fed, inFrames, len(frames), d.Waiting(), s)
	}
}

// TestDamagedStream damages one byte in a hundred of ten thousand frames: every sound one is delivered, and nothing besides.
func TestDamagedStream(t *testing.T) {
	for _, lose := range []bool{false, true} {
		random := rand.New(rand.NewPCG(7, 1))
		var line []byte
		var want []string
		for range 10_000 {
			frame := randomFrame(random)
			sound := slices.Clone(frame)
			for i := len(frame) - 1; i >= 0; i-- {
				// A frame that loses an FF at its end finds one in the header behind: it would be whole, and the next not.
				if random.IntN(100) > 0 || lose && i == len(frame)-1 {
					continue
				}
				if lose {
					frame = slices.Delete(frame, i, i+1)
				} else {
					frame[i] ^= byte(1 + random.IntN(255))
				}
			}
			if bytes.Equal(sound, frame) {
				want = append(want, upper(frame))
			}
			line = append(line, frame...)
		}
		var d thingmagic.Decoder
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
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("frames (-want +got):\n%s", diff)
		}
		if len(want) > 9500 || len(want) < 5000 {
			t.Errorf("%d frames stayed sound: this is not the damage meant", len(want))
		}
	}
}

func randomFrame(random *rand.Rand) []byte {
	if random.IntN(4) == 0 {
		return keepAlive.Append(nil)
	}
	words := 6
	if random.IntN(8) == 0 {
		words = 13 // SGTIN-198
	}
	id := make([]byte, 2*words)
	for i := range id {
		id[i] = byte(random.Uint32())
		if random.IntN(6) == 0 {
			id[i] = 0xFF
		}
	}
	e, err := gs1.EPCFromBytes(id)
	if err != nil {
		panic(err)
	}
	tag := tagOf(e)
	tag.RSSI, tag.Data = int8(-30-random.IntN(50)), id[:random.IntN(8)]
	return thingmagic.TagFrame(tag).Append(nil)
}

// TestEmbeddedData: what the module has read besides moves everything behind it.
func TestEmbeddedData(t *testing.T) {
	for _, data := range []string{"", "E2", "E2801170", "E28011702000712D"} {
		want := tagOf(epc(t, ownEPC))
		want.TX, want.RX, want.Data = 3, 16, unhex(t, data)
		f, err := thingmagic.ParseFrame(thingmagic.TagFrame(want).Append(nil), thingmagic.FromModule)
		if err != nil {
			t.Fatalf("data %s: %v", data, err)
		}
		got, ok := f.Tag()
		want.DataBits, want.EPCBits, want.CRC = 4*len(data), 128, got.CRC
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b gs1.EPC) bool { return a == b })); !ok || diff != "" {
			t.Errorf("data %s: tag (-want +got):\n%s", data, diff)
		}
	}
}

func TestTagCRC(t *testing.T) {
	f := thingmagic.TagFrame(tagOf(epc(t, ownEPC)))
	f.Data[len(f.Data)-6] ^= 0x40 // the module has misread the tag, and its frame is sound
	p := f.Append(nil)
	if _, err := thingmagic.ParseFrame(p, thingmagic.FromModule); err != thingmagic.ErrTagCRC {
		t.Errorf("got %v, want %v", err, thingmagic.ErrTagCRC)
	}
	var d thingmagic.Decoder
	if got := feed(&d, p); got != nil || d.Stats().Bad == 0 {
		t.Errorf("got %v and %+v, want nothing and a bad one", got, d.Stats())
	}
}

func TestRefusedFrames(t *testing.T) {
	record := func(change func(p []byte)) string {
		f := thingmagic.TagFrame(tagOf(epc(t, ownEPC)))
		change(f.Data)
		return hex.EncodeToString(f.Append(nil))
	}
	for name, c := range map[string]struct {
		hex  string
		from thingmagic.Speaker
		want error
	}{
		"no header":         {"00FF", thingmagic.FromModule, thingmagic.ErrHeader},
		"too long":          {"FFF9", thingmagic.FromModule, thingmagic.ErrLength},
		"longest":           {"FFF8", thingmagic.FromModule, thingmagic.ErrShort},
		"no such status":    {"FF0F0080", thingmagic.FromModule, thingmagic.ErrHeader},
		"half":              {"FF2822000010", thingmagic.FromModule, thingmagic.ErrShort},
		"nothing":           {"", thingmagic.FromEither, thingmagic.ErrShort},
		"bytes behind":      {"FF0022040084E000", thingmagic.FromModule, thingmagic.ErrLength},
		"a driver's README": {"FF0A9703E800000000000300EE589D", thingmagic.FromHost, thingmagic.ErrCRC},
		"an answer as host": {"FF0022040084E0", thingmagic.FromHost, thingmagic.ErrCRC},
		"other fields":      {record(func(p []byte) { p[4] = 0x7F }), thingmagic.FromModule, thingmagic.ErrRecord},
		"too much data":     {record(func(p []byte) { p[19] = 1 }), thingmagic.FromModule, thingmagic.ErrLength},
		"EPC bits":          {record(func(p []byte) { p[23] ^= 0x10 }), thingmagic.FromModule, thingmagic.ErrLength},
	} {
		if _, err := thingmagic.ParseFrame(unhex(t, c.hex), c.from); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestTagThatHoldsNoEPC(t *testing.T) {
	for name, change := range map[string]func(*thingmagic.Tag){
		"ISO 17363":      func(t *thingmagic.Tag) { t.PC |= 0x01A9 },
		"empty":          func(t *thingmagic.Tag) { t.PC, t.EPC = 0, gs1.EPC{} },
		"other protocol": func(t *thingmagic.Tag) { t.Protocol = 3 },
	} {
		want := tagOf(epc(t, ownEPC))
		change(&want)
		f, err := thingmagic.ParseFrame(thingmagic.TagFrame(want).Append(nil), thingmagic.FromModule)
		tag, ok := f.Tag()
		if err != nil || !ok || tag.IsEPC() {
			t.Errorf("%s: got %+v, %v, %v; want a tag that is no EPC", name, tag, ok, err)
		}
	}
}

func TestDecodingAllocatesNothing(t *testing.T) {
	line := manyTags(t)
	var d thingmagic.Decoder
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
	if n := testing.AllocsPerRun(100, run); n != 0 || sum == 0 {
		t.Errorf("%v allocations for %d bytes, want none", n, len(line))
	}
}

func BenchmarkDecoder(b *testing.B) {
	line := manyTags(b)
	var d thingmagic.Decoder
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
		line = thingmagic.TagFrame(tagOf(epc(t, ownEPC))).Append(line)
	}
	return line
}

// FuzzDecoder looks for a panic, for frames that depend on the chunking, and for frames that are not frames.
func FuzzDecoder(f *testing.F) {
	frames, streams := vectors(f)
	for _, v := range frames {
		f.Add(unhex(f, v.Hex), 3, byte(v.from()))
	}
	for _, s := range streams {
		f.Add(unhex(f, strings.Join(s.Chunks, "")), 7, byte(thingmagic.FromEither))
	}
	f.Fuzz(func(t *testing.T, line []byte, chunk int, speaker byte) {
		from := speakers[int(speaker)%len(speakers)]
		whole, cut := thingmagic.Decoder{From: from}, thingmagic.Decoder{From: from}
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
			f, err := thingmagic.ParseFrame(unhex(t, hex), from)
			if err != nil {
				t.Fatalf("delivered a frame that is none: %s: %v", hex, err)
			}
			f.Tag()
		}
		for whole.Waiting() > 0 {
			whole.Idle()
			drain(&whole)
		}
	})
}
