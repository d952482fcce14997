package r200

import (
	"context"
	"fmt"
	"io"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/rfid"
)

// Options are what a Reader needs to know. Device is required.
type Options struct {
	Device showroom.DeviceID
	Region Region // 0 means EU
	Power  uint16 // transmit power in hundredths of a dBm; 0 means 20 dBm
	// Own answers whether a tag is the shop's; nil takes all.
	Own devices.Own
	// Heartbeat is after how long without a frame the inventory is started again; 0 means half of SilentAfter. A module answers
	// every round, tags or none, so silence means that its rounds have ended or that it is gone.
	Heartbeat time.Duration
	// SilentAfter is after how long without a frame the reader counts as silent; 0 means 4 s.
	SilentAfter time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultSilentAfter = 4 * time.Second
	defaultPower       = 2000

	// answerWithin is how long a module has to answer a command; the slowest answers seen take 100 ms.
	answerWithin = 500 * time.Millisecond
	// deadLine is a pause longer than any inside a frame, at 9600 baud and with the latency of a USB adapter.
	deadLine = 150 * time.Millisecond
	// reportEvery is how often changed counters are told.
	reportEvery = time.Second
	// faultAfter errors in a row without a round between them are a fault. One alone (a busy channel) is everyday life.
	faultAfter = 3
	// rounds is the longest inventory a module takes: 20 minutes and more.
	rounds = 65535
)

// Reader drives one module over one connection: it sets region and power, keeps the inventory running and tells what it reads.
// Make a new one for the next connection.
type Reader struct {
	o   Options
	dec Decoder

	setup   setup
	framing Framing
	at      time.Time // when the bytes in hand arrived
	heard   time.Time // the last sound frame, or the start
	tried   time.Time // the last start of the inventory
	errors  int       // error frames in a row
	fed     uint64    // bytes of the line so far
	noise   rfid.Noise
	// idle is since when the module has been told to search and not said that it does; zero when it has.
	idle time.Time

	status   devices.Status
	changed  bool // status has something the feed does not know
	reported time.Time
	foreign  uint64
}

// New makes a Reader.
func New(o Options) *Reader {
	if o.Region == 0 {
		o.Region = RegionEU
	}
	if o.Power == 0 {
		o.Power = defaultPower
	}
	if o.SilentAfter <= 0 {
		o.SilentAfter = defaultSilentAfter
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = o.SilentAfter / 2
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Reader{o: o, framing: FramingBB, noise: rfid.Noise{Lasting: o.SilentAfter * 3 / 4}, status: devices.Status{Device: o.Device}}
}

// Run speaks with the module until ctx ends or the port fails, and returns why; the last Status is then Down. rw.Read must come
// back every now and then with (0, nil) when nothing arrives, as link.Port does: all deadlines are looked at between reads, so
// they are as exact as that. When ctx ends the module is told to stop. Run may be called once.
func (r *Reader) Run(ctx context.Context, rw io.ReadWriter, feed devices.Feed) error {
	err := r.loop(ctx, rw, feed)
	switch {
	case ctx.Err() != nil:
		_ = r.send(rw, Stop()) // a courtesy: if it fails the port is gone and so is the inventory
		err = ctx.Err()
		r.become(devices.Down, "stopped", "")
	default:
		err = &devices.Error{Op: "read tags", Device: r.o.Device, Err: err}
		r.become(devices.Down, "port lost", "Check the reader's cable and power.")
	}
	r.at = r.o.Now()
	r.report(feed)
	return err
}

func (r *Reader) loop(ctx context.Context, rw io.ReadWriter, feed devices.Feed) error {
	buf := make([]byte, 1024)
	r.at = r.o.Now()
	r.heard = r.at
	var quiet time.Time // since when no byte has come
	for ctx.Err() == nil {
		if err := r.keepAsking(rw); err != nil {
			return err
		}
		n, err := rw.Read(buf)
		if err != nil {
			return err
		}
		r.at = r.o.Now()
		switch {
		case n > 0:
			quiet = r.at
			r.fed += uint64(n)
			r.dec.Feed(buf[:n])
		case r.dec.Waiting() > 0 && r.at.Sub(quiet) >= deadLine:
			r.dec.Idle()
		}
		for f, ok := r.dec.Next(); ok; f, ok = r.dec.Next() {
			r.take(f, feed)
		}
		r.listen()
		r.judge()
		if r.changed || r.counted() && r.at.Sub(r.reported) >= reportEvery {
			r.report(feed)
		}
	}
	return ctx.Err()
}

// listen takes how much of what has come was sense.
func (r *Reader) listen() {
	skipped := r.dec.Stats().Skipped
	r.noise.Hear(r.fed-skipped-uint64(r.dec.Waiting()), skipped, r.at)
}

// take makes of a frame what it means.
func (r *Reader) take(f Frame, feed devices.Feed) {
	if f.Type == TypeCommand {
		return // our own words: a half-duplex adapter echoes
	}
	r.heard, r.framing = r.at, f.Framing
	r.status.LastData = r.at
	if tag, ok := f.Tag(); ok {
		r.errors, r.idle = 0, time.Time{}
		r.read(tag, feed)
	} else if code, ok := f.Refused(); ok && code == ErrorInventory {
		r.errors, r.idle = 0, time.Time{}
	} else if ok && !r.setup.waiting() {
		if r.errors++; r.errors >= faultAfter && !r.noise.Rules() {
			r.become(devices.Fault, code.String(), "Check the antenna and its cable, then switch the reader off and on.")
		}
		return
	} else {
		r.setup.answer(f)
	}
	if r.noise.Rules() {
		return // one frame of many says nothing of the rest
	}
	if reason, advice := r.setup.refused(); reason != "" {
		r.become(devices.Fault, reason, advice)
	} else if r.errors == 0 && !r.searchesNot() {
		r.become(devices.Up, "", "")
	}
}

// searchesNot says that the module answers and its rounds have been missing for too long: nobody knows what hangs there.
func (r *Reader) searchesNot() bool { return !r.idle.IsZero() && r.at.Sub(r.idle) >= r.o.SilentAfter }

func (r *Reader) read(t Tag, feed devices.Feed) {
	if !t.IsEPC() || r.o.Own != nil && !r.o.Own(t.EPC) {
		r.foreign++
		return
	}
	feed.Tag(devices.TagRead{Reader: r.o.Device, Antenna: 1, EPC: t.EPC, RSSI: t.Strength(), At: r.at})
}

// judge notices silence, and talk without work.
func (r *Reader) judge() {
	switch {
	case r.noise.Rules():
		r.idle = time.Time{} // when the line is quiet again it gets its time anew
		r.become(devices.Silent, "garbage", "Damaged bytes come from the reader. Check its cable, the baud rate and the grounding of its power supply.")
	case r.at.Sub(r.heard) >= r.o.SilentAfter:
		r.idle = time.Time{} // when it comes back it gets its time anew
		r.become(devices.Silent, "no answer", "Check the reader's power, the baud rate and that it is an R200.")
	case r.searchesNot() && r.status.State == devices.Up:
		r.become(devices.Fault, "no inventory", "The reader answers and does not search for tags. Switch it off and on.")
	}
}

func (r *Reader) become(s devices.State, reason, advice string) {
	if r.status.State == s && r.status.Reason == reason {
		return
	}
	r.status.State, r.status.Reason, r.status.Advice = s, reason, advice
	r.changed = true
}

func (r *Reader) frames() devices.Frames {
	s := r.dec.Stats()
	return devices.Frames{Good: s.Good, Bad: s.Bad, Skipped: s.Skipped, Foreign: r.foreign}
}

// counted says whether there are counts the feed does not know.
func (r *Reader) counted() bool { return r.frames() != r.status.Frames }

func (r *Reader) report(feed devices.Feed) {
	r.status.At, r.status.Frames = r.at, r.frames()
	r.changed, r.reported = false, r.at
	feed.Status(r.status)
}

func (r *Reader) send(w io.Writer, c Command) error {
	var buf [16]byte
	if _, err := w.Write(c.Append(buf[:0], r.framing)); err != nil {
		return fmt.Errorf("send command %02X: %w", byte(c.Code()), err)
	}
	return nil
}
