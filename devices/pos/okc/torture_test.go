package okc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/pos/okc"
	"showroom/devices/sim/okcsim"
)

// TestTorture has 200 settlements go wrong in any way at any step, over TCP with times at 1/50.
func TestTorture(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	d, o := hard(50)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, d, o, func() (net.Conn, error) { return net.Dial("tcp", listener.Addr().String()) }, listener)
	s.torture(t, 200, 50, 1)
}

// TestTortureAtFullScale is the same at the times of real life, with simulated clocks.
func TestTortureAtFullScale(t *testing.T) {
	for seed := range uint64(3) {
		synctest.Test(t, func(t *testing.T) {
			d, o := hard(1)
			open(t, d, o, nil, nil).torture(t, 200, 1, seed)
		})
	}
}

// hard is what a torture runs at: the times of real life divided by scale.
func hard(scale time.Duration) (okcsim.Options, okc.Options) {
	return okcsim.Options{Beat: time.Second / scale}, okc.Options{
		AnswerWithin: 5 * time.Second / scale, QuietFor: 30 * time.Second / scale, Longest: 5 * time.Minute / scale,
		Heartbeat: 5 * time.Second / scale, SilentAfter: 15 * time.Second / scale,
	}
}

// someFault is a fault or none. What has a step happens at any of them.
func someFault(random *rand.Rand, scale time.Duration) okcsim.Fault {
	all := []okcsim.Trouble{
		"", okcsim.Pull, okcsim.Pull, okcsim.Hang, okcsim.Late, okcsim.NoPaper, okcsim.OtherCurrency, okcsim.Busy, okcsim.CardRefused,
		okcsim.ShopperStops, okcsim.NoCard, okcsim.BankOffline,
	}
	steps := okcsim.Steps()
	f := okcsim.Fault{Trouble: all[random.IntN(len(all))], At: steps[random.IntN(len(steps))]}
	if f.Trouble == okcsim.Late || random.IntN(2) == 0 {
		f.For = time.Duration(1+random.IntN(60)) * time.Second / scale
	}
	return f
}

// tally is how settlements ended, and of them how many only after the device was asked again.
type tally struct{ approved, declined, recovered, open int }

func (s *shop) torture(t *testing.T, settlements int, scale time.Duration, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 7))
	var n tally
	closed := map[showroom.SettlementID]showroom.Result{}
	for i := range settlements {
		s.device.Script(someFault(random, scale))
		p := payment(t, fmt.Sprintf("s%d", i), line(1+random.IntN(3), 1+random.Int64N(900_000), []int{1, 10, 20}[random.IntN(3)]))
		if random.IntN(5) == 0 {
			p.Kind = showroom.Refund
		}
		if random.IntN(8) == 0 {
			time.AfterFunc(time.Duration(random.IntN(8000))*time.Millisecond/scale, s.terminal.Abort)
		}
		ctx, kill := context.WithCancel(t.Context())
		var killer *time.Timer
		if random.IntN(4) == 0 { // the agent dies in the middle
			killer = time.AfterFunc(time.Duration(random.IntN(8000))*time.Millisecond/scale, kill)
		}
		r := s.terminal.Settle(ctx, p, func(showroom.Progress) {})
		if killer != nil {
			killer.Stop()
		}
		kill()
		s.agrees(p, r)
		if r.Outcome == showroom.Unknown {
			r = s.resolve(p, random)
			n.recovered++
		}
		n.count(r)
		s.agrees(p, r)
		closed[p.ID] = r
		s.device.PutPaper()
	}
	t.Logf("%d settlements: %+v", settlements, n)
	s.books(t, closed)
	if n.open > 0 || n.approved == 0 || n.declined == 0 || n.recovered == 0 {
		t.Errorf("this is not the torture meant: %+v", n)
	}
}

func (n *tally) count(r showroom.Result) {
	switch r.Outcome {
	case showroom.Approved:
		n.approved++
	case showroom.Declined:
		n.declined++
	default:
		n.open++
	}
}

// resolve does what a shop does with a settlement nobody knows the end of: it asks, switches the device off and on, brings paper.
func (s *shop) resolve(p showroom.Settlement, random *rand.Rand) (r showroom.Result) {
	s.t.Helper()
	for range 100 {
		if r = s.terminal.Recover(s.t.Context(), p); r.Outcome != showroom.Unknown {
			return r
		}
		s.agrees(p, r)
		switch {
		case r.Code == okc.CodeNoSlip && random.IntN(2) == 0:
			_, _ = s.terminal.Cancel(s.t.Context(), p.ID) // asked again above, whatever it answers
		case r.Code == okc.CodeNoSlip:
			s.device.PutPaper()
		case random.IntN(3) == 0:
			s.device.Restart()
		}
		<-time.After(20 * time.Millisecond)
	}
	return r
}

// books holds the device's ledger to itself and to what was concluded of it: nothing twice, no number left out, and no money that
// moved after it was said not to have.
func (s *shop) books(t *testing.T, closed map[showroom.SettlementID]showroom.Result) {
	t.Helper()
	receipts, seen := 0, map[showroom.SettlementID]bool{}
	for _, e := range s.device.Ledger() {
		r := closed[e.ID]
		sealed := e.State == okc.Closed
		if seen[e.ID] || sealed != (r.Outcome == showroom.Approved) || (e.Moved != 0) != sealed || sealed && max(e.Moved, -e.Moved) != r.Amount.Minor {
			t.Errorf("%s is %q over %v, and the ledger says %s, moved %d", e.ID, r.Outcome, r.Amount, e.State, e.Moved)
		}
		seen[e.ID] = true
		if sealed {
			if receipts++; e.Receipt != receipts {
				t.Errorf("receipt %d behind %d", e.Receipt, receipts-1)
			}
		}
	}
	for id, r := range closed {
		if r.Outcome == showroom.Approved && !seen[id] {
			t.Errorf("%s is approved, and the ledger does not know it", id)
		}
	}
}

// attend has the device serve a listener for the length of ctx.
func (s *shop) attend(ctx context.Context, all *sync.WaitGroup, l net.Listener) {
	if l != nil {
		all.Go(func() { _ = s.device.Serve(ctx, l) })
	}
}
