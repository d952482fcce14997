package checkout

import (
	"context"
	"slices"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// unheardFor is after how long a device is not asked any more what it says of a decision of staff: one that was away for longer has been
// replaced, or has begun anew.
const unheardFor = 7 * 24 * time.Hour

// askUnheard asks the device, when it is there, about what staff have decided in its place. held: nothing new may be begun yet. That is
// until it has answered, or has been silent a few times although it is there; while it is not, whoever waits is not charged.
func (c *cashier) askUnheard(ctx context.Context, w work, sooner func(time.Duration)) (did, held bool, err error) {
	if len(w.unheard) == 0 {
		return false, false, nil
	}
	if over := c.hopeless(w.unheard); len(over) > 0 {
		return true, false, c.desks.db.Update(ctx, func(tx *store.Tx) error {
			return c.desks.letGo(tx, func(s showroom.Settlement) bool { return slices.Contains(over, s.ID) })
		})
	}
	if !c.up() {
		if len(w.waiting) > 0 {
			return true, false, c.desks.handBack(ctx, w.waiting[0], c.desks.noticeOf(showroom.Result{Reason: showroom.DeclinedDevice}))
		}
		return false, true, nil
	}
	for _, s := range w.unheard {
		left := c.pause(s)
		if left <= 0 {
			c.ask(ctx, s)
			return true, false, nil
		}
		held = held || s.Tries < mostTries
		sooner(left)
	}
	return false, held, nil
}

// hopeless are those that are not asked about any more: they are too old, or the device, which tells of its last movement only, could take
// what became of a later one for theirs.
func (c *cashier) hopeless(unheard []showroom.Settlement) (over []showroom.SettlementID) {
	now := c.desks.opt.Clock()
	for i, s := range unheard {
		known := now.Boot == s.Changed.Boot || now.Confirmed()
		if known && now.Since(s.Changed) >= unheardFor || !c.machine.Fiscal && i < len(unheard)-1 {
			over = append(over, s.ID)
		}
	}
	return over
}

// up says that the device can be asked.
func (c *cashier) up() bool {
	now, known := c.desks.board.Device(c.device)
	return known && now.State == devices.Up
}

// letGo leaves as it is what staff have decided: its device is not asked any more.
func (d *Desks) letGo(tx *store.Tx, over func(showroom.Settlement) bool) error {
	unheard, err := tx.UnheardSettlements()
	if err != nil {
		return err
	}
	for _, s := range unheard {
		if !over(s) {
			continue
		}
		s.Unheard = false
		if err := tx.PutSettlement(s); err != nil {
			return err
		}
		d.logUnheard(s)
	}
	return nil
}

// heardLater saves what a device has said, or could not say, of what staff have decided.
func (d *Desks) heardLater(tx *store.Tx, was, now showroom.Settlement) error {
	against := now.Contradicted() && !was.Contradicted()
	if !against && now.Unheard == was.Unheard && now.Tries == was.Tries {
		return nil
	}
	if err := tx.PutSettlement(now); err != nil {
		return err
	}
	if !against {
		if !now.Unheard {
			d.logUnheard(now)
		}
		return nil
	}
	d.opt.Log.Error("A payment device contradicts what staff have decided", "device", string(now.Device), "settlement", string(now.ID), "decided", string(now.State))
	if _, err := tx.Append(showroom.SettlementContradicted{Settlement: now.ID, State: now.State, Result: now.Later}); err != nil {
		return err
	}
	return d.withhold(tx, now)
}

// logUnheard says how it ended that a device was to be asked about what staff have decided.
func (d *Desks) logUnheard(s showroom.Settlement) {
	about := []any{"device", string(s.Device), "settlement", string(s.ID), "decided", string(s.State)}
	if s.Result.Outcome == showroom.Unknown {
		d.opt.Log.Info("A payment device can not say whether staff have decided right", about...)
		return
	}
	d.opt.Log.Info("A payment device says the same as staff have decided", about...)
}

// withhold sets the basket of a payment aside that has been taken although staff have said that it was not, so that nobody pays for it
// again. Another payment of it that is under way already goes on, and its basket is sold; staff see both.
func (d *Desks) withhold(tx *store.Tx, s showroom.Settlement) error {
	if s.State != showroom.SettlementDeclined || s.Basket == "" {
		return nil
	}
	b, err := tx.Basket(s.Basket)
	if code := showroom.ErrorCode(err); code == showroom.CodeNotFound {
		return nil // nobody has it any more
	}
	if err != nil || b.State != showroom.BasketOpen && b.State != showroom.BasketFrozen {
		return err
	}
	if b.State == showroom.BasketFrozen {
		if _, err := tx.Settlement(b.Settlement); showroom.ErrorCode(err) != showroom.CodeNotFound {
			return err
		}
		d.clearPromptOf(b.Kiosk, b.Settlement)
	}
	desk, err := tx.Desk(b.Kiosk)
	if err != nil {
		return err
	}
	return d.park(tx, b, parkedForStaff, !desk.Left && d.stands(b.Kiosk))
}
