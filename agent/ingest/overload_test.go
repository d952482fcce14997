package ingest_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"showroom/agent/presence"
	"showroom/devices"
)

// TestTenTimesTheBusiestShop for a minute: memory stays where it is, what was decided is saved once and in order, what hangs still
// stays, and two seconds later all is as before.
func TestTenTimesTheBusiestShop(t *testing.T) {
	const (
		burst  = 10 * 2000 / 100 // ten times two thousand reads a second, in hundredths
		growth = 20 << 20
	)
	inShop(t, nil, func(s *shop) {
		s.device("g1", devices.Up)
		s.device("g2", devices.Up)
		s.reads("r2", 1, 3) // this one hangs still all the time
		s.passes(0)
		s.desk.before = func(int) error { time.Sleep(100 * time.Millisecond); return nil } // of the bubble: a slow card
		before := heap()
		for n := range 60 * 100 {
			for i := range burst {
				s.reads("r1", 100+(n*burst+i)%20_000, 1)
				s.Sighting(devices.Sighting{Gateway: "g1", ID: devices.RadioID(fmt.Sprint(i)), RSSI: devices.DBm(-60), At: time.Now()})
			}
			s.reads("r2", 1, 1)
			s.passes(10 * time.Millisecond)
		}
		if grown := heap() - before; grown > growth {
			t.Errorf("the heap has grown by %d MB, want at most %d", grown>>20, growth>>20)
		}
		s.passes(2 * time.Second)
		s.reads("r1", 1_000_000, 3) // of which none is lost any more
		s.passes(time.Second)
		got := s.Stats()
		if got.Queued != 0 || got.Pending != 0 || got.Retries != 0 {
			t.Errorf("afterwards: %+v", got)
		}
		all := s.committed()
		if last := all[len(all)-1]; last.EPC != numbered(1_000_000) || last.Kind != presence.Arrived {
			t.Errorf("who came last is not the last that was saved: %v", last.Kind)
		}
		if uint64(len(all)) != got.Changes || uint64(len(s.steps())) != got.Moves {
			t.Errorf("%d changes and %d moves are saved, %d and %d were decided", len(all), len(s.steps()), got.Changes, got.Moves)
		}
		for _, c := range all {
			if c.EPC == numbered(1) && c.Kind != presence.Arrived {
				t.Errorf("what hung still has %v", c.Kind)
			}
		}
		t.Logf("%d of %d reads and %d of %d sightings were dropped, %d changes saved", got.Dropped, 60*100*burst, got.Unseen, 60*100*burst, got.Changes)
	})
}

// heap is what lives on it.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
