package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"showroom/agent/showroom"
)

// Options say what to simulate and where it is found.
type Options struct {
	Scenario  Scenario
	Catalogue Catalogue
	Links     string // folder of the serial ports, made if absent; each has the name of its device
	Broker    string // URL of the broker that devices on the network publish to; "" for a shop without any
	// Listen is where a terminal listens, in place of what the scenario says.
	Listen map[showroom.DeviceID]string
	// Payments makes what takes money at a terminal; nil for a shop without any.
	Payments func(Terminal) (Payments, error)
	Control  string // unix socket that takes orders; "" for none
	// Speed is how many times faster than written the events happen; 0 means 1. Radio and troubles keep
	// their own pace.
	Speed float64
	Log   io.Writer // takes a line for everything that happens; nil for nobody
	Truth io.Writer // takes what really happened, a JSON object a line; nil for nobody
}

// wire makes hardware of a device.
type wire interface {
	Plug() error
	Unplug()
	Suffer(t Trouble, d time.Duration) bool
}

// Simulator plays a scenario over simulated hardware in real time. Run it once.
type Simulator struct {
	o    Options
	shop *Shop
	air  *Air
	// wires are all devices. What they have to tell goes to each in its own way.
	wires    map[showroom.DeviceID]wire
	readers  map[showroom.DeviceID]func(Round)
	gateways map[showroom.DeviceID]func([]Advert)
	scanners map[showroom.DeviceID]func(string)
	payments map[showroom.DeviceID]Payments
	pulled   map[showroom.DeviceID]bool // of gateways and scanners; the shop knows its readers
	// orders has no room: whoever gives one waits for its turn.
	orders chan order
	begun  time.Time
	played int // events, counted over all loops
}

// order is one line somebody said to the control socket.
type order struct {
	line   string
	answer chan string // has room for the answer
}

// New makes a Simulator. The error is [Faults] when the catalogue lacks what the scenario names.
func New(o Options) (*Simulator, error) {
	shop, err := NewShop(o.Scenario, o.Catalogue)
	if err != nil {
		return nil, err
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Truth == nil {
		o.Truth = io.Discard
	}
	s := &Simulator{
		o: o, shop: shop, air: NewAir(o.Scenario), orders: make(chan order), wires: map[showroom.DeviceID]wire{},
		readers: map[showroom.DeviceID]func(Round){}, gateways: map[showroom.DeviceID]func([]Advert){}, scanners: map[showroom.DeviceID]func(string){},
		payments: map[showroom.DeviceID]Payments{}, pulled: map[showroom.DeviceID]bool{},
	}
	return s, s.build()
}

// build makes the hardware.
func (s *Simulator) build() error {
	port := func(id showroom.DeviceID) string { return filepath.Join(s.o.Links, string(id)) }
	for _, r := range s.o.Scenario.Readers {
		switch {
		case r.Kind == LLRP:
			w := NewLLRPWire(r)
			s.wires[r.ID], s.readers[r.ID] = w, w.Tell
		case !r.Kind.published():
			w := newModuleWire(r, port(r.ID))
			s.wires[r.ID], s.readers[r.ID] = w, w.Tell
		case s.o.Broker == "":
			return fmt.Errorf("reader %s needs a broker", r.ID)
		default:
			w := NewReaderWire(r, s.o.Broker)
			s.wires[r.ID], s.readers[r.ID] = w, w.Tell
		}
	}
	for _, g := range s.o.Scenario.Gateways {
		if s.o.Broker == "" {
			return fmt.Errorf("gateway %s needs a broker", g.ID)
		}
		w := NewGatewayWire(g, s.o.Broker)
		s.wires[g.ID], s.gateways[g.ID] = w, w.Tell
	}
	for _, c := range s.o.Scenario.Scanners {
		w := NewScannerWire(port(c.ID), c.Ending)
		s.wires[c.ID], s.scanners[c.ID] = w, w.Tell
	}
	return s.buildTerminals()
}

func (s *Simulator) buildTerminals() error {
	for _, t := range s.o.Scenario.Terminals {
		if s.o.Payments == nil {
			return fmt.Errorf("terminal %s: nothing takes money in this shop", t.ID)
		}
		if address, moved := s.o.Listen[t.ID]; moved {
			t.Listen = address
		}
		p, err := s.o.Payments(t)
		if err != nil {
			return err
		}
		s.wires[t.ID], s.payments[t.ID] = &terminalWire{Terminal: t, payments: p}, p
	}
	return nil
}

// tick is how often the shop is asked for what its readers read: oftener than the fastest of them.
const tick = 25 * time.Millisecond

// Run plays until ctx ends, and answers nil then. When it returns the ports and the socket are gone.
func (s *Simulator) Run(ctx context.Context) error {
	if err := os.MkdirAll(s.o.Links, 0o755); err != nil {
		return fmt.Errorf("make folder of the ports: %w", err)
	}
	defer func() {
		for _, w := range s.wires {
			w.Unplug()
		}
	}()
	for id, w := range s.wires {
		if err := w.Plug(); err != nil {
			return fmt.Errorf("plug %s: %w", id, err)
		}
	}
	s.begun = time.Now()
	if s.o.Control != "" {
		c, err := listenControl(ctx, s.o.Control, s.orders)
		if err != nil {
			return err
		}
		defer c.close()
	}
	s.note(s.begun, "the shop is open: %d devices, %d events", len(s.wires), len(s.o.Scenario.Events))
	return s.play(ctx)
}

func (s *Simulator) play(ctx context.Context) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			s.note(time.Now(), "the shop is closed")
			return nil
		case o := <-s.orders:
			o.answer <- s.obey(o.line, time.Now())
		case at := <-ticker.C:
			if err := s.events(at); err != nil {
				return err
			}
			for _, r := range s.shop.Step(at) {
				s.readers[r.Reader](r)
			}
			for id, heard := range s.air.Step(at) {
				s.gateways[id](heard)
			}
		}
	}
}

// events does what the scenario says is due.
func (s *Simulator) events(at time.Time) error {
	elapsed := time.Duration(float64(at.Sub(s.begun)) * s.o.Speed)
	for {
		e, due, ok := s.o.Scenario.every(s.played)
		if !ok || due > elapsed {
			return nil
		}
		s.played++
		if _, err := s.do(e.Do, at); errors.Is(err, errTruth) {
			return err
		} else if err != nil {
			s.note(at, "line %d: %s: %v", e.Line, e.Do, err) // somebody has interfered through the control socket
		}
	}
}

var errTruth = errors.New("write truth")

// do does an action in the shop and to its hardware, and notes it. It answers whether anything changed.
func (s *Simulator) do(a Action, at time.Time) (changed bool, err error) {
	if err := s.o.Scenario.fits(a); err != nil {
		return false, err
	}
	switch a.Verb {
	case Break, Show, Walk, Spoil:
		return s.disturb(a, at)
	}
	var truths []Truth
	if _, ok := s.readers[a.Reader]; !ok && (a.Verb == Pull || a.Verb == Plug) {
		truths = s.cable(a, at)
	} else {
		var err error
		if truths, err = s.shop.Do(a, at); err != nil {
			return false, err
		}
	}
	if len(truths) == 0 {
		s.note(at, "%s: is so already", a)
		return false, nil
	}
	s.note(at, "%s", a)
	switch a.Verb {
	case Pull:
		s.wires[a.Reader].Unplug()
	case Plug:
		if err := s.wires[a.Reader].Plug(); err != nil {
			return false, err
		}
	}
	for _, t := range truths {
		p, err := json.Marshal(t)
		if err != nil {
			return false, fmt.Errorf("%w: %w", errTruth, err)
		}
		if _, err := s.o.Truth.Write(append(p, '\n')); err != nil {
			return false, fmt.Errorf("%w: %w", errTruth, err)
		}
	}
	return true, nil
}

// disturb does what happens to devices and not to garments.
func (s *Simulator) disturb(a Action, at time.Time) (changed bool, err error) {
	switch a.Verb {
	case Break:
		if !s.wires[a.Reader].Suffer(a.Trouble, a.For) {
			return false, &UnknownTroubleError{Device: a.Reader, Trouble: a.Trouble}
		}
	case Show:
		s.scanners[a.Reader](a.Text)
	case Spoil:
		if err := s.payments[a.Reader].Script(a.Text); err != nil {
			return false, err
		}
	case Walk:
		if !s.air.Walk(a.Tag, a.Reader) {
			s.note(at, "%s: is so already", a)
			return false, nil
		}
	}
	s.note(at, "%s", a)
	return true, nil
}

// cable pulls or plugs a device that the shop's garments know nothing of.
func (s *Simulator) cable(a Action, at time.Time) []Truth {
	if s.pulled[a.Reader] == (a.Verb == Pull) {
		return nil
	}
	s.pulled[a.Reader] = a.Verb == Pull
	what := "plugged"
	if a.Verb == Pull {
		what = "pulled"
	}
	return []Truth{{At: at, What: what, Reader: a.Reader}}
}

// obey answers an order: "ok ...", or "error: reason".
func (s *Simulator) obey(line string, at time.Time) string {
	words, err := split(line)
	if err == nil && len(words) == 1 && !words[0].quoted {
		switch words[0].text {
		case "tags":
			return listing(s.tags())
		case "state":
			return listing(s.shop.State())
		}
	}
	if err == nil && len(words) == 2 && words[0] == (word{text: "ledger"}) {
		return s.ledger(showroom.DeviceID(words[1].text))
	}
	a, err := ParseAction(line)
	if err != nil {
		return "error: " + err.Error()
	}
	changed, err := s.do(a, at)
	switch {
	case err != nil:
		return "error: " + err.Error()
	case !changed:
		return "ok already"
	}
	return "ok " + a.String()
}

// tags are those of the garments, and behind them the loan tags.
func (s *Simulator) tags() []any {
	all := []any{}
	for _, t := range s.shop.Tags() {
		all = append(all, t)
	}
	for _, t := range s.air.LoanTags() {
		all = append(all, t)
	}
	return all
}

// ledger is what a terminal has really moved.
func (s *Simulator) ledger(id showroom.DeviceID) string {
	p, ok := s.payments[id]
	if !ok {
		return fmt.Sprintf("error: there is no terminal %s", id)
	}
	return listing(p.Ledger())
}

func listing(v any) string {
	p, err := json.Marshal(v)
	if err != nil {
		return "error: " + err.Error()
	}
	return "ok " + string(p)
}

// note writes a line with the seconds since the shop opened. Whoever does not take it misses it.
func (s *Simulator) note(at time.Time, format string, args ...any) {
	fmt.Fprintf(s.o.Log, "%8.3f  %s\n", at.Sub(s.begun).Seconds(), fmt.Sprintf(format, args...))
}
