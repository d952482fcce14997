package fitting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestForgettingEmptiesEverythingAboutTheVisit(t *testing.T) {
	s := newShop(t)
	s.arrives(tag(jacket38, 1), "2")
	s.later(5 * time.Second)
	visit := s.look("2").Visit.ID
	s.mustRequest("2", jacket40, false)
	s.update(func(tx *store.Tx) error { return s.rooms.Forget(tx, "2", "") })
	rows, err := s.db.Since(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	forgotten := 0
	for _, r := range rows {
		if r.Subject == showroom.VisitSubject(visit) {
			forgotten++
			if len(r.Body) != 0 {
				t.Errorf("%s still says %s", r.Kind, r.Body)
			}
		}
	}
	if forgotten < 4 {
		t.Errorf("only %d rows were about the visit", forgotten)
	}
	if now := s.look("2"); now.Visit.ID != "" || now.LeftBehind != 1 {
		t.Errorf("after forgetting: %+v", now)
	}
}

func TestAForgottenVisitsGarmentsAreNamedNowhere(t *testing.T) {
	s := newShop(t)
	worn, moved, other := tag(jacket38, 1), tag(jacket38, 2), tag(jacket38, 3)
	s.arrives(worn, "2")
	s.arrives(other, "1")
	s.later(5 * time.Second)
	s.arrives(moved, "2")
	s.apply(presence.Change{Kind: presence.Moved, EPC: moved, From: showroom.RoomPlace("2"), To: showroom.RoomPlace("1")})
	s.update(func(tx *store.Tx) error { return s.rooms.Forget(tx, "2", "") })
	rows, err := s.db.Since(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var also, emptied []string
	others := 0
	for _, r := range rows {
		body := string(r.Body)
		if strings.Contains(body, worn.String()) || strings.Contains(body, moved.String()) {
			t.Errorf("%s about %s still says %s", r.Kind, r.Subject, body)
		}
		if strings.Contains(body, other.String()) {
			others++
		}
		if r.Subject == showroom.RoomPlace("2").String() || r.Kind == showroom.KindGarmentMoved {
			emptied = append(emptied, r.ID())
		}
		if e, err := showroom.DecodeEvent(r.Kind, r.Version, r.Body); err == nil {
			if e, ok := e.(showroom.VisitForgotten); ok {
				also = e.Also
			}
		}
	}
	if diff := cmp.Diff(emptied, also); diff != "" || len(also) != 2 {
		t.Errorf("the centre is told to empty (-want +got):\n%s", diff)
	}
	if others != 2 {
		t.Errorf("of the arrival and the joining of somebody else's garment %d are left", others)
	}
}
