package presence

import (
	"math"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// hear takes a read that counts.
func (e *Engine) hear(i int32, a antenna, rssi devices.RSSI) {
	tr := e.follow(i, a.place)
	t := &e.tags[i]
	p := &e.places[a.place]
	rules := p.rules
	if tr.used == 0 || e.now-max(tr.last, p.resumed) > p.departAfter {
		tr.begin(e.now)
	}
	full := tr.add(e.now, rules.Window, rssi, a.floor)
	if full != nil && !(t.leads && t.leader == a.place) {
		tr.getUsedTo(full)
	}
	fresh := e.now-tr.first <= rules.Window
	if tr.last = e.now; full != nil || fresh {
		tr.weigh(e.now, rules.Window)
	}
	switch {
	case t.static || t.place == nowhere:
		t.last = e.now
		if full != nil || fresh {
			e.consider(i, tr, rssi, a.floor)
		}
	case t.place != a.place:
		if full != nil || fresh {
			e.contest(i, tr, rssi, a.floor)
		}
	case !tr.sounded || tr.above >= -float64(rules.Slack):
		t.last = e.now
		if !t.confirmed {
			t.confirmed = true
			e.stats.Confirmed++
			e.tell(Change{Kind: Confirmed, EPC: t.epc, From: p.name, To: p.name, Why: figures(tr.within(e.now, rules.Window), rules.Window)})
		}
	}
}

// consider settles a tag that is in no place where it is heard well enough.
func (e *Engine) consider(i int32, tr *track, rssi, floor devices.RSSI) {
	t := &e.tags[i]
	p := &e.places[tr.place]
	rules := p.rules
	if t.loiters || t.static && e.near(t.place, tr.place) || e.now-tr.first > rules.LoiterAfter && rules.LoiterAfter > 0 {
		if why, ok := e.rises(t, tr); ok {
			e.settle(i, tr.place, why)
		}
		return
	}
	e.joins(t, tr, rssi, floor)
	if e.now-tr.first < rules.ArriveAfter {
		return
	}
	if why, ok := e.fits(t, tr); ok && e.welcome(tr.place) {
		e.settle(i, tr.place, why)
	}
}

// joins counts the tag to those that have just come to the place, if that is where it is heard best.
func (e *Engine) joins(t *tag, tr *track, rssi, floor devices.RSSI) {
	if e.loudest(t) != tr {
		return
	}
	p := &e.places[tr.place]
	p.arrivals.add(e.now, p.rules.Window, rssi, floor)
	if !t.counted && e.now-tr.first >= p.rules.ArriveAfter/4 {
		t.counted = true
		p.newcomers.count(e.now, p.rules.LoiterAfter)
	}
}

// company is how many tags have just come to the place, within LoiterAfter or up to twice that.
func (e *Engine) company(where int32) int {
	p := &e.places[where]
	return p.newcomers.sum(e.now, p.rules.LoiterAfter)
}

// welcome answers whether those that have just come to the place are heard as well as tags on their hooks would be. Of one alone
// the floor says enough; the more they are, the less can chance have to do with it.
func (e *Engine) welcome(where int32) bool {
	rules := e.places[where].rules
	all := e.places[where].arrivals.within(e.now, rules.ArriveWithin)
	n := float64(max(e.company(where), 1))
	return all.known == 0 || all.above() >= float64(rules.Hook)*(1-1/math.Sqrt(n))
}

// loudest is the track of the place that hears the tag best.
func (e *Engine) loudest(t *tag) *track {
	var best *track
	for k := t.track; k != none; k = e.tracks[k].next {
		if tr := &e.tracks[k]; tr.sounded && (best == nil || tr.above > best.above) {
			best = tr
		}
	}
	return best
}

// near answers whether the places are one or neighbours.
func (e *Engine) near(a, b int32) bool { return a == b || e.places[a].borders(b) }

// fits: enough reads, strong enough on average, and no other place has the better claim.
func (e *Engine) fits(t *tag, tr *track) (showroom.Figures, bool) {
	rules := e.places[tr.place].rules
	if few := tr.within(e.now, rules.ArriveWithin); few.known < rules.ArriveReads {
		return figures(few, rules.ArriveWithin), few.reads() >= rules.UnknownRSSIReads
	}
	seen := tr.within(e.now, rules.Window)
	if seen.above() < 0 {
		return showroom.Figures{}, false
	}
	return e.wins(t, tr.place, seen, nowhere, rules.Window, 1)
}

// party is how many garments come to a room together at most. Of more, some are heard as well as on their hooks for a while by chance.
const party = 8

// rises: for MoveHold without a break the tag has been heard LoiterRise better than usual, strong enough on average, and no other
// place had the better claim. Or it is usually heard as well as tags on their hooks: then it has only been hard to place.
func (e *Engine) rises(t *tag, tr *track) (showroom.Figures, bool) {
	rules := e.places[tr.place].rules
	seen := tr.within(e.now, rules.Window)
	t.crowded = t.crowded || e.company(tr.place) > party
	enough := uint8(2 * windowSlots)
	if t.crowded {
		enough = manySlots
	}
	settled := !t.static && tr.habits >= enough && tr.usual >= float64(rules.Hook)
	if seen.known < rules.ArriveReads || tr.habits < windowSlots || seen.above() < 0 || !settled && seen.above() < tr.usual+float64(rules.LoiterRise) {
		t.yield(tr.place)
		return showroom.Figures{}, false
	}
	less := whole
	if settled {
		less = half
	}
	why, ok := e.wins(t, tr.place, seen, nowhere, rules.Window, less)
	if !ok {
		t.yield(tr.place)
		return why, false
	}
	return why, t.holds(tr.place, e.now, rules, rules.MoveHold) && e.lately(tr) || settled
}

// contest moves a tag to another place that hears it better, which the old one no longer does at all, or much worse, or not for MoveHold.
func (e *Engine) contest(i int32, tr *track, rssi, floor devices.RSSI) {
	t := &e.tags[i]
	rules := e.places[tr.place].rules
	if e.now-t.entered < rules.MinStay || e.now-tr.first < rules.ArriveAfter {
		return
	}
	silent, deaf := e.silence(t)
	if !deaf && silent >= rules.ArriveWithin {
		e.joins(t, tr, rssi, floor)
		if why, ok := e.fits(t, tr); ok && e.welcome(tr.place) && (silent >= rules.Window || why.RSSIKnown && e.sounds(t)) {
			why.SilentMS = silent.Milliseconds()
			e.settle(i, tr.place, why)
			return
		}
	}
	if e.provisional(t) {
		if why, ok := e.fits(t, tr); ok && why.RSSIKnown && e.welcome(tr.place) {
			e.settle(i, tr.place, why)
			return
		}
	}
	if why, ok := e.overtakes(t, tr); ok {
		why.SilentMS = silent.Milliseconds()
		e.settle(i, tr.place, why)
	}
}

// provisional answers whether the tag has only just been heard for the first time, so that what it arrived by may have been chance.
func (e *Engine) provisional(t *tag) bool {
	old := e.find(t, t.place)
	window := e.places[t.place].rules.Window
	return old != nil && old.sounded && e.now-old.first <= 2*window && e.now-t.entered <= window
}

// sounds answers whether the place of the tag tells strengths.
func (e *Engine) sounds(t *tag) bool {
	old := e.find(t, t.place)
	return old == nil || old.sounded
}

// overtakes: for MoveHold without a break the place has heard the tag MoveRise better than usual, strong enough on average, and has
// been ahead of the old place by the margin and of all others.
func (e *Engine) overtakes(t *tag, tr *track) (showroom.Figures, bool) {
	rules := e.places[tr.place].rules
	less := whole
	if t.leads && t.leader == tr.place {
		less = half
	}
	seen := tr.within(e.now, rules.Window)
	if seen.known < rules.MoveReads || seen.above() < 0 || tr.habits >= windowSlots && seen.above() < tr.usual+float64(rules.MoveRise)*less {
		t.yield(tr.place)
		return showroom.Figures{}, false
	}
	why, ok := e.wins(t, tr.place, seen, t.place, rules.Window, less)
	if !ok {
		t.yield(tr.place)
		return why, false
	}
	hold := rules.MoveHold
	if e.trades(t, tr, seen, why) {
		hold = rules.ArriveWithin
	}
	return why, t.holds(tr.place, e.now, rules, hold) && e.lately(tr)
}

// What a move is known by before MoveHold has passed, in Walls: the lead, and by how much the one place hears the tag better than usual
// and the other one worse. A move is worth a Wall to either, and the rooms around see it as well.
const (
	tradeLead  = 1.5
	tradeShift = 0.4
)

// trades answers whether the places have exchanged what they hear. A body takes off one of them and gives to none.
func (e *Engine) trades(t *tag, tr *track, seen tally, why showroom.Figures) bool {
	rules := e.places[tr.place].rules
	wall := float64(rules.Wall)
	old := e.find(t, t.place)
	if old == nil || !old.sounded || old.habits < windowSlots || tr.habits < windowSlots {
		return false
	}
	now, ok := e.level(t, t.place, rules.Window)
	above := now - (old.mean - old.above)
	return ok && why.Lead > tradeLead*wall && seen.above() > tr.usual+tradeShift*wall && above < old.usual-tradeShift*wall
}

// lately answers whether the place has heard the tag strong enough just now, and not only on the whole.
func (e *Engine) lately(tr *track) bool {
	return tr.within(e.now, e.places[tr.place].rules.ArriveWithin).above() >= 0
}

// silence is how long the place of the tag has not heard it at all. It is deaf while no reader of its is up.
func (e *Engine) silence(t *tag) (silent time.Duration, deaf bool) {
	p := &e.places[t.place]
	last := max(t.entered, p.resumed)
	if old := e.find(t, t.place); old != nil {
		last = max(last, old.last)
	}
	return e.now - last, p.up == 0
}

// holds notes that the place has the better claim, and answers whether it has had it for so long.
func (t *tag) holds(place int32, at time.Duration, rules *Profile, hold time.Duration) bool {
	if !t.leads || t.leader != place || at-t.held > rules.ArriveWithin {
		t.leads, t.leader, t.ahead = true, place, at
	}
	t.held = at
	return at-t.ahead >= hold
}

// yield notes that the place has not the better claim.
func (t *tag) yield(place int32) {
	if t.leader == place {
		t.leads = false
	}
}

// settle puts the tag into a place: it arrives there, or moves if the shop thinks it is somewhere else.
func (e *Engine) settle(i, to int32, why showroom.Figures) {
	t := &e.tags[i]
	c := Change{Kind: Arrived, EPC: t.epc, To: e.places[to].name, Why: why}
	switch {
	case t.place == nowhere:
		e.promote(i)
		e.stats.Arrived++
	case t.static:
		t.static = false
		e.statics--
		e.stats.Arrived++
	default:
		c.Kind, c.From = Moved, e.places[t.place].name
		e.stats.Moved++
	}
	t.place, t.confirmed, t.loiters, t.leads, t.counted = to, true, false, false, false
	t.entered, t.last, e.since[i] = e.now, e.now, e.instant(e.now)
	e.reschedule(i)
	e.tell(c)
}

func (e *Engine) tell(c Change) {
	c.At = e.instant(e.now)
	c.Why.Lead = math.Round(c.Why.Lead*10) / 10
	e.changes = append(e.changes, c)
}
