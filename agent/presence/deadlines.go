package presence

import "time"

// deadlines is a heap of when to look at a tag again. A read does not touch it: an entry may be earlier than what is true by then,
// never later, and is put right when it comes up. So a read costs the same however many tags there are.
type deadlines struct {
	heap []deadline
	// position of a tag's entry in the heap, by number of the tag; unscheduled when it has none. They lie close together and
	// not with the tags, because mending the heap goes through many of them.
	position []int32
}

type deadline struct {
	due time.Duration
	tag int32
}

const unscheduled = -1

func (d deadline) before(o deadline) bool {
	return d.due < o.due || d.due == o.due && d.tag < o.tag // the same order every time
}

func (d *deadlines) scheduled(tag int32) bool {
	return int(tag) < len(d.position) && d.position[tag] != unscheduled
}

// schedule puts the tag's entry at due, whether or not it has one.
func (d *deadlines) schedule(tag int32, due time.Duration) {
	for int(tag) >= len(d.position) {
		d.position = append(d.position, unscheduled)
	}
	at := int(d.position[tag])
	if at == unscheduled {
		at = len(d.heap)
		d.heap = append(d.heap, deadline{})
	}
	d.place(at, deadline{due: due, tag: tag})
}

// unschedule takes the tag's entry away, if it has one.
func (d *deadlines) unschedule(tag int32) {
	if !d.scheduled(tag) {
		return
	}
	at, last := int(d.position[tag]), len(d.heap)-1
	moved := d.heap[last]
	d.heap = d.heap[:last]
	d.position[tag] = unscheduled
	if at < last {
		d.place(at, moved)
	}
}

// place finds the room for an entry, beginning at a gap in the heap.
func (d *deadlines) place(gap int, entry deadline) {
	for gap > 0 {
		parent := (gap - 1) / 2
		if !entry.before(d.heap[parent]) {
			break
		}
		d.put(gap, d.heap[parent])
		gap = parent
	}
	for {
		child := 2*gap + 1
		if child >= len(d.heap) {
			break
		}
		if other := child + 1; other < len(d.heap) && d.heap[other].before(d.heap[child]) {
			child = other
		}
		if !d.heap[child].before(entry) {
			break
		}
		d.put(gap, d.heap[child])
		gap = child
	}
	d.put(gap, entry)
}

func (d *deadlines) put(at int, entry deadline) {
	d.heap[at] = entry
	d.position[entry.tag] = int32(at)
}
