package checkout_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
)

// Whatever the device does, and whenever the agent is stopped, what was sold is what the device has charged, and nothing is charged twice.
func TestWhatWasSoldIsWhatWasCharged(t *testing.T) {
	for seed := range uint64(4) {
		story(t, func(s *shop) {
			r := rand.New(rand.NewPCG(seed, 7))
			for range 25 {
				charges, answers, dies := r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(3) == 0
				s.term.will(func(ctx context.Context, p showroom.Settlement, _ tell) showroom.Result {
					result := showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByCard}
					if charges {
						result = s.term.charge(p)
					}
					if dies {
						<-ctx.Done()
					}
					if dies || !answers {
						return showroom.Result{}
					}
					return result
				})
				s.term.mute(r.IntN(2) == 0)
				if now := s.look("sco1"); now.Stage != checkout.StageBasket {
					s.must("sco1", s.Done)
					s.scans("sco1", shirt)
				}
				s.pays("sco1")
				if dies {
					s.restart(time.Duration(r.IntN(50)) * time.Second)
				}
				s.term.mute(false)
				time.Sleep(time.Duration(1+r.IntN(90)) * time.Second)
				for s.look("sco1").Stage == checkout.StageUnknown || s.look("sco1").Stage == checkout.StagePaying {
					time.Sleep(time.Second)
				}
			}
			var sold int64
			for _, sale := range s.sales() {
				sold += sale.Totals.Due.Minor
			}
			charged, payments := s.term.charged()
			asked := map[showroom.SettlementID]int{}
			for _, id := range s.term.asked {
				if asked[id]++; asked[id] > 1 {
					t.Errorf("seed %d: the device was asked twice for one settlement", seed)
				}
			}
			if sold != charged || len(s.sales()) != payments || payments == 0 {
				t.Errorf("seed %d: sold %d in %d sales, charged %d in %d payments", seed, sold, len(s.sales()), charged, payments)
			}
		})
	}
}
