package zvtsim

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"showroom/devices/pos/zvt"
)

// visit is one connection.
type visit struct {
	*Terminal
	line  *zvt.Line
	wire  io.Writer // the same, below the messages
	abort bool      // the cash register would like to
}

const (
	unknownCommand = 0x83
	busy           = 0x9C
	stopped        = 0x6C
	wrongCurrency  = 0x6F
	noReceipt      = 0xB8
)

// obey carries out a command.
func (v *visit) obey(ctx context.Context, a zvt.APDU) error {
	if a.Code == zvt.CodeAbortWish || a.Code == zvt.CodeLogOff {
		return v.line.Send(ctx, zvt.Accept())
	}
	if a.Code.Class() != 0x05 && a.Code.Class() != 0x06 {
		return nil // an answer that nobody waits for
	}
	if v.busy() && a.Code != zvt.CodeRegistration {
		return v.refuse(ctx, busy)
	}
	m := zvt.Decode(a)
	switch a.Code {
	case zvt.CodeAuthorization:
		return v.move(ctx, Entry{Kind: Payment, Amount: amountOf(m)}, m)
	case zvt.CodeRefund:
		return v.move(ctx, Entry{Kind: Refund, Amount: amountOf(m)}, m)
	case zvt.CodeReversal:
		return v.move(ctx, Entry{Kind: Reversal}, m)
	}
	var say []zvt.APDU
	switch a.Code {
	case zvt.CodeRegistration:
		say = []zvt.APDU{{Code: zvt.CodeCompletion, Data: v.self()}}
	case zvt.CodeStatusEnquiry:
		say = []zvt.APDU{{Code: zvt.CodeCompletion, Data: []byte{0}}}
	case zvt.CodeDiagnosis:
		say = []zvt.APDU{{Code: zvt.CodeProgress, Data: []byte{0xD2}}, {Code: zvt.CodeCompletion}}
	case zvt.CodeRepeatReceipt:
		say = v.again()
	case zvt.CodeEndOfDay:
		say = append(v.closing(), zvt.APDU{Code: zvt.CodeCompletion})
	default:
		return v.refuse(ctx, unknownCommand)
	}
	if err := v.line.Send(ctx, zvt.Accept()); err != nil {
		return err
	}
	return v.sayAll(ctx, say)
}

func amountOf(m zvt.Message) int64 {
	if m.Amount == nil {
		return 0
	}
	return *m.Amount
}

func (v *visit) refuse(ctx context.Context, code byte) error {
	return v.line.Send(ctx, zvt.APDU{Code: zvt.CodeRefused | zvt.Code(code)})
}

// move is a command that moves money.
func (v *visit) move(ctx context.Context, e Entry, m zvt.Message) error {
	var f Fault
	e.Command, f = v.begin()
	e.hidden = f.Trouble == Forgetful
	if f.Card == "" {
		f.Card = testCard
	}
	v.abort = false
	if err := v.at(ctx, Asked, f, e); err != nil {
		return err
	}
	if f.Trouble == Refuse {
		return v.refuse(ctx, f.Code)
	}
	if m.Currency != "" && m.Currency != fmt.Sprintf("%04x", v.o.Currency) {
		return v.line.Send(ctx, zvt.APDU{Code: zvt.CodeRefused | 0x1E, Data: []byte{wrongCurrency}})
	}
	if err := v.accept(ctx, f); err != nil {
		return err
	}
	if err := v.at(ctx, Accepted, f, e); err != nil {
		return err
	}
	if e.Kind == Payment {
		if err := v.say(ctx, askCard()); err != nil {
			return err
		}
		if err := v.shopper(ctx); err != nil {
			return err
		}
	}
	if err := v.at(ctx, Card, f, e); err != nil {
		return err
	}
	code := v.verdict(f)
	if e.Kind == Reversal && code == 0 {
		receipt := 0
		_, _ = fmt.Sscanf(m.Receipt, "%d", &receipt)
		e.Amount, code = v.undo(receipt)
	}
	if code != 0 {
		return v.sayAll(ctx, []zvt.APDU{{Code: zvt.CodeStatus, Data: []byte{0x27, code}}, {Code: zvt.CodeAbort, Data: []byte{code}}})
	}
	e = v.book(e)
	return v.tell(ctx, e, f)
}

// tell says that money has moved.
func (v *visit) tell(ctx context.Context, e Entry, f Fault) error {
	if err := v.at(ctx, Approved, f, e); err != nil {
		return err
	}
	status, lines := v.status(e), v.slip(e)
	if f.Trouble == Tells {
		status, lines = withCard(status, f.Card), v.slipsWithCard(e, f.Card)
		if err := v.sayAll(ctx, guidance(f.Card)); err != nil {
			return err
		}
	}
	if f.Trouble != NoStatus {
		if err := v.say(ctx, status); err != nil {
			return err
		}
	}
	if err := v.at(ctx, Told, f, e); err != nil {
		return err
	}
	if err := v.sayAll(ctx, lines[:len(lines)/2]); err != nil {
		return err
	}
	if err := v.at(ctx, Slip, f, e); err != nil {
		return err
	}
	if err := v.sayAll(ctx, append(lines[len(lines)/2:], zvt.APDU{Code: zvt.CodeCompletion})); err != nil {
		return err
	}
	return v.at(ctx, Completed, f, e)
}

func (v *visit) verdict(f Fault) byte {
	switch {
	case v.abort:
		return stopped
	case f.Trouble == Decline:
		return f.Code
	}
	return 0
}

func (v *visit) accept(ctx context.Context, f Fault) error {
	switch f.Trouble {
	case BusyGoes:
		return v.refuse(ctx, busy)
	case Padded:
		if v.o.Transport == zvt.TCP {
			_, err := v.wire.Write([]byte{0x80, 0x00, 0x00, 0x00, 0x00})
			return err
		}
	}
	return v.line.Send(ctx, zvt.Accept())
}

// at does what goes wrong at a step.
func (v *visit) at(ctx context.Context, now Step, f Fault, e Entry) error {
	if f.Step != now {
		return nil
	}
	switch f.Trouble {
	case Late:
		return v.pause(ctx, f.Delay)
	case Pull, Hang:
		if f.Stubborn && now < Approved && e.Kind != Reversal {
			v.later(e, f.Delay)
		}
		if f.Trouble == Pull {
			return errCut
		}
		for { // deaf and dumb until the line ends
			if _, err := v.line.Receive(ctx, time.Hour, nil); err != nil && !errors.Is(err, zvt.ErrTimeout) {
				return err
			}
		}
	}
	return nil
}

// What the terminal says meanwhile (PA00P015, intermediate status).
const (
	askPIN  = 0x01
	askBank = 0x04
)

const (
	// glance is how often the terminal looks whether a card is shown at last.
	glance = 100 * time.Millisecond
	// often is after how many glances it asks again: each time it asks for a minute.
	often = 100
)

func askCard() zvt.APDU { return zvt.APDU{Code: zvt.CodeProgress, Data: []byte{0x0A, 0x01}} }

// shopper takes its time with the card and the PIN, and the bank its own, unless they are told that they are no longer wanted.
func (v *visit) shopper(ctx context.Context) error {
	for glances := 1; v.hesitating() && !v.abort; glances++ {
		err := v.pause(ctx, glance)
		if err == nil && glances%often == 0 {
			err = v.say(ctx, askCard())
		}
		if err != nil {
			return err
		}
	}
	if v.o.Pace == 0 {
		return nil
	}
	if err := v.pause(ctx, v.o.Pace/2); err != nil {
		return err
	}
	for _, status := range []byte{askPIN, askBank} {
		if v.abort {
			return nil
		}
		if err := v.say(ctx, zvt.APDU{Code: zvt.CodeProgress, Data: []byte{status, 0x01}}); err != nil {
			return err
		}
		if err := v.pause(ctx, v.o.Pace/4); err != nil {
			return err
		}
	}
	return nil
}

// pause waits, and hears a wish to abort meanwhile, which ends it.
func (v *visit) pause(ctx context.Context, d time.Duration) error {
	until := time.Now().Add(d)
	for !v.abort {
		a, err := v.line.Receive(ctx, time.Until(until), nil)
		if errors.Is(err, zvt.ErrTimeout) {
			return nil
		}
		if err == nil {
			err = v.hear(ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hear takes what the cash register says in the middle of a command.
func (v *visit) hear(ctx context.Context, a zvt.APDU) error {
	switch {
	case a.Code == zvt.CodeAbortWish:
		v.abort = true
		return v.line.Send(ctx, zvt.Accept())
	case a.Code.Class() == 0x06 || a.Code.Class() == 0x05:
		return v.refuse(ctx, busy)
	}
	return nil
}

func (v *visit) sayAll(ctx context.Context, all []zvt.APDU) error {
	for _, a := range all {
		if err := v.say(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// say says something and waits for its answer, which it can do without.
func (v *visit) say(ctx context.Context, a zvt.APDU) error {
	if err := v.line.Send(ctx, a); err != nil {
		return err
	}
	for {
		answer, err := v.line.Receive(ctx, v.o.Timers.T3, nil)
		if errors.Is(err, zvt.ErrTimeout) || err == nil && (answer.Code.OK() || answer.Code.Refused()) {
			return nil
		}
		if err == nil {
			err = v.hear(ctx, answer)
		}
		if err != nil {
			return err
		}
	}
}

// self is who the terminal is.
func (v *visit) self() []byte {
	data := append([]byte{0x19, 0x00, 0x29}, v.id()...)
	return binary.BigEndian.AppendUint16(append(data, 0x49), v.o.Currency)
}

func (v *visit) id() []byte {
	id, err := hex.DecodeString(v.o.ID)
	if err != nil || len(id) != 4 {
		return make([]byte, 4)
	}
	return id
}
