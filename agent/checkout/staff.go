package checkout

import (
	"slices"
	"time"

	"showroom/agent/live"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// unlockedFor is after how long a kiosk that staff have unlocked locks itself.
const unlockedFor = 5 * time.Minute

// Unlock lets an associate, whose PIN has been checked, do at a kiosk what shoppers can not.
func (d *Desks) Unlock(kiosk showroom.KioskID, by showroom.StaffID) {
	now := d.opt.Clock()
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Staff, c.Unlocked, c.Notice = by, now, live.Notice{} })
}

// Lock ends that.
func (d *Desks) Lock(kiosk showroom.KioskID) {
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Staff, c.Unlocked = "", showroom.Moment{} })
}

// unlocked answers who has unlocked a kiosk, or a CodeForbidden refusal.
func (d *Desks) unlocked(kiosk showroom.KioskID) (showroom.StaffID, error) {
	by := d.board.Counter(kiosk).Staff
	if by == "" {
		return "", showroom.Errorf(showroom.CodeForbidden, "An associate must unlock this kiosk first.")
	}
	return by, nil
}

// Override gives a line another price, with a reason. A bag keeps its price: the law sets it. The kiosk must be unlocked.
func (d *Desks) Override(tx *store.Tx, k Kiosk, line showroom.LineID, unit showroom.Money, why string) error {
	by, err := d.unlocked(k.ID)
	if err != nil {
		return err
	}
	why = pan.Mask(why) // people type card numbers
	b, err := d.here(tx, k)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(b.Lines, func(l showroom.Line) bool { return l.ID == line })
	switch {
	case !b.Open():
		return showroom.Errorf(showroom.CodeConflict, "This basket is being paid for.")
	case i < 0:
		return showroom.Errorf(showroom.CodeNotFound, "This line is no longer in the basket.")
	case why == "":
		return showroom.Errorf(showroom.CodeInvalid, "Say why the price is another.")
	case unit.Currency != b.Currency || unit.Minor < 0 || unit.Minor > showroom.MostPrice:
		return showroom.Errorf(showroom.CodeInvalid, "This is no price in %s.", b.Currency)
	case b.Lines[i].Fixed:
		return showroom.Errorf(showroom.CodeForbidden, "Nothing may be taken off this.")
	}
	if err := remember(tx, b, b.Lines[i]); err != nil {
		return err
	}
	was := b.Lines[i].Unit
	b.Lines = slices.Clone(b.Lines)
	b.Lines[i].Unit, b.Lines[i].Overridden, b.Lines[i].Was = unit, why, showroom.Money{}
	b.Changed, b.Version = tx.Now(), b.Version+1
	if err := save(tx, b); err != nil {
		return err
	}
	_, err = tx.Append(showroom.PriceOverridden{Basket: b.ID, GTIN: b.Lines[i].GTIN, Was: was, Now: unit, By: by, Why: why})
	return err
}

// ReleaseHeld settles what the tray held for staff: it counts for nothing until it is lifted. The kiosk must be unlocked.
func (d *Desks) ReleaseHeld(tx *store.Tx, k Kiosk) error {
	if _, err := d.unlocked(k.ID); err != nil {
		return err
	}
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if err := tx.PutDesk(desk.Turn(showroom.LayHeld, showroom.LayAside)); err != nil {
		return err
	}
	d.quiet(k.ID)
	if err := d.seenTo(tx, k.ID, true); err != nil {
		return err
	}
	return changed(tx, k.ID, "")
}

// SetOpen closes a kiosk or opens it again. Who is paying there may finish. The kiosk must be unlocked.
func (d *Desks) SetOpen(tx *store.Tx, k Kiosk, open bool) error {
	if _, err := d.unlocked(k.ID); err != nil {
		return err
	}
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	desk.Closed = !open
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	if open {
		if err := d.lookAgain(tx, k); err != nil {
			return err
		}
	}
	return changed(tx, k.ID, "")
}
