package gs1

import (
	"strconv"
	"strings"
)

// PureURI returns the pure identity, urn:epc:id:sgtin:prefix.item.serial.
func (s SGTIN) PureURI() string { return "urn:epc:id:sgtin:" + s.urnKey() }

// TagURI returns the tag form, which also names the scheme and the filter.
func (s SGTIN) TagURI() string {
	return "urn:epc:tag:" + string(s.Scheme) + ":" + strconv.Itoa(int(s.Filter)) + "." + s.urnKey()
}

// ElementString returns the form printed beside a bar code, (01)gtin(21)serial.
func (s SGTIN) ElementString() string { return "(01)" + string(s.GTIN()) + "(21)" + s.Serial }

// DigitalLink returns the GS1 Digital Link with the resolver of GS1.
func (s SGTIN) DigitalLink() string {
	return "https://id.gs1.org/01/" + string(s.GTIN()) + "/21/" + escape(s.Serial, mustEscapeInPath)
}

func (s SGTIN) urnKey() string {
	return s.CompanyPrefix + "." + s.ItemRef + "." + escape(s.Serial, mustEscapeInURN)
}

// mustEscapeInURN is TDS 1.13 table A-1.
func mustEscapeInURN(c byte) bool { return strings.IndexByte(`"%&/<>?`, c) >= 0 }

// mustEscapeInPath keeps the unreserved characters of RFC 3986, 2.3.
func mustEscapeInPath(c byte) bool {
	switch {
	case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
		return false
	}
	return strings.IndexByte("-._~", c) < 0
}

func escape(s string, must func(byte) bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		if c := s[i]; must(c) {
			b.Write([]byte{'%', digits[c>>4], digits[c&0x0F]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
