package thingmagic

import (
	"encoding/binary"
	"errors"
)

// Speaker is who has said a frame. The frame itself does not tell.
type Speaker byte

// The speakers. FromEither is for recordings of a whole line: what could be a command is taken for one when its CRC is right.
const (
	FromModule Speaker = iota
	FromHost
	FromEither
)

// Opcode is what a frame asks for, or answers.
type Opcode byte

// The opcodes this package sends or understands.
const (
	OpVersion     Opcode = 0x03
	OpRead        Opcode = 0x22 // all that comes unasked: tags, keep-alives, complaints
	OpContinuous  Opcode = 0x2F // start and stop
	OpSetAntennas Opcode = 0x91
	OpSetPower    Opcode = 0x92
	OpSetProtocol Opcode = 0x93
	OpSetRegion   Opcode = 0x97
	OpSetOption   Opcode = 0x9A
)

// Why bytes are not a frame. The texts are stable: recordings name them.
var (
	ErrHeader = errors.New("bad_header")  // no frame begins here
	ErrLength = errors.New("bad_length")  // longer than any frame, or not the length its content says
	ErrCRC    = errors.New("bad_crc")     // the CRC of the frame is wrong
	ErrRecord = errors.New("bad_record")  // a tag record with other fields than this package asks for
	ErrTagCRC = errors.New("bad_tag_crc") // the module passes on a tag it has misread
	ErrShort  = errors.New("short")       // more bytes are needed to tell
)

const (
	header      = 0xFF
	headSize    = 3 // header, length, opcode
	statusSize  = 2
	crcSize     = 2
	commandSize = headSize + crcSize // of a command without data
	answerSize  = commandSize + statusSize

	// maxData is what fits the module's 255 bytes for a whole answer. It bounds how many good bytes a damaged length can hold back.
	maxData = 248
)

// Frame is one sound frame. Data belong to the Decoder and are valid until its next Feed.
type Frame struct {
	From   Speaker // FromModule or FromHost
	Opcode Opcode
	Status Status // of a module's frame
	Data   []byte
}

// Append appends the bytes of the frame to dst. Data longer than 248 bytes make a frame that no Decoder takes.
func (f Frame) Append(dst []byte) []byte {
	start := len(dst) + 1
	dst = append(dst, header, byte(len(f.Data)), byte(f.Opcode))
	if f.From == FromModule {
		dst = binary.BigEndian.AppendUint16(dst, uint16(f.Status))
	}
	dst = append(dst, f.Data...)
	return binary.BigEndian.AppendUint16(dst, crc(dst[start:]))
}

// KeepAlive says that the frame is the sign of life, once a second, of a module that searches.
func (f Frame) KeepAlive() bool {
	return f.From == FromModule && f.Opcode == OpRead && f.Status == StatusNoTags
}

// ParseFrame reads the one frame that p holds. The error is one of this package's.
func ParseFrame(p []byte, from Speaker) (Frame, error) {
	f, size, err := frameAt(p, from)
	if err == nil && size != len(p) {
		return Frame{}, ErrLength
	}
	return f, err
}

// frameAt judges the frame that begins at p[0] and answers its size. It decides as early as it can: noise that looks like the
// beginning of a frame must not hold back the frames behind it.
func frameAt(p []byte, from Speaker) (f Frame, size int, err error) {
	if len(p) == 0 {
		return Frame{}, 0, ErrShort
	}
	if p[0] != header {
		return Frame{}, 0, ErrHeader
	}
	if len(p) < 2 {
		return Frame{}, 0, ErrShort
	}
	n := int(p[1])
	if n > maxData {
		return Frame{}, 0, ErrLength
	}
	if from != FromModule {
		size = n + commandSize
		switch {
		case len(p) < size:
			return Frame{}, size, ErrShort
		case sound(p[:size]):
			return Frame{From: FromHost, Opcode: Opcode(p[2]), Data: p[headSize : headSize+n : headSize+n]}, size, nil
		case from == FromHost:
			return Frame{}, size, ErrCRC
		}
	}
	if len(p) > headSize && !Status(uint16(p[headSize])<<8).plausible() {
		return Frame{}, 0, ErrHeader
	}
	size = n + answerSize
	switch {
	case len(p) < size:
		return Frame{}, size, ErrShort
	case !sound(p[:size]):
		return Frame{}, size, ErrCRC
	}
	const data = headSize + statusSize
	f = Frame{Opcode: Opcode(p[2]), Status: Status(binary.BigEndian.Uint16(p[3:])), Data: p[data : data+n : data+n]}
	if f.isTag() {
		if err := checkTag(f.Data); err != nil {
			return Frame{}, size, err
		}
	}
	return f, size, nil
}

// sound says whether the frame ends with the CRC of what is before.
func sound(frame []byte) bool {
	end := len(frame) - crcSize
	return crc(frame[1:end]) == binary.BigEndian.Uint16(frame[end:])
}

// crc is that of the modules: the polynomial of CRC-CCITT, but the data are shifted in from below instead of added on top.
func crc(p []byte) uint16 {
	const polynomial = 0x1021
	c := uint16(0xFFFF)
	for _, b := range p {
		// The product of the polynomial and the four bits that fall out has no carries: its terms are 4 and more bits apart.
		c = c<<4 ^ uint16(b>>4) ^ c>>12*polynomial
		c = c<<4 ^ uint16(b&0x0F) ^ c>>12*polynomial
	}
	return c
}
