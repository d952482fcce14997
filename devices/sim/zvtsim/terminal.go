package zvtsim

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"showroom/devices/pos/zvt"
)

// Options are what a Terminal is. The zero value of each is sane.
type Options struct {
	Transport zvt.Transport // "" means TCP
	Timers    zvt.Timers
	ID        string // eight digits
	Currency  uint16 // packed as on the wire: 0x0978, 0x0949; 0 means euro
	// Pace is how long shopper and bank take, half of it with the card; 0 means not at all.
	Pace time.Duration
	// Loose terminals print nothing through the cash register.
	Loose bool
	// Booked is told of each movement as it is booked; nil for nobody. It must not block or call the Terminal.
	Booked func(Entry)
	// Now is the terminal's clock; nil means time.Now.
	Now func() time.Time
}

// Kind is what a row of the ledger did.
type Kind string

// The kinds.
const (
	Payment  Kind = "payment"
	Reversal Kind = "reversal"
	Refund   Kind = "refund"
)

// Entry is a movement of money that has really happened.
type Entry struct {
	Kind    Kind
	Amount  int64 // in minor units
	Receipt int
	Trace   int
	At      time.Time
	// Command is which command to move money this was, counted from 1.
	Command int
	undone  bool
	hidden  bool
}

// Terminal is the terminal, from its making on. Methods may be called from any goroutine; it serves one line at a time, as the
// real ones do.
type Terminal struct {
	o Options

	serving sync.Mutex // held while a line is served

	mu       sync.Mutex // guards the rest
	ledger   []Entry
	script   []Fault
	commands int
	pending  *pending // a payment that goes on without its cash register
	// hesitates: nobody shows a card.
	hesitates bool
}

type pending struct {
	entry Entry
	due   time.Time
}

// New makes a terminal, switched on.
func New(o Options) *Terminal {
	if o.Transport == "" {
		o.Transport = zvt.TCP
	}
	if o.ID == "" {
		o.ID = "52523535"
	}
	if o.Currency == 0 {
		o.Currency = 0x0978
	}
	o.Timers = o.Timers.Faster(1)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Terminal{o: o}
}

// Script says what goes wrong with the next commands to move money, one after the other; all others go well.
func (t *Terminal) Script(faults ...Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.script = append(t.script, faults...)
}

// Forget drops what is left of the script.
func (t *Terminal) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.script = nil
}

// Ledger is what has really been moved.
func (t *Terminal) Ledger() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settle()
	return slices.Clone(t.ledger)
}

// Commands is how many commands to move money have come.
func (t *Terminal) Commands() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.commands
}

// settle books what was to go on by itself and is due. The caller holds mu.
func (t *Terminal) settle() {
	if p := t.pending; p != nil && !t.o.Now().Before(p.due) {
		t.pending = nil
		t.enter(p.entry, p.due)
	}
}

// enter books an entry under the next receipt and trace numbers. The caller holds mu.
func (t *Terminal) enter(e Entry, at time.Time) Entry {
	e.At = at
	e.Receipt, e.Trace = len(t.ledger)%9999+1, len(t.ledger)%999999+1
	t.ledger = append(t.ledger, e)
	if t.o.Booked != nil {
		t.o.Booked(e)
	}
	return e
}

func (t *Terminal) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settle()
	return t.pending != nil
}

// begin counts a command to move money and answers what goes wrong with it.
func (t *Terminal) begin() (command int, f Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.commands++
	if len(t.script) > 0 {
		f, t.script = t.script[0], t.script[1:]
	}
	return t.commands, f
}

func (t *Terminal) book(e Entry) Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.enter(e, t.o.Now())
}

// KeyIn books what somebody has keyed in at the terminal itself. No cash register is told.
func (t *Terminal) KeyIn(k Kind, minor int64) Entry { return t.book(Entry{Kind: k, Amount: minor}) }

// later lets a payment go on without its cash register.
func (t *Terminal) later(e Entry, delay time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pending = &pending{e, t.o.Now().Add(delay)}
}

// Repeats says whether the terminal could say its last receipt again now.
func (t *Terminal) Repeats() bool {
	_, ok := t.last()
	return ok && !t.busy()
}

// last is the newest entry, if its receipt is kept.
func (t *Terminal) last() (Entry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settle()
	if len(t.ledger) == 0 {
		return Entry{}, false
	}
	e := t.ledger[len(t.ledger)-1]
	return e, !e.hidden
}

// undo marks the payment with this receipt number as reversed and answers its amount, or with which code that is refused.
func (t *Terminal) undo(receipt int) (amount int64, refused byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.ledger {
		e := &t.ledger[i]
		switch {
		case e.Receipt != receipt || e.Kind != Payment:
		case e.undone:
			return 0, 0xB4
		default:
			e.undone = true
			return e.Amount, 0
		}
	}
	return 0, 0xB8
}

// errCut is a line that the script has cut.
var errCut = errors.New("line cut")

// Serve serves one line until it or ctx ends, and closes it, which must wake its Read. The error says why it ended.
func (t *Terminal) Serve(ctx context.Context, rw io.ReadWriteCloser) error {
	t.serving.Lock()
	defer t.serving.Unlock()
	line := zvt.NewLine(rw, t.o.Transport, t.o.Timers)
	defer line.Close()
	defer rw.Close()
	v := &visit{Terminal: t, line: line, wire: rw}
	for {
		a, err := line.Receive(ctx, time.Hour, nil)
		if errors.Is(err, zvt.ErrTimeout) {
			continue
		}
		if err != nil {
			return err
		}
		if err := v.obey(ctx, a); err != nil {
			return err
		}
	}
}
