// Package offer reckons what offers take off a basket.
//
// It is a function of the lines, the offers and the moment: in which order things came into the basket changes nothing. Each piece has
// at most one offer of its own, that of the highest rank that wants it; offers on the basket as a whole come after and take off what is
// left. What several pieces have together, such as the third one free, is spread over all of them by their prices, so that a piece that
// is brought back gives back its share.
package offer

import (
	"cmp"
	"slices"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/showroom"
)

// Apply answers the lines with their reductions reckoned anew; the lines given stay as they are. Lines that are Fixed, only wished for
// or in another currency than an offer's amount are left alone by it. No line comes to less than nothing.
func Apply(lines []showroom.Line, offers []showroom.Offer, coupons []string, at time.Time) []showroom.Line {
	b := newBill(lines)
	offers = slices.DeleteFunc(slices.Clone(offers), func(o showroom.Offer) bool { return !o.ValidAt(at) || !shown(o, coupons) })
	slices.SortFunc(offers, func(a, b showroom.Offer) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(a.ID, b.ID))
	})
	for _, o := range offers {
		if !o.Basket {
			b.take(o)
		}
	}
	for _, o := range offers {
		if o.Basket {
			b.takeOff(o)
		}
	}
	return b.lines
}

// Coupon answers whether a code is that of an offer at a moment. Upper and lower case are the same, as Turkish readers see them.
func Coupon(offers []showroom.Offer, code string, at time.Time) bool {
	return slices.ContainsFunc(offers, func(o showroom.Offer) bool {
		return o.Coupon != "" && o.ValidAt(at) && shown(o, []string{code})
	})
}

func shown(o showroom.Offer, coupons []string) bool {
	return o.Coupon == "" || slices.ContainsFunc(coupons, func(c string) bool { return lang.Fold(c) == lang.Fold(o.Coupon) })
}

// piece is one garment of a line.
type piece struct {
	line  int
	price int64
	taken bool // an offer has it
}

// bill is a basket while it is reckoned.
type bill struct {
	lines  []showroom.Line
	pieces []piece // the dearest first, in an order that does not depend on that of the lines
	order  []int   // the lines in that order

	items    map[gs1.GTIN][]int // the lines of each
	products map[showroom.ProductID][]int
}

func newBill(lines []showroom.Line) *bill {
	b := &bill{lines: slices.Clone(lines), items: map[gs1.GTIN][]int{}, products: map[showroom.ProductID][]int{}}
	for i := range b.lines {
		l := &b.lines[i]
		l.Reductions = nil
		b.order = append(b.order, i)
		b.items[l.GTIN] = append(b.items[l.GTIN], i)
		if l.Product != "" {
			b.products[l.Product] = append(b.products[l.Product], i)
		}
	}
	slices.SortStableFunc(b.order, func(i, j int) int { return compare(&b.lines[i], &b.lines[j]) })
	for _, i := range b.order {
		if l := &b.lines[i]; !l.Fixed && !l.Wish && l.Unit.Minor > 0 {
			for range l.Quantity {
				b.pieces = append(b.pieces, piece{line: i, price: l.Unit.Minor})
			}
		}
	}
	return b
}

// compare orders lines by what they are, and only at last by what they are called.
func compare(a, b *showroom.Line) int {
	return cmp.Or(cmp.Compare(b.Unit.Minor, a.Unit.Minor), cmp.Compare(b.VATBasisPoints, a.VATBasisPoints), cmp.Compare(a.GTIN, b.GTIN),
		cmp.Compare(a.EPC.String(), b.EPC.String()), cmp.Compare(a.ID, b.ID))
}

// wanted says of each line whether an offer is about it. Offers may name thousands of items: they are gone through once, and not for
// each piece.
func (b *bill) wanted(o showroom.Offer) []bool {
	wanted := make([]bool, len(b.lines))
	every := len(o.Items) == 0 && len(o.Products) == 0
	for _, item := range o.Items {
		for _, i := range b.items[item] {
			wanted[i] = true
		}
	}
	for _, product := range o.Products {
		for _, i := range b.products[product] {
			wanted[i] = true
		}
	}
	for i := range wanted {
		wanted[i] = (every || wanted[i]) && payable(o, b.lines[i].Unit.Currency)
	}
	return wanted
}

// payable says whether the amounts of an offer, if it has any, are in a currency.
func payable(o showroom.Offer, c showroom.Currency) bool {
	return (o.Amount.Currency == "" || o.Amount.Currency == c) && (o.Least.Currency == "" || o.Least.Currency == c)
}

// take lets an offer have the pieces it wants and that nothing has yet.
func (b *bill) take(o showroom.Offer) {
	var free []int
	wanted := b.wanted(o)
	for i := range b.pieces {
		if p := &b.pieces[i]; !p.taken && wanted[p.line] {
			free = append(free, i)
		}
	}
	switch o.Kind {
	case showroom.OfferPercentage:
		for _, i := range free {
			b.reduce(o, []int{i}, showroom.Money{Minor: b.pieces[i].price}.Percent(o.BasisPoints).Minor)
		}
	case showroom.OfferAmount:
		for _, i := range free {
			b.reduce(o, []int{i}, min(o.Amount.Minor, b.pieces[i].price))
		}
	case showroom.OfferNForM:
		if o.N < 2 || o.M < 0 || o.M >= o.N {
			return
		}
		for group := range slices.Chunk(free, o.N) {
			if len(group) == o.N {
				b.reduce(o, group, b.sum(group[o.M:]))
			}
		}
	case showroom.OfferSetPrice:
		if o.N < 1 || o.Amount.Minor < 0 {
			return
		}
		for group := range slices.Chunk(free, o.N) {
			if len(group) == o.N {
				b.reduce(o, group, b.sum(group)-o.Amount.Minor)
			}
		}
	}
}

func (b *bill) sum(pieces []int) (sum int64) {
	for _, i := range pieces {
		sum += b.pieces[i].price
	}
	return sum
}

// reduce takes an amount off pieces together, each by its price. Nothing to take off leaves them to other offers.
func (b *bill) reduce(o showroom.Offer, pieces []int, amount int64) {
	if amount <= 0 {
		return
	}
	prices := make([]int64, len(pieces))
	for n, i := range pieces {
		prices[n] = b.pieces[i].price
	}
	for n, part := range showroom.Spread(amount, prices) {
		p := &b.pieces[pieces[n]]
		p.taken = true
		b.note(p.line, o, part)
	}
}

// takeOff takes an offer on the whole basket off what is left of the lines it is about.
func (b *bill) takeOff(o showroom.Offer) {
	var about []int
	var left []int64
	var whole int64
	wanted := b.wanted(o)
	for _, i := range b.order {
		l := &b.lines[i]
		if l.Fixed || l.Wish || !wanted[i] {
			continue
		}
		due, err := l.Due()
		if err != nil {
			return // a line that can not be reckoned is refused where it is added up
		}
		about, left, whole = append(about, i), append(left, due.Minor), whole+due.Minor
	}
	if whole < o.Least.Minor {
		return
	}
	amount := min(o.Amount.Minor, whole)
	if o.Kind == showroom.OfferPercentage {
		amount = showroom.Money{Minor: whole}.Percent(o.BasisPoints).Minor
	} else if o.Kind != showroom.OfferAmount {
		return
	}
	for n, part := range showroom.Spread(amount, left) {
		b.note(about[n], o, part)
	}
}

// note adds what an offer takes off to what it has taken off the line already.
func (b *bill) note(line int, o showroom.Offer, minor int64) {
	if minor <= 0 {
		return
	}
	l := &b.lines[line]
	for i := range l.Reductions {
		if l.Reductions[i].Offer == o.ID {
			l.Reductions[i].Amount.Minor += minor
			return
		}
	}
	l.Reductions = append(l.Reductions, showroom.Reduction{Offer: o.ID, Name: o.Name, Amount: showroom.Money{Minor: minor, Currency: l.Unit.Currency}})
}
