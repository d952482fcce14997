package showroom

import (
	"fmt"
	"math"
)

// Currency is an ISO 4217 alphabetic code.
type Currency string

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
