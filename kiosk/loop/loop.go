// Package loop keeps a kiosk going: it owns the view.State, feeds it with what the agent says and the shopper does, shows it, and
// carries its commands out.
package loop

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"showroom/agent/localapi"
	"showroom/kiosk/agentclient"
	"showroom/kiosk/view"
)

// answerWithin is how long a shopper waits for the agent before being told that it did not answer. The command can be tried again
// then, under the same id.
const answerWithin = 20 * time.Second

// loadAgain is how long to wait after a load that failed. That the agent is lost is heard from the stream.
const loadAgain = time.Second

// Loop is one kiosk at work.
type Loop struct {
	client *agentclient.Client
	render func(view.State)
	log    *slog.Logger

	mu      sync.Mutex // guards mail
	mail    []view.Msg
	arrived chan struct{} // capacity 1: a hint that there is mail; when full the hint is there already
	stale   chan struct{} // capacity 1: a hint that the state has to be loaded; when full the hint is there already

	// These belong to the goroutine of Run.
	state view.State
	ids   map[view.Ticket]string // command ids, until the ticket is answered or dropped
}

// New makes a loop that begins with start. render is called on the goroutine of Run at every change, and must not block.
func New(c *agentclient.Client, start view.State, render func(view.State), log *slog.Logger) *Loop {
	return &Loop{client: c, state: start, render: render, log: log, arrived: make(chan struct{}, 1), stale: make(chan struct{}, 1),
		ids: map[view.Ticket]string{}}
}

// Send takes a message. It never blocks and may be called from any goroutine.
func (l *Loop) Send(m view.Msg) {
	l.mu.Lock()
	l.mail = append(l.mail, m)
	l.mu.Unlock()
	hint(l.arrived)
}

// Run works until ctx ends, waits for everything it started, and returns the error of ctx.
func (l *Loop) Run(ctx context.Context) error {
	var works sync.WaitGroup
	defer works.Wait()
	works.Go(func() { l.follow(ctx) })
	works.Go(func() { l.load(ctx) })

	l.render(l.state)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if due, ok := l.state.Deadline(time.Now()); ok {
			timer.Reset(max(time.Until(due), 10*time.Millisecond))
		} else {
			timer.Stop()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.arrived:
			l.mu.Lock()
			mail := l.mail
			l.mail = nil
			l.mu.Unlock()
			for _, m := range mail {
				l.take(ctx, m, &works)
			}
		case <-timer.C:
			l.take(ctx, view.Tick{}, &works)
		}
		l.render(l.state)
	}
}

func (l *Loop) take(ctx context.Context, m view.Msg, works *sync.WaitGroup) {
	next, commands := view.Reduce(l.state, m, time.Now())
	l.state = next
	for _, c := range commands {
		l.carryOut(ctx, c, works)
	}
	for t := range l.ids {
		if !pending(next, t) {
			delete(l.ids, t)
		}
	}
}

func pending(s view.State, t view.Ticket) bool {
	for _, p := range s.Pending {
		if p.Ticket == t {
			return true
		}
	}
	return false
}

// follow passes on what the stream says.
func (l *Loop) follow(ctx context.Context) {
	err := l.client.Follow(ctx, func(n agentclient.Notice) {
		switch n {
		case agentclient.Connected:
			l.log.Info("agent is heard")
			l.Send(view.Connected{})
			hint(l.stale)
		case agentclient.Changed:
			hint(l.stale)
		case agentclient.Lost:
			l.log.Warn("agent is lost")
			l.Send(view.Disconnected{})
		}
	})
	if !errors.Is(err, context.Canceled) {
		l.log.Error("stopped following the agent", "error", err)
	}
}

// load loads the state whenever it is stale, one load at a time, so that the last one is the newest.
func (l *Loop) load(ctx context.Context) {
	hint(l.stale)
	failed := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.stale:
		}
		k, err := l.client.Load(ctx)
		if err == nil {
			failed = false
			l.Send(view.StateLoaded{Kiosk: k})
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if !failed { // once; that it works again is seen on the screen
			failed = true
			l.log.Warn("state could not be loaded", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(loadAgain):
			hint(l.stale)
		}
	}
}

// carryOut starts a command; its answer comes back as a message.
func (l *Loop) carryOut(ctx context.Context, c view.Command, works *sync.WaitGroup) {
	switch c := c.(type) {
	case view.Reload:
		hint(l.stale)
	case view.Touch:
		works.Go(func() {
			if err := l.client.Touch(ctx); err != nil {
				l.log.Debug("touch did not arrive", "error", err)
			}
		})
	case view.SendRequest:
		id := l.id(c.Ticket)
		l.ask(ctx, works, c.Ticket, func(ctx context.Context) (view.CommandDone, error) {
			r, err := l.client.Request(ctx, localapi.RequestCommand{ID: id, GTIN: c.GTIN, For: c.For, Wait: c.Wait})
			return view.CommandDone{Request: &r}, err
		})
	case view.CancelRequest:
		id := l.id(c.Ticket)
		l.ask(ctx, works, c.Ticket, func(ctx context.Context) (view.CommandDone, error) {
			r, err := l.client.Cancel(ctx, id, c.Request)
			return view.CommandDone{Request: &r}, err
		})
	case view.SetLanguage:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (localapi.KioskState, error) {
			return l.client.Language(ctx, id, c.Language)
		})
	case view.CallAssociate:
		l.askState(ctx, works, c.Ticket, l.client.Call)
	case view.Transfer:
		id := l.id(c.Ticket)
		l.ask(ctx, works, c.Ticket, func(ctx context.Context) (view.CommandDone, error) {
			p, err := l.client.ToCheckout(ctx, id)
			return view.CommandDone{Parked: &p}, err
		})
	case view.PutScanAside:
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (localapi.KioskState, error) {
			return l.client.PutScanAside(ctx, id, c.Scan)
		})
	case view.EndVisit:
		end := l.client.Done
		if c.Forget {
			end = l.client.Forget
		}
		l.askState(ctx, works, c.Ticket, func(ctx context.Context, id string) (localapi.KioskState, error) {
			return end(ctx, id, c.Visit)
		})
	default:
		l.sell(ctx, c, works)
	}
}

// id answers the command id of a ticket: the same one however often it is tried.
func (l *Loop) id(t view.Ticket) string {
	if _, ok := l.ids[t]; !ok {
		l.ids[t] = agentclient.NewID()
	}
	return l.ids[t]
}

func (l *Loop) askState(ctx context.Context, works *sync.WaitGroup, t view.Ticket, call func(context.Context, string) (localapi.KioskState, error)) {
	id := l.id(t)
	l.ask(ctx, works, t, func(ctx context.Context) (view.CommandDone, error) {
		k, err := call(ctx, id)
		return view.CommandDone{Kiosk: &k}, err
	})
}

func (l *Loop) ask(ctx context.Context, works *sync.WaitGroup, t view.Ticket, call func(context.Context) (view.CommandDone, error)) {
	works.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		done, err := call(ctx)
		if err == nil {
			done.Ticket = t
			l.Send(done)
			return
		}
		failed := view.CommandFailed{Ticket: t}
		if problem, ok := errors.AsType[*localapi.Problem](err); ok {
			failed.Code = problem.Code
		}
		l.log.Warn("command failed", "code", failed.Code, "error", err)
		l.Send(failed)
	})
}

// hint leaves a hint on a channel of capacity 1.
func hint(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
