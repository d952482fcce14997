package r200

import (
	"encoding/binary"
	"errors"
)

// Framing is the first byte of every frame of a module; firmware decides which.
type Framing byte

// The two framings in the field.
const (
	FramingBB Framing = 0xBB // ends with 7E
	FramingAA Framing = 0xAA // ends with DD
)

func (f Framing) end() byte {
	if f == FramingAA {
		return 0xDD
	}
	return 0x7E
}

// other is what to try when a module does not understand f.
func (f Framing) other() Framing {
	if f == FramingAA {
		return FramingBB
	}
	return FramingAA
}

// Type says who speaks and why.
type Type byte

// The types of a frame.
const (
	TypeCommand      Type = 0x00 // host to module
	TypeResponse     Type = 0x01 // module to host, the answer to a command
	TypeNotification Type = 0x02 // module to host, unasked: a tag
)

// Code is the command a frame is, or answers.
type Code byte

// The codes this package sends or understands.
const (
	CodeHardwareVersion Code = 0x03
	CodeSetRegion       Code = 0x07
	CodeSetBaud         Code = 0x11
	CodeSetSelectMode   Code = 0x12
	CodeSinglePoll      Code = 0x22 // also the code of every tag notification
	CodeMultiPoll       Code = 0x27
	CodeStop            Code = 0x28
	CodeSetPower        Code = 0xB6
	CodeError           Code = 0xFF
)

// Why bytes are not a frame. The texts are stable: recordings name them.
var (
	ErrHeader   = errors.New("bad_header")   // no frame begins here
	ErrLength   = errors.New("bad_length")   // longer than any frame, or not the length its content says
	ErrChecksum = errors.New("bad_checksum") // the sum is wrong
	ErrEnd      = errors.New("bad_end")      // the last byte is not the framing's
	ErrTagCRC   = errors.New("bad_tag_crc")  // the module passes on a tag it has misread
	ErrShort    = errors.New("short")        // more bytes are needed to tell
)

const (
	headerSize = 5 // framing, type, code, length
	extra      = headerSize + 2

	// maxParams is far above the longest parameters of any frame of an inventory (a tag: 67). It bounds how many good bytes a
	// damaged length can hold back.
	maxParams = 128
)

// Frame is one sound frame. Params belong to the Decoder and are valid until its next Feed.
type Frame struct {
	Framing Framing
	Type    Type
	Code    Code
	Params  []byte
}

// Append appends the bytes of the frame to dst. Params longer than 128 bytes make a frame that no Decoder takes.
func (f Frame) Append(dst []byte) []byte {
	start := len(dst) + 1
	dst = append(dst, byte(f.Framing), byte(f.Type), byte(f.Code), byte(len(f.Params)>>8), byte(len(f.Params)))
	dst = append(dst, f.Params...)
	return append(dst, sum(dst[start:]), f.Framing.end())
}

// Refused is the error code of an error frame; false for every other frame.
func (f Frame) Refused() (ErrorCode, bool) {
	if f.Type != TypeResponse || f.Code != CodeError || len(f.Params) == 0 {
		return 0, false
	}
	return ErrorCode(f.Params[0]), true
}

// OK says that the frame is a response whose only parameter says success.
func (f Frame) OK() bool {
	return f.Type == TypeResponse && f.Code != CodeError && len(f.Params) == 1 && f.Params[0] == 0
}

// Version is the text of a version response ("M100 V1.00"); false for every other frame.
func (f Frame) Version() (string, bool) {
	if f.Type != TypeResponse || f.Code != CodeHardwareVersion || len(f.Params) < 2 {
		return "", false
	}
	return string(f.Params[1:]), true
}

// ParseFrame reads the one frame that p holds. The error is one of this package's.
func ParseFrame(p []byte) (Frame, error) {
	f, size, err := frameAt(p)
	if err == nil && size != len(p) {
		return Frame{}, ErrLength
	}
	return f, err
}

// frameAt judges the frame that begins at p[0] and answers its size. It decides as early as it can: noise that looks like the
// beginning of a frame must not hold back the frames behind it.
func frameAt(p []byte) (f Frame, size int, err error) {
	if len(p) == 0 {
		return Frame{}, 0, ErrShort
	}
	f.Framing = Framing(p[0])
	if f.Framing != FramingBB && f.Framing != FramingAA {
		return Frame{}, 0, ErrHeader
	}
	if len(p) > 1 && Type(p[1]) > TypeNotification {
		return Frame{}, 0, ErrHeader
	}
	if len(p) < headerSize {
		return Frame{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(p[3:]))
	if n > maxParams {
		return Frame{}, 0, ErrLength
	}
	size = n + extra
	if len(p) < size {
		return Frame{}, size, ErrShort
	}
	f.Type, f.Code, f.Params = Type(p[1]), Code(p[2]), p[headerSize:headerSize+n:headerSize+n]
	switch {
	case p[size-1] != f.Framing.end():
		return Frame{}, size, ErrEnd
	case p[size-2] != sum(p[1:size-2]):
		return Frame{}, size, ErrChecksum
	}
	if f.isTag() {
		if err := checkTag(f.Params); err != nil {
			return Frame{}, size, err
		}
	}
	return f, size, nil
}

func sum(p []byte) (s byte) {
	for _, b := range p {
		s += b
	}
	return s
}
