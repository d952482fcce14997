package scan

import (
	"unicode/utf8"

	"showroom/agent/gs1"
	"showroom/devices"
)

// Stats counts what a Decoder has seen.
type Stats struct {
	Good    uint64 // lines
	Bad     uint64 // lines thrown away: too long, with control characters, no UTF-8, without an end
	Skipped uint64 // the bytes of those
	Endless uint64 // of the bad ones, those that were sound but for their end
	Long    uint64 // of the bad ones, those that were sound but for their length
}

// Decoder cuts bytes into lines. A line ends with CR, LF or ETX and begins anew with STX; empty lines are none, so every mixture
// of these ends is understood. However the bytes are cut into pieces, the lines are the same.
//
// It holds at most one unfinished line plus the last piece fed, as long as Next is called until it answers false after every
// Feed. The zero Decoder is ready. It is not safe for concurrent use.
type Decoder struct {
	// GapEnds says that the scanner sends no end: a pause, told by Idle, is one.
	GapEnds bool

	in     []byte
	next   int // in[:next] is dealt with
	line   []byte
	size   int  // of the line; more than len(line) when it is too long
	spoilt bool // the line is to be thrown away
	long   bool // likewise, and nothing else is wrong with what has come of it
	stats  Stats
}

// maxLine is a text and the identifier in front of it.
const maxLine = devices.MaxScanText + identifierLen

const (
	stx = 0x02
	etx = 0x03
	del = 0x7F
)

// Feed takes the next bytes of the line. p is copied.
func (d *Decoder) Feed(p []byte) {
	d.in = append(d.in[:copy(d.in, d.in[d.next:])], p...)
	d.next = 0
}

// Next is the next sound line without its ends, or false when more bytes are needed.
func (d *Decoder) Next() (string, bool) {
	for d.next < len(d.in) {
		c := d.in[d.next]
		d.next++
		switch c {
		case '\r', '\n', etx:
			if line, ok := d.end(); ok {
				return line, true
			}
		case stx:
			d.spoilt = true // what stands before it has no end
			d.end()
		default:
			d.take(c)
		}
	}
	return "", false
}

// Idle says that the line has been quiet for longer than any pause inside a code; Next must have answered false. What is
// unfinished comes out of Next where GapEnds, else it is thrown away.
func (d *Decoder) Idle() {
	if d.Waiting() == 0 {
		return
	}
	if !d.GapEnds {
		if !d.spoilt && !d.long && utf8.Valid(d.line) {
			d.stats.Endless++
		}
		d.spoilt = true
	}
	d.Feed([]byte{'\n'})
}

// Waiting is how many bytes wait for the end of their line.
func (d *Decoder) Waiting() int { return d.size + len(d.in) - d.next }

// Stats is what has been counted since the Decoder was made.
func (d *Decoder) Stats() Stats { return d.stats }

func (d *Decoder) take(c byte) {
	d.size++
	switch {
	case c < ' ' && c != gs1.GS || c == del:
		d.spoilt = true
	case d.size > maxLine:
		d.long = true
	case !d.spoilt:
		d.line = append(d.line, c)
	}
}

func (d *Decoder) end() (line string, ok bool) {
	switch {
	case d.size == 0:
	case d.spoilt || d.long || !utf8.Valid(d.line):
		d.stats.Bad++
		if !d.spoilt && d.long {
			d.stats.Long++
		}
		d.stats.Skipped += uint64(d.size)
	default:
		d.stats.Good++
		line, ok = string(d.line), true
	}
	d.line, d.size, d.spoilt, d.long = d.line[:0], 0, false, false
	return line, ok
}
