package okc

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
)

const (
	magic = "OKC1 "
	// head is everything in front of the body: the magic, two numbers of eight digits and a blank behind each.
	head   = len(magic) + 8 + 1 + 8 + 1
	lineAt = '\n'
	// MaxFrame is how long a frame may be, without its line end.
	MaxFrame = 256 << 10
)

// Frame is one message. Body belongs to the Decoder and is valid until the next Feed.
type Frame struct {
	Seq  uint32
	Body []byte
}

// AppendFrame appends the frame of a body, which must hold no line end and be no longer than MaxFrame allows; JSON of the standard
// library holds none.
func AppendFrame(dst []byte, seq uint32, body []byte) []byte {
	number := digits(seq)
	dst = append(append(append(dst, magic...), number[:]...), ' ')
	sum := digits(checksum(number[:], body))
	dst = append(append(dst, sum[:]...), ' ')
	return append(append(dst, body...), lineAt)
}

func digits(n uint32) (text [8]byte) {
	var raw [4]byte
	binary.BigEndian.PutUint32(raw[:], n)
	hex.Encode(text[:], raw[:])
	return text
}

func checksum(number, body []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(number), crc32.IEEETable, body)
}

// frameOf reads a whole line without its end.
func frameOf(line []byte) (Frame, bool) {
	if len(line) < head || string(line[:len(magic)]) != magic {
		return Frame{}, false
	}
	number, sum := line[len(magic):len(magic)+8], line[len(magic)+9:head-1]
	if line[len(magic)+8] != ' ' || line[head-1] != ' ' {
		return Frame{}, false
	}
	var seq, want [4]byte
	if _, err := hex.Decode(seq[:], number); err != nil {
		return Frame{}, false
	}
	if _, err := hex.Decode(want[:], sum); err != nil {
		return Frame{}, false
	}
	body := line[head:]
	if binary.BigEndian.Uint32(want[:]) != checksum(number, body) {
		return Frame{}, false
	}
	return Frame{Seq: binary.BigEndian.Uint32(seq[:]), Body: body}, true
}

// Stats counts what a Decoder has seen. Every byte fed is in a good frame or its line end, skipped, or still waiting.
type Stats struct {
	Good    uint64 // sound frames
	Bad     uint64 // lines that are none
	Skipped uint64 // bytes outside sound frames
}

// Decoder turns bytes into frames. However the bytes are cut into pieces, the frames are the same. A frame behind noise without a line
// end is found; a damaged one takes no other with it.
//
// It holds at most one line plus the last piece fed, as long as Next is called until it answers false after every Feed. The zero
// Decoder is ready. It is not safe for concurrent use.
type Decoder struct {
	buf      []byte
	next     int  // buf[:next] is dealt with
	searched int  // buf[:searched] has no line end behind next
	overlong bool // the line that comes has lost its beginning
	stats    Stats
}

// Feed takes the next bytes of the line. p is copied. Frames answered before become invalid.
func (d *Decoder) Feed(p []byte) {
	if d.next > 0 {
		d.buf = d.buf[:copy(d.buf, d.buf[d.next:])]
		d.searched -= d.next
		d.next = 0
	}
	d.buf = append(d.buf, p...)
}

// Next is the next sound frame, or false when more bytes are needed.
func (d *Decoder) Next() (Frame, bool) {
	for {
		from := max(d.searched, d.next)
		end := bytes.IndexByte(d.buf[from:], lineAt)
		size := from + end - d.next // of the line
		if end < 0 {
			size = len(d.buf) - d.next
		}
		if size > MaxFrame {
			d.skip(MaxFrame + 1)
			d.overlong = true
			continue
		}
		if end < 0 {
			d.searched = len(d.buf)
			return Frame{}, false
		}
		if f, ok := d.line(size); ok {
			return f, true
		}
	}
}

// line takes a line of so many bytes and its end.
func (d *Decoder) line(size int) (Frame, bool) {
	line := d.buf[d.next : d.next+size]
	if !d.overlong {
		for at := 0; ; at++ {
			i := bytes.Index(line[at:], []byte(magic))
			if i < 0 {
				break
			}
			at += i
			if f, ok := frameOf(line[at:]); ok {
				d.skip(at)
				d.next += size - at + 1
				d.stats.Good++
				return f, true
			}
		}
	}
	d.overlong = false
	d.stats.Bad++
	d.skip(size + 1)
	return Frame{}, false
}

// Waiting is how many bytes wait for the rest of their line.
func (d *Decoder) Waiting() int { return len(d.buf) - d.next }

// Stats is what has been counted since the Decoder was made.
func (d *Decoder) Stats() Stats { return d.stats }

func (d *Decoder) skip(n int) {
	d.next += n
	d.stats.Skipped += uint64(n)
}
