package fitting_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// newRow is a row of five rooms with the numbers of a real shop.
func newRow(t *testing.T) *shop {
	t.Helper()
	s := newShop(t)
	s.reopen()
	return s
}

// reopen begins anew over the same store, as after a restart.
func (s *shop) reopen(change ...func(*fitting.Options)) {
	o := fitting.Options{Visits: showroom.RetailVisits(), Clock: s.now, NewID: s.newID, Log: slog.New(slog.DiscardHandler)}
	for i := range 5 {
		o.Rooms = append(o.Rooms, showroom.Room{ID: showroom.RoomID(fmt.Sprint(i + 1)), Name: fmt.Sprint("Kabin ", i+1)})
	}
	for _, f := range change {
		f(&o)
	}
	s.rooms = fitting.New(s.db, o)
}

// wait lets time pass second by second.
func (s *shop) wait(d time.Duration) {
	s.t.Helper()
	for range d / time.Second {
		s.later(time.Second)
	}
}

func (s *shop) moves(epc gs1.EPC, from, to showroom.RoomID) {
	s.t.Helper()
	s.apply(presence.Change{Kind: presence.Moved, EPC: epc, From: showroom.RoomPlace(from), To: showroom.RoomPlace(to)})
}

func (s *shop) touch(room showroom.RoomID) {
	s.t.Helper()
	if err := s.rooms.Touch(s.t.Context(), room); err != nil {
		s.t.Fatal(err)
	}
}

// opened is how many visits there have been.
func (s *shop) opened() (n int) {
	s.t.Helper()
	for _, k := range s.told() {
		if k == showroom.KindVisitOpened {
			n++
		}
	}
	return n
}

func tags(first uint64, n int) []gs1.EPC {
	all := make([]gs1.EPC, n)
	for i := range all {
		all[i] = tag(jacket38, first+uint64(i))
	}
	return all
}

// visited begins a visit with garments and answers them.
func (s *shop) visited(room showroom.RoomID, first uint64, n int) []gs1.EPC {
	s.t.Helper()
	worn := tags(first, n)
	for _, epc := range worn {
		s.arrives(epc, room)
	}
	s.wait(5 * time.Second)
	if s.look(room).Visit.ID == "" {
		s.t.Fatalf("nobody is in room %s", room)
	}
	return worn
}

func TestATrolleyBesideTheRoomsIsNobody(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s, random := newRow(t), rand.New(rand.NewPCG(seed, 0))
			trolley := tags(1, 60)
			random.Shuffle(len(trolley), func(i, j int) { trolley[i], trolley[j] = trolley[j], trolley[i] })
			in := map[gs1.EPC]showroom.RoomID{}
			// Most are heard at once where it stands, some in the rooms beside it, and the hidden ones bit by bit.
			for i, epc := range trolley {
				room := showroom.RoomID([]string{"2", "3", "3", "3", "3", "4"}[random.IntN(6)])
				s.arrives(epc, room)
				in[epc] = room
				switch {
				case i < 30 && i%6 == 5:
					s.wait(time.Second)
				case i >= 30:
					s.wait(time.Duration(1+random.IntN(7)) * time.Second)
				}
			}
			s.wait(time.Minute)
			for _, epc := range trolley {
				s.departs(epc, in[epc])
				s.wait(time.Duration(random.IntN(2)) * time.Second)
			}
			s.wait(5 * time.Minute)
			if n := s.opened(); n != 0 {
				t.Errorf("%d visits of a trolley", n)
			}
		})
	}
}

func TestATrolleyBesideAShopperLeavesThemAlone(t *testing.T) {
	s := newRow(t)
	s.visited("2", 1, 2)
	visit, r := s.look("2").Visit.ID, s.mustRequest("2", jacket40, false)
	s.wait(time.Minute)
	trolley := tags(100, 40)
	for _, epc := range trolley {
		s.arrives(epc, "2")
	}
	s.wait(time.Minute)
	if now := s.look("2"); now.Visit.ID != visit || len(now.Garments) != 2 || now.Piled != 40 {
		t.Errorf("beside a trolley the shopper sees %d garments, %d are of the trolley", len(now.Garments), now.Piled)
	}
	for _, epc := range trolley {
		s.departs(epc, "2")
	}
	s.wait(time.Minute)
	now := s.look("2")
	if now.Visit.ID != visit || len(now.Requests) != 1 || now.Requests[0].ID != r.ID || now.Requests[0].State != showroom.SizeRequested {
		t.Errorf("after the trolley: %+v", now)
	}
	if n := s.opened(); n != 1 {
		t.Errorf("%d visits", n)
	}
}

// Somebody clears three rooms: what hangs in the first goes along into the second, and all of that into the third.
func TestClearingUpIsNobody(t *testing.T) {
	for name, c := range map[string]struct {
		ended bool // somebody has said that the visits are over
		rests time.Duration
		lost  bool // the garments are out of hearing on the way
	}{
		"garments left behind":             {ended: true, rests: 40 * time.Second},
		"garments left behind, at leisure": {ended: true, rests: 4 * time.Minute},
		"visits nobody has ended":          {rests: 40 * time.Second},
		"out of hearing on the way":        {ended: true, rests: 40 * time.Second, lost: true},
		"neither ended nor heard":          {rests: 40 * time.Second, lost: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newRow(t)
			var arm []gs1.EPC
			left := map[showroom.RoomID][]gs1.EPC{}
			for i, room := range []showroom.RoomID{"1", "2", "3"} {
				left[room] = s.visited(room, uint64(10*i+1), 5)
				if c.ended {
					s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, room, "", showroom.EndDone) })
				}
			}
			before := s.opened()
			at := showroom.RoomID("1")
			for _, next := range []showroom.RoomID{"2", "3", "4"} {
				arm = append(arm, left[at]...)
				for i, epc := range arm {
					if c.lost {
						s.departs(epc, at)
					} else {
						s.moves(epc, at, next)
					}
					if i%4 == 3 {
						s.wait(time.Second)
					}
				}
				if c.lost {
					s.wait(10 * time.Second)
					for _, epc := range arm {
						s.arrives(epc, next)
					}
				}
				at = next
				s.wait(c.rests)
			}
			for _, epc := range arm {
				s.departs(epc, at)
			}
			s.wait(5 * time.Minute)
			if n := s.opened() - before; n != 0 {
				t.Errorf("%d visits of somebody who clears up", n)
			}
		})
	}
}

func TestFriendsSwapAndNoRequestMoves(t *testing.T) {
	s := newRow(t)
	s.stock(jacket38, 9, 2)
	hers, his := s.visited("1", 1, 2), s.visited("2", 11, 2)
	one, two := s.look("1").Visit.ID, s.look("2").Visit.ID
	first, second := s.mustRequest("1", jacket40, false), s.mustRequest("2", jacket38, false)
	for range 5 {
		for _, epc := range hers {
			s.moves(epc, "1", "2")
		}
		s.wait(30 * time.Second)
		for _, epc := range his {
			s.moves(epc, "2", "1")
		}
		s.wait(30 * time.Second)
		hers, his = his, hers
	}
	// In the end everything is in one room, and she waits in the other.
	for _, epc := range hers {
		s.moves(epc, "1", "2")
	}
	s.wait(6 * time.Minute)
	if now := s.look("1"); now.Visit.ID != one || len(now.Requests) != 1 || now.Requests[0].ID != first.ID || now.Requests[0].State.Closed() {
		t.Errorf("room 1: %+v", now)
	}
	if now := s.look("2"); now.Visit.ID != two || len(now.Garments) != 4 || len(now.Requests) != 1 || now.Requests[0].ID != second.ID {
		t.Errorf("room 2: %+v", now)
	}
	if n := s.opened(); n != 2 {
		t.Errorf("%d visits of two friends", n)
	}
}

func TestARequestOutlivesTheGarmentItWasAskedFrom(t *testing.T) {
	s := newRow(t)
	worn := s.visited("1", 1, 1)
	r := s.mustRequest("1", jacket40, false)
	s.departs(worn[0], "1")
	s.wait(9 * time.Minute)
	if got := s.stateOf(r.ID); got != showroom.SizeRequested {
		t.Errorf("she waits for it and it is %s", got)
	}
	s.wait(2 * time.Minute)
	if got := s.stateOf(r.ID); got != showroom.SizeCancelled {
		t.Errorf("nobody has been there for ten minutes and it is %s", got)
	}
}

func TestWhoGoesOnToAnotherRoomIsBelieved(t *testing.T) {
	s := newRow(t)
	worn := s.visited("1", 1, 2)
	for _, epc := range worn {
		s.moves(epc, "1", "5")
	}
	s.wait(time.Minute)
	if s.look("5").Visit.ID != "" {
		t.Error("carried garments opened a visit as brought ones do")
	}
	s.wait(61 * time.Second)
	if now := s.look("5"); now.Visit.ID == "" || len(now.Garments) != 2 {
		t.Errorf("two minutes later: %+v", now)
	}
}

func TestATouchTellsAShopperFromStock(t *testing.T) {
	s := newRow(t)
	s.touch("1")
	if s.opened() != 0 {
		t.Fatal("a touch in an empty room opened a visit")
	}
	for _, epc := range tags(1, 12) {
		s.arrives(epc, "1")
	}
	s.wait(time.Minute)
	if now := s.look("1"); now.Visit.ID != "" || len(now.Garments) != 0 || now.Piled != 12 {
		t.Fatalf("twelve garments at once: %+v", now)
	}
	s.touch("1")
	if now := s.look("1"); now.Visit.ID == "" || len(now.Garments) != 12 || now.Piled != 0 {
		t.Errorf("and somebody who touches the screen: %d garments, %d piled", len(now.Garments), now.Piled)
	}
	moved := s.visited("2", 21, 2)
	for _, epc := range moved {
		s.moves(epc, "2", "3")
	}
	s.touch("3")
	if now := s.look("3"); now.Visit.ID == "" || len(now.Garments) != 2 {
		t.Errorf("who goes on and touches the screen: %+v", now)
	}
}

func TestALargePileIsNotHeldAgainstTheWholeRowForEver(t *testing.T) {
	s := newRow(t)
	for _, epc := range tags(1, 20) {
		s.arrives(epc, "4")
	}
	s.wait(11 * time.Minute)
	s.visited("1", 31, 1)
}

func TestStockThatComesAndGoesByItselfIsNobody(t *testing.T) {
	s := newRow(t)
	rail := tag(jacket38, 1)
	s.visited("1", 1, 1) // the first time nobody can know
	s.departs(rail, "1")
	s.wait(4 * time.Minute)
	for range 10 {
		s.arrives(rail, "1")
		s.wait(70 * time.Second)
		s.departs(rail, "1")
		s.wait(3 * time.Minute)
	}
	if n := s.opened(); n != 1 {
		t.Errorf("%d visits of a garment behind the wall", n)
	}
}

func TestWhatANeighbourLeftIsTriedOnByWhoKeepsIt(t *testing.T) {
	s := newRow(t)
	left := s.visited("1", 1, 1)[0]
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "1", "", showroom.EndDone) })
	s.visited("2", 11, 1)
	s.moves(left, "1", "2")
	if now := s.look("2"); len(now.Garments) != 1 || now.LeftBehind != 1 {
		t.Errorf("carried past: %+v", now)
	}
	s.wait(121 * time.Second)
	if now := s.look("2"); len(now.Garments) != 2 || now.LeftBehind != 0 || now.Garments[1].Visit != now.Visit.ID {
		t.Errorf("kept: %+v", now)
	}
}

func TestGarmentsWithNobodyHeardBetweenThemAreOneVisit(t *testing.T) {
	s := newRow(t)
	for i := range 4 { // a shopper hangs them up one by one
		s.arrives(tag(jacket38, uint64(i+1)), "1")
		s.wait(3 * time.Second)
	}
	s.wait(2 * time.Second)
	if now := s.look("1"); now.Visit.ID == "" || len(now.Garments) != 4 {
		t.Errorf("%+v", now)
	}
}
