package r2000

// Stats counts what a Decoder has seen. Every byte fed is in a good frame, skipped, or still waiting.
type Stats struct {
	Good    uint64 // sound frames
	Bad     uint64 // what began like a frame and is none
	Skipped uint64 // bytes outside sound frames
}

// Decoder turns bytes into frames. However the bytes are cut into pieces, the frames are the same. After damage it looks for the
// next frame from the byte behind the broken header, so damage takes a sound frame with it only where its sum comes out right by
// chance.
//
// It holds at most one unfinished frame plus the last piece fed, as long as Next is called until it answers false after every
// Feed. The zero Decoder is ready. It is not safe for concurrent use.
type Decoder struct {
	buf   []byte
	next  int // buf[:next] is dealt with
	stats Stats
}

// Feed takes the next bytes of the line. p is copied. Frames answered before become invalid.
func (d *Decoder) Feed(p []byte) {
	if d.next > 0 {
		d.buf = d.buf[:copy(d.buf, d.buf[d.next:])]
		d.next = 0
	}
	d.buf = append(d.buf, p...)
}

// Next is the next sound frame, or false when more bytes are needed.
func (d *Decoder) Next() (Frame, bool) {
	for d.next < len(d.buf) {
		f, size, err := frameAt(d.buf[d.next:])
		switch err {
		case nil:
			d.next += size
			d.stats.Good++
			return f, true
		case ErrShort:
			return Frame{}, false
		case ErrHeader:
		default:
			d.stats.Bad++
		}
		d.skip()
	}
	return Frame{}, false
}

// Idle says that the line has been quiet for longer than any pause inside a frame: what is unfinished stays so. Frames that a
// damaged length held back come out of Next afterwards.
func (d *Decoder) Idle() {
	if d.next == len(d.buf) {
		return
	}
	d.stats.Bad++
	d.skip()
}

// Waiting is how many bytes wait for the rest of their frame.
func (d *Decoder) Waiting() int { return len(d.buf) - d.next }

// Stats is what has been counted since the Decoder was made.
func (d *Decoder) Stats() Stats { return d.stats }

func (d *Decoder) skip() {
	d.next++
	d.stats.Skipped++
}
