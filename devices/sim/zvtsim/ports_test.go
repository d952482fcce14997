package zvtsim_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/zvtsim"
)

// fast are the timers of these tests, which use real ports and real time. For answers that come at once a slow machine has as long as
// the protocol allows.
func fast() zvt.Timers {
	t := zvt.Timers{}.Faster(50)
	t.T1, t.T2, t.T3 = 0, 0, 0
	return t
}

// universal is a clock that shows no hour twice: a terminal tells the time on the wall.
func universal() time.Time { return time.Now().UTC() }

// states passes on each state of the device. It holds more than any test here makes.
type states chan devices.State

func (s states) Status(d devices.Status) {
	select {
	case s <- d.State:
	default:
	}
}

// await waits for a state.
func (s states) await(t *testing.T, want devices.State) {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case got := <-s:
			if got == want {
				return
			}
		case <-deadline:
			t.Fatalf("the terminal never was %v", want)
		}
	}
}

// driven is a driver at a port, with a supervisor.
func driven(t *testing.T, how zvt.Transport, port func() string) (*zvt.Terminal, states) {
	t.Helper()
	driver := zvt.New(zvt.Options{Device: "pt1", Transport: how, Timers: fast(), Location: time.UTC})
	seen := make(states, 1024)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			p, err := link.Open(ctx, link.Options{Device: "pt1", Name: port(), Baud: 9600, IdleTimeout: 20 * time.Millisecond})
			if err == nil {
				_ = driver.Run(ctx, p, seen)
				_ = p.Close()
			}
			select {
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return driver, seen
}

func settlement(id string, minor int64) showroom.Settlement {
	return showroom.Settlement{ID: showroom.SettlementID(id), Kind: showroom.Payment, Amount: showroom.Money{Minor: minor, Currency: "EUR"},
		Started: showroom.Moment{Wall: time.Now()}}
}

func TestOverRealPorts(t *testing.T) {
	for _, how := range []zvt.Transport{zvt.TCP, zvt.Serial} {
		t.Run(string(how), func(t *testing.T) {
			pt := zvtsim.New(zvtsim.Options{Transport: how, Timers: fast(), Now: universal})
			driver, seen := driven(t, how, serve(t, pt, how))
			tell := func(showroom.Progress) {}
			seen.await(t, devices.Up)
			if got := driver.Settle(t.Context(), settlement("1", 1250), tell); got.Outcome != showroom.Approved || len(got.Slip) == 0 {
				t.Fatalf("got %+v", got)
			}
			for trouble, state := range map[zvtsim.Trouble]devices.State{zvtsim.Pull: devices.Down, zvtsim.Hang: devices.Silent} {
				pt.Script(zvtsim.Fault{Trouble: trouble, Step: zvtsim.Approved})
				s := settlement(time.Now().String(), 900)
				if got := driver.Settle(t.Context(), s, tell); got.Outcome != showroom.Unknown {
					t.Errorf("got %+v", got)
				}
				seen.await(t, state)
				seen.await(t, devices.Up)
				if got := driver.Recover(t.Context(), s); got.Outcome != showroom.Approved || got.Amount.Minor != 900 {
					t.Errorf("recovered %+v", got)
				}
			}
			if n := len(pt.Ledger()); n != 3 || pt.Commands() != 3 {
				t.Errorf("%d charged by %d commands", n, pt.Commands())
			}
		})
	}
}

// TestWaitsForACard: while nobody shows one no money moves, for as long as that takes.
func TestWaitsForACard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pt := zvtsim.New(zvtsim.Options{})
		near, far := net.Pipe()
		driver, seen := zvt.New(zvt.Options{Device: "pt1", Transport: zvt.TCP, Location: time.UTC}), make(states, 1024)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = pt.Serve(ctx, link.FromConn("zvtsim", far, time.Second)) })
		running.Go(func() { _ = driver.Run(ctx, link.FromConn("pt1", near, time.Second), seen) })
		seen.await(t, devices.Up)
		pt.Hesitate()
		result := make(chan showroom.Result, 1)
		running.Go(func() { result <- driver.Settle(ctx, settlement("1", 1250), func(showroom.Progress) {}) })
		<-time.After(2 * time.Minute)
		if n := len(pt.Ledger()); n != 0 || pt.Commands() != 1 {
			t.Errorf("%d charged by %d commands", n, pt.Commands())
		}
		pt.ShowCard()
		if got := <-result; got.Outcome != showroom.Approved || got.Amount.Minor != 1250 {
			t.Errorf("got %+v", got)
		}
		cancel()
		_, _ = near.Close(), far.Close()
		running.Wait()
	})
}

// serve runs the terminal at a port and answers how to find it.
func serve(t *testing.T, pt *zvtsim.Terminal, how zvt.Transport) func() string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	ready := make(chan string, 1)
	var first sync.Once
	path := filepath.Join(t.TempDir(), "pt1")
	running.Go(func() {
		var err error
		if how == zvt.TCP {
			err = pt.Listen(ctx, "127.0.0.1:0", func(a net.Addr) { ready <- "tcp://" + a.String() })
		} else {
			err = pt.Plug(ctx, path, func() { first.Do(func() { ready <- path }) })
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("served until %v", err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	name := <-ready
	return func() string { return name }
}

// TestEndOfRun: when it is told to, Run ends at once, in the middle of a payment too.
func TestEndOfRun(t *testing.T) {
	near, far := net.Pipe()
	pt := zvtsim.New(zvtsim.Options{Pace: time.Hour})
	driver := zvt.New(zvt.Options{Device: "pt1", Transport: zvt.TCP})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = pt.Serve(ctx, link.FromConn("far", far, 10*time.Millisecond)) })
	seen := make(states, 1024)
	ended := make(chan error, 1)
	running.Go(func() { ended <- driver.Run(ctx, link.FromConn("near", near, 10*time.Millisecond), seen) })
	seen.await(t, devices.Up)
	asked := make(chan struct{})
	result := make(chan showroom.Result, 1)
	running.Go(func() {
		result <- driver.Settle(context.Background(), settlement("1", 1), func(showroom.Progress) { close(asked) })
	})
	<-asked
	cancel()
	if got := <-result; got.Outcome != showroom.Unknown {
		t.Errorf("got %+v", got)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	running.Wait()
	_ = near.Close()
}
