package fitting_test

import (
	"slices"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func (s *shop) restock(room showroom.RoomID, lasts time.Duration) (r showroom.Restock, err error) {
	s.t.Helper()
	err = s.db.Update(s.t.Context(), func(tx *store.Tx) (err error) {
		r, err = s.rooms.StartRestock(tx, room, lasts)
		return err
	})
	return r, err
}

func (s *shop) mustRestock(room showroom.RoomID, lasts time.Duration) {
	s.t.Helper()
	if _, err := s.restock(room, lasts); err != nil {
		s.t.Fatal(err)
	}
}

func TestRestockedRoomsHaveNoVisitors(t *testing.T) {
	s := newRow(t)
	waiting := tag(jacket38, 1)
	s.arrives(waiting, "1") // hung up a moment before somebody said so
	s.mustRestock("1", 0)
	for i := range 8 {
		s.arrives(tag(jacket38, uint64(i+2)), "1")
		s.wait(20 * time.Second)
	}
	s.touch("1")
	now := s.look("1")
	if now.Visit.ID != "" || !now.Restock.On() || now.LeftBehind != 9 {
		t.Fatalf("restocked: %+v", now)
	}
	s.reopen()
	s.wait(time.Minute)
	if !s.look("1").Restock.On() {
		t.Error("a restart ended it")
	}
	s.wait(30 * time.Minute)
	if now := s.look("1"); now.Restock.On() || now.Visit.ID != "" || now.LeftBehind != 9 {
		t.Errorf("when its time is over: %+v", now)
	}
	if s.opened() != 0 || !slices.Contains(s.told(), showroom.KindRestockEnded) {
		t.Errorf("told %v", s.told())
	}
	s.visited("1", 31, 1)
	if now := s.look("1"); len(now.Garments) != 1 || now.LeftBehind != 9 {
		t.Errorf("the next shopper: %+v", now)
	}
}

func TestRestockIsEndedByHand(t *testing.T) {
	s := newRow(t)
	s.mustRestock("1", time.Hour)
	s.arrives(tag(jacket38, 1), "1")
	end := func(tx *store.Tx) error { return s.rooms.EndRestock(tx, "1") }
	s.update(end)
	s.update(end) // again: what was wanted
	s.wait(5 * time.Minute)
	if now := s.look("1"); now.Restock.On() || now.Visit.ID != "" || now.LeftBehind != 1 {
		t.Errorf("%+v", now)
	}
	ended := 0
	for _, k := range s.told() {
		if k == showroom.KindRestockEnded {
			ended++
		}
	}
	if ended != 1 {
		t.Errorf("ended %d times", ended)
	}
}

func TestRestockLeavesAVisitAlone(t *testing.T) {
	s := newRow(t)
	s.visited("1", 1, 2)
	visit := s.look("1").Visit.ID
	s.mustRestock("1", 0)
	s.arrives(tag(jacket40, 1), "1")
	if now := s.look("1"); now.Visit.ID != visit || len(now.Garments) != 3 {
		t.Errorf("the shopper in a restocked room: %+v", now)
	}
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "1", "", showroom.EndDone) })
	s.arrives(tag(jacket40, 2), "1")
	s.wait(time.Minute)
	if n := s.opened(); n != 1 {
		t.Errorf("%d visits", n)
	}
}

func TestRestockRefusesNonsense(t *testing.T) {
	s := newRow(t)
	for room, c := range map[showroom.RoomID]struct {
		lasts time.Duration
		code  showroom.Code
	}{
		"9": {0, showroom.CodeNotFound},
		"1": {time.Second, showroom.CodeInvalid},
		"2": {24 * time.Hour, showroom.CodeInvalid},
		"3": {-time.Minute, showroom.CodeInvalid},
	} {
		if _, err := s.restock(room, c.lasts); showroom.ErrorCode(err) != c.code {
			t.Errorf("room %s for %v: %v", room, c.lasts, err)
		}
	}
	s.mustRestock("1", time.Minute)
	s.mustRestock("1", time.Hour) // again, for longer
	s.wait(2 * time.Minute)
	if !s.look("1").Restock.On() {
		t.Error("saying it again did not prolong it")
	}
}
