package capture_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/capture"
	"showroom/agent/pan"
)

// Card numbers that came in two halves, in front of or behind what is too long to be one.
func TestNoCardNumberPassesInHalves(t *testing.T) {
	for name, c := range map[string]struct {
		pieces []string
		want   string
	}{
		"behind a long run":          {[]string{"1111 2222 1111 2222 1111 2222 1111 2222 1111 4111 1111", " 1111 1111."}, "1111 2222 1111 2222 1111 2222 1111 2222 1111 **** **** **** 1111."},
		"two in a row":               {[]string{"4111 1111 1111 1111 5500 0000 0000 0004 4111 11", "11 1111 1111"}, "**** **** **** 1111 **** **** **** 0004 **** **** **** 1111"},
		"byte by byte":               {strings.Split("PAN=4111-1111-1111-1111;", ""), "PAN=****-****-****-1111;"},
		"after digits without end":   {[]string{strings.Repeat("7", 50), strings.Repeat("7", 50) + "-4111111111", "111111\r"}, strings.Repeat("7", 100) + "-************1111\r"},
		"digits without end are no.": {[]string{strings.Repeat("4", 37), "4111111111111111", "0"}, strings.Repeat("4", 37) + "41111111111111110"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := capture.Written(c.pieces...); got != c.want {
				t.Errorf("written\n%s, want\n%s", got, c.want)
			}
		})
	}
}

// However the bytes of a line come in pieces, nothing is cut out, no card number is left, and little waits.
func TestACaptureIsWholeAndHoldsNoCardNumber(t *testing.T) {
	part := rapid.OneOf(
		rapid.SampledFrom([]string{"4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005", "6304000000000000000"}),
		rapid.StringMatching(`[0-9]{1,30}`), rapid.StringMatching(`[0-9 -]{1,12}`), rapid.SampledFrom([]string{" ", "-", "x", "\r\n", ":"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(part, 1, 12).Draw(t, "text"), "")
		var pieces []string
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		got, waited := capture.Written(pieces...)
		if len(got) != len(text) || pan.Found(got) || waited > 40 {
			t.Fatalf("of %q in %q is written %q; %d bytes waited", text, pieces, got, waited)
		}
		for i := range got {
			if got[i] != text[i] && got[i] != '*' {
				t.Fatalf("of %q is written %q", text, got)
			}
		}
	})
}
