package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// chunk is how many bytes are written before XOFF is looked at again. Printers say it with more than that to spare.
const chunk = 64

// muteAfter questions without an answer a printer is mute.
const muteAfter = 3

// conversation is what is said over one line.
type conversation struct {
	p    *Printer
	port io.ReadWriter
	feed Feed

	// answers holds answers to DLE EOT, confirmed those to GS r. Both are small and what does not fit is dropped: questions are asked
	// one at a time, and what came before one is thrown away.
	answers, confirmed chan byte

	mu   sync.Mutex
	held bool          // XOFF
	flow chan struct{} // closed and made anew when held changes

	state State
	heard time.Time // the last answer
	mute  int       // questions in a row without one
}

func newConversation(p *Printer, port io.ReadWriter, feed Feed) *conversation {
	return &conversation{p: p, port: port, feed: feed, answers: make(chan byte, 8), confirmed: make(chan byte, 8), flow: make(chan struct{}), state: State{Connected: true}}
}

// listen sorts what the printer says until ctx ends or the line fails.
func (c *conversation) listen(ctx context.Context) error {
	buf := make([]byte, 64)
	for ctx.Err() == nil {
		n, err := c.port.Read(buf)
		if err != nil {
			return err
		}
		for _, b := range buf[:n] {
			switch {
			case b == xon || b == xoff:
				c.hold(b == xoff)
			case b&answerMask == answerBits:
				offer(c.answers, b)
			case b&confirmMask == confirmBits:
				offer(c.confirmed, b)
			}
		}
	}
	return ctx.Err()
}

func offer(to chan<- byte, b byte) {
	select {
	case to <- b:
	default:
	}
}

func (c *conversation) hold(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held != held {
		c.held = held
		close(c.flow)
		c.flow = make(chan struct{})
	}
}

// inside is how many times AskEvery a printer that holds us back in the middle of a command is left alone: some take a question there
// for a part of the picture. One that has no paper for that long must be asked all the same, or nobody would know.
const inside = 5

// clear waits until the printer takes bytes, and asks it meanwhile how it is: it may have no paper. One that says that it is well and
// holds us back all the same has lost its XON. between says that no command is half sent.
func (c *conversation) clear(ctx context.Context, between bool) error {
	began := c.p.o.Now()
	well := began
	for {
		c.mu.Lock()
		held, flow := c.held, c.flow
		c.mu.Unlock()
		if !held {
			return ctx.Err()
		}
		if c.p.o.Now().Sub(well) > c.p.o.ConfirmWithin {
			return errors.New("it holds the line and does not say why")
		}
		if err := c.pause(ctx, flow); err != nil {
			return err
		}
		if !between && c.p.o.Now().Sub(began) < inside*c.p.o.AskEvery {
			continue
		}
		if err := c.ask(ctx); err != nil {
			return err
		}
		if c.state.ready(c.p.o.Model.Speaks) != nil {
			well = c.p.o.Now()
		}
	}
}

func (c *conversation) write(ctx context.Context, s sheet) error {
	ends, between := s.ends, true
	for at := 0; at < len(s.bytes); {
		if err := c.clear(ctx, between); err != nil {
			return err
		}
		to := min(at+chunk, len(s.bytes))
		for len(ends) > 0 && ends[0] <= at {
			ends = ends[1:]
		}
		if len(ends) > 0 {
			to = min(to, ends[0])
		}
		n, err := c.port.Write(s.bytes[at:to])
		if err != nil {
			return err
		}
		at += n
		between = len(ends) > 0 && at == ends[0]
	}
	return nil
}

// serve asks and prints until ctx ends or the line fails.
func (c *conversation) serve(ctx context.Context) error {
	c.p.become(c.feed, c.state, c.heard)
	for {
		if err := c.ask(ctx); err != nil {
			return err
		}
		for j := c.p.begin(); j != nil; j = c.p.begin() {
			err := c.print(ctx, j)
			c.p.finish(j, err)
			if err == nil {
				err = c.ask(ctx)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil && c.state.ready(c.p.o.Model.Speaks) == nil {
				return err // it says it is ready and does not print, or the line is broken: begin anew
			}
		}
		c.p.mu.Lock()
		woken, waiting := c.p.woken, len(c.p.queue) > 0 && c.p.state.ready(c.p.o.Model.Speaks) == nil
		c.p.mu.Unlock()
		if waiting {
			continue
		}
		if err := c.pause(ctx, woken); err != nil {
			return err
		}
	}
}

// pause waits until it is time to ask again, or something is to be done.
func (c *conversation) pause(ctx context.Context, woken <-chan struct{}) error {
	t := time.NewTimer(c.p.o.AskEvery)
	defer t.Stop()
	select {
	case <-t.C:
	case <-woken:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// ask has the printer say how it is, which it does even while it holds us back. No answer is no error.
func (c *conversation) ask(ctx context.Context) error {
	state, answered := c.state, false
	for n := 1; n <= questions; n++ {
		drain(c.answers)
		if _, err := c.port.Write([]byte{dle, 4, byte(n)}); err != nil {
			return err
		}
		answer, ok, err := await(ctx, c.answers, c.p.o.AnswerWithin)
		if err != nil {
			return err
		}
		if !ok {
			break // one that does not answer the first does not answer the others
		}
		state, answered = state.take(n, answer), true
		c.heard = c.p.o.Now()
	}
	c.mute++
	if answered {
		c.mute = 0
	}
	if c.mute >= muteAfter {
		state.Mute = true
	}
	c.state = state
	c.p.become(c.feed, state, c.heard)
	return nil
}

func drain(from <-chan byte) {
	for {
		select {
		case <-from:
		default:
			return
		}
	}
}

func await(ctx context.Context, from <-chan byte, within time.Duration) (byte, bool, error) {
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case b := <-from:
		return b, true, nil
	case <-t.C:
		return 0, false, nil
	case <-ctx.Done():
		return 0, false, ctx.Err()
	}
}

// print sends a job and waits until it is on paper. Its error is always ErrUncertain: what was sent is not taken back.
func (c *conversation) print(ctx context.Context, j *job) error {
	drain(c.confirmed)
	s := j.sheet
	if c.p.o.Model.Confirms {
		s.bytes = append(s.bytes[:len(s.bytes):len(s.bytes)], gs, 'r', 1)
	}
	if err := c.write(ctx, s); err != nil {
		return fmt.Errorf("%w: %w", ErrUncertain, c.cause(ctx, err))
	}
	patience, looked := c.p.o.Now(), c.p.o.Now()
	takes := time.Duration(s.rows) * time.Second / time.Duration(c.p.o.Speed)
	for {
		if err := c.ask(ctx); err != nil {
			return fmt.Errorf("%w: %w", ErrUncertain, c.cause(ctx, err))
		}
		ready, now := c.state.ready(c.p.o.Model.Speaks) == nil, c.p.o.Now()
		if ready {
			takes -= now.Sub(looked)
		}
		looked = now
		if !c.p.o.Model.Confirms && ready && (takes <= 0 || c.state.Mute) {
			return nil // a mute one says nothing, however long it is watched
		}
		if !ready {
			patience = c.p.o.Now()
		}
		if c.p.o.Model.Confirms && now.Sub(patience) > c.p.o.ConfirmWithin {
			return fmt.Errorf("%w: it does not say that it is done", ErrUncertain)
		}
		_, done, err := await(ctx, c.confirmed, c.p.o.AskEvery)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUncertain, c.cause(ctx, err))
		}
		if done {
			return nil
		}
	}
}

// cause is why the line ended, where the other goroutine knows it better.
func (c *conversation) cause(ctx context.Context, err error) error {
	if why := context.Cause(ctx); why != nil {
		return why
	}
	return err
}
