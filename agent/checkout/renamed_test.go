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

// unsure pays at the first kiosk by a terminal that falls silent, before it takes the money or after.
func (s *shop) unsure(taken bool) checkout.Now {
	s.t.Helper()
	s.scans("sco1", shirt)
	s.term.mute(true)
	s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
		if taken {
			s.term.charge(p)
		}
		return showroom.Result{}
	})
	return s.pays("sco1")
}

// loses has the agent start with a configuration in which the first kiosk is not any more.
func (s *shop) loses() {
	s.t.Helper()
	s.opt.Kiosks = s.opt.Kiosks[1:]
	s.restart(5 * time.Minute)
	time.Sleep(2 * time.Minute)
	synctest.Wait()
}

func TestAPaymentOfAKioskThatIsNoMoreIsClosed(t *testing.T) {
	for name, c := range map[string]struct {
		taken  bool
		decide bool // by staff, for the terminal stays silent
		want   showroom.SettlementState
	}{
		"the terminal took it":         {taken: true, want: showroom.SettlementApproved},
		"the terminal did not take it": {want: showroom.SettlementDeclined},
		"staff say it did":             {taken: true, decide: true, want: showroom.SettlementApproved},
		"staff say it did not":         {decide: true, want: showroom.SettlementDeclined},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				id := s.unsure(c.taken).Basket.Settlement
				s.term.mute(c.decide)
				s.loses()
				if c.decide {
					outcome := map[bool]showroom.Outcome{true: showroom.Approved, false: showroom.Declined}[c.taken]
					if err := s.Decide(s.t.Context(), id, outcome, "ayse", "looked at the slip"); err != nil {
						t.Fatal(err)
					}
				}
				if got := s.settlement(id); got.State != c.want {
					t.Errorf("the settlement is %s", got.State)
				}
				if all := s.sales(); len(all) == 1 != c.taken || c.taken && all[0].Language != "en" {
					t.Errorf("sales: %+v", all)
				}
				if n := len(s.setAside()); n == 1 != !c.taken {
					t.Errorf("%d baskets wait for staff", n)
				}
				s.term.will(nil)
				s.term.mute(false)
				s.scans("sco2", shirt)
				s.pays("sco2")
				time.Sleep(10 * time.Second) // the terminal is asked first about what staff have decided
				s.wants(s.look("sco2"), checkout.StageReceipt, "")
			})
		})
	}
}

// setAside are the baskets that somebody may go on with.
func (s *shop) setAside() (all []showroom.Basket) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		all, err = tx.ParkedBaskets()
		return err
	})
	return all
}

func TestABasketThatWaitedAtAKioskThatIsNoMoreIsSetAside(t *testing.T) {
	story(t, func(s *shop) {
		s.busy() // at the second kiosk
		s.scans("sco1", shirt)
		s.pays("sco1")
		s.term.mute(true)
		s.loses()
		if n := len(s.setAside()); n != 1 {
			t.Errorf("%d baskets wait for staff", n)
		}
	})
}
