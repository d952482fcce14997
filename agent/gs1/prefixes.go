package gs1

import (
	"fmt"
	"slices"
)

// Prefixes is a set of GS1 company prefixes: those of the shop. The zero value
// is empty and owns nothing. It is immutable and safe for concurrent use.
type Prefixes struct {
	// byDigits holds, for each length, the sorted prefixes as numbers.
	byDigits [maxPrefix + 1][]uint64
}

// NewPrefixes builds the set from prefixes of 6 to 12 digits, written as they
// begin a GTIN-13: a UPC prefix keeps its leading zero. It names the first one
// that is not so.
func NewPrefixes(prefixes []string) (Prefixes, error) {
	var set Prefixes
	for i, s := range prefixes {
		if len(s) < minPrefix || len(s) > maxPrefix || !allDigits(s) {
			return Prefixes{}, fmt.Errorf("company prefix %d is %q, want 6 to 12 digits", i+1, s)
		}
		set.byDigits[len(s)] = append(set.byDigits[len(s)], number(s))
	}
	for i, values := range set.byDigits {
		slices.Sort(values)
		set.byDigits[i] = slices.Compact(values)
	}
	return set, nil
}

// Own reports whether the tag carries a GS1 key that begins with one of the
// prefixes. GS1 never issues a prefix that begins another, so a trade item is
// judged by its GTIN, and an item programmed with the wrong partition is still
// found. It is the privacy filter of every tag read and does not allocate. An
// unprogrammed, unknown or malformed EPC is nobody's: false.
func (p Prefixes) Own(epc EPC) bool {
	key, digits := keyOf(epc)
	for n := minPrefix; n <= digits; n++ {
		if len(p.byDigits[n]) == 0 {
			continue
		}
		if _, found := slices.BinarySearch(p.byDigits[n], key/pow10(maxPrefix-n)); found {
			return true
		}
	}
	return false
}

// CompanyPrefix returns the company prefix of any GS1 key that tells it; false
// for every other tag. [Prefixes.Own] is the cheap question.
func (e EPC) CompanyPrefix() (string, bool) {
	prefix, p, ok := prefixOf(e)
	if !ok {
		return "", false
	}
	return string(appendDigits(make([]byte, 0, maxPrefix), prefix, p.prefixDigits)), true
}

// keyOf returns the first 12 digits of the key behind its indicator or extension
// digit, as a number, and how many of them are known: all 12 of a trade item, of
// other keys those of the company prefix, 0 when there is no prefix to see.
func keyOf(epc EPC) (key uint64, digits int) {
	scheme := epc.Scheme()
	switch scheme {
	case SGTINPlus, SGTINPlusPlus:
		return keyOfDecimal(epc, 12) // header, data toggle, filter
	case DSGTINPlus, DSGTINPlusPlus:
		return keyOfDecimal(epc, 32) // and a date
	}
	prefix, p, ok := prefixOf(epc)
	if !ok {
		return 0, 0
	}
	key = prefix * pow10(maxPrefix-p.prefixDigits)
	if scheme != SGTIN96 && scheme != SGTIN198 {
		return key, p.prefixDigits
	}
	item := epc.bits(prefixAt+p.prefixBits, p.itemBits)
	if item >= pow10(p.itemDigits) {
		return key, p.prefixDigits
	}
	return key + item%pow10(p.itemDigits-1), maxPrefix
}

// keyOfDecimal reads the 14 decimal digits, 4 bits each, of a GTIN of TDS 2.
func keyOfDecimal(epc EPC, gtinAt int) (key uint64, digits int) {
	if 8*epc.Len() < gtinAt+4*gtinDigits {
		return 0, 0
	}
	for i := 1; i <= maxPrefix; i++ {
		d := epc.bits(gtinAt+4*i, 4)
		if d > 9 {
			return 0, 0
		}
		key = 10*key + d
	}
	return key, maxPrefix
}

func prefixOf(epc EPC) (prefix uint64, p partition, ok bool) {
	l := layoutOf(epc.bytes[0])
	if !l.prefixed || !l.fits(epc.Len()) {
		return 0, partition{}, false
	}
	p, ok = partitionOf(epc.bits(partitionAt, 3))
	if !ok {
		return 0, partition{}, false
	}
	prefix = epc.bits(prefixAt, p.prefixBits)
	return prefix, p, prefix < pow10(p.prefixDigits)
}
