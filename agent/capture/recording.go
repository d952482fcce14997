package capture

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/devices/link"
)

// queue is how many pieces may wait for the disk: two seconds of the busiest reader.
const queue = 2048

// recording is the capture that runs: a device's line writes into its file.
type recording struct {
	command showroom.CommandID
	order   Order
	since   showroom.Moment
	begun   time.Time // with a monotonic reading
	limit   int64
	path    string
	file    *os.File
	stop    func() // listening
	wake    func() // called once when nothing more can be written

	// pieces wait for the disk; when the channel is full, one is dropped and counted: the line must not wait.
	pieces  chan link.Chunk
	done    chan struct{} // closed when there is nothing more to wait for
	written chan struct{} // closed when the writer has ended
	lost    atomic.Uint64
	full    atomic.Bool
	failed  atomic.Bool

	// The writer's, until written is closed.
	size int64
	held [2]link.Chunk // what ends in the middle of a number, of what comes and of what goes
}

// record opens a file for a capture. Nothing is heard before listen.
func (c *Captures) record(id showroom.CommandID, o Order) (*recording, error) {
	if err := os.MkdirAll(c.opt.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of captures: %w", err)
	}
	r := &recording{
		command: id, order: o, since: c.opt.Clock(), limit: c.opt.MaxBytes, wake: c.wake,
		pieces: make(chan link.Chunk, queue), done: make(chan struct{}), written: make(chan struct{}),
	}
	r.path = filepath.Join(c.opt.Dir, url.PathEscape(string(o.Device))+"-"+r.since.Wall.UTC().Format(stamp)+unfinished)
	var err error
	if r.file, err = os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, fmt.Errorf("open file of capture: %w", err)
	}
	return r, nil
}

// discard forgets a recording that never began.
func (r *recording) discard() { _ = errors.Join(r.file.Close(), os.Remove(r.path)) }

// listen begins to write what the tap hears.
func (r *recording) listen(tap *link.Tap) {
	r.begun = time.Now()
	go r.write()
	r.stop = tap.Listen(r.hear)
}

// hear is called on the device's line. It does not rely on anybody ending the capture in time.
func (r *recording) hear(c link.Chunk) {
	if time.Since(r.begun) >= r.order.For || r.full.Load() || r.failed.Load() {
		return
	}
	c.Bytes = bytes.Clone(c.Bytes)
	select {
	case r.pieces <- c:
	default:
		r.lost.Add(1)
	}
}

func (r *recording) write() {
	defer close(r.written)
	for {
		select {
		case c := <-r.pieces:
			r.take(c)
		case <-r.done:
			for {
				select {
				case c := <-r.pieces:
					r.take(c)
				default:
					for _, c := range r.held {
						r.put(c)
					}
					return
				}
			}
		}
	}
}

// take writes a piece. Its end waits for the next one where a card number could go on: no number may pass in two halves.
func (r *recording) take(c link.Chunk) {
	if c.Topic != "" {
		r.put(c)
		return
	}
	held := &r.held[0]
	if c.Out {
		held = &r.held[1]
	}
	c.Bytes = append(held.Bytes, c.Bytes...)
	cut := decided(c.Bytes)
	*held = c
	held.Bytes = bytes.Clone(c.Bytes[cut:])
	c.Bytes = c.Bytes[:cut]
	r.put(c)
}

// put writes a piece without the card numbers in it.
func (r *recording) put(c link.Chunk) {
	if len(c.Bytes) == 0 && c.Topic == "" {
		return
	}
	c.Topic, c.Bytes = pan.Mask(c.Topic), []byte(pan.Mask(string(c.Bytes)))
	line, err := c.Line(r.begun)
	if err != nil {
		r.lost.Add(1)
		return
	}
	if r.full.Load() || r.failed.Load() {
		r.lost.Add(1)
		return
	}
	if r.size+int64(len(line)) > r.limit {
		r.full.Store(true)
		r.wake()
		return
	}
	n, err := r.file.Write(line)
	r.size += int64(n)
	if err != nil {
		r.failed.Store(true)
		r.wake()
	}
}

// broken says whether nothing more can be written, and why.
func (r *recording) broken() (why showroom.CaptureEnd, broken bool) {
	switch {
	case r.full.Load():
		return showroom.CaptureFull, true
	case r.failed.Load():
		return showroom.CaptureFailed, true
	}
	return "", false
}

// end stops listening, waits for what was heard to be written, and answers how much that is and how many pieces are not in it.
func (r *recording) end() (bytes int64, lost uint64) {
	r.stop()
	close(r.done)
	<-r.written
	if r.file.Close() != nil {
		r.failed.Store(true)
	}
	return r.size, r.lost.Load()
}
