package till_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/agent/till"
	"showroom/devices"
)

func TestEventsAreTakenOnceAndGapsAreTold(t *testing.T) {
	s := open(t)
	first := plain(5) // a till may have counted before it was heard
	s.takes("k1", first)
	s.takes("k1", plain(6))
	s.takes("k1", first)     // the broker brings it again
	s.takes("k2", plain(1))  // another till counts for itself
	s.takes("k1", plain(10)) // 7, 8 and 9 never came
	s.takes("k1", plain(8))  // late, and no gap
	want := []showroom.Kind{showroom.KindTillReported, showroom.KindTillReported, showroom.KindTillReported, showroom.KindTillGap, showroom.KindTillReported, showroom.KindTillReported}
	if diff := cmp.Diff(want, s.said()); diff != "" {
		t.Error(diff)
	}
	if c := s.Counters(); c.Taken != 5 || c.Duplicates != 1 || c.Dead != 0 {
		t.Errorf("counted %+v", c)
	}
	rows, err := s.db.Since(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Kind == showroom.KindTillGap && !strings.Contains(string(r.Body), `"from":7,"to":9`) {
			t.Errorf("the gap is %s", r.Body)
		}
	}
}

// Another event under the same number is a fault of the till, but no less an event.
func TestANumberThatIsGivenTwiceLosesNothing(t *testing.T) {
	s := open(t)
	for _, seq := range []int64{7, 8, 8, 9} {
		s.takes("k1", plain(seq))
	}
	reported := slices.Repeat([]showroom.Kind{showroom.KindTillReported}, 4)
	if diff := cmp.Diff(reported, s.said()); diff != "" {
		t.Error(diff)
	}
	if c := s.Counters(); c.Taken != 4 || c.Twice != 1 || c.Duplicates != 0 || c.Dead != 0 {
		t.Errorf("counted %+v", c)
	}
	if told := s.log.String(); strings.Count(told, "WARN") != 1 || !strings.Contains(told, "number twice") || !strings.Contains(told, "till=k1 seq=8") {
		t.Errorf("the log tells %s", told)
	}
}

// Whatever order events come in and however often: each is in the journal once.
func TestEveryEventCountsOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t)
		events := make([]till.Event, rapid.IntRange(1, 6).Draw(r, "events"))
		for i := range events {
			events[i] = plain(int64(i + 1))
		}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(events)-1), 0, 10).Draw(r, "early") {
			s.takes("k1", events[i])
		}
		for _, i := range rapid.Permutation(events).Draw(r, "order") {
			s.takes("k1", i)
		}
		n := 0
		for _, k := range s.said() {
			if k == showroom.KindTillReported {
				n++
			}
		}
		if n != len(events) {
			r.Fatalf("%d of %d events are in the journal", n, len(events))
		}
	})
}

func TestWhatNobodyUnderstandsIsKept(t *testing.T) {
	const good = `{"event_id":"0193517e-7c3e-7000-8000-000000000001","type":"sale.completed","seq":1,"business_day":"2026-11-22","occurred_at":"2026-11-22T14:05:00Z","ticket_no":"1","currency":"TRY",` +
		`"lines":[{"line":1,"gtin":"8690000000012","qty":1,"unit_price_minor":100,"discount_minor":0,"vat_rate_bp":1000,"vat_minor":9}],` +
		`"tenders":[{"kind":"cash","amount_minor":100}],"totals":{"gross_minor":100,"discount_minor":0,"due_minor":100,"vat_minor":9}}`
	if _, err := till.ParseEvent([]byte(good)); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	for name, c := range map[string]struct{ old, new, why string }{
		"fraction":        {`"amount_minor":100`, `"amount_minor":100.0`, "tenders[0].amount_minor"},
		"exponent":        {`"unit_price_minor":100`, `"unit_price_minor":1e2`, "whole number"},
		"text":            {`"due_minor":100`, `"due_minor":"100"`, "totals.due_minor"},
		"misspelt":        {`"vat_minor":9}]`, `"vatminor":9}]`, "vatminor"},
		"missing":         {`"discount_minor":0,"vat_rate_bp"`, `"vat_rate_bp"`, "lines[0].discount_minor is missing"},
		"null":            {`"qty":1`, `"qty":null`, "lines[0].qty is missing"},
		"twice":           {`"seq":1`, `"seq":2,"seq":1`, "twice"},
		"other letters":   {`"seq":1`, `"Seq":1`, "small letters"},
		"check digit":     {"8690000000012", "8690000000015", "GTIN"},
		"no id":           {"0193517e-7c3e-7000-8000-000000000001", "17", "event_id"},
		"no such day":     {`"2026-11-22",`, `"2026-11-31",`, "business_day"},
		"no such type":    {"sale.completed", "sale.finished", "type"},
		"seq":             {`"seq":1`, `"seq":0`, "seq"},
		"tenders":         {`"amount_minor":100`, `"amount_minor":99`, "tenders come to 99 where 100 is due"},
		"totals":          {`"due_minor":100`, `"due_minor":90`, "totals"},
		"negative":        {`"unit_price_minor":100`, `"unit_price_minor":-100`, "unit_price_minor"},
		"larger than due": {`"discount_minor":0,"vat_rate_bp"`, `"discount_minor":101,"vat_rate_bp"`, "discount_minor"},
		"runs over":       {`"unit_price_minor":100`, `"unit_price_minor":9223372036854775807`, "unit_price_minor"},
		"too many":        {`"qty":1`, `"qty":100000000`, "qty"},
		"currency":        {`"TRY"`, `"try"`, "currency"},
		"more behind":     {`"vat_minor":9}}`, `"vat_minor":9}}{}`, "behind"},
		"cut off":         {`"vat_minor":9}}`, `"vat_minor":9`, "JSON"},
		"control letters": {`"ticket_no":"1"`, `"ticket_no":"\u0007"`, "ticket_no"},
		"too large":       {`"ticket_no":"1"`, `"ticket_no":"` + strings.Repeat("1", till.MaxEvent) + `"`, "bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatal("the fault is not made")
			}
			s := open(t)
			bad := strings.Replace(good, c.old, c.new, 1)
			if err := s.Take(t.Context(), devices.Message{Topic: "showroom/v1/ist-01/pos/k1/event", Payload: []byte(bad)}); err != nil {
				t.Fatalf("it would come again for ever: %v", err)
			}
			dead := s.dead()
			if len(dead) != 1 || dead[0].Till != "k1" || !strings.Contains(dead[0].Reason, c.why) {
				t.Errorf("kept %+v, want a reason with %q", dead, c.why)
			}
			if len(s.said()) != 0 || s.Counters().Dead != 1 {
				t.Errorf("said %v, counted %+v", s.said(), s.Counters())
			}
		})
	}
}

func TestAStrangersEventIsKeptApart(t *testing.T) {
	s := open(t)
	for _, topic := range []string{"showroom/v1/ist-01/pos/k9/event", "showroom/v1/other/pos/k1/event", "showroom/v1/ist-01/pos/k1/x/event", "event", ""} {
		if err := s.Take(t.Context(), devices.Message{Topic: topic, Payload: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
	}
	if dead := s.dead(); len(dead) != 5 || dead[0].Till != "" {
		t.Errorf("kept %+v", dead)
	}
}

func TestNoCardNumberIsKept(t *testing.T) {
	const card, grouped = "4111111111111111", "4111 1111 1111 1111"
	s := open(t)
	e := event(1, till.Offered{Currency: "TRY", Lines: []till.EventLine{{Line: 1, GTIN: trousers, Name: "gift for " + card, Quantity: 1, UnitPrice: 100}},
		Totals: till.EventTotals{Gross: 100, Due: 100}})
	e.Tenders[0].Ref, e.Customer, e.Reason, e.Ticket = card, grouped, grouped, card
	s.takes("k1", e)
	if err := s.Take(t.Context(), devices.Message{Topic: "showroom/v1/ist-01/pos/k1/event", Payload: []byte(`{"ref":"` + card + `","gtin":"08690000000012"`)}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.db.Since(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || pan.Found(string(rows[0].Body)) || !strings.Contains(string(rows[0].Body), string(trousers)) {
		t.Errorf("journal: %v", rows)
	}
	dead := s.dead()
	if len(dead) != 1 || strings.Contains(string(dead[0].Body), card) || !strings.Contains(string(dead[0].Body), "08690000000012") {
		t.Errorf("dead letter: %s", dead[0].Body)
	}
}

func TestASaleAtATillEndsItsBasket(t *testing.T) {
	s := open(t)
	b := s.parks("AB12")
	offered, err := s.Claim(t.Context(), "k1", "AB12")
	if err != nil {
		t.Fatal(err)
	}
	sold := event(1, offered)
	s.takes("k1", sold)
	s.takes("k1", sold) // and again
	if now := s.basket(b.ID); now.State != showroom.BasketPaid {
		t.Errorf("the basket is %s", now.State)
	}
	var sale showroom.Sale
	var waiting []store.Release
	s.view(func(v *store.View) (err error) {
		var found bool
		if sale, found, err = v.SaleOf(b.ID); err != nil || !found {
			return fmt.Errorf("no sale: %w", err)
		}
		waiting, err = v.PendingReleases()
		return err
	})
	if sale.Till != "k1" || sale.Totals.Due != try(offered.Totals.Due) || len(sale.Lines) != 3 || sale.Tenders[0].Kind != showroom.TenderCash {
		t.Errorf("the sale is %+v", sale)
	}
	if !slices.Equal(s.sold, []gs1.EPC{tag(1), tag(2)}) || len(waiting) != 2 {
		t.Errorf("sold are %v, to be released %v", s.sold, waiting)
	}
	want := []showroom.Kind{showroom.KindBasketClaimed, showroom.KindTillReported, showroom.KindSaleCompleted}
	if diff := cmp.Diff(want, s.said()); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyWhatATillSoldIsLetGoOf(t *testing.T) {
	s := open(t)
	s.parks("AB12")
	offered, err := s.Claim(t.Context(), "k1", "AB12")
	if err != nil {
		t.Fatal(err)
	}
	first := offered.Lines[0] // one of two trousers, and nobody can say which
	offered.Lines = []till.EventLine{first}
	offered.Totals = till.EventTotals{Gross: first.UnitPrice, Due: first.UnitPrice, VAT: first.VAT}
	s.takes("k1", event(1, offered))
	var failed []store.Release
	s.view(func(v *store.View) (err error) {
		failed, err = v.FailedReleases()
		return err
	})
	if len(s.sold) != 0 || len(failed) != 2 {
		t.Errorf("sold are %v, staff see to %v", s.sold, failed)
	}
}

func TestASaleIsNeverLostToItsBasket(t *testing.T) {
	for name, prepare := range map[string]func(s *shop, b showroom.Basket) till.Offered{
		"a basket that is unknown": func(s *shop, b showroom.Basket) till.Offered { return till.Offered{Basket: "nobody's"} },
		"a basket that is over": func(s *shop, b showroom.Basket) till.Offered {
			gone, err := b.Abandon(s.clock())
			if err != nil {
				s.t.Fatal(err)
			}
			s.update(func(tx *store.Tx) error { return tx.PutBasket(gone) })
			return till.Offered{Basket: b.ID}
		},
		"a basket that is being paid elsewhere": func(s *shop, b showroom.Basket) till.Offered {
			back, err := b.Resume("sco2", s.clock())
			if err != nil {
				s.t.Fatal(err)
			}
			if back, err = back.Freeze("s1", s.clock()); err != nil {
				s.t.Fatal(err)
			}
			s.update(func(tx *store.Tx) error { return tx.PutBasket(back) })
			return till.Offered{Basket: b.ID}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			offered := prepare(s, s.parks("AB12"))
			offered.Currency, offered.Lines = "TRY", []till.EventLine{{Line: 1, GTIN: trousers, Quantity: 1, UnitPrice: 100}}
			offered.Totals = till.EventTotals{Gross: 100, Due: 100}
			s.takes("k1", event(1, offered))
			if dead := s.dead(); len(dead) != 1 || !strings.Contains(dead[0].Reason, "taken") {
				t.Errorf("staff are told %+v", dead)
			}
			if !slices.Contains(s.said(), showroom.KindTillReported) {
				t.Errorf("said %v", s.said())
			}
		})
	}
}

// A shop may sell in other money. A basket that was offered in one and is sold in another is paid for, and somebody looks.
func TestASaleInAnotherCurrencyIsTaken(t *testing.T) {
	s := open(t)
	lines := till.Offered{Currency: "EUR", Lines: []till.EventLine{{Line: 1, GTIN: trousers, Quantity: 1, UnitPrice: 2499}}, Totals: till.EventTotals{Gross: 2499, Due: 2499}}
	s.takes("k1", event(1, lines))
	if c, dead := s.Counters(), s.dead(); c.Taken != 1 || c.Foreign != 1 || len(dead) != 0 {
		t.Errorf("counted %+v, staff are told %+v", c, dead)
	}
	if told := s.log.String(); !strings.Contains(told, "level=INFO") || !strings.Contains(told, "till=k1 seq=1 currency=EUR") {
		t.Errorf("the log tells %s", told)
	}
	b := s.parks("AB12")
	offered, err := s.Claim(t.Context(), "k1", "AB12")
	if err != nil {
		t.Fatal(err)
	}
	offered.Currency = "EUR"
	s.takes("k1", event(2, offered))
	if now := s.basket(b.ID); now.State != showroom.BasketPaid {
		t.Errorf("the basket is %s", now.State)
	}
	if dead := s.dead(); len(dead) != 1 || dead[0].Till != "k1" || !strings.Contains(dead[0].Reason, "offered in TRY and is sold in EUR") {
		t.Errorf("staff are told %+v", dead)
	}
	s.view(func(v *store.View) error {
		sale, _, err := v.SaleOf(b.ID)
		if want := (showroom.Money{Minor: offered.Totals.Due, Currency: "EUR"}); err == nil && sale.Totals.Due != want {
			t.Errorf("sold for %+v, want %+v", sale.Totals.Due, want)
		}
		return err
	})
	s.takes("k1", plain(3)) // without an amount
	if c := s.Counters(); c.Taken != 3 || c.Foreign != 2 {
		t.Errorf("counted %+v", c)
	}
}

// A full disk: the till is not acknowledged, nothing is half done, and the event counts when it comes again.
func TestAnEventThatCanNotBeKeptComesAgain(t *testing.T) {
	s := open(t)
	b := s.parks("AB12")
	offered, err := s.Claim(t.Context(), "k1", "AB12")
	if err != nil {
		t.Fatal(err)
	}
	e := event(1, offered)
	s.full = true
	if err := s.take("k1", e); !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("taken: %v", err)
	}
	if now := s.basket(b.ID); now.State != showroom.BasketAtTill || slices.Contains(s.said(), showroom.KindTillReported) {
		t.Errorf("half done: %s, %v", now.State, s.said())
	}
	s.full = false
	s.takes("k1", e)
	if now := s.basket(b.ID); now.State != showroom.BasketPaid {
		t.Errorf("the basket is %s", now.State)
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(`{"event_id":"0193517e-7c3e-7000-8000-000000000001","type":"drawer.opened","seq":1,"business_day":"2026-11-22","occurred_at":"2026-11-22T14:05:00Z"}`))
	f.Add([]byte(`{"lines":[{},{"line":[]}]}`))
	f.Add([]byte(`]`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		e, err := till.ParseEvent(payload)
		if err == nil && (e.Seq < 1 || e.ID == "") {
			t.Errorf("taken: %+v", e)
		}
	})
}
