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
