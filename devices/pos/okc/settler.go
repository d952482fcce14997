package okc

import (
	"context"
	"errors"
	"sync"
	"time"

	"showroom/agent/showroom"
)

// Settler moves money with a fiscal device, which takes the payment and prints the slip in one act. It never submits a basket twice.
// Methods may be called from any goroutine; what comes while a settlement runs is declined as busy.
//
// The lines of a payment and of a refund must add up to its amount, and the device must have a group for each of their rates. The
// Reference of a Result has the receipt number as Receipt, the Z number as Trace and the device's serial number as TerminalID; a
// reversal is found by them, on the same day and at the same device. A refund that has no slip is left to staff.
type Settler struct {
	device Device
	o      Options

	mu   sync.Mutex // guards stop
	stop chan struct{}
	// busy holds a word while a settlement or a recovery runs. It has room for one; who finds it full is told so.
	busy chan struct{}
}

// Over makes a Settler of any fiscal device. Of the options it needs Device, Longest, QuietFor, AnswerWithin, ClockSlack, Before, Language and Now.
func Over(d Device, o Options) *Settler {
	return &Settler{device: d, o: o.withDefaults(), busy: make(chan struct{}, 1)}
}

// Terminal is a fiscal device at the end of a wire, and what moves money with it.
type Terminal struct {
	*Line
	*Settler
}

// New makes a Terminal. Its Run serves the connections, one after the other.
func New(o Options) *Terminal {
	l := NewLine(o)
	return &Terminal{Line: l, Settler: Over(l, o)}
}

// Words of a Result's Code that are ours and not the device's.
const (
	CodeNotSent    = "not_sent"            // it was never told
	CodeNoAnswer   = "no_answer"           // it was told, and nobody knows more
	CodeNoGroup    = "no_vat_group"        // it has no group for a rate
	CodeSums       = "sums_differ"         // amounts do not add up, with us or with what it sealed
	CodeNoSlip     = "paid_without_slip"   // it took the payment and printed nothing
	CodeOpen       = "still_open"          // it is still busy with it
	CodeNeverHeard = "never_heard"         // it knows that it never heard of it
	CodeForgotten  = "forgotten"           // it no longer knows
	CodeOtherOne   = "other_device"        // the sale was made at another device, or the one before it was
	CodeUnfinished = "unfinished_document" // another document has to be ended first

	CodeUnknownPast = "unknown_past" // nobody can look up what was settled before
)

// Settle has a payment, a reversal or a refund made. Whatever is wrong with it before the device is told is Declined.
func (t *Settler) Settle(ctx context.Context, s showroom.Settlement, tell func(showroom.Progress)) showroom.Result {
	stop, ok := t.begin()
	if !ok {
		return declined(showroom.DeclinedBusy, "")
	}
	defer t.end()
	b, refused := t.prepare(ctx, s)
	if refused != nil {
		return *refused
	}
	select {
	case <-stop:
		return declined(showroom.DeclinedByShopper, CodeNotSent)
	default:
	}
	doc, err := t.device.Submit(ctx, b, stop, tell)
	if err == nil && doc.State == Unfinished && s.Kind == showroom.Payment {
		return t.undo(ctx, s, doc)
	}
	return t.answer(s, doc, err)
}

// Abort asks the device to stop what Settle has begun. Once money has moved it changes nothing.
func (t *Settler) Abort() {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.stop <- struct{}{}: // a nil channel takes nothing: nothing runs
	default:
	}
}

// Recover asks the device what became of a settlement and moves nothing. While the device is still busy with it, it waits for the end
// for as long as a settlement may take.
func (t *Settler) Recover(ctx context.Context, s showroom.Settlement) showroom.Result {
	if _, ok := t.begin(); !ok {
		return showroom.Result{Code: CodeOpen}
	}
	defer t.end()
	end := time.Now().Add(t.o.Longest)
	for {
		m, err := t.device.LastDocument(ctx, s.ID)
		switch {
		case err != nil:
			return showroom.Result{Code: CodeNoAnswer}
		case !m.Found:
			return t.notFound(ctx, s, m)
		case m.Document.State != Open || time.Now().After(end):
			return t.answer(s, m.Document, nil)
		}
		if !wait(ctx, t.o.AnswerWithin/2) {
			return showroom.Result{Code: CodeOpen}
		}
	}
}

// notFound is what it means that the device does not know a basket: that it never heard of it, if it would remember. Since when it
// remembers it says by its own clock, so it is asked what time that shows now; and as somebody may have set that clock meanwhile, it must
// know the document before as well, where there is one.
func (t *Settler) notFound(ctx context.Context, s showroom.Settlement, m Memory) showroom.Result {
	status, err := t.device.Status(ctx)
	if err != nil {
		return showroom.Result{Code: CodeNoAnswer}
	}
	if m.Since.IsZero() || status.At.IsZero() || s.Started.Wall.IsZero() {
		return final(CodeForgotten)
	}
	behind := t.o.Now().Sub(status.At)
	if !s.Started.Wall.After(m.Since.Add(behind + t.o.ClockSlack)) {
		return final(CodeForgotten)
	}
	switch doubt := t.remembers(ctx, s, status.Serial); doubt {
	case "":
	case CodeForgotten, CodeOtherOne:
		return final(doubt)
	default:
		return showroom.Result{Code: doubt}
	}
	return declined(showroom.DeclinedDevice, CodeNeverHeard)
}

// remembers is empty where the device knows the last document that it has sealed before a settlement, or has sealed none, and else says
// why its silence about that settlement proves nothing.
func (t *Settler) remembers(ctx context.Context, s showroom.Settlement, serial string) (doubt string) {
	if t.o.Before == nil {
		return ""
	}
	before, err := t.o.Before(s)
	if err != nil {
		return CodeUnknownPast
	}
	for _, b := range before {
		if b.Result.Fiscal == nil {
			continue // it may have been one of those that it does not keep
		}
		if b.Result.Fiscal.Device != serial {
			return CodeOtherOne
		}
		m, err := t.device.LastDocument(ctx, b.ID)
		switch {
		case err != nil:
			return CodeNoAnswer
		case !m.Found:
			return CodeForgotten
		}
		return ""
	}
	return ""
}

func (t *Settler) begin() (stop <-chan struct{}, ok bool) {
	select {
	case t.busy <- struct{}{}:
	default:
		return nil, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stop = make(chan struct{}, 1) // one word is enough
	return t.stop, true
}

func (t *Settler) end() {
	t.mu.Lock()
	t.stop = nil
	t.mu.Unlock()
	<-t.busy
}

// undo gives back a payment that has no slip. Where the device can not say that it did, staff must look.
func (t *Settler) undo(ctx context.Context, s showroom.Settlement, doc Document) showroom.Result {
	undone, err := t.device.Cancel(ctx, s.ID)
	if err == nil && undone.State != Unfinished && undone.State != Open {
		return t.answer(s, undone, nil)
	}
	if _, refused := errors.AsType[*Refusal](err); refused { // somebody has given it paper meanwhile
		if m, err := t.device.LastDocument(ctx, s.ID); err == nil && m.Found {
			return t.answer(s, m.Document, nil)
		}
	}
	return t.answer(s, doc, nil)
}

// answer makes a Result of what the device did, or of why nobody knows.
func (t *Settler) answer(s showroom.Settlement, doc Document, err error) showroom.Result {
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return declined(reasonOf(refusal.Reason), refusal.Code)
	}
	switch {
	case errors.Is(err, ErrNotSent):
		return declined(showroom.DeclinedDevice, CodeNotSent)
	case err != nil:
		return showroom.Result{Code: CodeNoAnswer}
	}
	switch doc.State {
	case Unpaid, Reversed:
		if doc.State == Unpaid && len(doc.Payments) > 0 {
			return final(CodeSums) // it contradicts itself
		}
		return declined(reasonOf(doc.Reason), doc.Code)
	case Closed:
		return sealed(s, doc)
	case Unfinished:
		r := resultOf(doc)
		r.Code = CodeNoSlip
		return r
	}
	return showroom.Result{Code: CodeOpen}
}

func declined(why showroom.DeclineReason, code string) showroom.Result {
	return showroom.Result{Outcome: showroom.Declined, Reason: why, Code: code}
}

// final is the answer of a device that can not say, now or later.
func final(code string) showroom.Result { return showroom.Result{Code: code, Final: true} }

// reasonOf is a reason this program knows.
func reasonOf(r showroom.DeclineReason) showroom.DeclineReason {
	switch r {
	case showroom.DeclinedByCard, showroom.DeclinedByShopper, showroom.DeclinedTimeout, showroom.DeclinedCard, showroom.DeclinedBusy,
		showroom.DeclinedCurrency, showroom.DeclinedPaper, showroom.DeclinedByDevice:
		return r
	}
	return showroom.DeclinedDevice
}

// wait answers false when ctx ends first.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
