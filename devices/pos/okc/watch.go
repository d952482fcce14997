package okc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"showroom/devices"
)

// watch owns the wire of one connection: it alone writes, and all that is read comes to it. It asks an idle device how it is.
type watch struct {
	o    Options
	conn *conn
	rw   io.ReadWriter
	feed Feed

	dec   Decoder
	at    time.Time
	heard time.Time // the last sound frame, or the start
	asked time.Time // the last question how it is
	// answer is the sequence number of that question; 0 when it is answered.
	answer uint32
	stale  uint64 // answers nobody waits for
	silly  uint64 // sound frames without a sound answer

	status   devices.Status
	said     bool // something is said of the device on this connection
	changed  bool
	reported time.Time
}

// reportEvery is how often changed counters are told.
const reportEvery = time.Second

// newWatch makes a watch of a device that was last known like this: one that was silent is silent until it says something.
func newWatch(o Options, c *conn, rw io.ReadWriter, feed Feed, last devices.Status) *watch {
	w := &watch{o: o, conn: c, rw: rw, feed: feed, status: devices.Status{Device: o.Device}}
	if last.State == devices.Silent {
		w.status.State, w.status.Reason, w.status.Advice, w.status.LastData = last.State, last.Reason, last.Advice, last.LastData
	}
	return w
}

// loop runs until the connection ends. It joins the goroutine that reads.
func (w *watch) loop(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan []byte) // no room: the reader waits for the owner
	lost := make(chan error, 1) // the reader's one last word
	var reader sync.WaitGroup
	defer reader.Wait()
	defer cancel()
	reader.Go(func() { lost <- read(ctx, w.rw, chunks) })

	w.at = w.o.Now()
	w.heard = w.at
	tick := time.NewTicker(max(min(w.o.Heartbeat, w.o.SilentAfter)/4, time.Millisecond))
	defer tick.Stop()
	if err := w.beat(); err != nil {
		return err
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err = <-w.conn.broken:
		case err = <-lost:
		case p := <-chunks:
			w.at = w.o.Now()
			w.take(p)
		case d := <-w.conn.out:
			err = w.send(d.seq, d.body)
		case <-tick.C:
			w.at = w.o.Now()
			err = w.judge()
		}
		if w.changed || w.said && w.counted() && w.at.Sub(w.reported) >= reportEvery {
			w.report()
		}
		if err != nil {
			return err
		}
	}
}

// read hands on what comes until the port fails or ctx ends.
func read(ctx context.Context, r io.Reader, chunks chan<- []byte) error {
	for ctx.Err() == nil {
		buf := make([]byte, 4096)
		n, err := r.Read(buf)
		if n > 0 {
			select {
			case chunks <- buf[:n]:
			case <-ctx.Done():
			}
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// take hands the answers in what came to whoever waits for them.
func (w *watch) take(p []byte) {
	w.dec.Feed(p)
	for f, ok := w.dec.Next(); ok; f, ok = w.dec.Next() {
		a, err := ParseAnswer(f.Body)
		if err != nil {
			w.silly++
			continue
		}
		w.heard, w.status.LastData = w.at, w.at
		mine := f.Seq == w.answer
		if mine {
			w.answer = 0
		} else if !w.conn.hand(f.Seq, a) {
			w.stale++
		}
		switch {
		case a.Say == SayStatus:
			w.judgeStatus(*a.Status)
		case w.status.State != devices.Fault:
			w.become(devices.Up, "", "")
		}
	}
}

// judgeStatus makes of what the device says of itself what the shop needs to know.
func (w *watch) judgeStatus(s Status) {
	switch {
	case s.Fault != "":
		w.become(devices.Fault, s.Fault, "Look at the fiscal device's display.")
	case s.Paper == PaperOut:
		w.become(devices.Fault, "paper out", "Put a new roll of paper into the fiscal device.")
	case s.Unfinished != "":
		w.become(devices.Fault, "payment without slip", "Finish or cancel the document on the fiscal device.")
	default:
		w.become(devices.Up, "", "")
	}
}

// judge notices silence and asks an idle device how it is.
func (w *watch) judge() error {
	if w.at.Sub(w.heard) >= w.o.SilentAfter {
		w.fallSilent("Check that the fiscal device is on and not in a menu.")
	}
	if w.conn.idle() && w.at.Sub(w.asked) >= w.o.Heartbeat && w.at.Sub(w.heard) >= w.o.Heartbeat {
		return w.beat()
	}
	return nil
}

// fallSilent notes that no answer comes; the advice is for where nothing comes at all.
func (w *watch) fallSilent(advice string) {
	if s := w.dec.Stats(); s.Skipped > 0 && s.Good == 0 {
		w.become(devices.Silent, "garbage", "Bytes come that are no answers. Check the address or the baud rate of the fiscal device.")
		return
	}
	w.become(devices.Silent, "no answer", advice)
}

// beat asks the device how it is.
func (w *watch) beat() error {
	body, err := json.Marshal(Request{Ask: AskStatus})
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	d := w.conn.register()
	d.close()
	w.asked, w.answer = w.at, d.seq
	return w.send(d.seq, body)
}

func (w *watch) send(seq uint32, body []byte) error {
	if _, err := w.rw.Write(AppendFrame(nil, seq, body)); err != nil {
		return fmt.Errorf("send request: %w", err)
	}
	return nil
}

func (w *watch) become(s devices.State, reason, advice string) {
	same := w.status.State == s && w.status.Reason == reason
	if same && w.said {
		return
	}
	if !same {
		w.status.State, w.status.Reason, w.status.Advice = s, reason, advice
	}
	w.said, w.changed = true, true
}

func (w *watch) frames() devices.Frames {
	s := w.dec.Stats()
	return devices.Frames{Good: s.Good - w.silly, Bad: s.Bad + w.silly, Skipped: s.Skipped, Stale: w.stale}
}

func (w *watch) counted() bool { return w.frames() != w.status.Frames }

func (w *watch) report() {
	w.status.At, w.status.Frames = w.at, w.frames()
	w.changed, w.reported = false, w.at
	w.feed.Status(w.status)
}

// end tells that the connection is over and answers why. A device that is silent stays so: that it is not there either shows when it
// can not be reached again.
func (w *watch) end(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
		w.become(devices.Down, "stopped", "")
	case errors.Is(err, ErrNoAnswer):
		w.fallSilent("The fiscal device has stopped answering. Switch it off and on.")
		err = &devices.Error{Op: "speak", Device: w.o.Device, Err: err, Hint: w.status.Advice}
	case w.status.State == devices.Silent:
		err = &devices.Error{Op: "speak", Device: w.o.Device, Err: err, Hint: w.status.Advice}
	default:
		err = &devices.Error{Op: "speak", Device: w.o.Device, Err: err, Hint: "Check the cable and the power of the fiscal device."}
		w.become(devices.Down, "port lost", "Check the cable and the power of the fiscal device.")
	}
	w.at = w.o.Now()
	w.report()
	return err
}
