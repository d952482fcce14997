package zvt

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Options are what a Terminal needs to know. Device and Transport are required.
type Options struct {
	Device    showroom.DeviceID
	Transport Transport
	Password  Password          // 000000 is what terminals leave the factory with
	Currency  showroom.Currency // of the registration; "" means EUR
	Config    byte              // of the registration; 0 means ConfigFull
	Quirks    []Quirk
	Timers    Timers
	// Heartbeat is after how long without a word the terminal is asked how it is; 0 means a minute. Terminals on USB fall asleep
	// for good when nobody does.
	Heartbeat time.Duration
	// Fresh is how old the terminal's last word may be when a payment begins; after more it is asked how it is before anything
	// else. 0 means 10 s.
	Fresh time.Duration
	// Known answers the last settlement that was concluded with this receipt and trace of the terminal, false for none; whether
	// it is the same movement, and not one whose numbers have come round, is looked at here. Without it, what the Terminal
	// remembers counts alone; it forgets with the process. It must not block for long. While it can not say, nothing is recovered.
	Known func(showroom.Reference) (showroom.Settlement, bool, error)
	// Before answers the settlements of this terminal that were begun before one, the newest first. With them recovery can tell
	// that a receipt is new although the terminal's clock is wrong. nil means that nobody knows. While it can not say,
	// nothing is recovered.
	Before func(showroom.Settlement) ([]showroom.Settlement, error)
	// Location is where the terminal's clock is set for; nil means that of this machine.
	Location *time.Location
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultHeartbeat = time.Minute
	defaultFresh     = 10 * time.Second
)

// Feed takes what is known of the terminal as a device.
type Feed interface {
	// Status replaces what was known. It must not block.
	Status(devices.Status)
}

// Terminal is one payment terminal for as long as the program runs. Run owns the line while there is one; all other methods may be
// called from any goroutine, and hand their wish to it. One command is carried out at a time.
type Terminal struct {
	o Options

	calls sync.Mutex // held while a command that prints or moves money is wanted

	mu      sync.Mutex // guards the rest
	running bool
	wish    *wish         // that the owner has not taken yet
	abort   chan struct{} // of the settlement under way; nil for none
	seen    ledger
	last    devices.Status // how the terminal was when the newest connection ended

	// knock tells the owner that there is a wish. It holds one; a second says nothing more.
	knock chan struct{}
}

// wish is something to do with the line.
type wish struct {
	ctx  context.Context
	do   func(context.Context, *session)
	done chan struct{} // closed when it is done, or never will be
}

// New makes a Terminal.
func New(o Options) *Terminal {
	if o.Currency == "" {
		o.Currency = "EUR"
	}
	if o.Config == 0 {
		o.Config = ConfigFull
		if slices.Contains(o.Quirks, PlainSlips) {
			o.Config &^= ConfigPrintsLines
		}
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = defaultHeartbeat
	}
	if o.Fresh <= 0 {
		o.Fresh = defaultFresh
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	o.Timers = o.Timers.withDefaults()
	return &Terminal{o: o, knock: make(chan struct{}, 1)}
}

func (t *Terminal) has(q Quirk) bool { return slices.Contains(t.o.Quirks, q) }

func (t *Terminal) charset() Charset {
	switch {
	case t.has(TextLatin1):
		return Latin1
	case t.has(TextSeven):
		return Seven
	case t.has(TextUTF8):
		return UTF8
	}
	return CP437
}

// Run keeps the terminal registered and does what is asked of it until ctx ends, the port fails or nobody can say any longer what
// the terminal will say next; then it returns why, and wants a fresh port. The last Status is then Down, or Silent where the terminal
// did not answer. It stays Silent over all connections until it says something. rw.Read must come back every now and then with (0, nil)
// when nothing arrives, as link.Port does. Run may be called again, once at a time.
func (t *Terminal) Run(ctx context.Context, rw io.ReadWriter, feed Feed) error {
	s := &session{line: NewLine(rw, t.o.Transport, t.o.Timers), timers: t.o.Timers, charset: t.charset()}
	defer s.line.Close()
	h := health{feed: feed, status: devices.Status{Device: t.o.Device}, now: t.o.Now}
	t.mu.Lock()
	t.running = true
	if t.last.State == devices.Silent {
		h.status = t.last
	}
	t.mu.Unlock()
	err := t.serve(ctx, s, &h)
	t.mu.Lock()
	t.running = false
	left := t.wish
	t.wish = nil
	t.mu.Unlock()
	if left != nil {
		close(left.done)
	}
	err = t.end(ctx, err, s, &h)
	t.mu.Lock()
	t.last = h.status
	t.mu.Unlock()
	return err
}

// end tells that the connection is over and answers why. A terminal that is silent stays so: that it is not there either shows when it
// can not be reached again.
func (t *Terminal) end(ctx context.Context, err error, s *session, h *health) error {
	switch {
	case ctx.Err() != nil:
		h.become(devices.Down, "stopped", "", s)
		return ctx.Err()
	case h.status.State == devices.Silent:
		h.told(s)
	case unanswered(err):
		h.fallSilent(s)
	default:
		h.become(devices.Down, "line lost", "Check the terminal's cable and power. Payments under way are asked about when it is back.", s)
	}
	return &devices.Error{Op: "speak with terminal", Device: t.o.Device, Err: err}
}

// unanswered says whether a session has ended because nothing came, over a line that was there.
func unanswered(err error) bool {
	return errors.Is(err, ErrTimeout) || errors.Is(err, ErrSilence) || errors.Is(err, ErrUntaken)
}

func (t *Terminal) serve(ctx context.Context, s *session, h *health) error {
	t.greet(ctx, s, h)
	for s.broken == nil && ctx.Err() == nil {
		a, err := s.line.Receive(ctx, t.o.Heartbeat, t.knock)
		switch {
		case errors.Is(err, ErrWoken):
			t.fulfil(ctx, s, h)
		case errors.Is(err, ErrTimeout):
			t.greet(ctx, s, h)
		case err != nil:
			return err
		case !isAnswer(a.Code): // nobody asked; an answer keeps it quiet
			s.heard = time.Now()
			if err := s.line.Send(ctx, Accept()); err != nil {
				return err
			}
			h.told(s)
		}
	}
	if s.broken != nil {
		return s.broken
	}
	return ctx.Err()
}

// fulfil does what is wished, if anybody still does.
func (t *Terminal) fulfil(run context.Context, s *session, h *health) {
	t.mu.Lock()
	w := t.wish
	t.wish = nil
	t.mu.Unlock()
	if w == nil {
		return
	}
	defer close(w.done)
	if w.ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	defer context.AfterFunc(run, cancel)()
	w.do(ctx, s) //nolint:contextcheck // it ends with who asked for it and with the line, which are two contexts
	h.told(s)
}

// within has do done by the owner of the line, or not at all: when it returns, do has ended or will never begin.
func (t *Terminal) within(ctx context.Context, do func(context.Context, *session)) {
	w := &wish{ctx: ctx, do: do, done: make(chan struct{})}
	t.mu.Lock()
	if !t.running || t.wish != nil {
		t.mu.Unlock()
		return
	}
	t.wish = w
	t.mu.Unlock()
	select {
	case t.knock <- struct{}{}:
	default:
	}
	select {
	case <-w.done:
		return
	case <-ctx.Done():
	}
	t.mu.Lock()
	if t.wish == w {
		t.wish = nil
		t.mu.Unlock()
		return
	}
	t.mu.Unlock()
	<-w.done // begun: it ends soon, for ctx has
}

// greet registers, or asks how the terminal is.
func (t *Terminal) greet(ctx context.Context, s *session, h *health) {
	if t.has(NoStatusEnquiry) {
		s.registered = false // to register again is the only question it answers
	}
	err := t.register(ctx, s)
	var m Message
	if err == nil && !t.has(NoStatusEnquiry) {
		m, err = t.enquire(ctx, s)
	}
	if refused, ok := errors.AsType[*Refusal](err); ok {
		if s.registered && refused.Code == ResultCall {
			h.become(devices.Up, "", "", s) // it does not know the question, and it is there
			return
		}
		h.become(devices.Fault, refused.Code.Text(), "See what the terminal shows, and check its password in the configuration.", s)
		return
	}
	if err != nil {
		if s.broken == nil {
			s.broken = err
		}
		if ctx.Err() == nil && unanswered(err) {
			h.fallSilent(s)
		}
		return
	}
	if m.TerminalStatus != nil && unfit(ResultCode(*m.TerminalStatus)) {
		code := ResultCode(*m.TerminalStatus)
		h.become(devices.Fault, code.Text(), "See what the terminal shows.", s)
		return
	}
	h.become(devices.Up, "", "", s)
}

// unfit says whether a terminal with this status can take no payment.
func unfit(status ResultCode) bool {
	switch status {
	case 0x51, 0x9A, 0xA0, 0xB1, 0xB2, 0xBF, 0xC1, 0xC2, ResultPrinter, 0xE0, 0xE4, 0xFC, 0xFF:
		return true
	}
	return false
}

// register registers once on each connection.
func (t *Terminal) register(ctx context.Context, s *session) error {
	if s.registered || t.has(NoRegistration) {
		s.registered = true
		return nil
	}
	blocks := !t.has(ShortRegistration) && t.o.Config&ConfigPrintsLines != 0
	r, err := s.converse(ctx, Registration(t.o.Password, t.o.Config, t.o.Currency, blocks), talk{patience: 6 * s.timers.T3})
	if err != nil {
		return err
	}
	if err := r.failure(); err != nil {
		return err
	}
	s.registered = true
	if set, ok := find(r.end.TLVs, tagCharset); ok && len(set.Value) == 1 {
		s.charset = Charset(set.Value[0])
	}
	return nil
}

func (t *Terminal) enquire(ctx context.Context, s *session) (Message, error) {
	r, err := s.converse(ctx, StatusEnquiry(t.o.Password), talk{patience: 2 * s.timers.T3})
	if err != nil {
		return Message{}, err
	}
	if err := r.failure(); err != nil {
		return Message{}, err
	}
	return *r.end, nil
}

// health is what is known of the terminal as a device.
type health struct {
	feed   Feed
	status devices.Status
	now    func() time.Time
}

func (h *health) become(state devices.State, reason, advice string, s *session) {
	h.status.State, h.status.Reason, h.status.Advice = state, reason, advice
	h.told(s)
}

func (h *health) fallSilent(s *session) {
	h.become(devices.Silent, "no answer", "Check that the terminal is on, and that cash register mode is set with this protocol.", s)
}

// told passes on what is known, with the newest counts.
func (h *health) told(s *session) {
	h.status.At, h.status.Frames = h.now(), s.line.Frames()
	if !s.heard.IsZero() {
		h.status.LastData = s.heard
	}
	h.feed.Status(h.status)
}
