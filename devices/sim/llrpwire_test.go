package sim_test

import (
	"context"
	"errors"
	"testing"

	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/rfid/llrp"
	"showroom/devices/sim"
)

// TestLLRPReaderLetsOneIn: the second client is told so, the first notices nothing, and when it goes the next one is let in.
func TestLLRPReaderLetsOneIn(t *testing.T) {
	r := sim.Reader{ID: "l1", Kind: sim.LLRP, Antennas: 1, Listen: "127.0.0.1:0"}
	w := sim.NewLLRPWire(r)
	stocked(t, r, w.Tell)
	if err := w.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Unplug)
	drive := func(ctx context.Context, feed *devicetest.Feed) error {
		return overPort(t, "tcp://"+w.Address(), func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
			return llrp.New(llrp.Options{Device: "l1", Own: own(t)}).Run(ctx, port, feed)
		})(ctx, feed)
	}
	ctx, cancel := context.WithCancel(context.Background())
	first := &devicetest.Feed{}
	done := make(chan error, 1)
	go func() { done <- drive(ctx, first) }()
	first.WaitReads(t, 5)

	second := &devicetest.Feed{}
	if err := drive(t.Context(), second); !errors.Is(err, llrp.ErrTaken) || second.Last().State != devices.Down {
		t.Errorf("the second client got %v, %+v", err, second.Last())
	}
	first.WaitReads(t, first.Reads()+5)
	if last := first.Last(); last.State != devices.Up {
		t.Errorf("the first client says %+v", last)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the first client got %v", err)
	}
	// The reader may not have noticed yet that the first is gone.
	third := &devicetest.Feed{}
	ctx, cancel = context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := make(chan error, 1)
	go func() {
		err := llrp.ErrTaken
		for errors.Is(err, llrp.ErrTaken) {
			err = drive(ctx, third)
		}
		again <- err
	}()
	third.WaitReads(t, 5)
	cancel()
	if err := <-again; !errors.Is(err, context.Canceled) {
		t.Errorf("the third client got %v", err)
	}
}
