package checkout

import (
	"slices"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Call asks an associate to a kiosk. While somebody waits there, another call is the same one. It ends with the visit of the shopper, or
// once what they left with has been released.
func (d *Desks) Call(tx *store.Tx, k Kiosk) error {
	d.Touch(k.ID)
	waits, err := Called(&tx.View, k)
	if err != nil {
		return err
	}
	if !waits {
		_, err = d.call(tx, k)
		return err
	}
	desk, err := tx.Desk(k.ID)
	if err != nil || desk.Looking == "" && (desk.Standing == "" || desk.Shared) {
		return err
	}
	desk.Looking, desk.Shared = "", desk.Standing != "" // a person waits now, whatever becomes of the tray, or of somebody before
	return tx.PutDesk(desk)
}

func (d *Desks) call(tx *store.Tx, k Kiosk) (showroom.CallID, error) {
	c, called := showroom.NewCall(showroom.CallID(d.opt.NewID()), place(k), "", tx.Now())
	if err := tx.PutCall(c); err != nil {
		return "", err
	}
	_, err := tx.Append(called)
	return c.ID, err
}

// askToLook calls an associate to what a tray holds for them, unless one is there already: the shopper is told that somebody comes.
func (d *Desks) askToLook(tx *store.Tx, k Kiosk) error {
	if d.board.Counter(k.ID).Staff != "" {
		return nil
	}
	d.Touch(k.ID)
	waits, err := Called(&tx.View, k)
	if err != nil || waits {
		return err
	}
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if desk.Looking, err = d.call(tx, k); err != nil {
		return err
	}
	return tx.PutDesk(desk)
}

// askAgain calls an associate to what somebody else has left on the tray: whoever begins now can not pay before it is seen to.
func (d *Desks) askAgain(tx *store.Tx, k Kiosk) error {
	desk, err := tx.Desk(k.ID)
	if err != nil || desk.Count(showroom.LayHeld) == 0 {
		return err
	}
	return d.askToLook(tx, k)
}

// endVisit forgets what a shopper has searched for who is not at a kiosk any more, and ends their calls and those of what they laid on
// its tray. A call stays of whoever left with a garment of this sale, "" for none, that could not be released.
func (d *Desks) endVisit(tx *store.Tx, kiosk showroom.KioskID, sale showroom.SaleID) error {
	d.searched.forget(kiosk)
	open, err := callsTo(&tx.View, kiosk)
	if err != nil || len(open) == 0 {
		return err
	}
	desk, err := tx.Desk(kiosk)
	if err != nil {
		return err
	}
	on, err := tagsOn(&tx.View, sale)
	if err != nil {
		return err
	}
	for _, c := range open {
		switch {
		case c.ID == desk.Standing && on && desk.Shared:
			desk.StandingFor = append(desk.StandingFor, sale)
			continue
		case c.ID == desk.Standing:
			continue
		case on && c.ID != desk.Looking:
			desk.Standing, desk.StandingFor = c.ID, []showroom.SaleID{sale}
			continue
		}
		if err := endCall(tx, c, true); err != nil {
			return err
		}
	}
	desk.Looking, desk.Shared = "", false
	return tx.PutDesk(desk)
}

// tagsOn says that a garment of one of these sales, "" for none, could not be released, and that nobody has seen to it.
func tagsOn(v *store.View, sales ...showroom.SaleID) (bool, error) {
	for _, sale := range sales {
		releases, err := v.ReleasesOf(sale)
		failed := func(r store.Release) bool { return r.State == store.ReleaseFailed }
		if err != nil || slices.ContainsFunc(releases, failed) {
			return err == nil, err
		}
	}
	return false, nil
}

// standsForNothing says that all garments have been released that a call stands for.
func standsForNothing(v *store.View, desk showroom.Desk) (bool, error) {
	if len(desk.StandingFor) == 0 {
		return false, nil
	}
	on, err := tagsOn(v, desk.StandingFor...)
	return !on, err
}

// standDown ends the call that stands at a kiosk for nothing any more, unless who is there now has called too.
func (d *Desks) standDown(tx *store.Tx, k Kiosk, desk showroom.Desk) error {
	open, err := callsTo(&tx.View, k.ID)
	if err != nil {
		return err
	}
	for _, c := range open {
		if c.ID != desk.Standing || desk.Shared {
			continue
		}
		if err := endCall(tx, c, true); err != nil {
			return err
		}
	}
	desk.Standing, desk.StandingFor, desk.Shared = "", nil, false
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	return d.askAgain(tx, k)
}

// seenTo ends the call to what a tray held once it holds nothing. came: an associate has seen to it.
func (d *Desks) seenTo(tx *store.Tx, kiosk showroom.KioskID, came bool) error {
	desk, err := tx.Desk(kiosk)
	if err != nil || desk.Looking == "" || desk.Count(showroom.LayHeld) > 0 {
		return err
	}
	open, err := callsTo(&tx.View, kiosk)
	if err != nil {
		return err
	}
	for _, c := range open {
		if c.ID != desk.Looking {
			continue
		}
		if err := endCall(tx, c, !came); err != nil {
			return err
		}
	}
	desk.Looking = ""
	return tx.PutDesk(desk)
}

// endCall closes a call. over: nobody waits any more, and nobody is told to have come.
func endCall(tx *store.Tx, c showroom.StaffCall, over bool) error {
	c, answered, err := c.Answer(tx.Now())
	if err != nil {
		return err
	}
	answered.VisitOver = over
	if err := tx.PutCall(c); err != nil {
		return err
	}
	_, err = tx.Append(answered)
	return err
}

// forsakenCall says that a shopper who began nothing has called, and that nobody has touched the kiosk for so long that they have gone.
func (d *Desks) forsakenCall(v *store.View, desk showroom.Desk, now showroom.Moment) (bool, error) {
	if touched := d.board.Counter(desk.Kiosk).Touched; touched.Boot != now.Boot || now.Since(touched) < d.forsaken() {
		return false, nil
	}
	if busy, err := d.busy(v, desk); err != nil || busy {
		return false, err
	}
	open, err := callsTo(v, desk.Kiosk)
	return slices.ContainsFunc(open, func(c showroom.StaffCall) bool { return c.ID != desk.Looking && c.ID != desk.Standing }), err
}

// Called says that somebody waits at a kiosk for an associate.
func Called(v *store.View, k Kiosk) (bool, error) {
	open, err := callsTo(v, k.ID)
	return len(open) > 0, err
}

// callsTo are the open calls to a kiosk.
func callsTo(v *store.View, kiosk showroom.KioskID) ([]showroom.StaffCall, error) {
	open, err := v.OpenCalls()
	return slices.DeleteFunc(open, func(c showroom.StaffCall) bool { return c.Room != showroom.RoomID(kiosk) }), err
}

// place is where staff go who are called to a kiosk: calls know rooms, and no room is called as a kiosk is.
func place(k Kiosk) showroom.RoomID { return showroom.RoomID(k.ID) }
