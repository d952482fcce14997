package presence

import "time"

// deadlines is a heap of when to look at a tag again. A read does not touch it: an entry may be earlier than what is true by then,
// never later, and is put right when it comes up. So a read costs the same however many tags there are.
type deadlines []deadline

type deadline struct {
	due time.Duration
	tag int32
}

func (d deadlines) before(a, b int) bool {
	if d[a].due != d[b].due {
		return d[a].due < d[b].due
	}
	return d[a].tag < d[b].tag // the same order every time
}

// schedule puts the tag's entry at due, whether or not it has one.
func (e *Engine) schedule(i int32, due time.Duration) {
	at := int(e.tags[i].deadline)
	if at == unscheduled {
		at = len(e.deadlines)
		e.deadlines = append(e.deadlines, deadline{tag: i})
		e.tags[i].deadline = int32(at)
	}
	e.deadlines[at].due = due
	e.sift(at)
}

// unschedule takes the tag's entry away, if it has one.
func (e *Engine) unschedule(i int32) {
	at := int(e.tags[i].deadline)
	if at == unscheduled {
		return
	}
	last := len(e.deadlines) - 1
	e.swap(at, last)
	e.deadlines = e.deadlines[:last]
	e.tags[i].deadline = unscheduled
	if at < last {
		e.sift(at)
	}
}

func (e *Engine) sift(at int) {
	for at > 0 {
		parent := (at - 1) / 2
		if !e.deadlines.before(at, parent) {
			break
		}
		e.swap(at, parent)
		at = parent
	}
	for {
		least := at
		for _, child := range [2]int{2*at + 1, 2*at + 2} {
			if child < len(e.deadlines) && e.deadlines.before(child, least) {
				least = child
			}
		}
		if least == at {
			return
		}
		e.swap(at, least)
		at = least
	}
}

func (e *Engine) swap(a, b int) {
	d := e.deadlines
	d[a], d[b] = d[b], d[a]
	e.tags[d[a].tag].deadline = int32(a)
	e.tags[d[b].tag].deadline = int32(b)
}
