package presence_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

// crowd is an engine with so many tags, all arrived in ten rooms and none due, and a reading of each of them.
func crowd(tb testing.TB, tags int) (*presence.Engine, []devices.TagRead, time.Time) {
	tb.Helper()
	const rooms = 10
	c := presence.Config{Antennas: make(map[presence.Antenna]presence.Mount)}
	for n := 1; n <= rooms; n++ {
		c.Antennas[presence.Antenna{Reader: "r1", Number: n}] = presence.Mount{Place: showroom.RoomPlace(showroom.RoomID(fmt.Sprint(n)))}
	}
	e := presence.New(c)
	at := time.Now()
	e.Device("r1", devices.Up, at)
	reads := make([]devices.TagRead, tags)
	for i := range reads {
		var bytes [12]byte
		binary.BigEndian.PutUint64(bytes[4:], uint64(i)*2654435761)
		bytes[0] = 0x30
		epc, err := gs1.EPCFromBytes(bytes[:])
		if err != nil {
			tb.Fatal(err)
		}
		reads[i] = devices.TagRead{Reader: "r1", Antenna: i%rooms + 1, EPC: epc, RSSI: devices.DBm(-46)}
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
				at = at.Add(600 * time.Microsecond) // 1,700 readings a second
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
		observe := testing.AllocsPerRun(2*n, func() {
			at = at.Add(600 * time.Microsecond)
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

// The same reading in a small and in a large shop, in turn, so that whatever else the machine does meets both.
func BenchmarkObserveRatio(b *testing.B) {
	const batch = 500
	var spent [2]time.Duration
	var engines [2]*presence.Engine
	var reads [2][]devices.TagRead
	var at [2]time.Time
	var next [2]int
	for k, n := range sizes() {
		engines[k], reads[k], at[k] = crowd(b, n)
	}
	for b.Loop() {
		for k := range engines {
			begun := time.Now()
			for range batch {
				r := &reads[k][next[k]]
				at[k] = at[k].Add(600 * time.Microsecond)
				r.At = at[k]
				engines[k].Observe(*r)
				if next[k]++; next[k] == len(reads[k]) {
					next[k] = 0
				}
			}
			spent[k] += time.Since(begun)
		}
	}
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "20000/100")
	b.ReportMetric(float64(spent[0].Nanoseconds())/float64(b.N*batch), "ns/read")
}
