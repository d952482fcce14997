package r2000_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/devices/devicetest"
	"showroom/devices/rfid/r2000"
)

// TestDamagedLines: no sound frame goes with the damaged ones. A reader of this kind protects its frames with a sum of eight bits
// and keeps the tags' own CRCs to itself, so of the frames that are damaged twice (one in fifty here) one in 255 has the right sum,
// and nobody can tell. That is one frame in twenty thousand.
func TestDamagedLines(t *testing.T) {
	const seeds = 50
	sound, strange := 0, 0
	for seed := range uint64(seeds) {
		o := devicetest.Damaged(seed, func(random *rand.Rand) []byte { return randomFrame(random, true) }, &r2000.Decoder{}, func(d *r2000.Decoder) ([]byte, bool) {
			f, ok := d.Next()
			return f.Append(nil), ok
		})
		if o.Sound < 7000 || o.Sound > 9000 {
			t.Fatalf("seed %d: %d frames stayed sound: this is not the damage meant", seed, o.Sound)
		}
		if len(o.Missing) > 0 {
			t.Errorf("seed %d: of %d sound frames %d are missing: %v", seed, o.Sound, len(o.Missing), o.Missing)
		}
		sound, strange = sound+o.Sound, strange+len(o.Strange)
	}
	t.Logf("of %d sound frames on %d bad lines none may be missing; %d came that nobody sent", sound, seeds, strange)
	if strange > sound/10_000 {
		t.Errorf("%d frames came that nobody sent, to %d sound ones: more than one in 10,000", strange, sound)
	}
}

// TestLinesThatLoseBytes loses one byte in a hundred. A frame that has lost a byte finds another one in the header behind it; if what
// it lost looked like a header, its sum is right again. It is delivered, for nobody can tell, but the frame behind it is not lost.
func TestLinesThatLoseBytes(t *testing.T) {
	for _, c := range []struct {
		headers bool // among the bytes of the tags
		strange int  // one in so many may be
	}{{false, 1000}, {true, 40}} {
		for seed := range uint64(10) {
			random := rand.New(rand.NewPCG(seed, 2))
			var line []byte
			left := map[string]int{} // sound frames not delivered yet
			sent := 0
			for range 10_000 {
				frame := randomFrame(random, c.headers)
				size := len(frame)
				frame = slices.DeleteFunc(frame, func(byte) bool { return random.IntN(100) == 0 })
				if len(frame) == size {
					left[upper(frame)]++
					sent++
				}
				line = append(line, frame...)
			}
			strange := 0
			for _, f := range feedInPieces(random, line) {
				if left[f]--; left[f] < 0 {
					strange++
					delete(left, f)
				}
			}
			missing := 0
			for _, n := range left {
				missing += n
			}
			if sent < 7000 || sent > 9000 || missing > 0 || strange > sent/c.strange {
				t.Errorf("seed %d: of %d sound frames %d are missing, and %d nobody sent came", seed, sent, missing, strange)
			}
		}
	}
}

// feedInPieces feeds a whole line to a fresh decoder and answers its frames as hex.
func feedInPieces(random *rand.Rand, line []byte) (frames []string) {
	var d r2000.Decoder
	for len(line) > 0 {
		n := min(1+random.IntN(64), len(line))
		frames = append(frames, feed(&d, line[:n])...)
		line = line[n:]
	}
	d.Idle()
	return append(frames, drain(&d)...)
}

// TestFramesThatDamageSwallowed: bytes of the lines above, and what comes of them. Frames in brackets are damaged.
func TestFramesThatDamageSwallowed(t *testing.T) {
	const (
		first  = "A01301890D300057D5E4F3A07C7CF3014BD20B349B"
		second = "A01301890C30007A37FE51192E5E07494197EC4E80"
		third  = "A00A0189000000E9FD5B0883"
	)
	for name, c := range map[string]struct{ line, want string }{
		// What begins with A0 08 in the tag has the right sum and takes the header behind, but not the address of the line.
		"foreign address": {
			first + first + "[A0EB01890C3000D0A5A0A0F70F80A0086C60F138AF]" + second,
			first + " " + first + " " + second,
		},
		// A0 63 in the tag would be a hundred bytes: five frames.
		"foreign address, long": {
			first + first + "[A01301890D3000A0A8A06390B3A0B6F68089183A98]" + "A01301890C300058CA1E304759A0F446C713544C23" +
				"A01301890E3000D98D89A094406AA01A9E88614730" + third + "A01301890F3000A0275E07D7A027A0B6A0F8A02EFE" +
				"A01301890E3000B25C545BCBDB9D60ADDA864B507D",
			first + " " + first + " A01301890C300058CA1E304759A0F446C713544C23 A01301890E3000D98D89A094406AA01A9E88614730 " + third +
				" A01301890F3000A0275E07D7A027A0B6A0F8A02EFE A01301890E3000B25C545BCBDB9D60ADDA864B507D",
		},
		// The same with the address of the line can not be told from a frame, until none follows it.
		"address of the line": {
			first + first + "[5513A00801729C]" + second + third,
			first + " " + first + " A00801729CA01301890C " + second + " " + third,
		},
		// The tag has lost an A0 and ends with the next header. Its sum is right.
		"lost header": {
			first + "[A01301890D300057D5E4F37C7CF3014BD20B349B]" + second + third,
			first + " A01301890D300057D5E4F37C7CF3014BD20B349BA0 " + second + " " + third,
		},
		// What the first rule can not see costs this: a tag that holds a frame is looked through when the line is damaged behind it.
		"frame in a tag": {
			first + first + "A01301890D3000A004017410D70000000000004B3B" + "[0022]" + second,
			first + " " + first + " A01301890D3000A004017410D70000000000004B3B A004017410D7 " + second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			line := unhex(t, strings.NewReplacer("[", "", "]", "").Replace(c.line))
			var d r2000.Decoder
			got := feed(&d, line)
			if diff := cmp.Diff(strings.Fields(c.want), got); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
			checkBytes(t, &d, got, len(line))
		})
	}
}

// TestFramesComeWithTheirLastByte: a line without damage is read as it is, whatever is inside the tags and whoever speaks, and no
// frame waits for the next.
func TestFramesComeWithTheirLastByte(t *testing.T) {
	insides := [][]byte{
		unhex(t, ownEPC),
		unhex(t, "A004017410D7A004018901D1"),     // two frames
		unhex(t, "A00B018900080000000000A0"),     // most of one, and a header
		unhex(t, "A0A0A0A0A0A0A013018930A0A013"), // beginnings only
	}
	rapid.Check(t, func(t *rapid.T) {
		var d r2000.Decoder
		frames := rapid.IntRange(1, 20).Draw(t, "frames")
		for range frames {
			f := r2000.Frame{Code: r2000.CodeSetAntenna, Data: []byte{byte(r2000.ResultSuccess)}}
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				f = r2000.RoundEndFrame(0, r2000.RoundEnd{Antenna: 0xA0, Reads: rapid.Uint32().Draw(t, "reads")})
			case 1, 2:
				e, err := gs1.EPCFromBytes(rapid.SampledFrom(insides).Draw(t, "inside"))
				if err != nil {
					t.Fatal(err)
				}
				f = r2000.TagFrame(0, tagOf(e))
			}
			f.Address = rapid.SampledFrom([]byte{1, 1, 2, 0xA0, r2000.AnyAddress}).Draw(t, "address")
			p := f.Append(nil)
			for i := range p {
				got := feed(&d, p[i:i+1])
				if last := i == len(p)-1; last && !slices.Equal(got, []string{upper(p)}) || !last && len(got) > 0 {
					t.Fatalf("byte %d of %X brought %v", i, p, got)
				}
			}
		}
		if got, want := d.Stats(), (r2000.Stats{Good: uint64(frames)}); got != want {
			t.Fatalf("counted %+v, want %+v", got, want)
		}
	})
}

// TestOtherReaderOnTheLine: the address that the line has is no prison.
func TestOtherReaderOnTheLine(t *testing.T) {
	tag := r2000.TagFrame(1, tagOf(epc(t, ownEPC))).Append(nil)
	other := r2000.TagFrame(2, tagOf(epc(t, ownEPC))).Append(nil)
	twice := bytes.Repeat(tag, 2)

	var d r2000.Decoder
	if got := feed(&d, slices.Concat(twice, other)); len(got) != 3 {
		t.Errorf("behind a frame: got %v", got)
	}

	d = r2000.Decoder{}
	feed(&d, slices.Concat(twice, other[:10]))
	d.Idle()
	got := drain(&d)
	if got = append(got, feed(&d, other)...); len(got) != 1 || d.Waiting() != 0 {
		t.Errorf("behind a pause: got %v, and %d bytes wait", got, d.Waiting())
	}

	d = r2000.Decoder{}
	feed(&d, slices.Concat(twice, []byte{0}))
	if got := feed(&d, other); len(got) != 0 {
		t.Errorf("behind damage: got %v", got)
	}
	if got := feed(&d, r2000.Frame{Address: r2000.AnyAddress, Code: r2000.CodeVersion}.Append(nil)); len(got) != 1 {
		t.Errorf("behind damage: got %v of what is said to all", got)
	}
	feed(&d, []byte{0})
	if got := feed(&d, bytes.Repeat(other, 14)); len(got) == 0 || len(got) > 2 {
		t.Errorf("behind long damage: %d of 14 frames came", len(got))
	}
}

// TestQuietLine: one pause ends all that is unfinished, and frees what it held back.
func TestQuietLine(t *testing.T) {
	tag := r2000.TagFrame(1, tagOf(epc(t, ownEPC))).Append(nil)
	var d r2000.Decoder
	line := slices.Concat(tag, unhex(t, "A05F0180"), tag, unhex(t, "A05F0180"), tag[:12])
	got := feed(&d, line)
	if len(got) != 1 || d.Waiting() != len(line)-len(tag) {
		t.Fatalf("got %v, and %d bytes wait", got, d.Waiting())
	}
	d.Idle()
	if got = append(got, drain(&d)...); len(got) != 2 || d.Waiting() != 0 {
		t.Errorf("after a pause %v have come, and %d bytes wait", got, d.Waiting())
	}
	checkBytes(t, &d, got, len(line))
	if got := feed(&d, tag[:12]); len(got) != 0 || d.Waiting() != 12 {
		t.Errorf("half a frame after a pause: got %v, and %d bytes wait", got, d.Waiting())
	}
	if got := feed(&d, tag[12:]); len(got) != 1 {
		t.Errorf("a frame after a pause: got %v", got)
	}
}
