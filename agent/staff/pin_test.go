package staff_test

import (
	"strings"
	"testing"

	"showroom/agent/showroom"
	"showroom/agent/staff"
)

func TestAPINFitsItsHashOnly(t *testing.T) {
	hash := pinHash()
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s", hash)
	}
	for _, c := range []struct {
		pin  string
		want bool
	}{{pin, true}, {"470319", false}, {"47031", false}, {"4703188", false}, {"", false}} {
		if got, err := staff.CheckPIN(hash, c.pin); got != c.want || err != nil {
			t.Errorf("CheckPIN(%q) = %v, %v", c.pin, got, err)
		}
	}
	again, err := staff.HashPIN(pin)
	if err != nil || again == hash {
		t.Errorf("the same PIN twice has the same hash: %v", err)
	}
}

func TestWhatIsNoHashIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, hash string
	}{
		{"empty", ""},
		{"the PIN itself", "4711"},
		{"argon2i", strings.Replace(pinHash(), "argon2id", "argon2i", 1)},
		{"another version", strings.Replace(pinHash(), "v=19", "v=16", 1)},
		{"the memory of the whole Pi", strings.Replace(pinHash(), "m=19456", "m=999999", 1)},
		{"a minute of work", strings.Replace(pinHash(), "t=2", "t=99", 1)},
		{"no lane", strings.Replace(pinHash(), "p=1", "p=0", 1)},
		{"salt that is no base64", strings.Replace(pinHash(), "p=1$", "p=1$$", 1)},
		{"text behind", pinHash() + "\n"},
	} {
		if ok, err := staff.CheckPIN(c.hash, pin); ok || showroom.ErrorCode(err) != showroom.CodeInvalid {
			t.Errorf("%s: %v, %v", c.name, ok, err)
		}
	}
}

func TestOnlyFourToSixDigitsAreAPIN(t *testing.T) {
	for _, bad := range []string{"", "123", "1234567", "12a4", "１２３４", " 1234", "-123"} {
		if hash, err := staff.HashPIN(bad); hash != "" || showroom.ErrorCode(err) != showroom.CodeInvalid {
			t.Errorf("HashPIN(%q) = %q, %v", bad, hash, err)
		}
	}
}
