package zvt

import (
	"encoding/hex"
	"errors"

	"showroom/agent/pan"
)

// ErrField is data that does not divide into the fields of the protocol.
var ErrField = errors.New("bad_field")

// Fields (bit maps, in the protocol's words) by their first byte.
const (
	bmpTimeout    = 0x01
	bmpMaxStatus  = 0x02
	bmpService    = 0x03
	bmpAmount     = 0x04
	bmpTLV        = 0x06
	bmpTrace      = 0x0B
	bmpTime       = 0x0C
	bmpDate       = 0x0D
	bmpExpiry     = 0x0E
	bmpCardSeq    = 0x17
	bmpType       = 0x19
	bmpPAN        = 0x22
	bmpTrack2     = 0x23
	bmpTrack3     = 0x24
	bmpResult     = 0x27
	bmpTerminal   = 0x29
	bmpVU         = 0x2A
	bmpTrack1     = 0x2D
	bmpOrigTrace  = 0x37
	bmpAuth       = 0x3B
	bmpText       = 0x3C
	bmpCurrency   = 0x49
	bmpTotals     = 0x60
	bmpReceipt    = 0x87
	bmpTurnover   = 0x88
	bmpCardType   = 0x8A
	bmpCardName   = 0x8B
	bmpCardTypeID = 0x8C
	bmpHostCode   = 0xA0
	bmpLongDate   = 0xAA
)

// Lengths of fields that tell theirs themselves.
const (
	llvar  = -2 // two bytes Fx Fy: xy
	lllvar = -3 // three
	ber    = -1 // as in a TLV
)

// sizeOf is the length of a field, or how it tells it; 0 for a field nobody knows.
func sizeOf(bmp byte) int {
	switch bmp {
	case bmpTimeout, bmpMaxStatus, bmpService, 0x05, bmpType, bmpResult, bmpCardType, bmpCardTypeID, bmpHostCode, 0xD0, 0xD2, 0xD3, 0xEB, 0xFC:
		return 1
	case bmpDate, bmpExpiry, 0x3A, bmpCardSeq, bmpCurrency, bmpReceipt:
		return 2
	case bmpTrace, bmpTime, bmpOrigTrace, bmpTurnover, 0x3D, bmpLongDate:
		return 3
	case bmpTerminal:
		return 4
	case 0xBA:
		return 5
	case bmpAmount:
		return 6
	case bmpAuth, 0xD1:
		return 8
	case bmpVU:
		return 15
	case bmpPAN, bmpTrack2, bmpTrack1, bmpCardName, 0xA7, 0xD4, 0xD5:
		return llvar
	case bmpTrack3, 0x2E, bmpText, bmpTotals, 0x9A, 0xAF:
		return lllvar
	case bmpTLV:
		return ber
	}
	return 0
}

// field is one field of a message. value shares the message's memory.
type field struct {
	bmp   byte
	value []byte
}

// parseFields divides p. What it can not divide is left as the rest.
func parseFields(p []byte) (all []field, rest []byte, err error) {
	for len(p) > 0 {
		size := sizeOf(p[0])
		if size == 0 {
			return all, p, ErrField
		}
		value, next, err := cut(p[1:], size)
		if err != nil {
			return all, p, err
		}
		if p[0] == bmpTLV {
			if _, err := parseTLVs(value, 0); err != nil {
				return all, p, err
			}
		}
		all, p = append(all, field{p[0], value}), next
	}
	return all, nil, nil
}

func cut(p []byte, size int) (value, rest []byte, err error) {
	switch size {
	case ber:
		if size, p, err = readLength(p); err != nil {
			return nil, nil, err
		}
	case llvar, lllvar:
		digits := -size
		if len(p) < digits {
			return nil, nil, ErrField
		}
		size = 0
		for _, b := range p[:digits] {
			if b&0x0F > 9 { // the high half should be F, and is 0 with some
				return nil, nil, ErrField
			}
			size = size*10 + int(b&0x0F)
		}
		p = p[digits:]
	}
	if len(p) < size {
		return nil, nil, ErrField
	}
	return p[:size:size], p[size:], nil
}

// appendField appends one field to dst.
func appendField(dst []byte, bmp byte, value []byte) []byte {
	dst = append(dst, bmp)
	switch n := len(value); sizeOf(bmp) {
	case ber:
		dst = appendLength(dst, n)
	case llvar:
		dst = append(dst, 0xF0|byte(n/10), 0xF0|byte(n%10))
	case lllvar:
		dst = append(dst, 0xF0|byte(n/100), 0xF0|byte(n/10%10), 0xF0|byte(n%10))
	}
	return append(dst, value...)
}

// cover covers the card numbers in a message, in place. Fields that hold them are covered by what they are; texts, and what can
// not be divided, by what they look like; nothing else is touched.
func (a APDU) cover() {
	head, fields, rest := layout(a)
	if a.Code == CodePrintLine && len(head) > 0 {
		coverText(head[1:])
	}
	for _, f := range fields {
		switch f.bmp {
		case bmpPAN:
			coverPAN(f.value)
		case bmpTrack2, bmpTrack3:
			coverAll(f.value)
		case bmpTrack1:
			for i := range f.value {
				f.value[i] = '*'
			}
		case bmpText, bmpCardName:
			coverText(f.value)
		case bmpTLV:
			all, _ := parseTLVs(f.value, 0) // it has been parsed before
			coverTLVs(all)
		}
	}
	coverText(rest)
	if a.Code != CodeDisplayText && a.Code != CodeDisplayTextOld { // which are texts
		coverDigits(rest)
	}
}

// coverTLVs covers the texts of a container, and the objects of a chip that name its card: 5A and 57.
func coverTLVs(all []TLV) {
	for _, t := range all {
		coverTLVs(t.Children)
		switch t.Tag {
		case 0x5A:
			coverPAN(t.Value)
		case 0x57:
			coverAll(t.Value)
		default:
			coverText(t.Value)
		}
	}
}

// Lengths of card numbers (ISO/IEC 7812-1).
const (
	shortestCard = 13
	longestCard  = 19
)

const (
	covered   = 0xE // a digit nobody is to know
	separator = 0xD // behind the number, on a track
)

func nibble(p []byte, i int) byte {
	if i%2 == 0 {
		return p[i/2] >> 4
	}
	return p[i/2] & 0x0F
}

func setNibble(p []byte, i int, v byte) {
	if i%2 == 0 {
		p[i/2] = p[i/2]&0x0F | v<<4
	} else {
		p[i/2] = p[i/2]&0xF0 | v
	}
}

// mostReadable is how many digits of a card number may be read by whoever must: the first six and the last four.
const mostReadable = 10

// coverPAN leaves a number as the terminal has covered it, if it has; else its last four digits. What follows a separator is
// from the card's track, and goes.
func coverPAN(p []byte) {
	end, readable, hidden := 0, 0, false // end of the number
	for ; end < 2*len(p); end++ {
		n := nibble(p, end)
		if n == separator || n == 0xF {
			break
		}
		if n <= 9 {
			readable++
		} else {
			hidden = true
		}
	}
	for i := end; i < 2*len(p); i++ {
		if nibble(p, i) <= 9 {
			setNibble(p, i, covered)
		}
	}
	if hidden && readable <= mostReadable {
		return
	}
	for i := range max(end-4, 0) {
		setNibble(p, i, covered)
	}
}

func coverAll(p []byte) {
	for i := range p {
		p[i] = covered<<4 | covered
	}
}

// Covered is a copy of bytes that are no message, with whatever in them looks like a card number covered.
func Covered(p []byte) []byte {
	p = append([]byte(nil), p...)
	coverText(p)
	coverDigits(p)
	return p
}

// coverText covers the card numbers in a text, which keeps its length. Digits are ASCII in each character set of the protocol.
func coverText(p []byte) { copy(p, pan.Mask(string(p))) }

// coverDigits covers what looks like a card number in packed digits, whatever digits stand before and behind it.
func coverDigits(p []byte) {
	digits := hex.EncodeToString(p)
	run := 0 // digits up to here
	for end := 1; end <= len(digits); end++ {
		if digits[end-1] > '9' {
			run = 0
			continue
		}
		run++
		for n := shortestCard; n <= min(longestCard, run); n++ {
			if number := digits[end-n : end]; !checks(number) || !pan.Card(number) {
				continue
			}
			for i := end - n; i < end-4; i++ {
				setNibble(p, i, covered)
			}
		}
	}
}

// checks says whether the check digit of a number is right (Luhn). It only saves looking at the nine numbers in ten that are none.
func checks(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d = 2*d%10 + 2*d/10
		}
		sum += d
	}
	return sum%10 == 0
}
