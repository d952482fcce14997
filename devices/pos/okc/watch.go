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
	changed  bool
	reported time.Time
}

// reportEvery is how often changed counters are told.
const reportEvery = time.Second

func newWatch(o Options, c *conn, rw io.ReadWriter, feed Feed) *watch {
	return &watch{o: o, conn: c, rw: rw, feed: feed, status: devices.Status{Device: o.Device}}
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
			w.become(devices.Silent, "no answer", "The fiscal device has stopped answering. Switch it off and on.")
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
		if w.changed || w.counted() && w.at.Sub(w.reported) >= reportEvery {
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
		if s := w.dec.Stats(); s.Skipped > 0 && s.Good == 0 {
			w.become(devices.Silent, "garbage", "Bytes come that are no answers. Check the address or the baud rate of the fiscal device.")
		} else {
			w.become(devices.Silent, "no answer", "Check that the fiscal device is on and not in a menu.")
		}
	}
	if w.conn.idle() && w.at.Sub(w.asked) >= w.o.Heartbeat && w.at.Sub(w.heard) >= w.o.Heartbeat {
		return w.beat()
	}
	return nil
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
	if w.status.State == s && w.status.Reason == reason {
		return
	}
	w.status.State, w.status.Reason, w.status.Advice = s, reason, advice
	w.changed = true
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

// end tells that the connection is over and answers why.
func (w *watch) end(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
		w.become(devices.Down, "stopped", "")
	case errors.Is(err, ErrNoAnswer):
		err = &devices.Error{Op: "speak", Device: w.o.Device, Err: err, Hint: "The fiscal device has stopped answering. Switch it off and on."}
		w.become(devices.Down, "no answer", "The fiscal device has stopped answering. Switch it off and on.")
	default:
		err = &devices.Error{Op: "speak", Device: w.o.Device, Err: err, Hint: "Check the cable and the power of the fiscal device."}
		w.become(devices.Down, "port lost", "Check the cable and the power of the fiscal device.")
	}
	w.at = w.o.Now()
	w.report()
	return err
}
