package app

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/lang"
	"showroom/agent/receipt"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/config"
	"showroom/devices/link"
	"showroom/devices/pos/okc"
	"showroom/devices/pos/zvt"
	"showroom/devices/printer"
)

// buildSettlers makes what takes money; its lines are opened with those of the other devices.
func (a *agent) buildSettlers() (map[showroom.DeviceID]checkout.Machine, error) {
	all := make(map[showroom.DeviceID]checkout.Machine, len(a.cfg.Settlers))
	for _, s := range a.cfg.Settlers {
		m, run, err := a.settler(s)
		if err != nil {
			return nil, fmt.Errorf("settler %s: %w", s.ID, err)
		}
		id := showroom.DeviceID(s.ID)
		all[id] = checkout.Machine{Settler: m, Fiscal: s.Kind.Fiscal()}
		port := a.port(s.ID, s.Port, s.Baud)
		port.Tap = nil // nobody listens to a line that carries card numbers
		a.counters = append(a.counters, source{id, "settler", overPort(port, run)})
	}
	return all, nil
}

// settler answers what moves money with a device, and what serves it over one connection.
func (a *agent) settler(s config.Settler) (checkout.Settler, func(context.Context, *link.Port) error, error) {
	switch s.Kind {
	case config.OKC:
		t := okc.New(okc.Options{
			Device: showroom.DeviceID(s.ID), Language: a.cfg.Store.Languages[0], AnswerWithin: s.Timers.Answer, QuietFor: s.Timers.Quiet,
			Longest: s.Timers.Longest, Heartbeat: s.Timers.Heartbeat, SilentAfter: s.Timers.SilentAfter,
			Before: a.settledBefore(showroom.DeviceID(s.ID)),
		})
		return t, func(ctx context.Context, p *link.Port) error { return t.Run(ctx, p, a.feed(s.ID)) }, nil
	case config.ZVT:
		o, err := a.zvtOptions(s)
		if err != nil {
			return nil, nil, err
		}
		t := zvt.New(o)
		return t, func(ctx context.Context, p *link.Port) error { return t.Run(ctx, p, a.feed(s.ID)) }, nil
	}
	return nil, nil, fmt.Errorf("kind %q is not driven by this release", s.Kind)
}

// fresh is which part of its heartbeat a terminal may have been quiet for when a payment begins.
const fresh = 6

func (a *agent) zvtOptions(s config.Settler) (zvt.Options, error) {
	o := zvt.Options{
		Device: showroom.DeviceID(s.ID), Transport: zvt.Serial, Currency: showroom.Currency(s.Currency), Location: location(a.cfg),
		Known:     a.movement(showroom.DeviceID(s.ID)),
		Before:    a.settledBefore(showroom.DeviceID(s.ID)),
		Timers:    zvt.Timers{T1: s.Timers.FrameGap, T2: s.Timers.Acknowledge, T3: s.Timers.Answer, T4: s.Timers.Quiet},
		Heartbeat: s.Timers.Heartbeat, Fresh: s.Timers.Heartbeat / fresh,
	}
	if o.Currency == "" {
		o.Currency = showroom.Currency(a.cfg.Store.Currency)
	}
	if strings.HasPrefix(s.Port, "tcp://") {
		o.Transport = zvt.TCP
	}
	secret, err := s.Password()
	if err != nil {
		return o, err
	}
	if secret != "" {
		if o.Password, err = zvt.ParsePassword(secret.Reveal()); err != nil {
			return o, err
		}
	}
	for _, text := range s.Quirks {
		q, err := zvt.ParseQuirk(text)
		if err != nil {
			return o, err
		}
		o.Quirks = append(o.Quirks, q)
	}
	return o, nil
}

// movement answers which settlement was concluded with a movement of a device's. Where that can not be looked up the device only leaves
// a settlement open, so why is told here.
func (a *agent) movement(device showroom.DeviceID) func(showroom.Reference) (showroom.Settlement, bool, error) {
	return func(ref showroom.Reference) (s showroom.Settlement, ok bool, err error) {
		err = a.db.View(context.Background(), func(v *store.View) (err error) {
			s, ok, err = v.SettledAs(device, ref)
			return err
		})
		if err != nil {
			err = fmt.Errorf("look up a movement of money: %w", err)
			a.log.Error("Settlements can not be looked up", "device", string(device), "err", err)
		}
		return s, ok, err
	}
}

// mostBefore is how many settlements before one are looked at: enough to find one that went well.
const mostBefore = 32

// settledBefore answers what a device was asked to settle before a settlement, or tells why not, as movement does.
func (a *agent) settledBefore(device showroom.DeviceID) func(showroom.Settlement) ([]showroom.Settlement, error) {
	return func(s showroom.Settlement) (all []showroom.Settlement, err error) {
		err = a.db.View(context.Background(), func(v *store.View) (err error) {
			all, err = v.SettledBefore(device, s.ID, mostBefore)
			return err
		})
		if err != nil {
			err = fmt.Errorf("look up what was settled before: %w", err)
			a.log.Error("Settlements can not be looked up", "device", string(device), "err", err)
		}
		return all, err
	}
}

// paper is a printer that prints receipts.
type paper struct {
	*printer.Printer
	cfg   config.Config
	model printer.Model
	width int
	baud  int
}

// printsFor is how long somebody waits for a receipt on paper, besides the time its bytes need on a serial line: as a picture they are
// more than a hundred thousand.
const printsFor = 30 * time.Second

// Print prints the receipt of a sale.
func (p paper) Print(ctx context.Context, sale showroom.Sale) error {
	r, err := receipt.New(sale, nil, seller(p.cfg), p.url(sale))
	if err != nil {
		return err
	}
	return p.print(ctx, r.Slip(spoken(sale.Language)))
}

// PrintReturn prints the credit note of the n-th return of a sale.
func (p paper) PrintReturn(ctx context.Context, sale showroom.Sale, returns []showroom.Return, n int) error {
	r, err := receipt.New(sale, returns, seller(p.cfg), p.url(sale))
	if err != nil {
		return err
	}
	note, made := r.Credit(n)
	if !made {
		return showroom.Errorf(showroom.CodeNotFound, "Nothing has been given back.")
	}
	return p.print(ctx, note.Slip(spoken(sale.Language)))
}

// url is where the receipt of a sale is shown; empty for nowhere.
func (p paper) url(sale showroom.Sale) string {
	if url := strings.TrimRight(p.cfg.Checkout.ReceiptURL, "/"); url != "" {
		return url + "/" + sale.Token
	}
	return ""
}

// PrintAside prints the slip of a basket that was set aside.
func (p paper) PrintAside(ctx context.Context, b showroom.Basket, language string) error {
	slip, err := receipt.Aside(b, seller(p.cfg), spoken(language))
	if err != nil {
		return err
	}
	return p.print(ctx, slip)
}

// PrintTest prints a page that shows whether the model of the configuration is that of the printer.
func (p paper) PrintTest(ctx context.Context) error {
	return p.print(ctx, printer.TestPage(p.model, p.width, cmp.Or(p.cfg.Checkout.ReceiptURL, p.cfg.Store.Name)))
}

func (p paper) print(ctx context.Context, slip showroom.Slip) error {
	more, err := printer.OnTheLine(p.model, p.width, slip, p.baud)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, printsFor+more)
	defer cancel()
	return p.Printer.Print(ctx, printer.Job{ID: newID(), Slip: slip})
}

// spoken is a language the texts have.
func spoken(language string) lang.Tag {
	if tag, ok := lang.Parse(language); ok {
		return tag
	}
	return lang.English
}

// tornAt are the printers that may hold a slip an agent before this one has begun.
func (a *agent) tornAt(ctx context.Context) (map[showroom.DeviceID]bool, error) {
	torn := map[showroom.DeviceID]bool{}
	err := a.db.View(ctx, func(v *store.View) error {
		for _, k := range a.cfg.Kiosks {
			desk, err := v.Desk(showroom.KioskID(k.ID))
			if err != nil {
				return err
			}
			torn[showroom.DeviceID(k.Printer)] = torn[showroom.DeviceID(k.Printer)] || len(desk.Papers) > 0
		}
		return nil
	})
	return torn, err
}

func (a *agent) buildPrinters(ctx context.Context) (map[showroom.DeviceID]paper, error) {
	torn, err := a.tornAt(ctx)
	if err != nil {
		return nil, err
	}
	all := make(map[showroom.DeviceID]paper, len(a.cfg.Printers))
	for _, c := range a.cfg.Printers {
		model, known := printer.ModelByName(string(c.Model))
		if !known {
			return nil, fmt.Errorf("printer %s: model %q is not known", c.ID, c.Model)
		}
		id := showroom.DeviceID(c.ID)
		p := printer.New(printer.Options{Device: id, Model: model, Width: c.Width, Torn: torn[id]})
		all[id] = paper{p, a.cfg, model, c.Width, c.Baud}
		a.counters = append(a.counters, source{id, "printer", overPort(a.port(c.ID, c.Port, c.Baud), func(ctx context.Context, port *link.Port) error {
			return p.Run(ctx, port, a.feed(c.ID))
		})})
	}
	return all, nil
}
