// Package pos is what the payment terminals and fiscal devices share: card numbers are covered here, before anything else sees them.
package pos

// Lengths of a card number, ISO/IEC 7812-1 as cards are issued.
const (
	shortest = 13
	longest  = 19
)

// Cover is what stands in texts where a digit of a card number was.
const Cover = '*'

// CoverText covers the card numbers in a text a payment device has said, in place: all but their last four digits become Cover.
// A card number is 13 to 19 digits, in one or in groups of four to six with a blank or a dash between, that begin as issuers'
// do and carry their check digit (Luhn). Any character set of single bytes with ASCII digits, and UTF-8, may be given.
//
// It is for what payment devices say and for no other text: numbers of trade items may look like those of cards.
func CoverText(p []byte) {
	for i := 0; i < len(p); {
		if !isDigit(p[i]) {
			i++
			continue
		}
		at, end := digitsAt(p, i)
		coverIn(p, at)
		i = end
	}
}

// digitsAt are the places of the digits of the run that begins at p[i], groups included, and where the run ends.
func digitsAt(p []byte, i int) (at []int, end int) {
	group := 0
	for ; i < len(p); i++ {
		switch {
		case isDigit(p[i]):
			at = append(at, i)
			group++
			continue
		case (p[i] == ' ' || p[i] == '-') && group >= 4 && group <= 6 && i+1 < len(p) && isDigit(p[i+1]):
			group = 0
			continue
		}
		break
	}
	return at, i
}

// coverIn covers each card number among the digits of a run: other digits may stand before and behind it.
func coverIn(p []byte, at []int) {
	digits := make([]byte, len(at))
	for i, place := range at {
		digits[i] = p[place] - '0'
	}
	for from := range digits {
		for n := shortest; n <= min(longest, len(digits)-from); n++ {
			if !IsCard(digits[from : from+n]) {
				continue
			}
			for _, place := range at[from : from+n-4] {
				p[place] = Cover
			}
		}
	}
}

// IsCard says whether digits, as numbers from 0 to 9, can be the number of a card: of the right length, beginning as issuers' do,
// with the right check digit.
func IsCard(digits []byte) bool {
	if len(digits) < shortest || len(digits) > longest {
		return false
	}
	switch first, second := digits[0], digits[1]; {
	case first >= 4 && first <= 6: // Visa, Mastercard and the debit cards, Maestro, UnionPay, Discover
	case first == 3 && (second == 0 || second >= 4): // American Express, Diners, JCB
	case first == 2 && second >= 2 && second <= 7: // Mastercard
	case first == 9 && (second == 7 || second == 8): // Troy
	default:
		return false
	}
	sum := byte(0)
	for i := range digits {
		d := digits[len(digits)-1-i]
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum = (sum + d) % 10
	}
	return sum == 0
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
