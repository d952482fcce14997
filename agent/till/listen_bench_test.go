package till_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"showroom/agent/till"
	"showroom/devices"
)

// Of rows 1 and 2 what is ours alone: the way of an event from the queue behind the broker's connection until it is durable and
// acknowledged. Processor time and memory are told for one event.
func BenchmarkRow2EventToDurable(b *testing.B) {
	const events = 20_000
	all := day(b, events)
	var cpu time.Duration
	var mallocs, bytes uint64
	for b.Loop() {
		ctx, stop := context.WithCancel(b.Context())
		db, tills, err := shopOfFour(ctx, b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := used()
		listen(ctx, stop, tills, all)
		cpu += used() - began
		runtime.ReadMemStats(&after)
		mallocs, bytes = mallocs+after.Mallocs-before.Mallocs, bytes+after.TotalAlloc-before.TotalAlloc
		if c := tills.Counters(); c.Taken != events {
			b.Fatalf("counted %+v", c)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	n := float64(b.N * events)
	b.ReportMetric(float64(cpu.Nanoseconds())/n, "cpu-ns/event")
	b.ReportMetric(float64(mallocs)/n, "allocs/event")
	b.ReportMetric(float64(bytes)/n, "B/event")
}

// listen has all that is said taken and acknowledged.
func listen(ctx context.Context, stop func(), tills *till.Tills, all []spoken) {
	queue := make(chan devices.Delivery, till.Backlog)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = tills.Listen(ctx, queue) // it ends with the last acknowledgement
	}()
	left := len(all)
	acknowledge := func() {
		if left--; left == 0 {
			stop()
		}
	}
	for _, s := range all {
		select {
		case queue <- devices.Delivery{Message: devices.Message{Topic: s.topic, Payload: s.body}, Acknowledge: acknowledge}:
		case <-ended:
			return
		}
	}
	<-ended
}
