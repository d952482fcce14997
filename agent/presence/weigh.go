package presence

import (
	"time"

	"showroom/agent/showroom"
)

// level is how well a place has heard the tag during the last d: what it heard on average, or quiet. It is false when nobody can
// say, because no reader there is up or none tells strengths.
func (e *Engine) level(t *tag, where int32, d time.Duration) (float64, bool) {
	if tr := e.find(t, where); tr != nil {
		switch seen := tr.within(e.now, d); {
		case seen.known > 0:
			return seen.dBm(), true
		case seen.unknown > 0:
			return 0, false
		}
	}
	p := &e.places[where]
	return p.rules.Quiet.DBm(), p.up > 0
}

// lead is by how much a place that hears the tag at x wins over another one that hears it at y. A tag in a room is heard on both
// sides of it; one next door is heard better on that side only. So what is heard around the two is weighed too, which a body in the
// way of either antenna does not change.
func (e *Engine) lead(t *tag, in, other int32, x, y float64, d time.Duration) float64 {
	rules := e.places[in].rules
	lead := x - y
	for ring := range uint8(rings) {
		near, okNear := e.around(t, in, other, ring, d)
		far, okFar := e.around(t, other, in, ring, d)
		neutral := max(max(x, y)-float64(rules.Wall)*(float64(ring)+1.5), rules.Quiet.DBm())
		switch {
		case okNear && !okFar:
			far = neutral
		case okFar && !okNear:
			near = neutral
		case !okNear:
			continue
		}
		lead += near - far
	}
	return lead
}

// around is what is heard on average in one ring around a place, where that is farther from the other one.
func (e *Engine) around(t *tag, in, other int32, ring uint8, d time.Duration) (float64, bool) {
	sum, n := 0.0, 0
	for _, k := range e.places[in].rings[ring] {
		if k == other || e.places[other].distance(k) <= ring+1 {
			continue
		}
		if x, ok := e.level(t, k, d); ok {
			sum += x
			n++
		}
	}
	return sum / float64(max(n, 1)), n > 0
}

// wins weighs a place against all others that heard the tag during the last d, and answers the least lead and over which place.
// It is false where one of them can not be compared or the lead is too small. With one that is nowhere no margin is asked for moving.
func (e *Engine) wins(t *tag, in int32, seen tally, from int32, d time.Duration, settled bool) (showroom.Figures, bool) {
	rules := e.places[in].rules
	why := figures(seen, d)
	first := true
	for k := t.track; k != none; k = e.tracks[k].next {
		other := &e.tracks[k]
		if other.place == in || e.now-other.last > d {
			continue
		}
		y, ok := e.level(t, other.place, d)
		if !ok {
			continue
		}
		need := float64(rules.ArriveMargin) + max(0, float64(rules.Hook)-seen.above())/2
		if settled {
			need /= 3
		}
		if other.place == from {
			need = float64(rules.MoveMargin)
			if e.places[in].borders(from) {
				need = float64(rules.NeighbourMargin)
			}
		}
		lead := e.lead(t, in, other.place, seen.dBm(), y, d)
		if first || lead < why.Lead {
			why.Lead, why.OldMean, why.Margin, first = lead, y, need, false
		}
		if lead < need {
			return why, false
		}
	}
	return why, true
}

func figures(seen tally, over time.Duration) showroom.Figures {
	f := showroom.Figures{Reads: seen.reads(), WindowMS: over.Milliseconds()}
	if seen.known > 0 {
		f.RSSIKnown, f.MeanRSSI = true, seen.dBm()
	}
	return f
}
