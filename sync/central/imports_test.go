package central_test

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/sync/profileapi"
)

func TestImportListsAllFaultsAndImportsNothing(t *testing.T) {
	s := start(t, config(t.TempDir()))
	in := catalogue(t, 2)
	in.Items[0].GTIN = "09521000000002"
	in.Items = append(in.Items, in.Items[1])
	in.Prices[1].Periods[0].Minor = -1
	in.Stock[1].GTIN = gtin(t, 7)
	in.Products = append(in.Products, profileapi.Product{ID: "p2"}, profileapi.Product{ID: "p3", Name: map[string]string{"tr": "", "en": ""}})
	_, err := s.client(operatorToken).Import(t.Context(), in)
	p, ok := profileapi.AsProblem(err)
	if !ok || p.Status != http.StatusBadRequest {
		t.Fatalf("Import: %v", err)
	}
	all := strings.Join(p.Faults, "\n")
	for _, want := range []string{
		"item 09521000000002: not a GTIN", "item " + gtin(t, 1) + ": stands twice", "price " + gtin(t, 0) + ": there is no such item",
		"price " + gtin(t, 1) + ": an amount is negative", "stock " + gtin(t, 7) + ": there is no such item", "product p2: has no name", "product p3: has no name",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the faults lack %q:\n%s", want, all)
		}
	}
	if got, _ := follow(t, s.client("token-1"), "s1", ""); got != nil {
		t.Errorf("imported all the same: %v", got)
	}
}

// A shop could not sell it: no basket takes the price, and no journal a sale with such a name in it.
func TestWhatNoShopCouldSellIsNotImported(t *testing.T) {
	s := start(t, config(t.TempDir()))
	long := strings.Repeat("ş", 501)
	in := catalogue(t, 3)
	in.Prices[0].Periods[0].Minor = showroom.MostPrice + 1
	in.Prices[1].Periods[0].LowestPrior = math.MaxInt64
	in.Products[0].Name["tr"] = long
	in.Items[0].Size, in.Items[1].SKU, in.Items[2].Colour = long, long, map[string]string{"tr": long}
	in.Offers = []profileapi.Offer{{ID: "o1", Name: map[string]string{"tr": long}, Kind: "percentage", BasisPoints: 1000}}
	_, err := s.client(operatorToken).Import(t.Context(), in)
	p, ok := profileapi.AsProblem(err)
	if !ok || len(p.Faults) != 7 {
		t.Fatalf("Import: %+v", err)
	}
	all := strings.Join(p.Faults, "\n")
	for _, want := range []string{
		"product " + in.Products[0].ID + ": its name has", "item " + gtin(t, 0) + ": its size has", "item " + gtin(t, 1) + ": its SKU has",
		"item " + gtin(t, 2) + ": its colour has", "price " + gtin(t, 0) + ": 1000000000001 is more", "price " + gtin(t, 1) + ": 9223372036854775807 is more", "offer o1: its name has",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the faults lack %q:\n%s", want, all)
		}
	}
	in = catalogue(t, 1)
	in.Products[0].Name["tr"], in.Prices[0].Periods[0].Minor = long[:len("ş")*500], showroom.MostPrice
	if _, err := s.client(operatorToken).Import(t.Context(), in); err != nil {
		t.Errorf("500 letters and the highest price: %v", err)
	}
}

// Offers come and go beside the catalogue: a file of items says nothing about them.
func TestOffersAreReplacedOnlyByOffers(t *testing.T) {
	s := start(t, config(t.TempDir()))
	operator, shop := s.client(operatorToken), s.client("token-1")
	in := catalogue(t, 1)
	in.Offers = []profileapi.Offer{
		{ID: "third", Name: map[string]string{"en": "3 for 2"}, Kind: "n_for_m", N: 3, M: 2},
		{ID: "winter", Name: map[string]string{"en": "Winter"}, Kind: "amount", Minor: 100, Currency: "TRY", Basket: true, LeastMinor: 1000, Stores: []string{"s1"}},
	}
	offers := func() (ids []string) {
		page, err := shop.Snapshot(t.Context(), profileapi.BucketOffer, "s1", "", 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Changes {
			ids = append(ids, c.Key)
		}
		return ids
	}
	for _, step := range []struct {
		offers  []profileapi.Offer
		replace bool
		want    []string
	}{
		{in.Offers, true, []string{"third", "winter"}},
		{nil, true, []string{"third", "winter"}},
		{in.Offers[:1], false, []string{"third", "winter"}},
		{in.Offers[1:], true, []string{"winter"}},
		{[]profileapi.Offer{}, true, nil},
	} {
		in.Offers, in.Replace = step.offers, step.replace
		if _, err := operator.Import(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, offers()); diff != "" {
			t.Errorf("after %+v, replacing %v:\n%s", step.offers, step.replace, diff)
		}
	}
	got, _ := follow(t, shop, "s1", "")
	if slices.Contains(got, "offer third") || slices.Contains(got, "offer winter") {
		t.Errorf("offers that have gone are told as if they were there: %v", got)
	}
	in.Offers = []profileapi.Offer{
		{ID: "", Name: map[string]string{"en": "x"}, Kind: "percentage", BasisPoints: 1},
		{ID: "dear", Name: map[string]string{"en": "x"}, Kind: "percentage", BasisPoints: 20000},
		{ID: "odd", Name: map[string]string{"en": "x"}, Kind: "percentage", BasisPoints: 1, Items: []string{"4"}},
		{ID: "odd", Name: map[string]string{"en": "x"}, Kind: "percentage", BasisPoints: 1},
		{ID: "nowhere", Name: map[string]string{"en": "x"}, Kind: "percentage", BasisPoints: 1, Stores: []string{"s1", ""}},
		{ID: "kind", Name: map[string]string{"en": "x"}, Kind: "percent", BasisPoints: 1},
	}
	_, err := operator.Import(t.Context(), in)
	p, _ := profileapi.AsProblem(err)
	if p == nil || len(p.Faults) != 6 || p.Faults[5] != `offer kind: kind "percent" is unknown; write percentage, amount, n_for_m or set_price` {
		t.Errorf("faults of bad offers: %+v", p)
	}
}
