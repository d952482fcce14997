package recording

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"showroom/devices"
)

// File is the name of the newest file of a recording; Older is the one before it. Played one after the other they are the whole of it.
const (
	File  = "readings.jsonl"
	Older = "readings.1.jsonl"
)

// Options say where to record. Dir is required.
type Options struct {
	Dir string // made when it is not there
	// MaxSize is how large the files together become, in bytes; 0 means 16 MB. When the newest holds half of it, it becomes the older
	// one and what that held is gone.
	MaxSize int64
	// Queue is how many readings may wait to be written; 0 means 1024. When it is full new ones are dropped, and the recording says
	// how many.
	Queue int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Recorder writes readings down. Tag, Status, Sighting and Scan may be called from any goroutine, before, during and after Run, and
// never block: a recording that is full, slow or broken disturbs nobody.
type Recorder struct {
	o       Options
	queue   chan line // capacity Options.Queue; when full, lines are dropped and counted
	dropped atomic.Uint64

	mu      sync.Mutex // guards aliases
	aliases map[devices.RadioID]string
	named   uint64 // how many aliases there have been

	// The rest belongs to Run.
	file  *os.File
	out   *bufio.Writer
	size  int64
	begin time.Time
	risky uint64 // readings that are written and not with the system yet
}

// New makes a Recorder. Nothing is written before Run.
func New(o Options) *Recorder {
	if o.MaxSize <= 0 {
		o.MaxSize = 16_000_000
	}
	if o.Queue <= 0 {
		o.Queue = 1024
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Recorder{o: o, queue: make(chan line, o.Queue), aliases: map[devices.RadioID]string{}, begin: o.Now()}
}

// Tag records a tag read.
func (r *Recorder) Tag(t devices.TagRead) { r.put(tagLine(t), t.At) }

// Status records the state of a device, without its counts.
func (r *Recorder) Status(s devices.Status) { r.put(statusLine(s), s.At) }

// Sighting records a sighting under an alias of its tag.
func (r *Recorder) Sighting(s devices.Sighting) { r.put(r.sightingLine(s), s.At) }

// Scan records that a code was scanned.
func (r *Recorder) Scan(s devices.Scan) { r.put(scanLine(s), s.At) }

func (r *Recorder) put(l line, at time.Time) {
	l.After = at.Sub(r.begin).Microseconds()
	select {
	case r.queue <- l:
	default:
		r.dropped.Add(1)
	}
}

// alias is what a radio tag is called in this recording. The list of them is in memory only, and begun anew before it grows large.
func (r *Recorder) alias(id devices.RadioID) string {
	const most = 10_000
	r.mu.Lock()
	defer r.mu.Unlock()
	alias, known := r.aliases[id]
	if !known {
		if len(r.aliases) >= most {
			clear(r.aliases)
		}
		r.named++
		alias = strconv.FormatUint(r.named, 10)
		r.aliases[id] = alias
	}
	return alias
}

// Run writes until ctx ends or the folder takes no more, and returns why. It may be called again afterwards, but not at the same
// time.
func (r *Recorder) Run(ctx context.Context) (err error) {
	if err := r.open(); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, r.close())
		r.dropped.Add(r.risky) // a few of them may be there after all
		r.risky = 0
	}()
	for {
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), r.writeQueued())
		case l := <-r.queue:
			if err := errors.Join(r.write(l), r.writeQueued()); err != nil {
				return err
			}
		}
	}
}

// writeQueued writes whatever waits and sees to it that it is with the system.
func (r *Recorder) writeQueued() error {
	for range len(r.queue) {
		if err := r.write(<-r.queue); err != nil {
			return err
		}
	}
	if n := r.dropped.Swap(0); n > 0 {
		if err := r.write(line{After: r.o.Now().Sub(r.begin).Microseconds(), Dropped: n}); err != nil {
			return err
		}
	}
	if err := r.out.Flush(); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	r.risky = 0
	return nil
}

func (r *Recorder) write(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	text = append(text, '\n')
	if r.size+int64(len(text)) > r.o.MaxSize/2 {
		if err := r.turnOver(); err != nil {
			r.risky += max(l.Dropped, 1)
			return err
		}
	}
	r.size += int64(len(text))
	r.risky += max(l.Dropped, 1)
	if _, err := r.out.Write(text); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// turnOver makes the newest file the older one and begins another.
func (r *Recorder) turnOver() error {
	if err := r.close(); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(r.o.Dir, File), filepath.Join(r.o.Dir, Older)); err != nil {
		return fmt.Errorf("turn recording over: %w", err)
	}
	return r.open()
}

func (r *Recorder) open() error {
	if err := os.MkdirAll(r.o.Dir, 0o700); err != nil {
		return fmt.Errorf("make folder of recordings: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(r.o.Dir, File), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open recording: %w", err)
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		_ = file.Close()
		return fmt.Errorf("open recording: %w", err)
	}
	r.file, r.out, r.size = file, bufio.NewWriter(file), end
	header, err := json.Marshal(line{Begin: &r.begin, Version: version})
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if end > 0 { // the end of the line a power cut may have left unfinished; an empty line is none
		header = append([]byte{'\n'}, header...)
	}
	header = append(header, '\n')
	r.size += int64(len(header))
	if _, err := r.out.Write(header); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

func (r *Recorder) close() error {
	if r.file == nil {
		return nil
	}
	flushed := r.out.Flush()
	err := errors.Join(flushed, r.file.Close())
	r.file = nil
	if flushed == nil {
		r.risky = 0
	}
	if err != nil && !errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("close recording: %w", err)
	}
	return nil
}
