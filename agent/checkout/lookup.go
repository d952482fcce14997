package checkout

import (
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// lookUp has a kiosk show how it stands with a payment under way at another one, to whoever has its code. Nobody pays here for that, so
// a kiosk that is shut does it too: as a rule the terminal they share is why nobody knows yet.
func (d *Desks) lookUp(tx *store.Tx, desk showroom.Desk, b showroom.Basket) error {
	if err := d.occupy(tx, desk, b.ID); err != nil {
		return err
	}
	desk, err := tx.Desk(desk.Kiosk)
	if err != nil {
		return err
	}
	desk.Parked = b.ID
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	d.quiet(desk.Kiosk)
	return changed(tx, desk.Kiosk, b.ID)
}

// comeBack shows a payment that is under way at this kiosk again to somebody who had gone, and has its code.
func (d *Desks) comeBack(tx *store.Tx, desk showroom.Desk, b showroom.Basket) error {
	if b.State != showroom.BasketFrozen || !desk.Left {
		return nil
	}
	desk.Left = false
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	d.quiet(desk.Kiosk)
	return changed(tx, desk.Kiosk, b.ID)
}

// answer tells the kiosks where somebody looks a payment up what became of it: they offer its receipt, or say why, in the word of a
// notice, it came to nothing.
func (d *Desks) answer(tx *store.Tx, b showroom.Basket, why string) error {
	for _, k := range d.opt.Kiosks {
		if k.ID == b.Kiosk {
			continue
		}
		desk, err := tx.Desk(k.ID)
		if err != nil {
			return err
		}
		if desk.Parked != b.ID {
			continue
		}
		if b.State == showroom.BasketPaid {
			err = d.showSale(tx, desk, b)
		} else if err = d.unshow(tx, k.ID, b.ID); err == nil {
			d.note(k.ID, why, "", nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
