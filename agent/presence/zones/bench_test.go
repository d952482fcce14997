package zones_test

import (
	"fmt"
	"testing"
	"time"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices"
)

// crowd is a floor of 20 gateways in five zones with so many tags, each in a zone, and a sighting of each.
func crowd(tb testing.TB, tags int) (*zones.Engine, []devices.Sighting, time.Time) {
	tb.Helper()
	c := zones.Config{Gateways: make(map[showroom.DeviceID]zones.Mount), MaxTags: tags}
	for g := range 20 {
		c.Gateways[gatewayID(g)] = zones.Mount{Zone: zonePlace(fmt.Sprint("z", g%5))}
	}
	e, at := zones.New(c), time.Now()
	for g := range 20 {
		e.Gateway(gatewayID(g), devices.Up, at)
	}
	seen := make([]devices.Sighting, tags)
	for range 3 {
		for i := range seen {
			seen[i] = devices.Sighting{Gateway: gatewayID(i % 20), ID: devices.RadioID(fmt.Sprint("tag", i)), RSSI: devices.DBm(-50), At: at}
			e.Observe(seen[i])
		}
		at = at.Add(time.Second)
		e.Advance(at)
	}
	if got := e.Stats().Known; got != tags {
		tb.Fatalf("%d tags are in zones, want %d", got, tags)
	}
	return e, seen, at
}

func gatewayID(g int) showroom.DeviceID { return showroom.DeviceID(fmt.Sprintf("g%02d", g)) }

func sizes() []int { return []int{60, 2000} }

// A sighting of a tag that stays where it is, with its share of the decisions: 2,400 sightings a second.
func BenchmarkObserve(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("tags=%d", n), func(b *testing.B) {
			e, seen, at := crowd(b, n)
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				at = at.Add(416 * time.Microsecond)
				seen[i].At = at
				e.Observe(seen[i])
				if i++; i == len(seen) {
					i = 0
				}
			}
		})
	}
}

func TestSightingsAndTicksAllocateNothing(t *testing.T) {
	for _, n := range sizes() {
		e, seen, at := crowd(t, n)
		i := 0
		observe := testing.AllocsPerRun(4*n, func() {
			at = at.Add(416 * time.Microsecond)
			seen[i%n].At = at
			if len(e.Observe(seen[i%n])) != 0 {
				t.Fatal("a tag that stays made a change")
			}
			i++
		})
		if observe != 0 {
			t.Errorf("%d tags: a sighting allocates %v times, want 0", n, observe)
		}
		tick := testing.AllocsPerRun(1000, func() {
			at = at.Add(time.Microsecond)
			e.Advance(at)
			e.Next()
		})
		if tick != 0 {
			t.Errorf("%d tags: a tick allocates %v times, want 0", n, tick)
		}
	}
}
