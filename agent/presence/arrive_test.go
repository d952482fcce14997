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

func TestAJacketIsCarriedIn(t *testing.T) {
	s := open(t)
	s.hears(room1, jacket, -50)
	s.wait(400 * time.Millisecond)
	s.hears(room1, jacket, -52)
	s.hears(room2, jacket, -72) // beyond the wall
	s.wait(400 * time.Millisecond)
	s.expect()
	s.hears(room1, jacket, -54)
	got := s.only()
	want := arrived(jacket, room1)
	want.At = s.now
	want.Why = showroom.Figures{Reads: 3, WindowMS: 5000, RSSIKnown: true, MeanRSSI: -52, OldMean: -72, Lead: 20}
	if diff := cmp.Diff(want, got, cmp.Comparer(sameEPC)); diff != "" {
		t.Errorf("the arrival (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]presence.Occupancy{{EPC: jacket, Place: room1, Since: s.now}}, s.engine.Snapshot(), cmp.Comparer(sameEPC)); diff != "" {
		t.Errorf("the snapshot (-want +got):\n%s", diff)
	}
}

func TestStrayReadsAreNoArrival(t *testing.T) {
	for _, every := range []time.Duration{1100 * time.Millisecond, 2500 * time.Millisecond, 6 * time.Second} {
		s := open(t)
		for range 20 { // reflections
			s.hears(room1, jacket, -45)
			s.wait(every)
		}
		s.expect()
	}
}

func TestTwoReadsAreNotThree(t *testing.T) {
	s := open(t)
	s.hears(room1, jacket, -45)
	s.hears(room1, jacket, -45)
	s.wait(time.Minute)
	s.expect()
	if got := s.engine.Stats(); got.Tags != 0 || got.Forgotten != 1 {
		t.Errorf("%d tags remembered and %d forgotten, want 0 and 1", got.Tags, got.Forgotten)
	}
}

func TestTheNextRoomsGarmentsDoNotArrive(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -66, time.Minute)
	s.expect()
}

func TestWhatTellsNothingIsNotEvenRemembered(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -81, time.Minute)
	s.expect()
	if got := s.engine.Stats(); got.Tags != 0 || got.Weak != got.Reads {
		t.Errorf("%d tags remembered, %d of %d reads weak; want none and all", got.Tags, got.Weak, got.Reads)
	}
}

func TestAnAntennaHasItsOwnFloorAndGain(t *testing.T) {
	for name, c := range map[string]struct {
		mount presence.Mount
		dBm   float64
		comes bool
	}{
		"at the profile's floor":     {presence.Mount{}, -65, true},
		"below it":                   {presence.Mount{}, -65.01, false},
		"own floor lower":            {presence.Mount{Floor: devices.DBm(-75)}, -74, true},
		"own floor higher":           {presence.Mount{Floor: devices.DBm(-55)}, -56, false},
		"long cable":                 {presence.Mount{Gain: 4}, -68, true},
		"strong antenna":             {presence.Mount{Gain: -4}, -62, false},
		"gain beyond any radio":      {presence.Mount{Gain: 1000}, -62, true},
		"loss does not turn unknown": {presence.Mount{Gain: -1000}, -62, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.mount.Place = room1
			s := open(t, func(p *presence.Config) { p.Antennas[presence.Antenna{Reader: "r1", Number: 1}] = c.mount })
			s.hangs(room1, jacket, c.dBm, time.Second)
			if got := len(s.take()) == 1; got != c.comes {
				t.Errorf("arrived = %v, want %v", got, c.comes)
			}
		})
	}
}

// The neighbour's antenna has its turn first and hears the jacket three times before its own antenna does.
func TestALouderPlaceIsWaitedFor(t *testing.T) {
	s := open(t)
	s.hears(room1, jacket, -48)
	for range 4 {
		s.wait(100 * time.Millisecond)
		s.hears(room2, jacket, -60)
	}
	s.expect()
	s.hears(room1, jacket, -48)
	s.hears(room1, jacket, -48)
	s.expect(arrived(jacket, room1))
}

func TestALouderPlaceIsNotWaitedForForEver(t *testing.T) {
	s := open(t)
	s.hears(room1, jacket, -48) // passing by
	s.wait(5100 * time.Millisecond)
	s.hangs(room2, jacket, -60, 600*time.Millisecond)
	s.expect(arrived(jacket, room2))
}

func TestAntennasOfOneRoomWorkTogether(t *testing.T) {
	second := presence.Antenna{Reader: "r1", Number: 2}
	s := open(t, func(c *presence.Config) { c.Antennas[second] = presence.Mount{Place: room1} })
	s.hears(room1, jacket, -50)
	s.read(second, jacket, -60)
	s.hears(room1, jacket, -50)
	s.expect(arrived(jacket, room1))
	for range 100 { // turning before the mirror is no move
		s.wait(300 * time.Millisecond)
		s.read(second, jacket, -40)
	}
	s.expect()
}

func TestAReaderWithoutStrengthNeedsMoreReads(t *testing.T) {
	s := open(t)
	for range 4 {
		s.hears(room1, jacket, unknown)
	}
	s.expect()
	s.hears(room1, jacket, unknown)
	got := s.only()
	want := showroom.Figures{Reads: 5, WindowMS: 2000}
	if diff := cmp.Diff(want, got.Why); diff != "" {
		t.Errorf("the figures (-want +got):\n%s", diff)
	}
}

func TestReadsOfAntennasThatHangNowhereAreCounted(t *testing.T) {
	s := open(t)
	for range 5 {
		s.read(presence.Antenna{Reader: "r1", Number: 4}, jacket, -40)
		s.read(presence.Antenna{Reader: "stranger", Number: 1}, jacket, -40)
		s.read(presence.Antenna{Reader: "r1", Number: 1}, gs1.EPC{}, -40)
	}
	s.expect()
	if got := s.engine.Stats().Unplaced; got != 15 {
		t.Errorf("%d reads unplaced, want 15", got)
	}
}
