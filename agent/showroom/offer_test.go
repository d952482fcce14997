package showroom_test

import (
	"testing"
	"time"

	. "showroom/agent/showroom"
)

func TestOffersThatCanNotBeMeant(t *testing.T) {
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	good := []Offer{
		{Kind: OfferPercentage, BasisPoints: 10_000},
		{Kind: OfferPercentage, BasisPoints: 1, Basket: true, Least: lira(100), From: day, To: day.Add(1)},
		{Kind: OfferAmount, Amount: lira(1)},
		{Kind: OfferNForM, N: 3, M: 2},
		{Kind: OfferNForM, N: 2},
		{Kind: OfferSetPrice, N: 1, Amount: Money{Currency: "TRY"}},
	}
	for _, o := range good {
		if err := o.Check(); err == nil {
			t.Errorf("%+v has no name", o)
		}
		o.Name = Text{"en": "an offer"}
		if err := o.Check(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for name, o := range map[string]Offer{
		"of no kind":                {},
		"of a kind of tomorrow":     {Kind: "lottery"},
		"no percentage":             {Kind: OfferPercentage},
		"more than everything":      {Kind: OfferPercentage, BasisPoints: 10_001},
		"no amount":                 {Kind: OfferAmount, Amount: Money{Currency: "TRY"}},
		"less than nothing":         {Kind: OfferAmount, Amount: lira(-1)},
		"a lorry of money":          {Kind: OfferAmount, Amount: lira(MostPrice + 1)},
		"no currency":               {Kind: OfferAmount, Amount: Money{Minor: 5}},
		"a word for a currency":     {Kind: OfferAmount, Amount: Money{Minor: 5, Currency: "lira"}},
		"three for three":           {Kind: OfferNForM, N: 3, M: 3},
		"one for none":              {Kind: OfferNForM, N: 1},
		"three for two of a basket": {Kind: OfferNForM, N: 3, M: 2, Basket: true},
		"a price for no piece":      {Kind: OfferSetPrice, Amount: lira(1)},
		"a price without currency":  {Kind: OfferSetPrice, N: 2},
		"least without a basket":    {Kind: OfferPercentage, BasisPoints: 1, Least: lira(1)},
		"backwards":                 {Kind: OfferPercentage, BasisPoints: 1, From: day, To: day},
	} {
		o.Name = Text{"en": "an offer"}
		if err := o.Check(); err == nil {
			t.Errorf("%s: nothing wrong with it", name)
		}
	}
}
