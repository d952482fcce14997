package checkout_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/customer"
	"showroom/agent/gs1"
	"showroom/agent/live"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

const (
	shirt   gs1.GTIN = "00614141123452"
	jacket  gs1.GTIN = "00614141007349"
	bag     gs1.GTIN = "00614141999996"
	unheard gs1.GTIN = "04012345678901"
	free    gs1.GTIN = "00614141000012" // in the catalogue, without a price
)

// shop is a shop's checkouts over a real store, in a time of its own.
type shop struct {
	t     *testing.T
	dir   string
	boot  string
	opt   checkout.Options
	db    *store.DB
	board *live.Board
	tags  *customer.Tags
	*checkout.Desks
	term *terminal
	stop func()

	// skew is by how much the clock on the wall is wrong; lost says that nobody has set it.
	skew atomic.Int64
	lost atomic.Bool
	full atomic.Bool  // no sale can be written down
	free atomic.Int64 // bytes on the disk, of which 100 are the reserve; 0 for enough
	most int64        // bytes the database may have; 0 for any
	// broken: no sale can be made, for another reason.
	broken atomic.Bool
	// wrap puts something in front of the tags; nil for nothing.
	wrap func(checkout.Tags) checkout.Tags

	mu  sync.Mutex // guards ids
	ids int
}

// terminal is a payment device with a ledger of its own, as a real one has.
type terminal struct {
	mu      sync.Mutex
	ledger  map[showroom.SettlementID]showroom.Result
	asked   []showroom.SettlementID // in order
	recover int
	// does is what it does next instead of approving; nil approves.
	does    func(context.Context, showroom.Settlement, func(showroom.Progress)) showroom.Result
	silent  bool // it can not be asked
	aborted chan struct{}
}

func newTerminal() *terminal {
	return &terminal{ledger: map[showroom.SettlementID]showroom.Result{}, aborted: make(chan struct{}, 1)}
}

func (m *terminal) Settle(ctx context.Context, s showroom.Settlement, tell func(showroom.Progress)) showroom.Result {
	m.mu.Lock()
	m.asked = append(m.asked, s.ID)
	does := m.does
	m.mu.Unlock()
	tell(showroom.Progress{Code: "present_card"})
	if does != nil {
		return does(ctx, s, tell)
	}
	return m.charge(s)
}

// charge moves the money.
func (m *terminal) charge(s showroom.Settlement) showroom.Result {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := showroom.Result{
		Outcome: showroom.Approved, Amount: s.Amount, Card: showroom.Card{Name: "VISA", Last4: "4242"},
		Reference: showroom.Reference{Receipt: fmt.Sprint(len(m.ledger) + 1)},
	}
	m.ledger[s.ID] = r
	return r
}

func (m *terminal) Abort() {
	select {
	case m.aborted <- struct{}{}:
	default:
	}
}

func (m *terminal) Recover(_ context.Context, s showroom.Settlement) showroom.Result {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.recover++
	if m.silent {
		return showroom.Result{}
	}
	if r, ok := m.ledger[s.ID]; ok {
		return r
	}
	return showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedDevice}
}

func (m *terminal) will(do func(context.Context, showroom.Settlement, func(showroom.Progress)) showroom.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.does = do
}

func (m *terminal) mute(silent bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.silent = silent
}

// charged is what the device has moved, by its own ledger.
func (m *terminal) charged() (sum int64, payments int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.ledger {
		sum += r.Amount.Minor
	}
	return sum, len(m.ledger)
}

func declines(why showroom.DeclineReason) func(context.Context, showroom.Settlement, func(showroom.Progress)) showroom.Result {
	return func(context.Context, showroom.Settlement, func(showroom.Progress)) showroom.Result {
		return showroom.Result{Outcome: showroom.Declined, Reason: why}
	}
}

// story runs in a time of its own that begins on a Saturday at midnight UTC, 03:00 in the shop.
func story(t *testing.T, tell func(*shop), change ...func(*checkout.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &shop{t: t, dir: t.TempDir(), boot: "b", term: newTerminal()}
		s.opt = checkout.Options{
			Kiosks: []checkout.Kiosk{
				{ID: "sco1", Tray: "t1", Reader: "r1", Settler: "pt1"}, {ID: "sco2", Tray: "t2", Reader: "r2", Settler: "pt1"},
			},
			Machines: map[showroom.DeviceID]checkout.Machine{"pt1": {Settler: s.term}},
			Profile:  checkout.Profile{Country: "plain"}, Currency: "EUR", Bag: bag,
			Location: time.FixedZone("TRT", 3*60*60), DayStarts: 6 * time.Hour, IdleAfter: time.Minute,
			Language: func(_ *store.View, kiosk showroom.KioskID) (string, error) {
				if _, err := s.Kiosk(kiosk); err != nil {
					return "", err
				}
				return "tr", nil
			},
			ShopLanguage: "en",
			Token: func() (string, error) {
				if s.full.Load() {
					return "", store.ErrDiskFull
				}
				if s.broken.Load() {
					return "", errors.New("no randomness")
				}
				return s.newID(), nil
			},
			Clock: s.clock, NewID: s.newID, Log: slog.New(slog.DiscardHandler),
		}
		for _, c := range change {
			c(&s.opt)
		}
		s.open()
		s.stock()
		s.begin()
		defer s.end()
		tell(s)
	})
}

func (s *shop) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	return fmt.Sprintf("%s-%d", s.boot, s.ids)
}

func (s *shop) clock() showroom.Moment {
	now, quality := time.Now(), showroom.ClockNTP
	if s.lost.Load() {
		quality = showroom.ClockNone
	}
	wall := now.Add(time.Duration(s.skew.Load())).UTC()
	return showroom.Moment{Wall: wall, Boot: s.boot, Mono: time.Duration(now.Unix()) * time.Second, Quality: quality}
}

func (s *shop) open() {
	s.t.Helper()
	db, err := store.Open(s.t.Context(), store.Options{
		Dir: s.dir, MachineID: "m", Clock: s.clock, MaxBytes: s.most, Retention: store.Retention{DiskFloor: 200},
		DiskFree: func(string) (int64, error) { return cmp.Or(s.free.Load(), 1<<40), nil },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.db = db
}

// begin starts the agent's checkouts over what the store holds.
func (s *shop) begin() {
	s.t.Helper()
	prefixes, err := gs1.NewPrefixes([]string{"0614141"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.tags, err = customer.New(s.t.Context(), s.db, customer.Options{Prefixes: prefixes, Clock: s.clock, NewID: s.newID})
	if err != nil {
		s.t.Fatal(err)
	}
	s.board = live.NewBoard()
	for id := range s.opt.Machines {
		s.board.SetDevice(devices.Status{Device: id, State: devices.Up, At: time.Now()})
	}
	s.opt.Tags = s.tags
	if s.wrap != nil {
		s.opt.Tags = s.wrap(s.tags)
	}
	if s.Desks, err = checkout.New(s.t.Context(), s.db, s.board, s.opt); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	s.stop = func() { cancel(); <-done }
	synctest.Wait()
}

// end stops the agent.
func (s *shop) end() {
	s.t.Helper()
	s.stop()
	if err := s.db.Close(); err != nil {
		s.t.Error(err)
	}
}

// restart stops the agent and starts it again after a while.
func (s *shop) restart(after time.Duration) {
	s.t.Helper()
	s.end()
	time.Sleep(after) // in the story's own time
	s.boot += "'"
	s.open()
	s.begin()
}

func (s *shop) stock() {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		for n, i := range []struct {
			gtin  gs1.GTIN
			price int64
			rate  int
		}{{shirt, 2990, 1000}, {jacket, 14990, 2000}, {bag, 25, 2000}, {free, 0, 0}} {
			id := showroom.ProductID(fmt.Sprint("p", n))
			if err := tx.PutProduct(showroom.Product{ID: id, Name: showroom.Text{"en": "Thing " + fmt.Sprint(n)}}, 1); err != nil {
				return err
			}
			if err := tx.PutItem(showroom.Item{GTIN: i.gtin, Product: id, Size: "38"}, 1); err != nil {
				return err
			}
			if err := tx.PutStock(showroom.Stock{GTIN: i.gtin, Quantity: 10}, 1); err != nil {
				return err
			}
			if i.price == 0 {
				continue
			}
			if err := tx.PutPrices(i.gtin, []showroom.Price{{GTIN: i.gtin, Amount: eur(i.price), VATBasisPoints: i.rate}}, 1); err != nil {
				return err
			}
		}
		return nil
	})
}

func eur(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "EUR"} }

func (s *shop) update(do func(*store.Tx) error) {
	s.t.Helper()
	if err := s.db.Update(s.t.Context(), do); err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}

func (s *shop) kiosk(id showroom.KioskID) checkout.Kiosk {
	s.t.Helper()
	k, err := s.Kiosk(id)
	if err != nil {
		s.t.Fatal(err)
	}
	return k
}

// try does something at a kiosk as its screen would: what the shopper can not have is told there.
func (s *shop) try(id showroom.KioskID, do func(*store.Tx, checkout.Kiosk) error) error {
	s.t.Helper()
	k := s.kiosk(id)
	err := s.Tell(id, s.db.Update(s.t.Context(), func(tx *store.Tx) error { return do(tx, k) }))
	synctest.Wait()
	return err
}

func (s *shop) must(id showroom.KioskID, do func(*store.Tx, checkout.Kiosk) error) checkout.Now {
	s.t.Helper()
	if err := s.try(id, do); err != nil {
		s.t.Fatal(err)
	}
	return s.look(id)
}

func (s *shop) look(id showroom.KioskID) (now checkout.Now) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		now, err = s.Look(v, s.kiosk(id))
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return now
}

func (s *shop) scans(id showroom.KioskID, item gs1.GTIN) checkout.Now {
	s.t.Helper()
	return s.must(id, func(tx *store.Tx, k checkout.Kiosk) error {
		return s.Scan(tx, k, devices.Scan{Kind: devices.ScanItem, GTIN: item})
	})
}

func (s *shop) pays(id showroom.KioskID) checkout.Now {
	s.t.Helper()
	seen := s.look(id).Totals.Due
	return s.must(id, func(tx *store.Tx, k checkout.Kiosk) error { return s.Pay(tx, k, seen) })
}

func tag(t *testing.T, item gs1.GTIN, serial uint64) gs1.EPC {
	t.Helper()
	g, err := gs1.NewSGTIN96(item, 7, 1, serial)
	if err != nil {
		t.Fatal(err)
	}
	epc, err := g.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return epc
}

func (s *shop) lays(tray string, epcs ...gs1.EPC) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		for _, epc := range epcs {
			if err := s.Apply(tx, []presence.Change{{Kind: presence.Arrived, EPC: epc, To: showroom.Place{Kind: showroom.PlaceTray, ID: tray}}}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *shop) lifts(tray string, epc gs1.EPC) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		return s.Apply(tx, []presence.Change{{Kind: presence.Departed, EPC: epc, From: showroom.Place{Kind: showroom.PlaceTray, ID: tray}}})
	})
}

func (s *shop) wants(now checkout.Now, stage checkout.Stage, notice string) {
	s.t.Helper()
	if now.Stage != stage || now.Live.Notice.Code != notice {
		s.t.Fatalf("the kiosk shows %q with the notice %q (closed %q), want %q with %q", now.Stage, now.Live.Notice.Code, now.Closed, stage, notice)
	}
}
