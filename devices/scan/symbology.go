package scan

import (
	"strings"

	"showroom/agent/gs1"
)

// Symbology is a symbology identifier of ISO/IEC 15424, such as "]E0"; "" when the scanner tells none.
type Symbology string

// identifierLen is the length of a symbology identifier.
const identifierLen = 3

// The identifiers that decide how a text is read.
const (
	EAN13     Symbology = "]E0" // also UPC-A and UPC-E
	EAN13Plus Symbology = "]E3" // with an add-on of two or five digits behind it
	EAN8      Symbology = "]E4"
	GS1128    Symbology = "]C1"
	GS1Bar    Symbology = "]e0" // GS1 DataBar
	GS1Matrix Symbology = "]d2" // GS1 Data Matrix
	GS1QR     Symbology = "]Q3"
	GS1Dot    Symbology = "]J1" // GS1 DotCode
)

// cutSymbology takes the identifier off a line that has one.
func cutSymbology(line string) (s Symbology, text string) {
	if len(line) < identifierLen || line[0] != ']' || Symbology(line[:identifierLen]).Name() == "" || !isModifier(line[2]) {
		return "", line
	}
	return Symbology(line[:identifierLen]), line[identifierLen:]
}

func isModifier(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// Name is the family of the symbol, "" when unknown.
func (s Symbology) Name() string {
	if len(s) != identifierLen {
		return ""
	}
	switch s {
	case EAN8:
		return "EAN-8"
	case GS1128:
		return "GS1-128"
	case GS1Matrix:
		return "GS1 Data Matrix"
	case GS1QR:
		return "GS1 QR"
	}
	switch s[1] {
	case 'A':
		return "Code 39"
	case 'C':
		return "Code 128"
	case 'E':
		return "EAN/UPC"
	case 'F':
		return "Codabar"
	case 'G':
		return "Code 93"
	case 'I':
		return "ITF"
	case 'J':
		return "DotCode"
	case 'L':
		return "PDF417"
	case 'Q':
		return "QR"
	case 'X':
		return "other"
	case 'd':
		return "Data Matrix"
	case 'e':
		return "GS1 DataBar"
	case 'z':
		return "Aztec"
	}
	return ""
}

// isGS1 says whether the symbol begins with FNC1 and so carries element strings.
func (s Symbology) isGS1() bool {
	switch s {
	case GS1128, GS1Bar, GS1Matrix, GS1QR, GS1Dot:
		return true
	}
	return false
}

func (s Symbology) isEAN() bool { return s == EAN13 || s == EAN13Plus || s == EAN8 }

func (s Symbology) isITF() bool { return strings.HasPrefix(string(s), "]I") }

// gtin reads the digits of a symbol that carries nothing but a GTIN.
func (s Symbology) gtin(text string) (gs1.GTIN, error) {
	switch {
	case s == EAN13 && len(text) == 8:
		return gs1.ParseUPCE(text) // an EAN-8 would say so
	case s == EAN13Plus && (len(text) == 15 || len(text) == 18):
		text = text[:13]
	case s == EAN13Plus && (len(text) == 14 || len(text) == 17): // a UPC-A as it is printed, without the zero before it
		text = text[:12]
	}
	return gs1.ParseGTIN(text)
}
