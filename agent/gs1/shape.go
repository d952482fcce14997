package gs1

import "fmt"

// serialKind is how a scheme writes its last field.
type serialKind uint8

const (
	serialNone   serialKind = iota // and reserved zeros in its place
	serialNumber                   // a number without leading zeros
	serialText                     // characters of 7 bits, ended by a zero
	serialDigits                   // digits that may begin with zeros, as a number behind a one
)

// shape is what follows the header of a scheme with filter and partition: company
// prefix and reference share keyBits, so the partition decides both widths.
type shape struct {
	header byte
	urn    string // the scheme's name in a pure identity
	// reference is the name of the reference in errors.
	reference string
	// keyDigits is how many digits company prefix and reference have together.
	keyBits, keyDigits int
	number             bool // the reference has no leading zeros and up to its digits
	pieces             bool // piece and total follow the reference
	serial             serialKind
	serialBits         int
}

const (
	pieceBits   = 7
	headerGID96 = 0x35
)

// shapeOf is TDS 1.13, tables 14-2 to 14-24.
func shapeOf(scheme Scheme) (shape, bool) {
	const trade, short, long = 44, 41, 58 // bits of company prefix and reference
	item := shape{urn: "sgtin", reference: "item reference", keyBits: trade, keyDigits: prefixAndItem}
	itip := shape{urn: "itip", reference: "item reference", keyBits: trade, keyDigits: prefixAndItem, pieces: true}
	location := shape{urn: "sgln", reference: "location reference", keyBits: short, keyDigits: 12}
	asset := shape{urn: "grai", reference: "asset type", keyBits: trade, keyDigits: 12}
	document := shape{urn: "gdti", reference: "document type", keyBits: short, keyDigits: 12}
	service := shape{reference: "service reference", keyBits: long, keyDigits: 17}
	switch scheme {
	case SGTIN96:
		return item.of(headerSGTIN96, serialNumber, serialBits96), true
	case SGTIN198:
		return item.of(headerSGTIN198, serialText, 7*serialChars), true
	case ITIP110:
		return itip.of(0x40, serialNumber, serialBits96), true
	case ITIP212:
		return itip.of(0x41, serialText, 7*serialChars), true
	case SGLN96:
		return location.of(0x32, serialNumber, 41), true
	case SGLN195:
		return location.of(0x39, serialText, 7*20), true
	case GRAI96:
		return asset.of(0x33, serialNumber, 38), true
	case GRAI170:
		return asset.of(0x37, serialText, 7*16), true
	case GDTI96:
		return document.of(0x2C, serialNumber, 41), true
	case GDTI174:
		return document.of(0x3E, serialText, 7*17), true
	case SSCC96:
		return shape{header: 0x31, urn: "sscc", reference: "serial reference", keyBits: long, keyDigits: 17}, true
	case GSRN96:
		service.header, service.urn = 0x2D, "gsrn"
		return service, true
	case GSRNP96:
		service.header, service.urn = 0x2E, "gsrnp"
		return service, true
	case GIAI96:
		return shape{header: 0x34, urn: "giai", reference: "asset reference", keyBits: 82, keyDigits: 25, number: true}, true
	case CPI96:
		return shape{header: 0x3C, urn: "cpi", reference: "part reference", keyBits: 51, keyDigits: 15, number: true, serial: serialNumber, serialBits: 31}, true
	case SGCN96:
		return shape{header: 0x3F, urn: "sgcn", reference: "coupon reference", keyBits: short, keyDigits: 12, serial: serialDigits, serialBits: 41}, true
	}
	return shape{}, false
}

func (s shape) of(header byte, serial serialKind, bits int) shape {
	s.header, s.serial, s.serialBits = header, serial, bits
	return s
}

func (s shape) referenceCode() string {
	if s.reference == "item reference" {
		return CodeItemReference
	}
	return CodeReference
}

func (s shape) checkSerial(serial string) error {
	reason := ""
	switch s.serial {
	case serialNone:
		if serial != "" {
			reason = "is not part of this scheme"
		}
	case serialNumber:
		if limit := uint64(1)<<s.serialBits - 1; !fitsNumber(serial, limit) {
			reason = fmt.Sprintf("is not a number up to %d without leading zeros", limit)
		}
	case serialText:
		if !isText(serial, s.serialBits/7) {
			reason = fmt.Sprintf("is not 1 to %d characters of the GS1 set", s.serialBits/7)
		}
	case serialDigits:
		if serial == "" || len(serial) > 12 || !allDigits(serial) {
			reason = "is not 1 to 12 digits"
		}
	}
	if reason == "" {
		return nil
	}
	return &EPCError{Code: CodeBadSerial, Field: "serial", Reason: reason}
}
