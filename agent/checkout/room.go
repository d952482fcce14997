package checkout

import (
	"context"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// What the shopper is told in place of the device's words while the disk takes nothing.
const (
	promptNoRoom     = "disk_full"  // the device is not asked
	promptUnrecorded = "unrecorded" // it has answered
)

// payIfThereIsRoom has a basket paid for. One that can not be written down, or only into the reserve of what was begun before, goes back
// to its shopper as soon as that can be: nobody has been asked for money, and nobody shall be when the shopper may have gone.
func (c *cashier) payIfThereIsRoom(ctx context.Context, b showroom.Basket) error {
	d := c.desks
	if !c.unwritten[b.Settlement] {
		err := d.db.Reserve()
		if err == nil {
			err = c.pay(ctx, b)
		}
		if !noRoom(err) {
			return err
		}
		d.opt.Log.Error("A payment can not be written down, so its device is not asked", "device", string(c.device), "err", err)
		c.unwritten[b.Settlement] = true
		d.prompt(b.Kiosk, b.Settlement, showroom.Progress{Code: promptNoRoom})
	}
	err := d.handBack(ctx, b, noticeDiskFull)
	if err == nil {
		delete(c.unwritten, b.Settlement)
	}
	return err
}

// handBack gives a basket that waits for its device back to its shopper, and says why. Nobody has been asked for money.
func (d *Desks) handBack(ctx context.Context, b showroom.Basket, why string) error {
	return d.db.Update(ctx, func(tx *store.Tx) error {
		now, err := tx.Basket(b.ID)
		if err != nil || now.State != showroom.BasketFrozen || now.Settlement != b.Settlement {
			return err
		}
		return d.thaw(tx, now, why)
	})
}
