package zones_test

import (
	"fmt"
	"testing"
	"time"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices"
)

func TestAFullShopRefusesNewTags(t *testing.T) {
	s := open(t, func(c *zones.Config) { c.MaxTags = 2 })
	s.carries("one", loudness{window: -50}, 2*time.Second)
	s.carries("two", loudness{window: -50}, 2*time.Second)
	s.carries("three", loudness{window: -50}, 2*time.Second)
	s.expect(step{"one", nowhere, window}, step{"two", nowhere, window})
	if n := s.engine.Stats(); n.Refused != 8 || n.Tags != 2 {
		t.Errorf("%+v, want two tags and eight sightings refused", n)
	}
	s.news = append(s.news, s.engine.Restore([]zones.Occupancy{{ID: "four", Zone: window}}, s.now)...)
	s.expect(step{"four", window, nowhere})
	if !s.engine.Forget("one") || s.engine.Forget("one") {
		t.Error("want the first Forget to find the tag and the second not to")
	}
	s.carries("three", loudness{window: -50}, 2*time.Second)
	s.expect(step{"three", nowhere, window})
}

func TestAForgottenTagIsNotJudged(t *testing.T) {
	s := open(t)
	s.hears("w1", "tag", -50)
	s.hears("w1", "tag", -50)
	s.engine.Forget("tag")
	s.hears("w1", "other", -50)
	s.wait(time.Hour)
	s.expect()
}

func TestANewTagInheritsNothing(t *testing.T) {
	s := open(t)
	s.carries("old", loudness{window: -50, middle: -70}, 5*time.Second)
	s.carries("old", loudness{window: -70, middle: -50}, 5*time.Second)
	s.engine.Forget("old")
	s.carries("new", loudness{window: -70, middle: -50}, 5*time.Second)
	s.take()
	begin := s.now
	s.carries("new", loudness{window: -50, middle: -70}, 5*time.Second)
	if took := s.only().At.Sub(begin); took > 2*time.Second {
		t.Errorf("it took %v to move, and nobody has been going to and fro", took)
	}
}

func TestSightingsOfStrangersAreCounted(t *testing.T) {
	s := open(t)
	s.hears("w9", "tag", -50)
	s.hears("w1", "", -50)
	s.gateway("w9", devices.Up)
	s.wait(time.Minute)
	s.expect()
	if n := s.engine.Stats(); n.Foreign != 2 || n.Sightings != 2 || n.Tags != 0 {
		t.Errorf("%+v, want two foreign sightings and no tag", n)
	}
}

func TestThereIsAMostOfGateways(t *testing.T) {
	c := zones.Config{Gateways: map[showroom.DeviceID]zones.Mount{}}
	for i := range zones.MaxGateways + 1 {
		c.Gateways[showroom.DeviceID(fmt.Sprintf("g%03d", i))] = zones.Mount{Zone: window}
	}
	e, at := zones.New(c), time.Now()
	for id := range c.Gateways {
		e.Gateway(id, devices.Up, at)
		e.Observe(devices.Sighting{Gateway: id, ID: "tag", RSSI: devices.DBm(-50), At: at})
	}
	if n := e.Stats(); n.Foreign != 1 {
		t.Errorf("%d foreign sightings, want one", n.Foreign)
	}
}

// The zero Profile is the retail one, and nonsense in a Profile or a Config leaves an engine that works.
func TestNonsenseIsMadeSane(t *testing.T) {
	for name, change := range map[string]func(*zones.Config){
		"zero": func(c *zones.Config) { c.Profile = zones.Profile{} },
		"negative": func(c *zones.Config) {
			c.Profile = zones.Profile{Window: -1, Stale: -1, Away: -1, Margin: -1, Slack: -1, Dwell: -1, Patience: -1, MinSamples: -1, Interval: -1}
		},
		"enormous": func(c *zones.Config) {
			c.Profile.Margin, c.Profile.Dwell, c.Profile.Patience, c.Profile.Slack = 1e300, 1<<60, 1<<60, 1e300
		},
		"no gain":   func(c *zones.Config) { c.Gateways["w1"] = zones.Mount{Zone: window, Gain: -1e300} },
		"all gain":  func(c *zones.Config) { c.Gateways["w1"] = zones.Mount{Zone: window, Gain: 1e300} },
		"no zone":   func(c *zones.Config) { c.Gateways["w2"] = zones.Mount{} },
		"no shop":   func(c *zones.Config) { c.Gateways = nil },
		"no places": func(c *zones.Config) { *c = zones.Config{} },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, change)
			s.carries("tag", loudness{window: -50, middle: -80}, 10*time.Second)
			s.carries("tag", loudness{window: -80, middle: -50}, 10*time.Second)
			s.wait(time.Minute)
			where := nowhere
			for _, c := range s.take() {
				if c.From != where || c.To == c.From || !(c.Confidence >= 0 && c.Confidence <= 1) {
					t.Fatalf("%+v while the tag is in %v", c, where)
				}
				where = c.To
			}
			if where != nowhere {
				t.Errorf("a tag that nobody hears is in %v", where)
			}
		})
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
			s.carries("tag", loudness{window: -50}, 5*time.Second)
			s.expect(step{"tag", nowhere, window})
			s.news = append(s.news, s.engine.Advance(at)...)
			s.gateway("w1", devices.Down)
			s.gateway("w1", devices.Up)
			s.carries("tag", loudness{window: -50}, 5*time.Second)
			s.wait(time.Minute)
			s.take()
		})
	}
}

func TestNextIsNeverTooLate(t *testing.T) {
	s := open(t)
	if at, ok := s.engine.Next(); ok {
		t.Errorf("nothing has happened and something is due at %v", at)
	}
	s.carries("tag", loudness{window: -50, middle: -60}, 10*time.Second)
	s.take()
	for range 100 {
		at, ok := s.engine.Next()
		if !ok {
			break
		}
		if at.Before(s.now) {
			t.Fatalf("due %v ago", s.now.Sub(at))
		}
		s.wait(at.Sub(s.now))
	}
	s.expect(step{"tag", window, nowhere})
	if _, ok := s.engine.Next(); ok {
		t.Error("the shop is empty and something is due")
	}
}
