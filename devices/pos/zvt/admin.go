package zvt

import (
	"context"
	"errors"

	"showroom/agent/showroom"
)

// ErrNotConnected is a command that could not be given, because there is no line to the terminal or another command is under way.
var ErrNotConnected = errors.New("terminal not connected or busy")

// Report is what a terminal has said about a command that moves no money.
type Report struct {
	// Lines are the receipt it wants printed; none where it prints itself.
	Lines []string
	// Status is how the terminal is, "" when it is well.
	Status string
}

// State asks the terminal how it is. The error is ErrNotConnected, a [*Refusal], or the line's.
func (t *Terminal) State(ctx context.Context) (Report, error) {
	return t.administer(ctx, StatusEnquiry(t.o.Password), nil)
}

// Diagnose has the terminal try its connection to the bank. Errors are those of State.
func (t *Terminal) Diagnose(ctx context.Context, tell func(showroom.Progress)) (Report, error) {
	return t.administer(ctx, Diagnosis(), tell)
}

// Repeat has the last receipt said again. Errors are those of State.
func (t *Terminal) Repeat(ctx context.Context) (Report, error) {
	return t.administer(ctx, RepeatReceipt(t.o.Password), nil)
}

// EndOfDay closes the terminal's books of the day. Errors are those of State; with the line's nobody knows whether they are closed,
// and asking again does no harm.
func (t *Terminal) EndOfDay(ctx context.Context, tell func(showroom.Progress)) (Report, error) {
	return t.administer(ctx, EndOfDay(t.o.Password), tell)
}

func (t *Terminal) administer(ctx context.Context, command APDU, tell func(showroom.Progress)) (Report, error) {
	if !t.calls.TryLock() {
		return Report{}, ErrNotConnected
	}
	defer t.calls.Unlock()
	var (
		answer Report
		err    = ErrNotConnected
	)
	t.within(ctx, func(ctx context.Context, s *session) {
		if err = t.register(ctx, s); err != nil {
			return
		}
		var r report
		if r, err = s.converse(ctx, command, talk{tell: tell}); err != nil {
			return
		}
		answer.Lines = append(append(r.slips.customer, r.slips.merchant...), r.slips.admin...)
		if err = r.failure(); err == nil && r.end.TerminalStatus != nil && *r.end.TerminalStatus != 0 {
			answer.Status = ResultCode(*r.end.TerminalStatus).Text()
		}
	})
	return answer, err
}
