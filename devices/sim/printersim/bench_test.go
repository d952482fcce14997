package printersim_test

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/printer"
	"showroom/devices/sim/printersim"
)

// patience is after how long nobody waits for a printer any more: a slow machine needs its time to draw every dot of long receipts.
const patience = 2 * time.Minute

// cable is one end of a line that answers (0, nil) when nothing comes, as link.Port does.
type cable struct{ net.Conn }

func (c cable) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(5 * time.Millisecond)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return n, err
}

// statuses keeps what the driver says.
type statuses struct {
	mu   sync.Mutex
	list []devices.Status
}

func (s *statuses) Status(status devices.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, status)
}

func (s *statuses) last() devices.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) == 0 {
		return devices.Status{}
	}
	return s.list[len(s.list)-1]
}

// desk is a printer, its driver and the cable between them.
type desk struct {
	t      *testing.T
	driver *printer.Printer
	sim    *printersim.Printer
	feed   statuses
	pull   func() error // pulls the cable, and answers what Run says
}

func newDesk(t *testing.T, name string, o printersim.Options) *desk {
	t.Helper()
	d := &desk{t: t, sim: printersim.New(o), driver: newDriver(t, name, o.Width, false)}
	d.plug()
	return d
}

func newDriver(t *testing.T, name string, width int, torn bool) *printer.Printer {
	t.Helper()
	m, ok := printer.ModelByName(name)
	if !ok {
		t.Fatalf("no model %s", name)
	}
	return printer.New(printer.Options{
		Device: "p1", Model: m, Width: width, AskEvery: 10 * time.Millisecond, AnswerWithin: 100 * time.Millisecond, Speed: 100_000, Torn: torn,
		ConfirmWithin: patience, // what is drawn here is drawn slowly on a slow machine
	})
}

// plug puts a cable in.
func (d *desk) plug() {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	near, far := net.Pipe()
	var both sync.WaitGroup
	var ended error
	both.Go(func() { ended = d.driver.Run(ctx, cable{near}, &d.feed) })
	both.Go(func() { _ = d.sim.Serve(ctx, cable{far}) })
	var once sync.Once
	d.pull = func() error {
		once.Do(func() {
			_ = near.Close()
			_ = far.Close()
			both.Wait()
			cancel()
		})
		return ended
	}
	d.t.Cleanup(func() { _ = d.pull() })
}

func (d *desk) until(what string, f func() bool) {
	d.t.Helper()
	deadline := time.After(patience)
	for {
		changed := d.sim.Changed()
		if f() {
			return
		}
		select {
		case <-changed:
		case <-time.After(2 * time.Millisecond):
		case <-deadline:
			d.t.Fatalf("waited in vain until %s; last status %+v, state %+v", what, d.feed.last(), d.driver.State())
		}
	}
}

// print asks for a job and answers a channel with the one answer.
func (d *desk) print(ctx context.Context, j printer.Job) <-chan error {
	answer := make(chan error, 1)
	go func() { answer <- d.driver.Print(ctx, j) }()
	return answer
}

func (d *desk) wait(answer <-chan error) error {
	d.t.Helper()
	select {
	case err := <-answer:
		return err
	case <-time.After(patience):
		d.t.Fatal("no answer to a job")
		return nil
	}
}
