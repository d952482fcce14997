package fitting_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// TestAPieceSoldInTheRoomLeavesWithoutItsNumber: it departs by its silence, once the filter drops its tag.
func TestAPieceSoldInTheRoomLeavesWithoutItsNumber(t *testing.T) {
	s := newRow(t)
	coat, scarf := tag(jacket38, 1), tag(jacket40, 2)
	sold := false
	s.rooms = fitting.New(s.db, fitting.Options{
		Rooms: []showroom.Room{{ID: "2", Name: "Kabin 2"}}, Visits: showroom.RetailVisits(), Clock: s.now, NewID: s.newID,
		Own: func(epc gs1.EPC) bool { return !sold || epc != coat }, Log: slog.New(slog.DiscardHandler),
	})
	s.arrives(coat, "2")
	s.arrives(scarf, "2")
	s.later(time.Minute)
	sold = true
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

// TestAPieceSoldOnItsWayInLeavesNoTrace: a tag that was read just before it was sold is decided about just after.
func TestAPieceSoldOnItsWayInLeavesNoTrace(t *testing.T) {
	s := newRow(t)
	coat, scarf := tag(jacket38, 1), tag(jacket40, 2)
	own := true
	s.rooms = fitting.New(s.db, fitting.Options{
		Rooms: []showroom.Room{{ID: "1", Name: "Kabin 1"}, {ID: "2", Name: "Kabin 2"}}, Visits: showroom.RetailVisits(), Clock: s.now, NewID: s.newID,
		Own: func(gs1.EPC) bool { return own }, Log: slog.New(slog.DiscardHandler),
	})
	s.arrives(scarf, "1")
	s.later(time.Minute)
	head, err := s.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own = false
	s.arrives(coat, "2")
	s.apply(presence.Change{Kind: presence.Learned, EPC: coat, To: showroom.RoomPlace("2")})
	s.apply(presence.Change{Kind: presence.Confirmed, EPC: scarf, To: showroom.RoomPlace("1")})
	s.moves(scarf, "1", "2")
	s.departs(scarf, "2")
	s.departs(coat, "2")
	for _, room := range []showroom.RoomID{"1", "2"} {
		if n := len(s.look(room).Garments); n != 0 {
			t.Errorf("%d garments hang in room %s", n, room)
		}
	}
	if n := len(s.furniture()); n != 0 {
		t.Errorf("%d tags are furniture", n)
	}
	rows, err := s.db.Since(t.Context(), head.Seq, 100)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, r := range rows {
		told = append(told, string(r.Kind))
		if bytes.Contains(r.Body, []byte(coat.String())) || bytes.Contains(r.Body, []byte(scarf.String())) {
			t.Errorf("a number is told: %s %s", r.Kind, r.Body)
		}
	}
	// The scarf hung in room 1, which everybody was told, and does not any more.
	if diff := cmp.Diff([]string{"garment.departed"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	s.update(func(tx *store.Tx) error {
		for _, epc := range []gs1.EPC{coat, scarf} {
			if _, known, err := tx.TakeTrail(epc); err != nil || known {
				t.Errorf("where it went is remembered, %v", err)
			}
		}
		return nil
	})
}

// TestAPieceSoldBeforeAnybodyIsThereIsNobodys: what is bought in the moment between its coming and the visit opens none, joins none and
// is shown to nobody.
func TestAPieceSoldBeforeAnybodyIsThereIsNobodys(t *testing.T) {
	s := newRow(t)
	coat, scarf := tag(jacket38, 1), tag(jacket40, 2)
	sold := false
	s.rooms = fitting.New(s.db, fitting.Options{
		Rooms: []showroom.Room{{ID: "2", Name: "Kabin 2"}}, Visits: showroom.RetailVisits(), Clock: s.now, NewID: s.newID,
		Own: func(epc gs1.EPC) bool { return !sold || epc != coat }, Log: slog.New(slog.DiscardHandler),
	})
	s.arrives(coat, "2")
	head, err := s.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sold = true
	s.later(time.Minute)
	if now := s.look("2"); now.Visit.ID != "" || len(now.Garments) != 0 {
		t.Errorf("a piece that is its owner's: %+v", now)
	}
	s.touch("2")
	if now := s.look("2"); now.Visit.ID != "" {
		t.Errorf("a touch beside it has opened a visit: %+v", now)
	}
	s.arrives(scarf, "2")
	s.later(time.Minute)
	if now := s.look("2"); now.Visit.ID == "" || len(now.Garments) != 1 || now.Garments[0].EPC != scarf {
		t.Errorf("the next garment: %+v", now)
	}
	rows, err := s.db.Since(t.Context(), head.Seq, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if bytes.Contains(r.Body, []byte(coat.String())) {
			t.Errorf("its number is told: %s %s", r.Kind, r.Body)
		}
	}
}

// TestWhatWasSoldIsNotLeftBehind: nobody has to fetch what its owner takes along.
func TestWhatWasSoldIsNotLeftBehind(t *testing.T) {
	s := newRow(t)
	coat, scarf := tag(jacket38, 1), tag(jacket40, 2)
	sold := false
	s.rooms = fitting.New(s.db, fitting.Options{
		Rooms: []showroom.Room{{ID: "2", Name: "Kabin 2"}}, Visits: showroom.RetailVisits(), Clock: s.now, NewID: s.newID,
		Own: func(epc gs1.EPC) bool { return !sold || epc != coat }, Log: slog.New(slog.DiscardHandler),
	})
	s.arrives(coat, "2")
	s.arrives(scarf, "2")
	s.later(time.Minute)
	sold = true
	head, err := s.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "2", "", showroom.EndDone) })
	rows, err := s.db.Since(t.Context(), head.Seq, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		e, err := showroom.DecodeEvent(r.Kind, r.Version, r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if ended, ok := e.(showroom.VisitEnded); ok && ended.LeftBehind != 1 {
			t.Errorf("%d pieces are left behind, want the scarf alone", ended.LeftBehind)
		}
	}
	if len(rows) != 1 {
		t.Errorf("%d facts, want the end of the visit", len(rows))
	}
	s.departs(coat, "2")
	if now := s.look("2"); now.LeftBehind != 1 {
		t.Errorf("%+v", now)
	}
}
