// Package uplink carries the journal to the central service.
//
// It reads each lane from where the centre has acknowledged it, sends one batch at a time and moves the mark only after the
// centre's 2xx. Nothing else remembers what was sent: after a crash, a cut or a lost answer the same rows go again, and the centre,
// which refuses whatever does not begin where its lane ends, says where to cut. Facts go before observations, lanes of the same
// rank in turn, so that neither a long backlog nor a lane in trouble keeps the others from moving.
//
// A journal restored from a backup or copied to a second device is recognised by the sum of the last body the centre has; the
// journal is then asked to begin a new epoch, and nothing of either life is lost.
package uplink

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"showroom/agent/showroom"
	"showroom/sync/profileapi"
)

// Journal is what is sent from.
type Journal interface {
	// Lanes answers every lane of every epoch that still has rows.
	Lanes(ctx context.Context) ([]showroom.LaneEnd, error)
	// Rows answers at most limit rows of the lane with a LaneSeq above after, in order. The bodies are the caller's.
	Rows(ctx context.Context, epoch string, lane showroom.Lane, after int64, limit int) ([]showroom.Row, error)
	// Acked notes that the centre has everything up to and including to.
	Acked(ctx context.Context, epoch string, lane showroom.Lane, to int64) error
	// Changed answers a channel that is closed when rows have been added since the call.
	Changed() <-chan struct{}
}

// Centre is what is sent to; *profileapi.Client is one.
type Centre interface {
	Ingest(ctx context.Context, b profileapi.Batch) (profileapi.IngestResult, error)
}

// Sync is how the connection stands.
type Sync struct {
	Connected bool      // the last try was answered, whatever the answer
	LastOK    time.Time // of the last 2xx; zero before the first
	Err       error     // why the last try failed; nil if it did not
	Waiting   int64     // rows not yet acknowledged, all lanes
}

// Options are set once. Zero numbers mean the value named.
type Options struct {
	Store  string
	Device string
	// NewEpoch asks the journal to begin a new epoch and to carry its unacknowledged rows over: the centre has other rows, or more
	// of them, under the numbers of this lane. centre is the last number it has. Afterwards Lanes no longer offers the old
	// epoch's rows as unacknowledged. Required.
	NewEpoch func(ctx context.Context, lane showroom.LaneEnd, centre int64) error
	Report   func(Sync) // called from Run's goroutine whenever something changed; may be nil
	Now      func() time.Time
	Log      *slog.Logger

	BatchEvents int           // most events in a batch; 500
	BatchBytes  int           // about the most bytes in a batch before compression; 512 KiB
	BatchDelay  time.Duration // how long the first row after an idle time waits for company; 250 ms
	RetryMin    time.Duration // first pause after a failure is random below twice this; 1 s
	RetryMax    time.Duration // pauses do not grow beyond; 60 s
}

// Uplink is the connection of one journal to one centre.
type Uplink struct {
	journal Journal
	centre  Centre
	opts    Options
	z       *profileapi.Compressor
	plain   []byte // of the batch being made; reused
	wire    []byte

	state   Sync
	retry   *backoff.ExponentialBackOff
	lanes   map[laneKey]*laneState
	counter int64 // of batches tried; orders lanes of the same rank
}

type laneKey struct {
	epoch string
	lane  showroom.Lane
}

// laneState is what is remembered about a lane while the program runs; all of it may be forgotten.
type laneState struct {
	tried int64
	// behind is where the centre stands when that is before what it once acknowledged, as after the loss of a disk; 0 otherwise.
	behind    int64
	retry     *backoff.ExponentialBackOff
	notBefore time.Time // a refused lane rests until then
}

// New makes an Uplink. It does nothing until Run.
func New(j Journal, c Centre, o Options) (*Uplink, error) {
	if o.Store == "" || o.Device == "" || o.NewEpoch == nil {
		return nil, errors.New("uplink needs a store, a device and a way to begin a new epoch")
	}
	o.BatchEvents = min(cmp.Or(o.BatchEvents, 500), profileapi.MaxBatchEvents)
	o.BatchBytes = min(cmp.Or(o.BatchBytes, 512<<10), profileapi.MaxBatchBytes/2)
	o.BatchDelay = cmp.Or(o.BatchDelay, 250*time.Millisecond)
	o.RetryMin = cmp.Or(o.RetryMin, time.Second)
	o.RetryMax = cmp.Or(o.RetryMax, time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	z, err := profileapi.NewBatchCompressor()
	if err != nil {
		return nil, err
	}
	u := &Uplink{journal: j, centre: c, opts: o, z: z, lanes: map[laneKey]*laneState{}}
	u.retry = u.newRetry()
	return u, nil
}

// newRetry makes a backoff with full jitter: each pause is random between nothing and twice its interval, so that a thousand shops
// that lost the centre together do not come back together.
func (u *Uplink) newRetry() *backoff.ExponentialBackOff {
	b := &backoff.ExponentialBackOff{InitialInterval: u.opts.RetryMin, RandomizationFactor: 1, Multiplier: 2, MaxInterval: u.opts.RetryMax / 2}
	b.Reset()
	return b
}

// Run sends until ctx ends and answers its error, or the journal's when that cannot be read.
func (u *Uplink) Run(ctx context.Context) error {
	for {
		changed := u.journal.Changed() // before reading, so that no row falls between
		next, wake, err := u.choose(ctx)
		if err != nil {
			return err
		}
		if next == nil {
			if err := u.idle(ctx, changed, wake); err != nil {
				return err
			}
			continue
		}
		pause, err := u.send(ctx, *next)
		if err != nil {
			return err
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// idle waits for a row, or for the moment a resting lane may be tried again.
func (u *Uplink) idle(ctx context.Context, changed <-chan struct{}, wake time.Time) error {
	var deadline <-chan time.Time
	if !wake.IsZero() {
		t := time.NewTimer(wake.Sub(u.opts.Now()))
		defer t.Stop()
		deadline = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-deadline:
		return nil
	case <-changed:
		return wait(ctx, u.opts.BatchDelay)
	}
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// choose answers the lane to send from next, nil for none; wake is when the first resting lane may be tried, zero for never.
func (u *Uplink) choose(ctx context.Context) (next *showroom.LaneEnd, wake time.Time, err error) {
	ends, err := u.journal.Lanes(ctx)
	if err != nil {
		return nil, wake, wrap("read lanes of journal", err)
	}
	now, waiting := u.opts.Now(), int64(0)
	ready := make([]showroom.LaneEnd, 0, len(ends))
	for _, end := range ends {
		if !end.Lane.Uploaded() {
			continue
		}
		waiting += max(end.Last-end.Acked, 0)
		l := u.lane(end)
		if l.behind > 0 {
			end.Acked = min(end.Acked, l.behind-1)
		}
		switch {
		case end.Last <= end.Acked:
		case l.notBefore.After(now):
			if wake.IsZero() || l.notBefore.Before(wake) {
				wake = l.notBefore
			}
		default:
			ready = append(ready, end)
		}
	}
	u.report(func(s *Sync) { s.Waiting = waiting })
	if len(ready) == 0 {
		return nil, wake, nil
	}
	first := slices.MinFunc(ready, u.order)
	return &first, wake, nil
}

// order puts facts before observations and, among lanes of the same rank, the one that has waited longest first.
func (u *Uplink) order(a, b showroom.LaneEnd) int {
	if ra, rb := rank(a.Lane), rank(b.Lane); ra != rb {
		return ra - rb
	}
	return int(u.lane(a).tried - u.lane(b).tried)
}

func rank(l showroom.Lane) int {
	if l == showroom.LaneFacts {
		return 0
	}
	return 1
}

func (u *Uplink) lane(end showroom.LaneEnd) *laneState {
	key := laneKey{end.Epoch, end.Lane}
	l := u.lanes[key]
	if l == nil {
		l = &laneState{retry: u.newRetry()}
		u.lanes[key] = l
	}
	return l
}

func (u *Uplink) report(change func(*Sync)) {
	before := u.state
	change(&u.state)
	if u.opts.Report != nil && (u.state.Connected != before.Connected || u.state.LastOK != before.LastOK ||
		u.state.Err != before.Err || u.state.Waiting != before.Waiting) {
		u.opts.Report(u.state)
	}
}

// event converts a row.
func (u *Uplink) event(r showroom.Row) profileapi.Event {
	e := profileapi.Event{
		ID:      profileapi.EventID(r.Epoch, string(r.Lane), r.LaneSeq),
		Source:  profileapi.Source(u.opts.Store, u.opts.Device),
		Type:    profileapi.EventType(string(r.Kind), r.Version),
		Subject: r.Subject,
		Time:    r.At.Wall,
		Clock:   string(r.At.Quality),
		Data:    r.Body,
	}
	if len(r.Body) == 0 {
		e.Data, e.SHA256 = nil, hexSum(r)
	}
	return e
}

func laneAttrs(end showroom.LaneEnd) slog.Attr {
	return slog.String("lane", end.Epoch+"/"+string(end.Lane)+"/"+strconv.FormatInt(end.Acked, 10))
}
