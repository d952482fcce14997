package view_test

import (
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

func TestNobodyThereWarnsThenWipes(t *testing.T) {
	s := begin(t, shop(t).Shopping("tr"))
	s.at60(60)
	due, _ := s.state.Deadline(s.at)
	s.at = due.Add(-time.Second)
	s.tell(view.Tick{})
	if q := s.state.Frame().Still; q.Title == "" || q.Seconds != "20" {
		t.Fatalf("the question is %+v", q)
	}
	for range 12 { // any number of times
		s.tell(view.TapNothing{})
		if s.state.Frame().Still.Title != "" {
			t.Fatal("a touch is no answer")
		}
		s.at60(60)
		s.tell(view.Tick{})
		if s.state.Frame().Still.Title == "" {
			t.Fatal("it does not ask again")
		}
	}
	s.at60(9)
	s.tell(view.Tick{})
	if q := s.state.Frame().Still; q.Seconds != "12" && q.Seconds != "11" {
		t.Errorf("after nine seconds %q are left", q.Seconds)
	}
	s.expect()
	s.at60(12)
	s.tell(view.Tick{})
	s.expect(view.AbandonBasket{Ticket: 1})
	s.becomes(kiosktest.Counter("tr"))
	s.on(view.RouteAttract)
	if _, ok := s.state.Deadline(s.at); ok {
		t.Error("an empty kiosk waits for something")
	}
}

func TestAScanAnswersTheQuestionToo(t *testing.T) {
	s := begin(t, shop(t).Shopping("tr"))
	s.at60(61)
	s.tell(view.Tick{})
	s.becomes(kiosktest.Told(shop(t).Shopping("tr"), localapi.NoticeUnknownItem))
	if s.state.Frame().Still.Title != "" {
		t.Error("whoever scans is there")
	}
}

func TestATapOnTheQuestionDoesNothingElse(t *testing.T) {
	s := begin(t, shop(t).Shopping("tr"))
	s.at60(61)
	s.tell(view.Tick{})
	s.tell(view.TapPay{})
	s.expect()
	s.tell(view.TapPay{})
	if len(s.last) != 1 {
		t.Errorf("the second tap did %v", s.last)
	}
}

func TestPayingNeverTimesOut(t *testing.T) {
	for _, k := range []localapi.KioskState{
		kiosktest.Paying(shop(t).Shopping("tr"), "authorising"),
		kiosktest.Changed(kiosktest.Paying(shop(t).Shopping("tr"), "please_wait"), func(c *localapi.Checkout) { c.Stage = localapi.StageUnknown }),
	} {
		s := begin(t, k)
		for range 100 {
			s.at60(60)
			s.tell(view.Tick{})
			s.expect()
			if s.state.Frame().Still.Title != "" {
				t.Fatalf("stage %s asks whether somebody is there", k.Checkout.Stage)
			}
		}
		if due, ok := s.state.Deadline(s.at); ok {
			t.Errorf("stage %s waits until %v", k.Checkout.Stage, due)
		}
	}
}

func TestAReceiptGoesAwayForTheNextShopper(t *testing.T) {
	s := begin(t, kiosktest.Paid(kiosktest.Paying(shop(t).Shopping("tr"), "printing")))
	s.at60(30)
	s.tell(view.Tick{})
	s.at60(20)
	s.tell(view.Tick{})
	s.expect(view.FinishReceipt{Ticket: 1})
}

func TestNothingTypedOutlivesItsShopper(t *testing.T) {
	s := begin(t, shop(t).Shopping("tr"))
	s.tell(view.TapCoupon{})
	for _, r := range "BAHAR" {
		s.tell(view.TapKey{Rune: r})
	}
	s.becomes(kiosktest.Counter("tr"))
	s.on(view.RouteAttract)
	s.tell(view.TapResume{})
	if typed := s.state.Code().Typed; typed != "" {
		t.Errorf("the next shopper reads %q", typed)
	}
	s.at60(60)
	s.tell(view.Tick{})
	s.at60(20)
	s.tell(view.Tick{})
	s.on(view.RouteAttract)
}
