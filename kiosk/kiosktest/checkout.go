package kiosktest

import (
	"fmt"
	"time"

	"showroom/agent/localapi"
)

// Lira is an amount of minor units.
func Lira(minor int64) localapi.Money { return localapi.Money{Minor: minor, Currency: "TRY"} }

// Counter is a checkout with nobody in front of it. It has a tray and a scanner.
func Counter(language string) localapi.KioskState {
	return localapi.KioskState{
		Kiosk: "sco1", Mode: "checkout", Store: "nisantasi", Language: language, Languages: []string{"tr", "en"}, Seq: "e1.1", Now: Noon(),
		Checkout: &localapi.Checkout{Stage: localapi.StageAttract, IdleAfter: 60, Tray: &localapi.Tray{Reader: localapi.Reader{Device: "tray-1", State: "up"}},
			Scanner:    &localapi.Reader{Device: "till", State: "up"},
			Associates: []localapi.Associate{{ID: "elif", Name: "Elif"}, {ID: "deniz", Name: "Deniz"}, {ID: "gulsah", Name: "Gülşah"}}},
	}
}

// Line is the variant at that place of the product, so many of it, as a line of a basket.
func Line(p localapi.Product, at, quantity int) localapi.BasketLine {
	v := p.Variants[at]
	pictures := v.Pictures
	if len(pictures) == 0 {
		pictures = p.Pictures
	}
	l := localapi.BasketLine{ID: fmt.Sprintf("l-%s-%d", v.GTIN, quantity), GTIN: v.GTIN, Name: p.Name, Size: v.Size, Colour: v.Colour, Quantity: quantity, Unit: *v.Price}
	if len(pictures) > 0 {
		l.Picture = pictures[0]
	}
	l.Gross = localapi.Money{Minor: v.Price.Minor * int64(quantity), Currency: v.Price.Currency}
	l.Due = l.Gross
	return l
}

// Fill puts lines into the basket of k, and adds them up as an agent would: VAT at 10 percent is inside.
func Fill(k localapi.KioskState, lines ...localapi.BasketLine) localapi.KioskState {
	c := *k.Checkout
	b := localapi.Basket{ID: "b1", Number: 12, Lines: lines}
	currency := "TRY"
	for i := range lines {
		l := &b.Lines[i]
		currency = l.Unit.Currency
		l.Due = l.Gross
		for _, r := range l.Reductions {
			l.Due.Minor -= r.Amount.Minor
		}
		if l.Wish {
			continue
		}
		b.Pieces += l.Quantity
		b.Gross.Minor += l.Gross.Minor
		b.Due.Minor += l.Due.Minor
		if l.OnTray && c.Tray != nil {
			tray := *c.Tray
			tray.Pieces++
			c.Tray = &tray
		}
	}
	b.Reduced.Minor = b.Gross.Minor - b.Due.Minor
	tax := b.Due.Minor - (b.Due.Minor*10+5)/11
	b.Gross.Currency, b.Due.Currency, b.Reduced.Currency = currency, currency, currency
	b.VAT = []localapi.VAT{{BasisPoints: 1000, Gross: b.Due, Net: localapi.Money{Minor: b.Due.Minor - tax, Currency: currency}, Tax: localapi.Money{Minor: tax, Currency: currency}}}
	c.Stage, c.Basket = localapi.StageBasket, &b
	k.Checkout = &c
	return k
}

// Tray are garments on the tray of a checkout.
func Tray(lines ...localapi.BasketLine) []localapi.BasketLine {
	for i := range lines {
		lines[i].Tagged, lines[i].OnTray = true, true
		lines[i].ID += fmt.Sprint("-", i)
	}
	return lines
}

// Shopping is a basket as shoppers have them: two garments on the tray, three that were scanned.
func (s *Shop) Shopping(language string) localapi.KioskState {
	tray := Tray(Line(s.Polo(language), 2, 1), Line(s.Hoodie(language), 1, 1))
	scanned := []localapi.BasketLine{Line(s.Tee(language), 0, 2), Line(s.Shoes(language), 3, 1)}
	scanned[0].Reductions = []localapi.Reduction{{Name: words{"2. ürüne %50", "50% off the second"}.in(language), Amount: Lira(374_50)}}
	was := Lira(2490_00)
	scanned[1].Was = &was
	return Fill(Counter(language), append(tray, scanned...)...)
}

// Paying is k while the device says progress.
func Paying(k localapi.KioskState, progress string) localapi.KioskState {
	c := *k.Checkout
	c.Stage = localapi.StagePaying
	c.Pay = &localapi.Pay{Settlement: "0199f3a2-1c2d-7e00-8f00-4b6e21a7c9d4", Amount: c.Basket.Due, Progress: progress, CanAbort: true, Since: Noon()}
	k.Checkout = &c
	return k
}

// Paid is k after the payment.
func Paid(k localapi.KioskState) localapi.KioskState {
	c := *k.Checkout
	c.Paid = &localapi.Paid{Sale: "s1", Number: 10231, Due: c.Basket.Due, Receipt: "https://fis.example.com/r/9Xk2mQ7vRtYb1LcPz4WdHs8NfJg",
		Printer: "ready", Fiscal: "0042"}
	c.Stage, c.Basket, c.Pay = localapi.StageReceipt, nil, nil
	k.Checkout = &c
	return k
}

// SetAside is k with its basket set aside for that reason.
func SetAside(k localapi.KioskState, reason string) localapi.KioskState {
	c := *k.Checkout
	c.Parked = &localapi.Parked{Number: 12, Code: "K7M4QX", Due: c.Basket.Due, Reason: reason}
	c.Stage, c.Basket, c.Pay = localapi.StageParked, nil, nil
	k.Checkout = &c
	return k
}

// Told is k with a notice of that code.
func Told(k localapi.KioskState, code string) localapi.KioskState {
	c := *k.Checkout
	c.Notice = &localapi.Notice{ID: "n-" + code, Code: code, At: Noon().Add(-time.Second)}
	k.Checkout = &c
	return k
}

// Changed is k after change, which may change its checkout and nothing deeper.
func Changed(k localapi.KioskState, change func(*localapi.Checkout)) localapi.KioskState {
	c := *k.Checkout
	if c.Tray != nil {
		tray := *c.Tray
		c.Tray = &tray
	}
	if c.Scanner != nil {
		scanner := *c.Scanner
		c.Scanner = &scanner
	}
	change(&c)
	k.Checkout = &c
	return k
}
