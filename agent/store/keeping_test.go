package store_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// observation is any event in the lane of observations: no kind of that lane exists yet but the gap itself, so a gap of one
// stands for it where its own kind does not matter.
type observation struct{ showroom.StaffCalled }

func (observation) Lane() showroom.Lane { return showroom.LaneObservations }

func appendMany(t *testing.T, db *store.DB, n int, event func(i int) showroom.Event) (rows []showroom.Row) {
	t.Helper()
	update(t, db, func(tx *store.Tx) error {
		for i := range n {
			r, err := tx.Append(event(i))
			if err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return nil
	})
	return rows
}

func fact(i int) showroom.Event {
	return showroom.VisitOpened{Visit: showroom.VisitID(fmt.Sprint("v", i)), Room: "1"}
}

func seen(i int) showroom.Event {
	return observation{showroom.StaffCalled{Call: showroom.CallID(fmt.Sprint("o", i)), Room: "1"}}
}

func local(i int) showroom.Event {
	return showroom.SessionChanged{Kiosk: showroom.KioskID(fmt.Sprint(i))}
}

func TestPruneNeverTouchesWhatIsNotAcknowledged(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	facts := appendMany(t, db, 1200, fact)
	appendMany(t, db, 300, local)
	epoch := facts[0].Epoch
	if err := db.Acked(t.Context(), epoch, showroom.LaneFacts, 700); err != nil {
		t.Fatal(err)
	}
	if p, err := db.Prune(t.Context()); err != nil || p != (store.Pruned{}) {
		t.Fatalf("pruned %+v (%v) of a fresh journal", p, err)
	}
	c.advance(31 * 24 * time.Hour)
	appendMany(t, db, 2*store.MilestoneEvery, local)
	p, err := db.Prune(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Facts != 700 || p.Local != 300 {
		t.Errorf("pruned %+v, want 700 facts and 300 local rows", p)
	}
	if p, err = db.Prune(t.Context()); err != nil || p != (store.Pruned{}) {
		t.Errorf("pruned %+v (%v) the second time", p, err)
	}
	rows, err := db.Rows(t.Context(), epoch, showroom.LaneFacts, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(facts[700:], rows); diff != "" {
		t.Errorf("facts left (-want +got):\n%s", diff)
	}
	head, err := db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if head.Resumes(epoch, 1499) || !head.Resumes(epoch, 1500) || !head.Resumes(epoch, head.Seq) {
		t.Errorf("%+v resumes streams from holes, or none", head)
	}
	if n, err := db.Milestones(t.Context()); err != nil || n > 3*(1628-700)/store.MilestoneEvery+6 {
		t.Errorf("%d milestones are left (%v)", n, err)
	}
}

func TestPruneOfEverythingForgetsNoNumber(t *testing.T) {
	c := newClock()
	o := withDefaults(t, store.Options{Clock: c.Now})
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	rows := appendMany(t, db, 3*store.MilestoneEvery, func(i int) showroom.Event { return []showroom.Event{fact(i), local(i)}[i%2] })
	last := rows[len(rows)-2]
	if err := db.Acked(t.Context(), last.Epoch, last.Lane, last.LaneSeq); err != nil {
		t.Fatal(err)
	}
	c.advance(365 * 24 * time.Hour)
	if _, err := db.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, o)
	if r := appendOne(t, db, fact(0)); r.Seq != int64(len(rows))+1 || r.LaneSeq != last.LaneSeq+1 {
		t.Errorf("goes on at seq %d, lane_seq %d; want %d, %d", r.Seq, r.LaneSeq, len(rows)+1, last.LaneSeq+1)
	}
}

// A row written before the clock was set carries 1970, one written by a mad clock 2037; neither may stop the pruning.
func TestPruneSurvivesMadClocks(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now})
	rows := appendMany(t, db, 10, fact)
	good := c.now
	c.now.Wall = time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC)
	appendMany(t, db, 10, fact)
	c.now.Wall, c.now.Quality = time.Unix(0, 0), showroom.ClockNone
	appendMany(t, db, 10, fact)
	c.now = good
	c.advance(40 * 24 * time.Hour)
	appendMany(t, db, 2*store.MilestoneEvery, fact)
	if err := db.Acked(t.Context(), rows[0].Epoch, showroom.LaneFacts, 30+2*store.MilestoneEvery); err != nil {
		t.Fatal(err)
	}
	if p, err := db.Prune(t.Context()); err != nil || p.Facts != 30 {
		t.Errorf("pruned %+v (%v), want the 30 old ones", p, err)
	}
}

func TestAcknowledgementBeyondTheEndIsRefused(t *testing.T) {
	db := open(t, store.Options{})
	rows := appendMany(t, db, 3, fact)
	changed := db.Changed()
	if err := db.Acked(t.Context(), rows[0].Epoch, showroom.LaneFacts, 4); !errors.Is(err, store.ErrAhead) {
		t.Errorf("acknowledged 4 of 3: %v", err)
	}
	for _, to := range []int64{2, 1, 2} { // never back
		if err := db.Acked(t.Context(), rows[0].Epoch, showroom.LaneFacts, to); err != nil {
			t.Fatal(err)
		}
	}
	ends, err := db.Lanes(t.Context())
	if err != nil || ends[0].Acked != 2 || ends[0].Last != 3 {
		t.Errorf("lane is %+v (%v)", ends[0], err)
	}
	select {
	case <-changed:
		t.Error("an acknowledgement woke readers of the journal")
	default:
	}
}

func TestNewEpochCarriesOverWhatTheCentreNeverTook(t *testing.T) {
	o := withDefaults(t, store.Options{})
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	facts := appendMany(t, db, 200, fact)
	old := facts[0].Epoch
	appendMany(t, db, 5, local)
	if err := db.Acked(t.Context(), old, showroom.LaneFacts, 70); err != nil {
		t.Fatal(err)
	}
	var after showroom.Row
	update(t, db, func(tx *store.Tx) (err error) {
		if err = tx.NewEpoch(old, "centre is ahead"); err == nil {
			after, err = tx.Append(fact(200))
		}
		return err
	})
	if after.Epoch == old || after.LaneSeq != 131 || after.Seq != 206 {
		t.Errorf("first row of the new epoch is %s with seq %d, want lane_seq 131, seq 206", after.ID(), after.Seq)
	}
	var want []showroom.Row
	for i, r := range append(facts[70:], after) {
		r.Epoch, r.LaneSeq = after.Epoch, int64(i)+1
		want = append(want, r)
	}
	for range 2 { // now, and after a restart
		ends, err := db.Lanes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if ends[0].Last != 70 || ends[0].Acked != 70 || ends[3].Last != 131 || ends[3].Acked != 0 || ends[5].Last != 0 {
			t.Errorf("lanes are %+v", ends)
		}
		for _, from := range []int64{0, 1, 64, 130} {
			rows, err := db.Rows(t.Context(), after.Epoch, showroom.LaneFacts, from, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want[from:], rows); diff != "" {
				t.Errorf("after %d (-want +got):\n%s", from, diff)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = open(t, o)
	}
	rows, err := db.Rows(t.Context(), old, showroom.LaneFacts, 0, 1000)
	if err != nil || len(rows) != 70 {
		t.Errorf("old epoch has %d rows (%v), want the 70 acknowledged", len(rows), err)
	}
	err = db.Update(t.Context(), func(tx *store.Tx) error { return tx.NewEpoch("never was", "") })
	if showroom.ErrorCode(err) != showroom.CodeNotFound {
		t.Errorf("unknown epoch: %v", err)
	}
}

func TestEvictionDeclaresTheGap(t *testing.T) {
	free := int64(1 << 30)
	o := store.Options{
		Retention: store.Retention{DiskFloor: 1000},
		DiskFree:  func(string) (int64, error) { free += 400; return free, nil }, // each chunk that went makes room
	}
	db := open(t, o)
	facts := appendMany(t, db, 100, fact)
	epoch := facts[0].Epoch
	watched := appendMany(t, db, 2000, seen)
	appendMany(t, db, 2*store.MilestoneEvery, local)
	if err := db.Acked(t.Context(), epoch, showroom.LaneObservations, 100); err != nil {
		t.Fatal(err)
	}
	if p, err := db.Prune(t.Context()); err != nil || p.Evicted != 0 {
		t.Fatalf("evicted %d (%v) with room to spare", p.Evicted, err)
	}
	left := func(gap showroom.Evicted) {
		t.Helper()
		rows, err := db.Rows(t.Context(), epoch, showroom.LaneObservations, 100, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		first := rows[0]
		var got showroom.Evicted
		if err := json.Unmarshal(first.Body, &got); err != nil || first.Kind != showroom.KindEvicted {
			t.Fatalf("the gap is not declared by %+v (%v)", first, err)
		}
		if got != gap || first.LaneSeq != gap.To || first.SHA256 != sha256.Sum256(first.Body) || first.Seq != watched[gap.To-1].Seq {
			t.Errorf("gap is %+v in %s, want %+v", got, first.ID(), gap)
		}
		if diff := cmp.Diff(watched[gap.To:], rows[1:]); diff != "" {
			t.Errorf("what is left (-want +got):\n%s", diff)
		}
	}
	free = 0 // 400, 800, 1200: two chunks go
	if err := db.Reserve(); !errors.Is(err, store.ErrReserve) {
		t.Errorf("reserve: %v", err)
	}
	free = 0
	if p, err := db.Prune(t.Context()); err != nil || p.Evicted != 999 {
		t.Fatalf("evicted %d (%v), want two chunks less the gap of the first", p.Evicted, err)
	}
	left(showroom.Evicted{Of: showroom.LaneObservations, From: 101, To: 999, Count: 899})
	free = 400 // one chunk more
	if p, err := db.Prune(t.Context()); err != nil || p.Evicted != 499 {
		t.Fatalf("evicted %d (%v), want 499", p.Evicted, err)
	}
	left(showroom.Evicted{Of: showroom.LaneObservations, From: 101, To: 1498, Count: 1398})
	if rows, err := db.Rows(t.Context(), epoch, showroom.LaneFacts, 0, 1000); err != nil || len(rows) != 100 {
		t.Errorf("%d facts are left (%v), want all 100", len(rows), err)
	}
	if err := db.IntegrityCheck(t.Context()); err != nil {
		t.Error(err)
	}
}

// A declared gap keeps its truth under the numbers of another epoch.
func TestGapIsCarriedOver(t *testing.T) {
	free := int64(0)
	db := open(t, store.Options{
		Retention: store.Retention{DiskFloor: 1000},
		DiskFree:  func(string) (int64, error) { free += 600; return free, nil }, // one chunk goes
	})
	epoch := appendMany(t, db, 600+2*store.MilestoneEvery, seen)[0].Epoch
	if err := db.Acked(t.Context(), epoch, showroom.LaneObservations, 100); err != nil {
		t.Fatal(err)
	}
	if p, err := db.Prune(t.Context()); err != nil || p.Evicted != 500 {
		t.Fatalf("evicted %d (%v), want 500", p.Evicted, err)
	}
	update(t, db, func(tx *store.Tx) error { return tx.NewEpoch(epoch, "centre is ahead") })
	head, err := db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Rows(t.Context(), head.Epoch, showroom.LaneObservations, 0, 2)
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var gap showroom.Evicted
	if err := json.Unmarshal(rows[0].Body, &gap); err != nil {
		t.Fatal(err)
	}
	want := showroom.Evicted{Of: showroom.LaneObservations, From: 1, To: 400, Count: 400}
	if gap != want || rows[0].LaneSeq != 400 || rows[0].SHA256 != sha256.Sum256(rows[0].Body) || rows[1].LaneSeq != 401 {
		t.Errorf("carried over: %+v in %s and then %s, want %+v", gap, rows[0].ID(), rows[1].ID(), want)
	}
}

func TestStatsSayWhatIsUnsent(t *testing.T) {
	c := newClock()
	db := open(t, store.Options{Clock: c.Now, DiskFree: func(string) (int64, error) { return 42, nil }})
	rows := appendMany(t, db, 5, fact)
	c.advance(time.Hour)
	appendMany(t, db, 5, fact)
	appendMany(t, db, 3, local)
	if err := db.Acked(t.Context(), rows[0].Epoch, showroom.LaneFacts, 5); err != nil {
		t.Fatal(err)
	}
	s, err := db.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.FileBytes <= 0 {
		t.Errorf("the file has %d bytes", s.FileBytes)
	}
	s.FileBytes = 0
	want := store.Stats{
		Head:         store.Head{Epoch: rows[0].Epoch, Seq: 13},
		Unsent:       map[showroom.Lane]int64{showroom.LaneFacts: 5, showroom.LaneObservations: 0},
		OldestUnsent: c.Now().Wall, DiskFree: 42,
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}
