package checkout_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// deaf is a terminal that hears of no Abort before it has said something.
type deaf struct {
	*terminal
	before  func() // happens before it listens
	listens atomic.Bool
}

func (m *deaf) Abort() {
	if m.listens.Load() {
		m.terminal.Abort()
	}
}

func (m *deaf) Settle(_ context.Context, s showroom.Settlement, tell func(showroom.Progress)) showroom.Result {
	m.before()
	m.listens.Store(true)
	tell(showroom.Progress{Code: "present_card"})
	select {
	case <-m.aborted:
		return showroom.Result{Outcome: showroom.Declined, Reason: showroom.DeclinedByShopper}
	case <-time.After(time.Minute):
		return m.charge(s)
	}
}

func TestWhoWantsToStopEarlyIsHeard(t *testing.T) {
	var m *deaf
	story(t, func(s *shop) {
		m.before = func() {
			if err := s.db.Update(s.t.Context(), func(tx *store.Tx) error { return s.Abort(tx, s.kiosk("sco1")) }); err != nil {
				t.Error(err)
			}
		}
		s.scans("sco1", shirt)
		s.wants(s.pays("sco1"), checkout.StageBasket, "cancelled")
		if _, n := s.term.charged(); n != 0 {
			t.Errorf("%d payments", n)
		}
	}, func(o *checkout.Options) {
		m = &deaf{terminal: o.Machines["pt1"].Settler.(*terminal)}
		o.Machines["pt1"] = checkout.Machine{Settler: m}
	})
}
