package r2000

import (
	"context"
	"fmt"
	"io"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/rfid"
)

// MaxAntennas is how many ports the largest reader has.
const MaxAntennas = 8

// Options are what a Reader needs to know. Device is required.
type Options struct {
	Device showroom.DeviceID
	Region Region // 0 means EU
	Power  uint16 // transmit power in hundredths of a dBm, rounded to whole ones; 0 means 20 dBm
	// Antennas are the ports to search with, from 1, in the order of their turns; nil means port 1. What is not between 1 and
	// MaxAntennas is left out.
	Antennas []int
	// Own answers whether a tag is the shop's; nil takes all.
	Own devices.Own
	// SilentAfter is after how long without a frame the reader counts as silent; 0 means 4 s.
	SilentAfter time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultSilentAfter = 4 * time.Second
	defaultPower       = 2000

	// answerWithin is how long a reader has to answer a command. Writing the region into its flash takes the longest.
	answerWithin = 500 * time.Millisecond
	// roundWithin is how long a round may go without a tag or its end.
	roundWithin = time.Second
	// restAfter is how long a reader none of whose antennas works is left alone.
	restAfter = 500 * time.Millisecond
	// deadLine is a pause longer than any inside a frame, with the latency of a USB adapter.
	deadLine = 150 * time.Millisecond
	// reportEvery is how often changed counters are told.
	reportEvery = time.Second
)

// Reader drives one reader over one connection: it sets region and power, sends it round its antennas and tells what it reads.
// Make a new one for the next connection.
type Reader struct {
	o   Options
	dec Decoder

	tour  tour
	at    time.Time // when the bytes in hand arrived
	heard time.Time // the last sound frame, or the start
	fed   uint64    // bytes of the line so far
	noise rfid.Noise
	// idle is since when the reader has been told to search and come to no end of a round; zero when it has.
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
	var antennas []int
	for _, n := range o.Antennas {
		if n >= 1 && n <= MaxAntennas {
			antennas = append(antennas, n)
		}
	}
	if antennas == nil {
		antennas = []int{1}
	}
	o.Antennas = antennas
	if o.SilentAfter <= 0 {
		o.SilentAfter = defaultSilentAfter
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Reader{o: o, noise: rfid.Noise{Lasting: o.SilentAfter * 3 / 4}, status: devices.Status{Device: o.Device}}
}

// Run speaks with the reader until ctx ends or the port fails, and returns why; the last Status is then Down. rw.Read must come
// back every now and then with (0, nil) when nothing arrives, as link.Port does: all deadlines are looked at between reads, so
// they are as exact as that. When ctx ends the reader ends its round by itself. Run may be called once.
func (r *Reader) Run(ctx context.Context, rw io.ReadWriter, feed devices.Feed) error {
	err := r.loop(ctx, rw, feed)
	switch {
	case ctx.Err() != nil:
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
	r.heard, r.status.LastData = r.at, r.at
	if tag, ok := f.Tag(); ok {
		r.idle = time.Time{}
		r.read(tag, feed)
		return
	}
	if _, ok := f.RoundEnd(); ok {
		r.idle = time.Time{}
	}
	r.answer(f)
}

func (r *Reader) read(t Tag, feed devices.Feed) {
	antenna := r.antennaOf(t)
	if antenna == 0 || !t.IsEPC() || r.o.Own != nil && !r.o.Own(t.EPC) {
		r.foreign++
		return
	}
	feed.Tag(devices.TagRead{Reader: r.o.Device, Antenna: antenna, EPC: t.EPC, RSSI: t.Strength(), At: r.at})
}

// antennaOf is the antenna that has read a tag; 0 for one the configuration does not name. A tag tells only the low bits of it, so
// of two that share them it is the one whose turn it is, or was the least time ago.
func (r *Reader) antennaOf(t Tag) int {
	all := r.o.Antennas
	for back := range all {
		n := all[(r.tour.turn-back+len(all))%len(all)]
		if (n-1)&3 == t.Antenna {
			return n
		}
	}
	return 0
}

// judge finds the state of the device. A missing antenna is a Fault although the others read: nobody can rely on what is not read,
// and departures must wait.
func (r *Reader) judge() {
	reason, advice := r.fault()
	switch {
	case r.noise.Rules():
		r.idle = time.Time{} // when the line is quiet again it gets its time anew
		r.become(devices.Silent, "garbage", "Damaged bytes come from the reader. Check its cable, the baud rate and the grounding of its power supply.")
	case r.at.Sub(r.heard) >= r.o.SilentAfter:
		r.idle = time.Time{} // when it comes back it gets its time anew
		r.become(devices.Silent, "no answer", "Check the reader's power, the baud rate and that it is an R2000 reader.")
	case r.status.LastData.IsZero():
	case reason != "":
		r.become(devices.Fault, reason, advice)
	case !r.idle.IsZero() && r.at.Sub(r.idle) >= r.o.SilentAfter:
		r.become(devices.Fault, "no inventory", "The reader answers and does not search for tags. Switch it off and on.")
	default:
		r.become(devices.Up, "", "")
	}
}

// fault is the gravest of what the reader has said no to, with what to do about it; "" for none.
func (r *Reader) fault() (reason, advice string) {
	t := &r.tour
	switch {
	case t.region != 0:
		return "region refused: " + t.region.String(), "The reader does not transmit. Use a reader made for this region, or correct its region in the configuration."
	case t.power != 0:
		return "power refused: " + t.power.String(), "The reader reads with a power of its own choice. Set a power it can give; 20 to 30 dBm is usual."
	}
	for i, why := range t.trouble {
		if why != 0 {
			return fmt.Sprintf("antenna %d: %v", i+1, why), why.advice()
		}
	}
	return "", ""
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
	if _, err := w.Write(c.Append(buf[:0], AnyAddress)); err != nil {
		return fmt.Errorf("send command %02X: %w", byte(c.Code()), err)
	}
	return nil
}
