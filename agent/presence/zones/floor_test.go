package zones_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices"
)

const unknown = -999.0 // dBm: no strength told

var (
	nowhere = showroom.Place{}
	window  = zonePlace("window")
	middle  = zonePlace("middle")
	tills   = zonePlace("tills")
)

func zonePlace(id string) showroom.Place { return showroom.Place{Kind: showroom.PlaceZone, ID: id} }

// shop is an engine, a clock and what has been decided. Window and middle have two gateways, the tills one.
type shop struct {
	t      *testing.T
	engine *zones.Engine
	now    time.Time
	news   []zones.Change
}

func plan() zones.Config {
	return zones.Config{
		Gateways: map[showroom.DeviceID]zones.Mount{
			"w1": {Zone: window}, "w2": {Zone: window},
			"m1": {Zone: middle}, "m2": {Zone: middle},
			"t1": {Zone: tills},
		},
		Profile: zones.RetailProfile(),
	}
}

func gatewaysOf(p showroom.Place) []showroom.DeviceID {
	switch p {
	case window:
		return []showroom.DeviceID{"w1", "w2"}
	case middle:
		return []showroom.DeviceID{"m1", "m2"}
	}
	return []showroom.DeviceID{"t1"}
}

func build(t *testing.T, change ...func(*zones.Config)) *shop {
	t.Helper()
	c := plan()
	for _, f := range change {
		f(&c)
	}
	return &shop{t: t, engine: zones.New(c), now: time.Unix(1_800_000_000, 0)}
}

// open is a shop whose gateways have been up for a while.
func open(t *testing.T, change ...func(*zones.Config)) *shop {
	t.Helper()
	s := build(t, change...)
	for _, p := range []showroom.Place{window, middle, tills} {
		s.zone(p, devices.Up)
	}
	s.wait(10 * time.Second)
	return s
}

func (s *shop) zone(p showroom.Place, state devices.State) {
	for _, id := range gatewaysOf(p) {
		s.gateway(id, state)
	}
}

func (s *shop) gateway(id showroom.DeviceID, state devices.State) {
	s.news = append(s.news, s.engine.Gateway(id, state, s.now)...)
}

func (s *shop) wait(d time.Duration) {
	s.now = s.now.Add(d)
	s.news = append(s.news, s.engine.Advance(s.now)...)
}

func (s *shop) hears(gateway showroom.DeviceID, id devices.RadioID, dBm float64) {
	s.news = append(s.news, s.engine.Observe(devices.Sighting{Gateway: gateway, ID: id, RSSI: devices.DBm(dBm), TxPower: devices.UnknownRSSI, At: s.now})...)
}

// loudness is how loud each zone hears a tag; a zone that is not in it does not.
type loudness map[showroom.Place]float64

// carries lets a tag advertise twice a second for a while.
func (s *shop) carries(id devices.RadioID, at loudness, d time.Duration) {
	for end := s.now.Add(d); s.now.Before(end); s.wait(500 * time.Millisecond) {
		for _, p := range []showroom.Place{window, middle, tills} {
			dBm, ok := at[p]
			if !ok {
				continue
			}
			for _, g := range gatewaysOf(p) {
				s.hears(g, id, dBm)
			}
		}
	}
}

// step is a change without its figures.
type step struct {
	ID       devices.RadioID
	From, To showroom.Place
}

// expect compares what has been decided since the last time.
func (s *shop) expect(want ...step) {
	s.t.Helper()
	got := make([]step, 0, len(s.news))
	for _, c := range s.take() {
		got = append(got, step{c.ID, c.From, c.To})
	}
	if diff := cmp.Diff(append([]step{}, want...), got); diff != "" {
		s.t.Fatalf("decisions (-want +got):\n%s", diff)
	}
}

func (s *shop) take() []zones.Change {
	news := s.news
	s.news = nil
	return news
}

func (s *shop) only() zones.Change {
	s.t.Helper()
	news := s.take()
	if len(news) != 1 {
		s.t.Fatalf("%d decisions, want one: %v", len(news), news)
	}
	return news[0]
}

func (s *shop) where(id devices.RadioID) showroom.Place {
	for _, o := range s.engine.Snapshot() {
		if o.ID == id {
			return o.Zone
		}
	}
	return nowhere
}
