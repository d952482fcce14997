package checkout_test

import (
	"fmt"
	"testing"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// costs has the feed bring another price for the shirt.
func (s *shop) costs(minor int64, version int64) {
	s.t.Helper()
	s.update(func(tx *store.Tx) error {
		return tx.PutPrices(shirt, []showroom.Price{{GTIN: shirt, Amount: eur(minor), VATBasisPoints: 1000}}, version)
	})
}

func TestTheLowestPriceShownHoldsForTheNextPieceToo(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.costs(3990, 2)
		now := s.scans("sco1", shirt)
		if now.Totals.Due != eur(2*2990) || len(now.Basket.Lines) != 1 {
			t.Errorf("29.90 was shown, and two cost %v in %d lines", now.Totals.Due, len(now.Basket.Lines))
		}
		s.lays("t1", tag(t, shirt, 1))
		if now = s.look("sco1"); now.Totals.Due != eur(3*2990) {
			t.Errorf("the one on the tray makes it %v", now.Totals.Due)
		}
		if now = s.scans("sco2", shirt); now.Totals.Due != eur(3990) {
			t.Errorf("whoever was shown nothing pays %v", now.Totals.Due)
		}
	})
}

// takes puts a piece that was found by search into the basket.
func (s *shop) takes(id showroom.KioskID, item gs1.GTIN) checkout.Now {
	s.t.Helper()
	return s.must(id, func(tx *store.Tx, k checkout.Kiosk) error { return s.Add(tx, k, item, showroom.FromSearch) })
}

// searches shows what a search for the shirt finds.
func (s *shop) searches(id showroom.KioskID, minor int64) {
	s.t.Helper()
	s.Show(id, []showroom.Found{{GTIN: shirt, Price: eur(minor)}})
}

func (s *shop) takesOut(id showroom.KioskID, item gs1.GTIN) {
	s.t.Helper()
	for _, l := range s.look(id).Basket.Lines {
		if l.GTIN == item {
			s.must(id, func(tx *store.Tx, k checkout.Kiosk) error { return s.SetQuantity(tx, k, l.ID, 0) })
		}
	}
}

// Whatever was shown in this visit holds, although it is in the basket no more, or has never been.
func TestAPriceThatWasShownHoldsForTheVisit(t *testing.T) {
	for name, c := range map[string]struct{ shown, again func(*shop) }{
		"scanned, taken out and scanned again": {
			func(s *shop) { s.scans("sco1", shirt); s.takesOut("sco1", shirt) },
			func(s *shop) { s.scans("sco1", shirt) },
		},
		"lifted and laid down again": {
			func(s *shop) { s.lays("t1", tag(s.t, shirt, 1)); s.lifts("t1", tag(s.t, shirt, 1)) },
			func(s *shop) { s.lays("t1", tag(s.t, shirt, 1)) },
		},
		"lifted while nothing could come out": {
			func(s *shop) {
				s.scans("sco1", jacket)
				s.lays("t1", tag(s.t, shirt, 1))
				s.term.will(func(showroomCtx, showroom.Settlement, tell) showroom.Result {
					<-s.term.aborted
					return showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByShopper}
				})
				s.pays("sco1")
				s.lifts("t1", tag(s.t, shirt, 1))
				s.must("sco1", s.Abort)
				s.takesOut("sco1", jacket)
			},
			func(s *shop) { s.lays("t1", tag(s.t, shirt, 1)) },
		},
		"searched and taken": {
			func(s *shop) { s.searches("sco1", 2990) },
			func(s *shop) { s.searches("sco1", 3990); s.takes("sco1", shirt) },
		},
		"searched and scanned": {
			func(s *shop) { s.scans("sco1", bag); s.searches("sco1", 2990); s.takesOut("sco1", bag) },
			func(s *shop) { s.scans("sco1", shirt) },
		},
		"before a short restart": {
			func(s *shop) { s.scans("sco1", shirt); s.takesOut("sco1", shirt); s.restart(5 * time.Second) },
			func(s *shop) { s.scans("sco1", shirt) },
		},
		"before staff made it another": {
			func(s *shop) {
				line := s.scans("sco1", shirt).Basket.Lines[0].ID
				s.Unlock("sco1", "ayse")
				s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Override(tx, k, line, eur(1000), "a stain") })
				s.takesOut("sco1", shirt)
			},
			func(s *shop) { s.scans("sco1", shirt) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				c.shown(s)
				s.costs(3990, 2)
				c.again(s)
				if due := s.look("sco1").Totals.Due; due != eur(2990) {
					t.Errorf("29.90 was shown, and it costs %v", due)
				}
				s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
				s.lifts("t1", tag(t, shirt, 1)) // if it lies there
				if due := s.scans("sco1", shirt).Totals.Due; due != eur(3990) {
					t.Errorf("the next shopper was shown nothing, and pays %v", due)
				}
			})
		})
	}
}

func TestAPriceThatWasShownGoesOnWithTheBasket(t *testing.T) {
	for name, shown := range map[string]func(*shop){
		"taken out": func(s *shop) { s.scans("sco1", shirt); s.takesOut("sco1", shirt) },
		"searched":  func(s *shop) { s.searches("sco1", 2990) },
	} {
		for _, there := range []showroom.KioskID{"sco1", "sco2"} {
			t.Run(name+", gone on with at "+string(there), func(t *testing.T) {
				story(t, func(s *shop) {
					s.scans("sco1", jacket)
					shown(s)
					code := s.must("sco1", s.Park).Parked.Code
					s.costs(3990, 2)
					if now := s.scans("sco1", shirt); now.Totals.Due != eur(3990) {
						t.Errorf("the next shopper was shown nothing, and pays %v", now.Totals.Due)
					}
					s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
					s.resumes(there, code)
					if now := s.scans(there, shirt); now.Totals.Due != eur(14990+2990) {
						t.Errorf("29.90 was shown, and it comes to %v", now.Totals.Due)
					}
					s.wants(s.pays(there), checkout.StageReceipt, "")
					if now := s.scans(there, shirt); now.Totals.Due != eur(3990) || len(now.Desk.Shown) != 0 {
						t.Errorf("the next shopper pays %v; %d prices are remembered", now.Totals.Due, len(now.Desk.Shown))
					}
				})
			})
		}
	}
}

// Nobody says that they go who has only searched. After a time in which nobody touched the kiosk it is somebody else.
func TestWhatWasSearchedIsForgottenWithWhoeverSearched(t *testing.T) {
	story(t, func(s *shop) {
		s.searches("sco1", 2990)
		s.costs(3990, 2)
		time.Sleep(5 * time.Minute)
		if now := s.scans("sco1", shirt); now.Totals.Due != eur(3990) {
			t.Errorf("whoever was shown nothing pays %v", now.Totals.Due)
		}
	})
}

func TestWhatIsRememberedOfPricesIsBounded(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", jacket)
		for n := range 1000 {
			digits := fmt.Sprintf("%013d", n)
			check, err := gs1.CheckDigit(digits)
			if err != nil {
				t.Fatal(err)
			}
			s.Show("sco1", []showroom.Found{{GTIN: gs1.GTIN(digits + string(check)), Price: eur(2990)}})
		}
		s.searches("sco1", 2990)
		s.costs(3990, 2)
		code := s.must("sco1", s.Park).Parked.Code
		now := s.resumes("sco2", code)
		if n := len(now.Desk.Shown); n == 0 || n > 100 {
			t.Errorf("%d prices are remembered", n)
		}
		if now = s.scans("sco2", shirt); now.Totals.Due != eur(14990+2990) {
			t.Errorf("the last one shown is forgotten: it comes to %v", now.Totals.Due)
		}
	})
}

// A price that was shown holds; how much of it is tax is for the law to say, and that is the rate of the day of the sale.
func TestTheTaxInsideAPriceIsOfTheDayOfTheSale(t *testing.T) {
	for name, c := range map[string]struct{ feed, due int64 }{"lower": {2000, 2000}, "higher": {3990, 2990}, "the same": {2990, 2990}} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				s.scans("sco1", shirt)
				s.update(func(tx *store.Tx) error {
					return tx.PutPrices(shirt, []showroom.Price{{GTIN: shirt, Amount: eur(c.feed), VATBasisPoints: 2000}}, 2)
				})
				now := s.scans("sco1", shirt)
				if now.Totals.Due != eur(2*c.due) {
					t.Fatalf("two cost %v", now.Totals.Due)
				}
				s.wants(s.pays("sco1"), checkout.StageReceipt, "")
				for _, l := range s.sales()[0].Lines {
					if l.VATBasisPoints != 2000 {
						t.Errorf("sold with tax at %d basis points", l.VATBasisPoints)
					}
				}
			})
		})
	}
}

func TestTheTaxInsideAPriceOfStaffIsOfTheDayOfTheSale(t *testing.T) {
	story(t, func(s *shop) {
		line := s.scans("sco1", shirt).Basket.Lines[0].ID
		s.Unlock("sco1", "ayse")
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Override(tx, k, line, eur(1000), "a stain") })
		s.update(func(tx *store.Tx) error {
			return tx.PutPrices(shirt, []showroom.Price{{GTIN: shirt, Amount: eur(500), VATBasisPoints: 2000}}, 2)
		})
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		if l := s.sales()[0].Lines[0]; l.Unit != eur(1000) || l.VATBasisPoints != 2000 {
			t.Errorf("sold at %v with tax at %d basis points", l.Unit, l.VATBasisPoints)
		}
	})
}

func TestAPriceOfStaffHoldsForItsLineOnly(t *testing.T) {
	story(t, func(s *shop) {
		line := s.scans("sco1", shirt).Basket.Lines[0].ID
		s.Unlock("sco1", "ayse")
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Override(tx, k, line, eur(1000), "a stain") })
		if now := s.scans("sco1", shirt); now.Totals.Due != eur(1000+2990) {
			t.Errorf("they come to %v", now.Totals.Due)
		}
	})
}

func TestAScannedCodeSaysWhyItIsNotGoneOnWith(t *testing.T) {
	story(t, func(s *shop) {
		scan := func(kiosk showroom.KioskID, text string) checkout.Now {
			return s.must(kiosk, func(tx *store.Tx, k checkout.Kiosk) error {
				return s.Scan(tx, k, devices.Scan{Kind: devices.ScanOther, Text: text})
			})
		}
		s.scans("sco1", shirt)
		code := s.must("sco1", s.Park).Parked.Code
		s.wants(scan("sco2", "nonsense"), checkout.StageAttract, "unknown_item")
		s.scans("sco2", jacket)
		s.wants(scan("sco2", code), checkout.StageBasket, "other_basket")
		s.wants(scan("sco2", "nonsense"), checkout.StageBasket, "unknown_item")
	})
}

func TestAFiscalDeviceMakesNoReceiptOfNothing(t *testing.T) {
	story(t, func(s *shop) {
		s.update(func(tx *store.Tx) error {
			return tx.PutOffer(showroom.Offer{ID: "gift", Name: showroom.Text{"en": "a gift"}, Kind: showroom.OfferPercentage, BasisPoints: 10_000}, 1)
		})
		s.scans("sco1", shirt)
		now := s.pays("sco1")
		s.wants(now, checkout.StageParked, "")
		if now.Parked.Reason != "nothing" || len(s.term.asked) != 0 {
			t.Errorf("parked because of %q, the device was asked %d times", now.Parked.Reason, len(s.term.asked))
		}
	}, turkish)
}

// balking are tags whose sale is tried once in vain after the filters have heard of it.
type balking struct {
	checkout.Tags
	balked bool
}

func (b *balking) SellIn(tx *store.Tx, tags []gs1.EPC) error {
	if err := b.Tags.SellIn(tx, tags); err != nil || b.balked {
		return err
	}
	b.balked = true
	return store.ErrDiskFull
}

func TestWhatCouldNotBeSoldIsStillTheShops(t *testing.T) {
	story(t, func(s *shop) {
		s.end()
		s.wrap = func(tags checkout.Tags) checkout.Tags { return &balking{Tags: tags} }
		s.open()
		s.begin()
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		s.pays("sco1")
		if len(s.sales()) != 0 || !s.tags.Own(epc) {
			t.Errorf("%d sales, and the garment is the shop's: %v", len(s.sales()), s.tags.Own(epc))
		}
		time.Sleep(5 * time.Second)
		if len(s.sales()) != 1 || s.tags.Own(epc) {
			t.Errorf("%d sales, and the garment is the shop's: %v", len(s.sales()), s.tags.Own(epc))
		}
	})
}
