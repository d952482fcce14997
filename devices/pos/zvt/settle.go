package zvt

import (
	"context"
	"errors"
	"time"

	"showroom/agent/showroom"
)

// declined is a result for what was never sent.
func declined(reason showroom.DeclineReason, code string) showroom.Result {
	return showroom.Result{Outcome: showroom.Declined, Reason: reason, Code: code}
}

// Settle has the terminal take a payment, undo one or give money back, and tells meanwhile what it says to the shopper; tell must
// not block. The command is sent once. Declined means that it was not sent or that the terminal said so; where the terminal has
// ended without saying how, it is asked for its last receipt. When ctx ends or the line breaks the answer is what is known then.
func (t *Terminal) Settle(ctx context.Context, s showroom.Settlement, tell func(showroom.Progress)) showroom.Result {
	command, reason := t.command(s)
	if reason != "" {
		return declined(reason, "")
	}
	if !t.calls.TryLock() {
		return declined(showroom.DeclinedBusy, "")
	}
	defer t.calls.Unlock()
	abort := make(chan struct{}, 1) // one wish to abort is enough
	t.setAbort(abort)
	defer t.setAbort(nil)
	result := declined(showroom.DeclinedDevice, "not reached")
	t.within(ctx, func(ctx context.Context, line *session) {
		if err := t.ready(ctx, line); err != nil {
			result = declined(showroom.DeclinedDevice, codeOf(err))
			return
		}
		if len(abort) > 0 {
			result = declined(showroom.DeclinedByShopper, "")
			return
		}
		result = t.move(ctx, line, s, command, talk{tell: tell, abort: abort})
	})
	return result
}

// Abort asks the terminal to stop the settlement under way. It never blocks.
func (t *Terminal) Abort() {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.abort <- struct{}{}:
	default: // there is none, or it is asked already
	}
}

func (t *Terminal) setAbort(c chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.abort = c
}

// command is what to send for a settlement, or why nothing can be.
func (t *Terminal) command(s showroom.Settlement) (APDU, showroom.DeclineReason) {
	switch {
	case numeric(s.Amount.Currency) == 0, s.Amount.Currency != t.o.Currency: // it would take the number for one of its own currency
		return APDU{}, showroom.DeclinedCurrency
	case s.Amount.Minor <= 0 || s.Amount.Minor > MaxAmount:
		return APDU{}, showroom.DeclinedByDevice
	}
	switch s.Kind {
	case showroom.Payment:
		return Authorization(s.Amount), ""
	case showroom.Refund:
		return Refund(t.o.Password, s.Amount), ""
	case showroom.Reversal:
		if isReceipt(s.Of.Receipt) {
			return Reversal(t.o.Password, s.Of.Receipt), ""
		}
	}
	return APDU{}, showroom.DeclinedByDevice
}

// ready sees to it that the terminal is registered and, if it has been quiet, that it is still there: so that a line that went
// dead unnoticed costs a try and not a doubt.
func (t *Terminal) ready(ctx context.Context, s *session) error {
	stale := time.Since(s.heard) >= t.o.Fresh
	if stale && t.has(NoStatusEnquiry) {
		s.registered = false
	}
	if err := t.register(ctx, s); err != nil {
		return err
	}
	if !stale || t.has(NoStatusEnquiry) {
		return nil
	}
	_, err := t.enquire(ctx, s)
	if refused, ok := errors.AsType[*Refusal](err); ok && refused.Code != ResultWait {
		return nil // it is there; whether it takes the payment it says itself
	}
	return err
}

func codeOf(err error) string {
	if refused, ok := errors.AsType[*Refusal](err); ok {
		return refused.Code.String()
	}
	return "no answer"
}

// move sends the command that moves money, once.
func (t *Terminal) move(ctx context.Context, line *session, s showroom.Settlement, command APDU, with talk) showroom.Result {
	r, err := line.converse(ctx, command, with)
	switch {
	case errors.Is(err, ErrUntaken):
		return declined(showroom.DeclinedDevice, "not taken")
	case err != nil:
		return showroom.Result{Code: "line"}
	}
	now := t.o.Now().In(t.o.Location)
	result := r.result(line.charset, s, now)
	if result.Outcome == showroom.Unknown && line.broken == nil {
		asked := t.recover(ctx, line, s, true)
		if asked.Outcome != showroom.Unknown {
			return asked
		}
	}
	if result.Outcome == showroom.Approved {
		t.remember(result.Reference, s, now)
	}
	return result
}

// result is what a finished command has come to. Approved needs the terminal's own word that it went well, and no word against it.
func (r report) result(c Charset, s showroom.Settlement, now time.Time) showroom.Result {
	if r.refused != nil {
		code := refusal(*r.refused)
		if code == ResultPartGoods {
			return showroom.Result{Code: code.String()} // something may have been paid
		}
		return declined(code.Reason(), code.String())
	}
	last := r.status
	if last == nil {
		last = r.end
	}
	switch {
	case r.end.Code == CodeAbort && last.Code == CodeStatus && *last.Result == ResultOK:
		return showroom.Result{Code: "contradiction"}
	case r.end.Code == CodeAbort:
		code := ResultCode(0xFF)
		if r.end.Result != nil {
			code = *r.end.Result
		}
		if code == ResultOK {
			return showroom.Result{Code: code.String()}
		}
		return r.filled(declined(code.Reason(), code.String()), c, s, now)
	case last.Result == nil:
		return showroom.Result{Code: "no result"}
	case *last.Result != ResultOK:
		return r.filled(declined(last.Result.Reason(), last.Result.String()), c, s, now)
	}
	return r.filled(showroom.Result{Outcome: showroom.Approved, Code: last.Result.String()}, c, s, now)
}

// filled is a result with what else the terminal has said.
func (r report) filled(result showroom.Result, c Charset, s showroom.Settlement, now time.Time) showroom.Result {
	result.Slip, result.MerchantSlip = r.slips.customer, r.slips.merchant
	m := r.status
	if m == nil {
		return result
	}
	result.Amount = moneyOf(*m, s.Amount.Currency)
	result.Reference = reference(*m, now)
	result.Card = showroom.Card{Name: m.CardName, Last4: m.Last4()}
	if result.Outcome == showroom.Approved && len(result.Slip) == 0 {
		result.Slip = madeUp(*m, c, result.Amount, result.Reference.At)
	}
	return result
}

// moneyOf is the amount a message tells; zero when it tells none. Of a currency nobody knows it is an amount of none.
func moneyOf(m Message, otherwise showroom.Currency) showroom.Money {
	if m.Amount == nil {
		return showroom.Money{}
	}
	if m.Currency == "" {
		return showroom.Money{Minor: *m.Amount, Currency: otherwise}
	}
	return showroom.Money{Minor: *m.Amount, Currency: currencyOf(m.Currency)}
}

func reference(m Message, now time.Time) showroom.Reference {
	return showroom.Reference{Receipt: m.Receipt, Trace: m.Trace, Auth: m.Auth, TerminalID: m.TerminalID, At: m.At(now)}
}
