package offer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/agent/offer"
	"showroom/agent/showroom"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func lira(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }

func line(id string, item gs1.GTIN, unit int64, pieces int) showroom.Line {
	return showroom.Line{ID: showroom.LineID(id), GTIN: item, Product: showroom.ProductID("p" + item), Unit: lira(unit), Quantity: pieces, VATBasisPoints: 1000}
}

// off is what came off each line, by the line's id.
func off(lines []showroom.Line) map[string]int64 {
	all := map[string]int64{}
	for _, l := range lines {
		for _, r := range l.Reductions {
			all[string(l.ID)] += r.Amount.Minor
		}
	}
	return all
}

func TestOffers(t *testing.T) {
	basket := []showroom.Line{line("a", "1", 10000, 2), line("b", "2", 5000, 1), line("c", "3", 3333, 3)}
	for name, c := range map[string]struct {
		offers  []showroom.Offer
		coupons []string
		want    map[string]int64
	}{
		"nothing on offer": {nil, nil, map[string]int64{}},
		"a percentage of one product": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferPercentage, BasisPoints: 1500, Products: []showroom.ProductID{"p3"}}},
			nil, map[string]int64{"c": 1500}, // 15 % of 33.33 is 5.00 a piece
		},
		"an amount off each piece, and no more than it costs": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferAmount, Amount: lira(4000)}},
			nil, map[string]int64{"a": 8000, "b": 4000, "c": 9999},
		},
		"three for two, by their prices": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferNForM, N: 3, M: 2}},
			nil, map[string]int64{"a": 4000, "b": 1000, "c": 3333}, // 100+100+50: 50 off; 33.33 three times: one free
		},
		"three for two of too few": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferNForM, N: 3, M: 2, Items: []gs1.GTIN{"1"}}},
			nil, map[string]int64{},
		},
		"two together for less": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferSetPrice, N: 2, Amount: lira(15000), Items: []gs1.GTIN{"1", "2"}}},
			nil, map[string]int64{"a": 5000},
		},
		"two together that are cheaper alone": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferSetPrice, N: 2, Amount: lira(90000)}},
			nil, map[string]int64{},
		},
		"a piece has one offer, the higher": {
			[]showroom.Offer{
				{ID: "o1", Kind: showroom.OfferPercentage, BasisPoints: 5000, Items: []gs1.GTIN{"1"}},
				{ID: "o2", Kind: showroom.OfferAmount, Amount: lira(100), Rank: 1},
			},
			nil, map[string]int64{"a": 200, "b": 100, "c": 300},
		},
		"the basket's offer comes after": {
			[]showroom.Offer{
				{ID: "o1", Kind: showroom.OfferPercentage, BasisPoints: 5000, Items: []gs1.GTIN{"1"}},
				{ID: "o2", Kind: showroom.OfferPercentage, BasisPoints: 1000, Basket: true, Rank: 9, Least: lira(24999)},
			},
			nil, map[string]int64{"a": 10000 + 1000, "b": 500, "c": 1000}, // 24.999 left of 249.99: 25.00 off
		},
		"the basket is too small": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferAmount, Amount: lira(1000), Basket: true, Least: lira(100000)}},
			nil, map[string]int64{},
		},
		"a coupon nobody showed": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferAmount, Amount: lira(1000), Coupon: "İNDİRİM"}},
			[]string{"another"}, map[string]int64{},
		},
		"a coupon in small letters": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferAmount, Amount: lira(1000), Basket: true, Coupon: "İNDİRİM", Items: []gs1.GTIN{"2"}}},
			[]string{"indirim"}, map[string]int64{"b": 1000},
		},
		"not today": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferAmount, Amount: lira(1000), To: noon}, {ID: "p", Kind: showroom.OfferAmount, Amount: lira(1000), From: noon.Add(1)}},
			nil, map[string]int64{},
		},
		"in another currency": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferAmount, Amount: showroom.Money{Minor: 100, Currency: "EUR"}}},
			nil, map[string]int64{},
		},
		"if it comes to so much of another currency": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferPercentage, BasisPoints: 1000, Basket: true, Least: showroom.Money{Minor: 1, Currency: "EUR"}}},
			nil, map[string]int64{},
		},
		"made of nonsense": {
			[]showroom.Offer{{ID: "o", Kind: showroom.OfferNForM}, {ID: "p", Kind: "free"}, {ID: "q", Kind: showroom.OfferSetPrice}, {ID: "r", Kind: showroom.OfferNForM, N: 3, M: 2, Basket: true}},
			nil, map[string]int64{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, off(offer.Apply(basket, c.offers, c.coupons, noon))); diff != "" {
				t.Errorf("off each line (-want +got):\n%s", diff)
			}
		})
	}
}

// The law wants a bag paid for, and what is only wished for is not paid.
func TestWhatNoOfferTouches(t *testing.T) {
	bag, wish := line("bag", "9", 50, 1), line("wish", "1", 10000, 1)
	bag.Fixed, wish.Wish = true, true
	all := []showroom.Offer{{ID: "o", Kind: showroom.OfferPercentage, BasisPoints: 10000}, {ID: "p", Kind: showroom.OfferPercentage, BasisPoints: 10000, Basket: true}}
	if got := off(offer.Apply([]showroom.Line{bag, wish}, all, nil, noon)); len(got) != 0 {
		t.Errorf("%v came off", got)
	}
}

func TestCoupon(t *testing.T) {
	offers := []showroom.Offer{{ID: "o", Coupon: "KIŞ20", To: noon}}
	if !offer.Coupon(offers, "kış20", noon.Add(-time.Hour)) || offer.Coupon(offers, "kış20", noon) || offer.Coupon(offers, "", noon) {
		t.Error("a coupon counts while its offer does")
	}
}

// Whatever is on offer, in whichever order things were scanned: the same comes off, no line falls below nothing, and each reduction names
// its offer.
func TestNoOrderChangesTheTotal(t *testing.T) {
	lines := rapid.Custom(func(t *rapid.T) []showroom.Line {
		all := make([]showroom.Line, rapid.IntRange(1, 9).Draw(t, "lines"))
		for i := range all {
			all[i] = line(fmt.Sprint(i), gs1.GTIN(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "item")), rapid.SampledFrom([]int64{0, 1, 3333, 9999, 25000}).Draw(t, "unit"), rapid.IntRange(1, 4).Draw(t, "pieces"))
			all[i].VATBasisPoints = rapid.SampledFrom([]int{1000, 2000}).Draw(t, "rate")
			all[i].Fixed = rapid.IntRange(0, 5).Draw(t, "fixed") == 0
		}
		return all
	})
	offers := rapid.Custom(func(t *rapid.T) []showroom.Offer {
		all := make([]showroom.Offer, rapid.IntRange(0, 4).Draw(t, "offers"))
		for i := range all {
			all[i] = showroom.Offer{
				ID: showroom.OfferID(fmt.Sprint("o", i)), Kind: rapid.SampledFrom([]showroom.OfferKind{"percentage", "amount", "n_for_m", "set_price"}).Draw(t, "kind"),
				BasisPoints: rapid.IntRange(0, 12000).Draw(t, "basis points"), Amount: lira(rapid.Int64Range(0, 30000).Draw(t, "amount")),
				N: rapid.IntRange(0, 4).Draw(t, "n"), M: rapid.IntRange(0, 4).Draw(t, "m"), Rank: rapid.IntRange(0, 2).Draw(t, "rank"), Basket: rapid.Bool().Draw(t, "basket"),
			}
			if rapid.Bool().Draw(t, "choosy") {
				all[i].Items = []gs1.GTIN{"1", "3"}
			}
		}
		return all
	})
	rapid.Check(t, func(t *rapid.T) {
		scanned, on := lines.Draw(t, "lines"), offers.Draw(t, "offers")
		got := offer.Apply(scanned, on, nil, noon)
		for i, l := range got {
			due, err := l.Due()
			gross, _ := l.Gross()
			if err != nil || due.Minor != gross.Minor-off([]showroom.Line{l})[string(l.ID)] {
				t.Fatalf("line %d: more comes off than there is: %+v", i, l)
			}
			if (l.Fixed && len(l.Reductions) > 0) || scanned[i].Reductions != nil {
				t.Fatalf("line %d: %+v", i, l)
			}
		}
		totals, err := showroom.AddUp("TRY", got)
		if err != nil {
			t.Fatal(err)
		}
		rand.Shuffle(len(scanned), func(i, j int) { scanned[i], scanned[j] = scanned[j], scanned[i] })
		again, err := showroom.AddUp("TRY", offer.Apply(scanned, on, nil, noon))
		if diff := cmp.Diff(totals, again); err != nil || diff != "" {
			t.Fatalf("in another order (-one +other), %v:\n%s", err, diff)
		}
	})
}

// The same garments scanned in another order, some put back and scanned again, some wished for first: the same sum and the same tax.
func TestNoOrderOfScanningChangesTheTotal(t *testing.T) {
	offers := []showroom.Offer{
		{ID: "o1", Kind: showroom.OfferNForM, N: 3, M: 2, Items: []gs1.GTIN{"1", "2"}},
		{ID: "o2", Kind: showroom.OfferPercentage, BasisPoints: 1750, Items: []gs1.GTIN{"3"}},
		{ID: "o3", Kind: showroom.OfferAmount, Amount: lira(1111), Basket: true, Least: lira(9000)},
	}
	rapid.Check(t, func(t *rapid.T) {
		scans := make([]showroom.Line, rapid.IntRange(1, 12).Draw(t, "scans"))
		for i := range scans {
			item := rapid.IntRange(1, 4).Draw(t, "item")
			scans[i] = line(fmt.Sprint(i), gs1.GTIN(fmt.Sprint(item)), int64(1999+1000*item), 1)
			if rapid.Bool().Draw(t, "tagged") {
				var err error
				if scans[i].EPC, err = gs1.ParseEPC(fmt.Sprintf("30%022X", i)); err != nil {
					t.Fatal(err)
				}
			}
		}
		other := rapid.Permutation(scans).Draw(t, "another order")
		one := fill(t, scans, func(int) bool { return false })
		two := fill(t, other, func(i int) bool { return rapid.Bool().Draw(t, "hesitates") })
		a, err := showroom.AddUp("TRY", offer.Apply(one.Payable(), offers, nil, noon))
		if err != nil {
			t.Fatal(err)
		}
		b, err := showroom.AddUp("TRY", offer.Apply(two.Payable(), offers, nil, noon))
		if diff := cmp.Diff(a, b); diff != "" || err != nil {
			t.Fatalf("%v (-one order +another):\n%s", err, diff)
		}
	})
}

// fill scans lines into a basket. Who hesitates wishes for a garment first, and puts it back once.
func fill(t *rapid.T, scans []showroom.Line, hesitates func(int) bool) showroom.Basket {
	b := showroom.Basket{State: showroom.BasketOpen, Currency: "TRY"}
	do := func(next showroom.Basket, err error) {
		if err != nil {
			t.Fatal(err)
		}
		b = next
	}
	for i, l := range scans {
		l.ID = showroom.LineID(fmt.Sprint("scan ", i))
		if hesitates(i) {
			wish := l
			wish.ID, wish.Wish, wish.EPC = showroom.LineID(fmt.Sprint("wish ", i)), true, gs1.EPC{}
			do(b.Add(wish, showroom.Moment{}))
			do(b.Add(l, showroom.Moment{}))
			last := slices.IndexFunc(b.Lines, func(o showroom.Line) bool { return !o.Wish && o.GTIN == l.GTIN && o.EPC == l.EPC })
			do(b.SetQuantity(b.Lines[last].ID, b.Lines[last].Quantity-1, showroom.Moment{}))
			l.ID += " again"
		}
		do(b.Add(l, showroom.Moment{}))
	}
	return b
}
