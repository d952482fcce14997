package checkout_test

import (
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// shows has the reader of a tray hear a tag for a while.
func (s *shop) shows(reader showroom.DeviceID, epc gs1.EPC) {
	s.t.Helper()
	for range 20 {
		if !s.tags.Own(epc) {
			s.Shown(reader, epc)
		}
	}
	synctest.Wait()
}

func (s *shop) awaits() (all []store.TakeBack) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		all, err = tx.TakeBacks()
		return err
	})
	return all
}

// boughtOne is a sale of a jacket that lay on the tray.
func (s *shop) boughtOne(serial uint64) (gs1.EPC, showroom.Sale) {
	s.t.Helper()
	epc := tag(s.t, jacket, serial)
	s.lays("t1", epc)
	sale := s.pays("sco1").Sale
	s.must("sco1", s.Done)
	if s.tags.Own(epc) {
		s.t.Fatal("what was paid for is the shop's")
	}
	return epc, sale
}

func TestAGarmentThatCameBackIsOnSaleAgain(t *testing.T) {
	story(t, func(s *shop) {
		epc, sale := s.boughtOne(1)
		kept, _ := s.boughtOne(2) // another buyer's, who stands beside
		s.Unlock("sco1", "ayse")
		s.shows("r1", epc)
		if s.tags.Own(epc) {
			t.Fatal("it is taken back, and no money went back")
		}
		s.refunds(func() (showroom.SettlementID, error) { return s.Reverse(s.t.Context(), sale.ID, "ayse", "too small") })
		if all := s.awaits(); len(all) != 1 || all[0].GTIN != jacket || all[0].Sale != sale.ID {
			t.Fatalf("awaited: %+v", all)
		}
		s.Lock("sco1")
		s.shows("r1", epc)
		s.shows("r9", epc)
		if s.tags.Own(epc) {
			t.Fatal("it is taken back, and nobody of the shop was there")
		}
		s.Unlock("sco1", "ayse")
		s.shows("r1", tag(t, shirt, 7)) // the shop's own, which is nothing new
		s.shows("r1", epc)
		if !s.tags.Own(epc) || len(s.awaits()) != 0 {
			t.Fatal("it is not the shop's again")
		}
		s.shows("r1", kept)
		if s.tags.Own(kept) {
			t.Error("another buyer's garment was taken away from them")
		}
		s.lays("t1", epc) // now the reader lets it pass
		s.wants(s.look("sco1"), checkout.StageAttract, "taken_back")
		s.lifts("t1", epc)
		s.lays("t1", epc)
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		if s.tags.Own(epc) {
			t.Error("it was sold again, and is still the shop's")
		}
	})
}

// A garment is taken back at its first read; the tray takes it for laid down after some more, which it may not be there for.
func TestWhatWasTakenBackAndLiftedAtOnceCountsTheNextTime(t *testing.T) {
	story(t, func(s *shop) {
		epc, sale := s.boughtOne(1)
		s.orders(sale)
		s.Unlock("sco1", "ayse")
		s.shows("r1", epc) // and is lifted before the tray has noticed it
		s.Lock("sco1")
		if !s.tags.Own(epc) {
			t.Fatal("it is not the shop's again")
		}
		s.lays("t1", epc)
		if now := s.look("sco1"); now.Stage != checkout.StageBasket || now.Basket.Pieces() != 1 {
			t.Errorf("laid down by the next shopper: %s with %d pieces", now.Stage, now.Basket.Pieces())
		}
	})
}

func TestATakeBackOutlivesTheAgent(t *testing.T) {
	story(t, func(s *shop) {
		epc, sale := s.boughtOne(1)
		s.orders(sale)
		s.restart(time.Second)
		s.Unlock("sco1", "ayse")
		s.shows("r1", epc)
		s.restart(time.Second)
		if !s.tags.Own(epc) {
			t.Error("it is not the shop's again")
		}
	})
}

// What was known by its bar code has no tag to be taken back, and where there is no tray nobody could lay it down.
func TestNothingIsAwaitedWithoutATagOrATray(t *testing.T) {
	story(t, func(s *shop) {
		s.orders(s.sold())
		if all := s.awaits(); len(all) != 0 {
			t.Errorf("awaited: %+v", all)
		}
		_, sale := s.boughtOne(1)
		for i := range s.opt.Kiosks {
			s.opt.Kiosks[i].Tray = ""
		}
		s.restart(time.Second)
		s.orders(sale)
		if all := s.awaits(); len(all) != 0 {
			t.Errorf("awaited without a tray: %+v", all)
		}
	})
}

func TestWhatCameBackIsInTheStockAgain(t *testing.T) {
	story(t, func(s *shop) {
		s.orders(s.sold())
		var left showroom.Availability
		s.update(func(tx *store.Tx) (err error) {
			left, err = tx.Availability(shirt)
			return err
		})
		if left.Stock != 10 {
			t.Errorf("of ten %d are there", left.Stock)
		}
	})
}
