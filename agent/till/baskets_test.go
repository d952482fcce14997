package till_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
)

func TestABasketIsOneTillsOnly(t *testing.T) {
	s := open(t)
	b := s.parks("AB12")
	var all sync.WaitGroup
	codes := make([]showroom.Code, 8)
	for i := range codes {
		all.Go(func() {
			_, err := s.Claim(t.Context(), showroom.TillID([]string{"k1", "k2"}[i%2]), "AB12")
			codes[i] = showroom.ErrorCode(err)
		})
	}
	all.Wait()
	taken := s.basket(b.ID)
	for i, code := range codes {
		mine := taken.Till == showroom.TillID([]string{"k1", "k2"}[i%2])
		if mine && code != "" || !mine && code != showroom.CodeTaken {
			t.Errorf("claim %d answers %q, the basket is at %s", i, code, taken.Till)
		}
	}
	if said := s.said(); len(said) != 1 || said[0] != showroom.KindBasketClaimed {
		t.Errorf("said %v", said)
	}
	other := showroom.TillID("k1")
	if taken.Till == other {
		other = "k2"
	}
	if err := s.GiveBack(t.Context(), other, b.ID); showroom.ErrorCode(err) != showroom.CodeConflict {
		t.Errorf("another till gives it back: %v", err)
	}
	if err := s.GiveBack(t.Context(), taken.Till, b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claim(t.Context(), other, "AB12"); err != nil {
		t.Errorf("what was given back can not be had: %v", err)
	}
}

func TestWhatIsOfferedAddsUp(t *testing.T) {
	s := open(t)
	b := s.parks("AB12")
	got, err := s.Claim(t.Context(), "k1", "AB12")
	if err != nil {
		t.Fatal(err)
	}
	want := till.Offered{
		Basket: b.ID, Number: 7, Currency: "TRY", Until: 600,
		Lines: []till.EventLine{
			{Line: 1, GTIN: trousers, Quantity: 1, Unit: "C62", Name: "Pantolon", UnitPrice: 99_990, VATRate: 1000, VAT: 9090},
			{Line: 2, GTIN: trousers, Quantity: 1, Unit: "C62", Name: "Pantolon", UnitPrice: 99_990, VATRate: 1000, VAT: 9090},
			{Line: 3, GTIN: shirt, Quantity: 3, Unit: "C62", Name: "Gömlek", UnitPrice: 3333, Discount: 99, VATRate: 1000, VAT: 900},
		},
		Totals: till.EventTotals{Gross: 209_979, Discount: 99, Due: 209_880, VAT: 19_080},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// A till may say exactly this back.
	e := event(1, got)
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := till.ParseEvent(body); err != nil {
		t.Error(err)
	}
}

func TestRefusedClaims(t *testing.T) {
	s := open(t)
	b := s.parks("AB12")
	for name, c := range map[string]struct {
		till showroom.TillID
		code string
		want showroom.Code
	}{
		"a till that is unknown": {"k9", "AB12", showroom.CodeNotFound},
		"a code that is unknown": {"k1", "ZZ99", showroom.CodeNotFound},
		"no code":                {"k1", "", showroom.CodeNotFound},
	} {
		if _, err := s.Claim(t.Context(), c.till, c.code); showroom.ErrorCode(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	back, err := b.Resume("sco1", s.clock())
	if err != nil {
		t.Fatal(err)
	}
	s.update(func(tx *store.Tx) error { return tx.PutBasket(back) })
	if _, err := s.Claim(t.Context(), "k1", "AB12"); showroom.ErrorCode(err) != showroom.CodeNotFound {
		t.Errorf("a basket that is open at a kiosk: %v", err)
	}
}

// A basket that a device says to have been paid for, against the word of staff, is nobody's until they have seen that.
func TestABasketThatWasPaidAfterAllIsNotClaimed(t *testing.T) {
	s := open(t)
	b := s.parks("AB12")
	paid := showroom.Settlement{
		ID: "p1", Kind: showroom.Payment, Device: "pt1", Basket: b.ID, State: showroom.SettlementDeclined, By: "ayse",
		Later: showroom.Result{Outcome: showroom.Approved}, Started: s.clock(), Changed: s.clock(),
	}
	s.update(func(tx *store.Tx) error { return tx.PutSettlement(paid) })
	if _, err := s.Claim(t.Context(), "k1", "AB12"); showroom.ErrorCode(err) != showroom.CodeConflict {
		t.Errorf("it is to be paid again: %v", err)
	}
	paid.Seen = true
	s.update(func(tx *store.Tx) error { return tx.PutSettlement(paid) })
	if _, err := s.Claim(t.Context(), "k1", "AB12"); err != nil {
		t.Errorf("staff have seen to it: %v", err)
	}
}

// until waits for something that is looked for again and again: not all of it is a change of the store, or comes before one.
func (s *shop) until(what string, done func() bool) {
	s.t.Helper()
	late, again := time.After(time.Minute), time.NewTicker(5*time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-late:
			s.t.Fatalf("%s: not yet", what)
		}
	}
}

func TestTillsAskOverMQTT(t *testing.T) {
	s := open(t)
	b := s.parks("AB12")
	for _, c := range []struct {
		name, topic, ask, to, told string
	}{
		{"a basket", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":"r1","code":"AB12"}`, "showroom/v1/ist-01/pos/k1/basket/answer", ""},
		{"another's basket", "showroom/v1/ist-01/pos/k2/basket/ask", `{"request":"r2","code":"AB12"}`, "showroom/v1/ist-01/pos/k2/basket/answer",
			`{"request":"r2","error":{"code":"taken","message":"This basket is at the till."}}`},
		{"give it back", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":"r3","basket":"` + string(b.ID) + `"}`, "showroom/v1/ist-01/pos/k1/basket/answer", `{"request":"r3"}`},
		{"both", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":"r4","basket":"b","code":"c"}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"r4","error":{"code":"invalid","message":"Ask with a request id and either a code or a basket."}}`},
		{"neither", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":"r5"}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"r5","error":{"code":"invalid","message":"Ask with a request id and either a code or a basket."}}`},
		{"no request", "showroom/v1/ist-01/pos/k1/basket/ask", `{"code":"AB12"}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"","error":{"code":"invalid","message":"request is missing"}}`},
		{"misspelt", "showroom/v1/ist-01/pos/k1/basket/ask", `{"cod":"AB12","request":"r6"}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"r6","error":{"code":"invalid","message":"\"cod\" is none of the names, all of which are in small letters"}}`},
		{"no text", "showroom/v1/ist-01/pos/k1/basket/ask", `{"code":12,"request":"r7"}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"r7","error":{"code":"invalid","message":"code is not a text"}}`},
		{"twice", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":"r8","request":"r9","code":"AB12"}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"r8","error":{"code":"invalid","message":"request is there twice"}}`},
		{"cut off", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":"r10","code":"AB`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"r10","error":{"code":"invalid","message":"not JSON from byte 28 on"}}`},
		{"no UTF-8", "showroom/v1/ist-01/pos/k1/basket/ask", "{\"request\":\"r11\",\"code\":\"\xff\"}", "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"r11","error":{"code":"invalid","message":"it is not UTF-8"}}`},
		{"as long as may be", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":"` + strings.Repeat("ş", 200) + `","code":"ZZ99"}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"` + strings.Repeat("ş", 200) + `","error":{"code":"not_found","message":"This basket does not exist, or not any more."}}`},
		{"too long", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":"` + strings.Repeat("ş", 201) + `","code":"AB12"}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"","error":{"code":"invalid","message":"The request id has more than 200 letters."}}`},
		{"nonsense", "showroom/v1/ist-01/pos/k1/basket/ask", `{"request":1}`, "showroom/v1/ist-01/pos/k1/basket/answer",
			`{"request":"","error":{"code":"invalid","message":"request is not a text"}}`},
		{"a stranger", "showroom/v1/ist-01/pos/k9/basket/ask", `{"request":"r1","code":"AB12"}`, "", ""},
	} {
		to, told, err := s.Answer(t.Context(), c.topic, []byte(c.ask))
		if err != nil {
			t.Fatal(err)
		}
		if to != c.to || c.told != "" && string(told) != c.told {
			t.Errorf("%s: told %s at %q", c.name, told, to)
		}
		if c.name == "a basket" {
			var answer till.Answer
			if err := json.Unmarshal(told, &answer); err != nil || answer.Basket == nil || answer.Basket.Basket != b.ID {
				t.Errorf("told %s", told)
			}
		}
	}
}
