package checkout

import (
	"context"
	"sync"
	"time"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

const (
	// sweeps is how often what falls due by itself is looked for at the latest while somebody is there.
	sweeps = 10 * time.Second
	// downtime is after how long without an agent nobody is taken to be at a kiosk any more.
	downtime = time.Minute
)

// Run serves the payment devices and does what falls due by itself: prices that have become lower, baskets nobody comes back for,
// receipts nobody has taken. It runs until ctx ends.
func (d *Desks) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	for _, c := range d.cashiers {
		all.Go(func() { _ = c.run(ctx) }) // it ends with ctx alone
	}
	d.runPresses(ctx, &all)
	all.Go(func() { d.runTakeBacks(ctx) })
	timer := time.NewTimer(0)
	defer timer.Stop()
	failing := false
	for {
		changed, live := d.db.Changed(), d.board.Changed()
		next, err := d.sweep(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if !failing {
				d.opt.Log.Error("Checkouts can not be kept up to date", "err", err)
			}
			next = firstAsking
		}
		failing = err != nil
		timer.Reset(next)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-live:
		case <-timer.C:
		}
	}
}

// sweep does what is due. What is due is looked for reading, so that a shop at rest writes nothing.
func (d *Desks) sweep(ctx context.Context) (next time.Duration, err error) {
	next = d.calm()
	d.settleTags(ctx, nil)
	var due bool
	err = d.db.View(ctx, func(v *store.View) (err error) {
		due, err = d.due(v, d.opt.Clock(), &next)
		return err
	})
	if err != nil || !due {
		return next, err
	}
	return next, d.db.Update(ctx, d.keep)
}

// calm lets trays come to rest, locks kiosks that staff have left unlocked, and answers how long until there is more of that.
func (d *Desks) calm() time.Duration {
	next, now := sweeps, d.opt.Clock()
	for _, k := range d.opt.Kiosks {
		c := d.board.Counter(k.ID)
		if c.Settling != (showroom.Moment{}) {
			if left := c.Settling.Mono - now.Mono; left > 0 {
				next = min(next, left)
			} else {
				d.board.ChangeCounter(k.ID, func(c *live.Counter) { c.Settling = showroom.Moment{} })
			}
		}
		if c.Staff != "" {
			if left := unlockedFor - now.Since(c.Unlocked); left > 0 {
				next = min(next, left)
			} else {
				d.Lock(k.ID)
			}
		}
	}
	return next
}

// due says whether keep would do anything now, and shortens next to when it will.
func (d *Desks) due(v *store.View, now showroom.Moment, next *time.Duration) (bool, error) {
	live, err := v.LiveBaskets()
	if err != nil {
		return false, err
	}
	due := false
	for _, b := range live {
		why, left := d.lapsed(b, now)
		if left > 0 {
			*next = min(*next, left)
		}
		_, less, err := d.lower(v, b, now)
		if err != nil {
			return false, err
		}
		due = due || why != "" || less
	}
	for _, k := range d.opt.Kiosks {
		desk, err := v.Desk(k.ID)
		if err != nil {
			return false, err
		}
		busy, err := d.busy(v, desk)
		if err != nil {
			return false, err
		}
		vain, err := d.forsakenCall(v, desk, now)
		if err != nil {
			return false, err
		}
		idle, err := standsForNothing(v, desk)
		if err != nil {
			return false, err
		}
		sees, err := d.seesAgain(v, k, desk)
		if err != nil {
			return false, err
		}
		due = due || busy && stale(now, desk.Seen, sweeps) || d.forsakenDesk(desk, now) || vain || idle || sees
	}
	return due, nil
}

// stale says that a moment is longer ago than that, or nobody knows how long.
func stale(now, then showroom.Moment, after time.Duration) bool {
	return now.Since(then) >= after || then.Ahead(now)
}

// busy says that somebody is at a kiosk.
func (d *Desks) busy(v *store.View, desk showroom.Desk) (bool, error) {
	if desk.Sale != "" || desk.Parked != "" {
		return true, nil
	}
	_, has, err := v.OpenBasketAt(desk.Kiosk)
	return has, err
}

// forsakenDesk says that a receipt or a code has been shown for so long that nobody looks at it any more.
func (d *Desks) forsakenDesk(desk showroom.Desk, now showroom.Moment) bool {
	if desk.Sale == "" && desk.Parked == "" {
		return false
	}
	shown := d.board.Counter(desk.Kiosk).Touched
	return shown.Boot == now.Boot && now.Since(shown) >= d.forsaken()
}

// keep does what is due.
func (d *Desks) keep(tx *store.Tx) error {
	if _, err := d.expire(tx); err != nil {
		return err
	}
	live, err := tx.LiveBaskets()
	if err != nil {
		return err
	}
	for _, b := range live {
		b, less, err := d.lower(&tx.View, b, tx.Now())
		if err != nil {
			return err
		}
		if less {
			if err := save(tx, b); err != nil {
				return err
			}
		}
	}
	for _, k := range d.opt.Kiosks {
		if err := d.keepDesk(tx, k); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desks) keepDesk(tx *store.Tx, k Kiosk) error {
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if idle, err := standsForNothing(&tx.View, desk); err != nil || idle {
		if idle {
			err = d.standDown(tx, k, desk)
		}
		return err
	}
	if sees, err := d.seesAgain(&tx.View, k, desk); err != nil || sees {
		if sees {
			err = d.lookAgain(tx, k)
		}
		return err
	}
	if d.forsakenDesk(desk, tx.Now()) {
		return d.Done(tx, k)
	}
	if vain, err := d.forsakenCall(&tx.View, desk, tx.Now()); err != nil || vain {
		if vain {
			err = d.endVisit(tx, k.ID, "")
		}
		return err
	}
	busy, err := d.busy(&tx.View, desk)
	if err != nil || !busy || !stale(tx.Now(), desk.Seen, sweeps) {
		return err
	}
	desk.Seen = tx.Now()
	return tx.PutDesk(desk)
}

// resumeAll settles what an agent that was stopped or killed has left at the kiosks. A basket that was waiting for its device goes back
// to the shopper: nobody has been asked for money. After more than a minute nobody is taken to be there: what is unpaid waits for
// staff, and what comes of a payment that is under way is not shown to whoever stands there next.
func (d *Desks) resumeAll(tx *store.Tx) error {
	for _, k := range d.opt.Kiosks {
		if err := d.resume(tx, k); err != nil {
			return err
		}
	}
	if err := d.resumePapers(tx); err != nil {
		return err
	}
	if err := d.resumeStrays(tx); err != nil {
		return err
	}
	return d.resumeOrphans(tx)
}

// resumeStrays sets aside the baskets of kiosks that are not in the configuration any more. What is being paid for there goes on.
func (d *Desks) resumeStrays(tx *store.Tx) error {
	live, err := tx.LiveBaskets()
	if err != nil {
		return err
	}
	for _, b := range live {
		if d.stands(b.Kiosk) || b.State != showroom.BasketOpen && b.State != showroom.BasketFrozen {
			continue
		}
		if b.State == showroom.BasketFrozen {
			_, err = tx.Settlement(b.Settlement)
			if code := showroom.ErrorCode(err); code == "" {
				continue
			} else if code != showroom.CodeNotFound {
				return err
			}
		}
		if b.Pieces() == 0 {
			err = d.abandon(tx, b, "expired")
		} else {
			err = d.park(tx, b, parkedByPower, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// resumeOrphans sees to settlements whose device is not in the configuration any more, so that nobody would ask it: what it has been
// asked for is staff's to decide, and what it has not comes to nothing. What they have decided it is not asked about.
func (d *Desks) resumeOrphans(tx *store.Tx) error {
	open, err := tx.OpenSettlements()
	if err != nil {
		return err
	}
	for _, s := range open {
		if d.cashiers[s.Device] != nil || s.State != showroom.SettlementAsked {
			continue
		}
		now, err := s.Conclude(showroom.Result{}, tx.Now())
		if err != nil {
			return err
		}
		if _, err := d.settled(tx, s, now); err != nil {
			return err
		}
		d.logDoubt(s, now)
	}
	if err := d.letGo(tx, func(s showroom.Settlement) bool { return d.cashiers[s.Device] == nil }); err != nil {
		return err
	}
	ordered, err := tx.WaitingSettlements()
	if err != nil {
		return err
	}
	for _, s := range ordered {
		if d.cashiers[s.Device] != nil {
			continue
		}
		if err := withdraw(tx, s); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desks) resume(tx *store.Tx, k Kiosk) error {
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	b, has, err := tx.OpenBasketAt(k.ID)
	if err != nil {
		return err
	}
	now := tx.Now()
	unknown := now.Boot != desk.Seen.Boot && !now.Confirmed() // for how long the machine was off nobody knows
	away := unknown || stale(now, desk.Seen, downtime)
	d.Touch(k.ID) // what is shown is shown for a while
	thawed := false
	if has && b.State == showroom.BasketFrozen {
		_, err := tx.Settlement(b.Settlement)
		switch showroom.ErrorCode(err) {
		case "":
			desk.Left = desk.Left || away
		case showroom.CodeNotFound:
			if b, err = b.Thaw(tx.Now()); err != nil {
				return err
			}
			if err := save(tx, b); err != nil {
				return err
			}
			thawed = true
		default:
			return err
		}
	}
	sale, shown := desk.Sale, desk.Sale != "" || desk.Parked != ""
	if away {
		desk.Sale, desk.Parked = "", ""
	}
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	if away && shown && !has {
		return d.endVisit(tx, k.ID, sale)
	}
	if thawed { // what was laid down or lifted while it waited counts first
		if err := d.lookAgain(tx, k); err != nil {
			return err
		}
		if b, has, err = tx.OpenBasketAt(k.ID); err != nil {
			return err
		}
	}
	if !away || !has || !b.Open() {
		return nil
	}
	if b.Pieces() == 0 {
		return d.abandon(tx, b, "expired")
	}
	return d.park(tx, b, parkedByPower, false)
}

func forgetPrint(c *live.Counter) { c.Printed = "" }
