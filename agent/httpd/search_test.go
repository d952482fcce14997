package httpd_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestSearchAsPeopleType(t *testing.T) {
	s := open(t)
	s.update(func(tx *store.Tx) error {
		reduced := showroom.Price{Amount: showroom.Money{Minor: 9990, Currency: "TRY"}, LowestPrior: showroom.Money{Minor: 12990, Currency: "TRY"}}
		return tx.PutPrices(big, []showroom.Price{reduced}, 2)
	})
	price, was := localapi.Money{Minor: 129990, Currency: "TRY"}, localapi.Money{Minor: 12990, Currency: "TRY"}
	now := localapi.Money{Minor: 9990, Currency: "TRY"}
	small := localapi.BasketLine{GTIN: string(tee), Name: "Işıltılı İpek Gömlek", Size: "S", Colour: "Kırmızı", Quantity: 1, Unit: price, Gross: price, Due: price}
	medium := localapi.BasketLine{GTIN: string(big), Name: "Işıltılı İpek Gömlek", Size: "M", Colour: "Kırmızı", Quantity: 1, Unit: now, Was: &was, Gross: now, Due: now}
	for query, want := range map[string][]localapi.BasketLine{
		"isil":           {small, medium},
		"KIRMIZI m":      {medium},
		string(tee):      {small},
		"pantolon":       {},
		"":               {},
		"'\"*(- OR \x00": {},
	} {
		var found localapi.Found
		if p := s.get("/v1/kiosks/door/search?q="+url.QueryEscape(query), &found); p != nil {
			t.Errorf("%q: %v", query, p)
		}
		if diff := cmp.Diff(localapi.Found{Query: query, Items: want}, found); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
	s.hang(tee, 1)
	if p := s.post("/v1/kiosks/fr2/language", localapi.LanguageCommand{ID: "l1", Language: "en"}, nil); p != nil {
		t.Fatal(p)
	}
	var found localapi.Found
	if p := s.get("/v1/kiosks/fr2/search?q=silk", &found); p != nil || len(found.Items) != 2 || found.Items[0].Colour != "Red" {
		t.Errorf("in English: %+v %v", found, p)
	}
	if p := s.get("/v1/kiosks/nowhere/search?q=silk", nil); p == nil || p.Code != "not_found" {
		t.Errorf("at a kiosk that is not there: %v", p)
	}
	if p := s.get("/v1/kiosks/door/search?q="+strings.Repeat("x", 201), nil); p == nil || p.Code != "invalid" {
		t.Errorf("more than a search field holds: %v", p)
	}
}

func TestSearchSaysWhatCanNotBeHad(t *testing.T) {
	c := openCheckout(t)
	notice := func() string {
		t.Helper()
		var found localapi.Found
		r, err := http.Get(c.url + "/v1/kiosks/sco1/search?q=" + string(tee))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if err := json.NewDecoder(r.Body).Decode(&found); err != nil || len(found.Items) != 1 {
			t.Fatalf("%+v %v", found, err)
		}
		return found.Items[0].Notice
	}
	price := func(currency showroom.Currency, version int64) {
		c.shop.update(func(tx *store.Tx) error {
			return tx.PutPrices(tee, []showroom.Price{{GTIN: tee, Amount: showroom.Money{Minor: 9990, Currency: currency}}}, version)
		})
	}
	stock := func(pieces int, version int64) {
		c.shop.update(func(tx *store.Tx) error {
			return tx.PutStock(showroom.Stock{GTIN: tee, Quantity: pieces}, version)
		})
	}
	price("TRY", 90)
	stock(0, 91)
	if got := notice(); got != localapi.NoticeNoStock {
		t.Errorf("none in the books: %q", got)
	}
	stock(1, 92)
	if got := notice(); got != "" {
		t.Errorf("one in the books: %q", got)
	}
	price("EUR", 93)
	if got := notice(); got != localapi.NoticeNoPrice {
		t.Errorf("priced in other money: %q", got)
	}
}
