//go:build torture

package torture

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
)

var (
	moneyFast   = flag.Int("money", 1000, "settlements at each kind of device with timers that go -money-scale times faster")
	moneyScale  = flag.Int("money-scale", 50, "how many times faster than in real life the timers of those are")
	moneyStands = flag.Int("money-stands", 4, "checkouts of each kind that share them, side by side")
	moneyReal   = flag.Int("money-real", 20, "settlements at each kind of device with the timers of real life")
)

// TestMoneyIsRight settles a thousand times at payment terminals, over TCP and serial lines, and a thousand times at fiscal devices.
func TestMoneyIsRight(t *testing.T) {
	tortureMoney(t, *moneyFast, *moneyStands, *moneyScale, 100)
}

// TestMoneyIsRightAtRealScale is the same with the timers of real life, and fewer.
func TestMoneyIsRightAtRealScale(t *testing.T) {
	tortureMoney(t, *moneyReal, 2, 1, 200)
}

func tortureMoney(t *testing.T, settlements, stands, faster int, stream uint64) {
	t.Helper()
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("seed %d", *seed)
	bin := build(t)
	for n, name := range []string{"payment terminal", "fiscal device"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			opened := make([]*stand, stands)
			for i := range opened {
				share := settlements / stands
				if i == 0 {
					share = settlements - share*(stands-1)
				}
				place := []string{tcp, serial}[i%2]
				if n == 1 {
					place = tcp
				}
				s := openStand(t, bin, place, n == 1, faster, rand.New(rand.NewPCG(*seed, stream+uint64(10*n+i))))
				s.turn = i * 5
				opened[i] = s
				all.Go(func() { s.torture(share) })
			}
			all.Wait()
			var sum result
			for _, s := range opened {
				sum.add(s.result)
			}
			sum.print(t, fmt.Sprintf("%s, timers 1/%d, seed %d", name, faster, *seed))
			if settlements >= 200 || faster == 1 && settlements >= 20 {
				sum.meant(t)
			}
		})
	}
}

// torture settles so many times, each with a trouble, and holds what is written down against the device's ledger.
func (s *stand) torture(settlements int) {
	begun := time.Now()
	for done := 0; ; {
		for ; done < settlements && !s.t.Failed(); done++ {
			s.once(s.trouble(done))
		}
		s.agent.Stop()
		b := readBooks(s.t, s.dir, machine(s.t))
		if done = len(b.settlements); done >= settlements || s.t.Failed() {
			s.check(b)
			s.result.took = time.Since(begun)
			return
		}
		s.begin() // some were ended before they had begun
	}
}

// trouble is what befalls the nth settlement: by chance, or in turn where there are few.
func (s *stand) trouble(n int) trouble {
	turn := []trouble{killed, pulled, hung, late, cut, away, refused, paperless, killed, pulled}
	switch {
	case s.faster > 1:
		return anyTrouble(s.dice)
	case n == 0: // a terminal that has never moved money has nothing to say
		return fine
	}
	return turn[(n+s.turn)%len(turn)]
}

// check holds the books against the ledger, and what an associate has said against the books.
func (s *stand) check(b books) {
	s.t.Helper()
	s.result.audit(s.t, b, s.device.moved())
	if s.result.open > 0 {
		s.t.Errorf("%s: %d are open, and nobody is left who could say more", s.dir, s.result.open)
	}
	for id, said := range s.said {
		e, decided := b.decided[id]
		i := slices.IndexFunc(b.settlements, func(s showroom.Settlement) bool { return s.ID == id })
		if i < 0 || !decided || e.By != "elif" || e.Why != said.why || string(b.settlements[i].State) != string(said.outcome) {
			s.t.Errorf("%s: elif has said %v of %s, and written down is %+v", s.dir, said, id, e)
		}
	}
	for id := range b.decided {
		if !s.listed[string(id)] {
			s.t.Errorf("%s: %s was decided and never listed", s.dir, id)
		}
	}
}

// once has a shopper pay, or an associate give money back, with a trouble.
func (s *stand) once(what trouble) {
	s.t.Helper()
	if what == mute && s.fiscal {
		what = killed // it keeps everything
	}
	sure := s.device.says() && what != mute && what != away
	if len(s.sales) > 0 && s.dice.IntN(4) == 0 {
		s.untilOpen()
		sale := s.sales[max(0, len(s.sales)-1-s.dice.IntN(5))]
		presses := 1
		if sure {
			presses += s.dice.IntN(3)
		}
		s.with(what, 300*time.Millisecond, func() bool { return s.giveBack(sale, presses) })
		return
	}
	now := s.fill()
	s.with(what, 0, func() bool {
		return s.post(localapi.PathPay, localapi.PayCommand{Command: tap(), Due: now.Basket.Due}) == nil
	})
}

// with does something that asks the device for money, has a trouble befall it and waits until everybody knows what became of it: until
// nothing has been open for as long as quiet.
func (s *stand) with(what trouble, quiet time.Duration, ask func() bool) {
	s.t.Helper()
	s.device.spoil(what, s.dice)
	s.reverses = false
	asked, moved, said := time.Now(), len(s.device.moved()), len(s.said)
	if (what == killed || what == mute) && s.dice.IntN(3) == 0 { // before there is an answer
		sent := make(chan struct{})
		go func() { defer close(sent); ask() }()
		s.suffer(what)
		<-sent
	} else {
		if !ask() {
			return
		}
		s.suffer(what)
	}
	if what == away {
		s.await(asked, quiet)
		s.plug()
		s.gone = false
	}
	s.await(asked, quiet)
	if len(s.said) == said && len(s.device.moved()) > moved {
		s.vague = false
	}
}

// suffer lets happen what does not happen at a step of the device, and makes good what does.
func (s *stand) suffer(what trouble) {
	s.t.Helper()
	s.result.met[what]++
	switch what {
	case hung:
		if s.faster == 1 || s.dice.IntN(10) > 0 { // otherwise nobody comes until the agent has given up
			s.rest(10 + 20*min(s.faster-1, 1))
			s.unplug()
			s.plug()
		}
	case paperless:
		s.rest(15)
		if s.dice.IntN(3) == 0 {
			s.kill()
		}
		s.device.restart()
	case killed, mute:
		s.rest(6)
		s.kill()
	case cut:
		s.rest(6)
		s.unplug()
		s.rest(10)
		s.plug()
	case away:
		s.rest(4)
		s.unplug()
		s.gone = true
	}
}

// kill ends the agent as a power cut would, and starts it again.
func (s *stand) kill() {
	s.agent.Kill()
	s.rest(5)
	s.begin()
}

// await waits until nothing is open, and has staff decide where the device can not say. Whoever is told at the kiosk that nobody knows
// must be on the staff page.
func (s *stand) await(asked time.Time, quiet time.Duration) {
	s.t.Helper()
	healed, calm := time.Now(), time.Now()
	var unheard time.Time // since when the kiosk says that nobody knows and staff are not told; zero for not at all
	patience := 3 * time.Second
	if s.faster == 1 {
		patience = 15 * time.Second // a stubborn terminal takes its time
	}
	s.eventually("it is known what became of it", func() bool {
		now, err := s.look()
		p := s.undecided()
		if err != nil || !p.seen {
			return false
		}
		switch {
		case now.Stage != localapi.StageUnknown || len(p.open) > 0:
			unheard = time.Time{}
		case unheard.IsZero():
			unheard = time.Now()
		case time.Since(unheard) > 2*time.Second:
			s.fail("the kiosk says that nobody knows, and the staff page does not")
		}
		if len(p.open) > 0 || now.Stage == localapi.StageUnknown || now.Stage == localapi.StagePaying {
			calm = time.Now()
		}
		if len(p.decide) > 0 && (s.gone || time.Since(healed) > patience) {
			if why := s.silent(asked); why >= 0 {
				s.decide(p.decide[0], s.journal(p.decide[0], asked), why)
			}
		}
		return len(p.open) == 0 && time.Since(calm) >= quiet && now.Stage != localapi.StageUnknown && now.Stage != localapi.StagePaying
	})
}

// silence is why a device can not say what has become of a settlement.
type silence int

const (
	isAway   silence = iota // it is not there
	keepsNo                 // it keeps no receipt
	unknown                 // its last receipt may be of the settlement before, which staff have decided: nobody was told that one's number
	sameSlip                // its last receipt is that of the payment which it was to undo, whose number a reversal may have
	silences
)

// silent is why the device can not say; less than 0 where it can.
func (s *stand) silent(asked time.Time) silence {
	all := s.device.moved()
	switch {
	case s.gone && s.device.rests():
		return isAway
	case s.gone || s.fiscal:
	case !s.device.says():
		return keepsNo
	case s.vague:
		return unknown
	case len(all) > 0 && s.reverses && all[len(all)-1].at.Before(asked):
		return sameSlip
	}
	return -1
}

// journal is what the device's own says of a settlement.
func (s *stand) journal(id string, asked time.Time) showroom.Outcome {
	for _, m := range s.device.moved() {
		if m.settlement == showroom.SettlementID(id) || m.settlement == "" && !m.at.Before(asked) {
			return showroom.Approved
		}
	}
	return showroom.Declined
}

// eventually waits. What takes too long is looked at by somebody who switches the device off and on.
func (s *stand) eventually(what string, is func() bool) {
	s.t.Helper()
	begun, limit, look := time.Now(), 2*time.Minute, 8*time.Second
	if s.faster == 1 {
		limit, look = 7*time.Minute, 30*time.Second
	}
	for again := begun; !is(); rest(context.Background(), 10*time.Millisecond) {
		if time.Since(begun) > limit {
			now, err := s.look()
			s.fail("%s: not in %v; the kiosk shows %+v, %v, staff %+v", what, limit, now, err, s.undecided())
		}
		if time.Since(again) > look && !s.gone {
			again = time.Now()
			s.unplug()
			s.plug()
		}
	}
}
