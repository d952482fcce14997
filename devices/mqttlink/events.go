package mqttlink

import (
	"context"
	"errors"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"showroom/devices"
)

// ErrBehind is why a connection for events ends whose receiver does not keep up. Nothing is lost: what was not acknowledged comes again.
var ErrBehind = errors.New("events come faster than they are taken")

// DialEvents connects for events, which unlike samples must not be lost. The broker keeps the session of ClientID while nobody is
// connected, as long as it is set up to, and with it what is published with QoS 1 or 2 under filter meanwhile; the ClientID must
// therefore stay the same over restarts and be used for nothing else. Each event is acknowledged by its receiver, in any order.
//
// The channel's capacity is Options.Queue. When it is full the connection ends with ErrBehind, and what was not acknowledged comes
// again at the next one. It closes when the connection is lost or the Client is closed.
//
// It is for a broker beside the agent. The embedded one forgets sessions now and then, and has no need of them: it takes an event
// before it acknowledges it, see broker.Options.
func DialEvents(ctx context.Context, o Options, filter string) (*Client, <-chan devices.Delivery, error) {
	o = o.withDefaults()
	o.KeepAlive = min(o.KeepAlive, time.Minute)
	e := &events{queue: make(chan devices.Delivery, o.Queue)}
	c, err := dial(ctx, o, e)
	if err != nil {
		return nil, nil, err
	}
	// What the broker has kept may come before the subscription is answered, so the route stood before the connection did.
	if err := c.wait(ctx, c.paho.Subscribe(filter, 1, nil)); err != nil {
		_ = c.Close()
		return nil, nil, &devices.Error{Op: "subscribe to " + filter, Err: err}
	}
	return c, e.queue, nil
}

// events is the one subscription of a Client that keeps its session.
type events struct {
	mu    sync.Mutex // guards done, and sends on queue against its closing
	done  bool
	queue chan devices.Delivery
}

// take gets every message of the connection. It must not wait.
func (e *events) take(c *Client, m mqtt.Message) {
	msg := devices.Message{Topic: m.Topic(), Payload: m.Payload(), Retained: m.Retained(), At: c.options.Now()}
	if c.options.Tap != nil {
		c.options.Tap(msg)
	}
	if !e.put(devices.Delivery{Message: msg, Acknowledge: m.Ack}) {
		c.dropped.Add(1)
		c.hangUpFor(ErrBehind)
	}
}

// put answers false when the queue is full.
func (e *events) put(d devices.Delivery) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done {
		return true // the broker still has it
	}
	select {
	case e.queue <- d:
		return true
	default:
		return false
	}
}

func (e *events) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.done {
		e.done = true
		close(e.queue)
	}
}
