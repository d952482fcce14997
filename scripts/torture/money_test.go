//go:build torture

package torture

import (
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

var (
	moneyInside = flag.Int("money", 1000, "settlements at each kind of device with the agent in this process and its timers at -money-scale")
	moneyScale  = flag.Int("money-scale", 50, "how many times faster than in real life the timers of those are")
	moneyStands = flag.Int("money-stands", 4, "checkouts of each kind that share them, side by side")
)

// TestMoneyIsRight settles a thousand times at a payment terminal and a thousand times at a fiscal device, over TCP. The agent is in
// this process: a program could not be told to keep faster time. It is killed by ending everything it does without a last word.
func TestMoneyIsRight(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("seed %d", *seed)
	for n, name := range []string{"payment terminal", "fiscal device"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sum result
			stands, parts := make([]*stand, *moneyStands), make([]result, *moneyStands)
			var all sync.WaitGroup
			for i := range parts {
				share := *moneyInside / *moneyStands
				if i == 0 {
					share = *moneyInside - share*(*moneyStands-1)
				}
				s := openStand(t, n == 1, *moneyScale)
				stands[i] = s
				dice := rand.New(rand.NewPCG(*seed, uint64(100+10*n+i)))
				all.Go(func() { parts[i] = s.torture(share, dice) })
			}
			all.Wait()
			for i, s := range stands {
				parts[i].audit(t, readBooks(t, s.dir, "m"), s.device.moved())
				sum.add(parts[i])
			}
			sum.print(t, name)
			sum.meant(t)
		})
	}
}

// torture settles so many times, each with a trouble, and answers what was done to it.
func (s *stand) torture(settlements int, dice *rand.Rand) (r result) {
	begun := time.Now()
	for done := 0; done < settlements && !s.t.Failed(); {
		if s.once(anyTrouble(dice), dice, &r) {
			done++
		}
	}
	s.close()
	r.took = time.Since(begun)
	return r
}

// once has a shopper pay with a trouble; false when the device was never asked.
func (s *stand) once(what trouble, dice *rand.Rand, r *result) bool {
	if what == mute && s.fiscal {
		what = killed // it keeps everything
	}
	s.fill(dice)
	s.device.spoil(what, dice)
	id := s.pay()
	if id == "" {
		return false
	}
	s.suffer(what, dice, r)
	return s.await(id)
}

// moment is some part of what so many seconds of real life are here.
func (s *stand) moment(dice *rand.Rand, seconds int) time.Duration {
	return time.Duration(dice.Int64N(int64(time.Duration(seconds) * time.Second / time.Duration(s.faster))))
}

// suffer lets happen what does not happen at a step of the device, and makes good what does.
func (s *stand) suffer(what trouble, dice *rand.Rand, r *result) {
	ctx := context.Background()
	switch what {
	case pulled:
		r.pulls++
	case hung:
		r.hangs++
		if dice.IntN(10) > 0 { // otherwise nobody comes until the agent has given up
			rest(ctx, s.moment(dice, 30))
			s.unplug()
			s.plug()
		}
	case killed, mute:
		r.kills++
		rest(ctx, s.moment(dice, 6))
		s.kill()
		rest(ctx, s.moment(dice, 5))
		s.begin()
	case cut:
		r.cuts++
		rest(ctx, s.moment(dice, 6))
		s.unplug()
		rest(ctx, s.moment(dice, 10))
		s.plug()
	}
}

// fill puts pieces into a new basket, or into the one that could not be paid for.
func (s *stand) fill(dice *rand.Rand) {
	k, err := s.desks.Kiosk(sco)
	if err != nil {
		s.t.Error(err)
		return
	}
	for range 1 + dice.IntN(2) {
		s.untilOpen()
		item := garments()[dice.IntN(len(garments()))].gtin
		s.update(func(tx *store.Tx) error { return s.desks.Scan(tx, k, devices.Scan{Kind: devices.ScanItem, GTIN: item}) })
	}
}

// untilOpen waits until a shopper can begin, or go on, and takes away what the last one has left.
func (s *stand) untilOpen() {
	s.eventually("the checkout opens", func() bool {
		now := s.look()
		switch now.Stage {
		case "receipt", "parked":
			s.update(func(tx *store.Tx) error { return s.desks.Done(tx, now.Kiosk) })
		case "basket":
			if now.Totals.Pieces > 6 {
				s.update(func(tx *store.Tx) error { return s.desks.Abandon(tx, now.Kiosk, "shopper") })
				return false
			}
			return now.Closed == ""
		case "attract":
			return now.Closed == ""
		}
		return false
	})
}

// pay presses Pay and answers the settlement that this begins; empty when it was refused.
func (s *stand) pay() (id showroom.SettlementID) {
	now := s.look()
	s.update(func(tx *store.Tx) error {
		if err := s.desks.Pay(tx, now.Kiosk, now.Totals.Due); err != nil {
			return err
		}
		b, _, err := tx.OpenBasketAt(sco)
		id = b.Settlement
		return err
	})
	return id
}

// await waits until a settlement is closed, and has staff decide where the device can not say; false when it never was.
func (s *stand) await(id showroom.SettlementID) (was bool) {
	healed := time.Now()
	s.eventually("settlement "+string(id)+" is closed", func() bool {
		var found, listed showroom.Settlement
		if err := s.db.View(context.Background(), func(v *store.View) (err error) {
			if found, err = v.Settlement(id); err != nil {
				return err
			}
			open, err := v.OpenSettlements() // what the staff page shows
			if i := slices.IndexFunc(open, func(o showroom.Settlement) bool { return o.ID == id }); i >= 0 {
				listed = open[i]
			}
			return err
		}); err != nil {
			if showroom.ErrorCode(err) != showroom.CodeNotFound {
				s.t.Error(err)
			}
			return s.look().Stage == "basket"
		}
		was = true
		if !found.Open() {
			return true
		}
		if time.Since(healed) > 3*time.Second && !s.device.says() && listed.State == showroom.SettlementUnsure {
			s.decide(found)
		}
		return false
	})
	return was
}

// decide is an associate who looks at the device's own journal.
func (s *stand) decide(open showroom.Settlement) {
	o := showroom.Declined
	for _, m := range s.device.moved() {
		if !m.at.Before(open.Started.Wall) {
			o = showroom.Approved
		}
	}
	if err := s.desks.Decide(context.Background(), open.ID, o, "elif", "the terminal's journal says so"); err != nil {
		s.t.Error(err)
	}
}

// eventually waits, with a finger on the screen. What takes too long is looked at by somebody who switches the device off and on.
func (s *stand) eventually(what string, is func() bool) {
	begun := time.Now()
	for again := begun; !is(); {
		if time.Since(begun) > 2*time.Minute {
			s.t.Errorf("%s: not in two minutes", what)
			return
		}
		if time.Since(again) > 8*time.Second {
			again = time.Now()
			s.unplug()
			s.plug()
		}
		s.desks.Touch(sco)
		rest(context.Background(), 15*time.Millisecond)
	}
}
