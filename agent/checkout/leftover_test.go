package checkout_test

import (
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// givesUp ends the basket of a kiosk.
func (s *shop) givesUp(id showroom.KioskID) checkout.Now {
	s.t.Helper()
	return s.must(id, func(tx *store.Tx, k checkout.Kiosk) error { return s.Abandon(tx, k, "shopper") })
}

// Whoever begins next finds in their basket what lies on their tray, however they begin; what lies there begins nothing by itself.
func TestWhatWasLeftOnTheTrayIsInTheNextBasket(t *testing.T) {
	ends := map[string]func(s *shop){
		"given up":   func(s *shop) { s.givesUp("sco1") },
		"left alone": func(*shop) { time.Sleep(4 * time.Minute) },
		"a power cut, and nobody paid": func(s *shop) {
			s.restart(2 * time.Minute)
			time.Sleep(showroom.ParkedFor + time.Minute)
		},
	}
	begins := map[string]struct {
		how func(s *shop)
		due int64
	}{
		"a scan":    {func(s *shop) { s.scans("sco1", shirt) }, 2990},
		"a garment": {func(s *shop) { s.lays("t1", tag(s.t, shirt, 9)) }, 2990},
		"search": {func(s *shop) {
			s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Add(tx, k, shirt, showroom.FromSearch) })
		}, 2990},
		"a coupon": {func(s *shop) {
			s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Coupon(tx, k, "TEN") })
		}, 0},
		"their code": {func(s *shop) { s.scans("sco2", shirt); s.resumes("sco1", s.must("sco2", s.Park).Parked.Code) }, 2990},
	}
	for ended, end := range ends {
		for begun, c := range begins {
			t.Run(ended+", then "+begun, func(t *testing.T) {
				story(t, func(s *shop) {
					s.update(func(tx *store.Tx) error {
						return tx.PutOffer(showroom.Offer{
							ID: "o1", Name: showroom.Text{"en": "ten"}, Kind: showroom.OfferPercentage, BasisPoints: 1000, Coupon: "TEN", Products: []showroom.ProductID{"none"},
						}, 1)
					})
					one, two := tag(t, shirt, 1), tag(t, jacket, 1)
					s.lays("t1", one, two)
					end(s)
					s.lays("t1", one, two) // they are still read
					now := s.look("sco1")
					s.wants(now, checkout.StageAttract, "")
					if now.Tray.Pieces != 0 || now.Tray.Elsewhere != 0 {
						t.Fatalf("nobody is there, and the tray has %+v", now.Tray)
					}
					c.how(s)
					now = s.look("sco1")
					s.wants(now, checkout.StageBasket, "")
					if !now.OnTray(one) || !now.OnTray(two) || now.Tray.Pieces < 2 || !now.Tray.Moving || now.Totals.Due != eur(2990+14990+c.due) {
						t.Fatalf("the tray %+v, to pay %v", now.Tray, now.Totals.Due)
					}
					s.lifts("t1", two)
					if now = s.look("sco1"); now.Totals.Due != eur(2990+c.due) {
						t.Errorf("the jacket was lifted, to pay %v", now.Totals.Due)
					}
				})
			})
		}
	}
}

func TestWhatWasLeftBeginsNothingByItself(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		s.givesUp("sco1")
		s.must("sco1", s.Done)
		s.restart(5 * time.Second)
		s.lays("t1", epc)
		s.opens("sco1", false)
		s.opens("sco1", true)
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		s.lifts("t1", epc)
		s.lays("t1", epc)
		if now := s.look("sco1"); now.Stage != checkout.StageBasket || !now.OnTray(epc) {
			t.Errorf("it was laid down anew, and the kiosk is at %s", now.Stage)
		}
	})
}

// opens has an associate open or close a kiosk.
func (s *shop) opens(id showroom.KioskID, open bool) {
	s.t.Helper()
	s.Unlock(id, "ayse")
	s.must(id, func(tx *store.Tx, k checkout.Kiosk) error { return s.SetOpen(tx, k, open) })
	s.Lock(id)
}

// A garment that was laid down while nothing could go into a basket was not left there by one: it begins the next, and that finds what was
// left.
func TestWhatWasLaidDownTooLateBeginsTheNextBasketWithWhatWasLeft(t *testing.T) {
	for name, late := range map[string]func(s *shop, epc gs1.EPC){
		"while somebody paid": func(s *shop, epc gs1.EPC) {
			s.scans("sco1", bag)
			pays := make(chan struct{}) // closed once the card is shown
			s.term.will(func(_ showroomCtx, p showroom.Settlement, _ tell) showroom.Result {
				<-pays
				return s.term.charge(p)
			})
			s.pays("sco1")
			s.lays("t1", epc)
			close(pays)
			synctest.Wait()
			s.wants(s.look("sco1"), checkout.StageReceipt, "")
			s.must("sco1", s.Done)
		},
		"while the kiosk was closed": func(s *shop, epc gs1.EPC) {
			s.givesUp("sco1")
			s.opens("sco1", false)
			s.lays("t1", epc)
			s.wants(s.look("sco1"), checkout.StageClosed, "")
			s.opens("sco1", true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				out, again := tag(t, shirt, 1), tag(t, shirt, 2)
				s.lays("t1", out)
				l, _ := s.look("sco1").Basket.Holds(out)
				s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetQuantity(tx, k, l.ID, 0) })
				late(s, again)
				now := s.look("sco1")
				s.wants(now, checkout.StageBasket, "")
				if !now.OnTray(out) || !now.OnTray(again) || now.Totals.Due != eur(2*2990) {
					t.Errorf("the tray %+v, to pay %v", now.Tray, now.Totals.Due)
				}
			})
		})
	}
}

// What was set aside is its owner's for as long as that holds, wherever it lies.
func TestWhatIsSetAsideAndLiesThereIsInAnotherBasket(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		code := s.must("sco1", s.Park).Parked.Code
		if now := s.must("sco1", s.Done); now.Stage != checkout.StageAttract || now.Tray.Elsewhere != 1 {
			t.Fatalf("%s with %+v on the tray", now.Stage, now.Tray)
		}
		now := s.scans("sco1", jacket)
		if now.Tray.Elsewhere != 1 || now.Tray.Pieces != 0 || now.Totals.Due != eur(14990) {
			t.Fatalf("the next one has %+v on the tray, to pay %v", now.Tray, now.Totals.Due)
		}
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		s.must("sco1", s.Done)
		if now = s.resumes("sco1", code); !now.OnTray(epc) || now.Totals.Due != eur(2990) {
			t.Errorf("its owner is back and has %+v on the tray, to pay %v", now.Tray, now.Totals.Due)
		}
	})
}

// What one shopper has taken out by hand the next one has on the tray; what staff have seen to counts for nobody.
func TestWhoseGarmentThatWasTakenOutIs(t *testing.T) {
	story(t, func(s *shop) {
		out, odd := tag(t, shirt, 1), tag(t, free, 1)
		s.lays("t1", out, odd)
		l, _ := s.look("sco1").Basket.Holds(out)
		s.must("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.SetQuantity(tx, k, l.ID, 0) })
		s.Unlock("sco1", "ayse")
		s.must("sco1", s.ReleaseHeld)
		s.Lock("sco1")
		if now := s.scans("sco1", jacket); now.Tray.Pieces != 0 || now.Totals.Due != eur(14990) {
			t.Fatalf("it was taken out, and the tray has %+v", now.Tray)
		}
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		s.must("sco1", s.Done)
		if now := s.scans("sco1", jacket); !now.OnTray(out) || now.Tray.Pieces != 1 || now.Tray.Held != 0 || now.Totals.Due != eur(14990+2990) {
			t.Errorf("the next one has %+v on the tray, to pay %v", now.Tray, now.Totals.Due)
		}
	})
}

// Of a garment on two trays at once the claim holds: it goes into the basket that was begun first.
func TestWhatWasLeftGoesIntoOneBasketOnly(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		s.givesUp("sco1")
		s.lays("t2", epc)
		now := s.scans("sco1", jacket)
		if now.Tray.Elsewhere != 1 || now.Tray.Pieces != 0 || now.Totals.Due != eur(14990) {
			t.Fatalf("the tray %+v, to pay %v", now.Tray, now.Totals.Due)
		}
		s.givesUp("sco2")
		if now = s.look("sco1"); !now.OnTray(epc) || now.Totals.Due != eur(14990+2990) {
			t.Errorf("it is free, the tray %+v, to pay %v", now.Tray, now.Totals.Due)
		}
		s.wants(s.look("sco2"), checkout.StageAttract, "")
	})
}

// What was left may have been lifted while its reader was out of order: nobody pays for that. It counts once it is read again.
func TestWhatWasLeftIsNotPaidForUnread(t *testing.T) {
	story(t, func(s *shop) {
		reader := func(state devices.State) {
			s.board.SetDevice(devices.Status{Device: "r1", State: state, At: time.Now()})
			synctest.Wait()
		}
		lifted, lies := tag(t, shirt, 1), tag(t, jacket, 1)
		s.lays("t1", lifted, lies)
		s.givesUp("sco1")
		reader(devices.Down)
		if now := s.scans("sco1", bag); now.Tray.Pieces != 0 || now.Totals.Due != eur(25) {
			t.Fatalf("the tray %+v, to pay %v", now.Tray, now.Totals.Due)
		}
		s.lifts("t1", lifted)
		reader(devices.Up)
		if now := s.look("sco1"); now.Tray.Pieces != 1 || !now.OnTray(lies) || now.Totals.Due != eur(25+14990) {
			t.Errorf("the tray %+v, to pay %v", now.Tray, now.Totals.Due)
		}
	})
}

// An agent that was stopped gives a basket back whose payment the device had not been asked for, as it lies on the tray by then; after a
// while it is set aside so.
func TestTheTrayIsLookedAtWhenAStartGivesABasketBack(t *testing.T) {
	for name, away := range map[string]time.Duration{"at once": 5 * time.Second, "after a while": 2 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				stays, lifted, late := tag(t, shirt, 1), tag(t, shirt, 2), tag(t, jacket, 1)
				s.term.will(func(ctx showroomCtx, _ showroom.Settlement, _ tell) showroom.Result {
					<-ctx.Done()
					return showroom.Result{}
				})
				s.scans("sco1", bag)
				s.pays("sco1")
				s.lays("t2", stays, lifted)
				s.wants(s.pays("sco2"), checkout.StagePaying, "") // behind the other kiosk
				s.lifts("t2", lifted)
				s.lays("t2", late)
				s.restart(away)
				for _, b := range s.setAside() {
					if b.Kiosk == "sco2" {
						s.resumes("sco2", b.Code)
					}
				}
				now := s.look("sco2")
				s.wants(now, checkout.StageBasket, "")
				if !now.OnTray(stays) || !now.OnTray(late) || now.Tray.Pieces != 2 || now.Totals.Due != eur(2990+14990) {
					t.Errorf("the tray has %+v, to pay %v", now.Tray, now.Totals.Due)
				}
			})
		})
	}
}
