package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func payment(id showroom.SettlementID, basket showroom.BasketID, at showroom.Moment) showroom.Settlement {
	return showroom.Settlement{
		ID: id, Kind: showroom.Payment, Kiosk: "sco1", Device: "pt1", Basket: basket, Amount: lira(24990), Lines: []showroom.Line{scanned("l1", shirt, 1)},
		State: showroom.SettlementAsked, Started: at, Changed: at,
	}
}

func putSettlement(s showroom.Settlement) func(*store.Tx) error {
	return func(tx *store.Tx) error { return tx.PutSettlement(s) }
}

func TestSettlementsAreKeptAsTheyAre(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	asked := payment("s1", "b1", c.Now())
	c.advance(time.Second)
	back := showroom.Settlement{
		ID: "s2", Kind: showroom.Refund, Device: "pt1", Sale: "x1", Amount: lira(1), Of: showroom.Reference{Trace: "12", At: c.Now().Wall},
		State: showroom.SettlementUnsure, Tries: 3, Started: c.Now(), Changed: c.Now(),
		Result: showroom.Result{Code: "6C", Fiscal: &showroom.Fiscal{Device: "AT001", Z: 4, At: c.Now().Wall}, MerchantSlip: []string{"** 1234"}},
	}
	update(t, db, putSettlement(back))
	update(t, db, putSettlement(asked))
	view(t, db, func(v *store.View) error {
		open, err := v.OpenSettlements()
		if diff := cmp.Diff([]showroom.Settlement{asked, back}, open, sameEPC); diff != "" {
			t.Errorf("open (-want +got):\n%s", diff)
		}
		return err
	})
	c.advance(time.Second)
	declined := done[showroom.Settlement](t)(asked.Conclude(showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByCard}, c.Now()))
	decided := done[showroom.Settlement](t)(back.Decide(showroom.Approved, "elif", "the slip", c.Now()))
	update(t, db, putSettlement(declined))
	update(t, db, putSettlement(decided))
	again := payment("s3", "b1", c.Now())
	update(t, db, putSettlement(again))
	view(t, db, func(v *store.View) error {
		first, err := v.Settlement("s1")
		if diff := cmp.Diff(declined, first, sameEPC); diff != "" {
			t.Errorf("declined (-want +got):\n%s", diff)
		}
		got, _ := v.Settlement("s2")
		if diff := cmp.Diff(decided, got, sameEPC); diff != "" {
			t.Errorf("decided (-want +got):\n%s", diff)
		}
		if _, err := v.Settlement("s4"); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("no settlement: %v", err)
		}
		open, _ := v.OpenSettlements()
		if diff := cmp.Diff([]showroom.Settlement{again}, open, sameEPC); diff != "" {
			t.Errorf("open at last (-want +got):\n%s", diff)
		}
		return err
	})
}

// While nobody knows whether a basket has been paid it is not paid again, not given to a till, and not given up.
func TestMoneyIsNotMovedTwice(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	b := basketAt("sco1", "b1", c.Now(), scanned("l1", shirt, 1))
	ok := done[showroom.Basket](t)
	frozen := ok(b.Freeze("s1", c.Now()))
	asked := payment("s1", "b1", c.Now())
	update(t, db, put(frozen))
	update(t, db, putSettlement(asked))
	unsure := done[showroom.Settlement](t)(asked.Conclude(showroom.Result{}, c.Now()))
	for _, s := range []showroom.Settlement{asked, unsure} {
		update(t, db, putSettlement(s))
		refused(t, db, showroom.CodeConflict, putSettlement(payment("s2", "b1", c.Now())))
		for _, next := range []showroom.Basket{ok(frozen.Thaw(c.Now())), ok(frozen.Park("1", "power", c.Now())), ok(frozen.Sell(c.Now())), ok(b.Abandon(c.Now()))} {
			refused(t, db, showroom.CodeConflict, put(next))
		}
		withCode := frozen
		withCode.Code = "7421"
		update(t, db, put(withCode)) // the code under which it will be said what has become of it
	}
	update(t, db, putSettlement(payment("s3", "b2", c.Now())))                                                  // another basket's
	update(t, db, putSettlement(showroom.Settlement{ID: "s4", Device: "pt1", State: showroom.SettlementAsked})) // an engineer's, of nothing
	update(t, db, putSettlement(showroom.Settlement{ID: "s5", Device: "pt1", State: showroom.SettlementAsked}))
	refund := showroom.Settlement{ID: "s6", Kind: showroom.Refund, Sale: "x1", State: showroom.SettlementAsked}
	update(t, db, putSettlement(refund))
	refund.ID = "s7"
	refused(t, db, showroom.CodeConflict, putSettlement(refund))

	update(t, db, func(tx *store.Tx) error {
		declined, err := unsure.Conclude(showroom.Result{Outcome: showroom.Declined}, tx.Now())
		if err == nil {
			err = tx.PutSettlement(declined)
		}
		if err == nil {
			err = tx.PutBasket(ok(frozen.Thaw(tx.Now())))
		}
		return err
	})
	update(t, db, putSettlement(payment("s2", "b1", c.Now())))
}

func saleOf(id showroom.SaleID, number int64, b showroom.BasketID, at showroom.Moment) showroom.Sale {
	lines := []showroom.Line{scanned("l1", shirt, 2)}
	totals, _ := showroom.AddUp("TRY", lines)
	return showroom.Sale{
		ID: id, Number: number, BusinessDay: "2026-03-04", Kiosk: "sco1", Basket: b, Settlement: "s1", Language: "tr", Lines: lines, Totals: totals,
		Tenders: []showroom.Tender{{Kind: showroom.TenderCard, Amount: totals.Due, Card: showroom.Card{Name: "Troy", Last4: "0019"}}},
		Fiscal:  &showroom.Fiscal{Device: "AT001", Z: 12, Receipt: 34, EKU: 1, At: at.Wall}, Token: "abcdefghijklmnopqrstuvwxyz0", At: at.Wall,
	}
}

func TestSalesAreForGood(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	first := saleOf("x1", 1, "b1", c.Now())
	release := store.Release{ID: "r1", GTIN: shirt, EPC: epc(t, tag1), State: store.ReleaseWaiting, Changed: c.Now()}
	update(t, db, func(tx *store.Tx) error { return tx.PutSale(first, []store.Release{release}) })
	sell := func(s showroom.Sale) func(*store.Tx) error {
		return func(tx *store.Tx) error { return tx.PutSale(s, nil) }
	}
	for name, s := range map[string]showroom.Sale{
		"the same again": first, "of the same basket": saleOf("x2", 2, "b1", c.Now()), "under the same number": saleOf("x2", 1, "b2", c.Now()),
	} {
		if err := db.Update(t.Context(), sell(s)); showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	named := saleOf("x2", 2, "b2", c.Now())
	named.Lines = []showroom.Line{onTray(t, "l1", tag1)}
	refused(t, db, showroom.CodeInvalid, sell(named))
	settled := payment("s9", "b9", c.Now())
	settled.Lines = named.Lines
	refused(t, db, showroom.CodeInvalid, putSettlement(settled))

	var all []showroom.Sale
	for i := range 3 { // at the till, which has numbers of its own
		c.advance(time.Minute)
		s := saleOf(showroom.SaleID(fmt.Sprint("t", i)), 0, showroom.BasketID(fmt.Sprint("t", i)), c.Now())
		update(t, db, sell(s))
		all = append([]showroom.Sale{s}, all...)
	}
	view(t, db, func(v *store.View) error {
		for what, read := range map[string]func() (showroom.Sale, error){
			"by id":     func() (showroom.Sale, error) { return v.Sale("x1") },
			"by number": func() (showroom.Sale, error) { return v.SaleByNumber(1) },
			"by basket": func() (showroom.Sale, error) { s, _, err := v.SaleOf("b1"); return s, err },
		} {
			got, err := read()
			if diff := cmp.Diff(first, got, sameEPC, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
			}
		}
		if _, sold, err := v.SaleOf("b2"); sold || err != nil {
			t.Errorf("a basket that was not sold: %v, %v", sold, err)
		}
		if _, err := v.SaleByNumber(0); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("no number: %v", err)
		}
		got, err := v.Sales(first.At.Add(time.Minute), 2)
		if diff := cmp.Diff(all[:2], got, sameEPC, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the newest two (-want +got):\n%s", diff)
		}
		release.Sale = "x1"
		releases, _ := v.ReleasesOf("x1")
		if diff := cmp.Diff([]store.Release{release}, releases, sameEPC); diff != "" {
			t.Errorf("releases (-want +got):\n%s", diff)
		}
		return err
	})
}

func TestReturnsAreOfTheirSale(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	sale := saleOf("x1", 1, "b1", c.Now())
	var want []showroom.Return
	for i, id := range []showroom.ReturnID{"r2", "r1"} { // ids tell nothing about order
		c.advance(time.Hour)
		lines, vat, amount, err := sale.Refund(want, map[showroom.LineID]int{"l1": 1})
		if err != nil {
			t.Fatal(err)
		}
		r := showroom.Return{ID: id, Sale: "x1", Lines: lines, VAT: vat, Amount: amount, By: "elif", Why: fmt.Sprint("reason ", i), At: c.Now().Wall}
		want = append(want, r)
		update(t, db, func(tx *store.Tx) error { return tx.PutReturn(r) })
		refused(t, db, showroom.CodeConflict, func(tx *store.Tx) error { return tx.PutReturn(r) })
	}
	view(t, db, func(v *store.View) error {
		got, err := v.ReturnsOf("x1")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("returns (-want +got):\n%s", diff)
		}
		if left := sale.Unreturned(got)["l1"]; left != 0 {
			t.Errorf("%d pieces can still come back", left)
		}
		return err
	})
}

func TestSaleByItsToken(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	for i, token := range []string{"one", "two"} {
		sale := saleOf(showroom.SaleID(fmt.Sprint("x", i)), int64(i+1), showroom.BasketID(fmt.Sprint("b", i)), c.Now())
		sale.Token = token
		update(t, db, func(tx *store.Tx) error { return tx.PutSale(sale, nil) })
	}
	view(t, db, func(v *store.View) error {
		if s, ok, err := v.SaleByToken("two"); err != nil || !ok || s.ID != "x1" {
			t.Errorf("%+v, %v, %v", s, ok, err)
		}
		for _, token := range []string{"", "tw", "TWO", "two' OR 1=1 --"} {
			if s, ok, err := v.SaleByToken(token); err != nil || ok {
				t.Errorf("%q opens %+v (%v)", token, s, err)
			}
		}
		return nil
	})
}

func TestSaleByItsInvoice(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	for i, fiscal := range []*showroom.Fiscal{nil, {Receipt: 17}, {Invoice: "ABC2026000000001"}} {
		sale := saleOf(showroom.SaleID(fmt.Sprint("x", i)), int64(i+1), showroom.BasketID(fmt.Sprint("b", i)), c.Now())
		sale.Fiscal = fiscal
		update(t, db, func(tx *store.Tx) error { return tx.PutSale(sale, nil) })
	}
	view(t, db, func(v *store.View) error {
		if s, ok, err := v.SaleByInvoice("ABC2026000000001"); err != nil || !ok || s.ID != "x2" {
			t.Errorf("%+v, %v, %v", s, ok, err)
		}
		for _, number := range []string{"", "17", "ABC2026", "ABC2026000000002"} {
			if s, ok, err := v.SaleByInvoice(number); err != nil || ok {
				t.Errorf("%q finds %+v (%v)", number, s, err)
			}
		}
		return nil
	})
}

var errChangedMind = errors.New("changed its mind")

func TestNumbersHaveNoGap(t *testing.T) {
	o := withDefaults(t, store.Options{})
	db := done[*store.DB](t)(store.Open(t.Context(), o))
	next := func(s store.Series, day string, keep bool) (n int64) {
		err := db.Update(t.Context(), func(tx *store.Tx) (err error) {
			if n, err = tx.NextNumber(s, day); err == nil && !keep {
				err = errChangedMind
			}
			return err
		})
		if err != nil && !errors.Is(err, errChangedMind) {
			t.Fatal(err)
		}
		return n
	}
	var got []int64
	for i := range 6 {
		if i == 3 {
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			db = open(t, o)
		}
		got = append(got, next(store.SaleNumbers, "", i%2 == 0))
	}
	if diff := cmp.Diff([]int64{1, 2, 2, 3, 3, 4}, got); diff != "" {
		t.Errorf("numbers, every other transaction coming to nothing (-want +got):\n%s", diff)
	}
	for i := range 30 {
		day := fmt.Sprintf("2026-03-%02d", i+1)
		if a, b := next(store.BasketNumbers, day, true), next(store.BasketNumbers, day, true); a != 1 || b != 2 {
			t.Fatalf("on %s: %d, %d", day, a, b)
		}
	}
	if n := next(store.BasketNumbers, "2026-03-29", true); n != 3 { // the clock has gone back
		t.Errorf("yesterday goes on with %d", n)
	}
	if n := next(store.SaleNumbers, "", true); n != 4 {
		t.Errorf("sales go on with %d", n)
	}
}

func TestReleasesForgetTheirTags(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	var all []store.Release
	for i, hex := range []string{tag1, tag2} {
		c.advance(time.Second)
		r := store.Release{ID: fmt.Sprint("r", i), Sale: "x1", GTIN: shirt, EPC: epc(t, hex), State: store.ReleaseWaiting, Changed: c.Now()}
		all = append(all, r)
		update(t, db, func(tx *store.Tx) error { return tx.PutRelease(r) })
	}
	all[0].State, all[0].Device, all[0].Tries = store.ReleaseAsked, "eas1", 2
	update(t, db, func(tx *store.Tx) error { return tx.PutRelease(all[0]) })
	view(t, db, func(v *store.View) error {
		pending, err := v.PendingReleases()
		if diff := cmp.Diff(all, pending, sameEPC); diff != "" {
			t.Errorf("pending (-want +got):\n%s", diff)
		}
		return err
	})
	all[0].State, all[0].Detail = store.ReleaseFailed, "jammed"
	update(t, db, func(tx *store.Tx) error {
		if err := tx.PutRelease(all[0]); err != nil {
			return err
		}
		return tx.DeleteRelease(all[1].ID)
	})
	all[0].EPC = showroom.Line{}.EPC
	view(t, db, func(v *store.View) error {
		got, err := v.Release("r0")
		if diff := cmp.Diff(all[0], got, sameEPC); diff != "" {
			t.Errorf("failed (-want +got):\n%s", diff)
		}
		failed, _ := v.FailedReleases()
		pending, _ := v.PendingReleases()
		if len(failed) != 1 || len(pending) != 0 {
			t.Errorf("%d failed, %d pending", len(failed), len(pending))
		}
		if _, err := v.Release("r1"); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("a release that was done: %v", err)
		}
		return err
	})
}
