package presence_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

func TestAGarmentDepartsAfterThirtySecondsOfSilence(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -50, 2*time.Second)
	s.take()
	last := s.now.Add(-200 * time.Millisecond)
	s.now = last.Add(30*time.Second - 1)
	s.wait(0)
	s.expect()
	s.wait(time.Hour) // whoever owns the engine was busy
	got := s.only()
	want := departed(jacket, room1)
	want.At = last.Add(30 * time.Second)
	want.Why = showroom.Figures{WindowMS: 5000, SilentMS: 30_000, OldMean: -50}
	if diff := cmp.Diff(want, got, cmp.Comparer(sameEPC)); diff != "" {
		t.Errorf("the departure (-want +got):\n%s", diff)
	}
	if got := s.engine.Stats(); got.Tags != 0 {
		t.Errorf("%d tags still remembered", got.Tags)
	}
}

func TestNextIsNeverTooLate(t *testing.T) {
	s := open(t)
	if at, ok := s.engine.Next(); ok {
		t.Errorf("nothing has happened and something is due at %v", at)
	}
	s.hangs(room1, jacket, -50, time.Minute)
	s.take()
	for range 100 {
		at, ok := s.engine.Next()
		if !ok {
			break
		}
		if at.Before(s.now) {
			t.Fatalf("due %v ago", s.now.Sub(at))
		}
		s.now = at
		s.wait(0)
	}
	s.expect(departed(jacket, room1))
	if _, ok := s.engine.Next(); ok {
		t.Error("the shop is empty and something is due")
	}
}

func TestAPlaceHasItsOwnPatience(t *testing.T) {
	tray := showroom.Place{Kind: showroom.PlaceTray, ID: "t1"}
	s := open(t, func(c *presence.Config) {
		c.Antennas[presence.Antenna{Reader: "r3", Number: 1}] = presence.Mount{Place: tray}
		c.DepartAfter = map[showroom.Place]time.Duration{tray: 2 * time.Second}
	})
	s.hangs(room3, jacket, -40, time.Second)
	s.hangs(room1, skirt, -40, time.Second)
	s.expect(arrived(jacket, tray), arrived(skirt, room1))
	s.wait(2 * time.Second)
	s.expect(departed(jacket, tray))
}

func TestADeadReaderIsNotAnEmptyRoom(t *testing.T) {
	for _, state := range []devices.State{devices.Silent, devices.Fault, devices.Down} {
		t.Run(state.String(), func(t *testing.T) {
			s := open(t)
			s.hangs(room1, jacket, -50, 2*time.Second)
			s.hangs(room1, skirt, -50, 2*time.Second)
			s.hangs(room2, scarf, -50, 2*time.Second)
			s.take()
			s.device("r1", state)
			s.wait(time.Hour)
			s.expect(departed(scarf, room2)) // its reader is well
			s.device("r1", devices.Up)
			s.hangs(room1, jacket, -50, 25*time.Second)
			s.expect()
			s.hangs(room1, jacket, -50, 5*time.Second)
			s.wait(0)
			s.expect(departed(skirt, room1)) // a full thirty seconds after the reader came back
		})
	}
}

func TestWhatWasDueBeforeTheReaderDiedStillHappens(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -50, 2*time.Second)
	s.take()
	s.now = s.now.Add(31 * time.Second)
	s.device("r1", devices.Down)
	s.expect(departed(jacket, room1))
}

func TestOneOfTwoReadersIsEnough(t *testing.T) {
	s := open(t, func(c *presence.Config) {
		c.Antennas[presence.Antenna{Reader: "r1b", Number: 1}] = presence.Mount{Place: room1}
	})
	s.device("r1b", devices.Up)
	s.hangs(room1, jacket, -50, 2*time.Second)
	s.take()
	s.device("r1", devices.Down)
	s.wait(30 * time.Second)
	s.expect(departed(jacket, room1))
	s.hangs(room1, jacket, -50, time.Second)
	s.take()
	s.device("r1b", devices.Fault)
	s.wait(time.Hour)
	s.expect()
}

func TestASecondReaderThatComesAndGoesKeepsNobody(t *testing.T) {
	s := open(t, func(c *presence.Config) {
		c.Antennas[presence.Antenna{Reader: "r1b", Number: 1}] = presence.Mount{Place: room1}
	})
	s.hangs(room1, jacket, -50, 2*time.Second)
	s.take()
	for range 5 {
		s.device("r1b", devices.Up)
		s.wait(5 * time.Second)
		s.device("r1b", devices.Down)
		s.wait(time.Second)
	}
	s.expect(departed(jacket, room1))
}

func TestNobodyLeavesBeforeTheReaderHasSaidAnything(t *testing.T) {
	s := build(t)
	s.hangs(room1, jacket, -50, 2*time.Second)
	s.expect(arrived(jacket, room1))
	s.wait(time.Hour)
	s.expect()
	s.device("r1", devices.Up)
	s.device("r1", devices.Up) // saying it again starts nothing again
	s.wait(29 * time.Second)
	s.device("r1", devices.Up)
	s.expect()
	s.wait(time.Second)
	s.expect(departed(jacket, room1))
}

func TestAfterARestart(t *testing.T) {
	s := build(t)
	before := s.now.Add(-time.Hour)
	gone := showroom.RoomPlace("walled up")
	s.news = append(s.news, s.engine.Restore([]presence.Occupancy{
		{EPC: jacket, Place: room1, Since: before},
		{EPC: skirt, Place: room1, Since: before},
		{EPC: scarf, Place: gone, Since: before},
		{EPC: gs1.EPC{}, Place: room1},
		{EPC: jacket, Place: room2, Since: before},
	}, s.now)...)
	s.expect(departed(scarf, gone))
	s.wait(10 * time.Minute) // the reader's power supply has to be found
	s.expect()
	for _, o := range s.engine.Snapshot() {
		if !o.Unconfirmed || !o.Since.Equal(before) {
			t.Errorf("%+v, want unconfirmed since before the restart", o)
		}
	}
	s.device("r1", devices.Up)
	s.hears(room1, jacket, -50)
	s.hears(room1, jacket, -50)
	s.expect(confirmed(jacket, room1))
	s.hangs(room1, jacket, -50, 31*time.Second)
	s.expect(departed(skirt, room1))
	want := []presence.Occupancy{{EPC: jacket, Place: room1, Since: before}}
	if diff := cmp.Diff(want, s.engine.Snapshot(), cmp.Comparer(sameEPC)); diff != "" {
		t.Errorf("the snapshot (-want +got):\n%s", diff)
	}
}

func TestAGarmentCarriedElsewhereDuringTheRestart(t *testing.T) {
	s := open(t)
	s.engine.Restore([]presence.Occupancy{{EPC: jacket, Place: room1, Since: s.now}}, s.now)
	s.wait(5 * time.Second)
	s.hears(room3, jacket, -60)
	s.expect()
	s.hears(room3, jacket, -60)
	s.hears(room3, jacket, -60)
	s.expect(moved(jacket, room1, room3))
	if o := s.engine.Snapshot(); len(o) != 1 || o[0].Unconfirmed {
		t.Errorf("%+v, want one confirmed garment", o)
	}
}

func TestStockBehindTheWallIsLearned(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -60, 2*time.Hour)
	s.expect(arrived(jacket, room1))
	s.hangs(room1, jacket, -60, time.Second)
	s.expect(learned(jacket, room1))
	s.hangs(room1, jacket, -60, time.Hour)
	s.expect()
	if got := s.engine.Stats(); got.Static != 1 || got.Present != 0 {
		t.Errorf("%+v, want one static tag and nobody present", got)
	}
	if got := s.engine.Snapshot(); len(got) != 1 || !got[0].Static {
		t.Errorf("the snapshot is %+v, want one static tag", got)
	}
	s.wait(time.Minute) // sold
	s.expect(released(jacket, room1))
	if got := s.engine.Stats(); got.Tags != 0 || got.Static != 0 {
		t.Errorf("%+v, want nothing remembered", got)
	}
	s.hangs(room1, jacket, -60, time.Second) // returned, and tried on by somebody else
	s.expect(arrived(jacket, room1))
}

func TestStaticStockThatIsCarriedOffArrivesElsewhere(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -60, 2*time.Hour+time.Second)
	s.take()
	s.hangs(room3, jacket, -45, time.Second)
	s.expect(arrived(jacket, room3))
	if got := s.engine.Stats(); got.Static != 0 || got.Present != 1 {
		t.Errorf("%+v, want one present and none static", got)
	}
}

func TestAnOutageStartsLearningAgain(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -60, time.Hour)
	s.take()
	s.device("r1", devices.Down)
	s.wait(2 * time.Hour)
	s.device("r1", devices.Up)
	s.hangs(room1, jacket, -60, time.Hour)
	s.expect()
}

func TestStockInAZoneIsWhereItBelongs(t *testing.T) {
	s := open(t)
	s.hangs(floor, jacket, -60, 5*time.Hour)
	s.expect(arrived(jacket, floor))
}

func TestForgettingIsNoChange(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -50, time.Second)
	s.take()
	if !s.engine.Forget(jacket) || s.engine.Forget(jacket) {
		t.Error("want the first Forget to find the jacket and the second not to")
	}
	s.wait(time.Hour)
	s.expect()
	if got := s.engine.Stats(); got.Tags != 0 {
		t.Errorf("%d tags remembered", got.Tags)
	}
}
