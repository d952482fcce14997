package gs1

import "fmt"

// ParseUPCE expands the eight digits printed under a UPC-E symbol, number system 0
// or 1 and check digit included, to the GTIN they abbreviate (GS1 General
// Specifications 5.2.2.4). Anything else gives an error wrapping [ErrGTIN]. Eight
// digits can also be a GTIN-8: only the symbol itself tells which.
func ParseUPCE(s string) (GTIN, error) {
	if len(s) != 8 || !allDigits(s) || s[0] > '1' {
		return "", fmt.Errorf("%w: not eight digits of a UPC-E", ErrGTIN)
	}
	system, d, check := s[:1], s[1:7], s[7:]
	var body string
	switch last := d[5]; {
	case last <= '2':
		body = d[:2] + d[5:] + "0000" + d[2:5]
	case last == '3':
		body = d[:3] + "00000" + d[3:5]
	case last == '4':
		body = d[:4] + "00000" + d[4:5]
	default:
		body = d[:5] + "0000" + d[5:]
	}
	return ParseGTIN(system + body + check)
}
