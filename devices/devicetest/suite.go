// Package devicetest holds what every driver is measured by: the promises that do not depend on the protocol, as a suite to run
// over each of them and over each simulated device, and the ports, brokers and feeds such tests are made of. It is for tests.
package devicetest

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"showroom/devices"
)

// Bench is one driver connected to one device that does what the test says. What a tag is depends on the family: a read, a
// sighting, a scan.
type Bench struct {
	// Run is the driver. It should count as silent after Silence without a word.
	Run func(ctx context.Context, feed *Feed) error
	// Say makes the device say something. It may block while the driver is busy, and must not when it has returned.
	Say func(p []byte)
	// Unplug takes the device, or the broker, away.
	Unplug func()
	// Tag is a sound message of one tag of the shop's, Half the first half of it, and Alive a sound message of no tag.
	Tag, Half, Alive []byte
	// Garbage is bytes that mean nothing, which the driver counts. nil where there can be none.
	Garbage []byte
	// Lossy says that the way to the driver may drop messages of a flood, as a broker may.
	Lossy bool
}

// Silence is after how long without a word a driver on a Bench should count its device as silent.
const Silence = 400 * time.Millisecond

// Run runs the suite: open makes a fresh Bench for each promise.
//
//   - The end of the context ends the driver, with the context's error, and so it says.
//   - A pulled plug is an error and the state Down, not silence.
//   - Half a message and then nothing is no tag.
//   - Silence is a state, not an error, and passes.
//   - Garbage is counted and stops nothing.
//   - A flood does not grow the memory, and the states behind it arrive.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	t.Run("cancel", func(t *testing.T) { cancels(t, open(t)) })
	t.Run("unplug", func(t *testing.T) { unplugs(t, open(t)) })
	t.Run("half", func(t *testing.T) { halves(t, open(t)) })
	t.Run("silence", func(t *testing.T) { fallsSilent(t, open(t)) })
	t.Run("garbage", func(t *testing.T) { countsGarbage(t, open(t)) })
	t.Run("flood", func(t *testing.T) { floods(t, open(t)) })
}

// running is a driver at work.
type running struct {
	feed *Feed
	stop context.CancelFunc
	done chan error // capacity 1: the driver's last word
}

func start(t *testing.T, b Bench) running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := running{feed: &Feed{}, stop: cancel, done: make(chan error, 1)}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		r.done <- b.Run(ctx, r.feed)
	}()
	t.Cleanup(func() { cancel(); <-finished })
	return r
}

// up says something and waits until the driver knows that the device is there.
func (r running) up(t *testing.T, b Bench) {
	t.Helper()
	b.Say(b.Alive)
	r.feed.WaitState(t, devices.Up)
}

func (r running) wait(t *testing.T) error {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case err := <-r.done:
		return err
	case <-late.C:
		t.Fatal("the driver does not return")
		return nil
	}
}

func cancels(t *testing.T, b Bench) {
	r := start(t, b)
	r.up(t, b)
	r.stop()
	if err := r.wait(t); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled driver returned %v, want the error of its context", err)
	}
	if last := r.feed.Last(); last.State != devices.Down {
		t.Errorf("a cancelled driver leaves state %v, want down", last.State)
	}
}

func unplugs(t *testing.T, b Bench) {
	r := start(t, b)
	r.up(t, b)
	b.Unplug()
	err := r.wait(t)
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("without its device the driver returned %v, want an error", err)
	}
	if !isDeviceError(err) {
		t.Errorf("without its device the driver returned %T, want a *devices.Error", err)
	}
	last := r.feed.Last()
	if last.State != devices.Down || last.Reason == "" || last.Advice == "" {
		t.Errorf("without its device the driver says %+v, want down with a reason and an advice", last)
	}
}

func halves(t *testing.T, b Bench) {
	r := start(t, b)
	r.up(t, b)
	b.Say(b.Half)
	r.feed.WaitState(t, devices.Silent)
	if n := r.feed.Reads(); n != 0 {
		t.Errorf("half a message and silence made %d reads", n)
	}
	// The half must not take the next whole message with it.
	b.Say(b.Tag)
	r.feed.WaitReads(t, 1)
	r.feed.WaitState(t, devices.Up)
}

func fallsSilent(t *testing.T, b Bench) {
	r := start(t, b)
	r.feed.WaitState(t, devices.Silent)
	r.up(t, b)
	r.feed.WaitState(t, devices.Silent)
	if last := r.feed.Last(); last.Reason == "" || last.Advice == "" || last.LastData.IsZero() {
		t.Errorf("a silent device is told as %+v, want reason, advice and the time of its last word", last)
	}
	r.up(t, b)
}

func countsGarbage(t *testing.T, b Bench) {
	if b.Garbage == nil {
		t.Skip("this device cannot say anything that means nothing")
	}
	r := start(t, b)
	r.up(t, b)
	before := garbage(r.feed)
	const times = 20
	for range times {
		b.Say(b.Garbage)
		b.Say(b.Tag)
	}
	r.feed.WaitReads(t, times)
	r.feed.Wait(t, "garbage to be counted", func() bool { return garbage(r.feed) >= before+times })
	if n := r.feed.Reads(); n != times {
		t.Errorf("%d tags among garbage became %d reads", times, n)
	}
}

func floods(t *testing.T, b Bench) {
	const burst, bursts, room = 1000, 20, 4 << 20
	r := start(t, b)
	r.up(t, b)
	said := 0
	flood := func() {
		for range burst {
			b.Say(b.Tag)
		}
		said += burst
		if !b.Lossy {
			r.feed.WaitReads(t, said)
		}
	}
	flood() // whatever grows once has grown
	before := heap()
	for range bursts {
		flood()
	}
	if after := heap(); after > before+room {
		t.Errorf("a flood of %d tags grew the heap from %d to %d bytes", burst*bursts, before, after)
	}
	if !b.Lossy && r.feed.Reads() != said {
		t.Errorf("%d tags became %d reads", said, r.feed.Reads())
	}
	r.feed.WaitState(t, devices.Silent) // a state among so many samples, and another
	flood()
	r.feed.WaitState(t, devices.Up)
	b.Unplug()
	_ = r.wait(t)
	if last := r.feed.Last(); last.State != devices.Down || last.Frames.Good == 0 {
		t.Errorf("after a flood the last status is %+v, want down with its counts", last)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
