package store_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestAppendedRowIsReadBackAsItWasAnswered(t *testing.T) {
	db := open(t, store.Options{})
	wrote := appendOne(t, db, showroom.VisitOpened{Visit: "v1", Room: "Kabin ığüşöçİ"})

	got, err := db.Since(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]showroom.Row{wrote}, got); diff != "" {
		t.Errorf("row changed on its way (-answered +read):\n%s", diff)
	}
	if wrote.Seq != 1 || wrote.LaneSeq != 1 || wrote.Subject != "visit/v1" || wrote.Epoch == "" {
		t.Errorf("row is %+v", wrote)
	}
	if wrote.SHA256 != sha256.Sum256(got[0].Body) {
		t.Error("hash is not of the body")
	}
	e, err := showroom.DecodeEvent(got[0].Kind, got[0].Version, got[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(showroom.VisitOpened{Visit: "v1", Room: "Kabin ığüşöçİ"}, e); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestOversizeEventIsRefusedAndLeavesNoGap(t *testing.T) {
	db := open(t, store.Options{})
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Append(showroom.VisitOpened{Visit: showroom.VisitID(strings.Repeat("x", store.MaxBody))})
		return err
	})
	if !errors.Is(err, store.ErrTooLarge) {
		t.Fatalf("error is %v, want ErrTooLarge", err)
	}
	if row := appendOne(t, db, showroom.VisitOpened{Visit: "v1"}); row.LaneSeq != 1 {
		t.Errorf("lane_seq is %d after a refusal, want 1", row.LaneSeq)
	}
}

// However many events are written down at once, and behind however many others: the journal is the same as if each had been alone.
func TestABurstIsWrittenAsItsEventsAre(t *testing.T) {
	const events = 3*store.MilestoneEvery + 5
	one, burst := open(t, store.Options{}), open(t, store.Options{})
	said := make([]showroom.Event, events)
	for i := range said {
		said[i] = showroom.TillReported{Till: "k1", Event: fmt.Sprint(i), Seq: int64(i), Body: []byte("{}")}
		if i%7 == 0 { // another lane
			said[i] = showroom.BasketChanged{Basket: "b"}
		}
	}
	for _, e := range said {
		appendOne(t, one, e)
	}
	for at, n := 0, 0; at < events; at, n = at+n, n+7 { // none, 7, 14 and so on
		n = min(n, events-at)
		update(t, burst, func(tx *store.Tx) error { return tx.AppendAll(said[at : at+n]) })
	}
	rows := func(db *store.DB) []showroom.Row {
		all, err := db.Since(t.Context(), 0, 2*events)
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			all[i].Epoch = ""
		}
		return all
	}
	if diff := cmp.Diff(rows(one), rows(burst)); diff != "" || len(rows(one)) != events {
		t.Errorf("%d rows (-alone +together):\n%s", len(rows(one)), diff)
	}
	for _, db := range []*store.DB{one, burst} {
		if n, err := db.Milestones(t.Context()); err != nil || n != 3*3 {
			t.Errorf("%d milestones (%v), want those of three lanes at three places", n, err)
		}
	}
	err := burst.Update(t.Context(), func(tx *store.Tx) error {
		tooLarge := showroom.VisitOpened{Visit: showroom.VisitID(strings.Repeat("x", store.MaxBody))}
		if err := tx.AppendAll([]showroom.Event{said[1], tooLarge, said[2]}); !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("error is %v, want ErrTooLarge", err)
		}
		return nil // what came before it stands
	})
	if got := rows(burst); err != nil || len(got) != events+1 || got[events].Seq != events+1 {
		t.Errorf("%d rows behind a refusal: %v", len(got), err)
	}
}

// Whatever is rolled back or panics in between, and however often the folder is opened anew, every lane counts 1, 2, 3 and
// Rows finds the rest of it from anywhere.
func TestLaneSeqIsContiguous(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := withDefaults(t, store.Options{Dir: t.TempDir()})
		db, err := store.Open(context.Background(), o)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { db.Close() }()
		want := map[showroom.Lane][]string{} // bodies, in order
		fail := errors.New("no")
		for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			if rapid.IntRange(0, 4).Draw(rt, "reopen") == 0 {
				db.Close()
				if db, err = store.Open(context.Background(), o); err != nil {
					rt.Fatal(err)
				}
			}
			var wrote []showroom.Row
			outcome := rapid.SampledFrom([]string{"commit", "commit", "error", "panic"}).Draw(rt, "outcome")
			err := updateOrPanic(db, func(tx *store.Tx) error {
				for i := range rapid.IntRange(0, 90).Draw(rt, "rows") {
					r, err := tx.Append(anyEvent(rapid.IntRange(0, 2).Draw(rt, "lane"), i))
					if err != nil {
						return err
					}
					wrote = append(wrote, r)
				}
				switch outcome {
				case "error":
					return fail
				case "panic":
					panic(fail)
				}
				return nil
			})
			if outcome != "commit" {
				if !errors.Is(err, fail) {
					rt.Fatalf("update: %v", err)
				}
				continue
			}
			if err != nil {
				rt.Fatal(err)
			}
			for _, r := range wrote {
				want[r.Lane] = append(want[r.Lane], string(r.Body))
				if r.LaneSeq != int64(len(want[r.Lane])) {
					rt.Fatalf("%s: lane_seq %d for row %d", r.Lane, r.LaneSeq, len(want[r.Lane]))
				}
			}
		}
		checkLanes(rt, db, want)
	})
}

func updateOrPanic(db *store.DB, fn func(*store.Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	return db.Update(context.Background(), fn)
}

func anyEvent(lane, i int) showroom.Event {
	switch lane {
	case 0:
		return showroom.VisitOpened{Visit: showroom.VisitID(fmt.Sprint(i)), Room: "1"}
	case 1:
		return showroom.Evicted{Of: showroom.LaneObservations, From: int64(i), To: int64(i), Count: 1}
	}
	return showroom.SessionChanged{Kiosk: showroom.KioskID(fmt.Sprint(i))}
}

// Several write, several follow from their own cursor, and nobody misses a row or sees one twice.
func TestEveryFollowerSeesEveryRowOnce(t *testing.T) {
	const writers, each, followers = 4, 50, 3
	db := open(t, store.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for i := range each {
				if err := db.Update(ctx, func(tx *store.Tx) error { _, err := tx.Append(anyEvent(i%3, i)); return err }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range followers {
		all.Go(func() {
			for seen := int64(0); seen < writers*each; {
				changed := db.Changed()
				rows, err := db.Since(ctx, seen, 7)
				if err != nil {
					t.Error(err)
					return
				}
				for _, r := range rows {
					if seen++; r.Seq != seen {
						t.Errorf("row %d came when %d was due", r.Seq, seen)
						return
					}
				}
				if len(rows) > 0 {
					continue
				}
				select {
				case <-changed:
				case <-ctx.Done():
					t.Errorf("woken no more after %d rows", seen)
					return
				}
			}
		})
	}
	all.Wait()
}

func checkLanes(rt *rapid.T, db *store.DB, want map[showroom.Lane][]string) {
	states, err := db.Lanes(context.Background())
	if err != nil {
		rt.Fatal(err)
	}
	for _, s := range states {
		if s.Last != int64(len(want[s.Lane])) {
			rt.Fatalf("%s ends at %d, want %d", s.Lane, s.Last, len(want[s.Lane]))
		}
		after := rapid.Int64Range(0, s.Last).Draw(rt, "after")
		rows, err := db.Rows(context.Background(), s.Epoch, s.Lane, after, 10_000)
		if err != nil {
			rt.Fatal(err)
		}
		if int64(len(rows)) != s.Last-after {
			rt.Fatalf("%s after %d: %d rows, want %d", s.Lane, after, len(rows), s.Last-after)
		}
		for i, r := range rows {
			if r.LaneSeq != after+int64(i)+1 || string(r.Body) != want[s.Lane][r.LaneSeq-1] {
				rt.Fatalf("%s after %d: row %d is %+v", s.Lane, after, i, r)
			}
		}
	}
}
