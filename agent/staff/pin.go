package staff

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"

	"golang.org/x/crypto/argon2"

	"showroom/agent/showroom"
)

// A PIN has so few digits that only the cost of trying protects its hash. 19 MiB twice is what a Pi 4 can afford in well under a
// second, and the least that is advised for argon2id.
const (
	pinMemory = 19 * 1024 // KiB
	pinPasses = 2
	pinLanes  = 1
	pinSalt   = 16 // bytes
	pinKey    = 32 // bytes
)

// HashPIN makes the argon2id hash of a PIN of 4 to 6 digits, in PHC string form, for the configuration. Any other PIN is refused
// with CodeInvalid.
func HashPIN(pin string) (string, error) {
	if !isPIN(pin) {
		return "", showroom.Errorf(showroom.CodeInvalid, "A PIN has 4 to 6 digits.")
	}
	salt := make([]byte, pinSalt)
	rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(pin), salt, pinPasses, pinMemory, pinLanes, pinKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, pinMemory, pinPasses, pinLanes, b64(salt), b64(key)), nil
}

// CheckPIN says whether the hash, in PHC string form, is of the PIN. The time it takes does not depend on how much of the PIN is
// right. A hash that is none, or asks for more than 256 MiB or 50 passes, is CodeInvalid; the error never repeats either.
func CheckPIN(hash, pin string) (bool, error) {
	p, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	if !isPIN(pin) {
		return false, nil
	}
	key := argon2.IDKey([]byte(pin), p.salt, p.passes, p.memory, p.lanes, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(key, p.key) == 1, nil
}

func isPIN(s string) bool {
	if len(s) < 4 || len(s) > 6 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// phc is an argon2id hash with its parameters.
type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

func parsePHC(s string) (phc, error) {
	refused := showroom.Errorf(showroom.CodeInvalid, "This is no argon2id hash of a PIN.")
	m := regexp.MustCompile(`^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,88})\$([A-Za-z0-9+/]{22,88})$`).FindStringSubmatch(s)
	if m == nil {
		return phc{}, refused
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // the pattern admits digits only
	memory, passes, lanes := number(m[1]), number(m[2]), number(m[3])
	if passes < 1 || passes > 50 || lanes < 1 || lanes > 16 || memory < 8*lanes || memory > 256*1024 {
		return phc{}, refused
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(m[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(m[5])
	if saltErr != nil || keyErr != nil {
		return phc{}, refused
	}
	return phc{memory: uint32(memory), passes: uint32(passes), lanes: uint8(lanes), salt: salt, key: key}, nil
}
