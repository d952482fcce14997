package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Feed takes what a Printer says of itself. Status may be called from any goroutine and does not block.
type Feed interface {
	Status(devices.Status)
}

// Options are what a Printer needs to know. Device and Model are required. Times are as they are for real printers; tests shorten them.
type Options struct {
	Device showroom.DeviceID
	Model  Model
	Width  int // letters in a line; 0 means 48
	// AskEvery is how often it is asked how it is; 0 means 1 s. AnswerWithin is how long an answer may take; 0 means 500 ms.
	AskEvery, AnswerWithin time.Duration
	// ConfirmWithin is how long a printer that is ready may take to say that it has printed; 0 means 20 s.
	ConfirmWithin time.Duration
	// Speed is how many rows of dots it prints in a second, at least; 0 means 800, which is 100 mm. A printer that does not say when it has
	// printed is watched for as long as that takes.
	Speed int
	// Torn: a slip that somebody before has begun may hang in the printer, unfinished.
	Torn bool
	Now  func() time.Time // nil means time.Now
}

// Job is one slip to print. Its ID is the caller's: whatever happens, a job is printed once under it.
type Job struct {
	ID     string
	Slip   showroom.Slip
	Drawer bool // open the drawer first
}

// kept is how many jobs are remembered, so that none is printed twice.
const kept = 256

// Printer is one printer for as long as the program lives; its lines come and go. All methods may be called from any goroutine.
type Printer struct {
	o Options

	mu    sync.Mutex
	state State
	jobs  map[string]*job
	order []string      // of jobs, the oldest first
	queue []*job        // not begun
	woken chan struct{} // closed and made anew when queue or state change
	torn  bool          // what was begun last may hang in the printer, unfinished
}

// job is a Job and what became of it. begun, ended and err are guarded by the printer's mutex until done is closed.
type job struct {
	id    string
	sheet sheet
	begun bool
	done  chan struct{} // closed when it is over
	err   error
}

// New makes a Printer.
func New(o Options) *Printer {
	for _, d := range []struct {
		of   *time.Duration
		want time.Duration
	}{{&o.AskEvery, time.Second}, {&o.AnswerWithin, 500 * time.Millisecond}, {&o.ConfirmWithin, 20 * time.Second}} {
		if *d.of <= 0 {
			*d.of = d.want
		}
	}
	if o.Width <= 0 {
		o.Width = 48
	}
	if o.Speed <= 0 {
		o.Speed = 800
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Printer{o: o, jobs: map[string]*job{}, woken: make(chan struct{}), torn: o.Torn}
}

// State is what the printer said last.
func (p *Printer) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Print prints a job and waits until it is on paper, as far as the model can tell. While there is no paper or no printer the job waits;
// when ctx ends before it was begun it is withdrawn, and the error wraps why it could not be. One that was begun is never sent
// again: if its end is not known the error wraps ErrUncertain. Asked for a job again, Print answers what became of it; one that was
// withdrawn is new. The errors are *devices.Error; one about the slip itself wraps neither.
func (p *Printer) Print(ctx context.Context, j Job) error {
	known, err := p.enqueue(j)
	if err != nil {
		return &devices.Error{Op: "print", Device: p.o.Device, Err: err}
	}
	select {
	case <-known.done:
		return known.err
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-known.done:
		return known.err
	default:
	}
	why := p.state.ready(p.o.Model.Speaks)
	if why == nil {
		why = ctx.Err()
	}
	if known.begun {
		why = fmt.Errorf("%w: %w", ErrUncertain, why)
	} else {
		p.withdraw(known)
	}
	return p.fail(why)
}

func (p *Printer) fail(why error) error {
	_, _, advice := p.state.status(p.o.Model.Speaks)
	return &devices.Error{Op: "print", Device: p.o.Device, Err: why, Hint: advice}
}

// enqueue answers the job of this id, new or old.
func (p *Printer) enqueue(j Job) (*job, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.jobs[j.ID]; known != nil {
		return known, nil
	}
	body, err := encode(p.o.Model, p.o.Width, j.Slip, j.Drawer)
	if err != nil {
		return nil, err
	}
	added := &job{id: j.ID, sheet: body, done: make(chan struct{})}
	p.jobs[j.ID] = added
	p.order = append(p.order, j.ID)
	for i := 0; len(p.order) > kept && i < len(p.order); {
		old := p.jobs[p.order[i]]
		select {
		case <-old.done:
			delete(p.jobs, old.id)
			p.order = append(p.order[:i], p.order[i+1:]...)
		default:
			i++
		}
	}
	p.queue = append(p.queue, added)
	p.wake()
	return added, nil
}

// withdraw forgets a job that was not begun. Others who wait for it learn it, too.
func (p *Printer) withdraw(j *job) {
	j.err = p.fail(p.notBegun())
	close(j.done)
	delete(p.jobs, j.id)
	p.order = without(p.order, j.id)
	kept := p.queue[:0]
	for _, q := range p.queue {
		if q != j {
			kept = append(kept, q)
		}
	}
	p.queue = kept
}

func (p *Printer) notBegun() error {
	if why := p.state.ready(p.o.Model.Speaks); why != nil {
		return why
	}
	return context.Canceled
}

func without(list []string, id string) []string {
	kept := list[:0]
	for _, s := range list {
		if s != id {
			kept = append(kept, s)
		}
	}
	return kept
}

func (p *Printer) wake() {
	close(p.woken)
	p.woken = make(chan struct{})
}

// begin takes the next job if the printer is ready.
func (p *Printer) begin() *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 || p.state.ready(p.o.Model.Speaks) != nil {
		return nil
	}
	j := p.queue[0]
	p.queue = p.queue[1:]
	j.begun = true
	if p.torn {
		m := mend(p.o.Model, p.o.Width)
		j.sheet.bytes = append(m, j.sheet.bytes...)
		for i := range j.sheet.ends {
			j.sheet.ends[i] += len(m)
		}
	}
	p.torn = true
	return j
}

func (p *Printer) finish(j *job, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		err = p.fail(err)
	}
	p.torn = err != nil
	j.err, j.sheet = err, sheet{}
	close(j.done)
}

// become keeps a state and tells the feed when it means something else.
func (p *Printer) become(feed Feed, s State, heard time.Time) {
	p.mu.Lock()
	before := p.state
	p.state = s
	if s != before {
		p.wake()
	}
	p.mu.Unlock()
	if s == before {
		return
	}
	state, reason, advice := s.status(p.o.Model.Speaks)
	feed.Status(devices.Status{Device: p.o.Device, State: state, Reason: reason, Advice: advice, At: p.o.Now(), LastData: heard})
}

// Run owns a line until ctx ends or the line fails, and answers why; the last Status is then Down. A job that was begun on the line is
// over then, with ErrUncertain; others wait for the next line. port.Read must come back every now and then with (0, nil) when nothing
// arrives, as link.Port does. One Run at a time.
func (p *Printer) Run(ctx context.Context, port io.ReadWriter, feed Feed) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := newConversation(p, port, feed)
	var reading sync.WaitGroup
	reading.Go(func() { cancel(c.listen(inner)) })
	err := c.serve(inner)
	cancel(err)
	reading.Wait()
	if cause := context.Cause(inner); ctx.Err() == nil && cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	p.become(feed, State{}, c.heard)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &devices.Error{Op: "print", Device: p.o.Device, Err: err, Hint: "Check the printer's cable and power."}
}
