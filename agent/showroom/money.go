package showroom

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Currency is an ISO 4217 alphabetic code.
type Currency string

// Digits is how many decimal places the currency has by ISO 4217: two, but for those that have none or three.
func (c Currency) Digits() int {
	switch c {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// Money is an amount in the minor unit of its currency (kuruş, cent, yen). The zero Money is "no price".
type Money struct {
	Minor    int64    `json:"minor"`
	Currency Currency `json:"currency"`
}

// IsZero says that there is no price; a price of nothing has a currency.
func (m Money) IsZero() bool { return m == Money{} }

// Add is m plus o. It refuses two currencies and a sum that does not fit.
func (m Money) Add(o Money) (Money, error) {
	if m.IsZero() {
		return o, nil
	}
	if o.IsZero() {
		return m, nil
	}
	if m.Currency != o.Currency {
		return Money{}, fmt.Errorf("add %s to %s: different currencies", o.Currency, m.Currency)
	}
	if (o.Minor > 0 && m.Minor > math.MaxInt64-o.Minor) || (o.Minor < 0 && m.Minor < math.MinInt64-o.Minor) {
		return Money{}, fmt.Errorf("add %d to %d %s: sum does not fit", o.Minor, m.Minor, m.Currency)
	}
	return Money{Minor: m.Minor + o.Minor, Currency: m.Currency}, nil
}

// Sub is m less o, under the same conditions as Add.
func (m Money) Sub(o Money) (Money, error) {
	if o.Minor == math.MinInt64 {
		return Money{}, fmt.Errorf("subtract %d %s: difference does not fit", o.Minor, o.Currency)
	}
	return m.Add(Money{Minor: -o.Minor, Currency: o.Currency})
}

// Times is so many of m. It refuses a product that does not fit.
func (m Money) Times(n int) (Money, error) {
	hi, lo := bits.Mul64(magnitude(m.Minor), magnitude(int64(n)))
	if hi != 0 || lo > math.MaxInt64 {
		return Money{}, fmt.Errorf("%d times %d %s: product does not fit", n, m.Minor, m.Currency)
	}
	minor := int64(lo)
	if (m.Minor < 0) != (n < 0) {
		minor = -minor
	}
	return Money{Minor: minor, Currency: m.Currency}, nil
}

// VATInside is the tax inside a gross amount at a rate in basis points (2000 is 20 %), half a minor unit away from zero. A rate
// below nothing has none.
func (m Money) VATInside(basisPoints int) Money {
	if basisPoints <= 0 {
		return Money{Currency: m.Currency}
	}
	whole := uint64(10_000 + basisPoints)
	tax := int64(share(magnitude(m.Minor), uint64(basisPoints), whole, halfUp))
	if m.Minor < 0 {
		tax = -tax
	}
	return Money{Minor: tax, Currency: m.Currency}
}

// Percent is so many basis points of m, half a minor unit away from zero; of 10,000 and more it is m.
func (m Money) Percent(basisPoints int) Money {
	part := int64(share(magnitude(m.Minor), uint64(min(max(basisPoints, 0), 10_000)), 10_000, halfUp))
	if m.Minor < 0 {
		part = -part
	}
	return Money{Minor: part, Currency: m.Currency}
}

// Spread divides an amount of at least nothing by weights, none below nothing: each part is in proportion, the parts add up to the
// amount, and what is left over by rounding down goes to the largest fractions, of equal ones to the first. No part is larger than
// its weight as long as the amount is no larger than all weights together. Where all weights are nothing, so are all parts.
func Spread(amount int64, weights []int64) []int64 {
	parts := make([]int64, len(weights))
	var whole uint64
	for _, w := range weights {
		whole += uint64(max(w, 0))
	}
	if whole == 0 || amount <= 0 {
		return parts
	}
	type rest struct {
		line     int
		fraction uint64
	}
	rests := make([]rest, 0, len(weights))
	left := amount
	for i, w := range weights {
		part, fraction := divide(uint64(amount), uint64(max(w, 0)), whole)
		parts[i] = int64(part)
		left -= parts[i]
		rests = append(rests, rest{i, fraction})
	}
	slices.SortStableFunc(rests, func(a, b rest) int { return cmp.Compare(b.fraction, a.fraction) })
	for i := int64(0); i < left; i++ {
		parts[rests[i].line]++
	}
	return parts
}

const halfUp = true

// share is amount times part over whole; whole is more than nothing and no less than part.
func share(amount, part, whole uint64, round bool) uint64 {
	q, fraction := divide(amount, part, whole)
	if round && fraction >= whole-fraction {
		q++
	}
	return q
}

// divide is amount times part over whole and what remains. part is no more than whole, so that the quotient fits.
func divide(amount, part, whole uint64) (quotient, remainder uint64) {
	hi, lo := bits.Mul64(amount, part)
	return bits.Div64(hi, lo, whole)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
