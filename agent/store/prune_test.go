package store_test

import (
	"fmt"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// What has ended goes in its time, one kind after the other; what is open, and what a shop must know, stays.
func TestPruneOfSales(t *testing.T) {
	const day = 24 * time.Hour
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	const many = 700 // more than one chunk
	sellAndSettle(t, db, many)
	for _, step := range []struct {
		after time.Duration
		want  store.Pruned
	}{
		{time.Hour, store.Pruned{}},
		{2 * day, store.Pruned{Baskets: many, Releases: 1}},
		{29 * day, store.Pruned{Settlements: 1, TillEvents: 2}},
		{400 * day, store.Pruned{Sales: 1}},
		{day, store.Pruned{}},
	} {
		c.advance(step.after)
		if p, err := db.Prune(t.Context()); err != nil || p != step.want {
			t.Errorf("%v later: %+v, %v; want %+v", step.after, p, err, step.want)
		}
	}
	view(t, db, func(v *store.View) error {
		live, err := v.LiveBaskets()
		unsure, _ := v.OpenSettlements()
		returns, _ := v.ReturnsOf("x1")
		if len(live) != 1 || len(live[0].Lines) != 1 || len(unsure) != 1 || len(returns) != 0 {
			t.Errorf("left are %+v, %+v and %+v", live, unsure, returns)
		}
		return err
	})
}

// sellAndSettle abandons so many baskets, leaves one open, sells x1 and takes it back, closes one settlement and not another, and has a
// release asked for, a dead letter kept and an event of a till taken.
func sellAndSettle(t *testing.T, db *store.DB, many int) {
	t.Helper()
	ok := done[showroom.Basket](t)
	update(t, db, func(tx *store.Tx) error {
		for i := range many {
			b := basketAt(showroom.KioskID(fmt.Sprint("k", i)), showroom.BasketID(fmt.Sprint("b", i)), tx.Now(), scanned("l", shirt, 1))
			if err := tx.PutBasket(ok(b.Abandon(tx.Now()))); err != nil {
				return err
			}
		}
		b := basketAt("sco1", "open", tx.Now(), onTray(t, "l1", tag1))
		sale := saleOf("x1", 1, "b0", tx.Now())
		lines, vat, amount, err := sale.Refund(nil, map[showroom.LineID]int{"l1": 1})
		if err != nil {
			return err
		}
		closed := payment("closed", "b0", tx.Now())
		closed.State = showroom.SettlementApproved
		unsure := payment("unsure", "frozen", tx.Now())
		unsure.State = showroom.SettlementUnsure
		for _, err := range []error{
			tx.PutBasket(b), tx.PutSettlement(closed), tx.PutSettlement(unsure),
			tx.PutSale(sale, []store.Release{{ID: "r1", GTIN: shirt, EPC: b.Lines[0].EPC, State: store.ReleaseAsked, Changed: tx.Now()}}),
			tx.PutReturn(showroom.Return{ID: "r1", Sale: "x1", Lines: lines, VAT: vat, Amount: amount, At: tx.Now().Wall}),
			tx.PutDeadLetter(store.DeadLetter{Topic: "t"}),
		} {
			if err != nil {
				return err
			}
		}
		_, err = tx.TakeTillEvents([]store.TillSaid{{Till: "k1", ID: "a", Seq: 1}})
		return err
	})
}

// A machine that has woken up at the date of its image sells all the same; once a time server is heard, what it sold a minute ago is not
// a year old.
func TestWhatAWrongClockDatedIsNotPruned(t *testing.T) {
	c := newClock()
	right := c.Now()
	c.now.Wall, c.now.Quality = right.Wall.AddDate(-2, 0, 0), showroom.ClockSaved
	db := open(t, store.Options{Clock: c.Now})
	sellOnce(t, db)
	c.now = right
	c.advance(time.Minute)
	if p, err := db.Prune(t.Context()); err != nil || p != (store.Pruned{}) {
		t.Fatalf("of what was written a minute ago went %+v, %v", p, err)
	}
	if n, err := db.Undated(t.Context()); err != nil || n != 0 {
		t.Errorf("%d rows are still said to have a doubtful time, %v", n, err)
	}
	c.advance(31 * 24 * time.Hour)
	want := store.Pruned{Commands: 1, Baskets: 1, Releases: 2, Settlements: 1, TillEvents: 2}
	if p, err := db.Prune(t.Context()); err != nil || p != want {
		t.Errorf("after a month went %+v, want %+v; %v", p, want, err)
	}
}

// A shop that nobody ever tells the time forgets what it sold as any other, and with it that its time was doubtful.
func TestNoDoubtOutlivesItsRow(t *testing.T) {
	c := newClock()
	c.now.Quality = showroom.ClockSaved
	db := open(t, store.Options{Clock: c.Now})
	sellOnce(t, db)
	update(t, db, func(tx *store.Tx) error { return tx.DeleteTakeBack("t1") })
	if n, err := db.Undated(t.Context()); err != nil || n != 8 {
		t.Fatalf("%d rows have a doubtful time, %v; want one of each kind", n, err)
	}
	if _, err := db.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Undated(t.Context()); err != nil || n != 7 {
		t.Errorf("%d rows have a doubtful time, %v; want those that are there", n, err)
	}
	c.advance(401 * 24 * time.Hour)
	if p, err := db.Prune(t.Context()); err != nil || p.Sales != 1 {
		t.Fatalf("pruned %+v, %v", p, err)
	}
	if n, err := db.Undated(t.Context()); err != nil || n != 0 {
		t.Errorf("%d rows have a doubtful time that are not there, %v", n, err)
	}
}

// A clock that is set while rows are being pruned makes none of them look old.
func TestPruneHasOneMoment(t *testing.T) {
	c := newClock()
	right := c.Now()
	c.now.Wall, c.now.Quality = right.Wall.AddDate(-2, 0, 0), showroom.ClockSaved
	var pruning bool
	db := open(t, store.Options{Clock: func() showroom.Moment {
		now := c.Now()
		if pruning {
			c.now = right // from the second transaction on
		}
		return now
	}})
	sellOnce(t, db)
	pruning = true
	if p, err := db.Prune(t.Context()); err != nil || p != (store.Pruned{}) {
		t.Errorf("of what had just been written went %+v, %v", p, err)
	}
}

// What came back of a sale that nobody remembers is of no use to anybody.
func TestPruneOfAReturnWithoutItsSale(t *testing.T) {
	db := open(t, store.Options{})
	update(t, db, func(tx *store.Tx) error {
		return tx.PutReturn(showroom.Return{ID: "r1", Sale: "forgotten", Amount: lira(1), At: tx.Now().Wall})
	})
	if _, err := db.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	view(t, db, func(v *store.View) error {
		left, err := v.ReturnsOf("forgotten")
		if len(left) != 0 {
			t.Errorf("left is %+v", left)
		}
		return err
	})
}

// One row that can not be read keeps its own kind, and nothing else.
func TestADamagedRowKeepsNothingElse(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	appendMany(t, db, 2*store.MilestoneEvery, fact)
	sellOnce(t, db)
	if err := db.Damage(t.Context(), `UPDATE journal SET at='yesterday' WHERE seq=1`); err != nil {
		t.Fatal(err)
	}
	c.advance(31 * 24 * time.Hour)
	want := store.Pruned{Commands: 1, Baskets: 1, Releases: 2, Settlements: 1, TillEvents: 2}
	if p, err := db.Prune(t.Context()); err == nil || p != want {
		t.Errorf("pruned %+v, want %+v and to hear of the damage; heard %v", p, want, err)
	}
}

// sellOnce writes a row of each kind that goes when it is old.
func sellOnce(t *testing.T, db *store.DB) {
	t.Helper()
	update(t, db, func(tx *store.Tx) error {
		if _, err := store.Once(tx, "pay", nil, func() (struct{}, error) { return struct{}{}, nil }); err != nil {
			return err
		}
		b := basketAt("sco1", "b0", tx.Now(), onTray(t, "l1", tag1))
		closed := payment("closed", "b0", tx.Now())
		closed.State = showroom.SettlementApproved
		for _, err := range []error{
			tx.PutBasket(done[showroom.Basket](t)(b.Abandon(tx.Now()))), tx.PutSettlement(closed),
			tx.PutSale(saleOf("x1", 1, "b0", tx.Now()), []store.Release{{ID: "r1", GTIN: shirt, EPC: b.Lines[0].EPC, State: store.ReleaseAsked, Changed: tx.Now()}}),
			tx.PutTakeBack(store.TakeBack{ID: "t1", Sale: "x1", GTIN: shirt, Since: tx.Now()}),
			tx.PutDeadLetter(store.DeadLetter{Topic: "t"}),
		} {
			if err != nil {
				return err
			}
		}
		_, err := tx.TakeTillEvents([]store.TillSaid{{Till: "k1", ID: "a", Seq: 1}})
		return err
	})
}

// A till whose clock stands in 1970 sells today all the same.
func TestASaleIsNoOlderThanItsArrival(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	update(t, db, func(tx *store.Tx) error {
		sale := saleOf("x1", 0, "b0", tx.Now())
		sale.At = time.Unix(0, 0).UTC()
		return tx.PutSale(sale, nil)
	})
	if p, err := db.Prune(t.Context()); err != nil || p.Sales != 0 {
		t.Errorf("%d sales went, %v", p.Sales, err)
	}
}
