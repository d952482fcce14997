package zvt

import (
	"strconv"
	"time"

	"showroom/agent/showroom"
)

const (
	// slack is how far a clock may be off that goes right: whole seconds, a drift, the time a terminal needs to say what it has booked.
	slack = 30 * time.Second
	// longest is how long after it was begun a movement may be booked. What is booked later somebody else has keyed in.
	longest = 3 * time.Minute
	// prompt is how long a settlement may have taken that tells how the clocks differ: somewhere in between its movement was booked. It is
	// no more than slack, so that nothing booked in time seems to have been booked before.
	prompt = slack
)

// evidence is what there is about a receipt that no settlement has.
type evidence struct {
	report    report
	ref       showroom.Reference
	now       time.Time
	corrected time.Time // the terminal's time of the receipt, by our clock, as far as is known how they differ
	books     books
}

// ours is empty where a receipt can be of this settlement alone, and else says for staff why not. It is of its sum, goes its way, bears
// the number behind the last one that the terminal has told of, and was booked while the terminal was at it. alone says that until now
// nobody could have keyed in the same sum.
func (e evidence) ours(s showroom.Settlement, alone bool) (doubt string) {
	m := *e.report.status
	switch kind := e.report.kind(); {
	case m.Amount == nil, moneyOf(m, s.Amount.Currency) != s.Amount, !numbered(e.ref):
		return "another receipt"
	case kind != "" && kind != s.Kind:
		return "receipt of a " + string(kind)
	}
	last := e.books.last(e.ref.TerminalID)
	if last.doubted(s.Amount) {
		return "may be the receipt of the payment before"
	}
	if !last.next(e.ref) {
		return "not the next receipt"
	}
	if !e.timely(s, last.clock) {
		return "receipt of another time"
	}
	if !alone {
		return "may be keyed in at the terminal"
	}
	return ""
}

// timely says whether a receipt was booked while its settlement was under way. The terminal's clock, right or wrong, has gone on from a
// settlement before as ours has; where there is none to be compared with, it must be right.
func (e evidence) timely(s showroom.Settlement, before *showroom.Settlement) bool {
	if e.ref.At.IsZero() {
		return false
	}
	if before != nil && measured(before.Changed, s.Started) && measured(before.Started, s.Started) {
		apart := e.ref.At.Sub(before.Result.Reference.At)
		return apart-s.Started.Since(before.Started) >= -slack && apart-s.Started.Since(before.Changed) <= longest+slack
	}
	after := e.corrected.Sub(s.Started.Wall)
	return after >= -slack && after <= longest+slack && !e.corrected.After(e.now.Add(slack))
}

// measured says that the time between two moments is known.
func measured(then, now showroom.Moment) bool {
	return then.Boot == now.Boot || then.Confirmed() && now.Confirmed() && !then.Ahead(now)
}

// books are the settlements of a terminal that were begun before one, the newest first. none: nobody keeps any.
type books struct {
	all  []showroom.Settlement
	none bool
}

// before are the books before a settlement.
func (t *Terminal) before(s showroom.Settlement) (books, error) {
	if t.o.Before == nil {
		return books{none: true}, nil
	}
	all, err := t.o.Before(s)
	return books{all: all}, err
}

// newest says whether no approved settlement is newer than this one: a terminal that says an older receipt again is not the one that was
// asked last, or keeps none of some movements. Without books, earlier is all that is known.
func (b books) newest(id showroom.SettlementID, earlier bool) bool {
	if b.none {
		return earlier
	}
	for _, s := range b.all {
		if s.ID == id || s.State == showroom.SettlementApproved && s.Result.Outcome == showroom.Approved {
			return s.ID == id
		}
	}
	return false
}

// last is what the books say of a terminal's last receipt.
type last struct {
	ref   showroom.Reference // zero where nobody knows
	clock *showroom.Settlement
	// untold are the sums that have been asked for since, and of which the terminal has not said what became.
	untold []showroom.Money
}

// last looks from the newest on. What the terminal has declined without a number has none. What a person has decided, or nobody yet, may
// have one. Behind another terminal that stood here there is nothing to be found.
func (b books) last(terminal string) (l last) {
	for i := range b.all {
		s := &b.all[i]
		r := s.Result
		if s.Contradicted() {
			r = s.Later
		}
		switch {
		case r.Outcome != showroom.Unknown && numbered(r.Reference):
			if r.Reference.TerminalID != terminal {
				return l
			}
			if !numbered(l.ref) {
				l.ref = r.Reference
			}
			if tellsTime(*s) {
				l.clock = s
				return l
			}
		case s.State == showroom.SettlementWaiting, r.Outcome == showroom.Declined, numbered(l.ref):
		default:
			l.untold = append(l.untold, s.Amount)
		}
	}
	return l
}

// tellsTime says that a settlement was written down right after the terminal had booked it at a time it told.
func tellsTime(s showroom.Settlement) bool {
	return s.State == showroom.SettlementApproved && s.Result.Outcome == showroom.Approved && !s.Contradicted() &&
		!s.Result.Reference.At.IsZero() && measured(s.Started, s.Changed) && s.Changed.Since(s.Started) <= prompt
}

// doubted says that a receipt of this sum may be of a settlement before.
func (l last) doubted(sum showroom.Money) bool {
	for _, m := range l.untold {
		if m == sum {
			return true
		}
	}
	return false
}

// next says whether a receipt comes right behind the last one, but for those that settlements of ours may have taken meanwhile. Terminals
// count their receipts one by one; the trace numbers are also taken by what has no receipt, so that they decide only where there is
// nothing else.
func (l last) next(ref showroom.Reference) bool {
	if !numbered(l.ref) {
		return true
	}
	was, is, round := l.ref.Receipt, ref.Receipt, 10_000
	if number(was) == 0 || number(is) == 0 {
		was, is, round = l.ref.Trace, ref.Trace, 1_000_000
	}
	a, b := number(was), number(is)
	if a == 0 || b == 0 {
		return true // it tells now the one number, now the other
	}
	behind := b - a
	if behind < 0 {
		behind += round - 1 // there is no number nought
	}
	return behind >= 1 && behind <= 1+len(l.untold)
}

// numbered says that a receipt has a number.
func numbered(ref showroom.Reference) bool { return number(ref.Receipt) > 0 || number(ref.Trace) > 0 }

// number is the number that packed digits are; 0 for none.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
