//go:build torture

package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/agent/store"
	"showroom/config"
	"showroom/scripts/shop"
)

// stand is one checkout: a simulated device in this process, and the real agent, which is killed and started again. Whoever acts for
// the shopper and for staff does it through the agent's socket.
type stand struct {
	t      *testing.T
	dice   *rand.Rand
	dir    string
	fiscal bool
	faster int
	turn   int // where in the row of troubles it begins
	device device
	port   string // of the device
	agent  *shop.Process
	unplug func() // takes the device's power
	gone   bool   // the device is taken away
	api    *client

	vague    bool // staff had to decide, and no movement has been told since
	reverses bool // a whole payment is to be undone

	sales  []string                       // that could be given back
	listed map[string]bool                // settlements that the staff page has asked somebody to decide
	said   map[showroom.SettlementID]said // by an associate there
	result result
}

// said is what an associate has said in the place of a device.
type said struct {
	outcome showroom.Outcome
	why     string
}

// places where a device can be.
const (
	tcp    = "TCP"
	serial = "serial"
)

func openStand(t *testing.T, bin, place string, isFiscal bool, faster int, dice *rand.Rand) *stand {
	t.Helper()
	dir, err := os.MkdirTemp("", "money") // a unix socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{
		t: t, dice: dice, dir: dir, fiscal: isFiscal, faster: faster, port: filepath.Join(dir, "pt1"),
		api: newClient(filepath.Join(dir, "agent.sock")), listed: map[string]bool{}, said: map[showroom.SettlementID]said{},
	}
	if place == tcp {
		s.port = "tcp://" + freePort(t)
	}
	if s.device = newTerminal(place == serial, faster); isFiscal {
		s.device = newFiscal(faster)
	}
	s.agent = shop.NewProcess(dir, filepath.Join(bin, "showroom-agent"), "run", "--config", s.write())
	s.stock()
	s.plug()
	s.begin()
	s.signIn()
	t.Cleanup(func() {
		s.agent.Kill()
		s.unplug()
		if t.Failed() {
			t.Logf("the checkout is kept in %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	return s
}

// freePort is one that no connection is given by chance: those of a device that is away must stay free.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(10000))
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

func (s *stand) currency() showroom.Currency {
	if s.fiscal {
		return "TRY"
	}
	return "EUR"
}

// write writes the agent's configuration and answers where.
func (s *stand) write() string {
	hash, err := staff.HashPIN(shop.PIN)
	if err != nil {
		s.t.Fatal(err)
	}
	e := s.device.entry()
	timers := map[string]time.Duration{
		"frame_gap": e.Timers.FrameGap, "acknowledge": e.Timers.Acknowledge, "answer": e.Timers.Answer, "quiet": e.Timers.Quiet,
		"longest": e.Timers.Longest, "heartbeat": e.Timers.Heartbeat, "silent_after": e.Timers.SilentAfter,
	}
	var written []string
	for key, d := range timers {
		if d != 0 {
			written = append(written, key+": "+d.String())
		}
	}
	text := fmt.Sprintf(`store: {id: torture, name: Torture, company_prefixes: ["0614141"], currency: %s, timezone: UTC, languages: [en]}
state_dir: %s
local_api: {listen: "127.0.0.1:0"}
staff:
  - {id: elif, name: Elif, role: manager, pin_hash: '%s'}
kiosks:
  - {id: sco1, mode: checkout, settler: pt1}
settlers:
  - {id: pt1, kind: %s, port: "%s", baud: %d, timers: {%s}}
checkout: {idle_after: 10m}
`, s.currency(), s.dir, hash, e.Kind, s.port, e.Baud, strings.Join(written, ", "))
	path := filepath.Join(s.dir, "agent.yaml")
	if _, err := config.Parse([]byte(text), path); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// fail ends the stand's goroutine, which need not be the test's.
func (s *stand) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Errorf(s.dir+": "+format, args...)
	runtime.Goexit()
}

// plug gives the device its power; it can be reached where it was before. A program that is just being started may hold what has
// listened there for a moment.
func (s *stand) plug() {
	s.t.Helper()
	s.device.restart()
	err := s.tryPlug()
	for end := time.Now().Add(10 * time.Second); errors.Is(err, syscall.EADDRINUSE) && time.Now().Before(end); err = s.tryPlug() {
		rest(context.Background(), 5*time.Millisecond)
	}
	if err != nil {
		s.fail("%v", err)
	}
}

func (s *stand) tryPlug() error {
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}, 1), make(chan error, 1) // one is enough
	go func() {
		done <- s.device.serve(ctx, s.port, func() {
			select {
			case ready <- struct{}{}:
			default:
			}
		})
	}()
	select {
	case err := <-done:
		cancel()
		return err
	case <-ready:
	}
	s.unplug = sync.OnceFunc(func() { cancel(); <-done })
	return nil
}

// begin starts the agent and waits until it answers.
func (s *stand) begin() {
	s.t.Helper()
	if err := s.agent.Start(); err != nil {
		s.fail("%v", err)
	}
	gone := s.agent.Done()
	for end := time.Now().Add(time.Minute); ; {
		if status, _, err := s.api.get("/readyz"); err == nil && status == http.StatusOK {
			return
		}
		select {
		case <-gone:
			s.fail("the agent has ended: %s", s.agent.Tail())
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(end) {
			s.fail("the agent does not answer: %s", s.agent.Tail())
		}
	}
}

// part is some part of what so many seconds of real life are here.
func (s *stand) part(seconds int) time.Duration {
	return time.Duration(s.dice.Int64N(int64(time.Duration(seconds) * time.Second / time.Duration(s.faster))))
}

func (s *stand) rest(seconds int) { rest(context.Background(), s.part(seconds)) }

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

// stock fills the catalogue before the agent begins.
func (s *stand) stock() {
	s.t.Helper()
	db, err := store.Open(s.t.Context(), store.Options{Dir: s.dir, MachineID: machine(s.t), Clock: func() showroom.Moment {
		return showroom.Moment{Wall: time.Now().UTC(), Boot: "b", Quality: showroom.ClockNTP}
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(s.t.Context(), func(tx *store.Tx) error {
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
	}); err != nil {
		s.t.Fatal(err)
	}
}
