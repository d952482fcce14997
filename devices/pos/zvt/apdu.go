package zvt

import (
	"errors"
	"fmt"
)

// Code is class and instruction of a message.
type Code uint16

// The codes this package sends or understands.
const (
	CodeDisplayTextOld Code = 0x0485
	CodeStatus         Code = 0x040F // status information: how a payment ended
	CodeProgress       Code = 0x04FF // intermediate status, for the shopper
	CodeStatusEnquiry  Code = 0x0501
	CodeRegistration   Code = 0x0600
	CodeAuthorization  Code = 0x0601
	CodeLogOff         Code = 0x0602
	CodeCompletion     Code = 0x060F
	CodeReset          Code = 0x0618
	CodeAbort          Code = 0x061E // the terminal has aborted
	CodeRepeatReceipt  Code = 0x0620
	CodeReservation    Code = 0x0622
	CodePartReversal   Code = 0x0623
	CodeBookTotal      Code = 0x0624
	CodeCancelReserve  Code = 0x0625
	CodeReversal       Code = 0x0630
	CodeRefund         Code = 0x0631
	CodeEndOfDay       Code = 0x0650
	CodeDiagnosis      Code = 0x0670
	CodeInitialisation Code = 0x0693
	CodeAbortWish      Code = 0x06B0 // the cash register would like to abort
	CodeReadCard       Code = 0x06C0
	CodePrintLine      Code = 0x06D1
	CodePrintBlock     Code = 0x06D3
	CodeDisplayText    Code = 0x06E0
	CodeOK             Code = 0x8000
	CodeRefused        Code = 0x8400 // the low byte says why; 00 is another way to say yes
)

// Class is the first byte.
func (c Code) Class() byte { return byte(c >> 8) }

// Instr is the second byte.
func (c Code) Instr() byte { return byte(c) }

// OK says that the code is the positive answer to a command, in either spelling.
func (c Code) OK() bool { return c.Class() == 0x80 || c == CodeRefused }

// Refused says that the code is the negative answer to a command.
func (c Code) Refused() bool { return c.Class() == 0x84 && c != CodeRefused }

// String is the name of the message in the words of the protocol.
func (c Code) String() string {
	switch {
	case c.Class() == 0x80:
		return "ack_positive_completion"
	case c.Class() == 0x84:
		return "negative_completion"
	}
	switch c {
	case CodeStatus:
		return "status_information"
	case CodeProgress:
		return "intermediate_status"
	case CodeStatusEnquiry:
		return "status_enquiry"
	case CodeRegistration:
		return "registration"
	case CodeAuthorization:
		return "authorization"
	case CodeLogOff:
		return "log_off"
	case CodeCompletion:
		return "completion"
	case CodeReset:
		return "reset_terminal"
	case CodeAbort:
		return "abort_or_pt_abort"
	case CodeRepeatReceipt:
		return "repeat_receipt"
	case CodeReservation:
		return "preauth_reservation"
	case CodePartReversal:
		return "partial_reversal_or_open_reservations"
	case CodeBookTotal:
		return "book_total"
	case CodeCancelReserve:
		return "cancel_reservation"
	case CodeReversal:
		return "reversal"
	case CodeRefund:
		return "refund"
	case CodeEndOfDay:
		return "end_of_day"
	case CodeDiagnosis:
		return "diagnosis"
	case CodeInitialisation:
		return "initialisation"
	case CodeAbortWish:
		return "abort_from_ecr"
	case CodeReadCard:
		return "read_card"
	case CodePrintLine:
		return "print_line"
	case CodePrintBlock:
		return "print_text_block"
	case CodeDisplayText, CodeDisplayTextOld:
		return "display_text"
	}
	return "unknown"
}

// Why bytes are not a message. A caller that wants to know more looks at a LengthError.
var (
	ErrShort = errors.New("short") // more bytes are needed to tell
	ErrClass = errors.New("bad_class")
)

// LengthError is a message whose length field does not fit what is there.
type LengthError struct {
	Code        Code
	Field, Data int
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("length field %d, data %d", e.Field, e.Data)
}

// APDU is one message. Data belongs to whoever holds the APDU.
type APDU struct {
	Code Code
	Data []byte
}

// maxData is how much a message can hold.
const maxData = 0xFFFF

// Append appends the bytes of the message to dst. Data beyond 65,535 bytes is cut off.
func (a APDU) Append(dst []byte) []byte {
	data := a.Data[:min(len(a.Data), maxData)]
	dst = append(dst, a.Code.Class(), a.Code.Instr())
	if len(data) < 0xFF {
		dst = append(dst, byte(len(data)))
	} else {
		dst = append(dst, 0xFF, byte(len(data)), byte(len(data)>>8))
	}
	return append(dst, data...)
}

// ParseAPDU reads the one message that p holds and covers the card numbers in it. The error is ErrShort for less than a header,
// else a [*LengthError].
func ParseAPDU(p []byte) (APDU, error) {
	code, size, n, err := header(p)
	if err != nil {
		return APDU{}, err
	}
	if len(p)-size != n {
		return APDU{}, &LengthError{Code: code, Field: n, Data: len(p) - size}
	}
	a := APDU{Code: code, Data: append([]byte(nil), p[size:]...)}
	a.cover()
	return a, nil
}

// header reads what stands before the data: how long it is itself, and how long the data.
func header(p []byte) (c Code, size, n int, err error) {
	if len(p) < 3 {
		return 0, 0, 0, ErrShort
	}
	c = Code(p[0])<<8 | Code(p[1])
	if p[2] != 0xFF {
		return c, 3, int(p[2]), nil
	}
	if len(p) < 5 {
		return 0, 0, 0, ErrShort
	}
	return c, 5, int(p[3]) | int(p[4])<<8, nil
}

// Stats counts what a Decoder or Stream has seen.
type Stats struct {
	Good    uint64 // sound messages
	Bad     uint64 // damaged ones
	Skipped uint64 // bytes outside of messages
}

// Stream turns the bytes of a TCP connection into messages, however they are cut. Where a message should begin and no class of the
// protocol stands, bytes are skipped until one does: some terminals send more than they announce. The zero Stream is ready; it
// is not safe for concurrent use.
type Stream struct {
	buf   []byte
	stats Stats
}

// Feed takes the next bytes. p is copied.
func (s *Stream) Feed(p []byte) { s.buf = append(s.buf, p...) }

// Next is the next message with its card numbers covered, or false when more bytes are needed.
func (s *Stream) Next() (APDU, bool) {
	for len(s.buf) > 0 && !begins(s.buf[0]) {
		s.buf = s.buf[1:]
		s.stats.Skipped++
	}
	_, size, n, err := header(s.buf)
	if err != nil || len(s.buf) < size+n {
		return APDU{}, false
	}
	a, err := ParseAPDU(s.buf[:size+n])
	if err != nil {
		return APDU{}, false // it can not: the length has been looked at
	}
	s.buf = append([]byte(nil), s.buf[size+n:]...)
	s.stats.Good++
	return a, true
}

// Waiting is how many bytes wait for the rest of their message.
func (s *Stream) Waiting() int { return len(s.buf) }

// Stats is what has been counted since the Stream was made.
func (s *Stream) Stats() Stats { return s.stats }

// begins says whether a message of the protocol can begin with b: commands (04, 05, 06, 08), makers' own (0F) and answers.
func begins(b byte) bool {
	switch b {
	case 0x04, 0x05, 0x06, 0x08, 0x0F, 0x80, 0x84:
		return true
	}
	return false
}
