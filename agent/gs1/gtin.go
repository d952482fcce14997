package gs1

import (
	"errors"
	"fmt"
	"strings"
)

// ErrGTIN is wrapped by every error of [ParseGTIN].
var ErrGTIN = errors.New("not a GTIN")

// gtinDigits is the length of a GTIN as this program keeps it.
const gtinDigits = 14

// GTIN is a Global Trade Item Number of exactly 14 digits, the shorter forms
// padded with zeros on the left, with a right check digit. The empty GTIN means
// "none". Make one with [ParseGTIN]; decoding text or JSON does so too.
type GTIN string

// ParseGTIN accepts the digits of a GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN-13) or
// GTIN-14 with its check digit. Anything else gives an error wrapping [ErrGTIN];
// its text does not repeat s, which may be anything a scanner read.
func ParseGTIN(s string) (GTIN, error) {
	switch len(s) {
	case 8, 12, 13, gtinDigits:
	default:
		return "", fmt.Errorf("%w: %d characters, want 8, 12, 13 or 14", ErrGTIN, len(s))
	}
	body, check := s[:len(s)-1], s[len(s)-1]
	want, err := CheckDigit(body)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrGTIN, err)
	}
	if check != want {
		return "", fmt.Errorf("%w: check digit is %q, want %q", ErrGTIN, check, want)
	}
	return GTIN("00000000000000"[len(s):] + s), nil
}

// CheckDigit returns the GS1 check digit, as an ASCII character, of digits that
// do not yet carry one. It serves GTIN, SSCC and GLN alike. It fails when digits
// is empty or holds anything but 0 to 9.
func CheckDigit(digits string) (byte, error) {
	if digits == "" {
		return 0, errors.New("no digits to check")
	}
	sum, weight := 0, 3
	for i := len(digits) - 1; i >= 0; i-- {
		d := digits[i]
		if d < '0' || d > '9' {
			return 0, fmt.Errorf("character %d is not a digit", i+1)
		}
		sum += int(d-'0') * weight
		weight = 4 - weight // 3, 1, 3, 1, ... from the right
	}
	return '0' + byte((10-sum%10)%10), nil
}

// Short returns the number as it stands printed under the bar code: 8, 12 or 13
// digits when enough leading digits are zero, else all 14.
func (g GTIN) Short() string {
	if len(g) != gtinDigits {
		return string(g)
	}
	for _, digits := range [...]int{8, 12, 13} {
		pad := gtinDigits - digits
		if strings.Count(string(g[:pad]), "0") == pad {
			return string(g[pad:])
		}
	}
	return string(g)
}

// String returns the 14 digits.
func (g GTIN) String() string { return string(g) }

// UnmarshalText parses like [ParseGTIN]; empty text gives the empty GTIN.
func (g *GTIN) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*g = ""
		return nil
	}
	parsed, err := ParseGTIN(string(text))
	if err != nil {
		return err
	}
	*g = parsed
	return nil
}
