package checkout_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestWhatLiesOnTheTrayIsInTheBasket(t *testing.T) {
	story(t, func(s *shop) {
		one, two := tag(t, shirt, 1), tag(t, shirt, 2)
		s.lays("t1", one, two, tag(t, jacket, 1))
		now := s.look("sco1")
		if now.Tray.Pieces != 3 || len(now.Basket.Lines) != 3 || !now.OnTray(one) || !now.Tray.Moving {
			t.Fatalf("three garments, two of one item: %+v", now)
		}
		time.Sleep(2 * time.Second)
		if s.look("sco1").Tray.Moving {
			t.Error("the tray does not come to rest")
		}
		s.lifts("t1", two)
		if now = s.look("sco1"); now.Tray.Pieces != 2 || now.Totals.Due != eur(2990+14990) {
			t.Fatalf("one was taken off: %+v", now.Totals)
		}
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		sale := s.sales()[0]
		for _, l := range sale.Lines {
			if !l.EPC.IsZero() {
				t.Error("the sale names a tag")
			}
		}
		if s.tags.Own(one) || !s.tags.Own(two) {
			t.Error("what was paid for is still the shop's, or what was not is not")
		}
		var waiting []store.Release
		s.update(func(tx *store.Tx) (err error) {
			waiting, err = tx.PendingReleases()
			return err
		})
		if len(waiting) != 2 || waiting[0].Sale != sale.ID {
			t.Errorf("to be released: %+v", waiting)
		}
		s.must("sco1", s.Done)
		s.lays("t1", one) // it still lies there, and is nobody's business
		s.wants(s.look("sco1"), checkout.StageAttract, "")
	})
}

func TestTheListFreezesAtPay(t *testing.T) {
	story(t, func(s *shop) {
		one, late := tag(t, shirt, 1), tag(t, jacket, 1)
		s.term.will(func(showroomCtx, showroom.Settlement, tell) showroom.Result {
			<-s.term.aborted
			return showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByShopper}
		})
		s.lays("t1", one)
		s.pays("sco1")
		s.lays("t1", late)
		s.lifts("t1", one)
		if now := s.look("sco1"); now.Amount != eur(2990) || len(now.Basket.Lines) != 1 {
			t.Fatalf("while it is paid for: %+v", now.Basket.Lines)
		}
		now := s.must("sco1", s.Abort)
		s.wants(now, checkout.StageBasket, "cancelled")
		if len(now.Basket.Lines) != 1 || now.Basket.Lines[0].GTIN != jacket {
			t.Errorf("afterwards what lies there counts: %+v", now.Basket.Lines)
		}
	})
}

func TestWhatTheShopCanNotNameIsHeldForStaff(t *testing.T) {
	for notice, epc := range map[string]gs1.EPC{"unknown_item": tag(t, "00614141777773", 1), "no_price": tag(t, free, 1)} {
		t.Run(notice, func(t *testing.T) {
			story(t, func(s *shop) {
				s.lays("t1", tag(t, shirt, 1), epc)
				now := s.look("sco1")
				s.wants(now, checkout.StageBasket, notice)
				if now.Tray.Held != 1 || now.Tray.Pieces != 1 {
					t.Fatalf("the tray: %+v", now.Tray)
				}
				if !s.called("sco1") {
					t.Error("nobody is asked to look, and the shopper waits")
				}
				s.wants(s.pays("sco1"), checkout.StageBasket, "held")
				if err := s.try("sco1", s.ReleaseHeld); showroom.ErrorCode(err) != showroom.CodeForbidden {
					t.Errorf("a shopper has settled it: %v", err)
				}
				s.Unlock("sco1", "ayse")
				s.must("sco1", s.ReleaseHeld)
				s.wants(s.pays("sco1"), checkout.StageReceipt, "")
			})
		})
	}
}

func TestNobodyIsCalledToATrayAtWhichAnAssociateStands(t *testing.T) {
	story(t, func(s *shop) {
		s.Unlock("sco1", "ayse")
		s.lays("t1", tag(t, "00614141777773", 1))
		if now := s.look("sco1"); now.Tray.Held != 1 || s.called("sco1") {
			t.Errorf("the tray: %+v, called %t", now.Tray, s.called("sco1"))
		}
	})
}

// called says that an associate is asked to a kiosk.
func (s *shop) called(id showroom.KioskID) (waits bool) {
	s.t.Helper()
	err := s.db.View(s.t.Context(), func(v *store.View) (err error) {
		waits, err = checkout.Called(v, s.kiosk(id))
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return waits
}

func TestAGarmentInAnotherBasketSaysSo(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		s.lays("t2", epc)
		now := s.look("sco2")
		s.wants(now, checkout.StageAttract, "taken")
		if now.Tray.Elsewhere != 1 {
			t.Errorf("the tray: %+v", now.Tray)
		}
		s.lifts("t2", epc)
		if now = s.look("sco1"); len(now.Basket.Lines) != 1 {
			t.Error("the first basket has lost it")
		}
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
		s.lays("t2", epc)
		if now = s.look("sco2"); now.Tray.Pieces != 1 {
			t.Errorf("it is free again: %+v", now.Tray)
		}
	})
}

// Carried to the tray of another kiosk, a garment counts there as soon as the basket lets it go: nobody has to lift it first.
func TestAGarmentCountsWhereItLiesOnceAnotherBasketLetsItGo(t *testing.T) {
	for name, letGo := range map[string]func(s *shop, epc gs1.EPC){
		"given up": func(s *shop, _ gs1.EPC) {
			s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
		},
		"left alone": func(s *shop, _ gs1.EPC) {
			for range 4 {
				time.Sleep(time.Minute)
				s.Touch("sco2")
			}
		},
		"set aside and left": func(s *shop, _ gs1.EPC) {
			s.must("sco1", s.Park)
			for range 32 {
				time.Sleep(time.Minute)
				s.Touch("sco2")
			}
		},
		"taken out by hand": func(s *shop, epc gs1.EPC) {
			l, _ := s.look("sco1").Basket.Holds(epc)
			s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetQuantity(tx, k, l.ID, 0) })
		},
		"not read there any more": func(s *shop, epc gs1.EPC) { s.lifts("t1", epc) },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				epc := tag(t, shirt, 1)
				s.lays("t1", epc)
				s.scans("sco2", jacket)
				s.lays("t2", epc)
				s.wants(s.look("sco2"), checkout.StageBasket, "taken")
				letGo(s, epc)
				now := s.look("sco2")
				s.wants(now, checkout.StageBasket, "")
				if now.Tray.Elsewhere != 0 || !now.OnTray(epc) || now.Totals.Due != eur(14990+2990) {
					t.Fatalf("the tray: %+v, to pay %v", now.Tray, now.Totals.Due)
				}
				s.wants(s.pays("sco2"), checkout.StageReceipt, "")
				if s.tags.Own(epc) {
					t.Error("what was paid for is still the shop's")
				}
			})
		})
	}
}

// A receipt is not taken away because a garment on the tray has become free.
func TestWhatBecomesFreeWaitsForAReceiptToBeTaken(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		s.scans("sco2", jacket)
		s.lays("t2", epc)
		s.pays("sco2")
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
		s.wants(s.look("sco2"), checkout.StageReceipt, "")
		now := s.must("sco2", s.Done)
		s.wants(now, checkout.StageBasket, "")
		if !now.OnTray(epc) || now.Totals.Due != eur(2990) {
			t.Errorf("the tray: %+v, to pay %v", now.Tray, now.Totals.Due)
		}
	})
}

func TestForeignAndSoldGarmentsDoNotExist(t *testing.T) {
	story(t, func(s *shop) {
		s.lays("t1", tag(t, "04012345678901", 1))
		sold := tag(t, shirt, 9)
		s.update(func(tx *store.Tx) error { return s.tags.SellIn(tx, []gs1.EPC{sold}) })
		s.lays("t1", sold)
		now := s.look("sco1")
		s.wants(now, checkout.StageAttract, "")
		if len(now.Desk.Tray) != 0 {
			t.Errorf("the tray remembers %d tags", len(now.Desk.Tray))
		}
	})
}

// Carried from one tray to the next while it is being paid for, a garment is the shopper's: the second kiosk must not sell it again,
// however it was sold.
func TestWhatIsSoldMeanwhileIsNotSoldAgain(t *testing.T) {
	story(t, func(s *shop) {
		here, till := tag(t, shirt, 1), tag(t, shirt, 2)
		s.lays("t1", here, till)
		paid := make(chan struct{}) // a word for each payment; closed at the end
		s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
			<-paid
			return s.term.charge(p)
		})
		defer close(paid)
		s.scans("sco2", jacket)
		s.lifts("t1", till)
		s.pays("sco1")
		s.lays("t2", here)
		if now := s.look("sco2"); now.Tray.Elsewhere != 1 || now.Live.Notice.Code != "taken" {
			t.Fatalf("the second kiosk: %+v %+v", now.Tray, now.Live.Notice)
		}
		paid <- struct{}{}
		synctest.Wait()
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
		if now := s.look("sco2"); len(now.Desk.Tray) != 0 {
			t.Errorf("the second kiosk still speaks of it: %+v", now.Tray)
		}
		s.pays("sco2")
		s.lays("t2", till) // while nothing can go into the basket
		s.update(func(tx *store.Tx) error { return s.tags.SellIn(tx, []gs1.EPC{till}) })
		if err := s.tags.Settled(s.t.Context(), []gs1.EPC{till}); err != nil {
			t.Fatal(err)
		}
		paid <- struct{}{}
		synctest.Wait()
		s.must("sco2", s.Done)
		if now := s.look("sco2"); now.Has || len(now.Desk.Tray) != 0 {
			t.Errorf("what was sold at a till is sold again: %+v", now.Basket)
		}
	})
}

func TestWhatWasTakenOutByHandCountsOnceItIsLifted(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		line := s.look("sco1").Basket.Lines[0].ID
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetQuantity(tx, k, line, 0) })
		if n := s.look("sco1").Totals.Pieces; n != 0 {
			t.Fatalf("%d pieces", n)
		}
		s.lifts("t1", epc)
		s.lays("t1", epc)
		if n := s.look("sco1").Totals.Pieces; n != 1 {
			t.Errorf("%d pieces", n)
		}
	})
}

func TestTheTrayIsRememberedThroughARestart(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		s.restart(5 * time.Second)
		var known []presence.Occupancy
		s.update(func(tx *store.Tx) (err error) {
			known, err = s.Restore(&tx.View, time.Now())
			return err
		})
		if len(known) != 1 || known[0].EPC != epc || !known[0].Unconfirmed {
			t.Fatalf("known: %+v", known)
		}
		s.lays("t1", epc)
		if n := s.look("sco1").Totals.Pieces; n != 1 {
			t.Errorf("%d pieces after it was read again", n)
		}
	})
}
