package dryrun

import (
	"maps"
	"slices"
	"time"

	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/devices"
)

// Floor is the floor plan that recorded sightings are replayed on. The gateways of Config are named as Track names them.
type Floor struct {
	Config zones.Config
	// Outlines say where the zones are, for scoring; a place that several enclose is in the first.
	Outlines []Outline
	// Stands is where the gateways stand, for simulated tags.
	Stands map[showroom.DeviceID]Spot
}

// Outline is the shape of one zone.
type Outline struct {
	Zone     showroom.Place
	Contains func(x, y float64) bool
}

// zoneAt answers the zone of a spot; the zero Place when it is in none.
func (f Floor) zoneAt(x, y float64) showroom.Place {
	for _, o := range f.Outlines {
		if o.Contains(x, y) {
			return o.Zone
		}
	}
	return showroom.Place{}
}

// ZoneScore compares decided zones with true ones, once a second and without allowing for any delay.
type ZoneScore struct {
	Seconds      int // with a truth no older than truthHolds
	Right        int
	Switches     int // of the decided zone; coming out of the unknown zone for the first time is none
	TrueSwitches int
}

// truthHolds is how long a recorded position stands for where the tag is. A recording with holes is not scored in them.
const truthHolds = 5 * time.Second

// Accuracy is the share of seconds for which the decision was right; 0 when there are none.
func (s ZoneScore) Accuracy() float64 {
	if s.Seconds == 0 {
		return 0
	}
	return float64(s.Right) / float64(s.Seconds)
}

// Add puts two scores together.
func (s *ZoneScore) Add(o ZoneScore) {
	s.Seconds += o.Seconds
	s.Right += o.Right
	s.Switches += o.Switches
	s.TrueSwitches += o.TrueSwitches
}

// Replay runs a track through a new zone engine whose gateways are all up, on a grid of whole seconds of the recording, and reports
// every change. The score is that of all tags of the track together; it is empty unless the track has positions. An error is report's.
func (f Floor) Replay(t Track, report func(zones.Change) error) (ZoneScore, error) {
	var score ZoneScore
	if len(t.sightings) == 0 {
		return score, nil
	}
	e := zones.New(f.Config)
	first := t.sightings[0].at.Truncate(time.Second)
	for _, id := range slices.Sorted(maps.Keys(f.Config.Gateways)) {
		e.Gateway(id, devices.Up, first)
	}
	tags := make(map[devices.RadioID]*tagScore)
	told := func(changes []zones.Change) error {
		for _, c := range changes {
			if s := tags[c.ID]; s != nil {
				s.decided = c.To
			}
			if err := report(c); err != nil {
				return err
			}
		}
		return nil
	}
	next := 0
	last := t.sightings[len(t.sightings)-1].at
	for at := first.Add(time.Second); !at.After(last); at = at.Add(time.Second) {
		for ; next < len(t.sightings) && t.sightings[next].at.Before(at); next++ {
			s := &t.sightings[next]
			if err := told(e.Observe(s.sighting(t))); err != nil {
				return score, err
			}
			if t.positions {
				f.mark(tags, t.tags[s.tag], s)
			}
		}
		if err := told(e.Advance(at)); err != nil {
			return score, err
		}
		for _, s := range tags {
			s.judge(&score, at)
		}
	}
	return score, nil
}

// mark notes where a tag really is.
func (f Floor) mark(tags map[devices.RadioID]*tagScore, id devices.RadioID, s *sighting) {
	ts := tags[id]
	if ts == nil {
		ts = &tagScore{}
		tags[id] = ts
	}
	ts.truth, ts.seen = f.zoneAt(s.x, s.y), s.at
}

// tagScore is how one tag stands.
type tagScore struct {
	truth, decided showroom.Place
	seen           time.Time

	judged               bool // in the second before
	entered              bool
	wasTruth, wasDecided showroom.Place
}

func (t *tagScore) judge(score *ZoneScore, at time.Time) {
	if at.Sub(t.seen) > truthHolds {
		t.judged, t.entered = false, false
		return
	}
	score.Seconds++
	if t.decided == t.truth {
		score.Right++
	}
	if t.judged && t.truth != t.wasTruth {
		score.TrueSwitches++
	}
	if t.judged && t.entered && t.decided != t.wasDecided {
		score.Switches++
	}
	t.judged, t.entered = true, t.entered || !t.decided.IsZero()
	t.wasTruth, t.wasDecided = t.truth, t.decided
}
