package zvt

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"showroom/agent/showroom"
)

// errOrder is a terminal that says what it may not say now: nobody knows what it answers.
var errOrder = errors.New("message out of order")

// session is one connection to a terminal, in the hands of the goroutine that owns it. Where its line can not be trusted any
// longer, broken says why.
type session struct {
	line       *Line
	timers     Timers
	charset    Charset
	registered bool
	heard      time.Time // the last message
	broken     error
}

// talk is what goes on while a command is carried out.
type talk struct {
	tell  func(showroom.Progress) // nil for nobody
	abort <-chan struct{}         // says that somebody wants it to stop; nil for nobody
	// patience is how long the terminal may say nothing, at first; 0 means T4.
	patience time.Duration
}

// report is what a terminal has said about a command.
type report struct {
	refused *Message // the negative answer: it has not begun
	status  *Message // the last status information with a result
	end     *Message // completion or abort
	slips   slips
}

// converse sends a command, answers whatever the terminal says and returns when it has ended it. After any error but ErrUntaken
// nobody can say what the terminal does next, and the session is broken.
func (s *session) converse(ctx context.Context, command APDU, with talk) (r report, err error) {
	defer func() {
		if err != nil && !errors.Is(err, ErrUntaken) {
			s.broken = err
		}
	}()
	if err := s.line.Send(ctx, command); err != nil {
		return r, err
	}
	if err := s.begin(ctx, &r, with); err != nil || r.refused != nil {
		return r, err
	}
	usual, asked := with.patience, with.abort
	if usual == 0 {
		usual = s.timers.T4
	}
	patience := usual
	for r.end == nil {
		a, err := s.line.Receive(ctx, patience, asked)
		if errors.Is(err, ErrWoken) {
			asked = nil
			if err := s.line.Send(ctx, AbortWish()); err != nil && !errors.Is(err, ErrUntaken) {
				return r, err
			}
			continue
		}
		if err != nil {
			return r, err
		}
		s.heard = time.Now()
		if isAnswer(a.Code) {
			continue // to the wish to abort; what becomes of it the terminal says later
		}
		m := Decode(a)
		if patience = s.minutes(m); patience == 0 {
			patience = usual
		}
		if err := s.take(ctx, &r, m, with); err != nil {
			return r, err
		}
	}
	return r, nil
}

// begin waits for the answer to a command. A terminal that says that it is busy has as much time again to go on nevertheless.
func (s *session) begin(ctx context.Context, r *report, with talk) error {
	var busy *Message
	for {
		a, err := s.line.Receive(ctx, s.timers.T3, nil)
		if errors.Is(err, ErrTimeout) && busy != nil {
			r.refused = busy
			return nil
		}
		if err != nil {
			return err
		}
		s.heard = time.Now()
		m := Decode(a)
		switch {
		case a.Code.OK():
			return nil
		case a.Code.Refused() && *m.Refused == ResultWait:
			busy = &m
		case a.Code.Refused():
			r.refused = &m
			return nil
		case busy != nil:
			s.line.unread(a)
			return nil
		case a.Code == CodeStatus || a.Code == CodeCompletion || a.Code == CodeAbort:
			return errOrder
		default:
			if err := s.take(ctx, r, m, with); err != nil {
				return err
			}
		}
	}
}

// take notes what a message says and answers it. An answer that does not arrive changes nothing about what has been said: behind
// the last message of a command it only breaks the session.
func (s *session) take(ctx context.Context, r *report, m Message, with talk) error {
	switch m.Code {
	case CodeStatus:
		if m.Result != nil {
			r.status = &m
		}
	case CodeProgress:
		if with.tell != nil {
			with.tell(s.progress(m))
		}
	case CodePrintLine, CodePrintBlock:
		r.slips.take(m, s.charset)
		if with.tell != nil {
			with.tell(showroom.Progress{Code: "printing"})
		}
	case CodeCompletion, CodeAbort:
		r.end = &m
	}
	err := s.line.Send(ctx, Accept())
	if err != nil && r.end != nil {
		s.broken = err
		return nil
	}
	return err
}

func (s *session) progress(m Message) showroom.Progress {
	p := showroom.Progress{Code: "please_wait"}
	if m.Status != nil {
		p.Code = progressCode(*m.Status)
	}
	if texts, ok := find(m.TLVs, tagTexts); ok {
		for _, t := range texts.Children {
			if p.Text != "" {
				p.Text += " "
			}
			p.Text += s.charset.Text(t.Value)
		}
	}
	return p
}

// minutes is the T4 that an intermediate status asks for; 0 for none.
func (s *session) minutes(m Message) time.Duration {
	n, err := strconv.Atoi(m.Minutes)
	if err != nil {
		return 0
	}
	return time.Duration(n) * s.timers.Minute
}

// refusal is the code with which a terminal has refused a command. Some put the true one behind 84 1E.
func refusal(m Message) ResultCode {
	if *m.Refused == ResultCode(CodeAbort.Instr()) && len(m.Rest) > 0 {
		return ResultCode(m.Rest[0])
	}
	return *m.Refused
}

// failure is why a report is no success; nil when it is one.
func (r report) failure() error {
	switch {
	case r.refused != nil:
		return &Refusal{refusal(*r.refused)}
	case r.end.Code == CodeAbort:
		code := ResultCode(0xFF)
		if r.end.Result != nil {
			code = *r.end.Result
		}
		return &Refusal{code}
	}
	return nil
}

// Refusal is a command that the terminal did not carry out, and why.
type Refusal struct{ Code ResultCode }

func (r *Refusal) Error() string { return fmt.Sprintf("terminal says %s: %s", r.Code, r.Code.Text()) }
