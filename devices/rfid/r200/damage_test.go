package r200_test

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"showroom/devices/devicetest"
	"showroom/devices/rfid/r200"
)

// TestDamagedLines: on many a bad line, of either firmware, every sound frame is delivered, and no tag that nobody sent: its own CRC
// covers it. Other frames have only a sum of eight bits and an end byte.
func TestDamagedLines(t *testing.T) {
	for name, framing := range map[string]r200.Framing{"r200": r200.FramingBB, "r200_aadd": r200.FramingAA} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				o := devicetest.Damaged(seed, func(random *rand.Rand) []byte { return reframed(t, randomFrame(random), framing) },
					&r200.Decoder{}, func(d *r200.Decoder) ([]byte, bool) {
						f, ok := d.Next()
						return f.Append(nil), ok
					})
				if o.Sound < 6000 || o.Sound > 9000 {
					t.Fatalf("seed %d: %d frames stayed sound: this is not the damage meant", seed, o.Sound)
				}
				if len(o.Missing) > 0 || len(o.Strange) > o.Sound/1000 {
					t.Errorf("seed %d: of %d sound frames these are missing: %v; and these nobody sent: %v", seed, o.Sound, o.Missing, o.Strange)
				}
				for _, s := range o.Strange {
					if f, err := r200.ParseFrame(unhex(t, s)); err != nil || f.Type == r200.TypeNotification {
						t.Errorf("seed %d: a tag that nobody sent: %s, %v", seed, s, err)
					}
				}
			}
		})
	}
}

// reframed is a frame as firmware of another framing says it.
func reframed(t *testing.T, p []byte, framing r200.Framing) []byte {
	t.Helper()
	f, err := r200.ParseFrame(p)
	if err != nil {
		t.Fatalf("%s: %v", hex.EncodeToString(p), err)
	}
	f.Framing = framing
	return f.Append(nil)
}
