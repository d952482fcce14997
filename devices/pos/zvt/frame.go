package zvt

// Bytes of the serial line.
const (
	dle = 0x10
	stx = 0x02
	etx = 0x03
	ack = 0x06
	nak = 0x15
)

// Event is what a Decoder has found on a serial line.
type Event int8

// The events.
const (
	None    Event = iota // more bytes are needed
	Frame                // a sound frame with a sound message
	Taken                // the other side has what was last sent
	Damaged              // the other side has not: 15 came
	Broken               // a frame came that is damaged, and wants to be sent again
	Garbled              // a sound frame came whose message is none; sending it again would not help
)

// AppendFrame appends the frame of a message to dst.
func AppendFrame(dst []byte, a APDU) []byte {
	apdu := a.Append(nil)
	dst = append(dst, dle, stx)
	for _, b := range apdu {
		if b == dle {
			dst = append(dst, dle)
		}
		dst = append(dst, b)
	}
	crc := Sum(apdu)
	return append(dst, dle, etx, byte(crc), byte(crc>>8))
}

// Sum is the check sum of the frame of a message: CRC-16/KERMIT over it and the closing 03.
func Sum(apdu []byte) uint16 {
	crc := uint16(0)
	for _, b := range apdu {
		crc = add(crc, b)
	}
	return add(crc, etx)
}

func add(crc uint16, b byte) uint16 {
	crc ^= uint16(b)
	for range 8 {
		if crc&1 != 0 {
			crc = crc>>1 ^ 0x8408
		} else {
			crc >>= 1
		}
	}
	return crc
}

// part is where a Decoder is in a frame.
type part int8

const (
	outside  part = iota
	opening       // behind a 10 outside
	inside        //
	escaping      // behind a 10 inside
	sumLow        //
	sumHigh       //
)

// maxFrame is the longest message with its header.
const maxFrame = maxData + 5

// Decoder turns the bytes of a serial line into frames and answers, however they are cut. A frame in a damaged one begins anew.
// The zero Decoder is ready; it is not safe for concurrent use.
type Decoder struct {
	in    []byte // not looked at yet
	part  part
	apdu  []byte
	low   byte
	size  uint64 // bytes of the frame so far, for the books
	stats Stats
}

// Feed takes the next bytes of the line. p is copied.
func (d *Decoder) Feed(p []byte) { d.in = append(d.in, p...) }

// Next is what has come next; the message is one only with Frame, and has its card numbers covered.
func (d *Decoder) Next() (APDU, Event) {
	for len(d.in) > 0 {
		b := d.in[0]
		if d.in = d.in[1:]; len(d.in) == 0 {
			d.in = nil
		}
		if a, e := d.take(b); e != None {
			return a, e
		}
	}
	return APDU{}, None
}

// Idle says that the line has been quiet for longer than any pause inside a frame. It answers whether a frame was left unfinished.
func (d *Decoder) Idle() bool {
	broken := d.part >= inside
	if broken {
		d.stats.Bad++
	}
	d.drop()
	return broken
}

// Waiting says whether a frame has begun and not ended.
func (d *Decoder) Waiting() bool { return d.part != outside }

// Stats is what has been counted since the Decoder was made. Bytes of damaged frames are skipped.
func (d *Decoder) Stats() Stats { return d.stats }

func (d *Decoder) take(b byte) (APDU, Event) {
	d.size++
	switch d.part {
	case outside:
		return APDU{}, d.takeOutside(b)
	case opening:
		if b == stx {
			d.open()
			return APDU{}, None
		}
		d.size--
		d.drop()
		d.size = 1
		return APDU{}, d.takeOutside(b)
	case inside:
		if b == dle {
			d.part = escaping
			return APDU{}, None
		}
		return APDU{}, d.keep(b)
	case escaping:
		return APDU{}, d.takeEscaped(b)
	case sumLow:
		d.low, d.part = b, sumHigh
		return APDU{}, None
	}
	return d.end(uint16(d.low) | uint16(b)<<8)
}

func (d *Decoder) takeOutside(b byte) Event {
	switch b {
	case dle:
		d.part = opening
		return None
	case ack:
		d.size = 0
		return Taken
	case nak:
		d.size = 0
		return Damaged
	}
	d.drop()
	return None
}

func (d *Decoder) takeEscaped(b byte) Event {
	switch b {
	case dle:
		d.part = inside
		return d.keep(b)
	case etx:
		d.part = sumLow
		return None
	case stx: // the end of the last frame was lost, and this is the beginning of the next
		d.stats.Bad++
		d.stats.Skipped += d.size - 2
		d.open()
		return None
	}
	return d.broken()
}

func (d *Decoder) keep(b byte) Event {
	if len(d.apdu) == maxFrame {
		return d.broken()
	}
	d.apdu = append(d.apdu, b)
	return None
}

func (d *Decoder) end(sum uint16) (APDU, Event) {
	if sum != Sum(d.apdu) {
		return APDU{}, d.broken()
	}
	a, err := ParseAPDU(d.apdu)
	if err != nil {
		d.broken()
		return APDU{}, Garbled
	}
	d.stats.Good++
	d.size = 0
	d.drop()
	return a, Frame
}

func (d *Decoder) open() {
	d.part, d.size = inside, 2
	d.apdu = d.apdu[:0]
}

func (d *Decoder) broken() Event {
	d.stats.Bad++
	d.drop()
	return Broken
}

// drop goes back outside and skips what there was of a frame.
func (d *Decoder) drop() {
	d.stats.Skipped += d.size
	d.part, d.size = outside, 0
	clear(d.apdu)
	d.apdu = d.apdu[:0]
}
