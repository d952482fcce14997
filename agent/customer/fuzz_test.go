package customer_test

import (
	"testing"

	"showroom/agent/customer"
	"showroom/agent/showroom"
	"showroom/devices/ble"
)

// FuzzParseIdentity: whatever somebody types is refused in words, or is an identity that reads back as itself and can be heard.
func FuzzParseIdentity(f *testing.F) {
	for _, seed := range []string{printed, beacon, uid, "public-mac:58782076bc24", "mac:ac233fa03208", "irk:000102030405060708090a0b0c0d0e0f",
		"altbeacon:2f234454cf6d4a0fadf2f4911ba9ffa600050003", "eddystone-eid:00", "4C:11:22:33:44:55", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := customer.ParseIdentity(s)
		if err != nil {
			if code(err) != showroom.CodeInvalid || err.Error() == "" || len(err.Error()) > 250 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		again, err := ble.ParseIdentity(id.Reveal())
		if err != nil || again != id || id == (ble.Identity{}) {
			t.Fatalf("%q is %q, which reads back as %q, %v", s, id.Reveal(), again.Reveal(), err)
		}
	})
}
