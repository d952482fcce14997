package checkout_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// slow is a terminal that takes its time to say what has become of a settlement.
type slow struct {
	*terminal
	waits chan struct{} // closed when it may answer
}

func (m slow) Recover(ctx context.Context, s showroom.Settlement) showroom.Result {
	select {
	case <-m.waits:
		return m.terminal.Recover(ctx, s)
	case <-ctx.Done():
		return showroom.Result{}
	}
}

// contradicted are the settlements of which staff are to see what the device says.
func (s *shop) contradicted() (all []showroom.Settlement) {
	s.t.Helper()
	s.update(func(tx *store.Tx) (err error) {
		all, err = tx.ContradictedSettlements()
		return err
	})
	return all
}

// said are the kinds of what stands in the journal.
func (s *shop) said() (kinds []showroom.Kind) {
	s.t.Helper()
	rows, err := s.db.Since(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range rows {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

func TestWhatTheDeviceSaysAfterStaffIsForThemToSee(t *testing.T) {
	for name, c := range map[string]struct {
		taken   bool
		decided showroom.Outcome
		told    bool
	}{
		"it took what staff say it did not":         {true, showroom.Declined, true},
		"it did not take what staff say it did":     {false, showroom.Approved, true},
		"it took what staff say it did":             {true, showroom.Approved, false},
		"it did not take what staff say it did not": {false, showroom.Declined, false},
	} {
		t.Run(name, func(t *testing.T) {
			var waits chan struct{}
			story(t, func(s *shop) {
				id := s.unsure(c.taken).Basket.Settlement
				s.term.mute(false)
				time.Sleep(10 * time.Second) // the terminal is being asked
				if err := s.Decide(s.t.Context(), id, c.decided, "ayse", "no slip came out"); err != nil {
					t.Fatal(err)
				}
				close(waits)
				synctest.Wait()
				got := s.contradicted()
				if told := len(got) == 1; told != c.told || told && (got[0].ID != id || got[0].Later.Outcome == c.decided) {
					t.Errorf("staff are told of %+v", got)
				}
				if slices.Contains(s.said(), showroom.KindSettlementContradicted) != c.told {
					t.Errorf("said %v", s.said())
				}
				if now := s.settlement(id); (now.State == showroom.SettlementApproved) != (c.decided == showroom.Approved) {
					t.Errorf("it is %s", now.State)
				}
			}, func(o *checkout.Options) {
				waits = make(chan struct{}) // in the story's own time
				o.Machines["pt1"] = checkout.Machine{Settler: slow{o.Machines["pt1"].Settler.(*terminal), waits}}
			})
		})
	}
}

func TestStaffCanNotMakeAnotherSumOfWhatTheDeviceSays(t *testing.T) {
	story(t, func(s *shop) {
		s.scans("sco1", shirt)
		s.term.mute(true)
		s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
			r := s.term.charge(p)
			r.Amount.Minor = 1000
			return r
		})
		id := s.pays("sco1").Basket.Settlement
		if err := s.Decide(s.t.Context(), id, showroom.Approved, "ayse", "it is on the slip"); showroom.ErrorCode(err) != showroom.CodeConflict {
			t.Errorf("10.00 of 29.90 are a sale: %v", err)
		}
		if n := len(s.sales()); n != 0 {
			t.Errorf("%d sales", n)
		}
		if err := s.Decide(s.t.Context(), id, showroom.Declined, "ayse", "undone at the terminal"); err != nil {
			t.Error(err)
		}
		s.wants(s.look("sco1"), checkout.StageBasket, "declined")
	})
}

func TestAPaymentIsUndoneOnlyWhileItsDeviceCanNotMistakeIt(t *testing.T) {
	for name, spoil := range map[string]func(s *shop, sale showroom.Sale){
		"the next day": func(*shop, showroom.Sale) { time.Sleep(24 * time.Hour) },
		"another device beside the kiosk": func(s *shop, sale showroom.Sale) {
			s.update(func(tx *store.Tx) error {
				paid, err := tx.Settlement(sale.Settlement)
				if err != nil {
					return err
				}
				paid.Changed.Wall = paid.Changed.Wall.AddDate(0, -2, 0)
				return tx.PutSettlement(paid)
			})
			if _, err := s.db.Prune(s.t.Context()); err != nil {
				s.t.Fatal(err)
			}
		},
		"the number is another payment's since the end of the day": func(s *shop, sale showroom.Sale) {
			s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
				r := s.term.charge(p)
				r.Reference.Receipt = sale.Tenders[0].Reference.Receipt // which is all it is told; traces count on
				r.Reference.Trace = "another"
				return r
			})
			time.Sleep(time.Minute)
			s.sold()
		},
		"the number is another payment's": func(s *shop, sale showroom.Sale) {
			s.term.will(func(_ context.Context, p showroom.Settlement, _ tell) showroom.Result {
				r := s.term.charge(p)
				r.Reference = sale.Tenders[0].Reference
				return r
			})
			time.Sleep(time.Minute)
			s.sold()
		},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(s *shop) {
				sale := s.sold()
				spoil(s, sale)
				s.term.will(nil)
				if _, err := s.Reverse(s.t.Context(), sale.ID, "ayse", "wrong card"); showroom.ErrorCode(err) != showroom.CodeConflict {
					t.Errorf("it is undone: %v", err)
				}
				if _, err := s.Refund(s.t.Context(), sale.ID, map[showroom.LineID]int{sale.Lines[0].ID: 1}, "ayse", "wrong card"); err != nil {
					t.Errorf("it can not be given back: %v", err)
				}
			})
		})
	}
}
