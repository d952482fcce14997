package presence_test

import (
	"encoding/binary"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

func numbered(n int) gs1.EPC {
	var b [12]byte
	b[0] = 0x30
	binary.BigEndian.PutUint32(b[8:], uint32(n))
	epc, err := gs1.EPCFromBytes(b[:])
	if err != nil {
		panic(err)
	}
	return epc
}

func numberedRoom(n int) showroom.Place { return showroom.RoomPlace(showroom.RoomID(rune('0' + n))) }

func TestPassersByMakeRoomForThoseWhoCame(t *testing.T) {
	s := open(t, func(c *presence.Config) { c.MaxTags = 10 })
	for i := range 3 {
		s.hangs(room1, numbered(i), -50, 600*time.Millisecond)
	}
	if got := s.engine.Stats().Present; got != 3 {
		t.Fatalf("%d present, want 3", got)
	}
	s.take()
	for i := range 1000 { // a rail is pushed past the door
		s.hears(room1, numbered(1000+i), -50)
	}
	got := s.engine.Stats()
	if got.Tags != 10 || got.Candidates != 7 || got.Evicted != 993 || got.Present != 3 {
		t.Errorf("%+v, want the three that came, the seven newest others and 993 evicted", got)
	}
	s.hears(room1, numbered(1999), -50)
	s.hears(room1, numbered(1999), -50)
	s.expect(arrived(numbered(1999), room1)) // the newest is one that was kept
}

func TestAFullShopRefusesNewTags(t *testing.T) {
	s := open(t, func(c *presence.Config) { c.MaxTags = 2 })
	s.hangs(room1, jacket, -50, time.Second)
	s.hangs(room1, skirt, -50, time.Second)
	s.take()
	s.hangs(room1, scarf, -50, time.Second)
	s.expect()
	if got := s.engine.Stats(); got.Refused != 5 || got.Tags != 2 {
		t.Errorf("%+v, want two tags and five reads refused", got)
	}
	s.engine.Restore([]presence.Occupancy{{EPC: scarf, Place: room1}}, s.now)
	if got := s.engine.Stats(); got.Tags != 2 {
		t.Errorf("%d tags after Restore, want 2", got.Tags)
	}
	s.wait(time.Minute)
	s.expect(departed(jacket, room1), departed(skirt, room1))
	s.hangs(room1, scarf, -50, time.Second)
	s.expect(arrived(scarf, room1))
}

// A tag heard in more places than are followed loses the stalest, never that of the place it is in.
func TestATagIsFollowedInFewPlaces(t *testing.T) {
	s := open(t, func(c *presence.Config) {
		for n := 2; n <= 9; n++ {
			c.Antennas[presence.Antenna{Reader: "r1", Number: n}] = presence.Mount{Place: numberedRoom(n)}
		}
	})
	s.hangs(room1, jacket, -40, time.Second)
	s.expect(arrived(jacket, room1))
	for range 20 {
		for n := 2; n <= 9; n++ {
			s.read(presence.Antenna{Reader: "r1", Number: n}, jacket, -60)
		}
		s.hears(room1, jacket, -40)
		s.wait(500 * time.Millisecond)
	}
	s.expect()
	for range 20 {
		s.read(presence.Antenna{Reader: "r1", Number: 9}, jacket, -10)
	}
	s.expect(moved(jacket, room1, numberedRoom(9)))
}

func TestTimeThatGoesBackBreaksNothing(t *testing.T) {
	s := open(t)
	s.hangs(room1, jacket, -50, time.Minute)
	s.take()
	late := s.now
	s.now = late.Add(-time.Hour)
	s.hangs(room1, jacket, -50, 10*time.Second)
	s.wait(0)
	s.expect()
	s.now = late.Add(29 * time.Second)
	s.wait(0)
	s.expect()
	s.now = late.Add(31 * time.Second)
	s.wait(0)
	if got := s.only(); got.Kind != presence.Departed || got.At.Before(late) {
		t.Errorf("%v at %v, want a departure after %v", got.Kind, got.At, late)
	}
}

func TestExtremeInstants(t *testing.T) {
	for name, at := range map[string]time.Time{
		"zero":         {},
		"before Unix":  time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC),
		"far from now": time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.hangs(room1, jacket, -50, 2*time.Second)
			s.take()
			s.news = append(s.news, s.engine.Advance(at)...)
			s.engine.Device("r1", devices.Down, at)
			s.engine.Device("r1", devices.Up, at)
			s.hangs(room1, jacket, -50, time.Minute)
			if _, err := replay(map[gs1.EPC]showroom.Place{jacket: room1}, s.take()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnEmptyConfigIsAShopWithoutReaders(t *testing.T) {
	e := presence.New(presence.Config{})
	at := time.Now()
	if got := e.Observe(devices.TagRead{Reader: "r1", Antenna: 1, EPC: jacket, RSSI: devices.DBm(-40), At: at}); len(got) != 0 {
		t.Errorf("changes %v in a shop without places", got)
	}
	e.Device("r1", devices.Up, at)
	if got := e.Advance(at.Add(time.Hour)); len(got) != 0 {
		t.Errorf("changes %v in a shop without places", got)
	}
}

// The zero Profile is the retail one, and nonsense in a Profile leaves an engine that works.
func TestProfilesAreMadeSane(t *testing.T) {
	zero := open(t, func(c *presence.Config) { c.Profile = presence.Profile{} })
	zero.hangs(room1, jacket, -50, presence.RetailProfile().ArriveAfter)
	zero.expect()
	zero.hangs(room1, jacket, -50, time.Second)
	zero.expect(arrived(jacket, room1))

	odd := open(t, func(c *presence.Config) {
		c.Profile = presence.Profile{Floor: devices.DBm(-65), Quiet: devices.DBm(-80), Window: -1, ArriveWithin: -1, DepartAfter: -1, MoveHold: -1, StaticAfter: -1}
	})
	odd.hears(room1, jacket, -50)
	odd.wait(time.Second)
	odd.expect(arrived(jacket, room1), departed(jacket, room1))
}
