package checkout_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

func TestThreePiecesAreScannedAndPaid(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.scans("sco1", shirt)
		now := s.scans("sco1", jacket)
		s.wants(now, checkout.StageBasket, "")
		if len(now.Basket.Lines) != 2 || now.Totals.Pieces != 3 || now.Totals.Due != eur(20970) {
			t.Fatalf("the basket: %+v", now.Totals)
		}
		now = s.pays("sco1")
		s.wants(now, checkout.StageReceipt, "")
		if now.Sale.Number != 1 || now.Sale.Totals.Due != eur(20970) || len(now.Sale.Tenders) != 1 || now.Sale.Tenders[0].Card.Last4 != "4242" {
			t.Fatalf("the sale: %+v", now.Sale)
		}
		if sum, n := s.term.charged(); sum != 20970 || n != 1 {
			t.Errorf("the device has charged %d in %d payments", sum, n)
		}
		s.wants(s.must("sco1", s.Done), checkout.StageAttract, "")
	})
}

func TestADeclinedCardGivesTheBasketBack(t *testing.T) {
	for reason, notice := range map[showroom.DeclineReason]string{
		showroom.DeclinedByCard: "declined", showroom.DeclinedByShopper: "cancelled", showroom.DeclinedTimeout: "timeout",
		showroom.DeclinedCard: "card_fault", showroom.DeclinedBusy: "terminal_busy", showroom.DeclinedDevice: "terminal_fault",
		showroom.DeclinedPaper: "paper_out", showroom.DeclinedCurrency: "terminal_fault",
	} {
		t.Run(string(reason), func(t *testing.T) {
			story(t, func(s *shop) {
				s.scans("sco1", shirt)
				s.term.will(declines(reason))
				s.wants(s.pays("sco1"), checkout.StageBasket, notice)
				s.term.will(nil)
				s.wants(s.pays("sco1"), checkout.StageReceipt, "")
				if _, n := s.term.charged(); n != 1 || len(s.sales()) != 1 {
					t.Errorf("%d payments, %d sales", n, len(s.sales()))
				}
			})
		})
	}
}

// The device has taken the money and the line breaks: nobody is asked to pay again, and once the device answers there is one sale.
func TestWhatNobodyKnowsStaysFrozenUntilTheDeviceCanSay(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.term.mute(true)
		s.term.will(func(_ context.Context, p showroom.Settlement, _ func(showroom.Progress)) showroom.Result {
			s.term.charge(p)
			return showroom.Result{}
		})
		now := s.pays("sco1")
		s.wants(now, checkout.StageUnknown, "")
		if now.Basket.Code == "" {
			t.Error("there is no code that shows the result later")
		}
		time.Sleep(10 * time.Minute)
		s.wants(s.look("sco1"), checkout.StageUnknown, "")
		s.scans("sco2", shirt)
		s.wants(s.pays("sco2"), checkout.StageBasket, "terminal_fault")
		s.term.mute(false)
		time.Sleep(2 * time.Minute)
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
		if asked := len(s.term.asked); asked != 1 || len(s.sales()) != 1 {
			t.Errorf("the device was asked for money %d times, for %d sales", asked, len(s.sales()))
		}
		s.term.will(nil)
		s.wants(s.pays("sco2"), checkout.StageReceipt, "")
	})
}

func TestStaffDecideWhatTheDeviceCanNotSay(t *testing.T) {
	for outcome, want := range map[showroom.Outcome]checkout.Stage{showroom.Approved: checkout.StageReceipt, showroom.Declined: checkout.StageBasket} {
		t.Run(string(outcome), func(t *testing.T) {
			story(t, func(s *shop) {
				s.scans("sco1", shirt)
				s.term.mute(true)
				s.term.will(func(context.Context, showroom.Settlement, func(showroom.Progress)) showroom.Result {
					return showroom.Result{}
				})
				s.wants(s.pays("sco1"), checkout.StageUnknown, "")
				var open []showroom.Settlement
				s.update(func(tx *store.Tx) (err error) {
					open, err = checkout.Waiting(&tx.View)
					return err
				})
				if len(open) != 1 {
					t.Fatalf("%d settlements wait for staff", len(open))
				}
				if err := s.Decide(s.t.Context(), open[0].ID, outcome, "ayse", ""); showroom.ErrorCode(err) != showroom.CodeInvalid {
					t.Errorf("without a reason: %v", err)
				}
				if err := s.Decide(s.t.Context(), open[0].ID, outcome, "ayse", "the slip says so"); err != nil {
					t.Fatal(err)
				}
				if now := s.look("sco1"); now.Stage != want {
					t.Errorf("the kiosk shows %q, want %q", now.Stage, want)
				}
			})
		})
	}
}

func TestTwoKiosksShareOneTerminal(t *testing.T) {
	story(t, func(s *shop) {
		card := make(chan struct{})
		s.term.will(func(_ context.Context, p showroom.Settlement, _ func(showroom.Progress)) showroom.Result {
			<-card
			return s.term.charge(p)
		})
		s.scans("sco1", shirt)
		s.scans("sco2", jacket)
		first, second := s.pays("sco1"), s.pays("sco2")
		if first.Live.Prompt.Code != "present_card" || second.Live.Prompt.Code != "queued" || !second.CanAbort {
			t.Fatalf("the screens say %q and %q", first.Live.Prompt.Code, second.Live.Prompt.Code)
		}
		s.wants(s.must("sco2", s.Abort), checkout.StageBasket, "cancelled")
		s.pays("sco2")
		card <- struct{}{}
		card <- struct{}{}
		time.Sleep(time.Second)
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
		s.wants(s.look("sco2"), checkout.StageReceipt, "")
		if sum, n := s.term.charged(); n != 2 || sum != 2990+14990 {
			t.Errorf("%d charged in %d payments", sum, n)
		}
	})
}

func TestAnAbortIsAWish(t *testing.T) {
	story(t, func(s *shop) {
		s.term.will(func(ctx context.Context, _ showroom.Settlement, _ func(showroom.Progress)) showroom.Result {
			<-s.term.aborted
			return showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByShopper}
		})
		s.scans("sco1", shirt)
		s.wants(s.pays("sco1"), checkout.StagePaying, "")
		s.wants(s.must("sco1", s.Abort), checkout.StageBasket, "cancelled")
	})
}

// A screen may say late that somebody is done with the receipt before, when the next shopper pays: that one stays, and gets a receipt.
func TestAWordThatComesLateSendsNobodyAway(t *testing.T) {
	story(t, func(s *shop) {
		paid := make(chan struct{})
		s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
			<-paid
			return s.term.charge(p)
		})
		s.scans("sco1", shirt)
		s.pays("sco1")
		s.wants(s.must("sco1", s.Done), checkout.StagePaying, "")
		err := s.try("sco1", func(tx *store.Tx, k checkout.Kiosk) error { return s.Add(tx, k, shirt, showroom.FromSearch) })
		if showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("a piece found while paying: %v", err)
		}
		close(paid)
		synctest.Wait()
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
	})
}
