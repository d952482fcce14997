package checkout

import (
	"cmp"
	"slices"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/offer"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// line is a piece of an item as a basket takes it, at today's price. An item that nobody knows, or that has no price, is a Refusal.
func (d *Desks) line(v *store.View, item gs1.GTIN, at time.Time) (showroom.Line, error) {
	l := showroom.Line{GTIN: item, Quantity: 1, Fixed: item == d.opt.Bag && item != ""}
	i, err := v.Item(item)
	if showroom.ErrorCode(err) == showroom.CodeNotFound {
		r := refuse(noticeUnknownItem, showroom.CodeNotFound, "This shop does not know %s.", item)
		r.GTIN = item
		return l, r
	}
	if err != nil {
		return l, err
	}
	l.Product, l.SKU, l.Size, l.Colour = i.Product, i.SKU, i.Size, i.Colour
	switch p, err := v.Product(i.Product); showroom.ErrorCode(err) {
	case "":
		l.Name = p.Name
	case showroom.CodeNotFound: // it has not come from the feed yet
		l.Name = showroom.Text{"en": cmp.Or(i.SKU, string(item))}
	default:
		return l, err
	}
	price, known, err := d.price(v, item, at)
	if err != nil {
		return l, err
	}
	if !known {
		r := refuse(noticeNoPrice, showroom.CodeUnavailable, "There is no price for %s today. Ask an associate.", item)
		r.GTIN, r.Name = item, l.Name
		return l, r
	}
	l.Unit, l.Was, l.VATBasisPoints = price.Amount, was(price, price.Amount), price.VATBasisPoints
	return l, nil
}

// price is what an item costs at a moment in the money that is taken here; false for nothing.
func (d *Desks) price(v *store.View, item gs1.GTIN, at time.Time) (showroom.Price, bool, error) {
	p, err := v.Price(item, at)
	if showroom.ErrorCode(err) == showroom.CodeNotFound {
		return p, false, nil
	}
	return p, err == nil && p.Amount.Currency == d.opt.Currency && p.Amount.Minor >= 0 && p.Amount.Minor <= showroom.MostPrice, err
}

// was is the price a reduction may be compared with: only the feed can name it.
func was(p showroom.Price, unit showroom.Money) showroom.Money {
	if p.LowestPrior.Minor > unit.Minor {
		return p.LowestPrior
	}
	return showroom.Money{}
}

// lower takes over prices that have become lower since a line went in. One that has become higher is not: the shopper pays the
// lowest that was shown in this visit. The rate of the tax is always the one in force: the law asks for that of the day of the sale, so
// whatever gross price is kept to, or staff have made of it, holds that much tax. It says whether anything is another than before.
func (d *Desks) lower(v *store.View, b showroom.Basket, at showroom.Moment) (showroom.Basket, bool, error) {
	if !b.Open() {
		return b, false, nil
	}
	lines, other := slices.Clone(b.Lines), false
	for i := range lines {
		l := &lines[i]
		p, known, err := d.price(v, l.GTIN, at.Wall)
		if err != nil {
			return b, false, err
		}
		if !known {
			continue
		}
		if l.Overridden == "" && p.Amount.Minor < l.Unit.Minor {
			l.Unit, l.Was, other = p.Amount, was(p, p.Amount), true
		}
		if p.VATBasisPoints != l.VATBasisPoints {
			l.VATBasisPoints, other = p.VATBasisPoints, true
		}
	}
	if other {
		b.Lines, b.Changed = lines, at
		b.Version++
	}
	return b, other, nil
}

// reckoned is the basket with what offers take off. Once it is being paid for, or set aside, nothing of it changes: kiosk, till and
// staff see one sum.
func (d *Desks) reckoned(v *store.View, b showroom.Basket, at time.Time) ([]showroom.Line, error) {
	if !b.Open() {
		return b.Lines, nil
	}
	offers, err := d.offers(v, b, at)
	if err != nil {
		return nil, err
	}
	return offer.Apply(b.Lines, offers, b.Coupons, at), nil
}

// offers are those that hold now and those that held when the basket was begun: an offer that ends meanwhile is kept to. One that the
// feed changes or takes away is not; Pay says so before anything is charged.
func (d *Desks) offers(v *store.View, b showroom.Basket, at time.Time) ([]showroom.Offer, error) {
	now, err := v.Offers(at)
	if err != nil {
		return nil, err
	}
	before, err := v.Offers(b.Opened.Wall)
	if err != nil {
		return nil, err
	}
	for _, o := range before {
		if !slices.ContainsFunc(now, func(n showroom.Offer) bool { return n.ID == o.ID }) {
			o.From, o.To = time.Time{}, time.Time{}
			now = append(now, o)
		}
	}
	return now, nil
}

// bill is what is to be paid: the lines that are not only wished for, and what they come to.
func (d *Desks) bill(v *store.View, b showroom.Basket, at time.Time) (lines []showroom.Line, totals showroom.Totals, err error) {
	if lines, err = d.reckoned(v, b, at); err != nil {
		return nil, totals, err
	}
	due := slices.DeleteFunc(slices.Clone(lines), func(l showroom.Line) bool { return l.Wish })
	totals, err = showroom.AddUp(b.Currency, due)
	return lines, totals, err
}
