package store_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestTillEventsAreCounted(t *testing.T) {
	fresh := store.TillEvent{Fresh: true}
	steps := []struct {
		till showroom.TillID
		id   string
		seq  int64
		want store.TillEvent
	}{
		{"k1", "a", 41, fresh}, // it was there before we were
		{"k1", "b", 42, fresh},
		{"k1", "b", 42, store.TillEvent{}}, // the broker brings it again
		{"k2", "b", 1, fresh},              // ids are each till's own
		{"k1", "e", 46, store.TillEvent{Fresh: true, MissingFrom: 43, MissingTo: 45}},
		{"k1", "d", 44, store.TillEvent{Fresh: true, Late: true}},
		{"k1", "d", 44, store.TillEvent{}},
		{"k1", "f", 47, fresh},
		{"k1", "a", 41, store.TillEvent{}},
		{"k1", "new-a", 41, store.TillEvent{Fresh: true, Anew: true}}, // its counter was set back
		{"k1", "new-b", 42, store.TillEvent{Fresh: true, Anew: false}},
		{"k3", "x", 50_000, fresh},
		{"k3", "y", 1, store.TillEvent{Fresh: true, Anew: true}}, // so long ago that nobody remembers
		{"k3", "z", 2, fresh},
		{"k1", "new-d", 44, store.TillEvent{Fresh: true, MissingFrom: 43, MissingTo: 43}},
		{"k1", "twice", 44, store.TillEvent{Fresh: true, Twice: true}},
		{"k1", "thrice", 44, store.TillEvent{Fresh: true, Twice: true}},
		{"k1", "twice", 44, store.TillEvent{}},
		{"k1", "new-e", 45, fresh}, // and nothing is missing
	}
	for n := 1; n <= len(steps); n++ { // however many of them come at once
		db := open(t, store.Options{})
		var got, want []store.TillEvent
		for some := range slices.Chunk(steps, n) {
			var said []store.TillSaid
			for _, step := range some {
				said = append(said, store.TillSaid{Till: step.till, ID: step.id, Seq: step.seq})
				want = append(want, step.want)
			}
			update(t, db, func(tx *store.Tx) error {
				became, err := tx.TakeTillEvents(said)
				got = append(got, became...)
				return err
			})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d at once (-want +got):\n%s", n, diff)
		}
	}
	db := open(t, store.Options{})
	for name, bad := range map[string]store.TillSaid{
		"no till":   {ID: "a", Seq: 1},
		"no id":     {Till: "k1", Seq: 1},
		"no number": {Till: "k1", ID: "z"},
	} {
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.TakeTillEvents([]store.TillSaid{{Till: "k1", ID: "good", Seq: 1}, bad})
			return err
		})
		if showroom.ErrorCode(err) != showroom.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDeadLettersAreBounded(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	update(t, db, func(tx *store.Tx) error {
		for i := range store.MostDeadLetters + 5 {
			if err := tx.PutDeadLetter(store.DeadLetter{Till: "k1", Topic: "t", Reason: fmt.Sprint("reason ", i)}); err != nil {
				return err
			}
		}
		return tx.PutDeadLetter(store.DeadLetter{Topic: "x/event", Reason: "no JSON", Body: bytes.Repeat([]byte{0xff}, store.MostDeadBytes+1)})
	})
	var newest store.DeadLetter
	view(t, db, func(v *store.View) error {
		all, err := v.DeadLetters(store.MostDeadLetters * 2)
		if len(all) != store.MostDeadLetters {
			t.Fatalf("%d are kept, want %d", len(all), store.MostDeadLetters)
		}
		newest = all[0]
		want := store.DeadLetter{Number: newest.Number, Topic: "x/event", Reason: "no JSON", Body: bytes.Repeat([]byte{0xff}, store.MostDeadBytes), At: c.Now()}
		if diff := cmp.Diff(want, newest); diff != "" {
			t.Errorf("the newest (-want +got):\n%s", diff)
		}
		return err
	})
	update(t, db, func(tx *store.Tx) error { return tx.DeleteDeadLetter(newest.Number) })
	view(t, db, func(v *store.View) error {
		all, err := v.DeadLetters(1)
		if len(all) != 1 || all[0].Number == newest.Number {
			t.Errorf("after it was looked at: %+v", all)
		}
		return err
	})
}

func TestOffersComeFromTheFeed(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	now := c.Now().Wall
	o := showroom.Offer{ID: "o1", Name: showroom.Text{"tr": "3 al 2 öde"}, Kind: showroom.OfferNForM, N: 3, M: 2, From: now.Add(-time.Hour), To: now.Add(time.Hour)}
	always := showroom.Offer{ID: "o2", Kind: showroom.OfferPercentage, BasisPoints: 500}
	offers := func(at time.Time) (ids []showroom.OfferID) {
		view(t, db, func(v *store.View) error {
			all, err := v.Offers(at)
			for _, o := range all {
				ids = append(ids, o.ID)
			}
			return err
		})
		return ids
	}
	update(t, db, func(tx *store.Tx) error {
		if err := tx.PutOffer(always, 2); err != nil {
			return err
		}
		return tx.PutOffer(o, 3)
	})
	older := o
	older.N = 9
	update(t, db, func(tx *store.Tx) error { return tx.PutOffer(older, 2) }) // overtaken on the way
	view(t, db, func(v *store.View) error {
		all, err := v.Offers(now)
		if diff := cmp.Diff([]showroom.Offer{o, always}, all); diff != "" {
			t.Errorf("offers (-want +got):\n%s", diff)
		}
		return err
	})
	if diff := cmp.Diff([]showroom.OfferID{"o2"}, offers(now.Add(time.Hour))); diff != "" {
		t.Errorf("an hour later:\n%s", diff)
	}
	update(t, db, func(tx *store.Tx) error { return tx.Delete(store.BucketOffer, "o2", 4) })
	if diff := cmp.Diff([]showroom.OfferID{"o1"}, offers(now)); diff != "" {
		t.Errorf("after one was deleted:\n%s", diff)
	}
	update(t, db, func(tx *store.Tx) error {
		_, err := tx.Sweep(store.BucketOffer, func(string) bool { return false })
		return err
	})
	if got := offers(now); got != nil {
		t.Errorf("after the sweep: %v", got)
	}
	refused(t, db, showroom.CodeInvalid, func(tx *store.Tx) error { return tx.PutOffer(showroom.Offer{}, 1) })
}
