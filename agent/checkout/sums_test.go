package checkout_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/offer"
	"showroom/agent/showroom"
)

// bought is a random basket with what is on offer, from a seed.
func bought(r *rand.Rand, t *testing.T) ([]showroom.Line, []showroom.Offer) {
	t.Helper()
	b := showroom.Basket{State: showroom.BasketOpen, Currency: "TRY"}
	lira := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }
	for i := range 1 + r.IntN(12) {
		l := showroom.Line{
			ID: showroom.LineID(fmt.Sprint("l", i)), GTIN: gs1.GTIN(fmt.Sprintf("%014d", r.IntN(6))), Unit: lira(r.Int64N(100_000)), Quantity: 1 + r.IntN(4),
			VATBasisPoints: []int{0, 100, 1000, 2000, 1900, 700}[r.IntN(6)], Fixed: r.IntN(8) == 0,
		}
		next, err := b.Add(l, showroom.Moment{})
		if err != nil {
			t.Fatal(err)
		}
		b = next
	}
	offers := []showroom.Offer{
		{ID: "a", Kind: showroom.OfferPercentage, BasisPoints: r.IntN(10_001), Items: []gs1.GTIN{"00000000000001"}},
		{ID: "b", Kind: showroom.OfferNForM, N: 3, M: 2, Items: []gs1.GTIN{"00000000000002", "00000000000003"}},
		{ID: "c", Kind: showroom.OfferAmount, Amount: lira(r.Int64N(20_000)), Basket: true},
		{ID: "d", Kind: showroom.OfferPercentage, BasisPoints: r.IntN(3000), Basket: true},
	}
	return b.Lines, offers[:r.IntN(len(offers)+1)]
}

// taxInside is the tax inside a sum, in fractions: half a minor unit goes up.
func taxInside(due int64, basisPoints int) int64 {
	exact := new(big.Rat).SetFrac64(due*int64(basisPoints), int64(10_000+basisPoints))
	exact.Add(exact, big.NewRat(1, 2))
	return new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
}

// A basket of ten thousand comes to what fractions say: the total, the tax at each rate, and what is given back, in whatever portions
// the pieces come back.
func TestTenThousandBasketsComeToWhatFractionsSay(t *testing.T) {
	for seed := range uint64(10_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		lines, offers := bought(r, t)
		lines = offer.Apply(lines, offers, nil, time.Unix(0, 0))
		totals, err := showroom.AddUp("TRY", lines)
		if err != nil {
			t.Fatal(err)
		}
		gross, due := new(big.Rat), new(big.Rat)
		taxes, sums := map[int]int64{}, map[int]int64{}
		for _, l := range lines {
			full := new(big.Rat).Mul(big.NewRat(l.Unit.Minor, 1), big.NewRat(int64(l.Quantity), 1))
			left := new(big.Rat).Set(full)
			for _, c := range l.Reductions {
				left.Sub(left, big.NewRat(c.Amount.Minor, 1))
			}
			if left.Sign() < 0 || l.Fixed && left.Cmp(full) != 0 {
				t.Fatalf("seed %d: a line of %s comes to %s", seed, full, left)
			}
			gross.Add(gross, full)
			due.Add(due, left)
			taxes[l.VATBasisPoints] += taxInside(left.Num().Int64(), l.VATBasisPoints)
			sums[l.VATBasisPoints] += left.Num().Int64()
		}
		if gross.Cmp(big.NewRat(totals.Gross.Minor, 1)) != 0 || due.Cmp(big.NewRat(totals.Due.Minor, 1)) != 0 || totals.Gross.Minor-totals.Reduced.Minor != totals.Due.Minor {
			t.Fatalf("seed %d: %+v, want gross %s, due %s", seed, totals, gross, due)
		}
		for _, v := range totals.VAT {
			if v.Tax.Minor != taxes[v.BasisPoints] || v.Gross.Minor != sums[v.BasisPoints] || v.Net.Minor+v.Tax.Minor != v.Gross.Minor {
				t.Fatalf("seed %d: tax at %d: %+v, want %d of %d", seed, v.BasisPoints, v, taxes[v.BasisPoints], sums[v.BasisPoints])
			}
		}
		comesBack(t, seed, r, showroom.Sale{ID: "s", Lines: lines, Totals: totals})
	}
}

// comesBack has all pieces of a sale come back bit by bit.
func comesBack(t *testing.T, seed uint64, r *rand.Rand, sale showroom.Sale) {
	t.Helper()
	var before []showroom.Return
	var amount int64
	taxes := map[int]int64{}
	for range 1000 {
		pieces := map[showroom.LineID]int{}
		for id, left := range sale.Unreturned(before) {
			if n := r.IntN(left + 1); n > 0 {
				pieces[id] = n
			}
		}
		if len(pieces) == 0 {
			left := 0
			for _, n := range sale.Unreturned(before) {
				left += n
			}
			if left == 0 {
				break
			}
			continue
		}
		lines, vat, sum, err := sale.Refund(before, pieces)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		before = append(before, showroom.Return{Lines: lines})
		amount += sum.Minor
		for _, v := range vat {
			taxes[v.BasisPoints] += v.Tax.Minor
		}
	}
	if amount != sale.Totals.Due.Minor {
		t.Fatalf("seed %d: %d came back of %d", seed, amount, sale.Totals.Due.Minor)
	}
	for _, v := range sale.Totals.VAT {
		if taxes[v.BasisPoints] != v.Tax.Minor {
			t.Fatalf("seed %d: tax at %d: %d came back of %d", seed, v.BasisPoints, taxes[v.BasisPoints], v.Tax.Minor)
		}
	}
}
