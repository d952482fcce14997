package checkout_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// Every code that comes to nothing says why in a word of its own.
func TestCodesThatComeToNothing(t *testing.T) {
	for notice, code := range map[string]devices.Scan{
		"unknown_item": {Kind: devices.ScanItem, GTIN: unheard}, "no_price": {Kind: devices.ScanItem, GTIN: free},
		"unreadable": {Kind: devices.ScanUnreadable}, "customer_code": {Kind: devices.ScanCustomer, Text: "SR-C-1"},
	} {
		story(t, func(s *shop) {
			now := s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Scan(tx, k, code) })
			s.wants(now, checkout.StageAttract, notice)
			if now.Live.Notice.GTIN != code.GTIN {
				t.Errorf("%s: about %q", notice, now.Live.Notice.GTIN)
			}
			s.wants(s.scans("sco1", shirt), checkout.StageBasket, "")
		})
	}
	story(t, func(s *shop) {
		now := s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error {
			return s.Scan(tx, k, devices.Scan{Kind: devices.ScanOther, Text: "hello"})
		})
		s.wants(now, checkout.StageAttract, "unknown_item")
	})
}

func TestThePieceTheBooksDoNotHaveIsSoldAllTheSame(t *testing.T) {
	story(t, func(s *shop) {
		s.update(func(tx *store.Tx) error { return tx.PutStock(showroom.Stock{GTIN: shirt, Quantity: 0}, 2) })
		s.wants(s.scans("sco1", shirt), checkout.StageBasket, "no_stock")
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
	})
}

func TestQuantities(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		line := s.look("sco1").Basket.Lines[0].ID
		set := func(n int) func(*store.Tx, checkout.Kiosk) error {
			return func(tx *store.Tx, k checkout.Kiosk) error { return s.SetQuantity(tx, k, line, n) }
		}
		s.wants(s.must("sco1", set(100)), checkout.StageBasket, "most_pieces")
		if now := s.must("sco1", set(7)); now.Totals.Due != eur(7*2990) {
			t.Errorf("seven come to %+v", now.Totals.Due)
		}
		if now := s.must("sco1", set(0)); len(now.Basket.Lines) != 0 {
			t.Errorf("none leaves %d lines", len(now.Basket.Lines))
		}
	})
}

func TestTheLowestPriceShownHolds(t *testing.T) {
	story(t, func(s *shop) {
		price := func(minor, prior, version int64) {
			s.update(func(tx *store.Tx) error {
				p := showroom.Price{GTIN: jacket, Amount: eur(minor), VATBasisPoints: 2000}
				if prior > 0 {
					p.LowestPrior = eur(prior)
				}
				return tx.PutPrices(jacket, []showroom.Price{p}, version)
			})
		}
		s.scans("sco1", jacket)
		price(9990, 14990, 2)
		now := s.look("sco1")
		if now.Totals.Due != eur(9990) || now.Basket.Lines[0].Was != eur(14990) {
			t.Fatalf("reduced: %+v", now.Basket.Lines[0])
		}
		price(19990, 0, 3)
		if now = s.look("sco1"); now.Totals.Due != eur(9990) {
			t.Fatalf("raised: %+v", now.Totals.Due)
		}
		s.pays("sco1")
		if sum, _ := s.term.charged(); sum != 9990 {
			t.Errorf("charged %d", sum)
		}
	})
}

func TestWhatWasNotSeenIsNotCharged(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		now := s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Pay(tx, k, eur(1)) })
		s.wants(now, checkout.StageBasket, "due_changed")
		if len(s.term.asked) != 0 {
			t.Error("the device was asked")
		}
	})
}

func TestCouponsAndBags(t *testing.T) {
	story(t, func(s *shop) {
		s.update(func(tx *store.Tx) error {
			return tx.PutOffer(showroom.Offer{ID: "o", Kind: showroom.OfferPercentage, BasisPoints: 10_000, Coupon: "GIFT", To: time.Now().Add(time.Minute)}, 1)
		})
		coupon := func(code string) func(*store.Tx, checkout.Kiosk) error {
			return func(tx *store.Tx, k checkout.Kiosk) error { return s.Coupon(tx, k, code) }
		}
		s.scans("sco1", shirt)
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetBags(tx, k, 2) })
		s.wants(s.must("sco1", coupon("nothing")), checkout.StageBasket, "no_coupon")
		s.must("sco1", coupon("GIFT"))
		now := s.must("sco1", coupon("gift"))
		if now.Totals.Due != eur(50) || len(now.Basket.Coupons) != 1 {
			t.Fatalf("everything but the bags is free: %+v, %q", now.Totals.Due, now.Basket.Coupons)
		}
		time.Sleep(2 * time.Minute) // it was shown while it held
		if now = s.look("sco1"); now.Totals.Due != eur(50) {
			t.Errorf("afterwards: %+v", now.Totals.Due)
		}
		now = s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetBags(tx, k, 0) })
		if now.Totals.Due.Minor != 0 {
			t.Fatalf("without bags: %+v", now.Totals.Due)
		}
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		if len(s.term.asked) != 0 || len(s.sales()[0].Tenders) != 0 {
			t.Error("nothing was asked of the device for nothing")
		}
	})
}

// The disk fills up while the device has the money: what it has answered is written down as soon as there is room, and once.
func TestADiskThatIsFullAtPayment(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		if err := s.Tell("sco1", store.ErrDiskFull); err != nil {
			t.Fatal(err)
		}
		s.wants(s.look("sco1"), checkout.StageBasket, "disk_full")
		broken := make(chan struct{})
		s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
			<-broken
			return s.term.charge(p)
		})
		s.pays("sco1")
		s.full.Store(true)
		close(broken)
		time.Sleep(30 * time.Second)
		if now := s.look("sco1"); now.Stage != checkout.StagePaying {
			t.Fatalf("the kiosk shows %q", now.Stage)
		}
		s.full.Store(false)
		time.Sleep(2 * time.Minute)
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
		if _, n := s.term.charged(); n != 1 || len(s.sales()) != 1 {
			t.Errorf("%d payments, %d sales", n, len(s.sales()))
		}
	}, func(o *checkout.Options) { o.IdleAfter = 10 * time.Minute })
}

func TestTwoKiosksAndOneGarmentByItsTag(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		s.lays("t2", epc, tag(t, jacket, 1))
		synctest.Wait()
		now := s.look("sco2")
		if now.Tray.Elsewhere != 1 || now.Tray.Pieces != 1 || now.Totals.Due != eur(14990) {
			t.Errorf("the second kiosk: %+v %+v", now.Tray, now.Totals)
		}
		s.wants(s.pays("sco2"), checkout.StageReceipt, "")
	})
}
