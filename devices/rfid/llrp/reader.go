package llrp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Options are what a Reader needs to know. Device is required.
type Options struct {
	Device   showroom.DeviceID
	Antennas []int // those to read with, from 1; none means all
	// Power is the transmit power in hundredths of a dBm; 0 leaves power and channels as the reader is set.
	Power int
	// Own answers whether a tag is the shop's; nil takes all.
	Own devices.Own
	// Heartbeat is how often the reader is asked to say that it is there; 0 means a third of SilentAfter.
	Heartbeat time.Duration
	// SilentAfter is after how long without a message the reader counts as silent; 0 means 15 s.
	SilentAfter time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	defaultSilentAfter = 15 * time.Second
	// reportEvery is how often changed counters are told.
	reportEvery = time.Second
	// wellAfter is after how long without another exception a reader that has told of one and lives is well again: an empty room has
	// no report to prove it.
	wellAfter = 10 * time.Second
	// tooShort is an inventory that is not worth starting again at once.
	tooShort = time.Second
)

// Reader drives one reader over one connection: it clears away what others have left, keeps one inventory running and tells what
// it reads. Make a new one for the next connection.
type Reader struct {
	o     Options
	dec   Decoder
	order order

	step     int
	waitsFor Type      // the request in flight; 0 for none
	lastID   uint32    // of the newest message sent
	asked    time.Time // when it was sent, or the connection begun
	started  time.Time // when the inventory last began
	added    bool      // our ROSpec may be in the reader
	out      []byte    // kept from one message to the next

	ailing time.Time // the last exception
	// gone are the antennas of ours that the reader has lost; it knows no more of them than it has ports.
	gone map[uint16]bool
	// mangled is since when broken tags come, and again when the last of them came; zero when a sound one has come since. garbage: that
	// has gone on for too long.
	mangled, again time.Time
	garbage        bool

	at       time.Time // when the bytes in hand arrived
	heard    time.Time // the last message, or the start
	probed   time.Time // when a silent reader was last asked
	status   devices.Status
	changed  bool // status has something the feed does not know
	counted  bool // and it is only counts
	reported time.Time
}

// New makes a Reader.
func New(o Options) *Reader {
	if o.SilentAfter <= 0 {
		o.SilentAfter = defaultSilentAfter
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = o.SilentAfter / 3
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Reader{o: o, gone: map[uint16]bool{}, status: devices.Status{Device: o.Device}}
}

// Run speaks with the reader until ctx ends, the connection fails or the reader refuses what it must do, and returns why; the
// last Status is then Down, or Fault for a refusal. conn.Read must come back every now and then with (0, nil) when nothing
// arrives, as link.Port does: all deadlines are looked at between reads, so they are as exact as that. However Run ends, the
// reader is told to stop and to forget our ROSpec while it can be. Run may be called once.
func (r *Reader) Run(ctx context.Context, conn io.ReadWriter, feed devices.Feed) error {
	err := r.loop(ctx, conn, feed)
	r.farewell(conn)
	_, refused := errors.AsType[*RefusedError](err)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
		r.become(devices.Down, "stopped", "")
	case refused:
		r.become(devices.Fault, err.Error(), hint(err))
	case errors.Is(err, ErrTaken), errors.Is(err, ErrNotLLRP), errors.Is(err, ErrNoAnswer), errors.Is(err, ErrEnded):
		r.become(devices.Down, err.Error(), hint(err))
	default:
		r.become(devices.Down, "connection lost", hint(err))
	}
	if ctx.Err() == nil {
		err = &devices.Error{Op: "read tags", Device: r.o.Device, Err: err, Hint: hint(err)}
	}
	r.at = r.o.Now()
	r.report(feed)
	return err
}

func (r *Reader) loop(ctx context.Context, conn io.ReadWriter, feed devices.Feed) error {
	buf := make([]byte, 4096)
	r.at = r.o.Now()
	r.heard, r.asked = r.at, r.at
	for ctx.Err() == nil {
		n, err := conn.Read(buf)
		if err != nil {
			return err
		}
		r.at = r.o.Now()
		r.dec.Feed(buf[:n])
		for m, ok := r.dec.Next(); ok; m, ok = r.dec.Next() {
			if err := r.take(m, conn, feed); err != nil {
				return err
			}
		}
		if err := r.dec.Err(); err != nil {
			r.status.Frames.Bad++
			return fmt.Errorf("%w: %w", ErrNotLLRP, err)
		}
		if err := r.overdue(); err != nil {
			return err
		}
		if err := r.judge(conn); err != nil {
			return err
		}
		if r.changed || r.counted && r.at.Sub(r.reported) >= reportEvery {
			r.report(feed)
		}
	}
	return ctx.Err()
}

// judge notices silence and asks into it: whoever says nothing does not notice that the other end is gone, and a reader that was
// switched off and on knows nothing of our connection and says so.
func (r *Reader) judge(w io.Writer) error {
	if r.at.Sub(r.heard) < r.o.SilentAfter {
		return nil
	}
	r.become(devices.Silent, "no answer", "Check the reader's power and network.")
	if r.step != stepRunning || r.at.Sub(r.probed) < r.o.SilentAfter {
		return nil
	}
	r.probed = r.at
	return r.send(w, Message{Type: GetROSpecs})
}

// take makes of a message what it means.
func (r *Reader) take(m Message, w io.Writer, feed devices.Feed) error {
	r.heard, r.status.LastData, r.counted = r.at, r.at, true
	bad := r.status.Frames.Bad
	var err error
	switch m.Type {
	case KeepAlive:
		err = r.send(w, Message{Type: KeepAliveAck, ID: m.ID})
	case ROAccessReport:
		r.tags(m.Body, feed)
	case ReaderEventNotification:
		err = r.event(m.Body, w)
	default:
		err = r.answer(m, w)
	}
	if r.status.Frames.Bad == bad {
		r.status.Frames.Good++
	}
	if err == nil && r.step == stepRunning && (r.status.State == devices.Silent || r.status.Reason == exception && r.recovered(m)) {
		r.works()
	}
	return err
}

// recovered says whether a message disproves an exception.
func (r *Reader) recovered(m Message) bool {
	return m.Type == ROAccessReport || m.Type == KeepAlive && r.at.Sub(r.ailing) >= wellAfter
}

// exception is the reason of a fault that the next report disproves, or time.
const exception = "reader exception"

// works says that the inventory runs, with all antennas or without some, and whether anybody can read what it tells.
func (r *Reader) works() {
	if r.garbage {
		r.become(devices.Silent, "garbage", "The reader's reports mean nothing. Switch it off and on, and check its firmware.")
		return
	}
	for n := range r.gone {
		r.become(devices.Fault, fmt.Sprintf("antenna %d is gone", n), "Check the antenna's cable.")
		return
	}
	r.become(devices.Up, "", "")
}

func (r *Reader) tags(body []byte, feed devices.Feed) {
	tags := NewTags(body)
	sound := false
	for tag, ok := tags.Next(); ok; tag, ok = tags.Next() {
		sound = true
		switch {
		case r.step != stepRunning:
			r.status.Frames.Stale++ // of an inventory before ours
		case tag.NotEPC || tag.EPC.IsZero() || r.o.Own != nil && !r.o.Own(tag.EPC):
			r.status.Frames.Foreign++
		default:
			feed.Tag(devices.TagRead{Reader: r.o.Device, Antenna: tag.Antenna, EPC: tag.EPC, RSSI: tag.RSSI, At: r.at})
		}
	}
	r.status.Frames.Bad += uint64(tags.Bad())
	if r.step == stepRunning && (sound || tags.Bad() > 0) {
		r.legible(sound)
	}
}

// legible takes whether a report about tags had any that could be read. A room whose garments nobody can read is not an empty one:
// the reader lives and must not be believed.
func (r *Reader) legible(sound bool) {
	before := r.again
	r.again = r.at
	switch {
	case sound:
		r.mangled, r.garbage = time.Time{}, false
	case r.mangled.IsZero(), r.at.Sub(before) >= r.o.SilentAfter: // now and then one is an accident
		r.mangled = r.at
	case r.at.Sub(r.mangled) >= r.o.SilentAfter:
		r.garbage = true
		r.works()
	}
}

// event takes what the reader tells of itself.
func (r *Reader) event(body []byte, w io.Writer) error {
	decoded, err := Decode(ReaderEventNotification, body)
	if err != nil {
		r.status.Frames.Bad++
		return nil // an event more or less
	}
	e := decoded.(*Notification).ReaderEventNotificationData
	switch {
	case e.ConnectionCloseEvent != nil:
		return ErrClosed
	case e.ConnectionAttemptEvent != nil && r.step == stepGreeting:
		if status := e.ConnectionAttemptEvent.Status; status != 0 {
			return fmt.Errorf("%w (connection attempt %d)", ErrTaken, status)
		}
		return r.advance(w)
	case r.step != stepRunning:
	case e.ROSpecEvent != nil && e.ROSpecEvent.ROSpecID == ourROSpec && e.ROSpecEvent.EventType == 1:
		// Nobody but us ends it: the reader has had to, or another program was at it.
		if r.at.Sub(r.started) < tooShort {
			return ErrEnded
		}
		r.step = stepStart - 1
		return r.advance(w)
	case e.ReaderExceptionEvent != nil:
		r.ailing = r.at
		r.become(devices.Fault, exception, "The reader says: "+e.ReaderExceptionEvent.Message)
	case e.AntennaEvent != nil && r.uses(e.AntennaEvent.AntennaID):
		r.antenna(e.AntennaEvent)
	}
	return nil
}

func (r *Reader) uses(antenna uint16) bool {
	return len(r.o.Antennas) == 0 || slices.Contains(r.o.Antennas, int(antenna))
}

func (r *Reader) antenna(e *AntennaEvent) {
	if e.EventType == 0 {
		r.gone[e.AntennaID] = true
	} else {
		delete(r.gone, e.AntennaID)
	}
	r.works()
}

func (r *Reader) become(s devices.State, reason, advice string) {
	if r.status.State == s && r.status.Reason == reason {
		return
	}
	r.status.State, r.status.Reason, r.status.Advice = s, reason, advice
	r.changed = true
}

func (r *Reader) report(feed devices.Feed) {
	r.status.At = r.at
	r.changed, r.counted, r.reported = false, false, r.at
	feed.Status(r.status)
}

// send writes m, under a new ID when it is a request.
func (r *Reader) send(w io.Writer, m Message) error {
	if m.Type != KeepAliveAck {
		r.lastID++
		m.ID = r.lastID
	}
	r.out = m.Append(r.out[:0])
	if _, err := w.Write(r.out); err != nil {
		return fmt.Errorf("send %v: %w", m.Type, err)
	}
	return nil
}
