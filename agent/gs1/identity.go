package gs1

import (
	"fmt"
	"strconv"
)

// Identity is what the EPC of a tag names, whatever its scheme. [SGTIN] is the
// same for trade items alone.
type Identity struct {
	Scheme Scheme
	// Filter is 0 to 7; always 0 for gid-96, which has none.
	Filter uint8
	// CompanyPrefix has 6 to 12 digits; their number decides the partition. Of a
	// gid-96 it is the general manager number, of an sgtin+ it is not told.
	CompanyPrefix string
	// Reference is the number the company gave: item reference behind its indicator
	// digit, serial reference behind the extension digit of an SSCC, location, asset
	// type, document type and so on. Of a gid-96 it is the object class, of an
	// sgtin+ the whole GTIN.
	Reference string
	// Piece of Total, 0 to 99: an itip alone.
	Piece, Total uint8
	// Serial is empty for the schemes whose reference is the serial: sscc-96,
	// giai-96, gsrn-96 and gsrnp-96. Of an SGLN it is the extension, "0" for none.
	Serial string
}

// Identify reads an EPC of any scheme that has a fixed layout, and SGTIN+. Every
// error is an [*EPCError] carrying the EPC: [CodeUnknownHeader] for unprogrammed
// tags and headers nobody has assigned, [CodeUnsupported] for schemes known by
// name only.
func Identify(epc EPC) (Identity, error) {
	fail := func(code, field, reason string) (Identity, error) {
		return Identity{}, &EPCError{Code: code, Field: field, Reason: reason, EPC: epc}
	}
	l := layoutOf(epc.bytes[0])
	switch {
	case epc.IsZero():
		return fail(CodeBadLength, "epc", "is empty")
	case l.scheme == Unprogrammed:
		return fail(CodeUnknownHeader, "header", fmt.Sprintf("%02X is unprogrammed: nobody has written an EPC to the tag", epc.bytes[0]))
	case l.scheme == Unknown:
		return fail(CodeUnknownHeader, "header", fmt.Sprintf("%02X is unknown: no EPC begins like this", epc.bytes[0]))
	case l.scheme == SGTINPlus:
		return identifyPlus(epc)
	}
	s, known := shapeOf(l.scheme)
	switch {
	case !known && l.scheme != GID96:
		return fail(CodeUnsupported, "header", fmt.Sprintf("%02X is %s, which is known by name only", epc.bytes[0], l.scheme))
	case !l.fits(epc.Len()):
		return fail(CodeBadLength, "epc", fmt.Sprintf("has %d bytes, %s needs %d", epc.Len(), l.scheme, l.words()))
	case l.scheme == GID96:
		return identifyGID(epc), nil
	}
	id := Identity{Scheme: l.scheme, Filter: uint8(epc.bits(filterAt, 3))}
	if err := id.decode(epc, s); err != nil {
		return Identity{}, err
	}
	return id, nil
}

// Fields of a gid-96, TDS 1.13 table 14-16. Every value of every field is sound.
const (
	managerBits, managerAt     = 28, 8
	classBits, classAt         = 24, managerAt + managerBits
	gidSerialBits, gidSerialAt = 36, classAt + classBits
)

func identifyGID(epc EPC) Identity {
	number := func(at, width int) string { return strconv.FormatUint(epc.bits(at, width), 10) }
	return Identity{
		Scheme:        GID96,
		CompanyPrefix: number(managerAt, managerBits),
		Reference:     number(classAt, classBits),
		Serial:        number(gidSerialAt, gidSerialBits),
	}
}

func (id *Identity) decode(epc EPC, s shape) error {
	fail := func(code, field, reason string) error {
		return &EPCError{Code: code, Field: field, Reason: reason, EPC: epc}
	}
	p, ok := partitionOf(epc.bits(partitionAt, 3))
	if !ok {
		return fail(CodeBadPartition, "partition", "7 is not assigned")
	}
	prefix := epc.bits(prefixAt, p.prefixBits)
	if prefix >= pow10(p.prefixDigits) {
		return fail(CodeCompanyPrefix, "company prefix", fmt.Sprintf("needs more than %d digits", p.prefixDigits))
	}
	id.CompanyPrefix = string(appendDigits(nil, prefix, p.prefixDigits))
	digits := s.keyDigits - p.prefixDigits
	reference := epc.bits(prefixAt+p.prefixBits, s.keyBits-p.prefixBits)
	switch {
	case reference >= pow10(digits):
		return fail(s.referenceCode(), s.reference, fmt.Sprintf("needs more than %d digits", digits))
	case s.number:
		id.Reference = strconv.FormatUint(reference, 10)
	case digits > 0:
		id.Reference = string(appendDigits(nil, reference, digits))
	}
	at := prefixAt + s.keyBits
	if s.pieces {
		id.Piece, id.Total = uint8(epc.bits(at, pieceBits)), uint8(epc.bits(at+pieceBits, pieceBits))
		if field := id.badPiece(); field != "" {
			return fail(CodeBadPiece, field, "is more than 99")
		}
		at += 2 * pieceBits
	}
	return id.decodeSerial(epc, s, at)
}

// decodeSerial reads the last field; behind it everything must be zero.
func (id *Identity) decodeSerial(epc EPC, s shape, at int) (err error) {
	switch s.serial {
	case serialText:
		id.Serial, err = decodeText(epc, at, s.serialBits/7)
		return err
	case serialNumber:
		id.Serial = strconv.FormatUint(epc.bits(at, s.serialBits), 10)
	case serialDigits:
		digits := strconv.FormatUint(epc.bits(at, s.serialBits), 10)
		if digits[0] != '1' || len(digits) == 1 {
			return &EPCError{Code: CodeBadSerial, Field: "serial", Reason: "is not digits behind a one", EPC: epc}
		}
		id.Serial = digits[1:]
	}
	for at += s.serialBits; at < 8*epc.Len(); at++ {
		if epc.bits(at, 1) != 0 {
			return &EPCError{Code: CodeBadPadding, Field: "padding", Reason: "behind the last field is not zero", EPC: epc}
		}
	}
	return nil
}

// Encode writes the EPC in whole words. The error is an [*EPCError] naming the
// field that does not fit; sgtin+ is read and not written.
func (id Identity) Encode() (EPC, error) {
	if id.Scheme == GID96 {
		return id.encodeGID()
	}
	s, known := shapeOf(id.Scheme)
	if !known {
		return EPC{}, &EPCError{Code: CodeBadScheme, Field: "scheme", Reason: "is not one that is written"}
	}
	if err := id.check(s); err != nil {
		return EPC{}, err
	}
	l := layoutOf(s.header)
	value := uint64(maxPrefix - len(id.CompanyPrefix))
	p, _ := partitionOf(value)
	e := EPC{size: uint8(l.words())}
	e.setBits(0, 8, uint64(s.header))
	e.setBits(filterAt, 3, uint64(id.Filter))
	e.setBits(partitionAt, 3, value)
	e.setBits(prefixAt, p.prefixBits, number(id.CompanyPrefix))
	e.setBits(prefixAt+p.prefixBits, s.keyBits-p.prefixBits, number(id.Reference))
	at := prefixAt + s.keyBits
	if s.pieces {
		e.setBits(at, pieceBits, uint64(id.Piece))
		e.setBits(at+pieceBits, pieceBits, uint64(id.Total))
		at += 2 * pieceBits
	}
	switch s.serial {
	case serialText:
		for i := range len(id.Serial) {
			e.setBits(at+7*i, 7, uint64(id.Serial[i]))
		}
	case serialNumber:
		e.setBits(at, s.serialBits, number(id.Serial))
	case serialDigits:
		e.setBits(at, s.serialBits, number("1"+id.Serial))
	}
	return e, nil
}

func (id Identity) encodeGID() (EPC, error) {
	e := EPC{size: 12}
	e.setBits(0, 8, headerGID96)
	for _, f := range []struct {
		code, field, digits string
		at, bits            int
	}{
		{CodeCompanyPrefix, "general manager", id.CompanyPrefix, managerAt, managerBits},
		{CodeReference, "object class", id.Reference, classAt, classBits},
		{CodeBadSerial, "serial", id.Serial, gidSerialAt, gidSerialBits},
	} {
		if !fitsNumber(f.digits, 1<<f.bits-1) {
			return EPC{}, &EPCError{Code: f.code, Field: f.field, Reason: fmt.Sprintf("is not a number of %d bits without leading zeros", f.bits)}
		}
		e.setBits(f.at, f.bits, number(f.digits))
	}
	if id.Filter != 0 {
		return EPC{}, &EPCError{Code: CodeBadFilter, Field: "filter", Reason: "is not part of a gid-96"}
	}
	return e, nil
}

// check reports the first field that cannot be encoded.
func (id Identity) check(s shape) error {
	fail := func(code, field, reason string) error {
		return &EPCError{Code: code, Field: field, Reason: reason}
	}
	if id.Filter > 7 {
		return fail(CodeBadFilter, "filter", fmt.Sprintf("is %d, want 0 to 7", id.Filter))
	}
	if n := len(id.CompanyPrefix); n < minPrefix || n > maxPrefix || !allDigits(id.CompanyPrefix) {
		return fail(CodeCompanyPrefix, "company prefix", "is not 6 to 12 digits")
	}
	digits := s.keyDigits - len(id.CompanyPrefix)
	p, _ := partitionOf(uint64(maxPrefix - len(id.CompanyPrefix)))
	switch {
	case s.number && !fitsNumber(id.Reference, min(pow10(digits), 1<<(s.keyBits-p.prefixBits))-1):
		return fail(s.referenceCode(), s.reference, fmt.Sprintf("is not a number of up to %d digits, without leading zeros, that fits", digits))
	case !s.number && (len(id.Reference) != digits || !allDigits(id.Reference)):
		return fail(s.referenceCode(), s.reference, fmt.Sprintf("is not %d digits", digits))
	case s.pieces && id.badPiece() != "":
		return fail(CodeBadPiece, id.badPiece(), "is more than 99")
	case !s.pieces && (id.Piece != 0 || id.Total != 0):
		return fail(CodeBadPiece, "piece", "belongs to an itip alone")
	}
	return s.checkSerial(id.Serial)
}

func (id Identity) badPiece() string {
	switch {
	case id.Piece > 99:
		return "piece"
	case id.Total > 99:
		return "total"
	}
	return ""
}

// fitsNumber says whether s is a decimal number up to limit without leading zeros.
func fitsNumber(s string, limit uint64) bool {
	if s == "" || len(s) > 19 || !allDigits(s) || (len(s) > 1 && s[0] == '0') {
		return false
	}
	return number(s) <= limit
}
