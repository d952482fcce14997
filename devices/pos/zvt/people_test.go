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

// notebook is what a shop writes down of its settlements, the oldest first.
type notebook struct {
	all      []showroom.Settlement
	commands map[showroom.SettlementID]int // which of the terminal's commands each was
}

func (n *notebook) options(how zvt.Transport) zvt.Options {
	return zvt.Options{
		Transport: how,
		Known: func(ref showroom.Reference) (showroom.Settlement, bool, error) {
			for _, s := range slices.Backward(n.all) {
				if r := s.Result.Reference; r.Receipt == ref.Receipt && r.Trace == ref.Trace && r.TerminalID == ref.TerminalID {
					return s, true, nil
				}
			}
			return showroom.Settlement{}, false, nil
		},
		Before: func(s showroom.Settlement) ([]showroom.Settlement, error) {
			before := slices.Clone(n.all[:slices.IndexFunc(n.all, func(o showroom.Settlement) bool { return o.ID == s.ID })])
			slices.Reverse(before)
			return before, nil
		},
	}
}

// TestWhateverPeopleKeyIn: 200 settlements over each transport, payments and refunds of few sums, with a random trouble each, while people
// key in the same sums at the terminal, before a settlement, while its line is broken and behind it. What the terminal can not be asked a
// person decides, and not always rightly; then it is asked once more. No settlement that the driver closes differs from the terminal's
// ledger, nor what it says to such a decision.
//
// Only what a locked terminal does not take, and no receipt could tell, is not keyed in: the same sum the same way, while the terminal may
// still be at ours.
func TestWhateverPeopleKeyIn(t *testing.T) {
	for _, how := range []zvt.Transport{zvt.TCP, zvt.Serial} {
		t.Run(string(how), func(t *testing.T) {
			for seed := range uint64(2) {
				synctest.Test(t, func(t *testing.T) { peopleKeyIn(t, how, rand.New(rand.NewPCG(seed, 33))) })
			}
		})
	}
}

func peopleKeyIn(t *testing.T, how zvt.Transport, random *rand.Rand) {
	n := &notebook{commands: map[showroom.SettlementID]int{}}
	s := open(t, n.options(how), zvtsim.Options{Transport: how, Pace: 2 * time.Second})
	defer func() { s.stop() }()
	people := func() {
		if s.pt.Repeats() && random.IntN(3) == 0 { // it is not at something
			s.pt.KeyIn([]zvtsim.Kind{zvtsim.Payment, zvtsim.Refund, zvtsim.Reversal}[random.IntN(3)], int64(100+random.IntN(3)))
		}
	}
	count := map[string]int{}
	for i := range 200 {
		people()
		<-time.After(time.Minute)
		s.up()
		p := payment(int64(100 + random.IntN(3)))
		p.ID = showroom.SettlementID(fmt.Sprint("s", i))
		if random.IntN(3) == 0 {
			p.Kind = showroom.Refund
		}
		n.all = append(n.all, p)
		s.pt.Forget()
		fault := anyFault(random)
		if random.IntN(2) == 0 {
			fault.Trouble = []zvtsim.Trouble{zvtsim.Pull, zvtsim.Hang}[random.IntN(2)]
		}
		s.pt.Script(fault)
		before := s.pt.Commands()
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+random.IntN(600))*time.Second)
		r := s.driver.Settle(ctx, p, deaf)
		cancel()
		if s.pt.Commands() > before {
			n.commands[p.ID] = s.pt.Commands()
		}
		from := "at once"
		if r.Outcome == showroom.Unknown {
			from = "asked"
			if random.IntN(2) == 0 { // the program dies, and comes back later
				s.stop()
				<-time.After(time.Duration(5+random.IntN(10)) * time.Minute)
				people()
				s.run(n.options(how))
			}
			tries := 5
			if random.IntN(3) == 0 { // somebody decides before the terminal can be asked
				tries = 0
			}
			for try := 0; r.Outcome == showroom.Unknown && try < tries; try++ {
				<-time.After(time.Minute)
				s.up()
				r = s.driver.Recover(t.Context(), p)
			}
		}
		closed, err := p.Conclude(r, moment())
		if err != nil {
			t.Fatal(err)
		}
		if closed.Open() {
			from = "by a person"
			o := []showroom.Outcome{showroom.Approved, showroom.Declined}[random.IntN(2)]
			if closed, err = closed.Decide(o, "ayse", "thinks so", closed.Changed); err != nil {
				t.Fatal(err)
			}
			<-time.After(time.Duration(5+random.IntN(10)) * time.Minute)
			people()
			s.up()
			if r = s.driver.Recover(t.Context(), closed); r.Outcome != showroom.Unknown {
				from = "by a person, and asked"
				s.agrees(as(closed, r), n.commands[p.ID])
			}
			closed = closed.Contradict(r, moment())
		} else {
			s.agrees(closed, n.commands[p.ID])
		}
		n.all[i] = closed
		count[fmt.Sprintf("%s %s", closed.State, from)]++
	}
	t.Logf("%d at the terminal: %v", len(s.pt.Ledger()), count)
	if count["approved asked"] < 5 || count["declined asked"] < 1 || count["approved by a person"]+count["declined by a person"] < 5 ||
		count["approved by a person, and asked"]+count["declined by a person, and asked"] < 1 {
		t.Errorf("this is not the torture meant: %v", count)
	}
}

// as is a settlement as the terminal says it ended.
func as(p showroom.Settlement, r showroom.Result) showroom.Settlement {
	p.Result, p.State = r, showroom.SettlementDeclined
	if r.Outcome == showroom.Approved {
		p.State = showroom.SettlementApproved
	}
	return p
}

// agrees holds what the driver has closed to the terminal's ledger.
func (s *shop) agrees(p showroom.Settlement, command int) {
	s.t.Helper()
	took := slices.DeleteFunc(s.pt.Ledger(), func(e zvtsim.Entry) bool { return command == 0 || e.Command != command })
	switch {
	case p.State == showroom.SettlementDeclined && len(took) > 0:
		s.t.Errorf("%s is declined (%s), and the ledger says %+v", p.ID, p.Result.Code, took)
	case p.State == showroom.SettlementApproved && (len(took) != 1 || took[0].Amount != p.Amount.Minor || string(took[0].Kind) != string(p.Kind) ||
		fmt.Sprintf("%04d", took[0].Receipt) != p.Result.Reference.Receipt):
		s.t.Errorf("%s is approved with %+v, and the ledger says %+v", p.ID, p.Result, took)
	}
}
