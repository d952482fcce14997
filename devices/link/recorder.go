package link

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// A recording is JSON lines. Bytes of a line hold tags of people's property: whoever records puts the Recorder where what may
// not be kept has been taken out, keeps the file short and switches it off again.
type entry struct {
	// After is the time since the beginning of the recording, in microseconds.
	After int64  `json:"us"`
	Dir   string `json:"dir"`             // "in": read from the device; "out": written to it
	Topic string `json:"topic,omitempty"` // of a message
	Hex   string `json:"hex"`
}

const (
	dirIn  = "in"
	dirOut = "out"
)

// Recorder is an io.ReadWriter that notes what passes through. A full or failing recording never disturbs the line.
type Recorder struct {
	rw  io.ReadWriter
	now func() time.Time

	mu    sync.Mutex
	to    io.Writer
	room  int // bytes the recording may still grow by
	start time.Time
	err   error
}

// Record records rw to to, at most limit bytes.
func Record(rw io.ReadWriter, to io.Writer, limit int, now func() time.Time) *Recorder {
	return &Recorder{rw: rw, to: to, room: limit, now: now, start: now()}
}

// Read reads from the device.
func (r *Recorder) Read(p []byte) (int, error) {
	n, err := r.rw.Read(p)
	r.note(dirIn, p[:n])
	return n, err
}

// Write writes to the device.
func (r *Recorder) Write(p []byte) (int, error) {
	n, err := r.rw.Write(p)
	r.note(dirOut, p[:n])
	return n, err
}

// Err is why nothing more is recorded; nil while it is. ErrFull means that the limit is reached.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// ErrFull is that a recording has reached its limit.
var ErrFull = errors.New("recording is full")

func (r *Recorder) note(dir string, p []byte) {
	if len(p) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return
	}
	line, err := json.Marshal(entry{After: r.now().Sub(r.start).Microseconds(), Dir: dir, Hex: hex.EncodeToString(p)})
	line = append(line, '\n')
	if err == nil && len(line) > r.room {
		err = ErrFull
	}
	if err == nil {
		_, err = r.to.Write(line)
	}
	r.room -= len(line)
	r.err = err
}

// Replayer is an io.ReadWriter that says again what a device once said. Writes are taken and forgotten. At the end of the
// recording Read answers io.EOF.
type Replayer struct {
	lines *bufio.Scanner
	line  int
	rest  []byte
}

// Replay plays a recording as fast as it is read: what a protocol makes of it must not depend on the pace.
func Replay(from io.Reader) *Replayer {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	return &Replayer{lines: lines}
}

// Read answers what one Read of the recorded line answered, as far as p holds it.
func (r *Replayer) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if !r.lines.Scan() {
			if err := r.lines.Err(); err != nil {
				return 0, fmt.Errorf("replay: %w", err)
			}
			return 0, io.EOF
		}
		r.line++
		var e entry
		if err := json.Unmarshal(r.lines.Bytes(), &e); err != nil {
			return 0, fmt.Errorf("replay: line %d: %w", r.line, err)
		}
		if e.Dir != dirIn {
			continue
		}
		b, err := hex.DecodeString(e.Hex)
		if err != nil {
			return 0, fmt.Errorf("replay: line %d: %w", r.line, err)
		}
		r.rest = b
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Write forgets p.
func (r *Replayer) Write(p []byte) (int, error) { return len(p), nil }
