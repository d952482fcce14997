package zvt

import (
	"context"
	"time"

	"showroom/agent/showroom"
)

// slack is how far the terminal's clock may be off when nothing is known of it: it is set by hand or by its bank.
const slack = 2 * time.Minute

// Recover asks the terminal for its last receipt (06 20), which moves nothing, and compares it with a settlement that was begun
// before. It is Approved when a receipt that nobody else has is of the same amount, and either came behind the receipt of the
// settlement before or is of the same time. It is Declined when the last receipt belongs to a settlement that began earlier, for then
// nothing has been booked since, or when the receipt itself says so. In every other case it is Unknown: a terminal tells of its last
// movement only, and some of none.
func (t *Terminal) Recover(ctx context.Context, s showroom.Settlement) showroom.Result {
	var result showroom.Result
	if !t.lock(ctx) {
		return result
	}
	defer t.calls.Unlock()
	t.within(ctx, func(ctx context.Context, line *session) {
		if t.register(ctx, line) == nil {
			result = t.recover(ctx, line, s)
		}
	})
	return result
}

// lock waits for calls until ctx ends.
func (t *Terminal) lock(ctx context.Context) bool {
	for {
		if t.calls.TryLock() {
			return true
		}
		timer := time.NewTimer(50 * time.Millisecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
	}
}

func (t *Terminal) recover(ctx context.Context, line *session, s showroom.Settlement) showroom.Result {
	r, err := line.converse(ctx, RepeatReceipt(t.o.Password), talk{})
	if err != nil {
		return showroom.Result{Code: "line"}
	}
	if r.refused != nil {
		return showroom.Result{Code: refusal(*r.refused).String()}
	}
	if r.status == nil {
		return showroom.Result{Code: "no receipt"} // some keep none of payments they have been allowed to start themselves
	}
	if r.status.Totals {
		return showroom.Result{Code: "end of day"} // it hides whatever was before it
	}
	now := t.o.Now().In(t.o.Location)
	ref := reference(*r.status, now)
	id, began, ok, err := t.known(ref)
	if err != nil {
		return showroom.Result{Code: "nobody can look up whose receipt it is"}
	}
	if ok && id != s.ID {
		if !began.Before(s.Started.Wall) || s.Kind == showroom.Reversal && ref.Receipt == s.Of.Receipt || !t.newest(id, s) {
			return showroom.Result{Code: "another receipt"} // it hides whatever was before it
		}
		return declined(showroom.DeclinedDevice, "no receipt since")
	}
	if !t.matches(*r.status, ref, s, now) {
		return showroom.Result{Code: "another receipt"}
	}
	if *r.status.Result != ResultOK {
		return r.filled(declined(r.status.Result.Reason(), r.status.Result.String()), line.charset, s, now)
	}
	result := r.filled(showroom.Result{Outcome: showroom.Approved, Code: ResultOK.String()}, line.charset, s, now)
	t.remember(ref, s, time.Time{})
	return result
}

// matches says whether a receipt that no settlement has is this one's.
func (t *Terminal) matches(m Message, ref showroom.Reference, s showroom.Settlement, now time.Time) bool {
	if m.Amount == nil || moneyOf(m, s.Amount.Currency) != s.Amount || ref.Receipt == "" && ref.Trace == "" {
		return false
	}
	switch t.placed(ref, s) {
	case behind:
		return true
	case doubtful:
		return false
	}
	t.mu.Lock()
	at := t.seen.corrected(ref.At)
	t.mu.Unlock()
	return !ref.At.IsZero() && !at.Before(s.Started.Wall.Add(-slack)) && !at.After(now.Add(slack))
}

// place is what the settlements before one say of a receipt that nobody has.
type place int8

const (
	untold   place = iota
	behind         // it came behind the last of theirs, and is nobody's but this one's
	doubtful       // it may be one of theirs
)

// placed looks from the newest on. What the terminal itself has declined has no receipt. Behind that of an approved one, this settlement's
// comes as much later by the terminal's own clock, right or wrong, as it was begun later: one that came sooner somebody else has made,
// at the terminal or another till. With the same numbers it is the old one, said with another time. What a person has decided, or
// nobody yet, may have a receipt that is not known: one of the same amount leaves a doubt that no clock clears.
func (t *Terminal) placed(ref showroom.Reference, s showroom.Settlement) place {
	if t.o.Before == nil {
		return untold
	}
	before, err := t.o.Before(s)
	if err != nil {
		return doubtful
	}
	for _, b := range before {
		r := b.Result
		switch {
		case b.State == showroom.SettlementWaiting, b.State == showroom.SettlementDeclined && r.Outcome == showroom.Declined:
			continue
		case b.State == showroom.SettlementApproved && r.Outcome == showroom.Approved && (r.Reference.Receipt != "" || r.Reference.Trace != ""):
			switch old := r.Reference; {
			case old.TerminalID != ref.TerminalID:
				return untold // another terminal stood here
			case old.Receipt == ref.Receipt && old.Trace == ref.Trace:
				return doubtful
			case old.At.IsZero() || ref.At.IsZero() || b.Changed.Ahead(s.Started):
				return untold
			case ref.At.Sub(old.At) < s.Started.Since(b.Changed)-slack:
				return untold
			}
			return behind
		case b.Amount == s.Amount:
			return doubtful
		}
		return untold
	}
	return untold
}

// newest says whether no approved settlement before one is newer than another, as far as anybody knows: a terminal that says an older
// receipt again is not the one that was asked last, or keeps none of some movements.
func (t *Terminal) newest(id showroom.SettlementID, s showroom.Settlement) bool {
	if t.o.Before == nil {
		return true
	}
	before, err := t.o.Before(s)
	if err != nil {
		return false
	}
	for _, b := range before {
		if b.ID == id || b.State == showroom.SettlementApproved && b.Result.Outcome == showroom.Approved {
			return b.ID == id
		}
	}
	return true
}

// known is the settlement that has this movement already, and when it began.
func (t *Terminal) known(ref showroom.Reference) (id showroom.SettlementID, began time.Time, ok bool, err error) {
	t.mu.Lock()
	r, ok := t.seen.find(ref)
	t.mu.Unlock()
	if ok || t.o.Known == nil || ref.Receipt == "" && ref.Trace == "" {
		return r.id, r.began, ok, nil
	}
	s, ok, err := t.o.Known(ref)
	return s.ID, s.Started.Wall, ok && same(s.Result.Reference, ref), err
}

// remember keeps whose a movement is. heard is when the terminal told of it as it happened; zero when it was told later.
func (t *Terminal) remember(ref showroom.Reference, s showroom.Settlement, heard time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen.add(row{ref, s.ID, s.Started.Wall})
	if !heard.IsZero() && !ref.At.IsZero() {
		t.seen.late = heard.Sub(ref.At)
	}
}

// kept is how many movements a ledger keeps; only the terminal's last one is ever asked for.
const kept = 64

// ledger is what is remembered of a terminal's movements.
type ledger struct {
	rows []row
	late time.Duration // how far the terminal's clock is behind ours
}

type row struct {
	ref   showroom.Reference
	id    showroom.SettlementID
	began time.Time
}

func (l *ledger) add(r row) {
	if len(l.rows) == kept {
		l.rows = append(l.rows[:0], l.rows[1:]...)
	}
	l.rows = append(l.rows, r)
}

// find looks from the newest on: receipt numbers begin anew some day.
func (l *ledger) find(ref showroom.Reference) (row, bool) {
	for i := len(l.rows) - 1; i >= 0; i-- {
		if r := l.rows[i]; same(r.ref, ref) {
			return r, true
		}
	}
	return row{}, false
}

func (l *ledger) corrected(at time.Time) time.Time { return at.Add(l.late) }

// same says whether two references are of one movement: terminals count round and round, but not within a second.
func same(a, b showroom.Reference) bool {
	return a.Receipt == b.Receipt && a.Trace == b.Trace && a.TerminalID == b.TerminalID && (a.Receipt != "" || a.Trace != "") && a.At.Equal(b.At)
}
