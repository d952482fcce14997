package presence

import (
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// hear takes a read that counts.
func (e *Engine) hear(i, where int32, rssi devices.RSSI) {
	tr := e.follow(i, where)
	tr.add(e.now, e.profile.Window, rssi)
	tr.last = e.now
	seen := tr.within(e.now, e.profile.Window)
	if seen.known > 0 {
		tr.mean, tr.sounded = seen.dBm(), true
	}
	t := &e.tags[i]
	switch t.place {
	case nowhere:
		t.last = e.now
		if enough, ok := e.arrives(t, tr); ok {
			e.settle(i, where, figures(enough, e.profile.ArriveWithin))
		}
	case where:
		t.last = e.now
		if !t.confirmed {
			t.confirmed = true
			e.stats.Confirmed++
			here := e.places[where].name
			e.tell(Change{Kind: Confirmed, EPC: t.epc, From: here, To: here, Why: figures(seen, e.profile.Window)})
		}
	default:
		if why, ok := e.moves(t, tr, seen); ok {
			e.settle(i, where, why)
		}
	}
}

// arrives: enough reads, and no other place hears the tag louder at the same time. The louder one will have its reads soon.
func (e *Engine) arrives(t *tag, tr *track) (tally, bool) {
	p := &e.profile
	seen := tr.within(e.now, p.ArriveWithin)
	if seen.known < p.ArriveReads && seen.reads() < p.UnknownRSSIReads {
		return seen, false
	}
	for k := t.track; k != none; k = e.tracks[k].next {
		other := &e.tracks[k]
		if other.sounded && tr.sounded && other.mean > tr.mean && e.now-other.last <= p.ArriveWithin {
			return seen, false
		}
	}
	return seen, true
}

// moves: the new place hears the tag louder than the old one did, by the margin; or, when strengths can not be compared, often
// enough and the old one not at all.
func (e *Engine) moves(t *tag, tr *track, seen tally) (showroom.Figures, bool) {
	p := &e.profile
	if e.now-t.entered < p.MinStay {
		return showroom.Figures{}, false
	}
	old := e.find(t, t.place)
	if old == nil { // not heard there since the restart: it has no strength to defend its place with
		enough, ok := e.arrives(t, tr)
		return figures(enough, p.ArriveWithin), ok
	}
	silent := e.now - old.last
	if old.sounded && seen.known >= p.MoveReads {
		margin := e.margin(t.place, tr.place, silent)
		if seen.dBm() <= old.mean+float64(margin) {
			return showroom.Figures{}, false
		}
		why := figures(seen, p.Window)
		why.OldMean, why.Margin, why.SilentMS = old.mean, float64(margin), silent.Milliseconds()
		return why, true
	}
	why := figures(seen, p.Window)
	why.SilentMS = silent.Milliseconds()
	return why, seen.reads() >= p.UnknownRSSIReads && silent >= p.Window
}

func (e *Engine) margin(from, to int32, silent time.Duration) DB {
	m := e.places[from].margins[to]
	if over := silent - e.profile.MoveHold; over > 0 {
		m -= DB(float64(e.profile.MoveDecay) * over.Seconds())
	}
	return max(m, 0)
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
	t.place, t.confirmed = to, true
	t.entered, t.last, t.since = e.now, e.now, e.instant(e.now)
	e.reschedule(i)
	e.tell(c)
}

// due answers when the tag next needs a look if it is not read until then; never while no reader of its place is up.
func (e *Engine) due(t *tag) (departs, learned time.Duration, waits bool) {
	const never = time.Duration(1<<63 - 1)
	if t.place == nowhere {
		return t.last + e.profile.Window, never, true
	}
	p := &e.places[t.place]
	learned = never
	if p.staticAfter > 0 && !t.static {
		learned = max(t.entered, p.resumed) + p.staticAfter
	}
	return max(t.last, p.resumed) + p.departAfter, learned, p.up > 0
}

func (e *Engine) reschedule(i int32) {
	if departs, learned, waits := e.due(&e.tags[i]); waits {
		e.schedule(i, min(departs, learned))
	} else {
		e.unschedule(i)
	}
}

// meet acts on the tag's deadline, unless reads or a silent reader have put it off.
func (e *Engine) meet(i int32) {
	t := &e.tags[i]
	departs, learned, waits := e.due(t)
	switch {
	case !waits || min(departs, learned) > e.now:
		e.reschedule(i)
	case t.place == nowhere:
		e.forget(i)
	case departs <= e.now:
		e.leave(i)
	default:
		e.learn(i)
	}
}

// leave ends a silence: the tag moves to the place that hears it best, or departs.
func (e *Engine) leave(i int32) {
	t := &e.tags[i]
	p := &e.profile
	why := showroom.Figures{SilentMS: (e.now - t.last).Milliseconds(), WindowMS: p.Window.Milliseconds()}
	if old := e.find(t, t.place); old != nil && old.sounded {
		why.OldMean = old.mean
	}
	best, heard := int32(nowhere), tally{}
	for k := t.track; k != none; k = e.tracks[k].next {
		tr := &e.tracks[k]
		seen := tr.within(e.now, p.Window)
		if tr.place == t.place || seen.known < p.MoveReads && seen.reads() < p.UnknownRSSIReads {
			continue
		}
		if best == nowhere || louder(seen, heard) {
			best, heard = tr.place, seen
		}
	}
	if best != nowhere {
		f := figures(heard, p.Window)
		f.OldMean, f.SilentMS = why.OldMean, why.SilentMS
		e.settle(i, best, f)
		return
	}
	if !t.static {
		e.stats.Departed++
		e.tell(Change{Kind: Departed, EPC: t.epc, From: e.places[t.place].name, Why: why})
	}
	e.forget(i)
}

// louder compares two places that hear a tag: by strength where both know it, else by reads.
func louder(a, b tally) bool {
	if a.known > 0 && b.known > 0 {
		return a.dBm() > b.dBm()
	}
	return a.reads() > b.reads()
}

// learn makes the tag furniture.
func (e *Engine) learn(i int32) {
	t := &e.tags[i]
	t.static = true
	e.statics++
	e.stats.Departed++
	why := showroom.Figures{SilentMS: (e.now - t.last).Milliseconds()}
	if tr := e.find(t, t.place); tr != nil {
		silent := why.SilentMS
		why = figures(tr.within(e.now, e.profile.Window), e.profile.Window)
		why.SilentMS = silent
	}
	e.reschedule(i)
	e.tell(Change{Kind: Departed, EPC: t.epc, From: e.places[t.place].name, Static: true, Why: why})
}

func (e *Engine) tell(c Change) {
	c.At = e.instant(e.now)
	e.changes = append(e.changes, c)
}

func figures(seen tally, over time.Duration) showroom.Figures {
	f := showroom.Figures{Reads: seen.reads(), WindowMS: over.Milliseconds()}
	if seen.known > 0 {
		f.RSSIKnown, f.MeanRSSI = true, seen.dBm()
	}
	return f
}
