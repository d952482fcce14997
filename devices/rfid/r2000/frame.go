package r2000

import "errors"

// Code is the command a frame is, or answers.
type Code byte

// The codes this package sends or understands.
const (
	CodeSetTemporaryPower Code = 0x66 // forgotten without power; the other one wears the flash out
	CodeVersion           Code = 0x72
	CodeSetAntenna        Code = 0x74
	CodeSetRegion         Code = 0x78
	CodeRegion            Code = 0x79
	CodeInventory         Code = 0x89 // one that tells of each tag as it is read
	CodeSessionInventory  Code = 0x8B // the same with a session of the host's choice
)

// Why bytes are not a frame. The texts are stable: recordings name them.
var (
	ErrHeader   = errors.New("bad_header")   // no frame begins here
	ErrLength   = errors.New("bad_length")   // shorter or longer than any frame, or not the length its content says
	ErrChecksum = errors.New("bad_checksum") // the sum is wrong
	ErrShort    = errors.New("short")        // more bytes are needed to tell
)

const (
	header    = 0xA0
	headSize  = 4 // header, length, address, command
	addressAt = 2
	extra     = headSize + 1
	minLength = 3 // address, command, check

	// maxData is far above the longest data of any frame of an inventory (a tag: 66). It bounds how many good bytes a damaged
	// length can hold back.
	maxData = 96
)

// Frame is one sound frame. Data belong to the Decoder and are valid until its next Feed.
type Frame struct {
	Address byte
	Code    Code
	Data    []byte
}

// Append appends the bytes of the frame to dst. Data longer than 96 bytes make a frame that no Decoder takes.
func (f Frame) Append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, header, byte(minLength+len(f.Data)), f.Address, byte(f.Code))
	dst = append(dst, f.Data...)
	return append(dst, -sum(dst[start:]))
}

// Result is what the reader says of a command it has done, or not: true for frames that carry nothing else. A frame does not tell
// a command from its answer, so this is only for what a reader has said.
func (f Frame) Result() (Result, bool) {
	switch {
	case len(f.Data) == 1:
		return Result(f.Data[0]), true
	case f.isInventory() && len(f.Data) == 2:
		return Result(f.Data[1]), true // behind frequency and antenna
	}
	return 0, false
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
	if p[0] != header {
		return Frame{}, 0, ErrHeader
	}
	if len(p) < 2 {
		return Frame{}, 0, ErrShort
	}
	n := int(p[1]) - minLength
	if n < 0 || n > maxData {
		return Frame{}, 0, ErrLength
	}
	if len(p) >= headSize {
		f = Frame{Address: p[2], Code: Code(p[3]), Data: p[headSize:min(len(p), headSize+n)]}
		switch {
		case !f.Code.plausible():
			return Frame{}, 0, ErrHeader
		case n > f.Code.longest(), f.isInventory() && !f.fits(n):
			return Frame{}, 0, ErrLength
		}
	}
	size = n + extra
	switch {
	case len(p) < size:
		return Frame{}, size, ErrShort
	case sum(p[:size]) != 0:
		return Frame{}, size, ErrChecksum
	}
	f.Data = p[headSize : headSize+n : headSize+n]
	return f, size, nil
}

// plausible says whether the protocol has such a command. Damage seldom finds one, which spares it the one chance in 256 that its
// sum is right.
func (c Code) plausible() bool {
	switch {
	case c >= 0x60 && c <= 0x63, c >= 0x66 && c <= 0x6A, c >= 0x70 && c <= 0x7B, c == 0x7E:
		return true // the reader
	case c >= 0x80 && c <= 0x86, c >= 0x89 && c <= 0x8E, c >= 0x90 && c <= 0x94:
		return true // tags
	}
	return c >= 0xB0 && c <= 0xB4 // tags of ISO 18000-6B
}

// longest is how much data a frame of the command can have. Settings and what is told of them are short, so a damaged length that
// finds the code of one does not take the frames behind it along.
func (c Code) longest() int {
	const setting = 12 // the identifier of a reader
	if c < 0x80 {
		return setting
	}
	return maxData
}

func (f Frame) isInventory() bool { return f.Code == CodeInventory || f.Code == CodeSessionInventory }

// fits says whether a frame of an inventory can have n bytes of data, of which those that have come are in Data.
func (f Frame) fits(n int) bool {
	switch n {
	case 1, 2, roundEndSize: // a command or a result, a result with its antenna, the end of a round
		return true
	case 3:
		return f.Code == CodeSessionInventory // a command
	}
	if n < tagOverhead || n%2 != 0 {
		return false
	}
	return len(f.Data) < 3 || n == tagOverhead+2*int(f.Data[1]>>3)
}

func sum(p []byte) (s byte) {
	for _, b := range p {
		s += b
	}
	return s
}
