package checkout_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

type (
	showroomCtx = context.Context
	tell        = func(showroom.Progress)
)

func (s *shop) resumes(id showroom.KioskID, code string) checkout.Now {
	s.t.Helper()
	return s.must(id, func(tx *store.Tx, k checkout.Kiosk) error { return s.Resume(tx, k, code) })
}

func TestABasketGoesOnAtAnotherKiosk(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, jacket, 1)
		s.lays("t1", epc)
		s.scans("sco1", shirt)
		now := s.must("sco1", s.Park)
		s.wants(now, checkout.StageParked, "")
		if len(now.Parked.Code) != 6 || now.Due != eur(2990+14990) || now.Parked.Reason != "till" {
			t.Fatalf("parked: %+v", now.Parked)
		}
		s.wants(s.resumes("sco2", "000"), checkout.StageAttract, "no_basket")
		got := s.resumes("sco2", now.Parked.Code)
		s.wants(got, checkout.StageBasket, "")
		if got.Basket.ID != now.Parked.ID || got.Totals.Pieces != 2 {
			t.Fatalf("resumed: %+v", got.Basket)
		}
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		s.lays("t2", epc)
		if got = s.look("sco2"); got.Totals.Pieces != 2 || !got.OnTray(epc) {
			t.Errorf("the jacket was laid down and counts twice, or not: %+v", got.Totals)
		}
		s.wants(s.pays("sco2"), checkout.StageReceipt, "")
		s.wants(s.resumes("sco1", now.Parked.Code), checkout.StageAttract, "no_basket")
	})
}

// Whoever walks on to another kiosk may lay their garments down before they type the code.
func TestABasketThatGoesOnIsOnTheTrayAgain(t *testing.T) {
	for name, c := range map[string]struct {
		kiosk showroom.KioskID
		carry func(s *shop, epc gs1.EPC)
	}{
		"on the tray of another kiosk": {"sco2", func(s *shop, epc gs1.EPC) { s.lifts("t1", epc); s.lays("t2", epc) }},
		"where it was set aside":       {"sco1", func(*shop, gs1.EPC) {}},
		"lifted and laid down again":   {"sco1", func(s *shop, epc gs1.EPC) { s.lifts("t1", epc); s.lays("t1", epc) }},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				epc := tag(t, jacket, 1)
				s.scans("sco1", shirt)
				s.lays("t1", epc)
				code := s.must("sco1", s.Park).Parked.Code
				c.carry(s, epc)
				now := s.resumes(c.kiosk, code)
				s.wants(now, checkout.StageBasket, "")
				if now.Tray.Elsewhere != 0 || now.Tray.Pieces != 1 || !now.OnTray(epc) || now.Totals.Pieces != 2 {
					t.Fatalf("the tray: %+v, %d pieces", now.Tray, now.Totals.Pieces)
				}
				s.lifts(s.kiosk(c.kiosk).Tray, epc)
				if now = s.look(c.kiosk); now.Totals.Pieces != 1 {
					t.Errorf("it was lifted, and there are %d pieces", now.Totals.Pieces)
				}
			})
		})
	}
}

func TestWhatIsLiftedWhileABasketThatWentOnIsPaidForIsOut(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, jacket, 1)
		s.scans("sco1", shirt)
		s.lays("t1", epc)
		code := s.must("sco1", s.Park).Parked.Code
		s.lifts("t1", epc)
		s.resumes("sco2", code)
		s.lays("t2", epc)
		s.term.will(func(showroomCtx, showroom.Settlement, tell) showroom.Result {
			<-s.term.aborted
			return showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByShopper}
		})
		s.wants(s.pays("sco2"), checkout.StagePaying, "")
		s.lifts("t2", epc)
		s.must("sco2", s.Abort)
		if now := s.look("sco2"); now.Stage != checkout.StageBasket || now.Totals.Pieces != 1 {
			t.Errorf("%s with %d pieces", now.Stage, now.Totals.Pieces)
		}
	})
}

func TestOneBasketAtATime(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		code := s.must("sco1", s.Park).Parked.Code
		s.scans("sco2", jacket)
		s.wants(s.resumes("sco2", code), checkout.StageBasket, "other_basket")
	})
}

func TestAParkedBasketEndsAfterHalfAnHour(t *testing.T) {
	story(t, func(s *shop) {
		epc := tag(t, shirt, 1)
		s.lays("t1", epc)
		code := s.must("sco1", s.Park).Parked.Code
		s.lifts("t1", epc)
		time.Sleep(showroom.ParkedFor - time.Minute)
		s.lays("t2", epc)
		s.wants(s.look("sco2"), checkout.StageAttract, "taken")
		s.lifts("t2", epc)
		time.Sleep(2 * time.Minute)
		s.wants(s.resumes("sco1", code), checkout.StageAttract, "no_basket")
		s.lays("t2", epc)
		if n := s.look("sco2").Tray.Pieces; n != 1 {
			t.Errorf("the garment is not free: %d", n)
		}
	})
}

func TestATillThatSaysNothingGivesTheBasketBack(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		code := s.must("sco1", s.Park).Parked.Code
		s.update(func(tx *store.Tx) error {
			b, err := tx.BasketByCode(code)
			if err != nil {
				return err
			}
			if b, err = b.Claim("k1", tx.Now()); err != nil {
				return err
			}
			return tx.PutBasket(b)
		})
		s.wants(s.resumes("sco2", code), checkout.StageAttract, "no_basket")
		time.Sleep(showroom.ClaimedFor + time.Second)
		s.wants(s.resumes("sco2", code), checkout.StageBasket, "")
	})
}

// A till rings up what the shopper was shown: it knows none of the shop's offers.
func TestWhatATillIsOfferedIsWhatWasShown(t *testing.T) {
	story(t, func(s *shop) {
		s.update(func(tx *store.Tx) error {
			return tx.PutOffer(showroom.Offer{ID: "o1", Name: showroom.Text{"en": "A tenth off"}, Kind: showroom.OfferPercentage, BasisPoints: 1000}, 1)
		})
		s.scans("sco1", shirt)
		now := s.must("sco1", s.Park)
		if now.Due != eur(2691) {
			t.Fatalf("shown: %+v", now.Due)
		}
		due := func(state showroom.BasketState) {
			t.Helper()
			s.update(func(tx *store.Tx) error {
				b, err := tx.BasketByCode(now.Parked.Code)
				if err != nil {
					return err
				}
				if totals, err := showroom.AddUp(b.Currency, b.Payable()); err != nil || totals.Due != now.Due || b.State != state {
					t.Errorf("%s at %+v: %v", b.State, totals.Due, err)
				}
				if state == showroom.BasketAtTill {
					return nil
				}
				if b, err = b.Claim("k1", tx.Now()); err != nil {
					return err
				}
				return tx.PutBasket(b)
			})
		}
		due(showroom.BasketAside)
		due(showroom.BasketAtTill)
		time.Sleep(showroom.ClaimedFor + time.Second)
		due(showroom.BasketAside)
	})
}

func TestTheDayEndsWhatNobodyHasPaid(t *testing.T) {
	story(t, func(s *shop) { // 03:00; the business day begins at 06:00
		time.Sleep(2*time.Hour + 50*time.Minute)
		s.scans("sco1", shirt)
		s.must("sco1", s.Park)
		time.Sleep(11 * time.Minute)
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		if n := s.scans("sco1", shirt).Basket.Number; n != 1 {
			t.Errorf("the first basket of the day has the number %d", n)
		}
	})
}

func TestAForsakenBasketIsWiped(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		time.Sleep(2 * time.Minute)
		s.Touch("sco1")
		time.Sleep(2 * time.Minute)
		s.wants(s.look("sco1"), checkout.StageBasket, "")
		time.Sleep(2 * time.Minute)
		s.wants(s.look("sco1"), checkout.StageAttract, "")
	})
}

// A short restart is not noticed; after a long one nobody who stands there next sees the basket.
func TestAPowerCut(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.restart(20 * time.Second)
		s.wants(s.look("sco1"), checkout.StageBasket, "")
		s.restart(2 * time.Minute)
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		var parked []showroom.Basket
		s.update(func(tx *store.Tx) (err error) {
			parked, err = tx.ParkedBaskets()
			return err
		})
		if len(parked) != 1 || parked[0].Reason != "power" || parked[0].Code == "" {
			t.Fatalf("for staff: %+v", parked)
		}
		s.wants(s.resumes("sco2", parked[0].Code), checkout.StageBasket, "")
	})
}

// The agent dies while the device has the money: after the restart there is one sale, and nobody is charged again.
func TestTheAgentDiesWhileTheDeviceHasTheMoney(t *testing.T) {
	for name, c := range map[string]struct {
		away  time.Duration
		stage checkout.Stage
	}{"for a moment": {5 * time.Second, checkout.StageReceipt}, "for long": {5 * time.Minute, checkout.StageAttract}} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				s.scans("sco1", shirt)
				s.term.will(func(ctx context.Context, p showroom.Settlement, _ tell) showroom.Result {
					s.term.charge(p)
					<-ctx.Done()
					return showroom.Result{}
				})
				s.wants(s.pays("sco1"), checkout.StagePaying, "")
				s.restart(c.away)
				s.wants(s.look("sco1"), c.stage, "")
				if _, n := s.term.charged(); n != 1 || len(s.sales()) != 1 || len(s.term.asked) != 1 {
					t.Errorf("%d payments, %d sales, asked %d times", n, len(s.sales()), len(s.term.asked))
				}
			})
		})
	}
}

// What waited for its device when the agent died was never asked for.
func TestTheAgentDiesWhileAPaymentWaits(t *testing.T) {
	story(t, func(s *shop) {
		s.term.will(func(ctx context.Context, _ showroom.Settlement, _ tell) showroom.Result {
			<-ctx.Done()
			return showroom.Result{}
		})
		s.scans("sco1", shirt)
		s.scans("sco2", jacket)
		s.pays("sco1")
		s.pays("sco2")
		s.restart(time.Second)
		s.wants(s.look("sco2"), checkout.StageBasket, "")
		s.wants(s.look("sco1"), checkout.StageBasket, "terminal_fault")
		if len(s.term.asked) != 1 || len(s.sales()) != 0 {
			t.Errorf("asked %d times, %d sales", len(s.term.asked), len(s.sales()))
		}
	})
}

// Somebody was told to wait, the device never says, staff find that the money came: the code shows the receipt.
func TestTheCodeShowsWhatBecameOfIt(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.term.mute(true)
		s.term.will(func(context.Context, showroom.Settlement, tell) showroom.Result { return showroom.Result{} })
		now := s.pays("sco1")
		code := now.Basket.Code
		s.wants(s.must("sco1", s.Done), checkout.StageClosed, "")
		s.wants(s.resumes("sco2", code), checkout.StageUnknown, "")
		if err := s.Decide(s.t.Context(), now.Basket.Settlement, showroom.Approved, "ayse", "on the journal"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s.wants(s.look("sco1"), checkout.StageAttract, "")
		s.wants(s.look("sco2"), checkout.StageReceipt, "")
		s.must("sco2", s.Done)
		s.wants(s.resumes("sco2", code), checkout.StageReceipt, "")
	})
}

// transfers sends what hangs in a room, for somebody who came at that moment, to the checkouts and answers the code.
func (s *shop) transfers(came showroom.Moment, items ...gs1.GTIN) (b showroom.Basket, err error) {
	s.t.Helper()
	err = s.db.Update(s.t.Context(), func(tx *store.Tx) (err error) {
		b, err = s.Transfer(tx, "k1", came, items)
		return err
	})
	return b, err
}

func TestGarmentsFromAFittingRoomAreWishes(t *testing.T) {
	story(t, func(s *shop) {
		came := s.clock()
		first, err := s.transfers(came, shirt)
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.transfers(came, shirt, jacket, unheard)
		if err != nil || len(b.Code) != 6 {
			t.Fatalf("transferred: %+v, %v", b, err)
		}
		s.wants(s.resumes("sco1", first.Code), checkout.StageAttract, "no_basket") // it was replaced
		s.wants(s.resumes("sco1", b.Code), checkout.StageBasket, "")
		now := s.look("sco1")
		if len(now.Basket.Lines) != 2 || now.Totals.Pieces != 0 || now.Totals.Due.Minor != 0 {
			t.Fatalf("wished for: %+v", now.Totals)
		}
		s.wants(s.pays("sco1"), checkout.StageBasket, "wishes")
		s.scans("sco1", jacket)
		now = s.look("sco1")
		if len(now.Basket.Lines) != 2 || now.Totals.Due != eur(14990) {
			t.Fatalf("one of them was seen: %+v", now.Totals)
		}
		s.wants(s.pays("sco1"), checkout.StageReceipt, "")
		if n := len(s.sales()[0].Lines); n != 1 {
			t.Errorf("%d lines were sold", n)
		}
	})
}

// The next one in the fitting room has a list of their own; whoever is on the way to a checkout keeps theirs.
func TestTheNextOneInAFittingRoomEndsNobodysList(t *testing.T) {
	for name, meanwhile := range map[string]func(*shop){
		"at once": func(s *shop) { time.Sleep(time.Minute) }, "after a restart": func(s *shop) { s.restart(2 * time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				gone, err := s.transfers(s.clock(), shirt)
				if err != nil {
					t.Fatal(err)
				}
				meanwhile(s)
				next, err := s.transfers(s.clock(), jacket)
				if err != nil {
					t.Fatal(err)
				}
				for id, b := range map[showroom.KioskID]showroom.Basket{"sco1": gone, "sco2": next} {
					now := s.resumes(id, b.Code)
					s.wants(now, checkout.StageBasket, "")
					if now.Basket.ID != b.ID {
						t.Errorf("%s opens another list", b.Code)
					}
				}
			})
		})
	}
}

func TestWhatCanNotBeTransferred(t *testing.T) {
	story(t, func(s *shop) {
		for name, items := range map[string][]gs1.GTIN{"nothing": nil, "what nobody knows": {unheard}, "what has no price": {free}} {
			if _, err := s.transfers(s.clock(), items...); showroom.ErrorCode(err) != showroom.CodeConflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		s.opt.Machines = nil
		s.restart(time.Second)
		if _, err := s.transfers(s.clock(), shirt); showroom.ErrorCode(err) != showroom.CodeUnavailable {
			t.Errorf("while no checkout is open: %v", err)
		}
	})
}
