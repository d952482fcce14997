package mqttlink

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"showroom/devices"
)

// eventsPing is how long a connection for events may owe the answer to a ping: it stands behind all that the broker has sent before, and
// the receiver takes its time.
const eventsPing = 30 * time.Second

// DialEvents connects for events, which unlike samples must not be lost. The broker keeps the session of ClientID while nobody is
// connected, as long as it is set up to, and with it what is published with QoS 1 or 2 under filter meanwhile; the ClientID must
// therefore stay the same over restarts and be used for nothing else. How much a broker keeps is its own affair: Mosquitto drops what
// is beyond max_queued_messages, a thousand unless it is told otherwise.
//
// Each event is acknowledged by its receiver, in the order they came; one that is longer than [devices.MostMessage] comes cut. The channel's capacity is Options.Queue. While it is full nothing
// more is read, and the broker waits; Debian's Mosquitto sends far more than its max_inflight_messages. The channel closes when the
// connection is lost or the Client is closed; what was not acknowledged comes again at the next one. It must be emptied or the Client
// closed, or the loss of the connection is not noticed.
//
// It is for a broker beside the agent. The embedded one forgets sessions now and then, and has no need of them: it takes an event
// before it acknowledges it, see broker.Options.
func DialEvents(ctx context.Context, o Options, filter string) (*Client, <-chan devices.Delivery, error) {
	o = o.withDefaults()
	o.KeepAlive = min(o.KeepAlive, time.Minute)
	e := &events{
		queue: make(chan devices.Delivery, o.Queue), full: make(chan struct{}), over: make(chan struct{}), wake: make(chan struct{}, 1), told: make(chan struct{}),
	}
	c, err := dial(ctx, o, e)
	if err != nil {
		return nil, nil, err
	}
	go e.tell(c) // joined by Close
	if err := e.subscribe(ctx, c, filter); err != nil {
		_ = c.Close()
		return nil, nil, &devices.Error{Op: "subscribe to " + filter, Err: err}
	}
	return c, e.queue, nil
}

// subscribe waits for the broker's answer, but not behind what it has kept and sends first, for which there may be no room.
func (e *events) subscribe(ctx context.Context, c *Client, filter string) error {
	answered := c.paho.Subscribe(filter, 1, nil)
	select {
	case <-e.full:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.lost:
		return c.Err()
	case <-answered.Done():
	}
	if refused(answered, filter) {
		return ErrRefused
	}
	return answered.Error()
}

// events is the one subscription of a Client that keeps its session.
type events struct {
	mu    sync.Mutex // held while a message waits for its place in the queue, and guards done and late
	done  bool
	late  bool // full is closed
	queue chan devices.Delivery
	full  chan struct{} // closed when a message has waited for its place
	over  chan struct{} // closed by end: no message waits any more

	acks    sync.Mutex // guards waiting
	waiting []byte     // acknowledgements the broker has not been told yet, as they go over the wire

	wake    chan struct{} // capacity 1; when it is full tell looks anyway
	told    chan struct{} // closed when tell has ended
	telling sync.Mutex    // held while the broker is told, and guards free
	free    []byte
}

// among takes the messages out of what the broker sends.
func (e *events) among(c *Client, read inPieces) net.Conn {
	return &incoming{inPieces: read, take: func(topic string, payload []byte, missing int, retained bool, qos byte, id uint16) {
		d := devices.Delivery{
			Message:     devices.Message{Topic: topic, Payload: payload, Missing: missing, Retained: retained, At: c.options.Now()},
			Acknowledge: func() {},
		}
		if qos > 0 {
			d.Acknowledge = func() { e.acknowledge(id) }
		}
		if c.options.Tap != nil {
			c.options.Tap(d.Message)
		}
		e.put(d)
	}}
}

// put waits while the queue is full.
func (e *events) put(d devices.Delivery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done {
		return // the broker still has it
	}
	select {
	case e.queue <- d:
		return
	default:
	}
	if !e.late {
		e.late = true
		close(e.full)
	}
	select {
	case e.queue <- d:
	case <-e.over:
	}
}

// acknowledge has the broker told that it may forget an event. The library would write each acknowledgement by itself, by way of
// two goroutines; here those that come while a write is under way go out with the next.
func (e *events) acknowledge(id uint16) {
	const rest = 2 // bytes of an acknowledgement behind its head
	e.acks.Lock()
	e.waiting = binary.BigEndian.AppendUint16(append(e.waiting, packets.Puback<<4, rest), id)
	e.acks.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// tell tells the broker until the connection ends, and then what is left.
func (e *events) tell(c *Client) {
	defer close(e.told)
	for more := true; more; {
		select {
		case <-e.wake:
		case <-c.lost:
			more = false
		}
		if err := e.flush(c); err != nil {
			_ = c.socket().Close() // the library notices, and says so
			return
		}
	}
}

// flush tells the broker of all that has been acknowledged until now.
func (e *events) flush(c *Client) error {
	e.telling.Lock()
	defer e.telling.Unlock()
	e.acks.Lock()
	e.free, e.waiting = e.waiting, e.free[:0]
	e.acks.Unlock()
	if len(e.free) == 0 {
		return nil
	}
	_, err := c.socket().Write(e.free)
	return err
}

func (e *events) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.done {
		e.done = true
		close(e.queue)
	}
}

// socket is the connection itself.
func (c *Client) socket() net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn
}

// nothing is the library's memory of what is on its way, for a connection that is never taken up again: the broker's is enough.
type nothing struct{}

func (nothing) Open()                             {}
func (nothing) Put(string, packets.ControlPacket) {}
func (nothing) Get(string) packets.ControlPacket  { return nil }
func (nothing) All() []string                     { return nil }
func (nothing) Del(string)                        {}
func (nothing) Close()                            {}
func (nothing) Reset()                            {}
