package fitting_test

import (
	"testing"
	"time"

	"showroom/agent/fitting"
	"showroom/agent/showroom"
)

// One of five garments is heard through the wall: that is nobody next door. Somebody who does go in next door is there all the same.
func TestAGarmentHeardThroughTheWallIsNobodyNextDoor(t *testing.T) {
	s := newRow(t)
	all := tags(1, 5)
	s.arrives(all[4], "2")
	for _, epc := range all[:4] {
		s.arrives(epc, "1")
	}
	s.wait(100 * time.Second)
	if s.look("1").Visit.ID == "" || s.look("2").Visit.ID != "" {
		t.Errorf("room 1: %+v\nroom 2: %+v", s.look("1").Visit, s.look("2").Visit)
	}
	s.moves(all[4], "2", "1")
	if now := s.look("1"); len(now.Garments) != 5 {
		t.Errorf("the engine thinks better of it: %+v", now)
	}
	s = newRow(t)
	for _, epc := range all[:4] {
		s.arrives(epc, "1")
	}
	s.wait(time.Second)
	s.arrives(all[4], "2")
	s.touch("2")
	if s.look("2").Visit.ID == "" {
		t.Error("somebody touches the screen")
	}
	s.visited("3", 11, 2) // a moment later is another shopper
	s.wait(time.Minute)
	s.arrives(tag(jacket38, 21), "4")
	s.wait(2 * time.Minute)
	if s.look("4").Visit.ID == "" {
		t.Error("one garment, much later")
	}
}

// Of two garments brought in at once, one is heard next door at first, because somebody stands before the right antenna.
func TestAGarmentThatCameWithOneNextDoorIsWaitedFor(t *testing.T) {
	one, other := tag(jacket38, 1), tag(jacket38, 2)
	s := newRow(t)
	s.pair()
	s.arrives(one, "1")
	s.arrives(other, "2")
	s.wait(8 * time.Second)
	s.moves(other, "2", "1")
	s.wait(15 * time.Second)
	if s.look("1").Visit.ID == "" || s.look("2").Visit.ID != "" || s.opened() != 1 {
		t.Errorf("room 1: %+v\nroom 2: %+v", s.look("1").Visit, s.look("2").Visit)
	}

	s = newRow(t) // two shoppers, who come in side by side
	s.pair()
	s.arrives(one, "1")
	s.arrives(other, "2")
	s.wait(13 * time.Second)
	if s.look("1").Visit.ID == "" || s.look("2").Visit.ID == "" {
		t.Errorf("room 1: %+v\nroom 2: %+v", s.look("1").Visit, s.look("2").Visit)
	}

	s = newRow(t) // one after the other
	s.pair()
	s.arrives(one, "1")
	s.wait(3 * time.Second)
	s.arrives(other, "2")
	s.wait(5 * time.Second)
	if s.look("1").Visit.ID == "" || s.look("2").Visit.ID == "" {
		t.Errorf("room 1: %+v\nroom 2: %+v", s.look("1").Visit, s.look("2").Visit)
	}
}

// pair makes rooms 1 and 2 neighbours, and all others strangers.
func (s *shop) pair() {
	s.reopen(func(o *fitting.Options) {
		for i := range o.Rooms {
			o.Rooms[i].Near = []showroom.RoomID{}
		}
		o.Rooms[0].Near, o.Rooms[1].Near = []showroom.RoomID{"2"}, []showroom.RoomID{"1"}
	})
}
