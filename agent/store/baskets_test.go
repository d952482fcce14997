package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const shirt = gs1.GTIN("00614141007349")

func lira(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }

// scanned is a line of an item known by its bar code.
func scanned(id string, item gs1.GTIN, pieces int) showroom.Line {
	return showroom.Line{
		ID: showroom.LineID(id), GTIN: item, Product: "p1", Name: showroom.Text{"tr": "Gömlek", "en": "Shirt"}, Quantity: pieces,
		Unit: lira(24990), VATBasisPoints: 1000, Source: showroom.FromScan,
	}
}

// onTray is a line of a garment known by its tag.
func onTray(t testing.TB, id, hex string) showroom.Line {
	t.Helper()
	l := scanned(id, shirt, 1)
	l.EPC, l.Source = epc(t, hex), showroom.FromTray
	return l
}

func basketAt(kiosk showroom.KioskID, id showroom.BasketID, at showroom.Moment, lines ...showroom.Line) showroom.Basket {
	return showroom.Basket{
		ID: id, Kiosk: kiosk, State: showroom.BasketOpen, Currency: "TRY", Lines: lines, Number: 7, Opened: at, Changed: at, Version: 3,
	}
}

func put(b showroom.Basket) func(*store.Tx) error {
	return func(tx *store.Tx) error { return tx.PutBasket(b) }
}

// refused runs what must not go through.
func refused(t testing.TB, db *store.DB, code showroom.Code, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); showroom.ErrorCode(err) != code {
		t.Errorf("%v, want a refusal with %s", err, code)
	}
}

// done does what a story takes for granted.
func done[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

const tag1, tag2 = "3034257BF400B7800004CB2F", "3034257BF400B7800004CB30"

func TestBasketsAreKeptAsTheyAre(t *testing.T) {
	c := newClock()
	o := withDefaults(t, store.Options{Clock: c.Now})
	db := done[*store.DB](t)(store.Open(t.Context(), o))
	fixed, wish := scanned("l3", gtin(t, "869000000001"), 2), onTray(t, "l4", tag2)
	fixed.Fixed, fixed.Overridden, fixed.Was = true, "a stain", lira(30000)
	fixed.Reductions = []showroom.Reduction{{Offer: "o", Name: showroom.Text{"en": "3 for 2"}, Amount: lira(5)}}
	wish.Wish, wish.Source = true, showroom.FromRoom
	b := basketAt("sco1", "b1", c.Now(), scanned("l1", shirt, 3), onTray(t, "l2", tag1), fixed, wish)
	b.Coupons = []string{"KIŞ20", "ilk"}
	empty := basketAt("sco2", "b2", c.Now())
	update(t, db, put(b))
	update(t, db, put(empty))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, o) // what a kiosk shows has outlived the agent
	view(t, db, func(v *store.View) error {
		got, found, err := v.OpenBasketAt("sco1")
		if diff := cmp.Diff(b, got, sameEPC); diff != "" || !found {
			t.Errorf("basket (-want +got):\n%s", diff)
		}
		if got, found, _ := v.OpenBasketAt("sco3"); found {
			t.Errorf("a kiosk without a basket has %+v", got)
		}
		if _, err := v.Basket("b3"); showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("no basket: %v", err)
		}
		all, _ := v.LiveBaskets()
		if diff := cmp.Diff([]showroom.Basket{b, empty}, all, sameEPC, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("live baskets (-want +got):\n%s", diff)
		}
		return err
	})
}

func TestAGarmentIsInOneBasket(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	first := basketAt("sco1", "b1", c.Now(), onTray(t, "l1", tag1))
	second := basketAt("sco2", "b2", c.Now(), onTray(t, "l1", tag2))
	update(t, db, put(first))
	update(t, db, put(second))
	update(t, db, put(first)) // again, it is its own
	holder := func(hex string) (id showroom.BasketID) {
		view(t, db, func(v *store.View) (err error) {
			id, _, err = v.HolderOf(epc(t, hex))
			return err
		})
		return id
	}
	both := second
	both.Lines = append(both.Lines, onTray(t, "l2", tag1))
	refused(t, db, showroom.CodeTaken, put(both))
	if holder(tag1) != "b1" || holder(tag2) != "b2" {
		t.Errorf("held by %q and %q", holder(tag1), holder(tag2))
	}

	both.Lines[1].Wish = true // which holds nothing
	update(t, db, put(both))
	both.Lines[1].Wish = false

	ok := done[showroom.Basket](t)
	for _, still := range []showroom.Basket{
		ok(first.Freeze("s1", c.Now())), ok(first.Park("7421", "till", c.Now())), ok(ok(first.Park("7421", "till", c.Now())).Claim("k1", c.Now())),
	} {
		update(t, db, put(still))
		refused(t, db, showroom.CodeTaken, put(both))
	}
	over := ok(first.Abandon(c.Now()))
	update(t, db, put(over))
	update(t, db, put(both))
	if holder(tag1) != "b2" {
		t.Errorf("after the first has ended it is held by %q", holder(tag1))
	}
	view(t, db, func(v *store.View) error {
		got, err := v.Basket("b1")
		if len(got.Lines) != 0 || got.State != showroom.BasketGone {
			t.Errorf("a basket that has ended: %+v", got)
		}
		return err
	})
}

func TestAKioskHasOneBasketAndACodeToo(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	ok := done[showroom.Basket](t)
	first := basketAt("sco1", "b1", c.Now(), scanned("l1", shirt, 1))
	second := basketAt("sco1", "b2", c.Now(), scanned("l1", shirt, 1))
	update(t, db, put(first))
	refused(t, db, showroom.CodeConflict, put(second))
	update(t, db, put(ok(first.Freeze("s1", c.Now()))))
	refused(t, db, showroom.CodeConflict, put(second))

	first = ok(first.Park("7421", "till", c.Now()))
	update(t, db, put(first))
	update(t, db, put(second))
	refused(t, db, showroom.CodeConflict, put(ok(second.Park("7421", "till", c.Now())))) // the caller draws another
	refused(t, db, showroom.CodeConflict, put(ok(first.Resume("sco1", c.Now()))))
	second = ok(second.Park("0815", "staff", c.Now()))
	c.advance(time.Second)
	update(t, db, put(second))
	view(t, db, func(v *store.View) error {
		got, err := v.BasketByCode("7421")
		if diff := cmp.Diff(first, got, sameEPC); diff != "" {
			t.Errorf("by its code (-want +got):\n%s", diff)
		}
		for _, code := range []string{"", "1234"} {
			if _, err := v.BasketByCode(code); showroom.ErrorCode(err) != showroom.CodeNotFound {
				t.Errorf("code %q: %v", code, err)
			}
		}
		parked, _ := v.ParkedBaskets()
		if diff := cmp.Diff([]showroom.Basket{first, second}, parked, sameEPC); diff != "" {
			t.Errorf("set aside (-want +got):\n%s", diff)
		}
		return err
	})
	update(t, db, put(ok(first.Resume("sco2", c.Now())))) // its code is free again
	update(t, db, put(ok(ok(second.Resume("sco3", c.Now())).Park("7421", "till", c.Now()))))
}

func TestOpenBasketsCountAgainstWhatCanBeBrought(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	wish := scanned("l3", shirt, 5)
	wish.Wish = true
	b := basketAt("sco1", "b1", c.Now(), scanned("l1", shirt, 2), onTray(t, "l2", tag1), wish, scanned("l4", gtin(t, "869000000001"), 9))
	inBaskets := func() (n int) {
		view(t, db, func(v *store.View) error {
			a, err := v.Availability(shirt)
			n = a.InBaskets
			return err
		})
		return n
	}
	update(t, db, put(b))
	if got := inBaskets(); got != 3 {
		t.Errorf("%d in baskets, want 3", got)
	}
	b, err := b.Park("1", "till", c.Now())
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, put(b))
	if got := inBaskets(); got != 3 {
		t.Errorf("%d in baskets while set aside, want 3", got)
	}
	if b, err = b.Abandon(c.Now()); err != nil {
		t.Fatal(err)
	}
	update(t, db, put(b))
	if got := inBaskets(); got != 0 {
		t.Errorf("%d in baskets that have ended", got)
	}
}

// Whatever is tried with some baskets and garments: what went through is what is there, and what was refused was held.
func TestNoGarmentIsHeldTwice(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		id := func(n int) showroom.BasketID { return showroom.BasketID(fmt.Sprint(round, "/", n)) }
		model := map[showroom.BasketID]showroom.Basket{}
		for step := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			n := rapid.IntRange(0, 3).Draw(rt, "basket")
			b, known := model[id(n)]
			if !known {
				b = basketAt(showroom.KioskID(id(n)), id(n), c.Now())
			}
			next, err := drawn(t, rt, b, fmt.Sprint("l", step), c.Now())
			if err != nil {
				continue
			}
			taken := false
			for other, o := range model {
				for _, l := range next.Lines {
					_, holds := o.Holds(l.EPC)
					taken = taken || holds && other != next.ID && !o.State.Ended() && !next.State.Ended()
				}
			}
			err = db.Update(t.Context(), put(next))
			if got := showroom.ErrorCode(err) == showroom.CodeTaken; got != taken || err != nil && !got {
				rt.Fatalf("put %+v: %v, taken %v", next, err, taken)
			}
			if err == nil {
				model[next.ID] = next
			}
		}
		for _, b := range model {
			if b.State.Ended() {
				continue
			}
			holdsItsLines(t, rt, db, b)
			over, err := b.Abandon(c.Now())
			if err == nil {
				err = db.Update(t.Context(), put(over))
			}
			if err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// drawn is a basket after something that shoppers do, with one of six tags.
func drawn(t *testing.T, rt *rapid.T, b showroom.Basket, line string, at showroom.Moment) (showroom.Basket, error) {
	switch rapid.IntRange(0, 4).Draw(rt, "what") {
	case 3:
		if len(b.Lines) == 0 {
			return b, nil
		}
		return b.SetQuantity(b.Lines[0].ID, 0, at)
	case 4:
		return b.Abandon(at)
	}
	return b.Add(onTray(t, line, fmt.Sprintf("3034257BF400B7800004%04X", rapid.IntRange(0, 5).Draw(rt, "tag"))), at)
}

func holdsItsLines(t *testing.T, rt *rapid.T, db *store.DB, b showroom.Basket) {
	view(t, db, func(v *store.View) error {
		got, err := v.Basket(b.ID)
		if diff := cmp.Diff(b, got, sameEPC, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("basket (-want +got):\n%s", diff)
		}
		for _, l := range b.Lines {
			if holder, held, err := v.HolderOf(l.EPC); err != nil || !held || holder != b.ID {
				rt.Fatalf("%s is held by %q, want %s (%v)", l.ID, holder, b.ID, err)
			}
		}
		return err
	})
}
