package presence

import (
	"math/bits"
	"time"
)

const (
	stretch   = time.Second
	stretches = 64
)

// deadlines is when to look at a tag again. A read does not touch it: an entry may be earlier than what is true by then, never
// later, and is put right when it comes up. That happens to nearly all of them, so until a deadline is near it has no order: tags
// hang in lists, one for each stretch of time, and what is due later than the last of them hangs there too. When its stretch
// begins a list is taken down, and only what is due within it goes into a heap. So a tag that stays costs the same however many
// there are.
type deadlines struct {
	soon    []deadline // a heap of what is due before edge
	edge    time.Duration
	lists   [stretches]int32 // first tag of each, plus one
	front   int              // list of the stretch that begins at edge
	filled  uint64           // bit n: somebody hangs in the list n behind the first
	entries []entry          // by number of the tag
}

type deadline struct {
	due time.Duration
	tag int32
}

// entry is where the deadline of a tag is. Entries lie close together and not with the tags, because mending lists and heap goes
// through many of them.
type entry struct {
	due            time.Duration
	previous, next int32 // in its list, plus one
	at             int32 // in the heap, or one of the below
}

const (
	unscheduled = -1
	hanging     = -2 // and less: in list -2-at
)

func (d deadline) before(o deadline) bool {
	return d.due < o.due || d.due == o.due && d.tag < o.tag // the same order every time
}

func (d *deadlines) scheduled(tag int32) bool {
	return int(tag) < len(d.entries) && d.entries[tag].at != unscheduled
}

// soonest is when something may be due: the first deadline that is near, or the beginning of the first stretch with any.
func (d *deadlines) soonest() (due time.Duration, ok bool) {
	if len(d.soon) > 0 {
		return d.soon[0].due, true
	}
	return d.edge + time.Duration(d.empty())*stretch, d.filled != 0
}

// empty is how many stretches from edge on have nobody.
func (d *deadlines) empty() int { return bits.TrailingZeros64(bits.RotateLeft64(d.filled, -d.front)) }

// turn lets the stretches begin until the first that has somebody, at most until then, and takes its list down. It answers the
// first tag of it, from where next leads on.
func (d *deadlines) turn(until time.Duration) (tag int32) {
	begun, empty := (until-d.edge)/stretch+1, time.Duration(d.empty())
	if begun <= empty || d.filled == 0 {
		d.edge += begun * stretch
		d.front = int((time.Duration(d.front) + begun) % stretches)
		return none
	}
	list := (d.front + int(empty)) % stretches
	tag = d.lists[list] - 1
	d.lists[list] = 0
	d.filled &^= 1 << list
	d.edge += (empty + 1) * stretch
	d.front = (list + 1) % stretches
	return tag
}

// taken notes that the tag hangs no more in the list that was taken down, and answers when it was due and who comes after it.
func (d *deadlines) taken(tag int32) (due time.Duration, next int32) {
	e := &d.entries[tag]
	e.at = unscheduled
	return e.due, e.next - 1
}

// schedule puts the tag's entry at due, whether or not it has one.
func (d *deadlines) schedule(tag int32, due time.Duration) {
	for int(tag) >= len(d.entries) {
		d.entries = append(d.entries, entry{at: unscheduled})
	}
	d.unschedule(tag)
	e := &d.entries[tag]
	e.due = due
	if due < d.edge {
		d.soon = append(d.soon, deadline{})
		d.place(len(d.soon)-1, deadline{due: due, tag: tag})
		return
	}
	list := (d.front + int(min((due-d.edge)/stretch, stretches-1))) % stretches
	e.at, e.previous, e.next = int32(hanging-list), 0, d.lists[list]
	if e.next != 0 {
		d.entries[e.next-1].previous = tag + 1
	}
	d.lists[list] = tag + 1
	d.filled |= 1 << list
}

// unschedule takes the tag's entry away, if it has one.
func (d *deadlines) unschedule(tag int32) {
	if !d.scheduled(tag) {
		return
	}
	e := &d.entries[tag]
	at := int(e.at)
	e.at = unscheduled
	if at <= hanging {
		d.unhang(e, hanging-at)
		return
	}
	last := len(d.soon) - 1
	moved := d.soon[last]
	d.soon = d.soon[:last]
	if at < last {
		d.place(at, moved)
	}
}

func (d *deadlines) unhang(e *entry, list int) {
	if e.next != 0 {
		d.entries[e.next-1].previous = e.previous
	}
	if e.previous != 0 {
		d.entries[e.previous-1].next = e.next
		return
	}
	if d.lists[list] = e.next; e.next == 0 {
		d.filled &^= 1 << list
	}
}

// place finds the room for an entry, beginning at a gap in the heap.
func (d *deadlines) place(gap int, entry deadline) {
	for gap > 0 {
		parent := (gap - 1) / 2
		if !entry.before(d.soon[parent]) {
			break
		}
		d.put(gap, d.soon[parent])
		gap = parent
	}
	for {
		child := 2*gap + 1
		if child >= len(d.soon) {
			break
		}
		if other := child + 1; other < len(d.soon) && d.soon[other].before(d.soon[child]) {
			child = other
		}
		if !d.soon[child].before(entry) {
			break
		}
		d.put(gap, d.soon[child])
		gap = child
	}
	d.put(gap, entry)
}

func (d *deadlines) put(at int, entry deadline) {
	d.soon[at] = entry
	d.entries[entry.tag].at = int32(at)
}
