package checkout_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// orders is what staff want, in a transaction of its own.
func orders[T any](s *shop, order func(*store.Tx) (T, error)) (got T, err error) {
	err = s.db.Update(s.t.Context(), func(tx *store.Tx) (err error) {
		got, err = order(tx)
		return err
	})
	return got, err
}

func (s *shop) Refund(_ context.Context, sale showroom.SaleID, pieces map[showroom.LineID]int, by showroom.StaffID, why string) (showroom.SettlementID, error) {
	return orders(s, func(tx *store.Tx) (showroom.SettlementID, error) { return s.Desks.Refund(tx, sale, pieces, by, why) })
}

func (s *shop) Reverse(_ context.Context, sale showroom.SaleID, by showroom.StaffID, why string) (showroom.SettlementID, error) {
	return orders(s, func(tx *store.Tx) (showroom.SettlementID, error) { return s.Desks.Reverse(tx, sale, by, why) })
}

func (s *shop) Charge(_ context.Context, device showroom.DeviceID, amount showroom.Money, by showroom.StaffID, why string) (showroom.SettlementID, error) {
	return orders(s, func(tx *store.Tx) (showroom.SettlementID, error) { return s.Desks.Charge(tx, device, amount, by, why) })
}

func (s *shop) settlement(id showroom.SettlementID) (got showroom.Settlement) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		got, err = tx.Settlement(id)
		return err
	})
	return got
}

func (s *shop) sales() (all []showroom.Sale) {
	s.t.Helper()
	if err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		all, err = v.Sales(time.Time{}, 100)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return all
}

// sold is a sale of one shirt at the first kiosk.
func (s *shop) sold() showroom.Sale {
	s.t.Helper()
	s.scans("sco1", shirt)
	sale := s.pays("sco1").Sale
	s.must("sco1", s.Done)
	return sale
}

// orders has the payment of a sale undone and does not wait for it.
func (s *shop) orders(sale showroom.Sale) showroom.SettlementID {
	s.t.Helper()
	id, err := s.Reverse(s.t.Context(), sale.ID, "ayse", "wrong card")
	if err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
	return id
}

// busy has the terminal wait for a card at the second kiosk until the agent is stopped.
func (s *shop) busy() {
	s.t.Helper()
	s.scans("sco2", shirt)
	s.term.will(func(ctx context.Context, _ showroom.Settlement, _ tell) showroom.Result {
		<-ctx.Done()
		return showroom.Result{}
	})
	s.pays("sco2")
}

func TestARefundThatWaitsOutlivesTheAgent(t *testing.T) {
	story(t, func(s *shop) {
		sale := s.sold()
		s.busy()
		id := s.orders(sale)
		if got := s.settlement(id); got.State != showroom.SettlementWaiting || got.By != "ayse" {
			t.Fatalf("while the device is busy the refund is %+v", got)
		}
		s.term.will(nil)
		s.restart(20 * time.Second)
		time.Sleep(time.Second)
		synctest.Wait()
		if got := s.settlement(id); got.State != showroom.SettlementApproved {
			t.Errorf("after the restart it is %s", got.State)
		}
		if all := s.returns(sale.ID); len(all) != 1 || all[0].By != "ayse" || all[0].Amount != sale.Totals.Due {
			t.Errorf("returns %+v", all)
		}
	})
}

// Whoever asked for it has long gone, and the next card that is shown is somebody else's.
func TestARefundThatWaitsTooLongIsNotBegun(t *testing.T) {
	for name, wait := range map[string]func(*shop){
		"the agent was down":  func(s *shop) { s.term.will(nil); s.term.mute(false); s.restart(10 * time.Minute) },
		"the device was busy": func(*shop) { time.Sleep(3 * time.Minute) },
		"nobody knows for how long": func(s *shop) {
			s.term.will(nil)
			s.term.mute(false)
			s.lost.Store(true)
			s.restart(20 * time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				sale := s.sold()
				s.term.mute(true)
				s.term.will(func(context.Context, showroom.Settlement, tell) showroom.Result { return showroom.Result{} })
				s.scans("sco2", shirt)
				s.pays("sco2")
				id := s.orders(sale)
				wait(s)
				synctest.Wait()
				time.Sleep(time.Minute)
				got := s.settlement(id)
				if got.State != showroom.SettlementDeclined || got.Result.Reason != showroom.DeclinedNotBegun {
					t.Errorf("it is %s because of %q", got.State, got.Result.Reason)
				}
				for _, asked := range s.term.asked {
					if asked == id {
						t.Error("the device was asked")
					}
				}
				if all := s.returns(sale.ID); len(all) != 0 {
					t.Errorf("returns %+v", all)
				}
			})
		})
	}
}

func TestOneRefundOfASaleAtATime(t *testing.T) {
	story(t, func(s *shop) {
		sale := s.sold()
		s.busy()
		s.orders(sale)
		if _, err := s.Reverse(s.t.Context(), sale.ID, "omer", "wrong card"); showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("a second one was taken: %v", err)
		}
	})
}

func TestTheAgentDiesWhileMoneyGoesBack(t *testing.T) {
	story(t, func(s *shop) {
		sale := s.sold()
		s.term.will(func(ctx context.Context, p showroom.Settlement, _ tell) showroom.Result {
			s.term.charge(p)
			<-ctx.Done()
			return showroom.Result{}
		})
		id := s.orders(sale)
		s.restart(time.Second)
		time.Sleep(time.Second)
		synctest.Wait()
		if got := s.settlement(id); got.State != showroom.SettlementApproved || len(s.returns(sale.ID)) != 1 {
			t.Errorf("it is %s with returns %+v", got.State, s.returns(sale.ID))
		}
	})
}

func TestADeviceThatHasLeftTheConfiguration(t *testing.T) {
	story(t, func(s *shop) {
		sale := s.sold()
		s.busy()
		waits := s.orders(sale)
		begun := s.look("sco2").Basket.Settlement
		s.opt.Machines = map[showroom.DeviceID]checkout.Machine{"pt2": {Settler: newTerminal()}}
		s.restart(time.Second)
		if got := s.settlement(begun); got.State != showroom.SettlementUnsure {
			t.Errorf("what it was asked for is %s, and nobody can decide it", got.State)
		}
		if got := s.settlement(waits); got.State != showroom.SettlementDeclined || got.Result.Reason != showroom.DeclinedNotBegun {
			t.Errorf("what it was not asked for is %s", got.State)
		}
	})
}

// A settlement is forgotten sooner than its sale, and the money can still be given back.
func TestAnOldSaleComesBack(t *testing.T) {
	story(t, func(s *shop) {
		sale := s.sold()
		s.restart(100 * 24 * time.Hour)
		if _, err := s.db.Prune(s.t.Context()); err != nil {
			t.Fatal(err)
		}
		id, err := s.Refund(s.t.Context(), sale.ID, map[showroom.LineID]int{sale.Lines[0].ID: 1}, "ayse", "too small")
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := s.settlement(id); got.State != showroom.SettlementApproved || got.Device != "pt1" {
			t.Errorf("the refund: %+v", got)
		}
	})
}

func TestPiecesAreTakenOffTheStockOnce(t *testing.T) {
	story(t, func(s *shop) {
		s.sold()
		var left showroom.Availability
		s.update(func(tx *store.Tx) (err error) {
			left, err = tx.Availability(shirt)
			return err
		})
		if left.Stock != 9 {
			t.Errorf("of ten %d are left", left.Stock)
		}
	})
}

// forgetful are tags whose memory of what is sold can not be read again for a while.
type forgetful struct {
	checkout.Tags
	fails atomic.Int32
}

func (f *forgetful) Settled(ctx context.Context, tags []gs1.EPC) error {
	if f.fails.Add(-1) >= 0 {
		return errors.New("no reader is free")
	}
	return f.Tags.Settled(ctx, tags)
}

func TestTheScreenIsToldWhateverBecomesOfTheTags(t *testing.T) {
	story(t, func(s *shop) {
		tags := &forgetful{Tags: s.tags}
		s.end()
		s.open()
		s.wrap = func(checkout.Tags) checkout.Tags { return tags }
		s.begin()
		tags.Tags = s.tags
		tags.fails.Store(2)
		epc := tag(t, jacket, 1)
		s.lays("t1", epc)
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		if p := s.look("sco1").Live.Prompt; p.Settlement != "" {
			t.Errorf("the kiosk still says %q", p.Code)
		}
		time.Sleep(time.Minute)
		if left := tags.fails.Load(); left >= 0 {
			t.Errorf("it was not tried again: %d", left)
		}
	})
}

// What nothing can follow from is not tried for ever behind everybody's back.
func TestAnApprovalThatCanNotBecomeASaleIsForStaff(t *testing.T) {
	story(t, func(s *shop) {
		s.broken.Store(true)
		s.scans("sco1", shirt)
		s.pays("sco1")
		time.Sleep(time.Minute)
		now := s.look("sco1")
		s.wants(now, checkout.StageUnknown, "")
		if got := s.settlement(now.Basket.Settlement); got.State != showroom.SettlementUnsure || got.Result.Reference.Receipt != "1" {
			t.Errorf("staff see %+v", got)
		}
		s.broken.Store(false)
		time.Sleep(2 * time.Minute)
		if n := len(s.sales()); n != 1 {
			t.Errorf("%d sales once it can be written down", n)
		}
	})
}
