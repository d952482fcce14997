package zones

import (
	"math"

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
			clear(e.leads(i))
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

// listen scores every zone for the tag.
func (e *Engine) listen(i int32) {
	for z := range e.scores {
		e.scores[z] = score{blind: e.floor.zones[z].up == 0, best: [2]int32{math.MinInt16, math.MinInt16}}
	}
	row := e.hearings(i)
	for g := range row {
		gw := &e.floor.gateways[g]
		s, h := &e.scores[gw.zone], &row[g]
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

// beats is how much a hears the tag better than b: by strength, or as much as can be (step) when a hears it and b does not.
func beats(a, b *score, step int32) int32 {
	if d, ok := lead(a, b); ok {
		return min(max(d, -step), step)
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
	own, leads := &e.scores[t.zone], e.leads(i)
	if own.listen == 0 && own.heard == 0 && (!own.blind || e.now-max(t.entered, e.floor.zones[t.zone].turned) < e.profile.Away) {
		return // it could not have heard the tag
	}
	margin := int32(math.Round(float64(e.profile.Margin) * 100))
	step := max(int32(int(margin)/e.profile.Dwell), 1)
	winner := int32(nowhere)
	for z := range leads {
		s := &e.scores[z]
		if int32(z) == t.zone || s.blind || s.listen == 0 && s.heard == 0 {
			leads[z] = 0
			continue
		}
		leads[z] = max(leads[z]+beats(s, own, step), 0)
		if leads[z] >= margin && s.heard > 0 && s.samples >= e.profile.MinSamples &&
			(winner == nowhere || leads[z] > leads[winner] || leads[z] == leads[winner] && louder(s, &e.scores[winner])) {
			winner = int32(z)
		}
		leads[z] = min(leads[z], 2*margin)
	}
	if winner != nowhere {
		e.settle(i, winner, leads[winner])
	}
}

// settle puts the tag into a zone.
func (e *Engine) settle(i, to, collected int32) {
	t, s := &e.tags[i], &e.scores[to]
	why := showroom.Figures{Reads: s.samples, WindowMS: e.profile.Window.Milliseconds()}
	if s.loud > 0 {
		why.RSSIKnown, why.MeanRSSI = true, dB(s.mean(s.listen))
	}
	if t.zone == nowhere {
		e.known++
		e.stats.Entered++
	} else {
		e.stats.Moved++
		if old := &e.scores[t.zone]; old.loud > 0 {
			why.OldMean = dB(old.mean(old.listen))
		}
		why.Margin, why.Lead = float64(e.profile.Margin), dB(collected)
	}
	clear(e.leads(i))
	e.change(t, to, e.confidence(to), why)
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
