package presence

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// nowhere is the place of a tag that is in none.
const nowhere = -1

// site is the Config in the form reads need: places by number.
type site struct {
	antennas map[Antenna]antenna
	readers  map[showroom.DeviceID]*reader
	numbers  map[showroom.Place]int32
	places   []place
}

type antenna struct {
	place int32
	floor devices.RSSI
	gain  int32 // hundredths of a dB
}

type reader struct {
	up     bool
	places []int32
}

type place struct {
	name        showroom.Place
	departAfter time.Duration
	staticAfter time.Duration // 0 is never
	margins     []DB          // what it takes to win from this place, by number of the other
	up          int           // how many of its readers are
	// resumed is when a reader last came up after none was: silence counts from here.
	resumed time.Duration
}

func newSite(c Config, p Profile) site {
	s := site{
		antennas: make(map[Antenna]antenna, len(c.Antennas)),
		readers:  make(map[showroom.DeviceID]*reader),
		numbers:  make(map[showroom.Place]int32),
	}
	wired := slices.SortedFunc(maps.Keys(c.Antennas), func(a, b Antenna) int {
		return cmp.Or(cmp.Compare(a.Reader, b.Reader), cmp.Compare(a.Number, b.Number))
	})
	for _, a := range wired {
		m := c.Antennas[a]
		if m.Place.IsZero() {
			continue
		}
		n := s.number(m.Place)
		s.antennas[a] = antenna{place: n, floor: cmp.Or(m.Floor, p.Floor), gain: int32(math.Round(float64(m.Gain) * 100))}
		if s.readers[a.Reader] == nil {
			s.readers[a.Reader] = &reader{}
		}
		if r := s.readers[a.Reader]; !slices.Contains(r.places, n) {
			r.places = append(r.places, n)
		}
	}
	for i := range s.places {
		s.places[i].settle(c, p, len(s.places))
	}
	for _, pair := range c.Neighbours {
		a, okA := s.numbers[pair[0]]
		b, okB := s.numbers[pair[1]]
		if okA && okB {
			s.places[a].margins[b] = p.NeighbourMargin
			s.places[b].margins[a] = p.NeighbourMargin
		}
	}
	return s
}

func (s *site) number(name showroom.Place) int32 {
	n, ok := s.numbers[name]
	if !ok {
		n = int32(len(s.places))
		s.numbers[name] = n
		s.places = append(s.places, place{name: name})
	}
	return n
}

func (pl *place) settle(c Config, p Profile, places int) {
	pl.departAfter = p.DepartAfter
	if own, ok := c.DepartAfter[pl.name]; ok {
		pl.departAfter = max(own, time.Millisecond)
	}
	if pl.name.Kind != showroom.PlaceZone {
		pl.staticAfter = max(p.StaticAfter, 0)
	}
	pl.margins = slices.Repeat([]DB{p.MoveMargin}, places)
}

// hear corrects a strength and answers whether it counts.
func (a antenna) hear(rssi devices.RSSI) (devices.RSSI, bool) {
	if !rssi.Known() {
		return rssi, true
	}
	// UnknownRSSI is the least value there is, so a corrected strength must stay above it.
	rssi = devices.RSSI(min(max(int32(rssi)+a.gain, math.MinInt16+1), math.MaxInt16))
	return rssi, rssi >= a.floor
}
