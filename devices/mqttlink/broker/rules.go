package broker

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"showroom/devices"
)

// rules decide who may sign in and do what. The library's own ledger is not used: its filter "a" also lets "a/b" pass, and it
// asks a map in random order.
type rules struct {
	mochi.HookBase
	server    *mochi.Server
	users     map[string]User
	ours      []string
	strangers *devices.Strangers
	denied    atomic.Uint64
	rivals    rivals
	closing   chan struct{} // closed by Broker.Close: nobody is waited for any more
	events    []string
	take      func(context.Context, devices.Message) error
	taking    context.Context // ends with stop
	stop      context.CancelFunc
	log       *slog.Logger
}

func newRules(o Options) *rules {
	r := &rules{users: make(map[string]User, len(o.Users)), ours: o.Ours, strangers: o.Strangers, closing: make(chan struct{})}
	r.events, r.take, r.log = o.Events, o.Take, o.Log
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	r.taking, r.stop = context.WithCancel(context.Background())
	for _, u := range o.Users {
		r.users[u.Name] = u
	}
	if r.strangers == nil {
		r.strangers = &devices.Strangers{}
	}
	return r
}

// note puts a client on the list of strangers.
func (r *rules) note(kind devices.StrangerKind, cl *mochi.Client, topic string, at time.Time) {
	r.strangers.Note(kind, "broker", cl.ID, devices.TopicRoot(topic), at)
}

// ID names the hook in the library's log.
func (r *rules) ID() string { return "rules" }

// Provides says which questions of the library are answered here.
func (r *rules) Provides(b byte) bool {
	return slices.Contains([]byte{mochi.OnConnectAuthenticate, mochi.OnACLCheck, mochi.OnPublish, mochi.OnPacketEncode, mochi.OnDisconnect}, b)
}

// OnConnectAuthenticate lets in whoever knows a password; anybody when there are no users. A will that its user may not publish is
// left out.
func (r *rules) OnConnectAuthenticate(cl *mochi.Client, pk packets.Packet) bool {
	if !r.knows(pk) {
		r.denied.Add(1)
		r.note(devices.StrangerRefused, cl, "", time.Now())
		return false
	}
	if cl.Properties.Will.Flag == 1 && !r.OnACLCheck(cl, cl.Properties.Will.TopicName, true) {
		cl.Properties.Will = mochi.Will{} // the library would publish it and ask nobody
	}
	r.succeed(cl)
	return true
}

func (r *rules) knows(pk packets.Packet) bool {
	if len(r.users) == 0 {
		return true
	}
	u, known := r.users[string(pk.Connect.Username)]
	want, got := sha256.Sum256([]byte(u.Password)), sha256.Sum256(pk.Connect.Password)
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1 && known
}

// OnPublish notices who publishes where no device of the shop does. It is passed on all the same. An event is made durable before it
// is acknowledged, be it only its beginning: to hang up on a client of MQTT 3.1.1 is to have it sent again.
func (r *rules) OnPublish(cl *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	here := func(filter string) bool { return Covers(filter, pk.TopicName) }
	if len(r.ours) > 0 && !cl.Net.Inline && !slices.ContainsFunc(r.ours, here) {
		r.note(devices.StrangerUnknown, cl, pk.TopicName, time.Now())
	}
	event := r.take != nil && !cl.Net.Inline && slices.ContainsFunc(r.events, here)
	conn := gaugeOf(cl)
	cut := conn.missing > 0
	if cut && (!event || cl.Properties.ProtocolVersion == 5) {
		conn.refuse(cl)
		return pk, packets.ErrRejectPacket
	}
	if !event {
		return pk, nil
	}
	if cut {
		r.tellTooLong(cl, conn.size)
	}
	m := devices.Message{Topic: pk.TopicName, Payload: slices.Clone(pk.Payload), Missing: conn.missing, At: time.Now()}
	if err := r.take(r.taking, m); err != nil {
		// Any other error than this one the library acknowledges, and without the hang-up nobody would publish it again.
		cl.Stop(fmt.Errorf("event not taken: %w", err))
		return pk, packets.ErrRejectPacket
	}
	if cut {
		return pk, packets.CodeSuccessIgnore // acknowledged, and nobody else gets a piece of it
	}
	return pk, nil
}

// OnACLCheck asks whether a client may publish to a topic, or subscribe to a filter or receive a topic.
func (r *rules) OnACLCheck(cl *mochi.Client, topic string, write bool) bool {
	if len(r.users) == 0 {
		return true
	}
	u := r.users[string(cl.Properties.Username)]
	allowed := u.Subscribe
	if write {
		allowed = u.Publish
	}
	if slices.ContainsFunc(allowed, func(filter string) bool { return Covers(filter, topic) }) {
		return true
	}
	r.denied.Add(1)
	if write {
		r.note(devices.StrangerRefused, cl, topic, time.Now())
	}
	return false
}

// Covers says whether everything that topic names, or matches if it is a filter itself, is matched by filter (MQTT 3.1.1, 4.7).
func Covers(filter, topic string) bool {
	if strings.HasPrefix(topic, "$") && !strings.HasPrefix(filter, "$") {
		return false // the broker's own topics are not part of "#"
	}
	for {
		f, restFilter, moreFilter := strings.Cut(filter, "/")
		if f == "#" {
			return true
		}
		t, restTopic, moreTopic := strings.Cut(topic, "/")
		switch {
		case t == "#":
			return false
		case f != "+" && f != t:
			return false
		case !moreTopic:
			return !moreFilter || restFilter == "#"
		case !moreFilter:
			return false
		}
		filter, topic = restFilter, restTopic
	}
}

// quiet keeps the library's chatter at Debug: it logs every connection, and a client that goes away as a warning. Of what it tells only that passes which says who is meant: it writes whole packets down, and what gateways hear is nobody's to read.
func quiet(log *slog.Logger) slog.Handler {
	if log == nil {
		return slog.DiscardHandler
	}
	return demote{log.Handler()}
}

type demote struct{ slog.Handler }

func demoted(l slog.Level) slog.Level {
	if l < slog.LevelError {
		return slog.LevelDebug
	}
	return l
}

func (d demote) Enabled(ctx context.Context, l slog.Level) bool {
	return d.Handler.Enabled(ctx, demoted(l))
}

func (d demote) Handle(ctx context.Context, r slog.Record) error {
	told := slog.NewRecord(r.Time, demoted(r.Level), r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if harmless(a) {
			told.AddAttrs(a)
		}
		return true
	})
	return d.Handler.Handle(ctx, told)
}

func harmless(a slog.Attr) bool {
	return slices.Contains([]string{"error", "client", "remote", "old_remote", "new_remote", "listener", "address"}, a.Key)
}

// WithAttrs keeps nothing: the library has no use for it.
func (d demote) WithAttrs([]slog.Attr) slog.Handler { return d }
func (d demote) WithGroup(name string) slog.Handler { return demote{d.Handler.WithGroup(name)} }
