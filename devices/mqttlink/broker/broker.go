// Package broker is the MQTT broker inside the agent, for the shop that has one box and no system administrator. It is the only
// package that knows the broker library.
//
// It keeps nothing across a restart: the library's storage can not resend what it restored, and throws out the client it tries
// to send it to. It listens on loopback, or elsewhere with users who each may do only what is listed. A shop with many readers
// runs Mosquitto.
package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"

	mochi "github.com/mochi-mqtt/server/v2"

	"showroom/devices"
)

// ErrOpen is why Listen refuses an address other machines can reach without users and their rights.
var ErrOpen = errors.New("a broker that other machines can reach needs users with topics")

// Limits of the broker. The library's defaults are without end: a reader that goes wild must not take the agent's memory.
const (
	maxClients        = 256
	maxPacket         = devices.MostMessage
	maxInflight       = 256  // messages a client has not acknowledged
	maxWritesPending  = 1024 // messages a slow client has not taken; further ones are dropped
	sessionExpiry     = 60   // seconds a session outlives its connection
	messageExpiry     = 3600 // seconds the broker keeps a message for somebody
	sysTopicsInterval = 60   // seconds between $SYS messages
)

// User is one account. It may publish and subscribe only where a filter allows it; filters are MQTT topic filters. What it
// publishes elsewhere is dropped, with QoS 1 or 2 together with its connection.
type User struct {
	Name      string
	Password  string
	Publish   []string
	Subscribe []string
}

// Options say where to listen and who may come.
type Options struct {
	Listen string // host:port; port 0 picks a free one
	// Users may sign in, nobody else. Without users anybody on this machine may do anything.
	Users []User
	// Ours are filters of all that configured devices publish. Who publishes elsewhere goes on the list of Strangers, and so does who
	// is refused or comes under the id of another. nil lists nobody for publishing.
	Ours      []string
	Strangers *devices.Strangers // nil keeps a list that nobody sees
	// Events are filters of what must not be lost, and Take makes it durable: a publisher is acknowledged once Take has answered nil,
	// and hung up on when it answers an error, so that it publishes again. Only that one publisher waits. Take is called from many
	// goroutines; its ctx ends when the broker is closed. Of a longer message than the broker holds it gets the beginning, unless the
	// publisher speaks MQTT 5 and so had been told how long one may be. Both are set, or neither.
	Events []string
	Take   func(ctx context.Context, m devices.Message) error
	Log    *slog.Logger // nil logs nothing
}

// Counters are what health wants to know of a broker.
type Counters struct {
	Clients  int64  // connected now
	Received uint64 // messages clients have published
	Sent     uint64 // messages sent to subscribers
	Dropped  uint64 // messages slow subscribers did not take
	Denied   uint64 // sign-ins and topics refused
}

// Broker is one running of the broker, from Listen until Run returns or Close. It is safe for concurrent use.
type Broker struct {
	server   *mochi.Server
	listener *door
	rules    *rules
	serving  atomic.Bool
	once     sync.Once
}

// Listen takes the address. Clients that connect wait until Run. Close what is never run.
func Listen(o Options) (*Broker, error) {
	if err := check(o); err != nil {
		return nil, fmt.Errorf("listen on %q: %w", o.Listen, err)
	}
	socket, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	listener := newDoor(socket)
	b := &Broker{listener: listener, rules: newRules(o)}
	b.server = mochi.New(&mochi.Options{
		Capabilities:           capabilities(),
		Logger:                 slog.New(quiet(o.Log)),
		SysTopicResendInterval: sysTopicsInterval,
	})
	b.rules.server = b.server
	if err := b.server.AddHook(b.rules, nil); err != nil {
		_ = socket.Close()
		return nil, fmt.Errorf("start broker: %w", err)
	}
	if err := b.server.AddListener(listener); err != nil {
		_ = socket.Close()
		return nil, fmt.Errorf("start broker: %w", err)
	}
	return b, nil
}

// Run serves until ctx ends and returns its error, or why it can not serve. It may be called once.
func (b *Broker) Run(ctx context.Context) error {
	if !b.serving.CompareAndSwap(false, true) {
		return errors.New("run broker: already run")
	}
	defer b.Close()
	if err := b.server.Serve(); err != nil {
		return fmt.Errorf("run broker: %w", err)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-b.listener.broken:
		return fmt.Errorf("run broker: %w", err)
	}
}

// Close ends all connections, also of those who have not said who they are, and gives the address back. It may be called more than once, which the library does not survive.
func (b *Broker) Close() error {
	var err error
	b.once.Do(func() {
		close(b.rules.closing)
		b.rules.stop()
		err = b.server.Close()
	})
	return err
}

// Addr is where the broker listens.
func (b *Broker) Addr() net.Addr { return b.listener.socket.Addr() }

// URL is what a client on this machine connects to.
func (b *Broker) URL() string { return "mqtt://" + b.Addr().String() }

// Counters is what has been counted so far.
func (b *Broker) Counters() Counters {
	i := b.server.Info.Clone()
	return Counters{
		Clients:  i.ClientsConnected,
		Received: uint64(max(i.MessagesReceived, 0)),
		Sent:     uint64(max(i.MessagesSent, 0)),
		Dropped:  uint64(max(i.MessagesDropped, 0)),
		Denied:   b.rules.denied.Load(),
	}
}

func check(o Options) error {
	seen := map[string]bool{}
	for _, u := range o.Users {
		switch {
		case u.Name == "":
			return errors.New("a user has no name")
		case seen[u.Name]:
			return fmt.Errorf("user %q is there twice", u.Name)
		case u.Password == "":
			return fmt.Errorf("user %q has no password", u.Name)
		}
		seen[u.Name] = true
	}
	if loopback(o.Listen) {
		return nil
	}
	if len(o.Users) == 0 {
		return ErrOpen
	}
	for _, u := range o.Users {
		if len(u.Publish)+len(u.Subscribe) == 0 {
			return fmt.Errorf("user %q: %w", u.Name, ErrOpen)
		}
	}
	return nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func capabilities() *mochi.Capabilities {
	c := mochi.NewDefaultServerCapabilities()
	c.MaximumClients = maxClients
	c.MaximumPacketSize = maxPacket
	c.MaximumInflight = maxInflight
	c.ReceiveMaximum = maxInflight
	c.MaximumClientWritesPending = maxWritesPending
	c.MaximumSessionExpiryInterval = sessionExpiry
	c.MaximumMessageExpiryInterval = messageExpiry
	c.SharedSubAvailable = 0
	return c
}
