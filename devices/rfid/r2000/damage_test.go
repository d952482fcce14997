package r2000_test

import (
	"math/rand/v2"
	"testing"

	"showroom/devices/devicetest"
	"showroom/devices/rfid/r2000"
)

// TestDamagedLines: a reader of this kind protects its frames with a sum of eight bits and keeps the tags' own CRCs to itself, so
// one in 256 pieces of damage that look like a frame is taken for one, and takes the beginning of a sound one with it. What the
// decoder knows of lengths leaves less than one frame in a thousand to that.
func TestDamagedLines(t *testing.T) {
	const seeds = 20
	sound, missing, strange := 0, 0, 0
	for seed := range uint64(seeds) {
		o := devicetest.Damaged(seed, func(random *rand.Rand) []byte { return randomFrame(random, true) }, &r2000.Decoder{}, func(d *r2000.Decoder) ([]byte, bool) {
			f, ok := d.Next()
			return f.Append(nil), ok
		})
		if o.Sound < 7000 || o.Sound > 9000 {
			t.Fatalf("seed %d: %d frames stayed sound: this is not the damage meant", seed, o.Sound)
		}
		if bound := o.Sound / 1000; len(o.Missing) > bound || len(o.Strange) > bound {
			t.Errorf("seed %d: of %d sound frames %d are missing, and %d nobody sent came; want at most %d\nmissing %v\nstrange %v",
				seed, o.Sound, len(o.Missing), len(o.Strange), bound, o.Missing, o.Strange)
		}
		sound, missing, strange = sound+o.Sound, missing+len(o.Missing), strange+len(o.Strange)
	}
	t.Logf("of %d sound frames on %d bad lines %d are missing, and %d came that nobody sent", sound, seeds, missing, strange)
	if missing > sound/5000 {
		t.Errorf("%d of %d sound frames are missing, more than one in 5000", missing, sound)
	}
}
