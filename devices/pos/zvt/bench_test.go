package zvt_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/zvtsim"
)

// feed keeps what is told of the device.
type feed struct {
	mu  sync.Mutex
	all []devices.Status
}

func (f *feed) Status(s devices.Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, s)
}

func (f *feed) last() devices.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.all) == 0 {
		return devices.Status{}
	}
	return f.all[len(f.all)-1]
}

// shop is a terminal, simulated, and the driver of it, with a supervisor that opens a fresh line whenever one ends. It lives in a
// synctest bubble.
type shop struct {
	t      *testing.T
	pt     *zvtsim.Terminal
	driver *zvt.Terminal
	feed   *feed
	stop   func()
}

const again = 2 * time.Second

// open makes a shop and waits until the terminal is registered.
func open(t *testing.T, o zvt.Options, sim zvtsim.Options) *shop {
	s := &shop{t: t, pt: zvtsim.New(sim)}
	o.Transport = sim.Transport
	s.run(o)
	s.up()
	return s
}

// run starts the driver anew, as a program that was killed does. What that one still said of the line, or did not come to say, is forgotten.
func (s *shop) run(o zvt.Options) {
	o.Device = "pt1"
	driver, heard := zvt.New(o), &feed{}
	s.driver, s.feed = driver, heard
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			near, far := net.Pipe()
			var terminal sync.WaitGroup
			terminal.Go(func() { _ = s.pt.Serve(ctx, link.FromConn("far", far, 200*time.Millisecond)) })
			port := link.FromConn("near", near, 200*time.Millisecond)
			_ = driver.Run(ctx, port, heard)
			_ = port.Close()
			terminal.Wait()
			select {
			case <-ctx.Done():
			case <-time.After(again):
			}
		}
	})
	s.stop = func() { cancel(); running.Wait() }
}

// up waits until the terminal is.
func (s *shop) up() {
	for deadline := time.Now().Add(time.Hour); s.feed.last().State != devices.Up; {
		if time.Now().After(deadline) {
			s.t.Fatalf("the terminal does not come up: %+v", s.feed.last())
		}
		<-time.After(100 * time.Millisecond)
	}
}

// moment is now, by every clock of the machine.
func moment() showroom.Moment {
	now := time.Now()
	return showroom.Moment{Wall: now, Boot: "b", Mono: time.Duration(now.UnixNano()), Quality: showroom.ClockNTP}
}

// payment begins a settlement; a moment later than any other.
func payment(minor int64) showroom.Settlement {
	<-time.After(time.Millisecond)
	return showroom.Settlement{
		ID: showroom.SettlementID(time.Now().Format(time.RFC3339Nano)), Kind: showroom.Payment, Device: "pt1", Amount: euro(minor), State: showroom.SettlementAsked,
		Started: moment(),
	}
}

func euro(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "EUR"} }

func deaf(showroom.Progress) {}
