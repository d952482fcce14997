package fitting_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// TestAPieceSoldInTheRoomLeavesWithoutItsNumber: it departs by its silence, once the filter drops its tag.
func TestAPieceSoldInTheRoomLeavesWithoutItsNumber(t *testing.T) {
	s := newRow(t)
	coat, scarf := tag(jacket38, 1), tag(jacket40, 2)
	s.rooms = fitting.New(s.db, fitting.Options{
		Rooms: []showroom.Room{{ID: "2", Name: "Kabin 2"}}, Visits: showroom.RetailVisits(), Clock: s.now, NewID: s.newID,
		Own: func(epc gs1.EPC) bool { return epc != coat }, Log: slog.New(slog.DiscardHandler),
	})
	s.arrives(coat, "2")
	s.arrives(scarf, "2")
	s.later(time.Minute)
	head, err := s.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.departs(coat, "2")
	s.departs(scarf, "2")
	if n := len(s.look("2").Garments); n != 0 {
		t.Errorf("%d garments still hang there", n)
	}
	rows, err := s.db.Since(t.Context(), head.Seq, 100)
	if err != nil {
		t.Fatal(err)
	}
	departed := 0
	for _, r := range rows {
		if r.Kind == showroom.KindGarmentDeparted {
			departed++
		}
		if bytes.Contains(r.Body, []byte(coat.String())) {
			t.Errorf("its number is told: %s", r.Body)
		}
	}
	if departed != 2 {
		t.Errorf("%d departures are told, want both", departed)
	}
	s.update(func(tx *store.Tx) error {
		_, sold, err := tx.TakeTrail(coat)
		if err != nil {
			return err
		}
		_, other, err := tx.TakeTrail(scarf)
		if sold || !other {
			t.Errorf("remembered: the piece sold %v, the other one %v", sold, other)
		}
		return err
	})
}
