package zebra

import (
	"context"
	"errors"
	"time"

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
	Topic  string // filter of everything this reader publishes, heartbeats included
	// Own answers whether a tag is the shop's; nil takes all.
	Own devices.Own
	// SilentAfter is after how long without a message the reader counts as silent; at least twice its heartbeat. 0 means 30 s.
	SilentAfter time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultSilentAfter = 30 * time.Second
	// reportEvery is how often changed counters are told.
	reportEvery = time.Second
)

// Reader turns what one reader publishes into tag reads over one subscription. Make a new one for the next connection.
type Reader struct {
	o      Options
	fresh  freshness
	heard  time.Time
	status devices.Status
	// dirty: status has something the feed does not know.
	dirty    bool
	reported time.Time
}

// New makes a Reader.
func New(o Options) *Reader {
	if o.SilentAfter <= 0 {
		o.SilentAfter = defaultSilentAfter
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Reader{o: o, status: devices.Status{Device: o.Device}}
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
	if now.Sub(r.heard) >= r.o.SilentAfter {
		r.become(devices.Silent, "no heartbeat", "Check the reader's power and network, and that heartbeats are switched on in its IoT Connector.")
	}
}

// take makes of a message what it means.
func (r *Reader) take(m devices.Message, feed devices.Feed) {
	r.dirty = true
	if m.Retained {
		r.status.Frames.Stale++
		return
	}
	p := NewPayload(m.Payload)
	understood := 0
	for o, ok := p.Next(); ok; o, ok = p.Next() {
		understood++
		switch {
		case !r.fresh.live(o.Time, m.At):
			r.status.Frames.Stale++
		case !o.Tag:
		case o.NotEPC || r.o.Own != nil && !r.o.Own(o.EPC):
			r.status.Frames.Foreign++
		default:
			feed.Tag(devices.TagRead{Reader: r.o.Device, Antenna: o.Antenna, EPC: o.EPC, RSSI: o.RSSI, At: m.At})
		}
	}
	r.status.Frames.Bad += uint64(p.Bad())
	if understood == 0 {
		return
	}
	r.status.Frames.Good += uint64(understood)
	r.heard, r.status.LastData = m.At, m.At
	if r.status.State != devices.Up {
		r.become(devices.Up, "", "")
		r.report(m.At, feed)
	}
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
