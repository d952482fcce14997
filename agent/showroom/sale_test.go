package showroom_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "showroom/agent/showroom"
)

// lines are lines of a basket with offers on some of them.
func lines() *rapid.Generator[[]Line] {
	return rapid.Custom(func(t *rapid.T) []Line {
		all := make([]Line, rapid.IntRange(1, 12).Draw(t, "lines"))
		for i := range all {
			l := Line{
				ID: LineID(fmt.Sprint(i)), Quantity: rapid.IntRange(1, 7).Draw(t, "quantity"),
				Unit:           Money{Minor: rapid.Int64Range(0, 500_000).Draw(t, "unit"), Currency: "TRY"},
				VATBasisPoints: rapid.SampledFrom([]int{2000, 1000, 100, 0}).Draw(t, "rate"),
			}
			left := l.Unit.Minor * int64(l.Quantity)
			for range rapid.IntRange(0, 2).Draw(t, "offers") {
				off := rapid.Int64Range(0, left).Draw(t, "off")
				left -= off
				l.Reductions = append(l.Reductions, Reduction{Offer: "o", Amount: Money{Minor: off, Currency: "TRY"}})
			}
			all[i] = l
		}
		return all
	})
}

// The totals against an independent calculation in fractions.
func TestTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := lines().Draw(t, "lines")
		got, err := AddUp("TRY", all)
		if err != nil {
			t.Fatal(err)
		}
		var gross, due, tax, pieces int64
		for _, l := range all {
			g := l.Unit.Minor * int64(l.Quantity)
			d := g
			for _, r := range l.Reductions {
				d -= r.Amount.Minor
			}
			exact := big.NewRat(d*int64(l.VATBasisPoints), int64(10_000+l.VATBasisPoints))
			half := new(big.Rat).Add(exact, big.NewRat(1, 2))
			gross, due, pieces = gross+g, due+d, pieces+int64(l.Quantity)
			tax += new(big.Int).Div(half.Num(), half.Denom()).Int64()
		}
		if got.Gross.Minor != gross || got.Due.Minor != due || got.Tax.Minor != tax || got.Reduced.Minor != gross-due || int64(got.Pieces) != pieces {
			t.Fatalf("%+v, want gross %d, due %d, tax %d", got, gross, due, tax)
		}
		var of, net, taxes int64
		for i, v := range got.VAT {
			of, net, taxes = of+v.Gross.Minor, net+v.Net.Minor, taxes+v.Tax.Minor
			if i > 0 && v.BasisPoints >= got.VAT[i-1].BasisPoints {
				t.Fatalf("the rates are out of order: %+v", got.VAT)
			}
		}
		if of != due || taxes != tax || net+taxes != due {
			t.Fatalf("the rates come to %d, %d and %d", of, net, taxes)
		}
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if again, err := AddUp("TRY", all); err != nil || !cmp.Equal(got, again) {
			t.Fatalf("in another order (-one +other), %v:\n%s", err, cmp.Diff(got, again))
		}
	})
}

// However the pieces of a sale come back, one by one or all at once, exactly what was paid goes back, and its tax.
func TestRefundsMirrorTheSale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := lines().Draw(t, "lines")
		totals, err := AddUp("TRY", all)
		if err != nil {
			t.Fatal(err)
		}
		sale := Sale{Lines: all, Totals: totals}
		var before []Return
		var back, tax int64
		for {
			left := sale.Unreturned(before)
			pieces := map[LineID]int{}
			for id, n := range left {
				if n > 0 {
					pieces[id] = rapid.IntRange(0, n).Draw(t, "pieces")
				}
			}
			most := 0
			for _, n := range left {
				most += n
			}
			if most == 0 {
				break
			}
			named, vat, amount, err := sale.Refund(before, pieces)
			if ErrorCode(err) == CodeInvalid { // nothing was named
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			back += amount.Minor
			for _, l := range named {
				if l.Amount.Minor < 0 {
					t.Fatalf("%+v is taken and not given back", l)
				}
			}
			for _, v := range vat {
				tax += v.Tax.Minor
			}
			before = append(before, Return{Lines: named, Amount: amount, VAT: vat})
		}
		if back != totals.Due.Minor || tax != totals.Tax.Minor {
			t.Fatalf("%d with a tax of %d went back, want %d and %d", back, tax, totals.Due.Minor, totals.Tax.Minor)
		}
		if _, _, _, err := sale.Refund(before, map[LineID]int{"0": 1}); ErrorCode(err) != CodeConflict {
			t.Fatalf("one piece more came back: %v", err)
		}
		if _, _, _, err := sale.Refund(nil, map[LineID]int{"0": 1, "of another sale": 1}); ErrorCode(err) != CodeNotFound {
			t.Fatalf("a line of another sale came back: %v", err)
		}
	})
}
