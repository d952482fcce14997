package okc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Feed takes how the device is. Status replaces what is known of it; it is never lost and does not block.
type Feed interface{ Status(devices.Status) }

// Options are what a Line and its Settler need to know. Device is required; all times have defaults.
type Options struct {
	Device showroom.DeviceID
	// AnswerWithin is how long the device has to answer what moves no money, and to take a basket; 0 means 5 s.
	AnswerWithin time.Duration
	// QuietFor is how long it may say nothing while it is busy with a basket; 0 means 30 s.
	QuietFor time.Duration
	// Longest is how long a basket, or the undoing of one, may take in all; 0 means 5 min.
	Longest time.Duration
	// Heartbeat is how often an idle device is asked how it is; 0 means 5 s.
	Heartbeat time.Duration
	// SilentAfter is after how long without a frame the device counts as silent; 0 means 15 s.
	SilentAfter time.Duration
	// ClockSlack is how far the device's clock may be off ours where they are compared; 0 means 10 min.
	ClockSlack time.Duration
	// Before answers the settlements of this device that were begun before one, the newest first; nil means that nobody knows. A device
	// that knows the last of them has forgotten none since, whatever its clock says. While it can not say, nothing is taken for never heard.
	Before func(showroom.Settlement) ([]showroom.Settlement, error)
	// Language is that of the names on slips; empty means Turkish.
	Language string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		set  *time.Duration
		dflt time.Duration
	}{
		{&o.AnswerWithin, 5 * time.Second}, {&o.QuietFor, 30 * time.Second}, {&o.Longest, 5 * time.Minute},
		{&o.Heartbeat, 5 * time.Second}, {&o.SilentAfter, 15 * time.Second}, {&o.ClockSlack, 10 * time.Minute},
	} {
		if *d.set <= 0 {
			*d.set = d.dflt
		}
	}
	if o.Language == "" {
		o.Language = "tr"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Line is the device at the end of a wire. It outlives its connections: Run serves one after the other, and while there is none
// everything answers ErrNotSent.
type Line struct {
	o Options

	mu   sync.Mutex // guards the rest
	conn *conn      // nil while nobody serves
	// last is how the device was when the newest connection ended.
	last devices.Status
}

// NewLine makes a Line.
func NewLine(o Options) *Line { return &Line{o: o.withDefaults()} }

// conn is one connection, as those who ask see it. The goroutine of Run owns the wire.
type conn struct {
	// out takes what is to be sent. It has no room: whoever has put something in knows that it may have been heard.
	out chan demand
	// broken ends the connection. It has room for one reason; who finds it full need not tell another.
	broken chan error
	gone   chan struct{} // closed when the connection has ended

	mu      sync.Mutex // guards the rest
	seq     uint32
	waiting map[uint32]chan Answer
}

// demand is a frame to be sent.
type demand struct {
	seq  uint32
	body []byte
}

// babble is how many answers to one request may wait to be looked at. A device that says more ends its connection.
const babble = 64

// Run speaks with the device over one connection until ctx ends, the connection fails or the device stops answering in the middle of
// something, and returns why; the last Status is then Down, or Silent where the device did not answer. It stays Silent over all
// connections until it says something. rw.Read must come back every now and then with (0, nil) when nothing arrives, as link.Port does.
// Run may be called again for the next connection, one at a time.
func (l *Line) Run(ctx context.Context, rw io.ReadWriter, feed Feed) error {
	c := &conn{out: make(chan demand), broken: make(chan error, 1), gone: make(chan struct{}), waiting: map[uint32]chan Answer{}}
	w := newWatch(l.o, c, rw, feed, l.serve(c))
	err := w.loop(ctx)
	l.serve(nil)
	close(c.gone)
	err = w.end(ctx, err)
	l.remember(w.status)
	return err
}

// serve has a connection be the one that is used, and answers how the device was when the last one ended.
func (l *Line) serve(c *conn) devices.Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = c
	return l.last
}

func (l *Line) remember(s devices.Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = s
}

func (l *Line) current() *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn
}

// dialogue is one request and what is answered to it.
type dialogue struct {
	conn *conn
	seq  uint32
	in   chan Answer // capacity babble
}

// open sends a request. Its error wraps ErrNotSent.
func (l *Line) open(ctx context.Context, r Request) (*dialogue, error) {
	c := l.current()
	if c == nil {
		return nil, &devices.Error{Op: "ask", Device: l.o.Device, Err: ErrNotSent, Hint: "The fiscal device is not connected. Check its cable and power."}
	}
	body, err := json.Marshal(r)
	if err != nil || len(body)+head > MaxFrame {
		return nil, fmt.Errorf("write request %s: %w", r.Ask, errors.Join(ErrNotSent, err))
	}
	d := c.register()
	select {
	case c.out <- demand{d.seq, body}:
		return d, nil
	case <-c.gone:
		err = errors.New("connection lost")
	case <-ctx.Done():
		err = ctx.Err()
	}
	d.close()
	return nil, fmt.Errorf("send request %s: %w", r.Ask, errors.Join(ErrNotSent, err))
}

func (c *conn) register() *dialogue {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	d := &dialogue{conn: c, seq: c.seq, in: make(chan Answer, babble)}
	c.waiting[d.seq] = d.in
	return d
}

func (d *dialogue) close() {
	d.conn.mu.Lock()
	defer d.conn.mu.Unlock()
	delete(d.conn.waiting, d.seq)
}

// idle says that nobody waits for anything.
func (c *conn) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting) == 0
}

// hand gives an answer to whoever waits for it; false says that nobody does.
func (c *conn) hand(seq uint32, a Answer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	in, ok := c.waiting[seq]
	if !ok {
		return false
	}
	select {
	case in <- a:
	default:
		c.fail(errors.New("the device says more than anybody can hear"))
	}
	return true
}

// fail ends the connection: what is late now must not be taken for an answer to something else.
func (c *conn) fail(err error) {
	select {
	case c.broken <- err:
	default:
	}
}

// errStop says that somebody wants the device to give up.
var errStop = errors.New("stop wanted")

// next is the next answer. Its errors are errStop, and else wrap ErrNoAnswer; the connection has then ended or is about to.
func (d *dialogue) next(ctx context.Context, within time.Duration, stop <-chan struct{}) (Answer, error) {
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case a := <-d.in:
		return a, nil
	case <-stop:
		return Answer{}, errStop
	case <-d.conn.gone:
		select { // what came with the last bytes counts
		case a := <-d.in:
			return a, nil
		default:
			return Answer{}, fmt.Errorf("wait for the device: %w: connection lost", ErrNoAnswer)
		}
	case <-late.C:
		d.conn.fail(fmt.Errorf("%w in %v", ErrNoAnswer, within))
		return Answer{}, fmt.Errorf("wait for the device: %w in %v", ErrNoAnswer, within)
	case <-ctx.Done():
		return Answer{}, fmt.Errorf("wait for the device: %w: %w", ErrNoAnswer, ctx.Err())
	}
}
