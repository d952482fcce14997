package thingmagic_test

import (
	"testing"

	"showroom/devices/devicetest"
	"showroom/devices/rfid/thingmagic"
)

// TestDamagedLines: on many a bad line every sound frame is delivered, and nothing besides: a CRC of 16 bits and, in tags, the
// tag's own leave nothing to chance here.
func TestDamagedLines(t *testing.T) {
	for seed := range uint64(20) {
		o := devicetest.Damaged(seed, randomFrame, &thingmagic.Decoder{}, func(d *thingmagic.Decoder) ([]byte, bool) {
			f, ok := d.Next()
			return f.Append(nil), ok
		})
		if o.Sound < 5000 || o.Sound > 9000 {
			t.Fatalf("seed %d: %d frames stayed sound: this is not the damage meant", seed, o.Sound)
		}
		if len(o.Missing)+len(o.Strange) > 0 {
			t.Errorf("seed %d: of %d sound frames these are missing: %v; and these nobody sent: %v", seed, o.Sound, o.Missing, o.Strange)
		}
	}
}
