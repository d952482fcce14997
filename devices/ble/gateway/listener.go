package gateway

import (
	"context"
	"errors"
	"strings"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/ble"
)

// ErrBroker is why Run returns when a subscription ends by itself.
var ErrBroker = errors.New("broker connection lost")

// Subscriber is what a Listener needs of a broker. The channel delivers what is published under the filter and closes when the
// connection is lost; what does not fit it may be dropped.
type Subscriber interface {
	Subscribe(ctx context.Context, filter string) (<-chan devices.Message, error)
}

// Feed takes what a Listener hears. All methods may be called from any goroutine and none blocks.
type Feed interface {
	// Sighting offers a sample. It is dropped and counted when the shop has no time for it.
	Sighting(devices.Sighting)
	// Status replaces what is known of the gateway. It is never lost. Its Frames.Foreign counts what Crowd tells by the minute.
	Status(devices.Status)
	// Crowd tells how much was heard of radios that nobody enrolled.
	Crowd(Crowd)
}

// Crowd is how much of radios that nobody enrolled one gateway has heard in one minute. It is told at the end of the minute, or
// of the connection, and not at all for a minute without any. It counts what was heard, not radios: to count those they would
// have to be told apart.
type Crowd struct {
	Gateway showroom.DeviceID
	Minute  time.Time // its beginning
	Heard   int
}

// Options are what a Listener needs to know. Device, Format, Topic and Filter are required.
type Options struct {
	Device showroom.DeviceID
	Format Format
	// Topic is a filter of what this gateway publishes, and Health another one for what Topic leaves out of its health; "" when
	// Topic covers that. They must not overlap.
	//
	//	omg, theengs   home/<gateway>/#
	//	espresense     espresense/devices/+/<room>   and   espresense/rooms/<room>/+
	//	minew          /gw/<address>/status
	//	ruuvi          ruuvi/<address>/#
	Topic, Health string
	// Name is what the gateway calls itself, an address with or without colons; messages of another one count as bad. "" takes all.
	Name string
	// Filter lets enrolled tags pass. It belongs to this Listener alone.
	Filter *ble.Filter
	// SilentAfter is after how long without a message the gateway counts as silent; at least twice the interval at which it tells
	// its own figures, for an empty shop says nothing. 0 means 4 minutes, for OpenMQTTGateway tells them every two.
	SilentAfter time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultSilentAfter = 4 * time.Minute
	// reportEvery is how often changed counters are told.
	reportEvery = time.Second

	garbageAdvice = "Messages come that mean nothing. Check the gateway's format in the configuration, and what it is set to send."
)

// Listener turns what one gateway publishes into sightings over one connection. Make a new one for the next.
type Listener struct {
	o       Options
	decoder *Decoder
	fresh   devices.Freshness
	heard   time.Time
	legible devices.Legible
	status  devices.Status
	offline bool // so the broker says
	// dirty: status has something the feed does not know.
	dirty    bool
	reported time.Time
	crowd    Crowd
}

// NewListener makes a Listener. The error is that there is no such format.
func NewListener(o Options) (*Listener, error) {
	decoder, err := NewDecoder(o.Format)
	if err != nil {
		return nil, err
	}
	if o.SilentAfter <= 0 {
		o.SilentAfter = defaultSilentAfter
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if a, ok := ble.ParseAddress(o.Name); ok {
		o.Name = a.Reveal() // a gateway's address is no secret
	}
	return &Listener{o: o, decoder: decoder, status: devices.Status{Device: o.Device}, crowd: Crowd{Gateway: o.Device}}, nil
}

// Run subscribes and feeds until ctx ends or a subscription does, and returns why; the last Status is then Down. It may be called
// once.
func (l *Listener) Run(ctx context.Context, sub Subscriber, feed Feed) error {
	err := l.listen(ctx, sub, feed)
	if ctx.Err() != nil {
		err = ctx.Err()
		l.become(devices.Down, "stopped", "")
	} else {
		err = &devices.Error{Op: "listen for tags", Device: l.o.Device, Err: err}
		l.become(devices.Down, "broker", "The gateway's messages come through the MQTT broker. Check that it runs.")
	}
	l.disperse(feed)
	l.report(l.o.Now(), feed)
	return err
}

func (l *Listener) listen(ctx context.Context, sub Subscriber, feed Feed) error {
	messages, err := sub.Subscribe(ctx, l.o.Topic)
	if err != nil {
		return err
	}
	var health <-chan devices.Message // nil, which never delivers, without a filter of its own
	if l.o.Health != "" {
		if health, err = sub.Subscribe(ctx, l.o.Health); err != nil {
			return err
		}
	}
	l.heard = l.o.Now()
	timer := time.NewTimer(l.o.SilentAfter)
	defer timer.Stop()
	for {
		var m devices.Message
		ok := true
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m, ok = <-messages:
		case m, ok = <-health:
		case <-timer.C:
			now := l.o.Now()
			l.judge(now, feed)
			timer.Reset(l.next(now))
			continue
		}
		if !ok {
			return ErrBroker
		}
		waiting := l.dirty
		l.take(m, feed)
		if !waiting && l.dirty {
			timer.Reset(l.next(l.o.Now()))
		}
	}
}

// next is how long until something is due if nothing arrives.
func (l *Listener) next(now time.Time) time.Duration {
	due := l.o.SilentAfter
	if !l.offline && l.status.State != devices.Silent {
		due = l.heard.Add(l.o.SilentAfter).Sub(now)
	}
	if l.dirty {
		due = min(due, l.reported.Add(reportEvery).Sub(now))
	}
	if l.crowd.Heard > 0 {
		due = min(due, l.crowd.Minute.Add(time.Minute).Sub(now))
	}
	return max(due, 0)
}

// judge does what is due.
func (l *Listener) judge(now time.Time, feed Feed) {
	switch {
	case l.offline || now.Sub(l.heard) < l.o.SilentAfter:
	case now.Sub(l.legible.Damaged()) < l.o.SilentAfter:
		l.become(devices.Silent, "garbage", garbageAdvice)
	default:
		l.become(devices.Silent, "no message", "Check the gateway's power and network, and that it scans.")
	}
	if l.crowd.Heard > 0 && now.Sub(l.crowd.Minute) >= time.Minute {
		l.disperse(feed)
	}
	if l.dirty && now.Sub(l.reported) >= reportEvery {
		l.report(now, feed)
	}
}

// take makes of a message what it means.
func (l *Listener) take(m devices.Message, feed Feed) {
	d := l.decoder.Decode(m.Topic, m.Payload)
	defer l.decoder.Forget()
	if d.Other {
		return
	}
	l.dirty = true
	if l.o.Name != "" && d.Gateway != "" && !strings.EqualFold(d.Gateway, l.o.Name) {
		l.status.Frames.Bad++
		return
	}
	if d.Health == Offline { // true when it was kept, too: the broker replaces it when the gateway comes back
		l.status.Frames.Good++
		l.offline = true
		l.turn(devices.Down, "gateway offline", "The broker has lost the gateway. Check the gateway's power and network.", m.At, feed)
		return
	}
	if m.Retained {
		l.status.Frames.Stale++
		return
	}
	l.status.Frames.Bad += uint64(d.Bad)
	l.legible.Weigh(len(d.Records), d.Bad, m.At)
	sound := len(d.Records) > 0 || d.Bad == 0
	if sound {
		l.status.Frames.Good++
		for i := range d.Records {
			l.sort(&d.Records[i], m.At, feed)
		}
		l.heard, l.status.LastData, l.offline = m.At, m.At, false
	}
	l.believe(sound, m.At, feed)
}

// believe says, after a message that was sound or not, whether the gateway hears. One whose words about radios nobody can read is
// deaf, however well it says that it is: its zone must not be taken for an empty one.
func (l *Listener) believe(sound bool, at time.Time, feed Feed) {
	switch {
	case l.offline:
	case l.legible.Doubtful(at, l.o.SilentAfter):
		l.turn(devices.Silent, "garbage", garbageAdvice, at, feed)
	case sound:
		l.turn(devices.Up, "", "", at, feed)
	}
}

// sort lets an enrolled tag pass and counts everybody else.
func (l *Listener) sort(r *Record, at time.Time, feed Feed) {
	if !l.fresh.Live(r.Time, at) {
		l.status.Frames.Stale++
		return
	}
	if id, ok := l.o.Filter.Pass(at, r.Identities()...); ok {
		feed.Sighting(devices.Sighting{Gateway: l.o.Device, ID: id, RSSI: r.RSSI, TxPower: r.Power, At: at})
		return
	}
	l.status.Frames.Foreign++
	if minute := at.Truncate(time.Minute); !minute.Equal(l.crowd.Minute) {
		l.disperse(feed)
		l.crowd.Minute = minute
	}
	l.crowd.Heard++
}

// disperse tells of the crowd and begins anew.
func (l *Listener) disperse(feed Feed) {
	if l.crowd.Heard > 0 {
		feed.Crowd(l.crowd)
	}
	l.crowd.Heard = 0
}

// turn tells of a changed state at once.
func (l *Listener) turn(s devices.State, reason, advice string, at time.Time, feed Feed) {
	if l.become(s, reason, advice) {
		l.report(at, feed)
	}
}

func (l *Listener) become(s devices.State, reason, advice string) (changed bool) {
	if l.status.State == s && l.status.Reason == reason {
		return false
	}
	l.status.State, l.status.Reason, l.status.Advice = s, reason, advice
	l.dirty = true
	return true
}

func (l *Listener) report(at time.Time, feed Feed) {
	l.status.At, l.reported, l.dirty = at, at, false
	feed.Status(l.status)
}
