// Package ingest listens to the shop's readers and writes down what comes of it. It is the sole owner of the presence engine.
//
// Sources hand their readings to a Loop, which is a devices.Feed. Reads are samples: they wait in a bounded queue, and when it is
// full they are dropped and counted. The state of a device is not a sample: there is one slot per device, the newest value always
// gets through, and the live board hears of it at once. One goroutine, Run, feeds the engine and hands whatever changes come out
// of it to every Applier in one transaction, up to fifty at a time, without waiting for more.
//
// When the store refuses, the changes are kept and tried again, in order, until it takes them. Meanwhile the shop is deaf: reads
// are dropped, and what was not heard in that time does not count as silence. A garment does not leave because a disk was full.
// Changes that are still unsaved when the agent stops are lost; presence finds them again after the restart.
package ingest

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"showroom/agent/live"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

const (
	// defaultQueue holds two seconds of the busiest store's readings, and is half a megabyte.
	defaultQueue = 4096
	// batch is how many changes go into one transaction at most: beyond it a commit costs no less per change.
	batch = 50
	// deafAfter: a save that takes longer has kept the loop from listening for so long that silence means nothing.
	deafAfter = time.Second

	firstRetry = 100 * time.Millisecond
	lastRetry  = 10 * time.Second
)

// Applier makes changes of presence true in the store: a state of its own and the journal rows that tell of it. Apply is called
// from the goroutine of Run, with changes in the order they happened; it must not keep the slice. After an error the
// transaction is undone and the same changes come again, so what Apply does outside of tx must bear repeating.
type Applier interface {
	Apply(tx *store.Tx, changes []presence.Change) error
}

// Updater is the store: one transaction, on the disk when Update answers nil.
type Updater interface {
	Update(ctx context.Context, do func(*store.Tx) error) error
}

// Options are what a Loop works with. DB and Board are required.
type Options struct {
	Presence presence.Config
	// Known is who was where before the restart.
	Known []presence.Occupancy
	DB    Updater
	// Appliers are called in this order within each transaction.
	Appliers []Applier
	Board    *live.Board
	Queue    int              // reads that may wait; 0 is 4096
	Now      func() time.Time // nil is time.Now; must carry a monotonic reading
	Logger   *slog.Logger     // nil is none
}

// Loop is the feed of all sources. Tag, Status and Stats may be called from any goroutine, before, during and after Run.
type Loop struct {
	db       Updater
	appliers []Applier
	board    *live.Board
	now      func() time.Time
	log      *slog.Logger

	// queue holds reads for Run; when it is full, new reads are dropped and counted.
	queue chan devices.TagRead
	// woken holds one token while there is something in news; a second is not needed.
	woken chan struct{}

	mu   sync.Mutex // guards news
	news map[showroom.DeviceID]devices.State

	counts counts

	// The rest belongs to Run.
	engine  *presence.Engine
	known   []presence.Occupancy // to be restored; nil once done
	states  map[showroom.DeviceID]devices.State
	pending []presence.Change // decided, not saved
}

// New makes a Loop. Nothing happens before Run.
func New(o Options) *Loop {
	if o.Queue <= 0 {
		o.Queue = defaultQueue
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Loop{
		db: o.DB, appliers: o.Appliers, board: o.Board, now: o.Now, log: o.Logger,
		queue:  make(chan devices.TagRead, o.Queue),
		woken:  make(chan struct{}, 1),
		news:   make(map[showroom.DeviceID]devices.State),
		engine: presence.New(o.Presence),
		known:  o.Known,
		states: make(map[showroom.DeviceID]devices.State),
	}
}

// Tag offers a reading. It is dropped and counted when the queue is full.
func (l *Loop) Tag(r devices.TagRead) {
	select {
	case l.queue <- r:
	default:
		l.counts.dropped.Add(1)
	}
}

// Status replaces what is known of a device, here and on the live board.
func (l *Loop) Status(s devices.Status) {
	l.mu.Lock()
	l.board.SetDevice(s)
	l.news[s.Device] = s.State
	l.mu.Unlock()
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// Run listens until ctx ends, and answers its error. It may be called again afterwards, but not at the same time.
func (l *Loop) Run(ctx context.Context) error {
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	if l.known != nil {
		l.keep(l.engine.Restore(l.known, l.now()))
		l.known = nil
	}
	for {
		if err := l.save(ctx); err != nil {
			return err
		}
		l.setAlarm(alarm)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case r := <-l.queue:
			l.observe(r)
		case <-l.woken:
		case <-alarm.C:
		}
		l.collect()
		l.counts.publish(l.engine.Stats(), len(l.pending))
	}
}

func (l *Loop) setAlarm(t *time.Timer) {
	if next, ok := l.engine.Next(); ok {
		t.Reset(next.Sub(l.now()))
	} else {
		t.Stop()
	}
}

// collect takes what is there without waiting for more: all news of devices, and reads until there is a full batch of changes.
// Reads that wait come before the time, or a tag would leave while the proof that it is there stands in the queue.
func (l *Loop) collect() {
	l.hearNews()
	for range cap(l.queue) { // a flood must not keep the loop from saving
		if len(l.pending) >= batch {
			return
		}
		select {
		case r := <-l.queue:
			l.observe(r)
		default:
			l.keep(l.engine.Advance(l.now()))
			return
		}
	}
}

func (l *Loop) observe(r devices.TagRead) { l.keep(l.engine.Observe(r)) }

func (l *Loop) hearNews() {
	l.mu.Lock()
	news := l.news
	if len(news) == 0 {
		l.mu.Unlock()
		return
	}
	l.news = make(map[showroom.DeviceID]devices.State, len(news))
	l.mu.Unlock()
	for id, state := range news {
		if l.states[id] != state {
			l.states[id] = state
			l.keep(l.engine.Device(id, state, l.now()))
		}
	}
}

// keep copies what the engine has decided: its slice is good until its next call only.
func (l *Loop) keep(changes []presence.Change) { l.pending = append(l.pending, changes...) }

// counts are read by other goroutines.
type counts struct {
	dropped, changes, commits, retries atomic.Uint64

	mu       sync.Mutex // guards the rest
	presence presence.Stats
	pending  int
	failing  time.Time
	failure  string
}

func (c *counts) publish(s presence.Stats, pending int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.presence, c.pending = s, pending
}

func (c *counts) fail(since time.Time, failure string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failing, c.failure = since, failure
}

// Stats are counts since New and, from Queued on, the state now.
type Stats struct {
	Dropped uint64 // reads for which there was no room, or no time
	Changes uint64 // saved
	Commits uint64 // transactions they took
	Retries uint64 // transactions that failed

	Queued  int // reads waiting
	Pending int // changes decided and not saved
	// Failing is since when the store has refused, and Failure why; zero when it works.
	Failing time.Time
	Failure string
	// Presence is how the engine stood when it last did something; its Reads are those that were not dropped.
	Presence presence.Stats
}

// Stats copies the counts.
func (l *Loop) Stats() Stats {
	c := &l.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{
		Dropped: c.dropped.Load(), Changes: c.changes.Load(), Commits: c.commits.Load(), Retries: c.retries.Load(),
		Queued: len(l.queue), Pending: c.pending, Failing: c.failing, Failure: c.failure, Presence: c.presence,
	}
}
