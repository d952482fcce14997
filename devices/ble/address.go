package ble

import (
	"encoding/hex"
	"fmt"
)

// Address is a Bluetooth device address in the order it is written, most significant byte first. The zero Address is none.
type Address [6]byte

// AddressKind is what sort of address it is, which a sender says beside the address and not in it (Core Specification, Vol 6,
// Part B, 1.3). The zero kind is that the gateway does not tell.
type AddressKind uint8

// The kinds a gateway can tell.
const (
	KindUntold AddressKind = iota
	Public                 // assigned to the maker
	Random                 // made up by the device; its two top bits say for how long
)

// ParseAddress reads 12 hexadecimal digits of either case, with or without colons.
func ParseAddress[T ~string | ~[]byte](s T) (a Address, ok bool) {
	step := 2
	switch len(s) {
	case 12:
	case 17:
		step = 3
	default:
		return Address{}, false
	}
	for i := range a {
		high, low := hexDigit(s[i*step]), hexDigit(s[i*step+1])
		if high > 15 || low > 15 || step == 3 && i > 0 && s[i*step-1] != ':' {
			return Address{}, false
		}
		a[i] = high<<4 | low
	}
	return a, true
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 0xFF
}

// IsZero says that there is no address.
func (a Address) IsZero() bool { return a == Address{} }

// Lasting says whether the address stays with the device. The resolvable and non-resolvable addresses that phones change every
// few minutes do not, and never become a key. Where the kind is untold, an address that could be one of them counts as one: their
// top bits are 01 and 00, while 11 is a static random address and 10 is only ever a public one.
func (a Address) Lasting(kind AddressKind) bool {
	switch top := a[0] >> 6; {
	case a.IsZero():
		return false
	case kind == Public:
		return true
	case kind == Random:
		return top == 0b11
	default:
		return top >= 0b10
	}
}

// Reveal is the address as 12 digits of lower case: for tools, never for a log.
func (a Address) Reveal() string { return hex.EncodeToString(a[:]) }

// Format writes "(withheld)".
func (a Address) Format(s fmt.State, _ rune) { withhold(s) }

// MarshalText answers "(withheld)".
func (a Address) MarshalText() ([]byte, error) { return []byte(withheld), nil }
