package ingest_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/agent/gs1"
	"showroom/agent/ingest"
	"showroom/agent/live"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

func TestReadingsBecomeOneChange(t *testing.T) {
	inShop(t, nil, func(s *shop) {
		for range 300 { // a minute of hanging there
			s.reads("r1", 1, 1)
			s.passes(200 * time.Millisecond)
		}
		if diff := cmp.Diff([]presence.Kind{presence.Arrived}, kinds(s.committed())); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
		s.passes(30 * time.Second) // nobody calls; the loop's own timer does
		if diff := cmp.Diff([]presence.Kind{presence.Arrived, presence.Departed}, kinds(s.committed())); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
		got := s.Stats()
		if got.Commits != 2 || got.Changes != 2 || got.Presence.Reads != 300 || got.Dropped != 0 || got.Pending != 0 {
			t.Errorf("%+v, want 300 reads and two changes in two transactions", got)
		}
	})
}

// A minute of the busiest store, in which everything hangs where it is: 1,700 readings a second.
func TestReadingsThatChangeNothingWriteNothing(t *testing.T) {
	const garments, perHundredth = 200, 17
	inShop(t, nil, func(s *shop) {
		n := 0
		next := func(times int) {
			reader := []showroom.DeviceID{"r1", "r2"}[n%2]
			s.reads(reader, n, times)
			n = (n + 1) % garments
		}
		for range garments {
			next(3)
		}
		s.passes(0)
		before := s.Stats()
		if before.Changes != garments {
			t.Fatalf("%d changes, want that %d garments have arrived", before.Changes, garments)
		}
		tries := len(s.desk.tries)
		for range 60 * 100 {
			for range perHundredth {
				next(1)
			}
			s.passes(10 * time.Millisecond)
		}
		got := s.Stats()
		if tried := len(s.desk.tries) - tries; tried != 0 || got.Commits != before.Commits {
			t.Errorf("%d transactions, %d committed, for garments that hang still", tried, got.Commits-before.Commits)
		}
		if reads := got.Presence.Reads - before.Presence.Reads; reads != 60*100*perHundredth || got.Dropped != 0 {
			t.Errorf("%d reads were looked at and %d dropped, want all %d", reads, got.Dropped, 60*100*perHundredth)
		}
	})
}

func TestWhatIsQueuedGoesTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := closed(t, nil)
		s.device("r1", devices.Up)
		for n := range 120 { // before anybody listens
			s.reads("r1", n, 3)
		}
		s.start()
		if diff := cmp.Diff([]int{50, 50, 20}, s.desk.batches); diff != "" {
			t.Errorf("transactions (-want +got):\n%s", diff)
		}
		for n, c := range s.committed() {
			if c.EPC != numbered(n) {
				t.Fatalf("change %d is about another tag than the reads were", n)
			}
		}
		s.passes(time.Minute) // all leave at one moment
		if diff := cmp.Diff([]int{50, 50, 20, 50, 50, 20}, s.desk.batches); diff != "" {
			t.Errorf("transactions (-want +got):\n%s", diff)
		}
		s.finish()
	})
}

func TestAFloodDropsReadingsAndNoStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := closed(t, func(o *ingest.Options, _ *desk) { o.Queue = 16 })
		for n := range 1000 { // nobody listens: nothing blocks
			s.reads("r1", n, 1)
			s.device("r1", devices.State(n%4))
		}
		s.device("r2", devices.Fault)
		s.device("r1", devices.Up)
		if got := s.Stats(); got.Dropped != 984 || got.Queued != 16 {
			t.Errorf("%d dropped and %d queued, want 984 and 16", got.Dropped, got.Queued)
		}
		if d, _ := s.board.Device("r1"); d.State != devices.Up {
			t.Errorf("the board says %v, want up", d.State)
		}
		s.start()
		s.reads("r1", 1, 3)
		s.reads("r2", 500, 3) // which the other room did not hear among the flood
		s.passes(time.Minute)
		// The engine knows the newest states: r1 is up, so its garment departs; r2 is at fault, so its garment stays.
		want := []presence.Change{{Kind: presence.Arrived, To: room1}, {Kind: presence.Arrived, To: room2}, {Kind: presence.Departed, From: room1}}
		var got []presence.Change
		for _, c := range s.committed() {
			got = append(got, presence.Change{Kind: c.Kind, From: c.From, To: c.To})
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(gs1.EPC{})); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
		s.finish()
	})
}

// Many sources at once, on the real clock: for the race detector, and that the last word of each device arrives.
func TestManySourcesAtOnce(t *testing.T) {
	d, board := new(desk), live.NewBoard()
	l := ingest.New(ingest.Options{Presence: plan(), DB: d, Appliers: []ingest.Applier{d}, Board: board, Queue: 64})
	ctx, stop := context.WithCancel(t.Context())
	var loop, sources sync.WaitGroup
	loop.Go(func() { _ = l.Run(ctx) })
	const reads = 2000
	for _, id := range []showroom.DeviceID{"r1", "r2"} {
		sources.Go(func() {
			for n := range reads {
				l.Tag(devices.TagRead{Reader: id, Antenna: 1, EPC: numbered(n % 40), RSSI: devices.DBm(-50), At: time.Now()})
				l.Status(devices.Status{Device: id, State: devices.State(n % 4), At: time.Now()})
			}
			l.Status(devices.Status{Device: id, State: devices.Up, Reason: "last", At: time.Now()})
		})
		sources.Go(func() {
			for range 200 {
				_ = l.Stats()
			}
		})
	}
	sources.Wait()
	for _, device := range board.Snapshot().Devices {
		if device.State != devices.Up || device.Reason != "last" {
			t.Errorf("%s is %v %q, want its last word", device.Device, device.State, device.Reason)
		}
	}
	deadline := time.After(time.Minute)
	for {
		s := l.Stats()
		if s.Queued == 0 && s.Presence.Reads+s.Dropped == 2*reads {
			break
		}
		select {
		case <-deadline:
			t.Fatalf("%+v, want every read taken or counted as dropped", s)
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	loop.Wait()
}

func TestAfterARestartGarmentsAreConfirmed(t *testing.T) {
	known := func(o *ingest.Options, _ *desk) {
		o.Known = []presence.Occupancy{{EPC: numbered(1), Place: room1}, {EPC: numbered(2), Place: room2}, {EPC: numbered(3), Place: showroom.RoomPlace("pulled down")}}
	}
	inShop(t, known, func(s *shop) {
		if diff := cmp.Diff([]presence.Kind{presence.Departed}, kinds(s.committed())); diff != "" {
			t.Fatalf("at the start (-want +got):\n%s", diff)
		}
		s.reads("r1", 1, 1)
		s.passes(29 * time.Second)
		if diff := cmp.Diff([]presence.Kind{presence.Departed, presence.Confirmed}, kinds(s.committed())); diff != "" {
			t.Fatalf("after a read (-want +got):\n%s", diff)
		}
		s.passes(2 * time.Second)
		if got := s.committed(); len(got) != 4 {
			t.Errorf("%d changes, want both garments gone after silence", len(got))
		}
	})
}
