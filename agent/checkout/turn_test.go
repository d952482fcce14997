package checkout_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
)

// threeAtOneTerminal have the terminal wait for a card at the first kiosk, and answer what lets the card be shown.
func threeAtOneTerminal(s *shop) (card chan struct{}) {
	card = make(chan struct{})
	s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
		<-card
		return s.term.charge(p)
	})
	s.scans("sco1", jacket)
	s.pays("sco1")
	time.Sleep(time.Second)
	return card
}

// TestWhoAskedFirstGoesFirst: a shopper who waits at a kiosk and one whom money is to be given back to stand at the same device. Whichever
// of them asked first is served first, also when the clock on the wall was set in between; meanwhile the kiosk says that somebody else is.
func TestWhoAskedFirstGoesFirst(t *testing.T) {
	for name, refundFirst := range map[string]bool{"the refund": true, "the shopper": false} {
		for way, set := range map[string]time.Duration{"": 0, ", a clock set forward": time.Hour, ", a clock set back": -time.Hour} {
			t.Run(name+way, func(t *testing.T) {
				story(t, func(s *shop) {
					sale := s.sold()
					card := threeAtOneTerminal(s)
					s.scans("sco2", shirt)
					var back showroom.SettlementID
					order := []func(){func() { s.pays("sco2") }, func() { back = s.orders(sale) }}
					if refundFirst {
						order[0], order[1] = order[1], order[0]
					}
					order[0]()
					time.Sleep(time.Second)
					s.skew.Store(int64(set))
					order[1]()
					paying := s.look("sco2").Basket.Settlement
					card <- struct{}{}
					synctest.Wait()
					want := []showroom.SettlementID{paying, back}
					if refundFirst {
						want[0], want[1] = want[1], want[0]
						if now := s.look("sco2"); now.Stage != checkout.StagePaying || now.Live.Prompt.Code != "queued" || !now.CanAbort {
							t.Errorf("while money is given back the kiosk shows %q, %+v", now.Stage, now.Live.Prompt)
						}
					}
					card <- struct{}{}
					synctest.Wait()
					if n := len(s.term.asked); n != 4 || s.term.asked[2] != want[0] {
						t.Fatalf("the terminal was asked for %v, want %v last", s.term.asked, want)
					}
					card <- struct{}{}
					synctest.Wait()
					s.wants(s.look("sco2"), checkout.StageReceipt, "")
					if got := s.settlement(back); got.State != showroom.SettlementApproved {
						t.Errorf("the refund is %s", got.State)
					}
				})
			})
		}
	}
}

// TestNobodyWaitsBehindADoubt: while nobody knows what became of the payment before, the device takes no other. Whoever waits behind it is
// told so, and not charged when staff have seen to it much later, and somebody else may stand there.
func TestNobodyWaitsBehindADoubt(t *testing.T) {
	story(t, func(s *shop) {
		card := make(chan struct{})
		s.term.will(func(context.Context, showroom.Settlement, tell) showroom.Result {
			<-card
			return showroom.Result{}
		})
		s.scans("sco1", jacket)
		s.scans("sco2", shirt)
		s.pays("sco1")
		s.pays("sco2")
		s.term.mute(true)
		card <- struct{}{}
		time.Sleep(2 * time.Second)
		s.wants(s.look("sco2"), checkout.StagePaying, "") // it may be known in a moment
		time.Sleep(20 * time.Second)
		doubted := s.look("sco1").Basket.Settlement
		s.wants(s.look("sco1"), checkout.StageUnknown, "")
		s.wants(s.look("sco2"), checkout.StageBasket, "terminal_fault")
		s.wants(s.pays("sco2"), checkout.StageBasket, "terminal_fault")
		if err := s.Decide(s.t.Context(), doubted, showroom.Declined, "ayse", "asked the bank"); err != nil {
			t.Fatal(err)
		}
		s.term.will(nil)
		time.Sleep(10 * time.Second)
		if n := len(s.term.asked); n != 1 {
			t.Errorf("the terminal was asked %d times", n)
		}
		s.wants(s.pays("sco2"), checkout.StageReceipt, "")
	})
}
