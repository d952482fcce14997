// Package ingest listens to the shop's readers and gateways and writes down what comes of it. It is the sole owner of the engines
// that decide where garments and radio tags are.
//
// Sources hand their readings to a Loop, which is a devices.Feed and a gateway.Feed. Reads and sightings are samples: they wait in
// bounded queues, and when one is full they are dropped and counted. The state of a device is not a sample: there is one slot per
// device, the newest value always gets through, and the live board hears of it at once. One goroutine, Run, feeds the engines and
// hands whatever changes come out of them to every Applier in one transaction, up to fifty of each sort at a time, without waiting
// for more.
//
// When the store refuses, the changes are kept and tried again, in order, until it takes them. Meanwhile the shop is deaf: reads
// are dropped, and what was not heard in that time does not count as silence. A garment does not leave because a disk was full.
// Changes that are still unsaved when the agent stops are lost; the engines find them again after the restart.
package ingest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"showroom/agent/live"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
	"showroom/devices/ble/gateway"
)

const (
	// defaultQueue holds two seconds of the busiest store's readings, and is half a megabyte.
	defaultQueue = 4096
	// defaultSightings holds two seconds of a hundred tags that twenty gateways hear often.
	defaultSightings = 4096
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

// ZoneApplier makes changes of zone true in the store, like an Applier.
type ZoneApplier interface {
	ApplyZones(tx *store.Tx, changes []zones.Change) error
}

// Updater is the store: one transaction, on the disk when Update answers nil.
type Updater interface {
	Update(ctx context.Context, do func(*store.Tx) error) error
}

// Options are what a Loop works with. DB and Board are required.
type Options struct {
	Presence presence.Config
	Zones    zones.Config
	// Known is what was where before the restart, and KnownZones which radio tag was in which zone.
	Known      []presence.Occupancy
	KnownZones []zones.Occupancy
	DB         Updater
	// Appliers are called in this order within each transaction, and the ZoneAppliers after them.
	Appliers     []Applier
	ZoneAppliers []ZoneApplier
	Board        *live.Board
	Queue        int              // reads that may wait; 0 is 4096
	Sightings    int              // sightings that may wait; 0 is 4096
	Now          func() time.Time // nil is time.Now; must carry a monotonic reading
	Logger       *slog.Logger     // nil is none
}

// Loop is the feed of all sources. Its methods but Run may be called from any goroutine, before, during and after Run.
type Loop struct {
	db           Updater
	appliers     []Applier
	zoneAppliers []ZoneApplier
	board        *live.Board
	now          func() time.Time
	log          *slog.Logger

	// queue holds reads and sightings holds sightings for Run; when one is full, new ones are dropped and counted.
	queue     chan devices.TagRead
	sightings chan devices.Sighting
	// woken holds one token while there is something in news or gone; a second is not needed.
	woken chan struct{}

	mu   sync.Mutex // guards news and gone
	news map[showroom.DeviceID]devices.State
	gone []devices.RadioID // to be forgotten

	counts counts

	// The rest belongs to Run.
	engine     *presence.Engine
	floor      *zones.Engine
	known      []presence.Occupancy // to be restored; nil once done
	knownZones []zones.Occupancy    // likewise
	states     map[showroom.DeviceID]devices.State
	pending    []presence.Change // decided, not saved
	moves      []zones.Change    // likewise
}

// New makes a Loop. Nothing happens before Run.
func New(o Options) *Loop {
	if o.Queue <= 0 {
		o.Queue = defaultQueue
	}
	if o.Sightings <= 0 {
		o.Sightings = defaultSightings
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Loop{
		db: o.DB, appliers: o.Appliers, zoneAppliers: o.ZoneAppliers, board: o.Board, now: o.Now, log: o.Logger,
		queue:     make(chan devices.TagRead, o.Queue),
		sightings: make(chan devices.Sighting, o.Sightings),
		woken:     make(chan struct{}, 1),
		news:      make(map[showroom.DeviceID]devices.State),
		engine:    presence.New(o.Presence), floor: zones.New(o.Zones),
		known: o.Known, knownZones: o.KnownZones,
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

// Sighting offers a sighting. It is dropped and counted when the queue is full.
func (l *Loop) Sighting(s devices.Sighting) {
	select {
	case l.sightings <- s:
	default:
		l.counts.unseen.Add(1)
	}
}

// Crowd puts how much was heard of radios that nobody enrolled on the live board. It goes no further.
func (l *Loop) Crowd(c gateway.Crowd) {
	l.board.SetCrowd(live.Crowd{Gateway: c.Gateway, Minute: c.Minute, Heard: c.Heard})
}

// Forget drops everything known of a radio tag that is no longer to be heard, without a change.
func (l *Loop) Forget(id devices.RadioID) {
	l.mu.Lock()
	l.gone = append(l.gone, id)
	l.mu.Unlock()
	l.wake()
}

// Status replaces what is known of a device, here and on the live board.
func (l *Loop) Status(s devices.Status) {
	l.mu.Lock()
	l.board.SetDevice(s)
	l.news[s.Device] = s.State
	l.mu.Unlock()
	l.wake()
}

func (l *Loop) wake() {
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// Run listens until ctx ends, and answers its error. It may be called again afterwards, but not at the same time.
func (l *Loop) Run(ctx context.Context) error {
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	l.restore()
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
		case s := <-l.sightings:
			l.sight(s)
		case <-l.woken:
		case <-alarm.C:
		}
		l.collect()
		l.publish()
	}
}

func (l *Loop) restore() {
	at := l.now()
	if l.known != nil {
		l.keep(l.engine.Restore(l.known, at))
		l.known = nil
	}
	if l.knownZones != nil {
		l.keepMoves(l.floor.Restore(l.knownZones, at))
		l.knownZones = nil
	}
}

func (l *Loop) setAlarm(t *time.Timer) {
	next, ok := l.engine.Next()
	if move, moves := l.floor.Next(); moves && (!ok || move.Before(next)) {
		next, ok = move, true
	}
	if ok {
		t.Reset(next.Sub(l.now()))
	} else {
		t.Stop()
	}
}

// collect takes what is there without waiting for more: all news of devices, and samples until there is a full batch of changes.
// Samples that wait come before the time, or a tag would leave while the proof that it is there stands in the queue.
func (l *Loop) collect() {
	l.hearNews()
	for range cap(l.queue) + cap(l.sightings) { // a flood must not keep the loop from saving
		if len(l.pending) >= batch || len(l.moves) >= batch {
			return
		}
		select {
		case r := <-l.queue:
			l.observe(r)
		case s := <-l.sightings:
			l.sight(s)
		default:
			at := l.now()
			l.keep(l.engine.Advance(at))
			l.keepMoves(l.floor.Advance(at))
			return
		}
	}
}

func (l *Loop) observe(r devices.TagRead) { l.keep(l.engine.Observe(r)) }

func (l *Loop) sight(s devices.Sighting) { l.keepMoves(l.floor.Observe(s)) }

func (l *Loop) hearNews() {
	l.mu.Lock()
	news, gone := l.news, l.gone
	if len(news) == 0 && len(gone) == 0 {
		l.mu.Unlock()
		return
	}
	l.news, l.gone = make(map[showroom.DeviceID]devices.State, len(news)), nil
	l.mu.Unlock()
	for id, state := range news {
		if l.states[id] != state {
			l.states[id] = state
			l.turn(id, state, l.now())
		}
	}
	for _, id := range gone {
		l.floor.Forget(id)
	}
}

// turn tells the engines that a device is in another state; each knows its own devices.
func (l *Loop) turn(id showroom.DeviceID, state devices.State, at time.Time) {
	l.keep(l.engine.Device(id, state, at))
	l.keepMoves(l.floor.Gateway(id, state, at))
}

// keep copies what the engine has decided: its slice is good until its next call only.
func (l *Loop) keep(changes []presence.Change) { l.pending = append(l.pending, changes...) }

func (l *Loop) keepMoves(changes []zones.Change) { l.moves = append(l.moves, changes...) }
