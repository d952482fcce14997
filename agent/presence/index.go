package presence

// index leads from the hash of an EPC to the numbers of the tags that have it. It is a table with open addressing: most readings
// wait for memory, and here a lookup touches one line of it.
type index struct {
	cells []cell // a power of two, at most three quarters full
	used  int
}

type cell struct {
	hash uint32
	tag  int32 // plus one; 0 is an empty cell
}

const leastCells = 64

// seek answers the first tag of that hash that is the one, or none.
func (x *index) seek(hash uint64, is func(tag int32) bool) int32 {
	if x.used == 0 {
		return none
	}
	mask := len(x.cells) - 1
	for at := int(hash) & mask; x.cells[at].tag != 0; at = (at + 1) & mask {
		if c := x.cells[at]; c.hash == uint32(hash>>32) && is(c.tag-1) {
			return c.tag - 1
		}
	}
	return none
}

func (x *index) put(hash uint64, tag int32, rehash func(tag int32) uint64) {
	if 4*(x.used+1) > 3*len(x.cells) {
		old := x.cells
		x.cells, x.used = make([]cell, max(2*len(old), leastCells)), 0
		for _, c := range old {
			if c.tag != 0 {
				x.put(rehash(c.tag-1), c.tag-1, rehash)
			}
		}
	}
	mask := len(x.cells) - 1
	at := int(hash) & mask
	for x.cells[at].tag != 0 {
		at = (at + 1) & mask
	}
	x.cells[at] = cell{hash: uint32(hash >> 32), tag: tag + 1}
	x.used++
}

// drop takes a tag out that is in, and closes the gap.
func (x *index) drop(hash uint64, tag int32, rehash func(tag int32) uint64) {
	mask := len(x.cells) - 1
	gap := int(hash) & mask
	for x.cells[gap].tag != tag+1 {
		gap = (gap + 1) & mask
	}
	for at := (gap + 1) & mask; x.cells[at].tag != 0; at = (at + 1) & mask {
		home := int(rehash(x.cells[at].tag-1)) & mask
		if (at-home)&mask >= (at-gap)&mask {
			x.cells[gap] = x.cells[at]
			gap = at
		}
	}
	x.cells[gap] = cell{}
	x.used--
}
