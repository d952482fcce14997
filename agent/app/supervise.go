package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/thejerf/suture/v4"

	"showroom/devices"
)

// service gives a Run function a name. A deadline of somebody else's must not look like being told to stop, so foreign context
// errors are made plain.
type service struct {
	name string
	run  func(context.Context) error
	log  *slog.Logger
	// once: it can not be started a second time, since what it listens on is gone. The agent ends with it.
	once bool
}

func (s service) String() string { return s.name }

// Serve runs the service once.
func (s service) Serve(ctx context.Context) error {
	err := s.run(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		err = errors.New(err.Error())
	}
	if err == nil {
		err = errors.New("ended without being asked")
	}
	if s.once {
		return fmt.Errorf("%s: %w; %w", s.name, err, suture.ErrTerminateSupervisorTree)
	}
	return err
}

// ground is the floor of everything that is no device.
const ground = "agent"

// spec restarts a failing service after a second, over and over: a shop has nobody to restart it by hand. A panic ends the process;
// the service manager starts it anew from what is stored.
func (a *agent) spec(name string) suture.Spec {
	var ends endings // the supervisors below call the same hook, each from its own goroutine
	return suture.Spec{
		EventHook: func(e suture.Event) {
			switch e := e.(type) {
			case suture.EventServiceTerminate:
				if text := fmt.Sprint(e.Err); ends.news(e.ServiceName, text, time.Now()) {
					tell := a.log.Warn
					if name != ground {
						tell = a.log.Debug // what it means for the device is told by watch
					}
					tell("Service stopped and is started again", "floor", name, "service", e.ServiceName, "err", text, "advice", advice(e.Err))
				}
			case suture.EventStopTimeout:
				a.log.Error("Service does not stop", "floor", name, "service", e.ServiceName)
			}
		},
		FailureThreshold:  1,
		FailureBackoff:    time.Second,
		FailureDecay:      5,
		Timeout:           10 * time.Second,
		PassThroughPanics: true,
	}
}

// endings are how services have ended last. Safe for concurrent use.
type endings struct {
	mu   sync.Mutex // guards last
	last map[string]ending
}

type ending struct {
	text string
	at   time.Time
}

// ranWell is how long a service has run since it ended last, to be told again when it ends in the same way: longer than anything waits
// for an answer that does not come.
const ranWell = 5 * time.Minute

// news notes how a service has ended and says whether to tell it. A cable that stays pulled is told once, not every second; one that is
// pulled again the next day is told again.
func (e *endings) news(service, text string, at time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	before, known := e.last[service]
	if e.last == nil {
		e.last = make(map[string]ending)
	}
	e.last[service] = ending{text, at}
	return !known || before.text != text || at.Sub(before.at) > ranWell
}

// advice is what a person can do about a service's error, "" when nobody knows.
func advice(cause any) string {
	err, ok := cause.(error)
	if wrong := (*devices.Error)(nil); ok && errors.As(err, &wrong) {
		return wrong.Hint
	}
	return ""
}
