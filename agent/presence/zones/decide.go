package zones

import (
	"math"

	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

// spread is the standard deviation of one reading about its mean: 5.8 dB in the still points of the danis floor. A zone's lead, judged
// by it, is the confidence.
const spread = 5.8

// score is how one zone hears the tag that is judged.
type score struct {
	listen  int      // gateways that count
	loud    int      // of these, the ones that heard it with a strength
	heard   int      // of these, the ones that heard it at all
	samples int      // the most readings of one gateway
	best    [2]int32 // the two loudest, hundredths of a dBm
	blind   bool     // no gateway is up: all this is from before
	lost    bool     // a gateway that has heard the tag is not up any more, or hears nobody
}

// hear takes a sighting.
func (e *Engine) hear(i, g int32, rssi devices.RSSI) {
	h := &e.hearings(i)[g]
	if h.samples == 0 || e.now-h.last > e.profile.Stale {
		h.samples = 0
	}
	h.samples = min(h.samples+1, maxSamples)
	h.last = e.now
	if rssi.Known() {
		if !h.loud || e.grid(h.sounded) != e.grid(e.now) {
			h.rssi = rssi
		}
		h.rssi, h.loud, h.sounded = max(h.rssi, rssi), true, e.now
	}
	t := &e.tags[i]
	t.last, t.confirmed = e.now, true
	e.hush(i, e.now)
	if !t.fresh {
		t.fresh = true
		e.fresh = append(e.fresh, i)
	}
}

// judgeFresh decides about every tag of which something has been heard.
func (e *Engine) judgeFresh() {
	for _, i := range e.fresh {
		t := &e.tags[i]
		t.fresh = false
		e.listen(i)
		if e.now-t.judged > e.profile.Stale {
			e.level(i)
			e.unlearn(t)
		}
		t.judged = e.now
		if t.zone == nowhere {
			e.enter(i)
		} else {
			e.contest(i)
		}
	}
	e.fresh = e.fresh[:0]
}

// level takes from every zone what it has collected of the tag.
func (e *Engine) level(i int32) {
	claims := e.claims(i)
	for z := range claims {
		claims[z].lead = 0
	}
}

// listen scores every zone for the tag.
func (e *Engine) listen(i int32) {
	for z := range e.scores {
		e.scores[z] = score{blind: e.floor.zones[z].up == 0, best: [2]int32{math.MinInt16, math.MinInt16}}
	}
	row := e.hearings(i)
	for g := range row {
		gw := &e.floor.gateways[g]
		s, h := &e.scores[gw.zone], &row[g]
		s.lost = s.lost || h.samples > 0 && e.deaf(gw)
		if !gw.up && !s.blind {
			continue
		}
		known := h.loud && (s.blind || e.now-h.sounded <= e.profile.Window)
		heard := h.samples > 0 && (s.blind || e.now-h.last <= e.profile.Window)
		switch {
		case known:
			s.add(int32(h.rssi))
			s.loud++
		case !s.blind && e.now-gw.since >= e.profile.Window:
			s.add(int32(e.profile.Quiet))
		case !heard:
			continue
		}
		if heard {
			s.heard++
			s.samples = max(s.samples, int(h.samples))
		}
	}
}

func (s *score) add(rssi int32) {
	s.listen++
	if rssi > s.best[0] {
		s.best[0], s.best[1] = rssi, s.best[0]
	} else if rssi > s.best[1] {
		s.best[1] = rssi
	}
}

// mean is the strength over the n best gateways.
func (s *score) mean(n int) int32 {
	if n < 2 {
		return s.best[0]
	}
	return (s.best[0] + s.best[1]) / 2
}

// lead is by how much a hears the tag louder than b, in hundredths of a dB; false when their strengths can not be compared.
func lead(a, b *score) (int32, bool) {
	if a.loud == 0 && a.heard > 0 || b.loud == 0 && b.heard > 0 || a.listen == 0 || b.listen == 0 {
		return 0, false
	}
	n := min(a.listen, b.listen)
	return a.mean(n) - b.mean(n), true
}

// beats is how much a hears the tag better than b, less slack: by strength, or as much as can be (step) when a hears it and b does
// not.
func beats(a, b *score, slack, step int32) int32 {
	if d, ok := lead(a, b); ok {
		return min(max(d-slack, -step), step)
	}
	if a.heard > 0 && b.heard == 0 {
		return step
	}
	return -step
}

// enter puts a tag of the unknown zone into the one that hears it best.
func (e *Engine) enter(i int32) {
	best := int32(nowhere)
	for z := range e.scores {
		s := &e.scores[z]
		if s.blind || s.heard == 0 {
			continue
		}
		if best == nowhere || louder(s, &e.scores[best]) {
			best = int32(z)
		}
	}
	if best != nowhere && e.scores[best].samples >= e.profile.MinSamples {
		e.settle(i, best, 0)
	}
}

// louder compares two zones that both hear the tag: by strength where both know it, else by how many gateways and how often.
func louder(a, b *score) bool {
	if d, ok := lead(a, b); ok {
		return d > 0
	}
	return a.heard > b.heard || a.heard == b.heard && a.samples > b.samples
}

// contest lets every zone collect what it is louder by than the tag's own.
func (e *Engine) contest(i int32) {
	t := &e.tags[i]
	own, claims := &e.scores[t.zone], e.claims(i)
	if own.listen == 0 && own.heard == 0 && (!own.blind || e.now-max(t.entered, e.floor.zones[t.zone].turned) < e.profile.Away) {
		return // it could not have heard the tag
	}
	e.listenLong(i)
	margin := hundredths(e.profile.Margin)
	step := max(int32(int(margin)/e.profile.Dwell), 1)
	winner, most := int32(nowhere), int32(0)
	for z := range claims {
		s, c := &e.scores[z], &claims[z]
		if int32(z) == t.zone || s.blind || s.listen == 0 && s.heard == 0 {
			c.lead = 0
			continue
		}
		need := int32(e.patience(t, c) * float64(margin))
		c.lead = min(max(c.lead+e.gains(i, int32(z), step), 0), need)
		if c.lead == need && s.heard > 0 && s.samples >= e.profile.MinSamples && (winner == nowhere || louder(s, &e.scores[winner])) {
			winner, most = int32(z), need
		}
	}
	if winner != nowhere && !e.outshone(winner, margin) {
		e.settle(i, winner, most)
	}
}

// outshone answers whether another zone hears the tag louder by the margin: it will have the tag in a moment, and is only slower.
func (e *Engine) outshone(by, margin int32) bool {
	for z := range e.scores {
		s := &e.scores[z]
		if s.blind || s.heard == 0 {
			continue
		}
		if d, ok := lead(s, &e.scores[by]); ok && d > margin {
			return true
		}
	}
	return false
}

// patience is how many times the margin a zone needs to take the tag.
func (e *Engine) patience(t *tag, c *claim) float64 {
	n, most := 1.0, float64(e.profile.Patience)
	switch {
	case e.still(t):
		n = max(n, most/2)
	case e.stayed(t):
		n = max(n, most/4)
	}
	if e.recent(c) {
		n *= 2 * float64(min(t.returns+1, 2))
	}
	return min(n, most)
}

// recent answers whether the tag has been in the zone a short while ago.
func (e *Engine) recent(c *claim) bool { return c.was && e.now-c.left < e.profile.Recent }

// settle puts the tag into a zone.
func (e *Engine) settle(i, to, needed int32) {
	t, s := &e.tags[i], &e.scores[to]
	why := showroom.Figures{Reads: s.heard, WindowMS: e.profile.Window.Milliseconds()}
	if s.loud > 0 {
		why.RSSIKnown, why.MeanRSSI = true, dB(s.mean(s.listen))
	}
	if t.zone == nowhere {
		e.known++
		e.stats.Entered++
	} else {
		e.stats.Moved++
		old := &e.scores[t.zone]
		if old.loud > 0 {
			why.OldMean = dB(old.mean(old.listen))
		}
		why.Margin = dB(needed)
		if d, ok := lead(s, old); ok {
			why.Lead = dB(d)
		}
	}
	e.level(i)
	e.unsettle(t)
	e.note(i, to)
	e.change(t, to, e.confidence(to), why)
}

// note remembers where the tag has been, and whether it comes back.
func (e *Engine) note(i, to int32) {
	t, claims := &e.tags[i], e.claims(i)
	switch {
	case e.recent(&claims[to]):
		t.returns, t.returned = min(t.returns+1, 2), e.now
	case e.now-t.returned >= e.profile.Recent:
		t.returns = 0
	}
	if t.zone != nowhere {
		claims[t.zone].was, claims[t.zone].left = true, e.now
	}
}

// confidence is the chance that the zone is the louder one, were its lead over the next best measured with one reading's noise.
func (e *Engine) confidence(z int32) float64 {
	own, least := &e.scores[z], 1.0
	for o := range e.scores {
		s := &e.scores[o]
		if int32(o) == z || s.blind || s.heard == 0 {
			continue
		}
		c := 0.5
		if d, ok := lead(own, s); ok {
			c = 1 / (1 + math.Exp(-dB(d)/spread))
		} else if n := own.samples + s.samples; n > 0 {
			c = float64(own.samples) / float64(n)
		}
		least = min(least, c)
	}
	return least
}

// leave ends a silence.
func (e *Engine) leave(i int32) {
	t := &e.tags[i]
	if t.zone == nowhere {
		e.forget(i)
		return
	}
	if e.floor.zones[t.zone].up == 0 {
		e.unqueue(i) // serve queues it again
		return
	}
	e.stats.Left++
	why := showroom.Figures{SilentMS: (e.now - t.last).Milliseconds(), WindowMS: e.profile.Window.Milliseconds()}
	e.change(t, nowhere, 1, why)
	e.forget(i)
}

func (e *Engine) change(t *tag, to int32, confidence float64, why showroom.Figures) {
	at := e.instant(e.now)
	e.changes = append(e.changes, Change{
		ID: t.id, From: e.name(t.zone), To: e.name(to),
		Confidence: confidence, Dwell: max(at.Sub(t.since), 0), At: at, Why: why,
	})
	if t.zone != nowhere && to == nowhere {
		e.known--
	}
	t.zone, t.entered, t.since = to, e.now, at
}

func dB(hundredths int32) float64 { return float64(hundredths) / 100 }

func hundredths(v presence.DB) int32 { return int32(math.Round(float64(v) * 100)) }
