package fitting_test

import (
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// reboot begins anew as after a power cut, on a machine without a battery clock whose wall time is off by so much.
func (s *shop) reboot(off time.Duration) {
	s.t.Helper()
	s.mu.Lock()
	s.boots, s.off, s.up = s.boots+1, off, s.mono
	s.mu.Unlock()
	s.reopen()
	s.update(func(tx *store.Tx) error {
		_, err := s.rooms.Restore(tx)
		return err
	})
}

func TestARestockEndsHoweverTheClockStands(t *testing.T) {
	for name, off := range map[string]time.Duration{"right": time.Minute, "hours behind": -9 * time.Hour, "years behind": -9000 * time.Hour, "years ahead": 9000 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := newRow(t)
			s.mustRestock("1", 10*time.Minute)
			s.wait(time.Minute)
			s.reboot(off)
			s.wait(10*time.Minute + time.Second)
			if r := s.look("1").Restock; r.On() {
				t.Errorf("ten minutes after the restart it goes on: %+v", r)
			}
		})
	}
}

func TestAVisitEndsHoweverTheClockStands(t *testing.T) {
	s := newRow(t)
	s.visited("1", 1, 1)
	s.departs(tag(jacket38, 1), "1")
	s.wait(time.Minute)
	s.reboot(-9 * time.Hour)
	s.wait(3*time.Minute + time.Second)
	if now := s.look("1"); now.Visit.ID != "" {
		t.Errorf("an empty room is taken for as long as the clock is behind: %+v", now.Visit)
	}
}

// What an associate carries from one room into one that is restocked was hung there for sale like all the rest.
func TestWhatIsCarriedIntoARestockedRoomIsNobodys(t *testing.T) {
	s := newRow(t)
	left := s.visited("2", 1, 2)
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "2", "", showroom.EndDone) })
	s.mustRestock("1", 0)
	for _, epc := range left {
		s.moves(epc, "2", "1")
	}
	s.wait(5 * time.Minute)
	s.update(func(tx *store.Tx) error { return s.rooms.EndRestock(tx, "1") })
	s.visited("1", 11, 1)
	s.wait(5 * time.Minute)
	if now := s.look("1"); len(now.Garments) != 1 || now.LeftBehind != 2 {
		t.Errorf("the next shopper has %d garments, %d are left behind; want 1 and 2", len(now.Garments), now.LeftBehind)
	}
}

// What left a room before a power cut comes from the shop floor when it comes again: nobody knows how long ago that was.
func TestAGarmentComesFromTheFloorHoweverTheClockStands(t *testing.T) {
	s := newRow(t)
	s.visited("1", 1, 1)
	s.departs(tag(jacket38, 1), "1")
	s.update(func(tx *store.Tx) error { return s.rooms.Finish(tx, "1", "", showroom.EndDone) })
	s.reboot(-9 * time.Hour)
	s.wait(time.Hour)
	s.arrives(tag(jacket38, 1), "2")
	s.wait(20 * time.Second)
	if now := s.look("2"); now.Visit.ID == "" {
		t.Errorf("whoever brought it waits as if it had been carried over from next door: %+v", now)
	}
}
