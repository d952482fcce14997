package presence

import (
	"time"

	"showroom/agent/showroom"
)

const never = time.Duration(1<<63 - 1)

// due answers when the tag next needs a look if it is not read until then; never while no reader of its place is up.
func (e *Engine) due(t *tag) (departs, learned time.Duration, waits bool) {
	if t.place == nowhere {
		return t.last + e.patience, e.shelved(t), true
	}
	p := &e.places[t.place]
	learned = never
	if after := p.rules.StaticAfter; after > 0 && !p.stock && !t.static {
		learned = max(t.entered, p.resumed) + after
	}
	return e.departs(t, p), learned, p.up > 0
}

// departs is when a tag will have been gone for long enough: departAfter since it was last heard well. Weak reads are no proof that
// it hangs there, and none that it has left: a body may stand in the way. For a quarter longer they count for three quarters.
func (e *Engine) departs(t *tag, p *place) time.Duration {
	well := max(t.last, p.resumed)
	at := well + p.departAfter
	if tr := e.find(t, t.place); tr != nil {
		at = max(at, min(tr.last+p.departAfter/4*3, at+p.departAfter/4))
	}
	return at
}

// shelved answers when a tag that is in no place has hung about for long enough to be furniture.
func (e *Engine) shelved(t *tag) time.Duration {
	at := never
	for k := t.track; k != none; k = e.tracks[k].next {
		tr := &e.tracks[k]
		if p := &e.places[tr.place]; p.rules.ShelfAfter > 0 && !p.stock && p.up > 0 {
			at = min(at, max(tr.first, t.entered, p.resumed)+p.rules.ShelfAfter)
		}
	}
	return at
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
	case departs > e.now:
		e.learn(i)
	case t.place == nowhere:
		e.forget(i)
	default:
		e.leave(i)
	}
}

// leave ends a silence: the tag moves to a place that hears it as if it had just come there, or departs.
func (e *Engine) leave(i int32) {
	t := &e.tags[i]
	from := t.place
	rules := e.places[from].rules
	why := showroom.Figures{SilentMS: (e.now - t.last).Milliseconds(), WindowMS: rules.Window.Milliseconds()}
	if old := e.find(t, from); old != nil && old.sounded {
		why.OldMean = old.mean
	}
	heard := false
	for k := t.track; k != none; k = e.tracks[k].next {
		tr := &e.tracks[k]
		heard = heard || e.now-tr.last <= rules.Window
		if tr.place == from || t.static {
			continue
		}
		if f, ok := e.fits(t, tr); ok {
			f.OldMean, f.SilentMS = why.OldMean, why.SilentMS
			e.settle(i, tr.place, f)
			return
		}
	}
	c := Change{Kind: Departed, EPC: t.epc, From: e.places[from].name, Why: why}
	if t.static {
		c.Kind = Released
		e.stats.Released++
	} else {
		e.stats.Departed++
	}
	e.tell(c)
	if heard {
		e.demote(i)
	} else {
		e.forget(i)
	}
}

// demote makes a tag that has left, and is still heard from somewhere, one that hangs about.
func (e *Engine) demote(i int32) {
	t := &e.tags[i]
	if t.static {
		t.static = false
		e.statics--
	}
	if tr := e.find(t, t.place); tr != nil {
		tr.habits = 0
	}
	e.enlist(i)
	t.place, t.loiters, t.leads, t.last, t.entered = nowhere, true, false, e.now, e.now
	e.reschedule(i)
}

// learn makes the tag furniture: of the place it has been in, or of the one that usually hears it best.
func (e *Engine) learn(i int32) {
	t := &e.tags[i]
	c := Change{Kind: Departed, EPC: t.epc, Static: true}
	if t.place == nowhere {
		c.Kind = Learned
		e.promote(i)
		t.place = e.usualPlace(t)
		c.To = e.places[t.place].name
		e.since[i] = e.instant(e.now)
		e.stats.Learned++
	} else {
		c.From = e.places[t.place].name
		e.stats.Departed++
	}
	t.static, t.leads, t.loiters = true, false, false
	e.statics++
	silent := (e.now - t.last).Milliseconds()
	if tr := e.find(t, t.place); tr != nil {
		window := e.places[t.place].rules.Window
		c.Why = figures(tr.within(e.now, window), window)
	}
	c.Why.SilentMS = silent
	e.reschedule(i)
	e.tell(c)
}

// usualPlace is where a tag that hangs about is usually heard best.
func (e *Engine) usualPlace(t *tag) int32 {
	best := t.track
	for k := t.track; k != none; k = e.tracks[k].next {
		if tr := &e.tracks[k]; tr.habits > 0 && (e.tracks[best].habits == 0 || tr.usual > e.tracks[best].usual) {
			best = k
		}
	}
	return e.tracks[best].place
}
