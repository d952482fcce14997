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
