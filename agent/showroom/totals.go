package showroom

import (
	"cmp"
	"slices"
)

// VATSum is what was sold at one rate.
type VATSum struct {
	BasisPoints int   `json:"basis_points"`
	Gross       Money `json:"gross"`
	Net         Money `json:"net"`
	Tax         Money `json:"tax"`
}

// Totals are sums of lines. Gross is before offers, Due after; tax is reckoned line by line and added up.
type Totals struct {
	Pieces  int      `json:"pieces"`
	Gross   Money    `json:"gross"`
	Reduced Money    `json:"reduced"`
	Due     Money    `json:"due"`
	Tax     Money    `json:"tax"`
	VAT     []VATSum `json:"vat"` // by rate, the highest first
}

// AddUp adds up lines of one currency. No lines come to nothing.
func AddUp(currency Currency, lines []Line) (Totals, error) {
	none := Money{Currency: currency}
	t := Totals{Gross: none, Reduced: none, Due: none, Tax: none}
	for _, l := range lines {
		if err := t.add(l); err != nil {
			return Totals{}, err
		}
	}
	slices.SortFunc(t.VAT, func(a, b VATSum) int { return cmp.Compare(b.BasisPoints, a.BasisPoints) })
	return t, nil
}

func (t *Totals) add(l Line) error {
	gross, err := l.Gross()
	if err != nil {
		return err
	}
	due, err := l.Due()
	if err != nil {
		return err
	}
	tax := due.VATInside(l.VATBasisPoints)
	t.Pieces += l.Quantity
	t.VAT = addVAT(t.VAT, l.VATBasisPoints, due.Minor, tax.Minor, due.Currency)
	for _, sum := range []struct {
		to   *Money
		plus int64
	}{{&t.Gross, gross.Minor}, {&t.Reduced, gross.Minor - due.Minor}, {&t.Due, due.Minor}, {&t.Tax, tax.Minor}} {
		if *sum.to, err = sum.to.Add(Money{Minor: sum.plus, Currency: due.Currency}); err != nil {
			return err
		}
	}
	return nil
}
