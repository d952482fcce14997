// Package capture records what one device says, in front of the privacy filter, for an engineer who has to find out why it says
// nothing, or too much. Such a recording holds tags of people's own property, so it is an exception with an end:
//
// It lasts a quarter of an hour at most and never goes on by itself, not after a restart either. While it runs, the live board says
// so to every screen. Its start and its end are facts in the journal, its content never is. Its file is for the agent's own user
// only, is as large as [Options].MaxBytes at most, and is deleted a day later. In the numbers of payment cards stars stand for all digits
// but the last four: nothing is cut out, and all that was heard is as long as it was.
package capture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"showroom/agent/live"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices/link"
)

const (
	// Longest is how long a capture may last.
	Longest = 15 * time.Minute

	// LongestReason is more than a reason needs, in characters.
	LongestReason = 200

	defaultMaxBytes = 32 << 20
	defaultKeep     = 24 * time.Hour
)

// Options say where captures are kept and of what. Dir, Devices, Clock and Log are required.
type Options struct {
	Dir      string // made when it is needed
	Devices  []showroom.DeviceID
	MaxBytes int64          // of one file; 0 is 32 MiB
	Keep     time.Duration  // of a file, from its beginning; 0 is 24 h
	Location *time.Location // of the shop, for the end of a capture as people are told it; nil is UTC
	Clock    func() showroom.Moment
	Log      *slog.Logger
}

// Journal is the store: one transaction, on the disk when Update answers nil.
type Journal interface {
	Update(ctx context.Context, do func(*store.Tx) error) error
}

// Captures are the captures of the shop; one runs at a time. All methods may be called from any goroutine.
type Captures struct {
	db    Journal
	board *live.Board
	opt   Options
	taps  map[showroom.DeviceID]*link.Tap
	// woken holds one token while Run has something to look at; a second is not needed.
	woken chan struct{}

	mu  sync.Mutex // guards now, and the files
	now *recording // nil: none
}

// New makes the captures of the configured devices. Whoever opens a device's line gives it the device's Tap, and Run has to run.
func New(db Journal, board *live.Board, opt Options) *Captures {
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = defaultMaxBytes
	}
	if opt.Keep <= 0 {
		opt.Keep = defaultKeep
	}
	if opt.Location == nil {
		opt.Location = time.UTC
	}
	c := &Captures{db: db, board: board, opt: opt, taps: make(map[showroom.DeviceID]*link.Tap), woken: make(chan struct{}, 1)}
	for _, d := range opt.Devices {
		c.taps[d] = &link.Tap{}
	}
	return c
}

// Tap is where captures listen to a device; nil for a device that is not configured.
func (c *Captures) Tap(device showroom.DeviceID) *link.Tap { return c.taps[device] }

// Devices are those that can be captured, in the order of the configuration. The caller must not change them.
func (c *Captures) Devices() []showroom.DeviceID { return c.opt.Devices }

// Order says what to capture, for how long and why. The reason stands in the journal and is read at head office.
type Order struct {
	Device showroom.DeviceID
	For    time.Duration
	Reason string
}

func (c *Captures) check(o Order) error {
	switch {
	case c.taps[o.Device] == nil:
		return showroom.Errorf(showroom.CodeNotFound, "There is no device %q in this shop.", string(o.Device))
	case o.For < time.Second || o.For > Longest:
		return showroom.Errorf(showroom.CodeInvalid, "A capture lasts from one second to %d minutes.", int(Longest/time.Minute))
	case o.Reason == "":
		return showroom.Errorf(showroom.CodeInvalid, "Say why: the reason of a capture is kept with it.")
	case utf8.RuneCountInString(o.Reason) > LongestReason || !utf8.ValidString(o.Reason):
		return showroom.Errorf(showroom.CodeInvalid, "The reason must be text of at most %d characters.", LongestReason)
	}
	return nil
}

// Start begins a capture. The same command again is the same capture. Refusals: CodeNotFound for an unknown device, CodeInvalid for
// a time or reason that can not be, CodeConflict while another capture runs.
func (c *Captures) Start(ctx context.Context, id showroom.CommandID, o Order) error {
	o.Reason = strings.TrimSpace(pan.Mask(o.Reason))
	if err := c.check(o); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now != nil && c.now.command != id {
		return showroom.Errorf(showroom.CodeConflict, "A capture of %q runs already. Stop it first.", string(c.now.order.Device))
	}
	if c.now != nil && c.now.order != o {
		return showroom.Errorf(showroom.CodeConflict, "This command id was already used for something else. Send a new one.")
	}
	if c.now != nil {
		return nil
	}
	r, err := c.record(id, o)
	if err != nil {
		return err
	}
	before := true // the command was done before, and is over
	err = c.db.Update(ctx, func(tx *store.Tx) error {
		_, err := store.Once(tx, id, o, func() (struct{}, error) {
			before = false
			_, err := tx.Append(showroom.CaptureStarted{Device: o.Device, Seconds: int(o.For / time.Second), Reason: o.Reason})
			return struct{}{}, err
		})
		return err
	})
	if err != nil || before {
		r.discard()
		return err
	}
	c.now = r
	r.listen(c.taps[o.Device])
	c.board.SetCapture(live.Capture{
		Device: o.Device, Since: r.since.Wall.In(c.opt.Location), Until: r.since.Wall.Add(o.For).In(c.opt.Location), Reason: o.Reason,
	})
	c.opt.Log.Warn("A capture in front of the privacy filter runs", "device", string(o.Device), "for", o.For, "reason", o.Reason)
	c.wake()
	return nil
}

// Stop ends the capture that runs, also for a client that has hung up meanwhile. None running is what was wanted.
func (c *Captures) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.finish(context.WithoutCancel(ctx), showroom.CaptureStopping)
}

// finish ends the capture, if one runs, and then says so: whatever becomes of the fact, nothing is recorded any more. A fact that
// could not be written is found again by the name of its file. The caller holds mu.
func (c *Captures) finish(ctx context.Context, why showroom.CaptureEnd) error {
	r := c.now
	if r == nil {
		return nil
	}
	bytes, lost := r.end()
	c.now = nil
	c.board.SetCapture(live.Capture{})
	lasted := c.opt.Clock().Since(r.since)
	c.opt.Log.Warn("The capture has ended", "device", string(r.order.Device), "why", string(why), "bytes", bytes, "lost", lost)
	return c.close(ctx, r.path, showroom.CaptureStopped{Device: r.order.Device, Seconds: int(lasted / time.Second), Bytes: bytes, Reason: why})
}

// Run ends captures whose time is over and deletes what is old, until ctx ends; then it ends the capture that runs.
func (c *Captures) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	failing := ""
	for {
		next, err := c.settle(ctx)
		if err != nil && ctx.Err() == nil {
			if failing != err.Error() {
				c.opt.Log.Error("Captures can not be kept in order", "err", err)
			}
			failing, next = err.Error(), time.Second
		}
		if err == nil {
			failing = ""
		}
		timer.Reset(next)
		select {
		case <-ctx.Done():
			c.mu.Lock()
			defer c.mu.Unlock()
			if err := c.finish(context.WithoutCancel(ctx), showroom.CaptureShutdown); err != nil {
				c.opt.Log.Error("The end of a capture can not be written down", "err", err)
			}
			return ctx.Err()
		case <-c.woken:
		case <-timer.C:
		}
	}
}

// settle does what is due and answers how long until something else is.
func (c *Captures) settle(ctx context.Context) (next time.Duration, err error) {
	const atLeast = time.Hour // a clock may be set
	c.mu.Lock()
	defer c.mu.Unlock()
	next = atLeast
	if r := c.now; r != nil {
		left := r.order.For - c.opt.Clock().Since(r.since)
		why, broken := r.broken()
		switch {
		case broken:
			err = c.finish(ctx, why)
		case left <= 0:
			err = c.finish(ctx, showroom.CaptureExpired)
		default:
			next = min(next, left)
		}
	}
	if err == nil {
		err = c.closeLeftovers(ctx)
	}
	goes, failed := c.deleteOld() // whatever can not be written down: it makes room
	return min(next, goes), errors.Join(err, failed)
}

func (c *Captures) wake() {
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

// close writes down that a capture is over and gives its file the name of a finished one. A file that did not get it is found again
// later, and then there is nothing more to write down.
func (c *Captures) close(ctx context.Context, path string, stopped showroom.CaptureStopped) error {
	id := showroom.CommandID("capture.stopped/" + filepath.Base(path))
	err := c.db.Update(ctx, func(tx *store.Tx) error {
		_, err := store.Once(tx, id, nil, func() (struct{}, error) {
			_, err := tx.Append(stopped)
			return struct{}{}, err
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("write down the end of a capture: %w", err)
	}
	return finishFile(path)
}
