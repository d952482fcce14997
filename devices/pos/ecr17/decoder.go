package ecr17

// Stats counts what a Decoder has seen. Every byte fed is in a good frame, skipped, or still waiting.
type Stats struct {
	Good    uint64 // sound frames
	Bad     uint64 // what began as a frame and was none
	Skipped uint64 // bytes outside sound frames
}

// Decoder turns bytes into frames. However the bytes are cut into pieces, the frames are the same. After damage it looks for the
// next frame from the byte behind the broken beginning.
//
// It holds at most one unfinished frame plus the last piece fed, as long as Next is called until it answers false after every
// Feed. It is not safe for concurrent use.
type Decoder struct {
	Mode Mode // of the checksums; the zero value is Std

	buf   []byte
	next  int  // buf[:next] is dealt with
	quiet bool // nothing more comes to what waits
	stats Stats
}

// Feed takes the next bytes of the line. p is copied. Frames answered before become invalid.
func (d *Decoder) Feed(p []byte) {
	if d.next > 0 {
		d.buf = d.buf[:copy(d.buf, d.buf[d.next:])]
		d.next = 0
	}
	d.buf, d.quiet = append(d.buf, p...), false
}

// Next is the next sound frame, or false when more bytes are needed.
func (d *Decoder) Next() (Frame, bool) {
	for d.next < len(d.buf) {
		rest := d.buf[d.next:]
		f, size, err := Parse(rest, d.Mode)
		switch {
		case d.waits(rest, err):
			return Frame{}, false
		case err == nil:
			d.next += size
			d.stats.Good++
			return f, true
		case err == ErrIncomplete && (f.Kind == Ack || f.Kind == Nak): // its checksum never came
			d.next++
			d.stats.Good++
			return f, true
		}
		d.skip(rest[0])
	}
	return Frame{}, false
}

// waits says whether more bytes could change what begins here.
func (d *Decoder) waits(rest []byte, err error) bool {
	lone := len(rest) == 1 && (rest[0] == ack || rest[0] == nak || rest[0] == soh)
	return !d.quiet && (err == ErrIncomplete || lone)
}

// Idle says that the line has been quiet for longer than any pause inside a frame: what is unfinished stays so. Frames that a
// damaged one held back, and an ACK or NAK that came alone, come out of Next afterwards.
func (d *Decoder) Idle() { d.quiet = true }

// Waiting is how many bytes wait for the rest of their frame.
func (d *Decoder) Waiting() int { return len(d.buf) - d.next }

// Stats is what has been counted since the Decoder was made.
func (d *Decoder) Stats() Stats { return d.stats }

func (d *Decoder) skip(first byte) {
	if first == stx || first == soh {
		d.stats.Bad++
	}
	d.next++
	d.stats.Skipped++
}
