package zones

import "time"

const (
	// usually and lately are how many decisions claim.usual and claim.lately reach back, once there have been so many.
	usually = 90
	lately  = 15
	// afterMove is what the decisions before a move still count for: where the tag has really gone, its usual strengths are others.
	afterMove = 4
	// What is usual changes too slowly for bodies and reflections. A zone that is usually louder by more than this takes a tag
	// although nothing has risen: the tag was put into the wrong zone when it came.
	hysteresis = 200 // hundredths of a dB
	// unsure is what more a zone must have risen by while the tag's own lacks a gateway, hundredths of a dB.
	unsure = 300
	// doubtful is how long a gateway that hears nobody is not believed. One without a last will is told to be silent after four
	// minutes if nothing else is configured.
	doubtful = 5 * time.Minute
)

// deaf answers whether what the gateway does not hear may be there all the same.
func (e *Engine) deaf(g *gateway) bool {
	silence := e.now - g.heard
	return !g.up || silence > e.profile.Window && silence < doubtful
}

// listenLong learns how loud the zones usually hear the tag, and notices when one lately hears it louder: then the tag moves. Softer
// says nothing, since bodies and dead gateways make it so. A zone that has lost a gateway keeps what was usual.
func (e *Engine) listenLong(i int32) {
	t, claims := &e.tags[i], e.claims(i)
	t.long, t.short = min(t.long+1, usually), min(t.short+1, lately)
	stir := float64(hundredths(e.profile.Stir))
	for z := range claims {
		s, c := &e.scores[z], &claims[z]
		if s.listen == 0 || s.lost {
			continue
		}
		level := float64(s.mean(s.listen))
		c.usual += (level - c.usual) / float64(t.long)
		c.lately += (level - c.lately) / float64(t.short)
		if c.lately-c.usual > stir {
			t.stirred = e.now
		}
	}
}

// gains is what the zone collects in one decision, at most step. A tag that goes to a zone is heard louder there than before, and
// not only softer where it was: what a zone is louder by counts as far as it has risen.
func (e *Engine) gains(i, z, step int32) int32 {
	t, claims := &e.tags[i], e.claims(i)
	s, own := &e.scores[z], &e.scores[t.zone]
	d := beats(s, own, hundredths(e.profile.Slack), step)
	if _, ok := lead(s, own); !ok || own.heard == 0 && !own.lost {
		return d // nothing to compare, or the zone listens and does not hear it at all
	}
	c := &claims[z]
	rise := s.mean(s.listen) - int32(c.usual) - hundredths(e.profile.Rise)
	if own.lost {
		rise -= unsure // by how much it is louder means little now
	}
	d = min(d, max(rise, -step))
	if calm := int32(c.usual-claims[t.zone].usual) - hysteresis; calm > 0 && !s.lost {
		d = max(d, min(calm, step))
	}
	return d
}

// still answers whether the tag has not been on the move for Settle.
func (e *Engine) still(t *tag) bool {
	return e.profile.Settle > 0 && e.now-t.stirred >= e.profile.Settle
}

// stayed answers whether the tag has been in its zone for so long that what stirs it may be somebody who walks past.
func (e *Engine) stayed(t *tag) bool {
	return e.profile.Settle > 0 && e.now-t.entered >= 2*e.profile.Settle
}

// unsettle notes that the tag is thought to have moved. Half of Settle makes it still again: if it has not moved, that is soon enough
// to keep it from going on, and if it has, it stirs by itself.
func (e *Engine) unsettle(t *tag) {
	if t.zone == nowhere {
		t.stirred, t.long, t.short = e.now, 0, 0
		return
	}
	t.stirred = max(t.stirred, e.now-e.profile.Settle/2)
	t.long = min(t.long, afterMove)
}

// unlearn notes that nobody has heard the tag for a while, in which it may have gone anywhere.
func (e *Engine) unlearn(t *tag) {
	t.stirred, t.long, t.short = e.now, min(t.long, afterMove), 0
}
