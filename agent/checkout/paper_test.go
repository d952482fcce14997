package checkout_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// press is a printer that begins slips, and finishes them while it is whole.
type press struct {
	mu    sync.Mutex
	begun []string
	jams  bool // what is begun hangs until the agent stops, or for half a minute
	fails bool
}

func (p *press) slip(ctx context.Context, name string) error {
	p.mu.Lock()
	p.begun = append(p.begun, name)
	jams, fails := p.jams, p.fails
	p.mu.Unlock()
	switch {
	case fails:
		return errors.New("no paper")
	case !jams:
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(30 * time.Second):
		return errors.New("perhaps printed in part")
	}
}

func (p *press) set(jams, fails bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jams, p.fails = jams, fails
}

// took are the slips that were begun, and forgets them.
func (p *press) took() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.begun
	p.begun = nil
	return was
}

func (p *press) Print(ctx context.Context, s showroom.Sale) error {
	return p.slip(ctx, "receipt "+string(s.ID))
}

func (p *press) PrintAside(ctx context.Context, b showroom.Basket, _ string) error {
	return p.slip(ctx, "aside "+b.Code)
}

func (p *press) PrintReturn(ctx context.Context, s showroom.Sale, _ []showroom.Return, _ int) error {
	return p.slip(ctx, "return "+string(s.ID))
}

// prints tells a story of two kiosks and one printer.
func prints(t *testing.T, tell func(*shop, *press)) {
	t.Helper()
	p := &press{}
	story(t, func(s *shop) { tell(s, p) }, func(o *checkout.Options) {
		o.Kiosks[0].Printer, o.Kiosks[1].Printer = "p1", "p1"
		o.Printers = map[showroom.DeviceID]checkout.Printer{"p1": p}
	})
}

// unprinted are the slips staff see that did not come out.
func (s *shop) unprinted() (all []checkout.Unprinted) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		all, err = s.Unprinted(v)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *shop) wantsPrinted(id showroom.KioskID, how string, unprinted int) {
	s.t.Helper()
	if now := s.look(id); now.Live.Printed != how || len(s.unprinted()) != unprinted {
		s.t.Errorf("%s shows a print that is %q, and staff see %+v; want %q and %d", id, now.Live.Printed, s.unprinted(), how, unprinted)
	}
}

// The power goes in the middle of a receipt: whoever still stands there is told, and has it printed again if they like.
func TestATornReceiptIsToldAfterARestart(t *testing.T) {
	prints(t, func(s *shop, p *press) {
		s.scans("sco1", shirt)
		name := "receipt " + string(s.pays("sco1").Sale.ID)
		p.set(true, false)
		s.must("sco1", s.Print)
		s.wantsPrinted("sco1", "asked", 0)
		s.restart(10 * time.Second)
		p.set(false, false)
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
		s.wantsPrinted("sco1", "failed", 1)
		time.Sleep(20 * time.Second)
		if got := p.took(); !slices.Equal(got, []string{name}) {
			t.Errorf("begun were %q", got)
		}
		s.must("sco1", s.Print)
		s.wantsPrinted("sco1", "done", 0)
		s.restart(10 * time.Second)
		s.wantsPrinted("sco1", "", 0)
		if got := p.took(); !slices.Equal(got, []string{name}) {
			t.Errorf("printed again were %q", got)
		}
	})
}

// Whoever it was has gone: staff see it, and have it printed, or know that nobody wants it.
func TestStaffSeeWhatDidNotComeOut(t *testing.T) {
	prints(t, func(s *shop, p *press) {
		p.set(true, false)
		s.scans("sco1", shirt)
		first := s.pays("sco1").Sale.ID
		s.must("sco1", s.Print)
		s.scans("sco2", shirt)
		second := s.pays("sco2").Sale.ID
		s.must("sco2", s.Print) // behind the other
		s.restart(5 * time.Minute)
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		s.wantsPrinted("sco1", "", 2)
		s.restart(time.Hour)
		s.wantsPrinted("sco1", "", 2)
		if all := s.unprinted(); all[0].Kiosk != "sco1" || all[0].Sale != first || all[1].Kiosk != "sco2" || all[1].Sale != second {
			t.Fatalf("unprinted: %+v", all)
		}
		if got := p.took(); !slices.Equal(got, []string{"receipt " + string(first)}) {
			t.Errorf("begun were %q", got)
		}
		p.set(false, false)
		s.scans("sco1", jacket) // somebody else stands there
		s.update(func(tx *store.Tx) error { return s.PrintAgain(tx, "sco1", string(first)) })
		s.wantsPrinted("sco1", "", 1)
		if got := p.took(); !slices.Equal(got, []string{"receipt " + string(first)}) {
			t.Errorf("printed again were %q", got)
		}
		s.update(func(tx *store.Tx) error { return s.NoPaper(tx, "sco2", string(second)) })
		s.wantsPrinted("sco2", "", 0)
		for name, do := range map[string]func(tx *store.Tx) error{
			"printed twice": func(tx *store.Tx) error { return s.PrintAgain(tx, "sco1", string(first)) },
			"noted twice":   func(tx *store.Tx) error { return s.NoPaper(tx, "sco2", string(second)) },
		} {
			if err := s.db.Update(s.t.Context(), do); showroom.ErrorCode(err) != showroom.CodeConflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := p.took(); got != nil {
			t.Errorf("nobody asked for %q", got)
		}
	})
}

// A print that ends late is nothing for whoever stands there by then, and after a day for nobody.
func TestALatePrintIsNotTheNextShoppers(t *testing.T) {
	prints(t, func(s *shop, p *press) {
		p.set(true, false)
		s.scans("sco1", shirt)
		s.pays("sco1")
		s.must("sco1", s.Print)
		s.must("sco1", s.Done)
		s.scans("sco1", jacket)
		s.pays("sco1")
		time.Sleep(31 * time.Second)
		synctest.Wait()
		s.wantsPrinted("sco1", "", 1)
		p.set(false, true)
		s.must("sco1", s.Print)
		s.wantsPrinted("sco1", "failed", 2)
		time.Sleep(showroom.PaperFor + time.Hour)
		if all := s.unprinted(); len(all) != 0 {
			t.Errorf("after a day staff see %+v", all)
		}
	})
}

// The slips of baskets set aside, and of what was given back, are remembered too, the former for as long as somebody may pay with them.
func TestOtherSlipsAreRemembered(t *testing.T) {
	prints(t, func(s *shop, p *press) {
		s.scans("sco2", jacket)
		sale := s.pays("sco2").Sale
		s.must("sco2", s.Done)
		back := s.refunds(func() (showroom.SettlementID, error) {
			return s.Refund(s.t.Context(), sale.ID, map[showroom.LineID]int{sale.Lines[0].ID: 1}, "ayse", "too small")
		})
		p.set(false, true)
		s.update(func(tx *store.Tx) error { return s.PrintReturn(tx, back.ID) })
		s.scans("sco1", shirt)
		code := s.must("sco1", s.Park).Parked.Code
		s.must("sco1", s.Print)
		s.wantsPrinted("sco1", "failed", 2)
		s.restart(10 * time.Second)
		s.wantsPrinted("sco1", "failed", 2)
		p.took()
		p.set(false, false)
		for _, u := range s.unprinted() {
			s.update(func(tx *store.Tx) error { return s.PrintAgain(tx, u.Kiosk, u.ID()) })
		}
		s.wantsPrinted("sco1", "done", 0)
		if got := p.took(); !slices.Equal(got, []string{"aside " + code, "return " + string(sale.ID)}) {
			t.Errorf("printed again were %q", got)
		}
		p.set(false, true)
		s.must("sco1", s.Print)
		s.wantsPrinted("sco1", "failed", 1)
		s.resumes("sco2", code)
		if all := s.unprinted(); len(all) != 0 {
			t.Errorf("of a basket that has gone on staff see %+v", all)
		}
	})
}
