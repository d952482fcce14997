package okc_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/pos/okc"
	"showroom/devices/sim/okcsim"
)

// shop is a till and a simulated device with a cable between them that is plugged in again whenever it comes off.
type shop struct {
	t        *testing.T
	device   *okcsim.Device
	terminal *okc.Terminal
	feed     devicetest.Feed
	told     []string // the codes of the newest settlement
}

// open opens a shop, for the length of the test. dial is the way to a listener the device serves; without it they have a pipe.
func open(t *testing.T, device okcsim.Options, o okc.Options, dial func() (net.Conn, error), l net.Listener) *shop {
	s := &shop{t: t, device: okcsim.New(device)}
	o.Device = "okc1"
	s.terminal = okc.New(o)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	s.attend(ctx, &all, l)
	if dial == nil {
		dial = func() (net.Conn, error) {
			near, far := net.Pipe()
			all.Go(func() { _ = s.device.Attend(ctx, far) })
			return near, nil
		}
	}
	all.Go(func() {
		for ctx.Err() == nil {
			if c, err := dial(); err == nil {
				_ = s.terminal.Run(ctx, link.FromConn("okc1", c, time.Millisecond*50), &s.feed)
				_ = c.Close()
			}
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	t.Cleanup(func() { cancel(); all.Wait() })
	s.feed.WaitState(t, devices.Up)
	return s
}

// line is so many pieces at a price in kuruş and a rate in percent.
func line(n int, unit int64, percent int) showroom.Line {
	return showroom.Line{
		ID: showroom.LineID(fmt.Sprint(n, unit, percent)), GTIN: "08690000000012", Name: showroom.Text{"tr": "Gömlek çizgili", "en": "Striped shirt"},
		Quantity: n, Unit: lira(unit), VATBasisPoints: percent * 100,
	}
}

func lira(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "TRY"} }

// payment is a settlement of lines that begins now.
func payment(t testing.TB, id string, lines ...showroom.Line) showroom.Settlement {
	t.Helper()
	totals, err := showroom.AddUp("TRY", lines)
	if err != nil {
		t.Fatal(err)
	}
	return showroom.Settlement{
		ID: showroom.SettlementID(id), Kind: showroom.Payment, Amount: totals.Due, Lines: lines, State: showroom.SettlementAsked,
		Started: showroom.Moment{Wall: time.Now()},
	}
}

func (s *shop) settle(p showroom.Settlement) showroom.Result {
	s.told = nil
	return s.terminal.Settle(s.t.Context(), p, func(p showroom.Progress) { s.told = append(s.told, p.Code) })
}

// recover asks until the device can say, or for so many times.
func (s *shop) recover(p showroom.Settlement) (r showroom.Result) {
	for range 200 {
		if r = s.terminal.Recover(s.t.Context(), p); r.Outcome != showroom.Unknown || r.Code == okc.CodeNoSlip {
			return r
		}
		<-time.After(20 * time.Millisecond)
	}
	return r
}

// is holds a result to what the ledger says, and to an outcome.
func (s *shop) is(p showroom.Settlement, r showroom.Result, want showroom.Outcome, why showroom.DeclineReason) {
	s.t.Helper()
	if r.Outcome != want || r.Reason != why {
		s.t.Errorf("%s: %q for %q (%s), want %q for %q", p.ID, r.Outcome, r.Reason, r.Code, want, why)
	}
	s.agrees(p, r)
}

// agrees holds a result that is certain to the device's own ledger.
func (s *shop) agrees(p showroom.Settlement, r showroom.Result) {
	s.t.Helper()
	e, _ := s.device.Of(p.ID)
	switch {
	case r.Outcome == showroom.Declined && e.Moved != 0:
		s.t.Errorf("%s: declined, and %d have moved", p.ID, e.Moved)
	case r.Outcome != showroom.Approved:
		return
	case e.State != okc.Closed || max(e.Moved, -e.Moved) != p.Amount.Minor || r.Amount != p.Amount:
		s.t.Errorf("%s: approved over %v, and the ledger says %s over %d", p.ID, r.Amount, e.State, e.Moved)
	case r.Fiscal == nil || r.Fiscal.Z != e.Z || r.Fiscal.Receipt != e.Receipt || r.Fiscal.EKU != e.EKU || r.Fiscal.ETTN != e.ETTN || r.Fiscal.Device != e.Serial:
		s.t.Errorf("%s: sealed as %+v, and the ledger says %+v", p.ID, r.Fiscal, e.Document)
	}
}
