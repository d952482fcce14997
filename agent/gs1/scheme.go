package gs1

// Scheme names the kind of identifier an EPC holds, as in its tag URI.
type Scheme string

// The schemes of EPC headers.
const (
	SGTIN96  Scheme = "sgtin-96"
	SGTIN198 Scheme = "sgtin-198"
	SSCC96   Scheme = "sscc-96"
	SGLN96   Scheme = "sgln-96"
	SGLN195  Scheme = "sgln-195"
	GRAI96   Scheme = "grai-96"
	GRAI170  Scheme = "grai-170"
	GIAI96   Scheme = "giai-96"
	GIAI202  Scheme = "giai-202"
	GSRN96   Scheme = "gsrn-96"
	GSRNP96  Scheme = "gsrnp-96"
	GDTI96   Scheme = "gdti-96"
	GDTI113  Scheme = "gdti-113"
	GDTI174  Scheme = "gdti-174"
	CPI96    Scheme = "cpi-96"
	CPIVar   Scheme = "cpi-var"
	SGCN96   Scheme = "sgcn-96"
	ITIP110  Scheme = "itip-110"
	ITIP212  Scheme = "itip-212"
	GID96    Scheme = "gid-96"
	USDOD96  Scheme = "usdod-96"
	ADIVar   Scheme = "adi-var"

	// The trade item forms of TDS 2 carry a GTIN in decimal digits and do not tell
	// its company prefix. The other forms of TDS 2 count as unknown.
	SGTINPlus      Scheme = "sgtin+"
	DSGTINPlus     Scheme = "dsgtin+"
	SGTINPlusPlus  Scheme = "sgtin++"
	DSGTINPlusPlus Scheme = "dsgtin++"

	// Unprogrammed is a tag that still holds its factory value: header 00, or E2
	// when the maker copied the chip's own number.
	Unprogrammed Scheme = "unprogrammed"
	// Unknown is any other header, and the zero EPC.
	Unknown Scheme = "unknown"
)

// Scheme returns what the header claims. It does not say that the rest is sound;
// [Decode] does.
func (e EPC) Scheme() Scheme {
	if e.IsZero() {
		return Unknown
	}
	return layoutOf(e.bytes[0]).scheme
}

// layout is what the header alone tells about an EPC.
type layout struct {
	scheme Scheme
	// bits is the length of the identifier, 0 where it varies. A tag delivers it
	// in whole words, some readers in whole bytes.
	bits int
	// prefixed: a 3-bit filter, a 3-bit partition and the company prefix follow
	// the header, sized as in [partitionOf].
	prefixed bool
}

// fits reports whether an EPC of size bytes may hold the layout.
func (l layout) fits(size int) bool {
	if l.bits == 0 {
		return true
	}
	return size == l.bytes() || size == l.words()
}

func (l layout) bytes() int { return (l.bits + 7) / 8 }
func (l layout) words() int { return (l.bits + 15) / 16 * 2 }

// layoutOf is TDS 1.13 table 14-1 and the trade item headers of TDS 2.3.
func layoutOf(header byte) layout {
	switch header {
	case 0x00, 0xE2:
		return layout{scheme: Unprogrammed}
	case 0x2C:
		return layout{GDTI96, 96, true}
	case 0x2D:
		return layout{GSRN96, 96, true}
	case 0x2E:
		return layout{GSRNP96, 96, true}
	case 0x2F:
		return layout{USDOD96, 96, false}
	case headerSGTIN96:
		return layout{SGTIN96, 96, true}
	case 0x31:
		return layout{SSCC96, 96, true}
	case 0x32:
		return layout{SGLN96, 96, true}
	case 0x33:
		return layout{GRAI96, 96, true}
	case 0x34:
		return layout{GIAI96, 96, true}
	case 0x35:
		return layout{GID96, 96, false}
	case headerSGTIN198:
		return layout{SGTIN198, 198, true}
	case 0x37:
		return layout{GRAI170, 170, true}
	case 0x38:
		return layout{GIAI202, 202, true}
	case 0x39:
		return layout{SGLN195, 195, true}
	case 0x3A:
		return layout{GDTI113, 113, true}
	case 0x3B:
		return layout{ADIVar, 0, false}
	case 0x3C:
		return layout{CPI96, 96, true}
	case 0x3D:
		return layout{CPIVar, 0, true}
	case 0x3E:
		return layout{GDTI174, 174, true}
	case 0x3F:
		return layout{SGCN96, 96, true}
	case 0x40:
		return layout{ITIP110, 110, true}
	case 0x41:
		return layout{ITIP212, 212, true}
	case 0xF7:
		return layout{SGTINPlus, 0, false}
	case 0xFB:
		return layout{DSGTINPlus, 0, false}
	case 0xFC:
		return layout{DSGTINPlusPlus, 0, false}
	case 0xFD:
		return layout{SGTINPlusPlus, 0, false}
	}
	return layout{scheme: Unknown}
}

// partition sizes the company prefix and the item reference that share 44 bits.
type partition struct {
	prefixBits, prefixDigits int
	itemBits, itemDigits     int
}

// partitionOf is TDS 1.13 table 14-2. Value 7 is not assigned.
func partitionOf(value uint64) (partition, bool) {
	switch value {
	case 0:
		return partition{40, 12, 4, 1}, true
	case 1:
		return partition{37, 11, 7, 2}, true
	case 2:
		return partition{34, 10, 10, 3}, true
	case 3:
		return partition{30, 9, 14, 4}, true
	case 4:
		return partition{27, 8, 17, 5}, true
	case 5:
		return partition{24, 7, 20, 6}, true
	case 6:
		return partition{20, 6, 24, 7}, true
	}
	return partition{}, false
}
