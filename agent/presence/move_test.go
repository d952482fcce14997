package presence_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/presence"
	"showroom/agent/showroom"
)

func TestAGarmentMovesToWhereItIsLouder(t *testing.T) {
	for name, c := range map[string]struct {
		from, to showroom.Place
		old, new float64
		moves    bool
	}{
		"louder by more than the margin": {room2, room3, -60, -53.9, true},
		"louder by the margin":           {room2, room3, -60, -54, false},
		"as loud":                        {room2, room3, -60, -60, false},
		"enough, but for neighbours":     {room1, room2, -60, -52, false},
		"enough for neighbours":          {room1, room2, -60, -50.9, true},
		"neighbours both ways":           {room2, room1, -60, -52, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.hangs(c.from, jacket, c.old, 10*time.Second)
			s.expect(arrived(jacket, c.from))
			for range 30 {
				s.hears(c.from, jacket, c.old)
				s.hangs(c.to, jacket, c.new, 200*time.Millisecond)
			}
			if c.moves {
				s.expect(moved(jacket, c.from, c.to))
			} else {
				s.expect()
			}
		})
	}
}

func TestAMoveTellsWhy(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -58, 3*time.Second)
	s.take()
	s.wait(time.Second)
	s.hears(room2, jacket, -44)
	s.expect()
	s.hears(room2, jacket, -46)
	got := s.only()
	want := moved(jacket, room1, room2)
	want.At = s.now
	want.Why = showroom.Figures{Reads: 2, WindowMS: 5000, RSSIKnown: true, MeanRSSI: -45, OldMean: -58, Margin: 9, Lead: 13, SilentMS: 1200}
	if diff := cmp.Diff(want, got, cmp.Comparer(sameEPC)); diff != "" {
		t.Errorf("the move (-want +got):\n%s", diff)
	}
}

func TestAGarmentStaysAMoment(t *testing.T) {
	s := open(t)
	s.hangs(room2, jacket, -64, 600*time.Millisecond)
	s.expect(arrived(jacket, room2))
	s.hangs(room3, jacket, -40, 1400*time.Millisecond)
	s.expect()
	s.hangs(room3, jacket, -40, time.Second)
	s.expect(moved(jacket, room2, room3))
}

// Readers that serve their antennas in turn, a second each, and a difference of 6 dB: a garment that hangs still never moves.
func TestAStillGarmentDoesNotMoveInAnHour(t *testing.T) {
	s := open(t)
	for range 30 * 60 {
		s.hangs(room1, jacket, -54, time.Second)
		s.hangs(room2, jacket, -60, time.Second)
	}
	s.expect(arrived(jacket, room1))
}

func TestOldReadsDoNotOutvoteNewOnes(t *testing.T) {
	s := open(t)
	s.hangs(room3, jacket, -40, time.Minute)
	s.expect(arrived(jacket, room3))
	// It is carried to the far end of the room; the mean must follow within the window.
	s.hangs(room3, jacket, -62, 5200*time.Millisecond)
	s.hears(room2, jacket, -52)
	s.hears(room2, jacket, -52)
	s.expect(moved(jacket, room3, room2))
}

func TestWithoutStrengthsTheOldPlaceMustBeSilent(t *testing.T) {
	for name, dBm := range map[string]struct{ old, new float64 }{
		"neither known": {unknown, unknown},
		"old unknown":   {unknown, -40},
		"new unknown":   {-60, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.hangs(room1, jacket, dBm.old, 3*time.Second)
			s.expect(arrived(jacket, room1))
			for range 30 {
				s.hears(room1, jacket, dBm.old)
				s.hangs(room3, jacket, dBm.new, time.Second)
			}
			s.expect()
			s.hangs(room3, jacket, dBm.new, 3600*time.Millisecond)
			s.expect()
			s.hangs(room3, jacket, dBm.new, time.Second)
			s.expect(moved(jacket, room1, room3))
		})
	}
}

func TestANewPlaceTakesOverWhenTheOldOneFallsSilent(t *testing.T) {
	s := open(t, retail)
	s.hangs(room1, jacket, -40, 10*time.Second)
	s.expect(arrived(jacket, room1))
	s.hangs(room3, jacket, -50, 20*time.Second)
	got := s.only()
	if got.Kind != presence.Moved || got.To != room3 || got.Why.SilentMS < 3000 || got.Why.SilentMS > 12_000 {
		t.Errorf("%+v, want a move to room 3 as soon as room 1 is out of the means", got)
	}
}

func TestAStrayReadElsewhereIsNoMoveEvenInSilence(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -45, 3*time.Second)
	s.take()
	s.wait(28 * time.Second)
	s.hears(room3, jacket, -60)
	s.wait(2 * time.Second)
	s.expect(departed(jacket, room1))
}
