package checkout_test

import (
	"testing"
	"testing/synctest"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// charges has money taken without a basket, and answers what became of it.
func (s *shop) charges(minor int64) (got showroom.Settlement) {
	s.t.Helper()
	id, err := s.Charge(s.t.Context(), "pt1", eur(minor), "elif", "after the repair")
	if err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
	s.update(func(tx *store.Tx) (err error) {
		got, err = tx.Settlement(id)
		return err
	})
	return got
}

func TestMoneyIsTakenWithoutABasket(t *testing.T) {
	story(t, func(s *shop) {
		got := s.charges(100)
		if got.State != showroom.SettlementApproved || got.Amount != eur(100) || got.By != "elif" || got.Why == "" {
			t.Errorf("it is %+v", got)
		}
		if sum, n := s.term.charged(); sum != 100 || n != 1 || len(s.sales()) != 0 {
			t.Errorf("%d taken in %d payments, %d sales", sum, n, len(s.sales()))
		}
		s.term.will(declines(showroom.DeclinedByCard))
		if got := s.charges(200); got.State != showroom.SettlementDeclined {
			t.Errorf("it is %+v", got)
		}
	})
}

func TestChargesThatAreRefused(t *testing.T) {
	story(t, func(s *shop) {
		for name, c := range map[string]struct {
			device showroom.DeviceID
			amount showroom.Money
			why    string
			want   showroom.Code
		}{
			"another terminal": {"pt9", eur(100), "test", showroom.CodeNotFound},
			"nothing":          {"pt1", eur(0), "test", showroom.CodeInvalid},
			"less":             {"pt1", eur(-1), "test", showroom.CodeInvalid},
			"another currency": {"pt1", showroom.Money{Minor: 100, Currency: "TRY"}, "test", showroom.CodeInvalid},
			"no reason":        {"pt1", eur(100), "", showroom.CodeInvalid},
		} {
			if _, err := s.Charge(s.t.Context(), c.device, c.amount, "elif", c.why); showroom.ErrorCode(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, n := s.term.charged(); n != 0 {
			t.Errorf("%d payments", n)
		}
	})
}
