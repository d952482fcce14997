package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// TestWhatADeviceHasSettled: by its own numbers, and in the order it was asked.
func TestWhatADeviceHasSettled(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	var asked []showroom.Settlement
	for i, device := range []showroom.DeviceID{"pt1", "pt1", "pt2", "pt1"} {
		c.advance(time.Second)
		s := payment(showroom.SettlementID(fmt.Sprint("s", i)), showroom.BasketID(fmt.Sprint("b", i)), c.Now())
		s.Device = device
		ref := showroom.Reference{Receipt: fmt.Sprintf("%04d", i%3), Trace: "000001", TerminalID: "52523535"} // 3 has the numbers of 0
		s = done[showroom.Settlement](t)(s.Conclude(showroom.Result{Outcome: showroom.Approved, Reference: ref}, c.Now()))
		update(t, db, putSettlement(s))
		asked = append(asked, s)
	}
	view(t, db, func(v *store.View) error {
		before, err := v.SettledBefore("pt1", "s3", 10)
		if diff := cmp.Diff([]showroom.Settlement{asked[1], asked[0]}, before, sameEPC); diff != "" {
			t.Errorf("before (-want +got):\n%s", diff)
		}
		if one, err := v.SettledBefore("pt1", "s3", 1); err != nil || len(one) != 1 || one[0].ID != "s1" {
			t.Errorf("the one before: %v, %v", one, err)
		}
		if none, err := v.SettledBefore("pt1", "s0", 10); err != nil || len(none) != 0 {
			t.Errorf("before the first: %v, %v", none, err)
		}
		for ref, want := range map[showroom.Reference]showroom.SettlementID{
			asked[0].Result.Reference: "s3", asked[1].Result.Reference: "s1", asked[2].Result.Reference: "", {Receipt: "0001"}: "",
		} {
			if s, ok, err := v.SettledAs("pt1", ref); err != nil || s.ID != want || ok != (want != "") {
				t.Errorf("%+v is %s, %v, %v, want %s", ref, s.ID, ok, err, want)
			}
		}
		for receipt, want := range map[string]showroom.SettlementID{"0000": "s3", "0001": "s1", "0002": "", "": ""} {
			if s, ok, err := v.ApprovedUnder("pt1", receipt); err != nil || s.ID != want || ok != (want != "") {
				t.Errorf("%q is %s, %v, %v, want %s", receipt, s.ID, ok, err, want)
			}
		}
		return err
	})
}

// TestWhatIsLeftOfADecision: its device is to be asked, and may contradict it; each is found until it is over.
func TestWhatIsLeftOfADecision(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	unsure := payment("s1", "b1", c.Now())
	unsure.State = showroom.SettlementUnsure
	said := done[showroom.Settlement](t)(unsure.Decide(showroom.Declined, "ayse", "no slip", c.Now()))
	against := said.Contradict(showroom.Result{Outcome: showroom.Approved}, c.Now())
	seen := against
	seen.Seen = true
	same := said.Contradict(showroom.Result{Outcome: showroom.Declined, Code: "05"}, c.Now())
	vain := said.Contradict(showroom.Result{Final: true}, c.Now())
	silent := said.Contradict(showroom.Result{}, c.Now())
	for name, step := range map[string]struct {
		is               showroom.Settlement
		unheard, against bool
	}{
		"decided": {said, true, false}, "silent": {silent, true, false}, "contradicted": {against, false, true}, "seen": {seen, false, false},
		"the same": {same, false, false}, "it can not say": {vain, false, false},
	} {
		update(t, db, putSettlement(step.is))
		view(t, db, func(v *store.View) error {
			unheard, err := v.UnheardSettlements()
			if len(unheard) == 1 != step.unheard {
				t.Errorf("%s: to be asked about %+v, %v", name, unheard, err)
			}
			against, err := v.ContradictedSettlements()
			if len(against) == 1 != step.against {
				t.Errorf("%s: contradicted %+v, %v", name, against, err)
			}
			got, err := v.Settlement("s1")
			if diff := cmp.Diff(step.is, got, sameEPC); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			for basket, want := range map[showroom.BasketID]bool{"b1": step.against, "b2": false, "": false} {
				if moved, err := v.MovedAfterAll(basket, ""); moved != want || err != nil {
					t.Errorf("%s: moved for %q: %v, %v", name, basket, moved, err)
				}
			}
			return err
		})
	}
}

// TestSettlementsAreInTheOrderOfTheJournal: a clock that goes back, as without a battery, or is put right, makes nothing older or newer; and
// what has waited for its device is begun when that is asked.
func TestSettlementsAreInTheOrderOfTheJournal(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	var asked []showroom.Settlement
	begin := func(s showroom.Settlement) {
		update(t, db, func(tx *store.Tx) error {
			if err := tx.PutSettlement(s); err != nil {
				return err
			}
			_, err := tx.Append(showroom.SettlementStarted{Settlement: s.ID, Of: s.Kind, Device: s.Device, Amount: s.Amount})
			return err
		})
		asked = append(asked, s)
	}
	waits := payment("s9", "", c.Now())
	waits.State = showroom.SettlementWaiting
	begin(waits)
	for i, jump := range []time.Duration{time.Hour, -3 * time.Hour, time.Minute} {
		c.advance(jump)
		s := payment(showroom.SettlementID(fmt.Sprint("s", i)), showroom.BasketID(fmt.Sprint("b", i)), c.Now())
		s.Result.Reference.Receipt = "0001"
		begin(s)
	}
	c.advance(-time.Hour)
	begun := done[showroom.Settlement](t)(waits.Begin(c.Now()))
	begun.Result.Reference.Receipt = "0001"
	begin(begun)
	view(t, db, func(v *store.View) error {
		before, err := v.SettledBefore("pt1", "s9", 10)
		if diff := cmp.Diff([]showroom.Settlement{asked[3], asked[2], asked[1]}, before, sameEPC); diff != "" {
			t.Errorf("before (-want +got):\n%s", diff)
		}
		if last, _, err := v.SettledAs("pt1", showroom.Reference{Receipt: "0001"}); err != nil || last.ID != "s9" {
			t.Errorf("the last with that receipt is %s, %v", last.ID, err)
		}
		open, _ := v.OpenSettlements()
		if diff := cmp.Diff([]showroom.Settlement{asked[1], asked[2], asked[3], begun}, open, sameEPC); diff != "" {
			t.Errorf("open (-want +got):\n%s", diff)
		}
		if _, err := v.SettledBefore("pt1", "s7", 10); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("before one that is not there: %v", err)
		}
		return err
	})
}

// TestSettlementsOutliveAnUpdate: those of before it are in the order of their time, and whatever is begun after it comes behind them.
func TestSettlementsOutliveAnUpdate(t *testing.T) {
	const row = `('%s', %d, '%s', '', '{"kind":"payment","device":"pt1","amount":{"minor":1,"currency":"EUR"},"state":"%s"}', '2026-03-%02dT09:00:00.000000000Z ntp 0 b', '')`
	c := newClock() // the fourth of March
	db := open(t, store.Options{Clock: c.Now, Dir: olderBy(t, "0014_begun.sql", "INSERT INTO settlement (id, open, basket, sale, body, started, changed) VALUES "+
		fmt.Sprintf(row, "s1", 0, "b1", "approved", 9)+","+fmt.Sprintf(row, "s2", 1, "b2", "unknown", 8))})
	update(t, db, putSettlement(payment("s3", "b3", c.Now())))
	view(t, db, func(v *store.View) error {
		before, err := v.SettledBefore("pt1", "s3", 10)
		if err != nil || len(before) != 2 || before[0].ID != "s1" || before[1].ID != "s2" || before[1].Basket != "b2" {
			t.Errorf("before: %+v, %v", before, err)
		}
		if open, err := v.OpenSettlements(); err != nil || len(open) != 2 || open[0].ID != "s2" {
			t.Errorf("open: %+v, %v", open, err)
		}
		return err
	})
}

// TestLookedUpByAnIndex: nobody who pays or comes back waits until a year of bodies is read, and nothing found is put in order first.
func TestLookedUpByAnIndex(t *testing.T) {
	db := open(t, store.Options{})
	for query, index := range store.LookedUp() {
		steps, err := db.Plan(t.Context(), query)
		plan := strings.Join(steps, "\n")
		if err != nil || !strings.Contains(plan, " USING INDEX "+index+" ") || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\ngoes: %s (%v)\nwant by %s", query, plan, err, index)
		}
	}
}
