package checkout_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/pos/okc"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/okcsim"
	"showroom/devices/sim/zvtsim"
)

// simulated is a simulated device as a kiosk's shoppers know it.
type simulated interface {
	// driver is a new driver of it, as a new agent makes one.
	driver(*shop) driver
	// serves it at the far end of a cable.
	serve(ctx context.Context, far net.Conn)
	// cutAfterMoney has the cable pulled at the next payment, when the money has moved and nobody has heard of it; cutBefore before that.
	cutAfterMoney()
	cutBefore()
	// moved is what it has moved, by its own ledger.
	moved() []int64
	// forgets what it was asked for last, so that it can not tell of it.
	forgets()
	// another is one that stands there in its place.
	another() simulated
}

// driver is what the agent has of a device.
type driver struct {
	checkout.Settler
	run func(context.Context, *link.Port, statusFeed) error
}

// statusFeed takes how the device is.
type statusFeed func(devices.Status)

func (f statusFeed) Status(s devices.Status) { f(s) }

// wired is a shop with a simulated device at the end of a cable.
type wired struct {
	*shop
	sim    simulated
	driver driver
	unplug func() // pulls the cable; the agent goes on
}

// wire tells a story of a shop with a device of its own. Nobody has told its agent yet how the device is.
func wire(t *testing.T, device func() simulated, tell func(*wired)) {
	t.Helper()
	story(t, func(s *shop) {
		w := &wired{shop: s, sim: device()}
		time.Sleep(time.Hour) // since when it remembers
		s.costsIn(s.opt.Currency)
		w.restarts()
		defer func() { w.unplug() }()
		w.untilUp()
		tell(w)
	}, func(o *checkout.Options) {
		if _, fiscal := device().(fiscalDevice); fiscal {
			turkish(o)
			o.Currency, o.Bag = "TRY", ""
		}
	})
}

// costsIn gives the shirt its price in a currency.
func (s *shop) costsIn(c showroom.Currency) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		return tx.PutPrices(shirt, []showroom.Price{{GTIN: shirt, Amount: showroom.Money{Minor: 2990, Currency: c}, VATBasisPoints: 1000}}, 2)
	})
}

// restarts has another agent begin, with a driver of its own.
func (w *wired) restarts() {
	if w.unplug != nil {
		w.unplug()
	}
	w.driver = w.sim.driver(w.shop)
	m := w.opt.Machines["pt1"]
	m.Settler = w.driver
	w.opt.Machines = map[showroom.DeviceID]checkout.Machine{"pt1": m}
	w.restart(10 * time.Second)
	w.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, At: time.Now()})
	w.plug()
}

// plug puts the cable in; when it comes off by itself it stays so until it is put in again.
func (w *wired) plug() {
	ctx, cancel := context.WithCancel(context.Background())
	near, far := net.Pipe()
	board := w.board
	var ends sync.WaitGroup
	ends.Go(func() { w.sim.serve(ctx, far) })
	ends.Go(func() {
		port := link.FromConn("pt1", near, 200*time.Millisecond)
		_ = w.driver.run(ctx, port, board.SetDevice)
		_ = port.Close()
		board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, Reason: "port closed", At: time.Now()})
	})
	w.unplug = func() { cancel(); _ = far.Close(); ends.Wait() }
}

// again pulls the cable and puts it in after a while.
func (w *wired) again() {
	w.t.Helper()
	w.unplug()
	time.Sleep(10 * time.Second)
	w.plug()
	w.untilUp()
	time.Sleep(10 * time.Second) // it is asked
	synctest.Wait()
}

func (w *wired) untilUp() {
	w.t.Helper()
	for range 600 {
		if now, _ := w.board.Device("pt1"); now.State == devices.Up {
			synctest.Wait()
			return
		}
		time.Sleep(time.Second / 10)
	}
	now, _ := w.board.Device("pt1")
	w.t.Fatalf("the device does not come up: %+v", now)
}

// unknown pays for a shirt at the first kiosk and has nobody know what became of that.
func (w *wired) unknown() showroom.SettlementID {
	w.t.Helper()
	w.scans("sco1", shirt)
	w.pays("sco1")
	return w.until("sco1", checkout.StageUnknown).Basket.Settlement
}

// buys a shirt at the second kiosk.
func (w *wired) buys() {
	w.t.Helper()
	w.scans("sco2", shirt)
	w.pays("sco2")
	w.until("sco2", checkout.StageReceipt)
	w.must("sco2", w.Done)
}

// until waits until a kiosk shows what is wanted.
func (w *wired) until(id showroom.KioskID, want checkout.Stage) (now checkout.Now) {
	w.t.Helper()
	for range 300 {
		if now = w.look(id); now.Stage == want {
			return now
		}
		time.Sleep(time.Second)
	}
	w.t.Fatalf("the kiosk shows %q with the notice %q (closed %q), want %q", now.Stage, now.Live.Notice.Code, now.Closed, want)
	return now
}

// fiscalDevice is one that takes basket and tender in one act, and is asked by the number of a settlement.
type fiscalDevice struct{ *okcsim.Device }

func newFiscal() simulated { return fiscalDevice{okcsim.New(okcsim.Options{})} }

func (d fiscalDevice) driver(s *shop) driver {
	t := okc.New(okc.Options{Device: "pt1", Before: s.settledBefore})
	return driver{t, func(ctx context.Context, p *link.Port, f statusFeed) error { return t.Run(ctx, p, f) }}
}

func (d fiscalDevice) serve(ctx context.Context, far net.Conn) { _ = d.Attend(ctx, far) }
func (d fiscalDevice) cutAfterMoney() {
	d.Script(okcsim.Fault{Trouble: okcsim.Pull, At: okcsim.Approved})
}
func (d fiscalDevice) cutBefore() { d.Script(okcsim.Fault{Trouble: okcsim.Pull, At: okcsim.Unheard}) }
func (d fiscalDevice) forgets()   {}
func (d fiscalDevice) another() simulated {
	return fiscalDevice{okcsim.New(okcsim.Options{Serial: "SIM0000002"})}
}

func (d fiscalDevice) moved() (all []int64) {
	for _, e := range d.Ledger() {
		if e.Moved != 0 {
			all = append(all, e.Moved)
		}
	}
	return all
}

// terminalOnly is a payment terminal, which tells of its last receipt.
type terminalOnly struct{ *zvtsim.Terminal }

func newTerminalOnly() simulated { return terminalOnly{zvtsim.New(zvtsim.Options{ID: "52523535"})} }

func (d terminalOnly) driver(s *shop) driver {
	t := zvt.New(zvt.Options{Device: "pt1", Currency: "EUR", Location: time.UTC, Before: s.settledBefore, Known: func(ref showroom.Reference) (one showroom.Settlement, ok bool, err error) {
		err = s.db.View(context.Background(), func(v *store.View) (err error) {
			one, ok, err = v.SettledAs("pt1", ref)
			return err
		})
		return one, ok, err
	}})
	return driver{t, func(ctx context.Context, p *link.Port, f statusFeed) error { return t.Run(ctx, p, f) }}
}

func (d terminalOnly) serve(ctx context.Context, far net.Conn) {
	_ = d.Serve(ctx, link.FromConn("far", far, 200*time.Millisecond))
}
func (d terminalOnly) cutAfterMoney() {
	d.Script(zvtsim.Fault{Trouble: zvtsim.Pull, Step: zvtsim.Approved})
}
func (d terminalOnly) cutBefore() { d.Script(zvtsim.Fault{Trouble: zvtsim.Pull, Step: zvtsim.Card}) }
func (d terminalOnly) forgets()   { d.KeyIn(zvtsim.Payment, 100) }
func (d terminalOnly) another() simulated {
	return terminalOnly{zvtsim.New(zvtsim.Options{ID: "99999999"})}
}

func (d terminalOnly) moved() (all []int64) {
	for _, e := range d.Ledger() {
		all = append(all, e.Amount)
	}
	return all
}

func (s *shop) settledBefore(p showroom.Settlement) (all []showroom.Settlement, err error) {
	err = s.db.View(context.Background(), func(v *store.View) (err error) {
		all, err = v.SettledBefore("pt1", p.ID, 32)
		return err
	})
	return all, err
}
