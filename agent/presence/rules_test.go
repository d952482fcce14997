package presence_test

import (
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

// retail is the profile that shops use, with all rooms in a row.
func retail(c *presence.Config) {
	c.Profile = presence.RetailProfile()
	c.Neighbours = append(c.Neighbours, [2]showroom.Place{room2, room3})
}

// heard is what rooms 1, 2 and 3 hear of a tag, five times a second for the time given; silence for 0.
func (s *shop) heard(epc gs1.EPC, d time.Duration, dBm ...float64) {
	for end := s.now.Add(d); s.now.Before(end); s.wait(200 * time.Millisecond) {
		for i, x := range dBm {
			if x != 0 {
				s.hears([]showroom.Place{room1, room2, room3}[i], epc, x)
			}
		}
	}
}

// On its hook in room 2 a jacket is heard so.
var hook = []float64{-58, -48, -58}

func TestAGarmentIsKnownWithinThreeSeconds(t *testing.T) {
	s := open(t, retail)
	s.heard(jacket, 2*time.Second, hook...)
	s.expect()
	s.heard(jacket, time.Second, hook...)
	s.expect(arrived(jacket, room2))
}

func TestTheRoomBeyondDecidesBetweenTwoThatHearTheSame(t *testing.T) {
	s := open(t, retail)
	s.heard(jacket, 10*time.Second, -50, -50, -58)
	s.expect(arrived(jacket, room2)) // one in room 1 would not be heard in room 3
}

func TestABodyBeforeTheAntennaMovesNobody(t *testing.T) {
	s := open(t, retail)
	s.heard(jacket, time.Minute, hook...)
	s.expect(arrived(jacket, room2))
	s.heard(jacket, 20*time.Second, -58, -63, -58)
	s.heard(jacket, time.Minute, hook...)
	s.expect()
	s.heard(jacket, 5*time.Minute, -57, -63, -57) // somebody sits down in front of it
	s.expect()
}

func TestAMoveToTheNextRoomMustLast(t *testing.T) {
	s := open(t, retail)
	s.heard(jacket, time.Minute, hook...)
	s.expect(arrived(jacket, room2))
	s.heard(jacket, 24*time.Second, -48, -58, -68) // held through the curtain
	s.heard(jacket, time.Minute, hook...)
	s.expect()
	s.heard(jacket, 40*time.Second, -48, -58, -68)
	s.expect(moved(jacket, room2, room1))
}

func TestAGarmentHandedOverTheWallIsSoonKnownNextDoor(t *testing.T) {
	for name, c := range map[string]struct {
		heard []float64
		moves bool
	}{
		"handed over":                    {hook, true},
		"a body before the old antenna":  {[]float64{-63, -58, -68}, false},
		"held up to the wall":            {[]float64{-48, -48, -58}, false},
		"not heard in the room beyond":   {[]float64{-58, -48, -68}, false},
		"as loud in the next as usually": {[]float64{-72, -56, -58}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, retail)
			s.heard(jacket, time.Minute, -48, -58, -68)
			s.expect(arrived(jacket, room1))
			s.heard(jacket, 15*time.Second, c.heard...)
			if c.moves {
				s.expect(moved(jacket, room1, room2))
			} else {
				s.expect()
			}
		})
	}
}

func TestAGarmentInTheCorridorHangsInNoRoom(t *testing.T) {
	s := open(t, retail)
	s.heard(jacket, 9*time.Minute, -60, -60, -60)
	s.expect()
	s.heard(jacket, 2*time.Minute, -60, -60, -60)
	got := s.only()
	if got.Kind != presence.Learned || !got.Static || !got.From.IsZero() || got.To.IsZero() {
		t.Fatalf("%+v, want a tag learned", got)
	}
	s.heard(jacket, time.Hour, -60, -60, -60)
	s.expect()
	s.wait(time.Minute)
	s.expect(released(jacket, got.To))
}

func TestAGarmentThatHungAboutIsCarriedIn(t *testing.T) {
	for name, before := range map[string]time.Duration{"after a minute": time.Minute, "after an hour": time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := open(t, retail)
			s.heard(jacket, before, -62, -62, -62)
			s.take()
			s.heard(jacket, 20*time.Second, hook...)
			s.expect()
			s.heard(jacket, 20*time.Second, hook...)
			s.expect(arrived(jacket, room2))
		})
	}
}

func TestALuckyStretchOnTheRailIsNoArrival(t *testing.T) {
	s := open(t, retail)
	for range 60 {
		s.heard(jacket, 52*time.Second, 0, -67)
		s.heard(jacket, 8*time.Second, 0, -52)
	}
	for _, c := range s.take() {
		if c.Kind != presence.Learned {
			t.Errorf("%v %v, want nothing but a tag learned", c.Kind, c.To)
		}
	}
}

func TestTheRailIsHeardOnAndOff(t *testing.T) {
	s := open(t, retail)
	for range 60 {
		s.heard(jacket, 2*time.Second, 0, -69)
		s.wait(18 * time.Second)
	}
	if got := s.only(); got.Kind != presence.Learned || got.To != room2 {
		t.Errorf("%+v, want the tag learned in room 2", got)
	}
}

func TestATrolleyIsNoShopper(t *testing.T) {
	s := open(t, retail)
	for end := s.now.Add(3 * time.Minute); s.now.Before(end); s.wait(500 * time.Millisecond) {
		for n := range 60 {
			s.hears(room1, numbered(n), -63)
			s.hears(room2, numbered(n), -56+float64(n%5)) // above the floor, one and all
			s.hears(room3, numbered(n), -63)
		}
	}
	s.expect()
	for end := s.now.Add(3 * time.Second); s.now.Before(end); s.wait(200 * time.Millisecond) {
		for n := range 5 {
			s.hears(room2, numbered(100+n), -48)
		}
	}
	if got := len(s.take()); got != 5 {
		t.Errorf("%d of five garments arrived beside the trolley", got)
	}
}

func TestOneOfATrolleyThatIsHeardWellForAWhileDoesNotArrive(t *testing.T) {
	s := open(t, retail)
	for end := s.now.Add(20 * time.Second); s.now.Before(end); s.wait(500 * time.Millisecond) {
		for n := range 20 {
			s.hears(room1, numbered(n), -63)
			s.hears(room2, numbered(n), -57)
			s.hears(room3, numbered(n), -63)
		}
		s.heard(jacket, 1, -66, -49, -66) // as on its hook, by chance
	}
	s.expect()
	s.heard(jacket, time.Minute, -66, -49, -66) // not by chance: the last garment of those brought in
	s.expect(arrived(jacket, room2))
}

func TestABodyBeforeAGarmentThatIsThenTakenAway(t *testing.T) {
	for _, c := range []struct {
		hidden, least, most time.Duration
	}{
		{0, 29 * time.Second, 30 * time.Second},
		{13 * time.Second, 22 * time.Second, 30 * time.Second},
		{20 * time.Second, 20 * time.Second, 30 * time.Second},
	} {
		s := open(t, retail)
		s.heard(jacket, time.Minute, hook...)
		s.expect(arrived(jacket, room2))
		s.heard(jacket, c.hidden, -74, -69, -74)
		taken := s.now
		s.wait(time.Minute)
		got := s.only()
		if after := got.At.Sub(taken); got.Kind != presence.Departed || after < c.least || after > c.most {
			t.Errorf("hidden for %v and taken away: %v after %v, want a departure after %v to %v", c.hidden, got.Kind, after, c.least, c.most)
		}
	}
}

func TestAGarmentHeardOnlyFaintlyHasLeft(t *testing.T) {
	s := open(t, retail)
	s.heard(jacket, time.Minute, hook...)
	s.expect(arrived(jacket, room2))
	carried := s.now
	s.heard(jacket, 2*time.Minute, 0, -69, 0) // it hangs on the rail outside
	if got := s.only(); got.Kind != presence.Departed || got.At.Sub(carried) > 45*time.Second {
		t.Errorf("%v after %v, want a departure within 45 s", got.Kind, got.At.Sub(carried))
	}
}

func TestADeadRoomMayHoldIt(t *testing.T) {
	s := open(t, retail)
	s.device("r2", devices.Down)
	s.heard(jacket, time.Minute, -57, 0, -57)
	s.expect()
	s.device("r2", devices.Up)
	s.heard(skirt, 4*time.Second, hook...)
	s.expect(arrived(skirt, room2))
	s.device("r2", devices.Fault)
	s.heard(skirt, 5*time.Minute, -56, 0, -58)
	s.expect()
}

func TestAGarmentThatLeftAndIsStillHeardDoesNotComeBack(t *testing.T) {
	s := open(t, retail)
	s.heard(jacket, time.Minute, hook...)
	s.expect(arrived(jacket, room2))
	s.heard(jacket, 5*time.Minute, 0, -68) // on the rail behind the wall
	s.expect(departed(jacket, room2))
}

func TestFurnitureOutlivesARestart(t *testing.T) {
	gone := showroom.RoomPlace("walled up")
	s := open(t, retail)
	s.news = append(s.news, s.engine.Restore([]presence.Occupancy{
		{EPC: jacket, Place: room2, Static: true},
		{EPC: skirt, Place: room2, Static: true},
		{EPC: scarf, Place: gone, Static: true},
	}, s.now)...)
	s.expect(released(scarf, gone))
	s.heard(jacket, 20*time.Second, hook...)
	s.expect()
	s.heard(jacket, 11*time.Second, hook...)
	s.expect(released(skirt, room2))
	if got := s.engine.Stats(); got.Static != 1 || got.Present != 0 {
		t.Errorf("%+v, want one static tag", got)
	}
}

func TestATrayIsQuick(t *testing.T) {
	tray := showroom.Place{Kind: showroom.PlaceTray, ID: "t1"}
	s := open(t, retail, func(c *presence.Config) {
		c.Antennas[presence.Antenna{Reader: "r3", Number: 1}] = presence.Mount{Place: tray}
	})
	s.hangs(room3, skirt, -54, time.Minute) // next in the queue
	s.expect()
	s.hangs(room3, jacket, -40, 600*time.Millisecond)
	s.expect()
	s.hangs(room3, jacket, -40, 600*time.Millisecond)
	s.expect(arrived(jacket, tray))
	s.wait(3 * time.Second)
	s.expect(departed(jacket, tray))
}
