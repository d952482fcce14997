package zones

import (
	"math"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Engine decides where radio tags are. The slices of changes it answers are its own and good until its next call. An Engine is not
// safe for concurrent use.
type Engine struct {
	floor
	memory
	profile Profile
	maxTags int
	changes []Change
	stats   Stats
	scores  []score // of the zones, for the tag that is judged

	// Time is counted from the first instant the Engine is told, which the grid of decisions begins at. now is where it is; at is
	// the latest instant told and told is the same in its own count, to turn counts into instants again.
	origin  time.Time
	at      time.Time
	told    time.Duration
	now     time.Duration
	started bool
}

// New makes an Engine that knows nothing yet; every gateway counts as Down until Gateway says otherwise.
func New(c Config) *Engine {
	e := &Engine{floor: newFloor(c), profile: c.Profile.sane(), maxTags: c.MaxTags}
	e.memory = newMemory(e.floor)
	e.scores = make([]score, len(e.floor.zones))
	if e.maxTags <= 0 {
		e.maxTags = defaultMaxTags
	}
	return e
}

// Observe takes one sighting, and answers what the time passed until it has changed. The sighting itself counts at the next grid
// instant.
func (e *Engine) Observe(s devices.Sighting) []Change {
	e.changes = e.changes[:0]
	e.advance(s.At)
	e.stats.Sightings++
	g, ok := e.numbers[s.Gateway]
	if !ok || s.ID == "" {
		e.stats.Foreign++
		return e.changes
	}
	i, ok := e.index[s.ID]
	if !ok {
		if len(e.index) >= e.maxTags {
			e.stats.Refused++
			return e.changes
		}
		i = e.remember(s.ID)
		e.tags[i].entered, e.tags[i].since = e.now, e.instant(e.now)
	}
	gw := &e.floor.gateways[g]
	gw.heard = e.now
	e.hear(i, g, gw.correct(s.RSSI))
	return e.changes
}

// Gateway notes the state of a gateway. Tags stay wherever none is devices.Up any more; where the first one has come up again,
// silence counts from now, and so does what other zones collect. Gateways of no zone are ignored.
func (e *Engine) Gateway(id showroom.DeviceID, state devices.State, at time.Time) []Change {
	e.changes = e.changes[:0]
	e.advance(at)
	n, ok := e.numbers[id]
	if !ok {
		return e.changes
	}
	g := &e.floor.gateways[n]
	if up := state == devices.Up; g.up != up {
		g.up, g.since = up, e.now
		e.serve(g.zone, up)
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
// sighting or a gateway can change anything.
func (e *Engine) Next() (time.Time, bool) {
	due := e.due()
	return e.instant(due), due != never
}

// Restore takes what was known before a restart. Each occupancy stays, unconfirmed, until its zone has had a gateway up for Away
// without anybody hearing the tag. What can not be heard any more, because its zone has no gateway now, leaves at once; so does what
// there is no room for. Tags already known are left as they are.
func (e *Engine) Restore(known []Occupancy, at time.Time) []Change {
	e.changes = e.changes[:0]
	e.advance(at)
	for _, o := range known {
		if _, twice := e.index[o.ID]; twice || o.ID == "" || o.Zone.IsZero() {
			continue
		}
		z, ok := e.find(o.Zone)
		if !ok || len(e.index) >= e.maxTags {
			e.stats.Left++
			now := e.instant(e.now)
			e.changes = append(e.changes, Change{ID: o.ID, From: o.Zone, Confidence: 1, Dwell: max(now.Sub(o.Since), 0), At: now})
			continue
		}
		i := e.remember(o.ID)
		t := &e.tags[i]
		t.zone, t.since, t.entered, t.stirred = z, o.Since, e.now, e.now
		e.known++
		e.hush(i, e.now)
	}
	return e.changes
}

// Forget drops everything known of the tag, without a Change: it has been given back. It answers whether there was anything.
func (e *Engine) Forget(id devices.RadioID) bool {
	i, ok := e.index[id]
	if ok {
		e.forget(i)
	}
	return ok
}

// Snapshot copies who is in which zone, in no order of meaning. Tags in the unknown zone are not in it.
func (e *Engine) Snapshot() []Occupancy {
	all := make([]Occupancy, 0, e.known)
	for i := range e.tags {
		if t := &e.tags[i]; t.used && t.zone != nowhere {
			all = append(all, Occupancy{ID: t.id, Zone: e.name(t.zone), Since: t.since, Unconfirmed: !t.confirmed})
		}
	}
	return all
}

// Stats copies the counts.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Tags, s.Known = len(e.index), e.known
	return s
}

const never = time.Duration(math.MaxInt64)

// due is when something is next to be done: the next grid instant while a tag is fresh, or the end of the longest silence.
func (e *Engine) due() time.Duration {
	due := never
	if len(e.fresh) > 0 {
		due = e.grid(e.tags[e.fresh[0]].last)
	}
	if e.head != none {
		due = min(due, e.tags[e.head].quiet+e.profile.Away)
	}
	return due
}

// grid is the first decision after an instant.
func (e *Engine) grid(at time.Duration) time.Duration {
	return (at/e.profile.Interval + 1) * e.profile.Interval
}

// advance acts on everything due until at, each at its own time and with what was known then.
func (e *Engine) advance(at time.Time) {
	until := e.count(at)
	for due := e.due(); due <= until; due = e.due() {
		e.now = max(e.now, due)
		if len(e.fresh) > 0 && e.grid(e.tags[e.fresh[0]].last) <= e.now {
			e.judgeFresh()
		} else {
			e.leave(e.head)
		}
	}
	e.now = until
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

// serve notes that the zone has one gateway more or one less.
func (e *Engine) serve(z int32, up bool) {
	zn := &e.floor.zones[z]
	if !up {
		zn.up--
		if zn.up == 0 {
			zn.turned = e.now
		}
		return
	}
	zn.up++
	if zn.up > 1 {
		return
	}
	zn.turned = e.now
	for i := range e.tags {
		if t := &e.tags[i]; t.used && t.zone == z {
			e.hush(int32(i), e.now)
			e.level(int32(i)) // some of it may have been collected while the zone was deaf and nobody knew
		}
	}
}

func (e *Engine) forget(i int32) {
	e.unqueue(i)
	if e.tags[i].zone != nowhere {
		e.known--
	}
	e.drop(i)
}
