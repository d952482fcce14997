package zvt

import (
	"context"
	"time"

	"showroom/agent/showroom"
)

// Recover asks the terminal for its last receipt (06 20), which moves nothing, and compares it with a settlement that was begun
// before. It is Approved when a receipt that nobody has can be of nothing else: see evidence.ours. It is Declined when the last receipt
// belongs to the last settlement before it that was approved, for then nothing has been booked since, or when a receipt of its own says
// so. In every other case it is Unknown: a terminal tells of its last movement only, some of none, and somebody may have keyed one in.
func (t *Terminal) Recover(ctx context.Context, s showroom.Settlement) showroom.Result {
	var result showroom.Result
	if !t.lock(ctx) {
		return result
	}
	defer t.calls.Unlock()
	t.within(ctx, func(ctx context.Context, line *session) {
		if t.register(ctx, line) == nil {
			result = t.recover(ctx, line, s, t.locked())
		}
	})
	return result
}

// locked says that nobody can have keyed anything in at the terminal since the line broke: it was told not to let them.
func (t *Terminal) locked() bool {
	return !t.has(NoRegistration) && t.o.Config&ConfigNoPayments != 0
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

// recover is Recover over a line. alone: from the command on, the terminal has worked for nobody else.
func (t *Terminal) recover(ctx context.Context, line *session, s showroom.Settlement, alone bool) showroom.Result {
	r, err := line.converse(ctx, RepeatReceipt(t.o.Password), talk{})
	if err != nil {
		return showroom.Result{Code: "line"}
	}
	if r.refused != nil {
		return showroom.Result{Code: refusal(*r.refused).String()}
	}
	if r.status == nil {
		return final("no receipt") // some keep none of payments they have been allowed to start themselves
	}
	if r.status.Totals {
		return final("end of day") // it hides whatever was before it
	}
	now := t.o.Now().In(t.o.Location)
	ref := reference(*r.status, now)
	id, began, ok, err := t.known(ref)
	if err != nil {
		return showroom.Result{Code: "nobody can look up whose receipt it is"}
	}
	books, err := t.before(s)
	if err != nil {
		return showroom.Result{Code: "nobody can look up what was before it"}
	}
	if ok && id != s.ID {
		if s.Kind == showroom.Reversal && ref.Receipt == s.Of.Receipt || !books.newest(id, began.Before(s.Started.Wall)) {
			return final("another receipt") // it hides whatever was before it
		}
		return declined(showroom.DeclinedDevice, "no receipt since")
	}
	t.mu.Lock()
	e := evidence{report: r, ref: ref, now: now, corrected: t.seen.corrected(ref.At), books: books}
	t.mu.Unlock()
	if doubt := e.ours(s, alone); !ok && doubt != "" { // whose it is was told before, whatever its sum
		return final(doubt)
	}
	if *r.status.Result != ResultOK {
		return r.filled(declined(r.status.Result.Reason(), r.status.Result.String()), line.charset, s, now)
	}
	result := r.filled(showroom.Result{Outcome: showroom.Approved, Code: ResultOK.String()}, line.charset, s, now)
	t.remember(ref, s, time.Time{})
	return result
}

// final is the answer of a terminal that can not say, now or later: its last receipt goes forward only.
func final(code string) showroom.Result { return showroom.Result{Code: code, Final: true} }

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
