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
		neutral := max(rules.hook()-float64(rules.Wall)*(float64(ring)+1.5), rules.Quiet.DBm())
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

// wins weighs a place against all others that heard the tag during the last d, and those that might hold it and can not tell. It
// answers the least lead and over what, and whether all leads are large enough. from is the place the tag is to be taken from, and
// asks for its own margin; less is the share of all margins that is asked for.
func (e *Engine) wins(t *tag, in int32, seen tally, from int32, d time.Duration, less float64) (showroom.Figures, bool) {
	b := balance{why: figures(seen, d), in: in, from: from, less: less, hook: e.places[in].rules.hook()}
	for k := t.track; k != none; k = e.tracks[k].next {
		other := &e.tracks[k]
		if other.place == in || e.now-other.last > d {
			continue
		}
		y, ok := e.level(t, other.place, d)
		switch {
		case ok && !b.tip(e, t, other.place, seen, y, d):
			return b.why, false
		case !ok && other.place == from && e.places[from].up > 0: // it tells no strengths, and is not silent
			return b.why, false
		}
	}
	for _, near := range e.places[in].rings[0] {
		if e.places[near].up == 0 && near != from && !b.tip(e, t, near, seen, b.unheard(e, seen), d) {
			return b.why, false
		}
	}
	if from != nowhere && e.places[from].up == 0 && !b.tip(e, t, from, seen, b.unheard(e, seen), d) {
		return b.why, false
	}
	return b.why, true
}

// The shares of a margin that are asked for: half of whoever has been ahead for long.
const whole, half = 1.0, 0.5

// balance is a weighing under way.
type balance struct {
	why     showroom.Figures
	in      int32
	from    int32
	less    float64
	hook    float64
	weighed bool
}

// unheard is what a place that can not tell is taken to hear: the more, the less of a tag on its hook the other one hears.
func (b *balance) unheard(e *Engine, seen tally) float64 {
	rules := e.places[b.in].rules
	return 2*(rules.hook()-float64(rules.Wall)/2) - seen.dBm()
}

// tip weighs against one place, and answers whether the lead is large enough.
func (b *balance) tip(e *Engine, t *tag, other int32, seen tally, y float64, d time.Duration) bool {
	rules := e.places[b.in].rules
	need := float64(rules.ArriveMargin) + max(0, float64(rules.Hook)-seen.above())/2
	if other == b.from {
		need = float64(rules.MoveMargin)
		if e.places[b.in].borders(other) {
			need = float64(rules.NeighbourMargin)
		}
	}
	if e.company(other) > e.company(b.in)+2 {
		need += float64(rules.Wall) / 2 // what comes together hangs together
	}
	lead := e.lead(t, b.in, other, seen.dBm(), y, d)
	if direct := seen.dBm() - y; b.from == nowhere && lead < direct {
		need += (direct - lead) / 2 // those around contradict
	}
	need *= b.less
	if !b.weighed || lead-need < b.why.Lead-b.why.Margin {
		b.why.Lead, b.why.OldMean, b.why.Margin, b.weighed = lead, y, need, true
	}
	return lead > need
}

func figures(seen tally, over time.Duration) showroom.Figures {
	f := showroom.Figures{Reads: seen.reads(), WindowMS: over.Milliseconds()}
	if seen.known > 0 {
		f.RSSIKnown, f.MeanRSSI = true, seen.dBm()
	}
	return f
}
