package gs1

import (
	"encoding/binary"
	"fmt"
)

// MaxEPCBytes is the longest EPC a Gen2 tag can hold: 31 words.
const MaxEPCBytes = 62

// EPC is the raw content of a tag's EPC bank, without the PC word. It is a plain
// value: comparable, a map key, copied without allocation. The zero EPC means
// "none". It need not be a GS1 identifier: every tag has an EPC, even one that
// was never programmed; see [EPC.Scheme].
type EPC struct {
	size uint8
	// bytes beyond size are always zero: equality and bits rely on it.
	bytes [MaxEPCBytes]byte
}

// ParseEPC reads 1 to 62 bytes of hexadecimal digits in either case, without
// separators. The error is an [*EPCError] with [CodeBadHex] or [CodeBadLength].
func ParseEPC(s string) (EPC, error) {
	var e EPC
	// The odd length is reported before the digits, and the limit before decoding.
	switch {
	case s == "":
		return EPC{}, &EPCError{Code: CodeBadLength, Field: "epc", Reason: "is empty"}
	case len(s) > 2*MaxEPCBytes:
		return EPC{}, &EPCError{Code: CodeBadLength, Field: "epc", Reason: fmt.Sprintf("has %d digits, at most %d fit a tag", len(s), 2*MaxEPCBytes)}
	case len(s)%2 != 0:
		return EPC{}, &EPCError{Code: CodeBadHex, Field: "epc", Reason: fmt.Sprintf("has an odd number of digits: %d", len(s))}
	}
	for i := 0; i < len(s); i += 2 {
		hi, okHi := nibble(s[i])
		lo, okLo := nibble(s[i+1])
		if !okHi || !okLo {
			at := i + 1
			if okHi {
				at++
			}
			return EPC{}, &EPCError{Code: CodeBadHex, Field: "epc", Reason: fmt.Sprintf("has a character that is not hexadecimal at position %d", at)}
		}
		e.bytes[i/2] = hi<<4 | lo
	}
	e.size = uint8(len(s) / 2)
	return e, nil
}

// EPCFromBytes copies 1 to 62 bytes. The error is an [*EPCError] with
// [CodeBadLength].
func EPCFromBytes(p []byte) (EPC, error) {
	var e EPC
	if len(p) == 0 || len(p) > MaxEPCBytes {
		return EPC{}, &EPCError{Code: CodeBadLength, Field: "epc", Reason: fmt.Sprintf("has %d bytes, want 1 to %d", len(p), MaxEPCBytes)}
	}
	e.size = uint8(copy(e.bytes[:], p))
	return e, nil
}

// Len returns the number of bytes, 0 for the zero EPC.
func (e EPC) Len() int { return int(e.size) }

// IsZero reports whether there is no EPC.
func (e EPC) IsZero() bool { return e.size == 0 }

// String returns upper-case hexadecimal digits. It identifies a thing somebody
// may own: log it at Debug level only.
func (e EPC) String() string {
	var digits [2 * MaxEPCBytes]byte
	return string(e.appendHex(digits[:0]))
}

// AppendBytes appends the raw bytes to dst.
func (e EPC) AppendBytes(dst []byte) []byte { return append(dst, e.bytes[:e.size]...) }

// AppendText appends what [EPC.String] returns.
func (e EPC) AppendText(dst []byte) ([]byte, error) { return e.appendHex(dst), nil }

// MarshalText returns upper-case hexadecimal digits; none for the zero EPC.
func (e EPC) MarshalText() ([]byte, error) {
	return e.appendHex(make([]byte, 0, 2*int(e.size))), nil
}

// UnmarshalText parses like [ParseEPC]; empty text gives the zero EPC.
func (e *EPC) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*e = EPC{}
		return nil
	}
	parsed, err := ParseEPC(string(text))
	if err != nil {
		return err
	}
	*e = parsed
	return nil
}

func (e EPC) appendHex(dst []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, b := range e.bytes[:e.size] {
		dst = append(dst, digits[b>>4], digits[b&0x0F])
	}
	return dst
}

// bits reads up to 57 bits, up to 64 from the start of a byte, most significant
// first. Bits beyond the EPC are zero.
func (e *EPC) bits(offset, width int) uint64 {
	var window [8]byte
	copy(window[:], e.bytes[offset/8:])
	return binary.BigEndian.Uint64(window[:]) << (offset % 8) >> (64 - width)
}

// setBits writes the low width bits of v, as many as bits reads, over zero bits.
func (e *EPC) setBits(offset, width int, v uint64) {
	var window [8]byte
	binary.BigEndian.PutUint64(window[:], v<<(64-width)>>(offset%8))
	for i, b := range window {
		if at := offset/8 + i; at < len(e.bytes) {
			e.bytes[at] |= b
		}
	}
}

// nibble is the value of a hexadecimal digit. It takes no branch: which of the digits comes next nobody can foretell.
func nibble(c byte) (byte, bool) {
	digit, letter := uint32(c-'0'), uint32((c|0x20)-'a')
	isDigit, isLetter := (digit-10)>>31, (letter-6)>>31
	return byte(isDigit*digit | isLetter*(letter+10)), isDigit|isLetter != 0
}
