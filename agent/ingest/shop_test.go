package ingest_test

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/ingest"
	"showroom/agent/live"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

var (
	room1 = showroom.RoomPlace("1")
	room2 = showroom.RoomPlace("2")
)

func numbered(n int) gs1.EPC {
	var b [12]byte
	b[0] = 0x30
	binary.BigEndian.PutUint32(b[8:], uint32(n))
	epc, err := gs1.EPCFromBytes(b[:])
	if err != nil {
		panic(err)
	}
	return epc
}

// plan has garments arrive at once, for the stories are not about when they do.
func plan() presence.Config {
	at := presence.RetailProfile()
	at.ArriveAfter, at.ArriveMargin = 0, 0
	return presence.Config{Profile: at, Antennas: map[presence.Antenna]presence.Mount{
		{Reader: "r1", Number: 1}: {Place: room1},
		{Reader: "r2", Number: 1}: {Place: room2},
	}}
}

var (
	shoes = showroom.Place{Kind: showroom.PlaceZone, ID: "shoes"}
	coats = showroom.Place{Kind: showroom.PlaceZone, ID: "coats"}
)

func floor() zones.Config {
	return zones.Config{Gateways: map[showroom.DeviceID]zones.Mount{"g1": {Zone: shoes}, "g2": {Zone: coats}}}
}

// desk is a store that can refuse, and the Applier that works on it: what is applied counts only once Update has worked.
type desk struct {
	mu        sync.Mutex
	applying  []presence.Change
	committed []presence.Change
	moving    []zones.Change
	moved     []zones.Change
	batches   []int
	tries     []time.Time
	before    func(try int) error // refuses the transaction before it is applied
	after     func(try int) error // or when it is committed
}

func (d *desk) Update(ctx context.Context, do func(*store.Tx) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries = append(d.tries, time.Now())
	d.applying, d.moving = nil, nil
	if d.before != nil {
		if err := d.before(len(d.tries)); err != nil {
			return err
		}
	}
	if err := do(new(store.Tx)); err != nil {
		return err
	}
	if d.after != nil {
		if err := d.after(len(d.tries)); err != nil {
			return err
		}
	}
	d.committed = append(d.committed, d.applying...)
	d.moved = append(d.moved, d.moving...)
	d.batches = append(d.batches, len(d.applying)+len(d.moving))
	return nil
}

func (d *desk) Apply(_ *store.Tx, changes []presence.Change) error {
	d.applying = append(d.applying, changes...)
	return nil
}

func (d *desk) ApplyZones(_ *store.Tx, changes []zones.Change) error {
	d.moving = append(d.moving, changes...)
	return nil
}

// firstTries refuses that many times.
func firstTries(n int, err error) func(int) error {
	return func(try int) error {
		if try <= n {
			return err
		}
		return nil
	}
}

var errSick = errors.New("the card is sick")

// shop is a running Loop in a bubble of time.
type shop struct {
	*ingest.Loop
	t     *testing.T
	desk  *desk
	board *live.Board
	stop  context.CancelFunc
	ended chan error
}

// inShop runs a story with both readers up. Every wait in it is one of the bubble.
func inShop(t *testing.T, change func(*ingest.Options, *desk), story func(*shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := closed(t, change)
		s.device("r1", devices.Up)
		s.device("r2", devices.Up)
		s.start()
		story(s)
		s.finish()
	})
}

// closed is a shop nobody listens to yet.
func closed(t *testing.T, change func(*ingest.Options, *desk)) *shop {
	s := &shop{t: t, desk: new(desk), board: live.NewBoard()}
	o := ingest.Options{Presence: plan(), Zones: floor(), DB: s.desk, Appliers: []ingest.Applier{s.desk},
		ZoneAppliers: []ingest.ZoneApplier{s.desk}, Board: s.board}
	if change != nil {
		change(&o, s.desk)
	}
	s.Loop = ingest.New(o)
	return s
}

func (s *shop) start() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.ended = stop, make(chan error, 1)
	go func() { s.ended <- s.Run(ctx) }()
	synctest.Wait()
}

func (s *shop) finish() {
	s.t.Helper()
	s.stop()
	if err := <-s.ended; !errors.Is(err, context.Canceled) {
		s.t.Errorf("Run = %v, want that it was asked to end", err)
	}
}

func (s *shop) device(id showroom.DeviceID, state devices.State) {
	s.Status(devices.Status{Device: id, State: state, At: time.Now()})
}

func (s *shop) reads(reader showroom.DeviceID, tag, times int) {
	for range times {
		s.Tag(devices.TagRead{Reader: reader, Antenna: 1, EPC: numbered(tag), RSSI: devices.DBm(-50), At: time.Now()})
	}
}

// passes lets time go by until everything that follows from it has happened.
func (s *shop) passes(d time.Duration) {
	time.Sleep(d) // of the bubble
	synctest.Wait()
}

func (s *shop) committed() []presence.Change {
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	return append([]presence.Change(nil), s.desk.committed...)
}

func kinds(changes []presence.Change) []presence.Kind {
	all := make([]presence.Kind, len(changes))
	for i, c := range changes {
		all[i] = c.Kind
	}
	return all
}

// messages keeps what has been logged.
type messages struct {
	slog.Handler
	mu  sync.Mutex
	all []string
}

func (m *messages) Enabled(context.Context, slog.Level) bool { return true }

func (m *messages) Handle(_ context.Context, r slog.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, r.Level.String())
	return nil
}
