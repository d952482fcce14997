package checkout

import (
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// parkedInRoom: somebody in a fitting room wants to pay for what hangs there.
const parkedInRoom = "room"

// Transfer sets a basket aside for what hangs in a fitting room, under a code that opens it at any checkout. Nothing of it has been seen
// at a checkout, so all of it is only wished for until it is. What nobody can name or price is left out. came is when whoever wants it
// came to the room: what they have transferred before is replaced, and the code of somebody before them goes on to hold.
// CodeUnavailable while no checkout is open, CodeConflict when there is nothing to be transferred.
func (d *Desks) Transfer(tx *store.Tx, from showroom.KioskID, came showroom.Moment, items []gs1.GTIN) (showroom.Basket, error) {
	none := showroom.Basket{}
	if open, err := d.anyOpen(&tx.View, tx.Now()); err != nil || !open {
		if err == nil {
			err = showroom.Errorf(showroom.CodeUnavailable, "Self-checkout is closed now.")
		}
		return none, err
	}
	if err := d.replace(tx, from, came); err != nil {
		return none, err
	}
	b := showroom.Basket{
		ID: showroom.BasketID(d.opt.NewID()), Kiosk: from, State: showroom.BasketOpen, Currency: d.opt.Currency, Opened: tx.Now(), Changed: tx.Now(),
	}
	for _, item := range items {
		l, err := d.line(&tx.View, item, tx.Now().Wall)
		if told(err) {
			continue
		}
		if err != nil {
			return none, err
		}
		l.ID, l.Source, l.Wish = showroom.LineID(d.opt.NewID()), showroom.FromRoom, true
		if b, err = b.Add(l, tx.Now()); err != nil {
			return none, err
		}
	}
	if len(b.Lines) == 0 {
		return none, showroom.Errorf(showroom.CodeConflict, "There is nothing here that a checkout could sell.")
	}
	return d.putAside(tx, b)
}

// putAside numbers a basket that no checkout has had and saves it under a code.
func (d *Desks) putAside(tx *store.Tx, b showroom.Basket) (showroom.Basket, error) {
	number, err := tx.NextNumber(store.BasketNumbers, d.day(tx.Now().Wall))
	if err != nil {
		return b, err
	}
	b.Number = int(number)
	code, err := d.code(&tx.View)
	if err != nil {
		return b, err
	}
	if b, err = b.Park(code, parkedInRoom, tx.Now()); err != nil {
		return b, err
	}
	if err := save(tx, b); err != nil {
		return b, err
	}
	_, err = tx.Append(showroom.BasketParked{
		Basket: b.ID, Kiosk: b.Kiosk, Number: b.Number, Due: showroom.Money{Currency: b.Currency}, Reason: b.Reason,
	})
	return b, err
}

// replace ends what was transferred from a kiosk since somebody came there, and nobody has opened.
func (d *Desks) replace(tx *store.Tx, from showroom.KioskID, came showroom.Moment) error {
	parked, err := tx.ParkedBaskets()
	if err != nil {
		return err
	}
	for _, b := range parked {
		if b.Kiosk != from || b.Reason != parkedInRoom || b.State != showroom.BasketAside || before(b.Opened, came) {
			continue
		}
		if err := d.abandon(tx, b, "shopper"); err != nil {
			return err
		}
	}
	return nil
}

// before says that one moment was before another, as far as their clocks can tell.
func before(one, other showroom.Moment) bool {
	if one.Boot == other.Boot {
		return one.Mono < other.Mono
	}
	return one.Wall.Before(other.Wall)
}

// anyOpen says that somebody can begin to pay at one of the kiosks.
func (d *Desks) anyOpen(v *store.View, at showroom.Moment) (bool, error) {
	for _, k := range d.opt.Kiosks {
		desk, err := v.Desk(k.ID)
		if err != nil {
			return false, err
		}
		if d.shut(k, desk, at) == "" {
			return true, nil
		}
	}
	return false, nil
}
