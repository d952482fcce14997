package zones

import (
	"maps"
	"math"
	"slices"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// nowhere is the number of the unknown zone.
const nowhere = -1

// floor is the Config in the form sightings need: gateways and zones by number.
type floor struct {
	numbers  map[showroom.DeviceID]int32
	gateways []gateway
	zones    []zone
}

type gateway struct {
	zone  int32
	gain  int32 // hundredths of a dB
	up    bool
	since time.Duration // when it came up, while it is
	heard time.Duration // when it last heard any tag
}

type zone struct {
	name     showroom.Place
	gateways int
	up       int           // how many of them are
	turned   time.Duration // when the first came up or the last went down
}

func newFloor(c Config) floor {
	f := floor{numbers: make(map[showroom.DeviceID]int32)}
	for _, id := range slices.Sorted(maps.Keys(c.Gateways)) {
		m := c.Gateways[id]
		if m.Zone.IsZero() || len(f.gateways) == MaxGateways {
			continue
		}
		f.numbers[id] = int32(len(f.gateways))
		z, ok := f.find(m.Zone)
		if !ok {
			z = int32(len(f.zones))
			f.zones = append(f.zones, zone{name: m.Zone})
		}
		f.zones[z].gateways++
		gain := math.Round(min(max(float64(m.Gain), -200), 200) * 100)
		f.gateways = append(f.gateways, gateway{zone: z, gain: int32(gain)})
	}
	return f
}

func (f *floor) find(name showroom.Place) (int32, bool) {
	i := slices.IndexFunc(f.zones, func(z zone) bool { return z.name == name })
	return int32(i), i >= 0
}

func (f *floor) name(z int32) showroom.Place {
	if z == nowhere {
		return showroom.Place{}
	}
	return f.zones[z].name
}

// correct adds the gain to a strength.
func (g gateway) correct(rssi devices.RSSI) devices.RSSI {
	if !rssi.Known() {
		return rssi
	}
	// UnknownRSSI is the least value there is, so a corrected strength must stay above it.
	return devices.RSSI(min(max(int32(rssi)+g.gain, math.MinInt16+1), math.MaxInt16))
}
