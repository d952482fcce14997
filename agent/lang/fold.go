package lang

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold prepares text for searching: marks are dropped, the four letters I İ ı i
// become i, and everything is lower case. "IŞIK", "ışık" and "isik" are all
// "isik". Index and query must both be folded; what people see must not be.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			// The dot of İ falls here too.
		case r == 'I', r == 'ı':
			b.WriteByte('i')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Lower is s in lower case as a language has it: in Turkish I is ı and İ is i. Letters with marks come out composed, so that
// texts that look the same are the same.
func Lower(tag Tag, s string) string {
	lower := unicode.ToLower
	if tag == Turkish {
		lower = unicode.TurkishCase.ToLower
	}
	return strings.Map(lower, norm.NFC.String(s))
}

// Words takes text apart for searching: a word is letters and digits in a row. An apostrophe does not part them, so that
// "İstanbul'da" begins with "istanbul" and "levis" finds "Levi's".
func Words(s string) []string {
	s = strings.NewReplacer("'", "", "\u2019", "", "\u02BC", "").Replace(s)
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}
