// Package mqttlink connects to an MQTT broker. It is the only package that knows the client library.
//
// A [Client] lives for one connection: it never reconnects, because the library's reconnection completes publishes that were
// never delivered and forgets their order. When [Client.Lost] closes, the supervisor makes the next Client, with a clean session,
// so no message of the time in between is delivered late.
//
// The library's handlers must never wait. Here they only put the message into the bounded channel of the subscription; what does
// not fit is dropped and counted. So a subscription is for samples and states. Events that must not be lost come over [DialEvents],
// where the broker keeps each until its receiver acknowledges it.
package mqttlink

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"showroom/devices"
)

// What callers branch on.
var (
	ErrLost   = errors.New("broker connection lost")
	ErrClosed = errors.New("client closed")
	// ErrRefused is what the broker answers to a subscription it does not allow. Many brokers allow it and deliver nothing instead.
	ErrRefused = errors.New("subscription refused")
)

const (
	defaultQueue     = 512
	defaultKeepAlive = 20 * time.Second
	connectTimeout   = 10 * time.Second
	pingTimeout      = 5 * time.Second
	writeTimeout     = 5 * time.Second
	goodbye          = 250      // milliseconds the library may take to say DISCONNECT
	piece            = 16 << 10 // bytes that are read at once
)

// Will is what the broker publishes when the connection breaks without a goodbye.
type Will struct {
	Topic    string
	Payload  []byte
	QoS      byte
	Retained bool
}

// Options say where to connect and as whom.
type Options struct {
	URL string // mqtt://host:port or mqtts://host:port
	// ClientID is what the broker knows this client by, store/device in the agent. A broker throws out the older of two clients with
	// the same id.
	ClientID string
	// Rivals is told how connections end and names a second client under the id; nil does without.
	Rivals   *Rivals
	Username string
	Password string
	TLS      *tls.Config // for mqtts; nil means the system's roots
	Will     *Will
	// KeepAlive is how often the connection is proved when nothing is said; 0 means 20 s.
	KeepAlive time.Duration
	// Queue is the capacity of each subscription's channel; 0 means 512. When it is full new messages are dropped and counted.
	Queue int
	// Tap is shown every message of a subscription as it arrives, also one that is dropped; nil means nobody. It must not block.
	Tap func(devices.Message)
	// Now is the clock that stamps messages; nil means time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.KeepAlive <= 0 {
		o.KeepAlive = defaultKeepAlive
	}
	if o.Queue <= 0 {
		o.Queue = defaultQueue
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Client is one connection to a broker. All methods are safe for concurrent use.
type Client struct {
	options Options
	paho    mqtt.Client
	lost    chan struct{}
	dropped atomic.Uint64
	events  *events // nil: samples, with a clean session

	mu    sync.Mutex // guards all below
	err   error      // why lost is closed
	began time.Time  // when the broker had let us in; zero before
	conn  net.Conn
	subs  []chan devices.Message
}

// Dial connects. It fails within ten seconds or when ctx ends, with a [*devices.Error].
func Dial(ctx context.Context, o Options) (*Client, error) { return dial(ctx, o.withDefaults(), nil) }

func dial(ctx context.Context, o Options, e *events) (*Client, error) {
	c := &Client{options: o, lost: make(chan struct{}), events: e}
	fail := func(err error, hint string) error {
		return &devices.Error{Op: "connect to broker " + redacted(o.URL), Err: err, Hint: hint}
	}
	broker, err := url.Parse(o.URL)
	if err != nil {
		return nil, fail(errors.New("not a URL"), "Write it as mqtt://host:1883 or mqtts://host:8883.")
	}
	if broker.Scheme != "mqtt" && broker.Scheme != "mqtts" {
		return nil, fail(fmt.Errorf("scheme %q", broker.Scheme), "Write it as mqtt://host:1883 or mqtts://host:8883.")
	}
	c.paho = mqtt.NewClient(c.pahoOptions(ctx, broker))
	if err := c.wait(ctx, c.paho.Connect()); err != nil {
		c.hangUp()
		if !errors.Is(err, ErrLost) { // else it was let in, and hung up on at once
			o.Rivals.refused(o.ClientID)
		}
		return nil, fail(err, "Check that the broker runs, its address, and the user and password.")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began = time.Now()
	return c, nil
}

func (c *Client) pahoOptions(ctx context.Context, broker *url.URL) *mqtt.ClientOptions {
	o := mqtt.NewClientOptions()
	o.AddBroker(c.options.URL)
	o.SetClientID(c.options.ClientID)
	o.SetUsername(c.options.Username)
	o.SetPassword(c.options.Password)
	o.SetProtocolVersion(4) // 3.1.1, so that a refusal is not tried again as 3.1
	o.SetCleanSession(true)
	o.SetAutoReconnect(false)
	o.SetConnectRetry(false)
	o.SetOrderMatters(true) // the handlers do not block, so order costs nothing
	o.SetKeepAlive(c.options.KeepAlive)
	o.SetPingTimeout(pingTimeout)
	o.SetWriteTimeout(writeTimeout)
	o.SetConnectTimeout(connectTimeout)
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) {
		conn, err := c.dial(ctx, broker)
		if err != nil {
			return nil, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.err != nil { // given up meanwhile, and nobody would hang up any more
			_ = conn.Close()
			return nil, c.err
		}
		c.conn = conn
		read := inPieces{conn, bufio.NewReaderSize(conn, piece)}
		if c.events != nil {
			return c.events.among(c, read), nil
		}
		return &read, nil
	})
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { c.lose(err) })
	// Without a handler the library does not even acknowledge what it has no route for.
	o.SetDefaultPublishHandler(func(mqtt.Client, mqtt.Message) { c.dropped.Add(1) })
	if c.events != nil {
		o.SetCleanSession(false)
		o.SetStore(nothing{})
		o.SetPingTimeout(eventsPing)
	}
	if w := c.options.Will; w != nil {
		o.SetBinaryWill(w.Topic, w.Payload, w.QoS, w.Retained)
	}
	return o
}

// dial opens the connection itself, so that the end of ctx stops it at once.
func (c *Client) dial(ctx context.Context, broker *url.URL) (net.Conn, error) {
	dialer := net.Dialer{Timeout: connectTimeout}
	host, port := broker.Hostname(), broker.Port()
	if broker.Scheme == "mqtt" {
		if port == "" {
			port = "1883"
		}
		return dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	}
	if port == "" {
		port = "8883"
	}
	secure := tls.Dialer{NetDialer: &dialer, Config: c.options.TLS}
	return secure.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
}

// Subscribe begins a subscription with QoS 1 and returns once the broker has agreed. The channel closes when the connection is
// lost or the Client is closed. Its capacity is Options.Queue; while it is full new messages are dropped and counted. Filters of
// one Client must not overlap, or a message may come twice.
func (c *Client) Subscribe(ctx context.Context, filter string) (<-chan devices.Message, error) {
	fail := func(err error) error { return &devices.Error{Op: "subscribe to " + filter, Err: err} }
	queue := make(chan devices.Message, c.options.Queue)
	c.mu.Lock()
	if c.err != nil {
		defer c.mu.Unlock()
		return nil, fail(c.err)
	}
	c.subs = append(c.subs, queue)
	c.mu.Unlock()

	if err := c.subscribe(ctx, filter, queue); err != nil {
		c.forget(queue)
		return nil, fail(err)
	}
	return queue, nil
}

// subscribe asks again when it is refused: the embedded broker takes a packet id of ours for one of its own, and refuses a subscription
// whose number one of its own messages on the way has. The next one has another number.
func (c *Client) subscribe(ctx context.Context, filter string, queue chan devices.Message) error {
	const again = 20 * time.Millisecond
	for range 3 {
		token := c.paho.Subscribe(filter, 1, func(_ mqtt.Client, m mqtt.Message) { c.deliver(queue, m) })
		if err := c.wait(ctx, token); err != nil {
			return err
		}
		if !refused(token, filter) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.lost:
			return c.Err()
		case <-time.After(again):
		}
	}
	return ErrRefused
}

func refused(answered mqtt.Token, filter string) bool {
	t, ok := answered.(*mqtt.SubscribeToken)
	return ok && t.Result()[filter] > 2
}

// Publish sends one message and waits until it has been written (QoS 0) or the broker has it (QoS 1 and 2). A nil error does not
// mean that anybody else has it.
func (c *Client) Publish(ctx context.Context, topic string, qos byte, retained bool, payload []byte) error {
	if c.events != nil { // what is said after an acknowledgement comes after it
		if err := c.events.flush(c); err != nil {
			return &devices.Error{Op: "publish to " + topic, Err: err}
		}
	}
	if err := c.wait(ctx, c.paho.Publish(topic, qos, retained, payload)); err != nil {
		return &devices.Error{Op: "publish to " + topic, Err: err}
	}
	return nil
}

// Lost closes when the connection is lost or closed.
func (c *Client) Lost() <-chan struct{} { return c.lost }

// Err is why Lost is closed, nil before: ErrClosed, or an error that wraps ErrLost, and ErrTakenOver where Options.Rivals knows it.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Dropped is how many messages did not fit their queue or came without a subscription.
func (c *Client) Dropped() uint64 { return c.dropped.Load() }

// Close says goodbye, so that the will is not published, and closes all subscriptions. It may be called more than once.
func (c *Client) Close() error {
	first := c.end(ErrClosed)
	if c.events != nil && first {
		select {
		case <-c.events.told:
		case <-time.After(goodbye * time.Millisecond): // the broker does not listen
		}
	}
	if first {
		c.paho.Disconnect(goodbye)
	}
	if c.events != nil {
		_ = c.socket().Close()
		<-c.events.told
	}
	return nil
}

var _ io.Closer = (*Client)(nil)

func (c *Client) deliver(queue chan devices.Message, m mqtt.Message) {
	msg := devices.Message{Topic: m.Topic(), Payload: m.Payload(), Retained: m.Retained(), At: c.options.Now()}
	if c.options.Tap != nil {
		c.options.Tap(msg)
	}
	c.mu.Lock() // end closes the queues
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	select {
	case queue <- msg:
	default:
		c.dropped.Add(1)
	}
}

// lose ends a connection that the broker, or the network, has ended.
func (c *Client) lose(cause error) {
	now := time.Now()
	c.mu.Lock()
	began := c.began
	c.mu.Unlock()
	if began.IsZero() {
		began = now
	}
	c.end(c.options.Rivals.lost(c.options.ClientID, began, now, fmt.Errorf("%w: %w", ErrLost, cause)))
}

// end closes everything that waits on the connection, once.
func (c *Client) end(why error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return false
	}
	c.err = why
	close(c.lost)
	if c.events != nil {
		close(c.events.over) // first, or end would wait for a message that waits itself
		c.events.end()
	}
	for _, q := range c.subs {
		close(q)
	}
	return true
}

// hangUp ends an attempt to connect: the library would wait out its time.
func (c *Client) hangUp() {
	c.end(ErrClosed)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		_ = c.conn.Close()
	}
}

func (c *Client) forget(queue chan devices.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.subs = slices.DeleteFunc(c.subs, func(q chan devices.Message) bool { return q == queue })
}

// wait is the only way to wait for the library: some of its tokens never complete once the connection is gone.
func (c *Client) wait(ctx context.Context, t mqtt.Token) error {
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return ctx.Err()
	case <-c.lost:
		return c.Err()
	}
}

func redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(not a URL)"
	}
	return u.Redacted()
}
