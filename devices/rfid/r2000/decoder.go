package r2000

// Stats counts what a Decoder has seen. Every byte fed is in a good frame, skipped, or still waiting.
type Stats struct {
	Good    uint64 // sound frames
	Bad     uint64 // what began like a frame and is none
	Skipped uint64 // bytes outside sound frames
	Twice   uint64 // bytes of sound frames that were in one before: of two that overlap, one is damage
}

// forgetAfter is how many bytes without a frame make the decoder forget whose address the line has.
const forgetAfter = 256

// Decoder turns bytes into frames. However the bytes are cut into pieces, the frames are the same, and each comes with its last
// byte.
//
// A frame that follows another at once is taken for what it is: of a line without damage everything is, whatever is inside the tags.
// After damage the decoder looks for the next frame from the byte behind the broken header, and damage whose sum comes out right by
// chance could take sound frames with it. Two rules give them back. While it looks, it believes only the address that the line has.
// And when no frame follows the one it has delivered, it looks through that once more, for a frame that begins inside. So damage
// takes sound frames along only if it has the right sum, the right address and ends, by chance as well, where a frame begins. On
// lines with a wrong byte in a hundred that befell none of 70 million frames.
//
// It holds at most one frame that is delivered, an unfinished one and the last piece fed, as long as Next is called until it answers
// false after every Feed and Idle. The zero Decoder is ready. It is not safe for concurrent use.
type Decoder struct {
	buf  []byte
	next int // where the next frame is looked for
	told int // buf[:told] is delivered or skipped; beyond next while a delivered frame is looked through again

	doubt int  // size of the frame that ends at next, as long as nothing shows that it was one; 0 for none
	lost  int  // bytes passed over since the last frame
	quiet bool // nothing that is unfinished will be finished

	address byte // of the line
	known   bool // it has one

	stats Stats
}

// Feed takes the next bytes of the line. p is copied. Frames answered before become invalid.
func (d *Decoder) Feed(p []byte) {
	if d.quiet {
		d.quiet, d.known = false, false // it may be another reader by now
	}
	if from := d.next - d.doubt; from > 0 {
		d.buf = d.buf[:copy(d.buf, d.buf[from:])]
		d.next -= from
		d.told -= from
	}
	d.buf = append(d.buf, p...)
}

// Next is the next sound frame, or false when more bytes are needed.
func (d *Decoder) Next() (Frame, bool) {
	for d.next < len(d.buf) {
		p := d.buf[d.next:]
		f, size, err := frameAt(p)
		switch {
		case d.foreign(p):
			d.refuse(true)
		case err == nil:
			d.take(f, size)
			return f, true
		case err == ErrShort && !d.quiet:
			return Frame{}, false
		default:
			d.refuse(err != ErrHeader)
		}
	}
	return Frame{}, false
}

// Idle says that the line has been quiet for longer than any pause inside a frame: what is unfinished stays so. Frames that a
// damaged length held back come out of Next afterwards.
func (d *Decoder) Idle() { d.quiet = d.Waiting() > 0 }

// Waiting is how many bytes wait for the rest of their frame.
func (d *Decoder) Waiting() int { return len(d.buf) - d.told }

// Stats is what has been counted since the Decoder was made.
func (d *Decoder) Stats() Stats { return d.stats }

// foreign says whether p, found behind damage, begins like a frame of a reader that is not on this line.
func (d *Decoder) foreign(p []byte) bool {
	if d.lost == 0 || !d.known || len(p) <= addressAt || p[0] != header {
		return false
	}
	return p[addressAt] != d.address && p[addressAt] != AnyAddress
}

// take passes over the frame at next. Two in a row with the same address are not both damage: that is the address of the line.
func (d *Decoder) take(f Frame, size int) {
	if d.doubt > 0 && f.Address != AnyAddress && f.Address == d.buf[d.next-d.doubt+addressAt] {
		d.address, d.known = f.Address, true
	}
	end := d.next + size
	d.stats.Good++
	d.stats.Twice += uint64(min(d.told, end) - d.next)
	d.next, d.told = end, max(d.told, end)
	d.doubt, d.lost = size, 0
}

// refuse passes over the byte at next, where no sound frame begins. Behind a frame it goes back into that frame first. bad says
// that the byte looked like a beginning.
func (d *Decoder) refuse(bad bool) {
	if d.doubt > 0 {
		d.next -= d.doubt - 1
		d.doubt, d.lost = 0, 1
		return
	}
	if d.next == d.told {
		d.told++
		d.stats.Skipped++
		if bad {
			d.stats.Bad++
		}
	}
	d.next++
	if d.lost++; d.lost >= forgetAfter {
		d.known = false
	}
}
