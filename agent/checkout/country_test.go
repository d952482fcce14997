package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// turkish is a shop under Turkish law, whose device takes basket and tender in one act.
func turkish(o *checkout.Options) {
	o.Profile, _ = checkout.ProfileOf("TR")
	m := o.Machines["pt1"]
	m.Fiscal = true
	o.Machines["pt1"] = m
}

func TestUnderTurkishLawASaleNeedsItsSlip(t *testing.T) {
	story(t, func(s *shop) {
		slip := showroom.Fiscal{Device: "YN0001", Z: 12, Receipt: 7, EKU: 3}
		s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
			r := s.term.charge(p)
			r.Fiscal = &slip
			return r
		})
		s.scans("sco1", shirt)
		now := s.pays("sco1")
		s.wants(now, checkout.StageReceipt, "")
		if now.Sale.Fiscal == nil || *now.Sale.Fiscal != slip {
			t.Errorf("the sale has the slip %+v", now.Sale.Fiscal)
		}
		s.must("sco1", s.Done)
		s.term.will(nil) // it takes the money and prints nothing
		s.scans("sco1", shirt)
		s.wants(s.pays("sco1"), checkout.StageUnknown, "")
		if n := len(s.sales()); n != 1 {
			t.Errorf("%d sales", n)
		}
	}, turkish)
}

func TestWhereTheLawIsNotMetNobodyCanPay(t *testing.T) {
	for country, why := range map[string]string{"DE": "no_profile", "AT": "no_profile", "IT": "no_profile", "TR": "fiscal"} {
		t.Run(country, func(t *testing.T) {
			story(t, func(s *shop) {
				now := s.look("sco1")
				if now.Stage != checkout.StageClosed || now.Closed != why {
					t.Fatalf("the kiosk is %q, %q", now.Stage, now.Closed)
				}
				if (s.opt.Profile.Why() == "") != (country == "TR") {
					t.Errorf("engineers are told %q", s.opt.Profile.Why())
				}
				s.wants(s.scans("sco1", shirt), checkout.StageClosed, "fiscal_fault")
			}, func(o *checkout.Options) { o.Profile, _ = checkout.ProfileOf(country) })
		})
	}
	if _, known := checkout.ProfileOf("FR"); known {
		t.Error("nobody knows the law of France here")
	}
}

func TestAFiscalDeviceThatIsOffline(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, At: time.Now()})
		synctest.Wait()
		s.wants(s.pays("sco1"), checkout.StageBasket, "fiscal_fault")
		now := s.must("sco1", s.Park)
		s.wants(now, checkout.StageParked, "")
		s.must("sco1", s.Done)
		if now = s.look("sco1"); now.Stage != checkout.StageClosed || now.Closed != "fiscal" {
			t.Errorf("the kiosk is %q, %q", now.Stage, now.Closed)
		}
		if n := len(s.term.asked); n != 0 {
			t.Errorf("the device was asked %d times", n)
		}
	}, turkish)
}

// A device that died while one kiosk was paying is as dead for that kiosk as for the next.
func TestADeadDeviceHasOneReasonAtEveryKiosk(t *testing.T) {
	for word, rule := range map[string]func(*checkout.Options){"fiscal": turkish, "terminal": func(*checkout.Options) {}} {
		story(t, func(s *shop) {
			s.term.mute(true)
			s.term.will(func(context.Context, showroom.Settlement, tell) showroom.Result { return showroom.Result{} })
			s.scans("sco1", shirt)
			s.wants(s.pays("sco1"), checkout.StageUnknown, "")
			s.must("sco1", s.Done)
			s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, At: time.Now()})
			synctest.Wait()
			for _, id := range []showroom.KioskID{"sco1", "sco2"} {
				if now := s.look(id); now.Stage != checkout.StageClosed || now.Closed != word {
					t.Errorf("%s is %q, %q; want %q", id, now.Stage, now.Closed, word)
				}
			}
		}, rule)
	}
}

func TestAboveTheLimitAnInvoiceIsMadeAtTheTill(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", jacket)
		now := s.pays("sco1")
		s.wants(now, checkout.StageParked, "")
		if now.Parked.Reason != "invoice" || len(s.term.asked) != 0 {
			t.Errorf("parked for %q", now.Parked.Reason)
		}
	}, func(o *checkout.Options) { o.InvoiceLimit = eur(10000) })
}

func TestOpeningHours(t *testing.T) {
	story(t, func(s *shop) { // 03:00 in the shop
		if now := s.look("sco1"); now.Closed != "schedule" {
			t.Fatalf("closed: %q", now.Closed)
		}
		time.Sleep(6 * time.Hour)
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		s.scans("sco1", shirt)
		for range 13 * 30 { // somebody stays until it has closed
			time.Sleep(2 * time.Minute)
			s.Touch("sco1")
		}
		s.wants(s.look("sco1"), checkout.StageBasket, "")
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		s.must("sco1", s.Done)
		if now := s.look("sco1"); now.Closed != "schedule" {
			t.Errorf("closed: %q", now.Closed)
		}
	}, func(o *checkout.Options) { o.Opens, o.Closes = 9*time.Hour, 22*time.Hour })
}

func TestStaffCloseAKiosk(t *testing.T) {
	story(t, func(s *shop) {
		shut := func(tx *store.Tx, k checkout.Kiosk) error { return s.SetOpen(tx, k, false) }
		if err := s.try("sco1", shut); showroom.ErrorCode(err) != showroom.CodeForbidden {
			t.Fatalf("anybody: %v", err)
		}
		s.Unlock("sco1", "ayse")
		if now := s.must("sco1", shut); now.Closed != "staff" || now.Live.Staff != "ayse" {
			t.Fatalf("closed: %q by %q", now.Closed, now.Live.Staff)
		}
		time.Sleep(6 * time.Minute)
		if by := s.look("sco1").Live.Staff; by != "" {
			t.Errorf("the kiosk is still unlocked by %q", by)
		}
		s.restart(time.Second)
		if now := s.look("sco1"); now.Closed != "staff" {
			t.Errorf("closed: %q", now.Closed)
		}
		s.Unlock("sco1", "ayse")
		s.wants(s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetOpen(tx, k, true) }), checkout.StageAttract, "")
	})
}

func TestAnotherPriceNeedsStaffAndAReason(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", jacket)
		line := s.look("sco1").Basket.Lines[0].ID
		to := func(minor int64, why string) func(*store.Tx, checkout.Kiosk) error {
			return func(tx *store.Tx, k checkout.Kiosk) error { return s.Override(tx, k, line, eur(minor), why) }
		}
		if err := s.try("sco1", to(100, "stain")); showroom.ErrorCode(err) != showroom.CodeForbidden {
			t.Fatalf("a shopper: %v", err)
		}
		s.Unlock("sco1", "ayse")
		for _, bad := range []func(*store.Tx, checkout.Kiosk) error{to(100, ""), to(-1, "stain"), to(showroom.MostPrice+1, "stain")} {
			if err := s.try("sco1", bad); showroom.ErrorCode(err) != showroom.CodeInvalid {
				t.Errorf("refused with %v", err)
			}
		}
		if now := s.must("sco1", to(9900, "stain")); now.Totals.Due != eur(9900) {
			t.Fatalf("it costs %+v", now.Totals.Due)
		}
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetBags(tx, k, 1) })
		bagLine := s.look("sco1").Basket.Lines[1].ID
		err := s.try("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Override(tx, k, bagLine, eur(0), "kind") })
		if showroom.ErrorCode(err) != showroom.CodeForbidden {
			t.Errorf("the bag was given away: %v", err)
		}
	})
}

func (s *shop) refunds(ask func() (showroom.SettlementID, error)) showroom.Settlement {
	s.t.Helper()
	id, err := ask()
	if err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
	var got showroom.Settlement
	s.update(func(tx *store.Tx) (err error) {
		got, err = tx.Settlement(id)
		return err
	})
	return got
}

func (s *shop) returns(sale showroom.SaleID) (all []showroom.Return) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		all, err = tx.ReturnsOf(sale)
		return err
	})
	return all
}

func TestMoneyGoesBackAsItCame(t *testing.T) {
	story(t, func(s *shop) {
		for range 3 {
			s.scans("sco1", shirt)
		}
		sale := s.pays("sco1").Sale
		pieces := func(n int) map[showroom.LineID]int { return map[showroom.LineID]int{sale.Lines[0].ID: n} }
		ask := func(n int) (showroom.SettlementID, error) {
			return s.Refund(s.t.Context(), sale.ID, pieces(n), "ayse", "too small")
		}
		if _, err := s.Refund(s.t.Context(), sale.ID, pieces(1), "ayse", ""); showroom.ErrorCode(err) != showroom.CodeInvalid {
			t.Errorf("without a reason: %v", err)
		}
		got := s.refunds(func() (showroom.SettlementID, error) { return ask(1) })
		if got.State != showroom.SettlementApproved || got.Kind != showroom.Refund || got.Amount != eur(2990) || got.Of.Receipt != "1" {
			t.Fatalf("the refund: %+v", got)
		}
		if _, err := ask(3); showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("more than is left: %v", err)
		}
		if _, err := s.Reverse(s.t.Context(), sale.ID, "ayse", "all"); showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("a reversal of the rest: %v", err)
		}
		s.term.will(declines(showroom.DeclinedByCard))
		if got = s.refunds(func() (showroom.SettlementID, error) { return ask(2) }); got.State != showroom.SettlementDeclined {
			t.Errorf("declined: %+v", got)
		}
		s.term.will(nil)
		s.refunds(func() (showroom.SettlementID, error) { return ask(2) })
		var sum int64
		for _, r := range s.returns(sale.ID) {
			if r.By != "ayse" || r.Why != "too small" {
				t.Errorf("by %q because %q", r.By, r.Why)
			}
			sum += r.Amount.Minor
		}
		if sum != sale.Totals.Due.Minor {
			t.Errorf("%d went back of %d", sum, sale.Totals.Due.Minor)
		}
	})
}

func TestAReversalUndoesTheWholeSale(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.scans("sco1", jacket)
		sale := s.pays("sco1").Sale
		got := s.refunds(func() (showroom.SettlementID, error) { return s.Reverse(s.t.Context(), sale.ID, "ayse", "wrong card") })
		if all := s.returns(sale.ID); got.Kind != showroom.Reversal || len(all) != 1 || all[0].Amount != sale.Totals.Due || len(all[0].Lines) != 2 {
			t.Errorf("the reversal: %+v, returns %+v", got, all)
		}
	})
}

// A refund that nobody knows about keeps the device busy with it; who asked for it is remembered, whoever decides.
func TestARefundNobodyKnowsAbout(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		sale := s.pays("sco1").Sale
		s.must("sco1", s.Done)
		s.term.mute(true)
		s.term.will(func(context.Context, showroom.Settlement, tell) showroom.Result { return showroom.Result{} })
		got := s.refunds(func() (showroom.SettlementID, error) { return s.Reverse(s.t.Context(), sale.ID, "ayse", "wrong card") })
		s.scans("sco1", shirt)
		s.wants(s.pays("sco1"), checkout.StageBasket, "terminal_fault")
		if err := s.Decide(s.t.Context(), got.ID, showroom.Approved, "omer", "on the journal"); err != nil {
			t.Fatal(err)
		}
		if all := s.returns(sale.ID); len(all) != 1 || all[0].By != "ayse" {
			t.Errorf("returns %+v", all)
		}
		s.term.mute(false)
		s.term.will(nil)
		s.pays("sco1")
		time.Sleep(10 * time.Second) // the terminal is asked first
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
	})
}

func TestAReceiptOnPaper(t *testing.T) {
	for how, err := range map[string]error{"done": nil, "failed": errors.New("no paper")} {
		t.Run(how, func(t *testing.T) {
			story(t, func(s *shop) {
				s.scans("sco1", shirt)
				s.pays("sco1")
				if now := s.must("sco1", s.Print); now.Live.Printed != how || now.Stage != checkout.StageReceipt {
					t.Errorf("printed: %q", now.Live.Printed)
				}
				s.must("sco1", s.Done)
				if err := s.try("sco1", s.Print); showroom.ErrorCode(err) != showroom.CodeConflict {
					t.Errorf("nothing to print: %v", err)
				}
				if err := s.try("sco2", s.Print); showroom.ErrorCode(err) != showroom.CodeUnavailable {
					t.Errorf("no printer: %v", err)
				}
			}, func(o *checkout.Options) {
				o.Kiosks[0].Printer = "p1"
				o.Printers = map[showroom.DeviceID]checkout.Printer{"p1": paper{err: err}}
			})
		})
	}
}

type paper struct {
	err    error
	asides chan string // what was printed besides receipts; nil for nobody looks
}

func (p paper) Print(context.Context, showroom.Sale) error { return p.err }

func (p paper) PrintAside(_ context.Context, b showroom.Basket, language string) error {
	if p.asides != nil {
		p.asides <- b.Code + " " + language
	}
	return p.err
}

func (p paper) PrintReturn(_ context.Context, sale showroom.Sale, returns []showroom.Return, n int) error {
	if p.asides != nil {
		p.asides <- fmt.Sprint(sale.Number, " ", returns[n-1].Amount.Minor)
	}
	return p.err
}

func TestWhatWasGivenBackOnPaper(t *testing.T) {
	printed := make(chan string, 8) // more than are printed
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.scans("sco1", jacket)
		sale := s.pays("sco1").Sale
		var last showroom.SettlementID
		for _, l := range sale.Lines {
			got := s.refunds(func() (showroom.SettlementID, error) {
				return s.Refund(s.t.Context(), sale.ID, map[showroom.LineID]int{l.ID: 1}, "ayse", "too small")
			})
			last = got.ID
		}
		s.update(func(tx *store.Tx) error { return s.PrintReturn(tx, last) })
		if got := <-printed; got != "1 14990" {
			t.Errorf("printed %q", got)
		}
		if now := s.look("sco1"); now.Live.Printed != "" {
			t.Errorf("the kiosk shows that something was %s", now.Live.Printed)
		}
		err := s.db.Update(s.t.Context(), func(tx *store.Tx) error { return s.PrintReturn(tx, sale.Settlement) })
		if showroom.ErrorCode(err) != showroom.CodeNotFound {
			t.Errorf("of a payment: %v", err)
		}
	}, func(o *checkout.Options) {
		o.Kiosks[0].Printer = "p1"
		o.Printers = map[showroom.DeviceID]checkout.Printer{"p1": paper{asides: printed}}
	})
}

// A till that can not be offered a basket gets its slip; where it can, only who asks does.
func TestASlipForATill(t *testing.T) {
	for _, always := range []bool{true, false} {
		asides := make(chan string, 8) // more than are printed
		story(t, func(s *shop) {
			s.scans("sco1", shirt)
			now := s.must("sco1", s.Park)
			if want := map[bool]string{true: "done"}[always]; now.Live.Printed != want || len(asides) != len(want)/4 {
				t.Fatalf("always %v: printed %q, %d slips", always, now.Live.Printed, len(asides))
			}
			if now = s.must("sco1", s.Print); now.Live.Printed != "done" {
				t.Errorf("asked for: %q", now.Live.Printed)
			}
			if got := <-asides; got != now.Parked.Code+" tr" {
				t.Errorf("printed %q, want that of %s", got, now.Parked.Code)
			}
			s.resumes("sco2", now.Parked.Code)
			if err := s.try("sco1", s.Print); showroom.ErrorCode(err) != showroom.CodeConflict {
				t.Errorf("of a basket that has gone on: %v", err)
			}
		}, func(o *checkout.Options) {
			o.SlipForTill = always
			o.Kiosks[0].Printer = "p1"
			o.Printers = map[showroom.DeviceID]checkout.Printer{"p1": paper{asides: asides}}
		})
	}
}
