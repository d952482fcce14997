package ingest_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/ingest"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

func TestARefusedTransactionIsTriedAgain(t *testing.T) {
	for name, refuse := range map[string]func(*desk){
		"at the beginning":  func(d *desk) { d.before = firstTries(3, errSick) },
		"when it commits":   func(d *desk) { d.after = firstTries(3, errSick) },
		"for a person":      func(d *desk) { d.after = firstTries(3, showroom.Errorf(showroom.CodeConflict, "Look again.")) },
		"for another cause": func(d *desk) { d.before = firstTries(3, store.ErrDiskFull) },
	} {
		t.Run(name, func(t *testing.T) {
			log := new(messages)
			inShop(t, func(o *ingest.Options, d *desk) { refuse(d); o.Logger = slog.New(log) }, func(s *shop) {
				began := time.Now()
				for n := range 60 {
					s.reads("r1", n, 3)
				}
				s.passes(10 * time.Second)
				got := s.committed()
				if len(got) != 60 {
					t.Fatalf("%d changes saved, want 60", len(got))
				}
				for n, c := range got {
					if c.EPC != numbered(n) || c.Kind != presence.Arrived {
						t.Fatalf("change %d is %v of another tag: the order is lost", n, c.Kind)
					}
				}
				var waits []time.Duration
				for i, at := range s.desk.tries[:4] {
					if i == 0 && !at.Equal(began) {
						t.Errorf("first try after %v, want at once", at.Sub(began))
					}
					if i > 0 {
						waits = append(waits, at.Sub(s.desk.tries[i-1]))
					}
				}
				ms := time.Millisecond
				if diff := cmp.Diff([]time.Duration{100 * ms, 200 * ms, 400 * ms}, waits); diff != "" {
					t.Errorf("waits (-want +got):\n%s", diff)
				}
				if got := s.Stats(); got.Retries != 3 || got.Failure != "" || !got.Failing.IsZero() {
					t.Errorf("%+v, want three retries and no failure any more", got)
				}
				if diff := cmp.Diff([]string{"ERROR", "INFO"}, log.all); diff != "" {
					t.Errorf("log (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestOnlyNewErrorsAreLogged(t *testing.T) {
	log := new(messages)
	inShop(t, func(o *ingest.Options, d *desk) {
		o.Logger = slog.New(log)
		d.before = func(try int) error {
			switch {
			case try <= 5:
				return errSick
			case try <= 10:
				return store.ErrDiskFull
			}
			return nil
		}
	}, func(s *shop) {
		s.reads("r1", 1, 3)
		s.passes(200 * time.Millisecond)
		if got := s.Stats(); got.Failure != errSick.Error() || got.Failing.IsZero() {
			t.Errorf("%+v, want that the card is sick", got)
		}
		s.passes(time.Minute)
		if diff := cmp.Diff([]string{"ERROR", "ERROR", "INFO"}, log.all); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

// refusing is an Applier that refuses some times.
type refusing struct{ left int }

func (r *refusing) Apply(*store.Tx, []presence.Change) error {
	if r.left > 0 {
		r.left--
		return errSick
	}
	return nil
}

func TestAllAppliersOrNone(t *testing.T) {
	inShop(t, func(o *ingest.Options, d *desk) { o.Appliers = []ingest.Applier{d, &refusing{left: 2}, d} }, func(s *shop) {
		s.reads("r1", 1, 3)
		s.passes(time.Second)
		if diff := cmp.Diff([]presence.Kind{presence.Arrived, presence.Arrived}, kinds(s.committed())); diff != "" {
			t.Errorf("applied, once by each of two (-want +got):\n%s", diff)
		}
		if got := s.Stats(); got.Retries != 2 || got.Changes != 1 || got.Commits != 1 {
			t.Errorf("%+v, want one change in one transaction after two retries", got)
		}
	})
}

// A store that is sick or slow for minutes makes the shop deaf, not empty.
func TestNobodyLeavesBecauseTheStoreWasSick(t *testing.T) {
	outage := 3 * time.Minute
	for name, sick := range map[string]func(*desk, time.Time){
		"refuses": func(d *desk, until time.Time) {
			d.before = func(int) error {
				if time.Now().Before(until) {
					return errSick
				}
				return nil
			}
		},
		"is slow": func(d *desk, until time.Time) {
			d.before = func(int) error { time.Sleep(time.Until(until)); return nil } // of the bubble
		},
	} {
		t.Run(name, func(t *testing.T) {
			inShop(t, func(o *ingest.Options, _ *desk) { o.Queue = 32 }, func(s *shop) {
				s.reads("r1", 1, 3)
				s.reads("r2", 2, 3)
				s.passes(0)
				s.device("r2", devices.Fault)
				s.passes(0)
				sick(s.desk, time.Now().Add(outage))
				s.reads("r1", 3, 3) // somebody comes in: a change that can not be saved
				for range 100 {     // and hangs there all the time, unheard
					s.reads("r1", 3, 1)
					s.reads("r1", 1, 1)
					time.Sleep(outage / 100) // of the bubble
				}
				s.passes(11 * time.Second) // the longest wait between two tries
				if got := s.Stats(); got.Dropped < 190 || got.Queued != 0 {
					t.Errorf("%d reads dropped and %d queued, want nearly all of 200 and none", got.Dropped, got.Queued)
				}
				if diff := cmp.Diff([]presence.Kind{presence.Arrived, presence.Arrived, presence.Arrived}, kinds(s.committed())); diff != "" {
					t.Fatalf("after the outage (-want +got):\n%s", diff)
				}
				s.passes(31 * time.Second)
				got := s.committed()[3:]
				if diff := cmp.Diff([]presence.Kind{presence.Departed, presence.Departed}, kinds(got)); diff != "" {
					t.Fatalf("when it stays silent (-want +got):\n%s", diff)
				}
				for _, c := range got {
					if c.From != room1 {
						t.Errorf("departed from %v, whose reader is at fault", c.From)
					}
				}
			})
		})
	}
}

func TestRunAgainSavesWhatWasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := closed(t, func(_ *ingest.Options, d *desk) {
			d.before = func(try int) error {
				if try > 3 {
					return errSick
				}
				return nil
			}
		})
		s.device("r1", devices.Up)
		for n := range 70 {
			s.reads("r1", n, 3)
		}
		s.start()
		s.passes(35 * time.Second) // all leave at one moment, and the second batch of them is refused
		if got := s.Stats(); got.Changes != 120 || got.Failure == "" {
			t.Fatalf("%+v, want 120 changes and a failure", got)
		}
		s.finish()
		s.desk.before = nil
		s.start()
		got := s.committed()
		if len(got) != 140 {
			t.Fatalf("%d changes saved, want 140", len(got))
		}
		for n, c := range got {
			if c.EPC != numbered(n%70) {
				t.Fatalf("change %d is about another tag", n)
			}
		}
		s.finish()
	})
}

// rooms is what a real Applier does: state and journal together.
type rooms struct{}

func (rooms) Apply(tx *store.Tx, changes []presence.Change) error {
	for _, c := range changes {
		if c.Kind != presence.Arrived {
			return fmt.Errorf("a %v nobody expects", c.Kind)
		}
		room, ok := c.To.Room()
		if !ok {
			return errors.New("no room")
		}
		if err := tx.PutGarment(showroom.Garment{EPC: c.EPC, Room: room, Since: tx.Now()}); err != nil {
			return err
		}
		if _, err := tx.Append(showroom.GarmentArrived{EPC: c.EPC, Place: c.To, Why: c.Why}); err != nil {
			return err
		}
	}
	return nil
}

func TestWithTheRealStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), MachineID: "m", Clock: func() showroom.Moment {
			return showroom.Moment{Wall: time.Now().UTC(), Boot: "b", Quality: showroom.ClockNTP}
		}})
		if err != nil {
			t.Fatal(err)
		}
		changed := db.Changed()
		s := closed(t, func(o *ingest.Options, _ *desk) { o.DB, o.Appliers = db, []ingest.Applier{rooms{}} })
		for n := range 80 {
			s.reads("r1", n, 3)
		}
		s.start()
		<-changed
		synctest.Wait()
		if got := s.Stats(); got.Changes != 80 || got.Commits != 2 {
			t.Errorf("%+v, want 80 changes in two transactions", got)
		}
		s.finish()
		if err := db.View(t.Context(), func(v *store.View) error {
			garments, err := v.GarmentsIn("1")
			if len(garments) != 80 {
				t.Errorf("%d garments in the room, want 80", len(garments))
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		rows, err := db.Since(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		arrivals := 0
		for _, r := range rows {
			if r.Kind == showroom.KindGarmentArrived {
				arrivals++
			}
		}
		if arrivals != 80 {
			t.Errorf("%d arrivals in the journal, want 80", arrivals)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}
