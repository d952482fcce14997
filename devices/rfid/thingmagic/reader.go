package thingmagic

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
	Device   showroom.DeviceID
	Region   Region // 0 means EU
	Power    uint16 // transmit power in hundredths of a dBm; 0 means 20 dBm
	Antennas int    // how many ports to search with, from port 1; 0 means 1, at most MaxAntennas
	// Own answers whether a tag is the shop's; nil takes all.
	Own devices.Own
	// Heartbeat is after how long without a keep-alive or a tag the read is started again; 0 means half of SilentAfter. A module
	// that searches says so every second.
	Heartbeat time.Duration
	// SilentAfter is after how long without a frame the reader counts as silent; 0 means 4 s.
	SilentAfter time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultSilentAfter = 4 * time.Second
	defaultPower       = 2000

	// answerWithin is how long a module has to answer a command. Setting a region takes the longest.
	answerWithin = time.Second
	// stopWithin is how long it has to end a read: it finishes the round and says what it has found.
	stopWithin = 2 * time.Second
	// deadLine is a pause longer than any inside a frame, with the latency of a USB adapter.
	deadLine = 150 * time.Millisecond
	// reportEvery is how often changed counters are told.
	reportEvery = time.Second
	// wellAfter is after how long without a complaint a reader that has complained is well again. It complains about once a second.
	wellAfter = 5 * time.Second
)

// Reader drives one module over one connection: it sets it up, keeps the read running and tells what it reads. Make a new one for
// the next connection.
type Reader struct {
	o   Options
	dec Decoder

	setup setup
	at    time.Time // when the bytes in hand arrived
	heard time.Time // the last sound frame, or the start
	alive time.Time // the last sign that the module searches, or the start
	tried time.Time // the last begin of the setup, or its last step
	fed   uint64    // bytes of the line so far
	noise rfid.Noise
	// idle is since when the module has been told to search and not shown that it does; zero when it has.
	idle time.Time
	// complaint is the newest trouble of the module, of complained; StatusOK when it is over.
	complaint  Status
	complained time.Time

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
	return &Reader{o: o, noise: rfid.Noise{Lasting: o.SilentAfter * 3 / 4}, status: devices.Status{Device: o.Device}}
}

// Run speaks with the module until ctx ends or the port fails, and returns why; the last Status is then Down. rw.Read must come
// back every now and then with (0, nil) when nothing arrives, as link.Port does: all deadlines are looked at between reads, so
// they are as exact as that. When ctx ends the module is told to stop. Run may be called once.
func (r *Reader) Run(ctx context.Context, rw io.ReadWriter, feed devices.Feed) error {
	err := r.loop(ctx, rw, feed)
	switch {
	case ctx.Err() != nil:
		// A courtesy: if it fails the port is gone, and nobody waits for the answer because every setup begins with a stop.
		_ = r.send(rw, Stop())
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
	r.heard, r.alive = r.at, r.at
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
	r.heard, r.status.LastData = r.at, r.at
	if f.Opcode != OpRead {
		r.setup.answer(f)
		return
	}
	r.alive, r.idle = r.at, time.Time{} // even a complaint comes only from a module that is told to search
	if f.Status.trouble() {
		r.complaint, r.complained = f.Status, r.at
	}
	if tag, ok := f.Tag(); ok {
		r.read(tag, feed)
	}
}

func (r *Reader) read(t Tag, feed devices.Feed) {
	if !t.IsEPC() || r.o.Own != nil && !r.o.Own(t.EPC) {
		r.foreign++
		return
	}
	feed.Tag(devices.TagRead{Reader: r.o.Device, Antenna: t.TX, EPC: t.EPC, RSSI: t.Strength(), At: r.at})
}

// judge finds the state of the device. A complaint is a Fault although the module reads: nobody can rely on what it does not read,
// and departures must wait.
func (r *Reader) judge() {
	if r.at.Sub(r.complained) >= wellAfter {
		r.complaint = StatusOK
	}
	reason, advice := r.setup.fault()
	switch {
	case r.noise.Rules():
		r.idle = time.Time{} // when the line is quiet again it gets its time anew
		r.become(devices.Silent, "garbage", "Damaged bytes come from the reader. Check its cable, the baud rate and the grounding of its power supply.")
	case r.at.Sub(r.heard) >= r.o.SilentAfter:
		r.idle = time.Time{} // when it comes back it gets its time anew
		r.become(devices.Silent, "no answer", "Check the reader's power, the baud rate and that it is a ThingMagic module.")
	case r.status.LastData.IsZero():
	case reason != "":
		r.become(devices.Fault, reason, advice)
	case r.complaint != StatusOK:
		r.become(devices.Fault, r.complaint.String(), r.complaint.advice())
	case !r.idle.IsZero() && r.at.Sub(r.idle) >= r.o.SilentAfter:
		r.become(devices.Fault, "no inventory", "The reader answers and does not search for tags. Switch it off and on.")
	default:
		r.become(devices.Up, "", "")
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
	var buf [32]byte
	if _, err := w.Write(c.Append(buf[:0])); err != nil {
		return fmt.Errorf("send command %02X: %w", byte(c.Opcode()), err)
	}
	return nil
}
