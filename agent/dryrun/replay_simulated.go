package dryrun

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"showroom/devices"
	"showroom/devices/sim"
)

// Spot is a point of the floor, in metres.
type Spot struct{ X, Y float64 }

// Stop is where a simulated tag is at a time of its recording. From one stop to the next it is carried in a straight line.
type Stop struct {
	Spot
	At time.Duration
}

// The radio of the danis floor, by the mean strengths of its still points. How they vary is up to sim.Shadowing.
const (
	tagAtOneMetre = -58.1 // dBm
	tagExponent   = 1.76  // of the path loss
	tagNearest    = 0.5   // metres
	tagFaintest   = -100  // dBm; a gateway receives nothing weaker
	tagEvery      = 500 * time.Millisecond
	tagMissed     = 0.08 // share of its advertisements that a gateway misses
)

// Simulate records a tag that is carried along a route, on simulated radio, as the gateways of Stands hear it. The track has
// positions. The same seed, gateways and route give the same track.
func (f Floor) Simulate(seed uint64, route []Stop) Track {
	t := Track{positions: true, tags: []devices.RadioID{"simulated"}, gateways: slices.Sorted(maps.Keys(f.Stands))}
	paths := make([]airPath, len(t.gateways))
	for i, id := range t.gateways {
		name := fmt.Sprint(id, route)
		paths[i] = airPath{stands: f.Stands[id], shadowing: sim.NewShadowing(seed, name, begin()), dice: rand.New(rand.NewPCG(seed, uint64(i)))}
	}
	for after := time.Duration(0); after <= route[len(route)-1].At; after += tagEvery {
		at, now := spotAt(route, after), begin().Add(after)
		for i := range paths {
			if dBm, heard := paths[i].hears(at, now); heard {
				t.sightings = append(t.sightings, sighting{at: now, gateway: int32(i), rssi: devices.DBm(dBm), x: at.X, y: at.Y})
			}
		}
	}
	return t
}

// airPath is the way from the tag to one gateway.
type airPath struct {
	stands    Spot
	shadowing *sim.Shadowing
	dice      *rand.Rand
}

// hears answers how loud the gateway hears an advertisement, in whole dBm as receivers tell it; false when it misses it.
func (p *airPath) hears(at Spot, now time.Time) (dBm float64, heard bool) {
	metres := max(math.Hypot(p.stands.X-at.X, p.stands.Y-at.Y), tagNearest)
	dBm = math.Round(tagAtOneMetre - 10*tagExponent*math.Log10(metres) + p.shadowing.At(now))
	return dBm, p.dice.Float64() >= tagMissed && dBm >= tagFaintest
}

// spotAt is where the tag is.
func spotAt(route []Stop, after time.Duration) Spot {
	i := slices.IndexFunc(route, func(s Stop) bool { return s.At > after })
	switch i {
	case 0:
		return route[0].Spot
	case -1:
		return route[len(route)-1].Spot
	}
	from, to := route[i-1], route[i]
	share := float64(after-from.At) / float64(to.At-from.At)
	return Spot{from.X + share*(to.X-from.X), from.Y + share*(to.Y-from.Y)}
}
