package okcsim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"showroom/devices/pos/okc"
)

// wire is one connection. The device's mutex guards it, but for what belongs to Attend.
type wire struct {
	queue []byte
	// pulled: what is in the queue goes out and then the line ends.
	pulled bool
	wake   chan struct{} // has room for one word: there is something to do
	rw     io.ReadWriteCloser
}

// Attend speaks over one connection until ctx ends or it does. Another connection meanwhile ends it. It closes rw.
func (d *Device) Attend(ctx context.Context, rw io.ReadWriteCloser) error {
	w := &wire{wake: make(chan struct{}, 1), rw: rw}
	d.mu.Lock()
	if d.wire != nil {
		d.cut()
	}
	d.wire = w
	d.mu.Unlock()
	lost := make(chan error, 1)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer d.leave(w)
	reader.Go(func() { lost <- d.listen(w) })
	tick := time.NewTicker(max(d.o.Beat/2, time.Millisecond))
	defer tick.Stop()
	for {
		p, over := d.due(w)
		if len(p) > 0 {
			if _, err := rw.Write(p); err != nil {
				return err
			}
		}
		if over {
			return errPulled
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-lost:
			return err
		case <-w.wake:
		case <-tick.C:
		}
	}
}

// leave ends a connection.
func (d *Device) leave(w *wire) {
	_ = w.rw.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.wire == w {
		d.wire = nil
	}
}

// errPulled is the end of a line whose cable was pulled, or that another line has replaced.
var errPulled = errors.New("cable pulled")

// due is what is to be written now, and whether the line ends then.
func (d *Device) due(w *wire) (p []byte, over bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.o.Now()
	d.advance(now)
	if w.pulled || d.wire != w {
		p, w.queue = w.queue, nil
		return p, true
	}
	if now.Before(d.hungUntil) || now.Before(d.muteUntil) {
		return nil, false
	}
	p, w.queue = w.queue, nil
	return p, false
}

// listen takes requests until the line ends.
func (d *Device) listen(w *wire) error {
	var dec okc.Decoder
	buf := make([]byte, 4096)
	for {
		n, err := w.rw.Read(buf)
		dec.Feed(buf[:n])
		for f, ok := dec.Next(); ok; f, ok = dec.Next() {
			if r, err := okc.ParseRequest(f.Body); err == nil {
				d.obey(w, f.Seq, r)
			}
		}
		if err != nil {
			return err
		}
	}
}

// obey does what a request says. A line that is over, and a device that hangs, hear nothing.
func (d *Device) obey(w *wire, seq uint32, r okc.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.o.Now()
	d.advance(now)
	if d.wire != w || w.pulled || now.Before(d.hungUntil) {
		return
	}
	switch r.Ask {
	case okc.AskParameters:
		d.answer(w, seq, okc.Answer{Say: okc.SayParameters, Parameters: d.parameters()})
	case okc.AskStatus:
		d.answer(w, seq, okc.Answer{Say: okc.SayStatus, Status: d.status(now)})
	case okc.AskSubmit:
		d.submit(w, seq, *r.Basket, now)
	case okc.AskStop:
		if d.now != nil && d.now.entry.ID == r.ID {
			d.now.stopped = true
		}
	case okc.AskCancel:
		d.cancel(w, seq, r.ID)
	case okc.AskLast:
		d.last(w, seq, r.ID)
	}
}

// answer says something to a line, if it is still there.
func (d *Device) answer(w *wire, seq uint32, a okc.Answer) {
	if w != d.wire || w == nil || w.pulled {
		return
	}
	body, err := json.Marshal(a)
	if err != nil {
		return // there is no answer that can not be written
	}
	w.queue = okc.AppendFrame(w.queue, seq, body)
	w.nudge()
}

func (w *wire) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// cut pulls the cable: what is queued still goes out.
func (d *Device) cut() {
	if d.wire == nil {
		return
	}
	d.wire.pulled = true
	d.wire.nudge()
	d.wire = nil
}

func (d *Device) progress(w *work, code, text string, now time.Time) {
	w.say, w.last = okc.Progress{Code: code, Text: text}, now
	d.answer(w.line, w.seq, okc.Answer{Say: okc.SayProgress, Progress: &w.say})
}

// tell gives whoever asked the document, or half of it where the cable is pulled then.
func (d *Device) tell(w *work) {
	half := w.fault.Trouble == Pull && w.fault.At == Told
	before := 0
	if d.wire != nil {
		before = len(d.wire.queue)
	}
	d.answer(w.line, w.seq, okc.Answer{Say: okc.SayDocument, Document: &w.entry.Document})
	if half && d.wire != nil && d.wire == w.line {
		d.wire.queue = d.wire.queue[:before+(len(d.wire.queue)-before)/2]
		d.cut()
	}
}

// suffer lets the fault of a basket happen at its step.
func (d *Device) suffer(now time.Time) {
	w := d.now
	if w.fault.At != w.at {
		return
	}
	until := now.Add(w.fault.For)
	if w.fault.For == 0 {
		until = now.Add(never)
	}
	switch w.fault.Trouble {
	case Pull:
		if d.wire == w.line {
			d.cut()
		}
	case Hang:
		d.hungUntil = until
	case Late:
		d.muteUntil = until
	}
}

// Serve attends to whoever connects, the newest only, until ctx ends. It closes l.
func (d *Device) Serve(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	var lines sync.WaitGroup
	defer lines.Wait()
	defer cancel()
	for {
		c, err := l.Accept()
		if err != nil {
			_ = l.Close()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
		lines.Go(func() { _ = d.Attend(ctx, c) }) // the next one calls again
	}
}
