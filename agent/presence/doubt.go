package presence

import (
	"math"
	"time"

	"showroom/agent/showroom"
)

// doubtLasts is after how long a stay speaks for itself: nobody waits for a room for so long with garments over the arm.
const doubtLasts = 4 * time.Minute

// doubts are the tags of one room that arrived by their first reads and may still hang before its curtain.
type doubts struct {
	tags  int
	usual float64 // of all of them together, in dB above the floor
	slots int     // that have gone into it
}

// The trust that is asked for in a room, in shares of the Hook: trustMost of one tag heard for long, less of several; and never less
// than trustLeast, which is more than halfway from the floor.
const (
	trustMost  = 1.15
	trustLeast = 0.6
)

// trusted answers whether they are heard as only tags can be that hang in the room.
func (d doubts) trusted(rules *Profile) bool {
	if d.tags == 0 || d.slots == 0 {
		return false
	}
	n, each := float64(d.tags), float64(d.slots)/float64(d.tags)
	share := max(trustMost*math.Sqrt((1+windowSlots/each)/n), trustLeast)
	return d.usual/n >= share*float64(rules.Hook)
}

// doubt begins to doubt a tag that has just arrived, and answers whether it does: only in rooms, only of what tells strengths, and not
// where others have only just been trusted.
func (e *Engine) doubt(t *tag) bool {
	p := &e.places[t.place]
	tr := e.find(t, t.place)
	if p.name.Kind != showroom.PlaceRoom || p.rules.Hook <= 0 || tr == nil || !tr.sounded || e.now-p.sure <= p.rules.LoiterAfter {
		return false
	}
	t.doubted, t.lone = true, tr.habits > 0 && e.lone(t.place)
	p.doubts.tags++
	e.weighDoubt(t)
	if p.doubts.trusted(p.rules) {
		p.sure = e.now
		e.dispel(t)
	}
	return t.doubted
}

// lone answers whether no two tags have just come, here and around together.
func (e *Engine) lone(where int32) bool {
	n := e.company(where)
	for _, ring := range e.places[where].rings {
		for _, near := range ring {
			n += e.company(near)
		}
	}
	return n <= 1
}

// weighDoubt brings what is known of a doubted tag up to date.
func (e *Engine) weighDoubt(t *tag) {
	d, tr := &e.places[t.place].doubts, e.find(t, t.place)
	d.usual += tr.usual - t.usual
	d.slots += int(tr.habits) - int(t.habits)
	t.usual, t.habits = tr.usual, tr.habits
}

// dispel ends the doubt about a tag, whatever the reason.
func (e *Engine) dispel(t *tag) {
	if !t.doubted {
		return
	}
	d := &e.places[t.place].doubts
	d.tags--
	d.usual -= t.usual
	d.slots -= int(t.habits)
	if d.tags == 0 {
		*d = doubts{}
	}
	t.doubted, t.usual, t.habits = false, 0, 0
}

// reconsider trusts a tag that is heard well enough by itself, or with all others in doubt in its room, which are then trusted as well.
func (e *Engine) reconsider(i int32) {
	t := &e.tags[i]
	p := &e.places[t.place]
	e.weighDoubt(t)
	all := p.doubts.trusted(p.rules)
	if all {
		p.sure = e.now
	}
	single := doubts{tags: 1, usual: t.usual, slots: int(t.habits)}
	sure := e.now-p.sure <= 2*p.rules.Window/windowSlots          // each has begun a slot since
	lone := t.lone && t.usual >= trustLeast*float64(p.rules.Hook) // or chance would have had to pick it out of several
	if all || sure || lone || single.trusted(p.rules) || e.now-t.entered >= doubtLasts {
		e.dispel(t)
		e.tell(Change{Kind: Trusted, EPC: t.epc, From: p.name, To: p.name})
	}
}
