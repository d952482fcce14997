package zvt_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/zvtsim"
)

// journal is what a shop keeps of its settlements, and what a program that was killed finds again.
type journal struct{ rows []*entry }

type entry struct {
	settlement showroom.Settlement
	result     showroom.Result
	command    int  // which of the terminal's commands to move money it was; 0 for none
	mute       bool // the terminal could not have said more
}

// known is what the store answers the driver.
func (j *journal) known(ref showroom.Reference) (showroom.Settlement, bool, error) {
	for _, e := range slices.Backward(j.rows) {
		if e.result.Outcome == showroom.Approved && e.result.Reference.Receipt == ref.Receipt && e.result.Reference.Trace == ref.Trace {
			s := e.settlement
			s.Result = e.result
			return s, true, nil
		}
	}
	return showroom.Settlement{}, false, nil
}

// TestTorture settles 200 times over each transport, in simulated time and with the protocol's own timers, with a random trouble at
// a random step, the program killed now and then, and few amounts, so that they repeat. Every settlement that is closed equals the
// terminal's ledger, nothing is charged twice, and one stays open only where the terminal keeps no receipt.
func TestTorture(t *testing.T) {
	for _, how := range []zvt.Transport{zvt.TCP, zvt.Serial} {
		t.Run(string(how), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { torture(t, how, 200, rand.New(rand.NewPCG(22, 11))) })
		})
	}
}

func torture(t *testing.T, how zvt.Transport, n int, random *rand.Rand) {
	var j journal
	options := zvt.Options{Transport: how, Known: j.known}
	s := open(t, options, zvtsim.Options{Transport: how, Pace: 2 * time.Second})
	defer func() { s.stop() }()
	for i := range n {
		s.up()
		e := &entry{settlement: payment(int64(100 + random.IntN(3)))}
		e.settlement.ID = showroom.SettlementID(fmt.Sprint("s", i))
		j.rows = append(j.rows, e)
		fault := anyFault(random)
		s.pt.Script(fault)
		before := s.pt.Commands()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		if random.IntN(10) == 0 { // killed in the middle
			cancel()
			ctx, cancel = context.WithTimeout(t.Context(), time.Duration(random.IntN(6000))*time.Millisecond)
		}
		e.result = s.driver.Settle(ctx, e.settlement, func(showroom.Progress) {
			if random.IntN(20) == 0 {
				s.driver.Abort()
			}
		})
		killed := ctx.Err() != nil
		cancel()
		switch s.pt.Commands() - before {
		case 0:
			s.pt.Forget() // the script is for the next
		case 1:
			e.command = before + 1
		default:
			t.Fatalf("settlement %d was sent %d times", i, s.pt.Commands()-before)
		}
		if killed {
			s.stop()
			s.run(options)
		}
		s.resolve(e)
	}
	tally(t, s, &j)
}

// resolve asks about an open settlement each time the line is back, as a checkout does.
func (s *shop) resolve(e *entry) {
	for try := 0; e.result.Outcome == showroom.Unknown && try < 10; try++ {
		<-time.After(30 * time.Second)
		s.up()
		e.result = s.driver.Recover(s.t.Context(), e.settlement)
		e.mute = !s.pt.Repeats()
	}
}

func anyFault(random *rand.Rand) zvtsim.Fault {
	f := zvtsim.Fault{
		Trouble: zvtsim.Trouble(random.IntN(zvtsim.Troubles)), Step: zvtsim.Step(random.IntN(zvtsim.Steps)),
		Code:  []byte{0x05, 0x64, 0x6C, 0x6F, 0x83, 0x9C, 0xCC}[random.IntN(7)],
		Delay: time.Duration(random.IntN(90_000)) * time.Millisecond, Stubborn: random.IntN(2) == 0,
	}
	return f
}

// tally compares what is closed with the terminal's ledger, row by row.
func tally(t *testing.T, s *shop, j *journal) {
	charged := map[int][]zvtsim.Entry{}
	for _, e := range s.pt.Ledger() {
		charged[e.Command] = append(charged[e.Command], e)
	}
	count := map[showroom.Outcome]int{}
	for _, e := range j.rows {
		count[e.result.Outcome]++
		took := charged[e.command]
		switch {
		case len(took) > 1:
			t.Errorf("%s was charged %d times", e.settlement.ID, len(took))
		case e.result.Outcome == showroom.Approved:
			if len(took) != 1 || took[0].Amount != e.settlement.Amount.Minor || fmt.Sprintf("%04d", took[0].Receipt) != e.result.Reference.Receipt {
				t.Errorf("%s is approved with %+v, and the ledger says %+v", e.settlement.ID, e.result, took)
			}
		case e.result.Outcome == showroom.Declined && len(took) > 0:
			t.Errorf("%s is declined (%s), and the ledger says %+v", e.settlement.ID, e.result.Code, took)
		case e.result.Outcome == showroom.Unknown && !e.mute:
			t.Errorf("%s stays open (%s), and the terminal could say", e.settlement.ID, e.result.Code)
		}
	}
	t.Logf("%d settled: %d approved, %d declined, %d open; %d commands, %d charged", len(j.rows), count[showroom.Approved],
		count[showroom.Declined], count[showroom.Unknown], s.pt.Commands(), len(s.pt.Ledger()))
	if count[showroom.Approved] < len(j.rows)/4 || count[showroom.Declined] < len(j.rows)/10 {
		t.Errorf("this is not the torture meant: %v", count)
	}
}
