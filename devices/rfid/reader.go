package rfid

import (
	"context"
	"errors"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/devices"
)

// ErrBroker is why Run returns when the subscription ends by itself.
var ErrBroker = errors.New("broker connection lost")

// Subscriber is what a Reader needs of a broker. The channel delivers what is published under the filter and closes when the
// connection is lost; what does not fit it may be dropped.
type Subscriber interface {
	Subscribe(ctx context.Context, filter string) (<-chan devices.Message, error)
}

// Options are what a Reader needs to know. Device and Topic are required.
type Options struct {
	Device showroom.DeviceID
	Topic  string // filter of everything this reader publishes
	// Own answers whether a tag is the shop's; nil takes all.
	Own devices.Own
	// SilentAfter is after how long without a message the reader counts as silent; 0 means 10 min. A reader without heartbeats says
	// nothing while it sees nothing: an empty room must not look like a broken reader.
	SilentAfter time.Duration
	// Heartbeats: the reader says that it lives also when it sees nothing. It only chooses the words said about its silence.
	Heartbeats bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultSilentAfter = 10 * time.Minute
	// reportEvery is how often changed counters are told.
	reportEvery = time.Second
	// doubtLasts is how long after the last damage a sign of life is believed again; a sound tag is believed sooner.
	doubtLasts = 30 * time.Second

	garbageAdvice = "Messages come that mean nothing. Check the reader's kind in the configuration, and what it is set to send."
)

// Event is one thing a message tells.
type Event struct {
	Time    time.Time // by the reader's clock; zero when it does not say
	Tag     bool      // the rest is there; without it the event is a sign of life
	EPC     gs1.EPC
	Antenna int
	RSSI    devices.RSSI
	NotEPC  bool // the tag says of itself that it holds something else than an EPC
}

// Understand calls each for every event of a message, in order, and answers how much of it means nothing. It must not keep
// the message.
type Understand func(m devices.Message, each func(Event)) (bad int)

// Reader turns what one reader publishes into tag reads over one subscription. Make a new one for the next connection.
type Reader struct {
	o          Options
	understand Understand
	fresh      devices.Freshness
	heard      time.Time
	nonsense   time.Time // when the last message came that means nothing
	legible    devices.Legible
	status     devices.Status
	// dirty: status has something the feed does not know.
	dirty    bool
	reported time.Time
}

// NewReader makes a Reader of messages that understand knows.
func NewReader(o Options, understand Understand) *Reader {
	if o.SilentAfter <= 0 {
		o.SilentAfter = defaultSilentAfter
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Reader{o: o, understand: understand, status: devices.Status{Device: o.Device}}
}

// Run subscribes and feeds until ctx ends or the subscription does, and returns why; the last Status is then Down. It may be
// called once.
func (r *Reader) Run(ctx context.Context, sub Subscriber, feed devices.Feed) error {
	err := r.listen(ctx, sub, feed)
	if ctx.Err() != nil {
		err = ctx.Err()
		r.become(devices.Down, "stopped", "")
	} else {
		err = &devices.Error{Op: "read tags", Device: r.o.Device, Err: err}
		r.become(devices.Down, "broker", "The reader's messages come through the MQTT broker. Check that it runs.")
	}
	r.report(r.o.Now(), feed)
	return err
}

func (r *Reader) listen(ctx context.Context, sub Subscriber, feed devices.Feed) error {
	messages, err := sub.Subscribe(ctx, r.o.Topic)
	if err != nil {
		return err
	}
	r.heard = r.o.Now()
	timer := time.NewTimer(r.o.SilentAfter)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m, ok := <-messages:
			if !ok {
				return ErrBroker
			}
			clean := !r.dirty
			r.take(m, feed)
			if r.dirty && clean {
				timer.Reset(r.next(r.o.Now()))
			}
		case <-timer.C:
			now := r.o.Now()
			r.judge(now)
			if r.dirty {
				r.report(now, feed)
			}
			timer.Reset(r.next(now))
		}
	}
}

// next is how long until something is due if nothing arrives.
func (r *Reader) next(now time.Time) time.Duration {
	due := r.o.SilentAfter
	if r.status.State != devices.Silent {
		due = r.heard.Add(r.o.SilentAfter).Sub(now)
	}
	if r.dirty {
		due = min(due, r.reported.Add(reportEvery).Sub(now))
	}
	return max(due, 0)
}

func (r *Reader) judge(now time.Time) {
	switch {
	case now.Sub(r.heard) < r.o.SilentAfter:
	case now.Sub(r.nonsense) < r.o.SilentAfter:
		r.become(devices.Silent, "garbage", garbageAdvice)
	case r.o.Heartbeats:
		r.become(devices.Silent, "no heartbeat", "Check the reader's power and network, and that it is set to send heartbeats.")
	default:
		r.become(devices.Silent, "no message", "Check the reader's power and network, and that it publishes under the topic of the configuration.")
	}
}

// take makes of a message what it means.
func (r *Reader) take(m devices.Message, feed devices.Feed) {
	r.dirty = true
	if m.Retained {
		r.status.Frames.Stale++
		return
	}
	understood, tags := 0, 0
	bad := r.understand(m, func(e Event) {
		understood++
		if e.Tag {
			tags++
		}
		switch {
		case !r.fresh.Live(e.Time, m.At):
			r.status.Frames.Stale++
		case !e.Tag:
		case e.NotEPC || r.o.Own != nil && !r.o.Own(e.EPC):
			r.status.Frames.Foreign++
		default:
			feed.Tag(devices.TagRead{Reader: r.o.Device, Antenna: e.Antenna, EPC: e.EPC, RSSI: e.RSSI, At: m.At})
		}
	})
	r.status.Frames.Bad += uint64(bad)
	r.status.Frames.Good += uint64(understood)
	if bad > 0 {
		r.nonsense = m.At
	}
	if understood > 0 || !r.elsewhere(m.Payload) {
		r.legible.Weigh(tags, bad, m.At)
	}
	if understood > 0 {
		r.heard, r.status.LastData = m.At, m.At
	}
	r.believe(understood > 0, m.At, feed)
}

// elsewhere says whether a message that tells nothing is about something else than tags: sound JSON of a reader that has been
// understood before. Of one that never was, it may as well be of another kind than the configuration says.
func (r *Reader) elsewhere(payload []byte) bool {
	if r.status.LastData.IsZero() {
		return false
	}
	objects := NewObjects(payload)
	for objects.Next() {
		if _, err := objects.Skip(); err != nil {
			objects.Fail()
		}
	}
	return objects.Bad() == 0
}

// believe says, after a message of which something was understood or nothing, whether the reader sees. One whose words about tags
// nobody can read is blind, however well it says that it lives: its garments must not seem to leave.
func (r *Reader) believe(understood bool, at time.Time, feed devices.Feed) {
	switch {
	case r.legible.Doubtful(at, doubtLasts):
		r.turn(devices.Silent, "garbage", garbageAdvice, at, feed)
	case understood:
		r.turn(devices.Up, "", "", at, feed)
	}
}

// turn becomes and tells it at once, before any tag of the message after it.
func (r *Reader) turn(s devices.State, reason, advice string, at time.Time, feed devices.Feed) {
	if r.status.State == s && r.status.Reason == reason {
		return
	}
	r.become(s, reason, advice)
	r.report(at, feed)
}

func (r *Reader) become(s devices.State, reason, advice string) {
	if r.status.State == s && r.status.Reason == reason {
		return
	}
	r.status.State, r.status.Reason, r.status.Advice = s, reason, advice
	r.dirty = true
}

func (r *Reader) report(at time.Time, feed devices.Feed) {
	r.status.At, r.reported, r.dirty = at, at, false
	feed.Status(r.status)
}
