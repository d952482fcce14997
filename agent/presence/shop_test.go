package presence_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

const unknown = -999.0 // dBm: no strength told

var (
	jacket = mustEPC("3034257BF7194E4000001A85")
	skirt  = mustEPC("3034257BF7194E4000001A86")
	scarf  = mustEPC("3034257BF7194E4000001A87")

	room1 = showroom.RoomPlace("1")
	room2 = showroom.RoomPlace("2")
	room3 = showroom.RoomPlace("3")
	floor = showroom.Place{Kind: showroom.PlaceZone, ID: "floor"}
)

func mustEPC(s string) gs1.EPC {
	epc, err := gs1.ParseEPC(s)
	if err != nil {
		panic(err)
	}
	return epc
}

// shop is an engine, a clock and what has been decided. Each place has a reader of its own; rooms 1 and 2 share a wall.
type shop struct {
	t       *testing.T
	engine  *presence.Engine
	readers map[showroom.Place]showroom.DeviceID
	now     time.Time
	news    []presence.Change
}

func plan() presence.Config {
	return presence.Config{
		Antennas: map[presence.Antenna]presence.Mount{
			{Reader: "r1", Number: 1}: {Place: room1},
			{Reader: "r2", Number: 1}: {Place: room2},
			{Reader: "r3", Number: 1}: {Place: room3},
			{Reader: "rf", Number: 1}: {Place: floor},
		},
		Neighbours: [][2]showroom.Place{{room1, room2}},
		Profile:    brisk(),
	}
}

// brisk is a profile that decides at once, so that a test shows one rule and not all of them.
func brisk() presence.Profile {
	p := presence.RetailProfile()
	p.Floor, p.Slack, p.Hook, p.Quiet = devices.DBm(-65), 0, 0, devices.DBm(-80)
	p.Window, p.ArriveWithin, p.ArriveAfter, p.ArriveMargin = 5*time.Second, 2*time.Second, 0, 0
	p.MoveMargin, p.NeighbourMargin, p.MoveHold, p.MoveRise = 6, 9, 0, 0
	p.LoiterAfter, p.ShelfAfter = 0, 0
	return p
}

// open is a shop with all readers up.
func open(t *testing.T, change ...func(*presence.Config)) *shop {
	t.Helper()
	s := build(t, change...)
	for _, id := range s.readers {
		s.device(id, devices.Up)
	}
	return s
}

// build is a shop that has not heard of its readers yet.
func build(t *testing.T, change ...func(*presence.Config)) *shop {
	t.Helper()
	c := plan()
	for _, f := range change {
		f(&c)
	}
	return &shop{
		t: t, engine: presence.New(c), now: time.Now(),
		readers: map[showroom.Place]showroom.DeviceID{room1: "r1", room2: "r2", room3: "r3", floor: "rf"},
	}
}

func (s *shop) device(id showroom.DeviceID, state devices.State) {
	s.news = append(s.news, s.engine.Device(id, state, s.now)...)
}

// hears is one read by the reader of the place.
func (s *shop) hears(place showroom.Place, epc gs1.EPC, dBm float64) {
	s.read(presence.Antenna{Reader: s.readers[place], Number: 1}, epc, dBm)
}

func (s *shop) read(a presence.Antenna, epc gs1.EPC, dBm float64) {
	s.news = append(s.news, s.engine.Observe(devices.TagRead{Reader: a.Reader, Antenna: a.Number, EPC: epc, RSSI: devices.DBm(dBm), At: s.now})...)
}

// hangs is reads by the reader of the place, five a second, for the time given.
func (s *shop) hangs(place showroom.Place, epc gs1.EPC, dBm float64, d time.Duration) {
	for end := s.now.Add(d); s.now.Before(end); s.now = s.now.Add(200 * time.Millisecond) {
		s.hears(place, epc, dBm)
	}
}

func (s *shop) wait(d time.Duration) {
	s.now = s.now.Add(d)
	s.news = append(s.news, s.engine.Advance(s.now)...)
}

// expect compares everything decided since the last time, times and figures aside.
func (s *shop) expect(want ...presence.Change) {
	s.t.Helper()
	got := s.take()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(presence.Change{}, "At", "Why"), cmpopts.EquateEmpty(), cmp.Comparer(sameEPC)); diff != "" {
		s.t.Fatalf("changes (-want +got):\n%s", diff)
	}
}

func (s *shop) take() []presence.Change {
	news := s.news
	s.news = nil
	return news
}

// only answers the one change there is.
func (s *shop) only() presence.Change {
	s.t.Helper()
	news := s.take()
	if len(news) != 1 {
		s.t.Fatalf("%d changes, want one: %v", len(news), news)
	}
	return news[0]
}

func sameEPC(a, b gs1.EPC) bool { return a == b }

func arrived(epc gs1.EPC, to showroom.Place) presence.Change {
	return presence.Change{Kind: presence.Arrived, EPC: epc, To: to}
}

func moved(epc gs1.EPC, from, to showroom.Place) presence.Change {
	return presence.Change{Kind: presence.Moved, EPC: epc, From: from, To: to}
}

func departed(epc gs1.EPC, from showroom.Place) presence.Change {
	return presence.Change{Kind: presence.Departed, EPC: epc, From: from}
}

func released(epc gs1.EPC, from showroom.Place) presence.Change {
	return presence.Change{Kind: presence.Released, EPC: epc, From: from}
}

func learned(epc gs1.EPC, from showroom.Place) presence.Change {
	return presence.Change{Kind: presence.Departed, EPC: epc, From: from, Static: true}
}

func confirmed(epc gs1.EPC, at showroom.Place) presence.Change {
	return presence.Change{Kind: presence.Confirmed, EPC: epc, From: at, To: at}
}

// replay plays changes from nowhere on and reports the first that does not follow from those before. The kinds for the books change
// nothing, and a tag that is static is nowhere.
func replay(start map[gs1.EPC]showroom.Place, changes []presence.Change) (map[gs1.EPC]showroom.Place, error) {
	where := make(map[gs1.EPC]showroom.Place, len(start))
	for epc, p := range start {
		where[epc] = p
	}
	for i, c := range changes {
		if i > 0 && c.At.Before(changes[i-1].At) {
			return nil, fmt.Errorf("change %d is earlier than the one before", i)
		}
		is := where[c.EPC]
		ok := false
		switch c.Kind {
		case presence.Arrived:
			ok = is.IsZero() && c.From.IsZero() && !c.To.IsZero()
		case presence.Moved:
			ok = is == c.From && c.From != c.To && !c.From.IsZero() && !c.To.IsZero()
		case presence.Departed:
			ok = is == c.From && !c.From.IsZero() && c.To.IsZero()
		case presence.Confirmed:
			ok = is == c.From && is == c.To && !is.IsZero()
		case presence.Learned, presence.Released: // of tags that are in no place
			ok = is.IsZero() && c.From.IsZero() == (c.Kind == presence.Learned) && c.To.IsZero() == (c.Kind == presence.Released)
			if ok {
				continue
			}
		}
		if !ok {
			return nil, fmt.Errorf("change %d (%v %v -> %v) happens to a tag in %q", i, c.Kind, c.From, c.To, is)
		}
		if c.To.IsZero() {
			delete(where, c.EPC)
		} else {
			where[c.EPC] = c.To
		}
	}
	return where, nil
}

func places(all []presence.Occupancy) map[gs1.EPC]showroom.Place {
	where := make(map[gs1.EPC]showroom.Place, len(all))
	for _, o := range all {
		if !o.Static {
			where[o.EPC] = o.Place
		}
	}
	return where
}
