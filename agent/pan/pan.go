// Package pan finds what looks like the number of a payment card in free text and hides it: log lines, a device's own words, what
// somebody typed as a reason. It is the last net. Codecs mask the fields of their protocols themselves, before anybody else sees them.
//
// A card number is 13 to 19 digits, in one piece or in groups with single blanks or dashes, that begins as those of an issuer do, has
// a length that issuer uses, and passes the check of Luhn (ISO/IEC 7812-1). One in ten numbers passes it, valid GTINs among them: so
// nothing that is typed as a GTIN or an SSCC is ever given to Mask, and one that text names as such is left alone. So is a UUID, which
// has digits in groups too: of ten thousand e-archive invoices one would lose its number. And so is an EPC in hexadecimal digits.
package pan

import (
	"strings"

	"showroom/agent/gs1"
)

// The lengths of card numbers.
const (
	shortest = 13
	longest  = 19
)

// Mask answers s with every digit but the last four of what looks like a card number made a star. Length and separators stay. Text
// without such a number is answered as it is, without a copy.
func Mask(s string) string {
	var out []byte
	for at := 0; at < len(s); {
		if !digit(s[at]) {
			at++
			continue
		}
		if after, ok := uuidAround(s, at); ok {
			at = after
			continue
		}
		end := runEnd(s, at)
		for from, to := range cards(s, at, end) {
			if out == nil {
				out = []byte(s)
			}
			hide(out[from:to])
		}
		at = end
	}
	if out == nil {
		return s
	}
	return string(out)
}

// Found says whether Mask would hide anything in s.
func Found(s string) bool { return Mask(s) != s }

// uuidAround is where the UUID ends that this digit belongs to; false when it belongs to none.
func uuidAround(s string, at int) (after int, ok bool) {
	const length = 36
	from, to := at, at
	for from > 0 && (hexDigit(s[from-1]) || s[from-1] == '-') && at-from < length {
		from--
	}
	for to < len(s) && (hexDigit(s[to]) || s[to] == '-') && to-from <= length {
		to++
	}
	if to-from != length || s[from+14] < '1' || s[from+14] > '8' || !strings.ContainsRune("89abAB", rune(s[from+19])) {
		return 0, false
	}
	for i := range length {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[from+i] == '-') {
			return 0, false
		}
	}
	return to, true
}

// runEnd is where digits in groups, with one blank or dash between two groups, end.
func runEnd(s string, at int) int {
	for at < len(s) {
		switch {
		case digit(s[at]):
			at++
		case separator(s[at]) && at+1 < len(s) && digit(s[at+1]):
			at++
		default:
			return at
		}
	}
	return at
}

// cards tells where card numbers stand in a run: whole groups, the longest first. A group of more digits than a card number has is
// something else.
func cards(s string, at, end int) func(yield func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		for from := at; from < end; {
			to := longestCard(s, from, end)
			if to > 0 && !yield(from, to) {
				return
			}
			from = max(to, nextGroup(s, from, end))
		}
	}
}

// longestCard is where the longest card number that begins with the group at from ends, 0 for none.
func longestCard(s string, from, end int) (to int) {
	var digits [longest]byte
	n := 0
	for i := from; i < end; i++ {
		if !digit(s[i]) {
			continue
		}
		if n == longest {
			break
		}
		digits[n] = s[i]
		n++
		atEdge := i+1 == end || !digit(s[i+1])
		if atEdge && Card(string(digits[:n])) && !namedOtherwise(s[:from], string(digits[:n])) && !insideEPC(s, from, i+1) {
			to = i + 1
		}
	}
	return to
}

func nextGroup(s string, from, end int) int {
	for from < end && digit(s[from]) {
		from++
	}
	for from < end && !digit(s[from]) {
		from++
	}
	return from
}

func hide(number []byte) {
	left := 0
	for _, c := range number {
		if digit(c) {
			left++
		}
	}
	for i, c := range number {
		if !digit(c) {
			continue
		}
		if left > 4 {
			number[i] = '*'
		}
		left--
	}
}

// Card says whether these digits, without separators, could be the number of a payment card.
func Card(digits string) bool {
	if len(digits) < shortest || len(digits) > longest || !issued(digits) {
		return false
	}
	sum := 0
	for i := range len(digits) {
		c := digits[len(digits)-1-i]
		if !digit(c) {
			return false
		}
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// namedOtherwise says whether the words before a number call it a GTIN or an SSCC, and it is one.
func namedOtherwise(before, digits string) bool {
	before = strings.ToLower(strings.TrimRight(before[max(0, len(before)-16):], ` "':=#`))
	var named bool
	for _, name := range [...]string{"gtin", "ean", "ean-13", "sscc", "barcode", "(00)", "(01)", "(02)", "/00/", "/01/"} {
		named = named || strings.HasSuffix(before, name)
	}
	if !named || len(digits) != 13 && len(digits) != 14 && len(digits) != 18 {
		return false
	}
	check, err := gs1.CheckDigit(digits[:len(digits)-1])
	return err == nil && check == digits[len(digits)-1]
}

// insideEPC says whether s[from:to] is a piece of the EPC of a garment or a parcel in 24 hexadecimal digits. D behind a number it
// begins with ends that on a card's track.
func insideEPC(s string, from, to int) bool {
	const length = 24
	begin, end := from, from
	for begin > 0 && hexDigit(s[begin-1]) && from-begin < length {
		begin--
	}
	for end < len(s) && hexDigit(s[end]) && end-begin <= length {
		end++
	}
	track := begin == from && to < end && s[to]|0x20 == 'd'
	header := s[begin:min(begin+2, end)]
	return end-begin == length && to <= end && !track && (header == "30" || header == "31")
}

func hexDigit(c byte) bool  { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
func digit(c byte) bool     { return '0' <= c && c <= '9' }
func separator(c byte) bool { return c == ' ' || c == '-' }
