package fitting_test

import (
	"testing"
	"time"

	"showroom/agent/presence"
	"showroom/agent/showroom"
)

// Garments that may still hang before the curtain open no visit, however long they do; once the engine is sure of one, all is as if it
// had known at once.
func TestWhatIsInDoubtOpensNoVisit(t *testing.T) {
	s := newRow(t)
	worn := tags(1, 2)
	room := showroom.RoomPlace("2")
	for _, epc := range worn {
		s.apply(presence.Change{Kind: presence.Arrived, EPC: epc, To: room, Doubtful: true})
	}
	s.wait(time.Minute)
	if now := s.look("2"); now.Visit.ID != "" || len(now.Garments) != 2 {
		t.Fatalf("%+v, want two garments and no visit", now)
	}
	s.apply(presence.Change{Kind: presence.Trusted, EPC: worn[0], From: room, To: room})
	s.wait(time.Second)
	visit := s.look("2").Visit.ID
	if visit == "" {
		t.Fatal("no visit opens for a garment that does hang there")
	}
	s.apply(presence.Change{Kind: presence.Trusted, EPC: worn[1], From: room, To: room})
	for _, g := range s.look("2").Garments {
		if g.Visit != visit {
			t.Errorf("%+v is not of the visit", g)
		}
	}
}

func TestWhatNeverCameIsNotCarriedOn(t *testing.T) {
	s := newRow(t)
	epc := tags(1, 1)[0]
	s.apply(presence.Change{Kind: presence.Arrived, EPC: epc, To: showroom.RoomPlace("2"), Doubtful: true})
	s.wait(time.Minute)
	s.apply(presence.Change{Kind: presence.Departed, EPC: epc, From: showroom.RoomPlace("2")})
	s.visited("4", 1, 1) // its shopper finds a room at last
	if s.look("4").Visit.ID == "" {
		t.Error("it waits as if it had been taken down somewhere")
	}
	s = newRow(t)
	s.apply(presence.Change{Kind: presence.Arrived, EPC: epc, To: showroom.RoomPlace("2"), Doubtful: true})
	s.moves(epc, "2", "3")
	s.wait(5 * time.Second)
	if s.look("3").Visit.ID == "" {
		t.Error("a move that is no matter of doubt leaves it in doubt")
	}
}

func TestWhoTouchesTheScreenDispelsTheDoubt(t *testing.T) {
	s := newRow(t)
	s.apply(presence.Change{Kind: presence.Arrived, EPC: tags(1, 1)[0], To: showroom.RoomPlace("2"), Doubtful: true})
	s.touch("2")
	if now := s.look("2"); now.Visit.ID == "" || len(now.Garments) != 1 || now.Garments[0].Visit != now.Visit.ID {
		t.Errorf("%+v, want a visit with the garment", now)
	}
}
