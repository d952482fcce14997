package zvt

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"showroom/devices"
)

// Transport is how messages travel.
type Transport string

// The transports.
const (
	Serial Transport = "serial" // framed, acknowledged, repeated
	TCP    Transport = "tcp"    // bare; the terminal listens on port 20007
)

// Timers are the protocol's. A zero one is the protocol's own value.
type Timers struct {
	T1 time.Duration // longest pause inside a frame: 200 ms
	T2 time.Duration // for the acknowledgement of a frame: 5 s
	T3 time.Duration // for the answer to a command: 5 s
	T4 time.Duration // for the next message while a command is carried out: 180 s
	// Minute is the minute by which a terminal asks for a longer T4.
	Minute time.Duration
}

// leastT1 is what T1 never falls below: the pauses an operating system makes do not go with the clock of a test.
const leastT1 = 20 * time.Millisecond

// Faster are the timers as if n times as fast, for tests.
func (t Timers) Faster(n int) Timers {
	t = t.withDefaults()
	by := time.Duration(n)
	return Timers{T1: max(t.T1/by, min(t.T1, leastT1)), T2: t.T2 / by, T3: t.T3 / by, T4: t.T4 / by, Minute: t.Minute / by}
}

func (t Timers) withDefaults() Timers {
	set := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	set(&t.T1, 200*time.Millisecond)
	set(&t.T2, 5*time.Second)
	set(&t.T3, 5*time.Second)
	set(&t.T4, 180*time.Second)
	set(&t.Minute, time.Minute)
	return t
}

// What a Line answers when nothing comes, besides its port's own errors.
var (
	ErrTimeout = errors.New("no answer")          // nothing has come in time
	ErrWoken   = errors.New("woken")              // wake was closed or sent to
	ErrUntaken = errors.New("not taken")          // the other side has said each time that it has not got the frame
	ErrSilence = errors.New("no acknowledgement") // nobody has said whether the frame came
)

// repeats is how often a frame is sent again.
const repeats = 2

// Line carries messages over a port, for either side: it frames, acknowledges and repeats on a serial line, and takes TCP in any
// pieces. One goroutine uses it; Close joins the one that reads.
type Line struct {
	rw     io.ReadWriter
	framed bool
	timers Timers

	// chunks is what has been read, unbuffered: while nobody asks, the port keeps it. It is closed after fault is set.
	chunks chan []byte
	fault  error
	done   chan struct{} // closed by Close
	reader sync.WaitGroup

	dec    Decoder
	stream Stream
	inbox  []APDU
	said   Event     // the last Taken or Damaged nobody has asked for; else None
	heard  time.Time // the last byte
	// last is the frame last taken, as long as the other side can not be known to know: it may send it again.
	last   string
	lastAt time.Time
}

// NewLine begins to read rw. Its Read must come back every now and then with (0, nil) when nothing arrives, as link.Port does.
func NewLine(rw io.ReadWriter, how Transport, timers Timers) *Line {
	l := &Line{rw: rw, framed: how == Serial, timers: timers.withDefaults(), chunks: make(chan []byte), done: make(chan struct{})}
	l.reader.Go(l.read)
	return l
}

// Close ends the reading, at the latest when Read next comes back. It does not close the port.
func (l *Line) Close() {
	close(l.done)
	l.reader.Wait()
}

func (l *Line) read() {
	defer close(l.chunks)
	buf := make([]byte, 1024)
	for {
		n, err := l.rw.Read(buf)
		if n > 0 {
			select {
			case l.chunks <- append([]byte(nil), buf[:n]...):
			case <-l.done:
				return
			}
		}
		if err != nil {
			l.fault = err
			return
		}
		select {
		case <-l.done:
			return
		default:
		}
	}
}

// Frames counts what has come.
func (l *Line) Frames() devices.Frames {
	s := l.dec.Stats()
	if !l.framed {
		s = l.stream.Stats()
	}
	return devices.Frames{Good: s.Good, Bad: s.Bad, Skipped: s.Skipped}
}

// Receive is the next message. When nothing comes within the time it is ErrTimeout; when wake is closed or sent to, ErrWoken, and
// a nil wake never is; when ctx ends, its error; and the port's own when that fails.
func (l *Line) Receive(ctx context.Context, within time.Duration, wake <-chan struct{}) (APDU, error) {
	until := time.Now().Add(within)
	for len(l.inbox) == 0 {
		if err := l.wait(ctx, until, wake); err != nil {
			return APDU{}, err
		}
		l.said = None // it belongs to nothing that was asked
	}
	a := l.inbox[0]
	l.inbox = l.inbox[1:]
	return a, nil
}

// unread puts a message back, to be received first.
func (l *Line) unread(a APDU) { l.inbox = append([]APDU{a}, l.inbox...) }

// Send sends a message; over a serial line it is taken when Send returns nil. ErrUntaken means that the other side has certainly
// not understood it; any other error that it may have.
func (l *Line) Send(ctx context.Context, a APDU) error {
	if !l.framed {
		_, err := l.rw.Write(a.Append(nil))
		return err
	}
	frame := AppendFrame(nil, a)
	refused := 0
	for range 1 + repeats {
		l.said = None
		if _, err := l.rw.Write(frame); err != nil {
			return err
		}
		switch err := l.acknowledged(ctx, a.Code); {
		case err == nil:
			return nil
		case errors.Is(err, ErrUntaken):
			refused++
		case !errors.Is(err, ErrTimeout):
			return err
		}
	}
	if refused == 1+repeats {
		return ErrUntaken
	}
	return ErrSilence
}

// acknowledged waits for the word that the frame of this code came. The answer to a command says as much, and whatever follows an
// answer.
func (l *Line) acknowledged(ctx context.Context, sent Code) error {
	until := time.Now().Add(l.timers.T2)
	waiting := len(l.inbox)
	for {
		if err := l.wait(ctx, until, nil); err != nil {
			return err
		}
		for _, a := range l.inbox[waiting:] {
			if isAnswer(a.Code) != isAnswer(sent) {
				return nil
			}
		}
		waiting = len(l.inbox)
		switch l.said {
		case Taken:
			return nil
		case Damaged:
			return ErrUntaken
		}
	}
}

// isAnswer says whether a message answers another and is itself not answered.
func isAnswer(c Code) bool { return c.Class() == 0x80 || c.Class() == 0x84 }

// wait waits for bytes, once.
func (l *Line) wait(ctx context.Context, until time.Time, wake <-chan struct{}) error {
	pause := false
	if l.framed && l.dec.Waiting() {
		if end := l.heard.Add(l.timers.T1); end.Before(until) {
			until, pause = end, true
		}
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case p, ok := <-l.chunks:
		if !ok {
			return l.fault
		}
		return l.feed(p)
	case <-timer.C:
		if !pause {
			return ErrTimeout
		}
		if l.dec.Idle() {
			return l.answer(nak)
		}
		return nil
	case <-wake:
		return ErrWoken
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Line) feed(p []byte) error {
	l.heard = time.Now()
	if !l.framed {
		l.stream.Feed(p)
		for a, ok := l.stream.Next(); ok; a, ok = l.stream.Next() {
			l.inbox = append(l.inbox, a)
		}
		return nil
	}
	l.dec.Feed(p)
	for a, event := l.dec.Next(); event != None; a, event = l.dec.Next() {
		var err error
		switch event {
		case Taken:
			l.said = event
			l.last = "" // who has what we said later knows that its frame was taken, and what follows is new
		case Damaged:
			l.said = event
		case Broken:
			err = l.answer(nak)
		case Garbled:
			err = l.answer(ack)
		case Frame:
			err = l.take(a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// take acknowledges a frame and drops it if it is the last one again: its acknowledgement was lost.
func (l *Line) take(a APDU) error {
	if err := l.answer(ack); err != nil {
		return err
	}
	frame := string(a.Append(nil))
	if frame == l.last && l.heard.Sub(l.lastAt) < 2*l.timers.T2 {
		return nil
	}
	l.last, l.lastAt = frame, l.heard
	l.inbox = append(l.inbox, a)
	return nil
}

func (l *Line) answer(b byte) error {
	_, err := l.rw.Write([]byte{b})
	return err
}
