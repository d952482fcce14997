package presence

import (
	"math"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/devices"
)

// Engine decides where tags are. The slices of changes it answers are its own and good until its next call. An Engine is not safe
// for concurrent use.
type Engine struct {
	site
	memory
	deadlines
	patience time.Duration // how long a candidate is remembered in silence
	maxTags  int
	changes  []Change
	stats    Stats

	// Time is counted from the first instant the Engine is told. now is where it is; at is the latest instant told and told is
	// the same in its own count, to turn counts into instants again.
	origin  time.Time
	at      time.Time
	told    time.Duration
	now     time.Duration
	started bool
}

// New makes an Engine that knows nothing yet; every reader counts as Down until Device says otherwise.
func New(c Config) *Engine {
	e := &Engine{site: newSite(c), memory: newMemory(), maxTags: c.MaxTags, patience: c.Profile.or(RetailProfile()).DepartAfter}
	if e.maxTags <= 0 {
		e.maxTags = defaultMaxTags
	}
	return e
}

// Observe takes one reading, and answers what it and the time passed until it have changed.
func (e *Engine) Observe(r devices.TagRead) []Change {
	e.changes = e.changes[:0]
	e.advance(r.At)
	e.stats.Reads++
	a := e.readers[r.Reader].antenna(r.Antenna)
	if a == nil || r.EPC.IsZero() {
		e.stats.Unplaced++
		return e.changes
	}
	rssi, ok := a.hear(r.RSSI)
	if !ok {
		e.stats.Weak++
		return e.changes
	}
	i := e.lookUp(r.EPC)
	if i == none {
		if !e.makeRoom() {
			e.stats.Refused++
			return e.changes
		}
		i = e.remember(r.EPC)
		e.tags[i].entered = e.now
		e.schedule(i, e.now+e.patience)
	}
	e.hear(i, *a, rssi)
	return e.changes
}

// Device notes the state of a reader. Departures wait wherever no reader is devices.Up any more; where the first one has come up
// again, silence counts from now. Readers without an antenna in any place are ignored.
func (e *Engine) Device(id showroom.DeviceID, state devices.State, at time.Time) []Change {
	e.changes = e.changes[:0]
	e.advance(at)
	r := e.readers[id]
	if up := state == devices.Up; r != nil && r.up != up {
		r.up = up
		e.serve(r.places, up)
	}
	return e.changes
}

// Advance lets time pass until at.
func (e *Engine) Advance(at time.Time) []Change {
	e.changes = e.changes[:0]
	e.advance(at)
	return e.changes
}

// Next answers when Advance may next have something to do: never too late, sometimes for nothing. It is false when only a
// reading or a device can change anything.
func (e *Engine) Next() (time.Time, bool) {
	due, ok := e.soonest()
	if !ok {
		return time.Time{}, false
	}
	return e.instant(due), true
}

// Restore takes what was known before a restart. Each occupancy stays, unconfirmed, until its reader has been up for DepartAfter
// without hearing the tag; static ones come back as furniture. What can not be heard any more, because its place has no antenna
// now, departs or is released at once; so is what there is no room for. Tags already known are left as they are.
func (e *Engine) Restore(known []Occupancy, at time.Time) []Change {
	e.changes = e.changes[:0]
	e.advance(at)
	for _, o := range known {
		if o.EPC.IsZero() || e.lookUp(o.EPC) != none {
			continue
		}
		n, ok := e.numbers[o.Place]
		if !ok || !e.makeRoom() {
			c := Change{Kind: Departed, EPC: o.EPC, From: o.Place}
			if o.Static {
				c.Kind = Released
				e.stats.Released++
			} else {
				e.stats.Departed++
			}
			e.tell(c)
			continue
		}
		i := e.remember(o.EPC)
		e.promote(i)
		t := &e.tags[i]
		t.place, e.since[i], t.entered, t.last = n, o.Since, e.now, e.now
		if o.Static {
			t.static = true
			e.statics++
		}
		e.reschedule(i)
	}
	return e.changes
}

// Forget drops everything known of the tag, without a Change. It answers whether there was anything.
func (e *Engine) Forget(epc gs1.EPC) bool {
	i := e.lookUp(epc)
	if i == none {
		return false
	}
	e.forget(i)
	return true
}

// Snapshot copies who is where, static tags and all, in no order of meaning.
func (e *Engine) Snapshot() []Occupancy {
	all := make([]Occupancy, 0, e.present()+e.statics)
	for i := range e.tags {
		if t := &e.tags[i]; t.used && t.place != nowhere {
			all = append(all, Occupancy{EPC: t.epc, Place: e.places[t.place].name, Since: e.since[i], Unconfirmed: !t.confirmed && !t.static, Static: t.static})
		}
	}
	return all
}

// Stats copies the counts.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Tags, s.Present, s.Candidates, s.Static = e.remembered, e.present(), e.candidates, e.statics
	return s
}

func (e *Engine) present() int { return e.remembered - e.candidates - e.statics }

// advance acts on every deadline until at, each at its own time and with what was known then.
func (e *Engine) advance(at time.Time) {
	until := e.count(at)
	for {
		for len(e.soon) > 0 && e.soon[0].due <= until {
			e.now = max(e.now, e.soon[0].due)
			e.meet(e.soon[0].tag)
		}
		if until < e.edge {
			break
		}
		for i := e.turn(until); i != none; {
			i = e.renew(i)
		}
	}
	e.now = until
}

// renew puts a deadline right whose stretch begins, and answers the next one. Reads have put off most of them.
func (e *Engine) renew(i int32) (next int32) {
	was, next := e.taken(i)
	if departs, learned, waits := e.due(&e.tags[i]); waits {
		e.schedule(i, max(min(departs, learned), was))
	}
	return next
}

// count turns an instant into the Engine's own time, which never goes back.
func (e *Engine) count(at time.Time) time.Duration {
	if !e.started {
		e.started = true
		e.origin, e.at = at, at
	}
	// Half the range leaves room to add any duration of the profile.
	if d := min(at.Sub(e.origin), math.MaxInt64/2); d >= e.now {
		e.at, e.told = at, d
		return d
	}
	return e.now
}

// instant is the way back. Its wall time follows the clock of whoever calls, steps and all.
func (e *Engine) instant(d time.Duration) time.Time { return e.at.Add(d - e.told) }

// serve notes that the places have one reader more or one less.
func (e *Engine) serve(places []int32, up bool) {
	resumed := false
	for _, n := range places {
		p := &e.places[n]
		if !up {
			p.up--
			continue
		}
		p.up++
		if p.up == 1 {
			p.resumed = e.now
			resumed = true
		}
	}
	if !resumed {
		return
	}
	for i := range e.tags {
		if t := &e.tags[i]; t.used && !e.scheduled(int32(i)) {
			e.reschedule(int32(i))
		}
	}
}

// makeRoom answers whether one more tag may be remembered, giving up the oldest candidate for it if need be.
func (e *Engine) makeRoom() bool {
	if e.remembered < e.maxTags {
		return true
	}
	if e.oldest == none {
		return false
	}
	e.forget(e.oldest)
	e.stats.Evicted++
	return true
}

func (e *Engine) forget(i int32) {
	e.unschedule(i)
	if e.tags[i].place == nowhere {
		e.stats.Forgotten++
	}
	e.drop(i)
}
