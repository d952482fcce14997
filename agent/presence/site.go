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
	readers map[showroom.DeviceID]*reader
	numbers map[showroom.Place]int32
	places  []place
}

type antenna struct {
	number int
	place  int32
	floor  devices.RSSI
	quiet  devices.RSSI
	gain   int32 // hundredths of a dB
}

type reader struct {
	up       bool
	antennas []antenna // in order of their numbers; there are few
	places   []int32
}

// antenna answers the reader's antenna of that number, or nil; nil also of no reader.
func (r *reader) antenna(number int) *antenna {
	if r == nil {
		return nil
	}
	for i := range r.antennas {
		if a := &r.antennas[i]; a.number == number {
			return a
		}
	}
	return nil
}

type place struct {
	name  showroom.Place
	rules *Profile
	stock bool // tags belong here, however long they stay
	// rings are the places at one and at two walls' distance, in order.
	rings [rings][]int32
	up    int // how many of its readers are
	// resumed is when a reader last came up after none was: silence counts from here.
	resumed     time.Duration
	departAfter time.Duration
	// arrivals are the reads of tags that have just come and are heard best here, newcomers is how many.
	arrivals  window
	newcomers newcomers
}

// newcomers counts the tags that turned up in this stretch of time and in the one before it.
type newcomers struct {
	stretch       time.Duration
	fresh, before int
}

func (n *newcomers) count(at, span time.Duration) {
	n.roll(at, span)
	n.fresh++
}

func (n *newcomers) sum(at, span time.Duration) int {
	n.roll(at, span)
	return n.fresh + n.before
}

func (n *newcomers) roll(at, span time.Duration) {
	switch now := at / max(span, 1); now - n.stretch {
	case 0:
	case 1:
		n.stretch, n.before, n.fresh = now, n.fresh, 0
	default:
		n.stretch, n.before, n.fresh = now, 0, 0
	}
}

func newSite(c Config) site {
	s := site{
		readers: make(map[showroom.DeviceID]*reader),
		numbers: make(map[showroom.Place]int32),
	}
	room, tray := c.Profile.or(RetailProfile()), c.Tray.or(TrayProfile())
	wired := slices.SortedFunc(maps.Keys(c.Antennas), func(a, b Antenna) int {
		return cmp.Or(cmp.Compare(a.Reader, b.Reader), cmp.Compare(a.Number, b.Number))
	})
	for _, a := range wired {
		m := c.Antennas[a]
		if m.Place.IsZero() {
			continue
		}
		rules := &room
		if m.Place.Kind == showroom.PlaceTray {
			rules = &tray
		}
		n := s.number(m.Place, rules)
		r := s.readers[a.Reader]
		if r == nil {
			r = &reader{}
			s.readers[a.Reader] = r
		}
		r.antennas = append(r.antennas, antenna{number: a.Number, place: n, floor: cmp.Or(m.Floor, rules.Floor), quiet: rules.Quiet, gain: int32(math.Round(float64(m.Gain) * 100))})
		if !slices.Contains(r.places, n) {
			r.places = append(r.places, n)
		}
	}
	for i := range s.places {
		p := &s.places[i]
		p.departAfter = p.rules.DepartAfter
		if own, ok := c.DepartAfter[p.name]; ok {
			p.departAfter = max(own, time.Millisecond)
		}
		p.stock = p.name.Kind == showroom.PlaceZone
	}
	for _, pair := range c.Neighbours {
		a, okA := s.numbers[pair[0]]
		b, okB := s.numbers[pair[1]]
		if okA && okB && a != b {
			s.places[a].border(b)
			s.places[b].border(a)
		}
	}
	for i := range s.places {
		s.places[i].survey(int32(i), s.places)
	}
	return s
}

func (s *site) number(name showroom.Place, rules *Profile) int32 {
	n, ok := s.numbers[name]
	if !ok {
		n = int32(len(s.places))
		s.numbers[name] = n
		s.places = append(s.places, place{name: name, rules: rules})
	}
	return n
}

// rings is how many walls away a place is still listened to for what it tells about another one.
const rings = 2

func (p *place) border(on int32) {
	if at, there := slices.BinarySearch(p.rings[0], on); !there {
		p.rings[0] = slices.Insert(p.rings[0], at, on)
	}
}

// survey finds the neighbours' neighbours.
func (p *place) survey(self int32, all []place) {
	for _, b := range p.rings[0] {
		for _, c := range all[b].rings[0] {
			if c != self && !slices.Contains(p.rings[0], c) && !slices.Contains(p.rings[1], c) {
				p.rings[1] = append(p.rings[1], c)
			}
		}
	}
	slices.Sort(p.rings[1])
}

// borders answers whether the two are neighbours.
func (p *place) borders(on int32) bool { return slices.Contains(p.rings[0], on) }

// distance is how many walls there are between this and another place; of a far one, more than rings.
func (p *place) distance(to int32) uint8 {
	for n, ring := range p.rings {
		if slices.Contains(ring, to) {
			return uint8(n + 1)
		}
	}
	return rings + 1
}

// hear corrects a strength and answers whether it counts.
func (a *antenna) hear(rssi devices.RSSI) (devices.RSSI, bool) {
	if !rssi.Known() {
		return rssi, true
	}
	// UnknownRSSI is the least value there is, so a corrected strength must stay above it.
	rssi = devices.RSSI(min(max(int32(rssi)+a.gain, math.MinInt16+1), math.MaxInt16))
	return rssi, rssi >= a.quiet
}
