package presence_test

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

// rooms is how many there are, each with a reader of its own.
const rooms = 10

// between is how long it is from one reading to the next in the busiest store: there are 1,700 a second.
const between = 600 * time.Microsecond

// crowd is an engine with so many tags, all arrived in ten rooms and none due, and a reading of each of them.
func crowd(tb testing.TB, tags int) (*presence.Engine, []devices.TagRead, time.Time) {
	tb.Helper()
	c := presence.Config{Antennas: make(map[presence.Antenna]presence.Mount)}
	var readers [rooms]showroom.DeviceID
	for n := range readers {
		readers[n] = showroom.DeviceID(fmt.Sprint("r", n+1))
		c.Antennas[presence.Antenna{Reader: readers[n], Number: 1}] = presence.Mount{Place: showroom.RoomPlace(showroom.RoomID(fmt.Sprint(n + 1)))}
	}
	e := presence.New(c)
	at := time.Now()
	for _, id := range readers {
		e.Device(id, devices.Up, at)
	}
	reads := make([]devices.TagRead, tags)
	for i := range reads {
		var bytes [12]byte
		binary.BigEndian.PutUint64(bytes[4:], uint64(i)*2654435761)
		bytes[0] = 0x30
		epc, err := gs1.EPCFromBytes(bytes[:])
		if err != nil {
			tb.Fatal(err)
		}
		reads[i] = devices.TagRead{Reader: readers[i%rooms], Antenna: 1, EPC: epc, RSSI: devices.DBm(-46)}
	}
	for range 30 {
		for i := range reads {
			reads[i].At = at
			e.Observe(reads[i])
		}
		at = at.Add(100 * time.Millisecond)
	}
	if got := e.Stats().Present; got != tags {
		tb.Fatalf("%d tags are present, want %d", got, tags)
	}
	return e, reads, at
}

func sizes() []int { return []int{100, 20_000} }

// A reading of a tag that stays where it is. The cost must not depend on how many there are.
func BenchmarkObserve(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("tags=%d", n), func(b *testing.B) {
			e, reads, at := crowd(b, n)
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				at = at.Add(between)
				reads[i].At = at
				e.Observe(reads[i])
				if i++; i == len(reads) {
					i = 0
				}
			}
		})
	}
}

// Time passes and nobody leaves.
func BenchmarkAdvanceNoneDue(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("tags=%d", n), func(b *testing.B) {
			e, _, at := crowd(b, n)
			b.ReportAllocs()
			for b.Loop() {
				at = at.Add(time.Nanosecond)
				e.Advance(at)
				e.Next()
			}
		})
	}
}

func TestReadingsAndTicksAllocateNothing(t *testing.T) {
	for _, n := range sizes() {
		e, reads, at := crowd(t, n)
		i := 0
		const minute = 100_000 // of readings, so that every deadline comes up and is put off
		observe := testing.AllocsPerRun(minute, func() {
			at = at.Add(between)
			reads[i%n].At = at
			if len(e.Observe(reads[i%n])) != 0 {
				t.Fatal("a tag that stays made a change")
			}
			i++
		})
		if observe != 0 {
			t.Errorf("%d tags: a reading allocates %v times, want 0", n, observe)
		}
		tick := testing.AllocsPerRun(1000, func() {
			at = at.Add(time.Microsecond)
			e.Advance(at)
			e.Next()
		})
		if tick != 0 {
			t.Errorf("%d tags: a tick allocates %v times, want 0", n, tick)
		}
	}
}

// The same reading in a small and in a large shop.
func BenchmarkObserveRatio(b *testing.B) {
	observing := func(tags int) func() {
		e, reads, at := crowd(b, tags)
		i := 0
		return func() {
			at = at.Add(between)
			reads[i].At = at
			e.Observe(reads[i])
			if i++; i == len(reads) {
				i = 0
			}
		}
	}
	took := inTurn(b, observing(100), observing(20_000))
	b.ReportMetric(took[0], "ns/read@100")
	b.ReportMetric(took[1]/took[0], "20000/100")
}

// The same tick in a small and in a large shop. Nobody is due.
func BenchmarkRow8Tick(b *testing.B) {
	ticking := func(tags int) func() {
		e, _, at := crowd(b, tags)
		return func() {
			at = at.Add(time.Nanosecond)
			e.Advance(at)
			e.Next()
		}
	}
	took := inTurn(b, ticking(100), ticking(20_000))
	b.ReportMetric(took[0], "ns/tick@100")
	b.ReportMetric(took[1]/took[0], "20000/100<=1.2")
}

// inTurn runs a batch of each step in turn, so that whatever else the machine does meets all of them alike, and answers how many
// nanoseconds of the processor one took on average. It is no median: a batch in which deadlines come up takes longer, and must count.
func inTurn(b *testing.B, steps ...func()) []float64 {
	const batch = 500
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	spent := make([]int64, len(steps))
	rounds := 0
	for b.Loop() {
		for k, step := range steps {
			begun := worked(b)
			for range batch {
				step()
			}
			spent[k] += worked(b) - begun
		}
		rounds++
	}
	took := make([]float64, len(steps))
	for k, nanos := range spent {
		took[k] = float64(nanos) / float64(rounds*batch)
	}
	b.ReportMetric(0, "ns/op") // of a whole round, which means nothing
	return took
}

// worked is how long this thread has had a processor. Time that others had it does not count.
func worked(b *testing.B) int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return t.Nano()
}
