package e2e

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/pan"
)

// purse has cards that nobody has ever issued. Each number enters the shop in one place only, so that one that is found again tells
// where it came in.
type purse struct {
	t      *testing.T
	random *rand.Rand
	places map[string]string // where a number entered, by number
}

func newPurse(t *testing.T) *purse {
	t.Helper()
	return &purse{t: t, random: rand.New(rand.NewPCG(7, 9)), places: map[string]string{}}
}

// issuers are beginnings and lengths of numbers: Visa, Mastercard, American Express, Troy, Maestro, UnionPay, Diners Club, JCB, Discover,
// Mir.
func issuers() []string {
	return []string{"4/16", "51/16", "2221/16", "37/15", "9792/16", "67/18", "62/16", "4/13", "4/19", "5018/13", "6304/19", "62/19", "36/14", "3530/16", "6011/16", "2202/16"}
}

// number is a new one of an issuer. Those that happen to be GTINs are left out: what is typed as one is one.
func (p *purse) number(place, issuer string) string {
	p.t.Helper()
	prefix, length, _ := strings.Cut(issuer, "/")
	n := 0
	if _, err := fmt.Sscan(length, &n); err != nil {
		p.t.Fatal(err)
	}
	for range 1000 {
		digits := prefix
		for len(digits) < n {
			digits += string('0' + rune(p.random.IntN(10)))
		}
		_, err := gs1.ParseGTIN(digits)
		if _, taken := p.places[digits]; pan.Card(digits) && err != nil && !taken {
			p.places[digits] = place + " (" + issuer + ")"
			return digits
		}
	}
	p.t.Fatalf("there is no number of %s", issuer)
	return ""
}

// written is one number of each issuer as people and machines write them: in one piece, with blanks, with dashes.
func (p *purse) written(place string) (all []string) {
	p.t.Helper()
	for i, issuer := range issuers() {
		number := p.number(place, issuer)
		switch i % 3 {
		case 1:
			number = inGroups(number, " ")
		case 2:
			number = inGroups(number, "-")
		}
		all = append(all, number)
	}
	return all
}

// one is a number in one piece.
func (p *purse) one(place string) string { return p.number(place, "4/16") }

func inGroups(digits, by string) string {
	var all []string
	for ; len(digits) > 4; digits = digits[4:] {
		all = append(all, digits[:4])
	}
	return strings.Join(append(all, digits), by)
}

// found answers where the numbers came in that can be read in some content: as digits, with or without blanks and dashes between them,
// as digits packed by two, and as letters in hexadecimal digits.
func (p *purse) found(content []byte) []string {
	var all []string
	for _, digits := range [][]byte{squeezed(content), unlettered(content), []byte(hex.EncodeToString(content))} {
		all = append(all, p.among(digits)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// among looks at every stretch of digits.
func (p *purse) among(content []byte) (all []string) {
	const shortest, longest = 13, 19
	run := 0
	for end := 1; end <= len(content); end++ {
		if c := content[end-1]; c < '0' || c > '9' {
			run = 0
			continue
		}
		run++
		for n := shortest; n <= min(longest, run); n++ {
			if place, known := p.places[string(content[end-n:end])]; known {
				all = append(all, place)
			}
		}
	}
	return all
}

// squeezed is content without the blanks and dashes that stand between two digits.
func squeezed(content []byte) []byte {
	out := make([]byte, 0, len(content))
	for i, c := range content {
		inside := i > 0 && i+1 < len(content) && isDigit(content[i-1]) && isDigit(content[i+1])
		if (c == ' ' || c == '-') && inside {
			continue
		}
		out = append(out, c)
	}
	return out
}

// unlettered is content in which each digit that is written as its letter's code, 30 to 39, is that digit again.
func unlettered(content []byte) []byte {
	out := make([]byte, 0, len(content))
	for i := 0; i < len(content); i++ {
		if content[i] == '3' && i+1 < len(content) && isDigit(content[i+1]) {
			i++
		}
		out = append(out, content[i])
	}
	return out
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// TestPurse: a number is found in each of its forms, or the search for them proves nothing.
func TestPurse(t *testing.T) {
	p := newPurse(t)
	for _, issuer := range issuers() {
		n := p.number("a place", issuer)
		packed, err := hex.DecodeString(n + "f"[:len(n)%2])
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{n, "x" + n + "=2712", inGroups(n, " "), inGroups(n, "-"), hex.EncodeToString([]byte(n)), "7" + string(packed), "99" + n} {
			if got := p.found([]byte(form)); len(got) != 1 {
				t.Errorf("%q: found %q", form, got)
			}
		}
		if got := p.found([]byte(n[:6] + "******" + n[len(n)-4:])); len(got) > 0 {
			t.Errorf("a masked number is found: %q", got)
		}
	}
}
