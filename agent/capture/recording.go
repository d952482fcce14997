package capture

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

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

	// lines waits for the disk; when it is full, a piece is dropped and counted: the line must not wait.
	lines   chan []byte
	done    chan struct{} // closed when there is nothing more to wait for
	written chan struct{} // closed when the writer has ended
	lost    atomic.Uint64
	full    atomic.Bool
	failed  atomic.Bool

	size int64 // the writer's, until written is closed
}

// record opens a file for a capture. Nothing is heard before listen.
func (c *Captures) record(id showroom.CommandID, o Order) (*recording, error) {
	if err := os.MkdirAll(c.opt.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of captures: %w", err)
	}
	r := &recording{
		command: id, order: o, since: c.opt.Clock(), limit: c.opt.MaxBytes, wake: c.wake,
		lines: make(chan []byte, queue), done: make(chan struct{}), written: make(chan struct{}),
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
	line, err := c.Line(r.begun)
	if err != nil {
		r.lost.Add(1)
		return
	}
	select {
	case r.lines <- line:
	default:
		r.lost.Add(1)
	}
}

func (r *recording) write() {
	defer close(r.written)
	for {
		select {
		case line := <-r.lines:
			r.put(line)
		case <-r.done:
			for {
				select {
				case line := <-r.lines:
					r.put(line)
				default:
					return
				}
			}
		}
	}
}

func (r *recording) put(line []byte) {
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
