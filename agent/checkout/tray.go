package checkout

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/live"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// settles is how long after the last change a tray may still change.
const settles = 1500 * time.Millisecond

// Apply writes down what presence has decided about the trays, in the transaction of the caller. Changes elsewhere are left to others.
// It is an ingest.Applier.
func (d *Desks) Apply(tx *store.Tx, changes []presence.Change) error {
	for _, c := range changes {
		if err := d.apply(tx, c); err != nil {
			return fmt.Errorf("write down that a garment on a tray has %s: %w", c.Kind, err) // which one is not for logs
		}
	}
	return nil
}

func (d *Desks) apply(tx *store.Tx, c presence.Change) error {
	if c.Kind == presence.Learned || c.Kind == presence.Released {
		return nil
	}
	if k, is := d.trayAt(c.From); is && c.From != c.To {
		if err := d.lifted(tx, k, c.EPC); err != nil {
			return err
		}
	}
	if k, is := d.trayAt(c.To); is && d.opt.Tags.Own(c.EPC) {
		return d.laid(tx, k, c.EPC, c.From != c.To)
	}
	return nil
}

func (d *Desks) trayAt(p showroom.Place) (Kiosk, bool) {
	for _, k := range d.opt.Kiosks {
		if p.Kind == showroom.PlaceTray && p.ID == k.Tray && k.Tray != "" {
			return k, true
		}
	}
	return Kiosk{}, false
}

// laid: a garment lies on the tray; anew, or as before. One that is laid down anew goes into the basket of the kiosk, and begins one if
// there is none, be it when a payment is over or a closed kiosk opens. What was left there by a basket that has ended begins none: whoever
// it belongs to has gone, or is about to. Once somebody begins a basket, in whatever way, that is theirs too, as if they had just laid it
// down, for it lies on their tray; see lookAgain. What was paid for is sold and does not exist any more; what was set aside is in another
// basket for as long as that holds it.
//
// One that was taken back and lifted before presence knew of it lies there on paper only: when it is laid down anew and the associate has
// gone, it counts.
func (d *Desks) laid(tx *store.Tx, k Kiosk, epc gs1.EPC, anew bool) error {
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if as, lies := desk.On(epc); lies && !(anew && as == showroom.LayAside && d.board.Counter(k.ID).Staff == "") {
		return nil
	}
	d.stir(k)
	if err := d.begins(tx, k, epc); err != nil {
		return err
	}
	return changed(tx, k.ID, "")
}

// begins has a garment that was laid down count, in a new basket if there is none.
func (d *Desks) begins(tx *store.Tx, k Kiosk, epc gs1.EPC) error {
	as, err := d.counts(tx, k, epc)
	if err == nil && as == showroom.LayLeft {
		as, err = d.takeIn(tx, k, epc)
	}
	if err != nil {
		return err
	}
	return d.lay(tx, k, epc, as)
}

// stir notes that a tray has just changed.
func (d *Desks) stir(k Kiosk) {
	until := d.opt.Clock()
	until.Mono += settles
	d.board.ChangeCounter(k.ID, func(c *live.Counter) { c.Settling, c.Touched = until, d.opt.Clock() })
}

// counts puts a garment on the tray into the basket and answers what it counts for. Where there is no basket it is left lying.
func (d *Desks) counts(tx *store.Tx, k Kiosk, epc gs1.EPC) (showroom.Lay, error) {
	b, has, err := tx.OpenBasketAt(k.ID)
	switch {
	case err != nil:
		return "", err
	case has && !b.Open():
		return showroom.LayLate, nil
	}
	holder, held, err := tx.HolderOf(epc)
	switch {
	case err != nil:
		return "", err
	case held && has && holder == b.ID:
		return showroom.LayIn, onTray(tx, b, epc)
	case held:
		d.note(k.ID, noticeTaken, epc.GTIN(), nil)
		return showroom.LayElsewhere, nil
	case !has:
		return showroom.LayLeft, nil
	}
	return d.takeIn(tx, k, epc)
}

// takeIn puts a garment that no basket holds into the one of the kiosk, a new one if there is none.
func (d *Desks) takeIn(tx *store.Tx, k Kiosk, epc gs1.EPC) (showroom.Lay, error) {
	l, err := d.line(&tx.View, epc.GTIN(), tx.Now().Wall)
	if err == nil {
		l.EPC, l.Source = epc, showroom.FromTray
		err = d.put(tx, k, l)
	}
	r, refused := errors.AsType[*Refusal](err)
	switch {
	case err == nil:
		return showroom.LayIn, d.count(tx, k, l)
	case !refused:
		return "", err
	case r.Notice == noticeUnknownItem || r.Notice == noticeNoPrice || r.Notice == noticeMostPieces:
		d.note(k.ID, r.Notice, r.GTIN, r.Name)
		return showroom.LayHeld, d.askToLook(tx, k)
	}
	return showroom.LayLate, nil // the kiosk is closed
}

// onTray has the tray answer again for a garment of a basket that was set aside and lies here now: lifting it takes it out.
func onTray(tx *store.Tx, b showroom.Basket, epc gs1.EPC) error {
	b.Lines = slices.Clone(b.Lines)
	for i, l := range b.Lines {
		if !l.Wish && l.EPC == epc {
			b.Lines[i].Source = showroom.FromTray
		}
	}
	b.Changed, b.Version = tx.Now(), b.Version+1
	return tx.PutBasket(b)
}

// lifted: a garment has left the tray, and with it the basket, unless that is being paid for.
func (d *Desks) lifted(tx *store.Tx, k Kiosk, epc gs1.EPC) error {
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	as, lay := desk.On(epc)
	if !lay {
		return nil
	}
	d.stir(k)
	if err := tx.PutDesk(desk.Lift(epc)); err != nil {
		return err
	}
	if err := d.seenTo(tx, k.ID, false); err != nil {
		return err
	}
	b, has, err := tx.OpenBasketAt(k.ID)
	if err != nil {
		return err
	}
	if l, in := b.Holds(epc); has && b.Open() && in && as == showroom.LayIn {
		if b, err = b.SetQuantity(l.ID, 0, tx.Now()); err != nil {
			return err
		}
		if err := tx.PutBasket(b); err != nil {
			return err
		}
		if err := remember(tx, b, l); err != nil {
			return err
		}
		if err := d.free(tx, epc); err != nil {
			return err
		}
	}
	return changed(tx, k.ID, b.ID)
}

// lookAgain has the garments count that lay on the tray while nothing could go into the basket or come out of it, or while it was set
// aside, and those that were there before it. Without a basket what was laid down too late for the last one begins the next.
func (d *Desks) lookAgain(tx *store.Tx, k Kiosk) error {
	desk, err := tx.Desk(k.ID)
	if err != nil || k.Tray == "" {
		return err
	}
	b, has, err := tx.OpenBasketAt(k.ID)
	if err != nil {
		return err
	}
	if !has {
		return d.goOn(tx, k, desk)
	}
	var gone []showroom.Line
	for _, l := range b.Lines {
		if _, lies := desk.On(l.EPC); l.Source == showroom.FromTray && !lies && b.Open() {
			if b, err = b.SetQuantity(l.ID, 0, tx.Now()); err != nil {
				return err
			}
			gone = append(gone, l)
		}
	}
	if b.Open() {
		if err := tx.PutBasket(b); err != nil {
			return err
		}
		if err := remember(tx, b, gone...); err != nil {
			return err
		}
		if err := d.free(tx, showroom.Basket{Lines: gone}.Garments()...); err != nil {
			return err
		}
	}
	for _, l := range desk.Tray {
		if l.As != showroom.LayLate && l.As != showroom.LayElsewhere && (l.As != showroom.LayLeft || d.blind(k)) {
			continue
		}
		d.stir(k)
		if err := d.countAgain(tx, k, l.EPC); err != nil {
			return err
		}
	}
	return nil
}

// blind says that the reader of a tray is out of order: what was left there may have been lifted since, and nobody pays for that.
func (d *Desks) blind(k Kiosk) bool {
	reader, known := d.board.Device(k.Reader)
	return known && reader.Status.State != devices.Up
}

// seesAgain says that what was left on a tray has not been taken into the basket of its kiosk, for its reader was out of order, and can be.
func (d *Desks) seesAgain(v *store.View, k Kiosk, desk showroom.Desk) (bool, error) {
	if desk.Count(showroom.LayLeft) == 0 || d.blind(k) {
		return false, nil
	}
	b, has, err := v.OpenBasketAt(k.ID)
	return has && b.Open(), err
}

// goOn has what lies on the tray of a desk without a basket wait for the next one, and what was laid down too late for the last begin it.
func (d *Desks) goOn(tx *store.Tx, k Kiosk, desk showroom.Desk) error {
	var late []gs1.EPC
	for _, l := range desk.Tray {
		switch {
		case !d.opt.Tags.Own(l.EPC): // it has been sold since
			desk = desk.Lift(l.EPC)
		case l.As == showroom.LayLate:
			late = append(late, l.EPC)
		}
	}
	if err := tx.PutDesk(leave(desk)); err != nil {
		return err
	}
	for _, epc := range late {
		if err := d.begins(tx, k, epc); err != nil {
			return err
		}
	}
	return nil
}

// leave has what lies on the tray of a desk wait for the next basket. What staff have seen to, or are to look at, stays so.
func leave(desk showroom.Desk) showroom.Desk {
	for _, as := range []showroom.Lay{showroom.LayIn, showroom.LayElsewhere, showroom.LayLate} {
		desk = desk.Turn(as, showroom.LayLeft)
	}
	return desk
}

// countAgain has a garment that lies on the tray count for what it is by now.
func (d *Desks) countAgain(tx *store.Tx, k Kiosk, epc gs1.EPC) error {
	if !d.opt.Tags.Own(epc) { // it has been sold since
		return d.lay(tx, k, epc, "")
	}
	as, err := d.counts(tx, k, epc)
	if err != nil {
		return err
	}
	return d.lay(tx, k, epc, as)
}

// free has garments that a basket holds no more count on the trays of kiosks that have said they are in another one. Where a receipt or
// a code is shown nothing takes that away: there they count once somebody is done with it. Where nobody is they begin nothing.
func (d *Desks) free(tx *store.Tx, garments ...gs1.EPC) error {
	for _, k := range d.opt.Kiosks {
		desk, err := tx.Desk(k.ID)
		if err != nil {
			return err
		}
		shows, stirred := desk.Sale != "" || desk.Parked != "", false
		for _, epc := range garments {
			if as, _ := desk.On(epc); as != showroom.LayElsewhere {
				continue
			}
			stirred = true
			if d.board.Counter(k.ID).Notice.Code == noticeTaken {
				d.quiet(k.ID)
			}
			if shows {
				err = d.lay(tx, k, epc, showroom.LayLate)
			} else {
				err = d.countAgain(tx, k, epc)
			}
			if err != nil {
				return err
			}
		}
		if !stirred {
			continue
		}
		if err := changed(tx, k.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// lay notes what a garment on the tray counts for; empty when it does not exist for the kiosk any more.
func (d *Desks) lay(tx *store.Tx, k Kiosk, epc gs1.EPC, as showroom.Lay) error {
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	desk = desk.Lift(epc)
	if as != "" {
		desk = desk.Lay(epc, as)
	}
	return tx.PutDesk(desk)
}

// Restore answers what lay on the trays before the agent was stopped, for the engine of presence.
func (d *Desks) Restore(v *store.View, at time.Time) ([]presence.Occupancy, error) {
	var all []presence.Occupancy
	for _, k := range d.opt.Kiosks {
		if k.Tray == "" {
			continue
		}
		desk, err := v.Desk(k.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range desk.Tray {
			all = append(all, presence.Occupancy{EPC: l.EPC, Place: showroom.Place{Kind: showroom.PlaceTray, ID: k.Tray}, Since: at, Unconfirmed: true})
		}
	}
	return all, nil
}
