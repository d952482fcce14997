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
	var mu sync.Mutex // guards said: the supervisors below call the same hook, each from its own goroutine
	said := map[string]string{}
	news := func(service, text string) bool {
		mu.Lock()
		defer mu.Unlock()
		old := said[service]
		said[service] = text
		return old != text
	}
	return suture.Spec{
		EventHook: func(e suture.Event) {
			switch e := e.(type) {
			case suture.EventServiceTerminate:
				// A cable that stays pulled is told once, not every second.
				if text := fmt.Sprint(e.Err); news(e.ServiceName, text) {
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

// advice is what a person can do about a service's error, "" when nobody knows.
func advice(cause any) string {
	err, ok := cause.(error)
	if wrong := (*devices.Error)(nil); ok && errors.As(err, &wrong) {
		return wrong.Hint
	}
	return ""
}
