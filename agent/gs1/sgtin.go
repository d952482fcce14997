package gs1

import (
	"fmt"
	"strconv"
)

const (
	headerSGTIN96  = 0x30
	headerSGTIN198 = 0x36

	// Bit offsets and widths both SGTIN layouts share.
	filterAt    = 8
	partitionAt = 11
	prefixAt    = 14
	serialAt    = 58

	serialBits96  = 38
	serialChars   = 20 // of SGTIN-198, 7 bits each
	minPrefix     = 6
	maxPrefix     = 12
	prefixAndItem = 13 // digits of company prefix and item reference together

	// MaxSerial96 is the largest serial number of an SGTIN-96.
	MaxSerial96 = 1<<serialBits96 - 1
)

// SGTIN is a serialised GTIN: one physical trade item.
type SGTIN struct {
	// Scheme is [SGTIN96] or [SGTIN198].
	Scheme Scheme
	// Filter 0 other, 1 point-of-sale item, 2 case, 4 inner pack, 6 unit load,
	// 7 unit inside a trade item. 3 and 5 are reserved, yet found on real tags.
	Filter uint8
	// CompanyPrefix has 6 to 12 digits; their number decides the partition.
	CompanyPrefix string
	// ItemRef is the indicator digit and the item reference, 13 digits together
	// with the company prefix.
	ItemRef string
	// Serial is a decimal number up to [MaxSerial96] without leading zeros for
	// SGTIN-96, 1 to 20 characters of the GS1 set for SGTIN-198.
	Serial string
}

// NewSGTIN96 gives a trade item a serial number. The length of the company
// prefix, 6 to 12, cannot be seen in a GTIN; it decides the partition. Every
// error is an [*EPCError].
func NewSGTIN96(gtin GTIN, companyPrefixLen int, filter uint8, serial uint64) (SGTIN, error) {
	if len(gtin) != gtinDigits {
		return SGTIN{}, &EPCError{Code: CodeBadGTIN, Field: "gtin", Reason: fmt.Sprintf("has %d digits, want 14", len(gtin))}
	}
	if companyPrefixLen < minPrefix || companyPrefixLen > maxPrefix {
		return SGTIN{}, &EPCError{Code: CodeCompanyPrefix, Field: "company prefix", Reason: fmt.Sprintf("has %d digits, want 6 to 12", companyPrefixLen)}
	}
	g := string(gtin)
	s := SGTIN{
		Scheme:        SGTIN96,
		Filter:        filter,
		CompanyPrefix: g[1 : 1+companyPrefixLen],
		ItemRef:       g[:1] + g[1+companyPrefixLen:gtinDigits-1],
		Serial:        strconv.FormatUint(serial, 10),
	}
	if err := s.check(); err != nil {
		return SGTIN{}, err
	}
	return s, nil
}

// Decode reads an SGTIN-96 of exactly 12 bytes, or an SGTIN-198 of 25 bytes or,
// as tags deliver it, 26. Every error is an [*EPCError] carrying the EPC; it wraps
// [ErrNotSGTIN] when the header is that of something else.
func Decode(epc EPC) (SGTIN, error) {
	fail := func(code, field, reason string, err error) (SGTIN, error) {
		return SGTIN{}, &EPCError{Code: code, Field: field, Reason: reason, EPC: epc, Err: err}
	}
	l := layoutOf(epc.bytes[0])
	switch {
	case epc.IsZero():
		return fail(CodeBadLength, "epc", "is empty", ErrNotSGTIN)
	case l.scheme == Unknown || l.scheme == Unprogrammed:
		return fail(CodeUnknownHeader, "header", fmt.Sprintf("%02X is %s", epc.bytes[0], l.scheme), ErrNotSGTIN)
	case l.scheme != SGTIN96 && l.scheme != SGTIN198:
		return fail(CodeNotSGTIN, "header", fmt.Sprintf("%02X is %s", epc.bytes[0], l.scheme), ErrNotSGTIN)
	case !l.fits(epc.Len()):
		return fail(CodeBadLength, "epc", fmt.Sprintf("has %d bytes, %s needs %d", epc.Len(), l.scheme, l.words()), nil)
	}
	s := SGTIN{Scheme: l.scheme, Filter: uint8(epc.bits(filterAt, 3))}
	if err := s.decodeKey(epc); err != nil {
		return SGTIN{}, err
	}
	if l.scheme == SGTIN96 {
		s.Serial = strconv.FormatUint(epc.bits(serialAt, serialBits96), 10)
		return s, nil
	}
	serial, err := decodeText(epc, serialAt, serialChars)
	if err != nil {
		return SGTIN{}, err
	}
	s.Serial = serial
	return s, nil
}

// decodeKey reads company prefix and item reference. The binary fields are wider
// than their digits: a value that does not fit is no GS1 key.
func (s *SGTIN) decodeKey(epc EPC) error {
	p, ok := partitionOf(epc.bits(partitionAt, 3))
	if !ok {
		return &EPCError{Code: CodeBadPartition, Field: "partition", Reason: "7 is not assigned", EPC: epc}
	}
	prefix := epc.bits(prefixAt, p.prefixBits)
	if prefix >= pow10(p.prefixDigits) {
		return &EPCError{Code: CodeCompanyPrefix, Field: "company prefix", Reason: fmt.Sprintf("needs more than %d digits", p.prefixDigits), EPC: epc}
	}
	item := epc.bits(prefixAt+p.prefixBits, p.itemBits)
	if item >= pow10(p.itemDigits) {
		return &EPCError{Code: CodeItemReference, Field: "item reference", Reason: fmt.Sprintf("needs more than %d digits", p.itemDigits), EPC: epc}
	}
	digits := appendDigits(make([]byte, 0, prefixAndItem), prefix, p.prefixDigits)
	key := string(appendDigits(digits, item, p.itemDigits))
	s.CompanyPrefix, s.ItemRef = key[:p.prefixDigits], key[p.prefixDigits:]
	return nil
}

// Encode writes 12 bytes for an SGTIN-96 and 26, whole words, for an SGTIN-198.
// The error is an [*EPCError] naming the field that does not fit.
func (s SGTIN) Encode() (EPC, error) {
	if err := s.check(); err != nil {
		return EPC{}, err
	}
	value := uint64(maxPrefix - len(s.CompanyPrefix))
	p, _ := partitionOf(value)
	e := EPC{size: 12}
	header := uint64(headerSGTIN96)
	if s.Scheme == SGTIN198 {
		header, e.size = headerSGTIN198, 26
	}
	e.setBits(0, 8, header)
	e.setBits(filterAt, 3, uint64(s.Filter))
	e.setBits(partitionAt, 3, value)
	e.setBits(prefixAt, p.prefixBits, number(s.CompanyPrefix))
	e.setBits(prefixAt+p.prefixBits, p.itemBits, number(s.ItemRef))
	if s.Scheme == SGTIN96 {
		e.setBits(serialAt, serialBits96, number(s.Serial))
		return e, nil
	}
	for i := range len(s.Serial) {
		e.setBits(serialAt+7*i, 7, uint64(s.Serial[i]))
	}
	return e, nil
}

// check reports the first field that cannot be encoded.
func (s SGTIN) check() error {
	fail := func(code, field, reason string) error {
		return &EPCError{Code: code, Field: field, Reason: reason}
	}
	switch {
	case s.Scheme != SGTIN96 && s.Scheme != SGTIN198:
		return fail(CodeBadScheme, "scheme", "is neither sgtin-96 nor sgtin-198")
	case s.Filter > 7:
		return fail(CodeBadFilter, "filter", fmt.Sprintf("is %d, want 0 to 7", s.Filter))
	case len(s.CompanyPrefix) < minPrefix || len(s.CompanyPrefix) > maxPrefix || !allDigits(s.CompanyPrefix):
		return fail(CodeCompanyPrefix, "company prefix", "is not 6 to 12 digits")
	case len(s.CompanyPrefix)+len(s.ItemRef) != prefixAndItem || !allDigits(s.ItemRef):
		return fail(CodeItemReference, "item reference", fmt.Sprintf("is not %d digits", prefixAndItem-len(s.CompanyPrefix)))
	case s.Scheme == SGTIN96 && !isSerial96(s.Serial):
		return fail(CodeBadSerial, "serial", "is not a number up to 274877906943 without leading zeros")
	case s.Scheme == SGTIN198 && !isText(s.Serial, serialChars):
		return fail(CodeBadSerial, "serial", "is not 1 to 20 characters of the GS1 set")
	}
	return nil
}

// GTIN returns the trade item's number, empty when the prefix and item reference
// are not 13 digits together.
func (s SGTIN) GTIN() GTIN {
	if len(s.CompanyPrefix)+len(s.ItemRef) != prefixAndItem || s.ItemRef == "" {
		return ""
	}
	body := s.ItemRef[:1] + s.CompanyPrefix + s.ItemRef[1:]
	check, err := CheckDigit(body)
	if err != nil {
		return ""
	}
	return GTIN(body + string(rune(check)))
}

// decodeText reads up to chars characters of 7 bits, up to the first zero; from
// there to the end of the last word everything must be zero.
func decodeText(epc EPC, at, chars int) (string, error) {
	var buf [serialChars]byte
	n := 0
	for ; n < chars; n++ {
		c := byte(epc.bits(at+7*n, 7))
		if c == 0 {
			break
		}
		if !isSerialChar(c) {
			return "", &EPCError{Code: CodeBadSerial, Field: "serial", Reason: fmt.Sprintf("has a character outside the GS1 set at position %d", n+1), EPC: epc}
		}
		buf[n] = c
	}
	if n == 0 {
		return "", &EPCError{Code: CodeBadSerial, Field: "serial", Reason: "is empty", EPC: epc}
	}
	for i := at + 7*n; i < 8*epc.Len(); i++ {
		if epc.bits(i, 1) != 0 {
			return "", &EPCError{Code: CodeBadPadding, Field: "padding", Reason: "after the serial is not zero", EPC: epc}
		}
	}
	return string(buf[:n]), nil
}

func isSerial96(s string) bool {
	if s == "" || len(s) > 12 || !allDigits(s) || (len(s) > 1 && s[0] == '0') {
		return false
	}
	return number(s) <= MaxSerial96
}

// isText says whether s is 1 to limit characters of the GS1 set.
func isText(s string, limit int) bool {
	if s == "" || len(s) > limit {
		return false
	}
	for i := range len(s) {
		if !isSerialChar(s[i]) {
			return false
		}
	}
	return true
}

// isSerialChar is the 82-character set of GS1 General Specifications, 7.11.
func isSerialChar(c byte) bool {
	switch {
	case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', c == '_', c == '!', c == '"':
		return true
	}
	return '%' <= c && c <= '?' // % & ' ( ) * + , - . / and : ; < = > ? around the digits
}
