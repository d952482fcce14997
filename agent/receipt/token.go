package receipt

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// A token is 16 random bytes and the first 4 of their HMAC-SHA-256 under the shop's receipt key, in base64url without padding. The
// random bytes are what opens a receipt. The check is only there so that the central service can tell a receipt that has not
// arrived yet from one that somebody made up; with 32 bits nobody gains anything by guessing it.
const (
	secretBytes = 16
	checkBytes  = 4
	// TokenLength is how many characters a token has.
	TokenLength = 27
	// KeyBytes is how long a receipt key is.
	KeyBytes = 32
)

// ErrKey is a receipt key of the wrong length.
var ErrKey = errors.New("a receipt key has 32 bytes")

// NewToken makes a token of 16 bytes from random.
func NewToken(key []byte, random io.Reader) (string, error) {
	if len(key) != KeyBytes {
		return "", ErrKey
	}
	token := make([]byte, secretBytes, secretBytes+checkBytes)
	if _, err := io.ReadFull(random, token); err != nil {
		return "", fmt.Errorf("draw a receipt token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(append(token, check(key, token)...)), nil
}

// CheckToken says whether a token was made under the key. A key of the wrong length has made none.
func CheckToken(key []byte, token string) bool {
	raw, ok := decode(token)
	return ok && len(key) == KeyBytes && hmac.Equal(raw[secretBytes:], check(key, raw[:secretBytes]))
}

// IsToken says whether a text has the form of a token, whoever made it.
func IsToken(s string) bool {
	_, ok := decode(s)
	return ok
}

// DeriveKey makes a receipt key of a secret that a device and the central service share anyway: the device's token. Neither has to be
// told a key then. A device that gets another token makes other receipt tokens; receipts that have arrived are found all the same.
func DeriveKey(secret string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte("showroom receipt key 1"))
	return h.Sum(nil)
}

func decode(token string) ([]byte, bool) {
	if len(token) != TokenLength {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return raw, err == nil && len(raw) == secretBytes+checkBytes
}

func check(key, secret []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(secret)
	return h.Sum(nil)[:checkBytes]
}
