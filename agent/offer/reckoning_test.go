package offer_test

import (
	"cmp"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/offer"
	"showroom/agent/showroom"
)

// Ten thousand baskets against a reckoning of their own: fractions in place of integers, piece by piece, and what comes back of each
// sale against what was paid.
func TestTenThousandBaskets(t *testing.T) {
	for seed := range uint64(10_000) {
		r := rand.New(rand.NewPCG(seed, 7))
		currency := []showroom.Currency{"TRY", "EUR", "JPY", "KWD"}[seed%4]
		lines, offers := randomBasket(r, currency), randomOffers(r, currency)
		got := offer.Apply(lines, offers, nil, noon)
		for i, want := range reckon(lines, offers) {
			if have := off(got[i : i+1])[string(got[i].ID)]; have != want {
				t.Fatalf("basket %d: %d comes off line %d, want %d\n%+v\n%+v", seed, have, i, want, lines, offers)
			}
		}
		totals, err := showroom.AddUp(currency, got)
		if err != nil {
			t.Fatalf("basket %d: %v", seed, err)
		}
		checkTax(t, seed, got, totals)
		bringBack(t, r, seed, showroom.Sale{Lines: got, Totals: totals})
	}
}

// randomBasket is some lines of ten items, several of them of one. An item has one price and one rate.
func randomBasket(r *rand.Rand, currency showroom.Currency) []showroom.Line {
	lines := make([]showroom.Line, 1+r.IntN(10))
	for i := range lines {
		item := int64(r.IntN(10))
		lines[i] = showroom.Line{
			ID: showroom.LineID(fmt.Sprint("l", i)), GTIN: gs1.GTIN(fmt.Sprint(item)), Product: showroom.ProductID(fmt.Sprint("p", item/2)),
			Unit: showroom.Money{Minor: 7 + item*item*997, Currency: currency}, Quantity: 1 + r.IntN(4), VATBasisPoints: []int{2000, 1000, 100, 0, 1900}[item%5],
			Fixed: r.IntN(12) == 0,
		}
	}
	return lines
}

func randomOffers(r *rand.Rand, currency showroom.Currency) []showroom.Offer {
	offers := make([]showroom.Offer, r.IntN(5))
	for i := range offers {
		o := showroom.Offer{
			ID: showroom.OfferID(fmt.Sprint("o", i)), Rank: r.IntN(3), Basket: r.IntN(3) == 0, BasisPoints: 1 + r.IntN(10_000),
			Amount: showroom.Money{Minor: 1 + r.Int64N(40_000), Currency: currency}, N: 2 + r.IntN(3),
			Kind: []showroom.OfferKind{showroom.OfferPercentage, showroom.OfferAmount, showroom.OfferNForM, showroom.OfferSetPrice}[r.IntN(4)],
		}
		o.M = r.IntN(o.N)
		if r.IntN(2) == 0 {
			o.Items = []gs1.GTIN{gs1.GTIN(fmt.Sprint(r.IntN(10)))}
			o.Products = []showroom.ProductID{showroom.ProductID(fmt.Sprint("p", r.IntN(5)))}
		}
		if o.Basket && r.IntN(2) == 0 {
			o.Least = showroom.Money{Minor: r.Int64N(200_000), Currency: currency}
		}
		offers[i] = o
	}
	return offers
}

// unit is one piece of a line.
type unit struct {
	line  int
	price int64
	off   int64
	had   bool
}

// reckon is what comes off each line, the slow way.
func reckon(lines []showroom.Line, offers []showroom.Offer) []int64 {
	var units []unit
	var order []int
	for i := range lines {
		order = append(order, i)
	}
	slices.SortFunc(order, func(i, j int) int { // the dearest first
		return cmp.Or(cmp.Compare(lines[j].Unit.Minor, lines[i].Unit.Minor), cmp.Compare(lines[i].GTIN, lines[j].GTIN), cmp.Compare(lines[i].ID, lines[j].ID))
	})
	for _, i := range order {
		for range lines[i].Quantity {
			if !lines[i].Fixed {
				units = append(units, unit{line: i, price: lines[i].Unit.Minor})
			}
		}
	}
	offers = slices.Clone(offers)
	slices.SortFunc(offers, func(a, b showroom.Offer) int { return cmp.Or(b.Rank-a.Rank, cmp.Compare(a.ID, b.ID)) })
	for _, o := range offers {
		if !o.Basket {
			reckonPieces(lines, units, o)
		}
	}
	taken := make([]int64, len(lines))
	for _, u := range units {
		taken[u.line] += u.off
	}
	for _, o := range offers {
		if o.Basket {
			reckonBasket(lines, order, taken, o)
		}
	}
	return taken
}

func about(o showroom.Offer, l showroom.Line) bool {
	return o.Items == nil || l.GTIN == o.Items[0] || l.Product == o.Products[0]
}

// reckonPieces lets an offer have groups of the pieces nothing has yet: each for itself, or N at a time.
func reckonPieces(lines []showroom.Line, units []unit, o showroom.Offer) {
	size := 1
	if o.Kind == showroom.OfferNForM || o.Kind == showroom.OfferSetPrice {
		size = o.N
	}
	var free []*unit
	for i := range units {
		if u := &units[i]; !u.had && about(o, lines[u.line]) {
			free = append(free, u)
		}
	}
	for ; len(free) >= size; free = free[size:] {
		group := free[:size]
		var worth, cheap int64
		for i, u := range group {
			worth += u.price
			if i >= o.M {
				cheap += u.price
			}
		}
		amount := map[showroom.OfferKind]int64{
			showroom.OfferPercentage: percent(worth, o.BasisPoints), showroom.OfferAmount: min(o.Amount.Minor, worth),
			showroom.OfferNForM: cheap, showroom.OfferSetPrice: worth - o.Amount.Minor,
		}[o.Kind]
		if amount <= 0 {
			continue
		}
		prices := make([]int64, size)
		for i, u := range group {
			prices[i] = u.price
		}
		for i, part := range largestRemainder(amount, prices) {
			group[i].off, group[i].had = part, true
		}
	}
}

func reckonBasket(lines []showroom.Line, order []int, taken []int64, o showroom.Offer) {
	var whole int64
	var which []int
	var left []int64
	for _, i := range order {
		if l := lines[i]; !l.Fixed && about(o, l) {
			due := l.Unit.Minor*int64(l.Quantity) - taken[i]
			whole, which, left = whole+due, append(which, i), append(left, due)
		}
	}
	amount := map[showroom.OfferKind]int64{showroom.OfferPercentage: percent(whole, o.BasisPoints), showroom.OfferAmount: min(o.Amount.Minor, whole)}[o.Kind]
	if whole < o.Least.Minor || amount <= 0 {
		return
	}
	for n, part := range largestRemainder(amount, left) {
		taken[which[n]] += part
	}
}

// percent is half up, in fractions.
func percent(amount int64, basisPoints int) int64 {
	return halfUp(big.NewRat(amount*int64(basisPoints), 10_000))
}

func halfUp(r *big.Rat) int64 {
	r = new(big.Rat).Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom()).Int64()
}

// largestRemainder spreads an amount by weights in fractions.
func largestRemainder(amount int64, weights []int64) []int64 {
	var whole int64
	for _, w := range weights {
		whole += w
	}
	parts, rests, order, left := make([]int64, len(weights)), make([]*big.Rat, len(weights)), []int{}, amount
	for i, w := range weights {
		exact := big.NewRat(0, 1)
		if whole > 0 {
			exact = new(big.Rat).Mul(big.NewRat(amount, whole), big.NewRat(w, 1))
		}
		parts[i] = new(big.Int).Div(exact.Num(), exact.Denom()).Int64()
		rests[i] = exact.Sub(exact, big.NewRat(parts[i], 1))
		left -= parts[i]
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// checkTax reckons the tax of each rate from the lines.
func checkTax(t *testing.T, seed uint64, lines []showroom.Line, totals showroom.Totals) {
	t.Helper()
	type sum struct{ gross, tax int64 }
	rates := map[int]sum{}
	var due, tax int64
	for _, l := range lines {
		d := l.Unit.Minor*int64(l.Quantity) - off([]showroom.Line{l})[string(l.ID)]
		v := halfUp(big.NewRat(d*int64(l.VATBasisPoints), int64(10_000+l.VATBasisPoints)))
		s := rates[l.VATBasisPoints]
		rates[l.VATBasisPoints] = sum{s.gross + d, s.tax + v}
		due, tax = due+d, tax+v
	}
	if totals.Due.Minor != due || totals.Tax.Minor != tax || len(totals.VAT) != len(rates) {
		t.Fatalf("basket %d: %+v, want %d with a tax of %d", seed, totals, due, tax)
	}
	for _, v := range totals.VAT {
		if want := rates[v.BasisPoints]; v.Gross.Minor != want.gross || v.Tax.Minor != want.tax || v.Net.Minor != want.gross-want.tax {
			t.Fatalf("basket %d: %+v, want %+v", seed, v, want)
		}
	}
}

// bringBack returns a sale in pieces, in any order.
func bringBack(t *testing.T, r *rand.Rand, seed uint64, sale showroom.Sale) {
	t.Helper()
	var before []showroom.Return
	back, taxes := int64(0), map[int]int64{}
	for left := sale.Totals.Pieces; left > 0; {
		pieces := map[showroom.LineID]int{}
		for line, n := range sale.Unreturned(before) {
			if n = r.IntN(n + 1); n > 0 {
				pieces[line] = n
				left -= n
			}
		}
		if len(pieces) == 0 {
			continue
		}
		lines, vat, amount, err := sale.Refund(before, pieces)
		if err != nil {
			t.Fatalf("basket %d: %v", seed, err)
		}
		before = append(before, showroom.Return{Lines: lines})
		back += amount.Minor
		for _, v := range vat {
			taxes[v.BasisPoints] += v.Tax.Minor
		}
	}
	if back != sale.Totals.Due.Minor {
		t.Fatalf("basket %d: %d came back of %d", seed, back, sale.Totals.Due.Minor)
	}
	for _, v := range sale.Totals.VAT {
		if taxes[v.BasisPoints] != v.Tax.Minor {
			t.Fatalf("basket %d: a tax of %d came back at %d, want %d", seed, taxes[v.BasisPoints], v.BasisPoints, v.Tax.Minor)
		}
	}
}
