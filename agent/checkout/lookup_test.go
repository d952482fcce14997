package checkout_test

import (
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/devices"
)

// doubts begins a payment at a kiosk whose terminal then dies, and answers what is shown there.
func (s *shop) doubts(id showroom.KioskID) checkout.Now {
	s.t.Helper()
	s.scans(id, shirt)
	s.term.mute(true)
	s.term.will(func(showroomCtx, showroom.Settlement, tell) showroom.Result { return showroom.Result{} })
	now := s.pays(id)
	s.wants(now, checkout.StageUnknown, "")
	s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, Reason: "no answer", At: time.Now()})
	synctest.Wait()
	return now
}

func (s *shop) decides(id showroom.SettlementID, o showroom.Outcome) {
	s.t.Helper()
	if err := s.Decide(s.t.Context(), id, o, "ayse", "on the journal"); err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}

// Whoever was told to wait walks to the next kiosk, which has the same dead terminal, and types the code.
func TestAPaymentNobodyKnowsOfIsLookedUpAtAShutKiosk(t *testing.T) {
	for _, left := range []bool{false, true} {
		for _, c := range []struct {
			outcome     showroom.Outcome
			here, there checkout.Stage // of who left the kiosk where they paid
			notice      string
		}{{showroom.Approved, checkout.StageReceipt, checkout.StageReceipt, ""}, {showroom.Declined, checkout.StageParked, checkout.StageClosed, "declined"}} {
			story(t, func(s *shop) {
				now := s.doubts("sco1")
				if left {
					s.wants(s.must("sco1", s.Done), checkout.StageClosed, "")
				}
				s.wants(s.look("sco2"), checkout.StageClosed, "")
				got := s.resumes("sco2", now.Basket.Code)
				s.wants(got, checkout.StageUnknown, "")
				if got.Parked.Code != now.Basket.Code || got.Parked.Number != now.Basket.Number || got.Due != now.Totals.Due || got.Has {
					t.Errorf("looked up: %+v, %v", got.Parked, got.Due)
				}
				s.restart(10 * time.Second)
				s.wants(s.look("sco2"), checkout.StageUnknown, "")
				s.term.mute(true)
				s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Down, Reason: "no answer", At: time.Now()})
				s.decides(now.Basket.Settlement, c.outcome)
				switch {
				case left && c.outcome == showroom.Declined:
					s.wants(s.look("sco2"), c.here, "") // it waits for staff, under the same code
				case c.outcome == showroom.Declined:
					s.wants(s.look("sco2"), c.there, c.notice)
					s.wants(s.look("sco1"), checkout.StageBasket, c.notice)
				default:
					s.wants(s.look("sco2"), c.here, "")
				}
				if s.look("sco2").Stage == checkout.StageReceipt {
					s.wants(s.must("sco2", s.Done), checkout.StageClosed, "")
				}
			})
		}
	}
}

func TestALookUpIsOverWhenNobodyLooksAnyMore(t *testing.T) {
	story(t, func(s *shop) {
		now := s.doubts("sco1")
		s.wants(s.resumes("sco2", now.Basket.Code), checkout.StageUnknown, "")
		s.must("sco2", s.Call)
		s.wants(s.must("sco2", s.Done), checkout.StageClosed, "")
		s.wantsCall("sco2", false, "over")
		s.wants(s.resumes("sco2", now.Basket.Code), checkout.StageUnknown, "")
		time.Sleep(4 * time.Minute)
		s.wants(s.look("sco2"), checkout.StageClosed, "")
		s.wants(s.look("sco1"), checkout.StageUnknown, "")
		s.decides(now.Basket.Settlement, showroom.Approved)
		s.wants(s.look("sco2"), checkout.StageClosed, "")
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
	})
}

// The code brings whoever had gone back to where they paid, and nobody else.
func TestTheCodeOpensTheKioskWhereItWasPaid(t *testing.T) {
	story(t, func(s *shop) {
		now := s.doubts("sco1")
		s.wants(s.must("sco1", s.Done), checkout.StageClosed, "")
		s.wants(s.resumes("sco1", "000"), checkout.StageClosed, "no_basket")
		s.wants(s.resumes("sco1", now.Basket.Code), checkout.StageUnknown, "")
		s.decides(now.Basket.Settlement, showroom.Approved)
		s.wants(s.look("sco1"), checkout.StageReceipt, "")
	})
}

// A shut kiosk goes on with no basket, and who has begun at another one finishes that first.
func TestWhatIsNotLookedUp(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco2", jacket)
		aside := s.must("sco2", s.Park).Parked.Code
		s.must("sco2", s.Done)
		now := s.doubts("sco1")
		s.wants(s.resumes("sco2", aside), checkout.StageClosed, "terminal_fault")
		s.board.SetDevice(devices.Status{Device: "pt1", State: devices.Up, At: time.Now()})
		synctest.Wait()
		s.scans("sco2", shirt)
		s.wants(s.resumes("sco2", now.Basket.Code), checkout.StageBasket, "other_basket")
	})
}
