package gs1

import (
	"fmt"
	"math/big"
)

// Fields of an SGTIN+, TDS 2.0, 14.6.1: data toggle, filter, 14 decimal digits,
// then the serial as encoding, length and characters (14.5.6).
const (
	plusToggleAt   = 8
	plusFilterAt   = 9
	plusGTINAt     = 12
	plusEncodingAt = plusGTINAt + 4*gtinDigits
	plusLengthAt   = plusEncodingAt + 3
	plusSerialAt   = plusLengthAt + 5
)

// identifyPlus reads an SGTIN+. What may follow the serial when the data toggle is
// set is not looked at.
func identifyPlus(epc EPC) (Identity, error) {
	fail := func(code, field, reason string) (Identity, error) {
		return Identity{}, &EPCError{Code: code, Field: field, Reason: reason, EPC: epc}
	}
	if 8*epc.Len() < plusSerialAt {
		return fail(CodeBadLength, "epc", fmt.Sprintf("has %d bytes, %s needs more", epc.Len(), SGTINPlus))
	}
	var digits [gtinDigits]byte
	for i := range digits {
		d := byte(epc.bits(plusGTINAt+4*i, 4))
		if d > 9 {
			return fail(CodeBadGTIN, "gtin", fmt.Sprintf("has no decimal digit at position %d", i+1))
		}
		digits[i] = '0' + d
	}
	gtin, err := ParseGTIN(string(digits[:]))
	if err != nil {
		return fail(CodeBadGTIN, "gtin", "has a wrong check digit")
	}
	encoding, length := int(epc.bits(plusEncodingAt, 3)), int(epc.bits(plusLengthAt, 5))
	if length == 0 || length > serialChars {
		return fail(CodeBadSerial, "serial", fmt.Sprintf("has %d characters, want 1 to %d", length, serialChars))
	}
	width, ok := plusBits(encoding, length)
	switch {
	case !ok:
		return fail(CodeBadSerial, "serial", fmt.Sprintf("has encoding %d, which is not assigned", encoding))
	case 8*epc.Len() < plusSerialAt+width:
		return fail(CodeBadLength, "epc", fmt.Sprintf("has %d bytes, too few for a serial of %d characters", epc.Len(), length))
	}
	serial, ok := plusSerial(epc, encoding, length, width)
	if !ok {
		return fail(CodeBadSerial, "serial", "has a value its encoding does not know")
	}
	if epc.bits(plusToggleAt, 1) == 0 {
		for at := plusSerialAt + width; at < 8*epc.Len(); at++ {
			if epc.bits(at, 1) != 0 {
				return fail(CodeBadPadding, "padding", "after the serial is not zero")
			}
		}
	}
	return Identity{Scheme: SGTINPlus, Filter: uint8(epc.bits(plusFilterAt, 3)), Reference: string(gtin), Serial: serial}, nil
}

// The encodings of a serial in TDS 2.
const (
	plusInteger = iota
	plusUpperHex
	plusLowerHex
	plusBase64
	plusASCII
	plusCode40 // three characters in 16 bits
)

// plusBits is how many bits length characters take.
func plusBits(encoding, length int) (int, bool) {
	switch encoding {
	case plusInteger:
		largest := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(length)), nil)
		return largest.BitLen(), true // no power of ten above 1 is one of two
	case plusUpperHex, plusLowerHex:
		return 4 * length, true
	case plusBase64:
		return 6 * length, true
	case plusASCII:
		return 7 * length, true
	case plusCode40:
		return (length + 2) / 3 * 16, true
	}
	return 0, false
}

func plusSerial(epc EPC, encoding, length, width int) (string, bool) {
	switch encoding {
	case plusInteger:
		return plusDigits(epc, length, width)
	case plusUpperHex:
		return plusCharacters(epc, length, 4, "0123456789ABCDEF")
	case plusLowerHex:
		return plusCharacters(epc, length, 4, "0123456789abcdef")
	case plusBase64:
		return plusCharacters(epc, length, 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
	case plusCode40:
		return plusTriples(epc, length)
	}
	var b [serialChars]byte
	for i := range length {
		b[i] = byte(epc.bits(plusSerialAt+7*i, 7))
	}
	serial := string(b[:length])
	return serial, isText(serial, length)
}

func plusDigits(epc EPC, length, width int) (string, bool) {
	v := new(big.Int)
	for i := range width {
		v.Lsh(v, 1)
		v.SetBit(v, 0, uint(epc.bits(plusSerialAt+i, 1)))
	}
	s := fmt.Sprintf("%0*s", length, v.String())
	return s, len(s) == length
}

func plusCharacters(epc EPC, length, width int, alphabet string) (string, bool) {
	var b [serialChars]byte
	for i := range length {
		b[i] = alphabet[epc.bits(plusSerialAt+width*i, width)]
	}
	return string(b[:length]), true
}

// plusTriples reads URN Code 40 of ISO/IEC 15962, annex D: characters it fills up
// with are zero.
func plusTriples(epc EPC, length int) (string, bool) {
	const alphabet = "\x00ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"
	var b [serialChars + 2]byte
	for i := 0; i < length; i += 3 {
		v := epc.bits(plusSerialAt+i/3*16, 16)
		if v == 0 || v > 40*40*40 {
			return "", false
		}
		v--
		b[i], b[i+1], b[i+2] = alphabet[v/1600], alphabet[v/40%40], alphabet[v%40]
	}
	for i, c := range b {
		if (i < length) == (c == 0) {
			return "", false
		}
	}
	return string(b[:length]), true
}
