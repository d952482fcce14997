//go:build torture

package torture

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/customer"
	"showroom/agent/gs1"
	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
	"showroom/devices/link"
)

// boardFeed puts what a driver says of its device on the board.
type boardFeed struct{ *live.Board }

func (f boardFeed) Status(s devices.Status) { f.SetDevice(s) }

// mortal is a settler in an agent that can be killed: whoever waits for the device then ends where they stand, and writes nothing down.
type mortal struct {
	checkout.Settler
	agent context.Context
}

func (m mortal) Settle(ctx context.Context, s showroom.Settlement, tell func(showroom.Progress)) showroom.Result {
	r := m.Settler.Settle(ctx, s, tell)
	m.live()
	return r
}

func (m mortal) Recover(ctx context.Context, s showroom.Settlement) showroom.Result {
	r := m.Settler.Recover(ctx, s)
	m.live()
	return r
}

func (m mortal) live() {
	if m.agent.Err() != nil {
		runtime.Goexit()
	}
}

// stand is one checkout with its device, and an agent in this process that is killed and started again over the same folder. Its
// clock, but for the one on the wall, goes faster than ours.
type stand struct {
	t       *testing.T
	dir     string
	fiscal  bool
	faster  int
	device  device
	address string
	born    time.Time
	lives   int

	mu  sync.Mutex // guards ids
	ids int

	db     *store.DB
	board  *live.Board
	desks  *checkout.Desks
	kill   func() // ends the agent
	unplug func() // takes the device's power
}

const sco = showroom.KioskID("sco1")

func openStand(t *testing.T, isFiscal bool, faster int) *stand {
	t.Helper()
	s := &stand{t: t, dir: t.TempDir(), fiscal: isFiscal, faster: faster, address: "127.0.0.1:0", born: time.Now()}
	if s.device = newTerminal(faster); isFiscal {
		s.device = newFiscal(faster)
	}
	s.plug()
	s.begin()
	s.stock()
	return s
}

// fail ends the stand's goroutine, which need not be the test's.
func (s *stand) fail(err error) {
	s.t.Helper()
	s.t.Error(err)
	runtime.Goexit()
}

func (s *stand) close() {
	s.kill()
	s.unplug()
}

// plug gives the device its power; it listens where it did before.
func (s *stand) plug() {
	s.t.Helper()
	s.device.restart()
	ctx, cancel := context.WithCancel(context.Background())
	bound, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.device.listen(ctx, s.address, func(a net.Addr) {
			s.address = a.String()
			close(bound)
		})
	}()
	select {
	case err := <-done:
		cancel()
		s.fail(err)
	case <-bound:
	}
	s.unplug = func() { cancel(); <-done }
}

func (s *stand) clock() showroom.Moment {
	now := time.Now()
	return showroom.Moment{
		Wall: now.UTC(), Boot: fmt.Sprint("b", s.lives), Mono: now.Sub(s.born) * time.Duration(s.faster), Quality: showroom.ClockNTP,
	}
}

func (s *stand) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	return fmt.Sprintf("n%d", s.ids)
}

func (s *stand) currency() showroom.Currency {
	if s.fiscal {
		return "TRY"
	}
	return "EUR"
}

// begin starts an agent over what the folder holds.
func (s *stand) begin() {
	s.t.Helper()
	s.lives++
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	if s.db, err = store.Open(ctx, store.Options{Dir: s.dir, MachineID: "m", Clock: s.clock}); err != nil {
		s.fail(err)
	}
	s.board = live.NewBoard()
	settler, run := s.device.driver(boardFeed{s.board}, s.known)
	if s.desks, err = checkout.New(ctx, s.db, s.board, s.options(mortal{settler, ctx})); err != nil {
		s.fail(err)
	}
	var all sync.WaitGroup
	all.Go(func() { _ = s.desks.Run(ctx) })
	all.Go(func() { s.drive(ctx, run) })
	s.kill = func() {
		cancel()
		all.Wait()
		if err := s.db.Close(); err != nil {
			s.t.Error(err)
		}
	}
}

func (s *stand) options(settler checkout.Settler) checkout.Options {
	country := "plain"
	if s.fiscal {
		country = "TR"
	}
	profile, _ := checkout.ProfileOf(country)
	prefixes, err := gs1.NewPrefixes([]string{"0614141"})
	if err != nil {
		s.fail(err)
	}
	tags, err := customer.New(context.Background(), s.db, customer.Options{Prefixes: prefixes, Clock: s.clock, NewID: s.newID})
	if err != nil {
		s.fail(err)
	}
	return checkout.Options{
		Kiosks:   []checkout.Kiosk{{ID: sco, Settler: "pt1"}},
		Machines: map[showroom.DeviceID]checkout.Machine{"pt1": {Settler: settler, Fiscal: s.fiscal}},
		Profile:  profile, Currency: s.currency(), Tags: tags, Location: time.UTC, IdleAfter: 100 * time.Hour,
		Language: func(*store.View, showroom.KioskID) (string, error) { return "en", nil },
		Token:    func() (string, error) { return s.newID(), nil },
		Clock:    s.clock, NewID: s.newID, Log: slog.New(slog.DiscardHandler),
	}
}

// drive has the driver serve one connection after the other.
func (s *stand) drive(ctx context.Context, run func(context.Context, *link.Port) error) {
	for ctx.Err() == nil {
		port, err := link.Open(ctx, link.Options{Device: "pt1", Name: "tcp://" + s.address, IdleTimeout: 10 * time.Millisecond})
		if err == nil {
			_ = run(ctx, port)
			_ = port.Close()
		}
		rest(ctx, time.Second/time.Duration(s.faster))
	}
}

func (s *stand) known(ref showroom.Reference) (found showroom.Settlement, ok bool) {
	if err := s.db.View(context.Background(), func(v *store.View) (err error) {
		found, ok, err = v.SettledAs("pt1", ref)
		return err
	}); err != nil {
		s.t.Error(err)
	}
	return found, ok
}

// garment is something that can be bought.
type garment struct {
	gtin  gs1.GTIN
	price int64
	rate  int // of tax, in hundredths of a per cent
}

// garments are few, so that sums repeat.
func garments() []garment {
	return []garment{{"00614141123452", 2990, 100}, {"00614141007349", 14990, 1000}, {"00614141000012", 100, 2000}}
}

func (s *stand) stock() {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		for n, g := range garments() {
			id := showroom.ProductID(fmt.Sprint("p", n))
			if err := tx.PutProduct(showroom.Product{ID: id, Name: showroom.Text{"en": "Thing"}}, 1); err != nil {
				return err
			}
			if err := tx.PutItem(showroom.Item{GTIN: g.gtin, Product: id, Size: "38"}, 1); err != nil {
				return err
			}
			amount := showroom.Money{Minor: g.price, Currency: s.currency()}
			if err := tx.PutPrices(g.gtin, []showroom.Price{{GTIN: g.gtin, Amount: amount, VATBasisPoints: g.rate}}, 1); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *stand) update(do func(*store.Tx) error) {
	s.t.Helper()
	if err := s.desks.Tell(sco, s.db.Update(context.Background(), do)); err != nil {
		s.fail(err)
	}
}

func (s *stand) look() (now checkout.Now) {
	s.t.Helper()
	k, err := s.desks.Kiosk(sco)
	if err == nil {
		err = s.db.View(context.Background(), func(v *store.View) (err error) {
			now, err = s.desks.Look(v, k)
			return err
		})
	}
	if err != nil {
		s.fail(err)
	}
	return now
}
