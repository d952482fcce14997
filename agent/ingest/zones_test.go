package ingest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/ingest"
	"showroom/agent/live"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/ble/gateway"
)

var _ gateway.Feed = (*ingest.Loop)(nil)

// hears has a gateway hear a tag for so long, four times a second, loudly; the other one hears it too.
func (s *shop) hears(gateway showroom.DeviceID, tag devices.RadioID, long time.Duration) {
	for range long / (250 * time.Millisecond) {
		for _, g := range []showroom.DeviceID{"g1", "g2"} {
			strength := -80.0
			if g == gateway {
				strength = -60
			}
			s.Sighting(devices.Sighting{Gateway: g, ID: tag, RSSI: devices.DBm(strength), At: time.Now()})
		}
		s.passes(250 * time.Millisecond)
	}
}

// steps are the moves that have been saved, as "tag from to".
func (s *shop) steps() []string {
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	var all []string
	for _, c := range s.desk.moved {
		all = append(all, fmt.Sprintf("%s %s>%s", c.ID, c.From.ID, c.To.ID))
	}
	return all
}

func TestARadioTagWalksThroughTheZones(t *testing.T) {
	inShop(t, nil, func(s *shop) {
		s.device("g1", devices.Up)
		s.device("g2", devices.Up)
		s.hears("g1", "x", 10*time.Second)
		s.hears("g2", "x", 20*time.Second)
		s.passes(time.Minute) // nobody calls; the loop's own timer does
		if diff := cmp.Diff([]string{"x >shoes", "x shoes>coats", "x coats>"}, s.steps()); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		got := s.Stats()
		if got.Moves != 3 || got.Commits != 3 || got.Changes != 0 || got.Zones.Sightings != 240 || got.Unseen != 0 || got.Pending != 0 {
			t.Errorf("%+v, want 240 sightings and three moves", got)
		}
	})
}

func TestGarmentsAndRadioTagsGoTogether(t *testing.T) {
	gone := func(o *ingest.Options, d *desk) {
		o.Known = []presence.Occupancy{{EPC: numbered(1), Place: showroom.RoomPlace("pulled down")}}
		o.KnownZones = []zones.Occupancy{{ID: "y", Zone: showroom.Place{Kind: showroom.PlaceZone, ID: "pulled down"}}}
		d.after = firstTries(1, errSick) // and both come again
	}
	inShop(t, gone, func(s *shop) {
		s.passes(time.Second)
		if diff := cmp.Diff([]int{2}, s.desk.batches); diff != "" {
			t.Errorf("transactions (-want +got):\n%s", diff)
		}
		if len(s.committed()) != 1 || len(s.steps()) != 1 {
			t.Errorf("%v and %q, want one of each", kinds(s.committed()), s.steps())
		}
	})
}

// The store refuses both or takes both, and nobody leaves because it was sick.
func TestASickStoreLosesNoStep(t *testing.T) {
	inShop(t, nil, func(s *shop) {
		s.device("g1", devices.Up)
		s.device("g2", devices.Up)
		s.hears("g1", "x", 5*time.Second)
		until := time.Now().Add(3 * time.Minute)
		s.desk.before = func(int) error {
			if time.Now().Before(until) {
				return errSick
			}
			return nil
		}
		s.hears("g2", "x", 3*time.Minute+10*time.Second)
		s.hears("g2", "x", 10*time.Second)
		if diff := cmp.Diff([]string{"x >shoes", "x shoes>coats"}, s.steps()); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		if got := s.Stats(); got.Retries == 0 || got.Failure != "" || got.Pending != 0 {
			t.Errorf("%+v, want retries that ended", got)
		}
	})
}

func TestAFloodOfSightingsIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := closed(t, func(o *ingest.Options, _ *desk) { o.Queue, o.Sightings = 16, 16 })
		for n := range 1000 { // nobody listens: nothing blocks, and readings keep their room
			s.Sighting(devices.Sighting{Gateway: "g1", ID: devices.RadioID(fmt.Sprint(n)), RSSI: devices.DBm(-60), At: time.Now()})
		}
		s.reads("r1", 1, 3)
		if got := s.Stats(); got.Unseen != 984 || got.Dropped != 0 || got.Queued != 19 {
			t.Errorf("%+v, want 984 sightings dropped and no read", got)
		}
		s.device("r1", devices.Up)
		s.start()
		s.passes(time.Second)
		if diff := cmp.Diff([]presence.Kind{presence.Arrived}, kinds(s.committed())); diff != "" {
			t.Errorf("garments (-want +got):\n%s", diff)
		}
		s.finish()
	})
}

func TestRadioTagsOfARestart(t *testing.T) {
	known := func(o *ingest.Options, _ *desk) {
		o.KnownZones = []zones.Occupancy{{ID: "x", Zone: shoes, Since: time.Now().Add(-time.Hour)}, {ID: "y", Zone: showroom.Place{Kind: showroom.PlaceZone, ID: "pulled down"}}}
	}
	inShop(t, known, func(s *shop) {
		s.device("g1", devices.Up)
		s.device("g2", devices.Up)
		s.hears("g1", "x", 2*time.Minute)
		if diff := cmp.Diff([]string{"y pulled down>"}, s.steps()); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
	})
}

func TestWhoCameBackIsForgotten(t *testing.T) {
	inShop(t, nil, func(s *shop) {
		s.device("g1", devices.Up)
		s.device("g2", devices.Up)
		s.hears("g1", "x", 5*time.Second)
		s.Forget("x")
		s.passes(0)
		if got := s.Stats(); got.Zones.Tags != 0 {
			t.Errorf("%d tags are remembered, want none", got.Zones.Tags)
		}
		s.passes(time.Minute)
		if diff := cmp.Diff([]string{"x >shoes"}, s.steps()); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
	})
}

func TestTheCrowdIsOnTheBoardAndNowhereElse(t *testing.T) {
	inShop(t, nil, func(s *shop) {
		minute := time.Now().Truncate(time.Minute)
		s.Crowd(gateway.Crowd{Gateway: "g1", Minute: minute.Add(-time.Minute), Heard: 40})
		s.Crowd(gateway.Crowd{Gateway: "g1", Minute: minute, Heard: 41})
		s.passes(time.Second)
		want := live.Crowd{Gateway: "g1", Minute: minute, Heard: 41}
		if got, ok := s.board.Crowd("g1"); !ok || got != want {
			t.Errorf("%+v %v, want %+v", got, ok, want)
		}
		if _, ok := s.board.Crowd("g2"); ok {
			t.Error("a gateway that heard nobody has told of a crowd")
		}
		if len(s.desk.tries) != 0 {
			t.Errorf("%d transactions for a crowd", len(s.desk.tries))
		}
	})
}
