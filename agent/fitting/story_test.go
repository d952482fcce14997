package fitting_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// shop is two fitting rooms over a real store, with a clock the story sets.
type shop struct {
	t     *testing.T
	db    *store.DB
	rooms *fitting.Rooms

	mu    sync.Mutex // guards mono and made
	mono  time.Duration
	off   time.Duration // of the wall clock
	boots int
	up    time.Duration // mono at the last boot
	made  int
}

// The pieces of the stories: one jacket in two sizes.
const (
	jacket38 = gs1.GTIN("00614141000012")
	jacket40 = gs1.GTIN("00614141000029")
	unlisted = gs1.GTIN("00614141999996")
)

func tag(item gs1.GTIN, serial uint64) gs1.EPC {
	s, err := gs1.NewSGTIN96(item, 7, 1, serial)
	if err != nil {
		panic(err)
	}
	epc, err := s.Encode()
	if err != nil {
		panic(err)
	}
	return epc
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, mono: time.Hour}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), MachineID: "m", Clock: s.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s.db = db
	s.rooms = fitting.New(db, fitting.Options{
		Rooms:      []showroom.Room{{ID: "1", Name: "Kabin 1"}, {ID: "2", Name: "Kabin 2"}},
		Visits:     showroom.VisitPolicy{OpensAfter: 4 * time.Second, PauseEmpty: time.Minute, PauseIdle: 20 * time.Minute},
		Escalation: showroom.EscalationPolicy{90 * time.Second, 180 * time.Second},
		Expires:    30 * time.Minute,
		Clock:      s.now,
		NewID:      s.newID,
		Log:        slog.New(slog.DiscardHandler),
	})
	s.update(func(tx *store.Tx) error {
		if err := tx.PutProduct(showroom.Product{ID: "jacket", Name: showroom.Text{"tr": "Işıltılı Ceket", "en": "Jacket"}}, 1); err != nil {
			return err
		}
		for i, item := range []gs1.GTIN{jacket38, jacket40} {
			if err := tx.PutItem(showroom.Item{GTIN: item, Product: "jacket", Size: fmt.Sprint(38 + 2*i), SizeOrder: i}, 1); err != nil {
				return err
			}
		}
		return nil
	})
	s.stock(jacket38, 3, 1)
	s.stock(jacket40, 1, 1)
	return s
}

func (s *shop) now() showroom.Moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	wall := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).Add(s.mono + s.off)
	return showroom.Moment{Wall: wall, Boot: fmt.Sprint("b", s.boots), Mono: s.mono - s.up, Quality: showroom.ClockNTP}
}

func (s *shop) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return fmt.Sprintf("id%d", s.made)
}

// later lets time pass and everything happen that becomes due.
func (s *shop) later(d time.Duration) {
	s.t.Helper()
	s.mu.Lock()
	s.mono += d
	s.mu.Unlock()
	if _, err := s.rooms.Settle(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) update(do func(*store.Tx) error) {
	s.t.Helper()
	if err := s.db.Update(s.t.Context(), do); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) stock(item gs1.GTIN, n int, version int64) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error { return tx.PutStock(showroom.Stock{GTIN: item, Quantity: n}, version) })
}

func (s *shop) apply(c ...presence.Change) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error { return s.rooms.Apply(tx, c) })
}

func (s *shop) arrives(epc gs1.EPC, room showroom.RoomID) {
	s.t.Helper()
	s.apply(presence.Change{Kind: presence.Arrived, EPC: epc, To: showroom.RoomPlace(room)})
}

func (s *shop) departs(epc gs1.EPC, room showroom.RoomID) {
	s.t.Helper()
	s.apply(presence.Change{Kind: presence.Departed, EPC: epc, From: showroom.RoomPlace(room)})
}

func (s *shop) look(room showroom.RoomID) (now fitting.Now) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		now, err = s.rooms.Look(v, room)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return now
}

func (s *shop) request(room showroom.RoomID, want gs1.GTIN, wait bool) (r showroom.SizeRequest, err error) {
	err = s.db.Update(context.WithoutCancel(s.t.Context()), func(tx *store.Tx) error {
		r, err = s.rooms.Request(tx, room, want, jacket38, wait)
		return err
	})
	return r, err
}

func (s *shop) mustRequest(room showroom.RoomID, want gs1.GTIN, wait bool) showroom.SizeRequest {
	s.t.Helper()
	r, err := s.request(room, want, wait)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *shop) stateOf(id showroom.RequestID) showroom.RequestState {
	s.t.Helper()
	var r showroom.SizeRequest
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		r, err = v.Request(id)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return r.State
}

// told answers the kinds of all facts so far, in order.
func (s *shop) told() []showroom.Kind {
	s.t.Helper()
	rows, err := s.db.Since(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	var kinds []showroom.Kind
	for _, r := range rows {
		if !json.Valid(r.Body) && len(r.Body) > 0 {
			s.t.Errorf("%s has a body that is no JSON: %q", r.Kind, r.Body)
		}
		kinds = append(kinds, r.Kind)
	}
	return kinds
}
