package devicetest

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
)

// Framer is what the decoders of serial protocols have in common, but for their frames.
type Framer interface {
	Feed(p []byte)
	Idle()
	Waiting() int
}

// Outcome is what became of ten thousand frames on a bad line. Frames are in hex.
type Outcome struct {
	Sound   int      // frames none of whose bytes was damaged
	Missing []string // of these, not delivered
	Strange []string // delivered, and no sound frame
}

// Frames and badness of the line that Damaged makes: one byte in a hundred is another one, and what arrives is cut anyhow.
const (
	damagedFrames = 10_000
	damagedByte   = 100
	longestPiece  = 64
)

// Damaged sends ten thousand frames, which frame makes, over a bad line to a decoder whose next frame is next. The same seed is the
// same line.
func Damaged[D Framer](seed uint64, frame func(*rand.Rand) []byte, d D, next func(D) ([]byte, bool)) Outcome {
	random := rand.New(rand.NewPCG(seed, 1))
	var line []byte
	var o Outcome
	left := map[string]int{} // sound frames that have not come yet
	for range damagedFrames {
		p := frame(random)
		sent := hex.EncodeToString(p)
		sound := true
		for i := range p {
			if random.IntN(damagedByte) == 0 {
				p[i] ^= byte(1 + random.IntN(255))
				sound = false
			}
		}
		if sound {
			left[sent]++
			o.Sound++
		}
		line = append(line, p...)
	}
	drain := func() {
		for p, ok := next(d); ok; p, ok = next(d) {
			got := hex.EncodeToString(p)
			if left[got]--; left[got] < 0 {
				o.Strange = append(o.Strange, got)
			}
		}
	}
	for len(line) > 0 {
		n := min(1+random.IntN(longestPiece), len(line))
		d.Feed(line[:n])
		line = line[n:]
		drain()
	}
	for d.Waiting() > 0 {
		d.Idle()
		drain()
	}
	for p, n := range left {
		for range n {
			o.Missing = append(o.Missing, p)
		}
	}
	slices.Sort(o.Missing)
	return o
}
