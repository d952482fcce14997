package ecr17

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// Mode is which of the framing bytes a terminal folds into its checksum.
type Mode string

// The modes, by the names they have in the settings of terminals.
const (
	Std      Mode = "std"       // the text alone
	STX      Mode = "stx"       // STX, text, ETX
	NoExt    Mode = "noext"     // text and ETX
	STXNoExt Mode = "stx_noext" // STX and text
)

// Modes are all there are.
func Modes() []Mode { return []Mode{Std, STX, NoExt, STXNoExt} }

// ParseMode reads a mode's name.
func ParseMode(s string) (Mode, error) {
	for _, m := range Modes() {
		if string(m) == s {
			return m, nil
		}
	}
	return "", fmt.Errorf("mode %q is not one of std, stx, noext, stx_noext", s)
}

// LRC is the checksum of a text in this mode. The zero Mode is Std.
func (m Mode) LRC(text []byte) byte {
	sum := byte(lrcBase)
	if m == STX || m == STXNoExt {
		sum ^= stx
	}
	if m == STX || m == NoExt {
		sum ^= etx
	}
	for _, b := range text {
		sum ^= b
	}
	return sum
}

// The bytes of the framing.
const (
	soh     = 0x01
	stx     = 0x02
	etx     = 0x03
	eot     = 0x04
	ack     = 0x06
	nak     = 0x15
	lrcBase = 0x7F
)

const (
	// MaxText is how long the text of a message may be: the longest known one is an XML of 1024 bytes with its head.
	MaxText = 2048
	// PaymentLength is how long the text of a request for payment is.
	PaymentLength = 167
	// ProgressLength is how long the text of a progress is.
	ProgressLength = 20
)

// Kind is what a frame is.
type Kind string

// The kinds of frame.
const (
	Message  Kind = "message"
	Progress Kind = "progress"
	Ack      Kind = "ack"
	Nak      Kind = "nak"
)

// Frame is one frame. Text belongs to whoever gave the bytes.
type Frame struct {
	Kind Kind
	Text []byte // of a message or a progress
	LRC  byte   // of a message, as it came
}

// What can be wrong with bytes.
var (
	ErrUnknown    = errors.New("unknown")    // no frame begins like this, or none that begins so goes on like this
	ErrIncomplete = errors.New("incomplete") // the rest has not come
	ErrLRC        = errors.New("bad_lrc")    // a whole message whose checksum is not that of the mode
	ErrText       = errors.New("bad_text")   // a text that no frame can carry
)

// Parse reads the frame at the beginning of p and answers how many bytes it takes. What is wrong is one of the errors above; of a
// message with a wrong checksum the frame is answered too. A lone ACK or NAK, as some terminals send it, is one.
func Parse(p []byte, m Mode) (f Frame, size int, err error) {
	if len(p) == 0 {
		return Frame{}, 0, ErrIncomplete
	}
	switch p[0] {
	case ack, nak:
		return control(p)
	case soh:
		return progress(p)
	case stx:
		return message(p, m)
	}
	return Frame{}, 1, ErrUnknown
}

func control(p []byte) (Frame, int, error) {
	f := Frame{Kind: Ack}
	if p[0] == nak {
		f.Kind = Nak
	}
	switch {
	case len(p) == 1, p[1] != etx:
		return f, 1, nil
	case len(p) == 2:
		return f, 2, ErrIncomplete
	}
	return f, 3, nil
}

func progress(p []byte) (Frame, int, error) {
	const whole = 1 + ProgressLength + 1
	switch {
	case len(p) == 1, slices.ContainsFunc(p[1:min(len(p), whole-1)], isControl):
		return Frame{}, 1, ErrUnknown
	case len(p) < whole:
		return Frame{}, len(p), ErrIncomplete
	case p[whole-1] != eot:
		return Frame{}, 1, ErrUnknown
	}
	return Frame{Kind: Progress, Text: p[1 : whole-1]}, whole, nil
}

func message(p []byte, m Mode) (Frame, int, error) {
	text := p[1:]
	end := bytes.IndexByte(text[:min(len(text), MaxText+1)], etx)
	switch {
	case end < 0 && len(text) > MaxText:
		return Frame{}, 1, ErrUnknown
	case end < 0, end+1 == len(text):
		return Frame{}, len(p), ErrIncomplete
	}
	f := Frame{Kind: Message, Text: text[:end], LRC: text[end+1]}
	if f.LRC != m.LRC(f.Text) {
		return f, end + 3, ErrLRC
	}
	return f, end + 3, nil
}

// isControl says that a byte is none a display shows: in a progress it is damage.
func isControl(b byte) bool { return b < ' ' }

// AppendMessage appends the frame of a text. A text that holds ETX, or is longer than MaxText, is refused with ErrText.
func AppendMessage(dst, text []byte, m Mode) ([]byte, error) {
	if len(text) > MaxText || bytes.IndexByte(text, etx) >= 0 {
		return dst, ErrText
	}
	dst = append(append(append(dst, stx), text...), etx)
	return append(dst, m.LRC(text)), nil
}

// AppendAck appends the answer that a message was sound.
func AppendAck(dst []byte, m Mode) []byte { return append(dst, ack, etx, m.LRC([]byte{ack})) }

// AppendNak appends the answer that a message was damaged.
func AppendNak(dst []byte, m Mode) []byte { return append(dst, nak, etx, m.LRC([]byte{nak})) }

// AppendProgress appends what a terminal says meanwhile, filled up with blanks. A longer text than ProgressLength, and one with a
// control character in it, is refused with ErrText.
func AppendProgress(dst, text []byte) ([]byte, error) {
	if len(text) > ProgressLength || slices.ContainsFunc(text, isControl) {
		return dst, ErrText
	}
	dst = append(append(dst, soh), text...)
	for range ProgressLength - len(text) {
		dst = append(dst, ' ')
	}
	return append(dst, eot), nil
}
