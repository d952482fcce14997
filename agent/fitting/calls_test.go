package fitting_test

import (
	"slices"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestACallIsAnsweredOnce(t *testing.T) {
	s := newShop(t)
	var first, second showroom.StaffCall
	s.update(func(tx *store.Tx) (err error) {
		if first, err = s.rooms.Call(tx, "2"); err != nil {
			return err
		}
		second, err = s.rooms.Call(tx, "2")
		return err
	})
	if first.ID != second.ID || !s.look("2").Called {
		t.Errorf("two taps, two calls: %+v %+v", first, second)
	}
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Answer(tx, first.ID)
		return err
	})
	if s.look("2").Called {
		t.Error("answered and still calling")
	}
	err := s.db.Update(t.Context(), func(tx *store.Tx) error {
		_, err := s.rooms.Answer(tx, first.ID)
		return err
	})
	if showroom.ErrorCode(err) != showroom.CodeConflict {
		t.Errorf("answered twice: %v", err)
	}
}

func TestALateWordMeetsNoOtherVisit(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	first := s.look("2").Visit.ID
	s.departs(tag(jacket38, 1), "2")
	s.later(2 * time.Minute)
	s.arrives(tag(jacket38, 2), "2")
	s.later(5 * time.Second)
	second := s.look("2").Visit.ID
	if first == "" || second == "" || first == second {
		t.Fatalf("visits %q and %q", first, second)
	}
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "2", first, showroom.EndDone) })
	if s.look("2").Visit.ID != second {
		t.Error("the first shopper's late word ended the second one's visit")
	}
	s.update(func(tx *store.Tx) error { return s.rooms.Forget(tx, "2", first) })
	if s.look("2").Visit.ID != second {
		t.Error("forgetting the first visit ended the second")
	}
	rows, err := s.db.Since(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		switch {
		case r.Subject == showroom.VisitSubject(first) && len(r.Body) > 0:
			t.Errorf("of the first visit there still is %s", r.Body)
		case r.Subject == showroom.VisitSubject(second) && len(r.Body) == 0:
			t.Errorf("of the second visit %s is gone", r.Kind)
		}
	}
	s.update(func(tx *store.Tx) error { return s.rooms.Forget(tx, "2", first) }) // again: nothing left to forget
	err = s.db.Update(t.Context(), func(tx *store.Tx) error { return s.rooms.Forget(tx, "1", second) })
	if showroom.ErrorCode(err) != showroom.CodeNotFound {
		t.Errorf("room 1 forgets a visit of room 2: %v", err)
	}
}

func TestTheNextShopperHasCalledNobody(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Call(tx, "2")
		return err
	})
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "2", "", showroom.EndDone) })
	if s.look("2").Called {
		t.Error("the visit is over and its call still open")
	}
	if !slices.Contains(s.told(), showroom.KindStaffCallAnswered) {
		t.Error("nobody was told that the call is over")
	}
}
