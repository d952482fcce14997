package fitting

import (
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Request asks for a piece to be brought to the room. wait accepts that somebody is trying the only one. Asking twice for the same
// piece is one request: the open one is answered.
//
// Refusals: CodeConflict without a visit, CodeNotFound for an item nobody knows, CodeUnavailable when there is none to bring.
func (f *Rooms) Request(tx *store.Tx, room showroom.RoomID, want, forItem gs1.GTIN, wait bool) (showroom.SizeRequest, error) {
	visit, err := f.visitOf(tx, room)
	if err != nil {
		return showroom.SizeRequest{}, err
	}
	if _, known, err := found(tx.Item(want)); err != nil {
		return showroom.SizeRequest{}, err
	} else if !known {
		return showroom.SizeRequest{}, showroom.Errorf(showroom.CodeNotFound, "The shop does not know the piece %s.", string(want))
	}
	asked, err := tx.RequestsOf(visit.ID)
	if err != nil {
		return showroom.SizeRequest{}, err
	}
	for _, r := range asked {
		if r.Want == want && !r.State.Closed() {
			return r, nil
		}
	}
	waiting, err := f.mustWait(tx, room, want, wait)
	if err != nil {
		return showroom.SizeRequest{}, err
	}
	r, made, err := showroom.NewRequest(showroom.RequestID(f.opt.NewID()), visit, want, forItem, waiting, tx.Now())
	if err != nil {
		return r, err
	}
	return r, save(tx, r, made)
}

// visitOf answers the visit somebody is in. A tap before the dwell is over opens it: nobody taps a screen in an empty room.
func (f *Rooms) visitOf(tx *store.Tx, room showroom.RoomID) (showroom.Visit, error) {
	visit, open, err := tx.OpenVisit(room)
	if err != nil {
		return visit, err
	}
	if !open {
		garments, err := f.garmentsIn(&tx.View, room)
		if err != nil {
			return visit, err
		}
		if len(garments) == 0 {
			return visit, showroom.Errorf(showroom.CodeConflict, "Hang a garment in the room first.")
		}
		if err := f.open(tx, room, garments); err != nil {
			return visit, err
		}
		if visit, _, err = tx.OpenVisit(room); err != nil {
			return visit, err
		}
	}
	visit = visit.Touch(tx.Now())
	return visit, tx.PutVisit(visit)
}

func (f *Rooms) mustWait(tx *store.Tx, room showroom.RoomID, want gs1.GTIN, wait bool) (bool, error) {
	free, err := tx.Availability(want)
	if err != nil {
		return false, err
	}
	if free.ToBring() > 0 {
		return false, nil
	}
	own, err := f.hanging(&tx.View, room, want)
	if err != nil {
		return false, err
	}
	if wait && free.TriedElsewhere(own) {
		return true, nil
	}
	return false, showroom.Errorf(showroom.CodeUnavailable, "There is none to bring at the moment.")
}

// hanging counts the pieces of an item in a room that belong to its visit.
func (f *Rooms) hanging(v *store.View, room showroom.RoomID, item gs1.GTIN) (int, error) {
	garments, err := f.garmentsIn(v, room)
	n := 0
	for _, g := range garments {
		if g.GTIN == item && !g.LeftBehind {
			n++
		}
	}
	return n, err
}

// CancelRequest takes a request of the room back.
func (f *Rooms) CancelRequest(tx *store.Tx, room showroom.RoomID, id showroom.RequestID) (showroom.SizeRequest, error) {
	r, err := load(tx, id)
	if err != nil {
		return r, err
	}
	if r.Room != room {
		return r, showroom.Errorf(showroom.CodeNotFound, "This request is not of this room.")
	}
	if err := f.touch(tx, room); err != nil {
		return r, err
	}
	r, e, err := r.Cancel(showroom.CancelShopper, tx.Now())
	if err != nil {
		return r, err
	}
	return r, save(tx, r, e)
}

// Accept gives a request to an associate; a second one is refused with CodeTaken and the name of the first.
func (f *Rooms) Accept(tx *store.Tx, id showroom.RequestID, by showroom.StaffID, name string) (showroom.SizeRequest, error) {
	r, err := load(tx, id)
	if err != nil {
		return r, err
	}
	if r.By == by && r.State == showroom.SizeAccepted {
		return r, nil
	}
	r, e, err := r.Accept(by, name, tx.Now())
	if err != nil {
		return r, err
	}
	return r, save(tx, r, e)
}

// Leave notes that the associate is on the way with it.
func (f *Rooms) Leave(tx *store.Tx, id showroom.RequestID) (showroom.SizeRequest, error) {
	r, err := load(tx, id)
	if err != nil {
		return r, err
	}
	r, e, err := r.Leave(tx.Now())
	if err != nil {
		return r, err
	}
	return r, save(tx, r, e)
}

// Deliver closes a request: the piece is in the shopper's hands.
func (f *Rooms) Deliver(tx *store.Tx, id showroom.RequestID) (showroom.SizeRequest, error) {
	r, err := load(tx, id)
	if err != nil {
		return r, err
	}
	r, e, err := r.Deliver(tx.Now())
	if err != nil {
		return r, err
	}
	return r, save(tx, r, e)
}

// Unavailable closes a request because an associate looked and found none. The stock is corrected at once, so that nobody else
// is promised it.
func (f *Rooms) Unavailable(tx *store.Tx, id showroom.RequestID) (showroom.SizeRequest, error) {
	r, err := load(tx, id)
	if err != nil {
		return r, err
	}
	r, e, err := r.Unavailable(tx.Now())
	if err != nil {
		return r, err
	}
	if err := save(tx, r, e); err != nil {
		return r, err
	}
	free, err := tx.Availability(r.Want)
	if err != nil || free.ToBring() == 0 {
		return r, err
	}
	corrected, err := tx.CorrectStock(r.Want, free.Stock-free.ToBring())
	if err != nil {
		return r, err
	}
	_, err = tx.Append(corrected)
	return r, err
}

func load(tx *store.Tx, id showroom.RequestID) (showroom.SizeRequest, error) {
	r, known, err := found(tx.Request(id))
	if err == nil && !known {
		err = showroom.Errorf(showroom.CodeNotFound, "There is no such request any more.")
	}
	return r, err
}

// Call asks for an associate to come to the room. A second call while the first is open is the same call.
func (f *Rooms) Call(tx *store.Tx, room showroom.RoomID) (showroom.StaffCall, error) {
	calls, err := tx.OpenCalls()
	if err != nil {
		return showroom.StaffCall{}, err
	}
	for _, c := range calls {
		if c.Room == room {
			return c, nil
		}
	}
	visit, open, err := tx.OpenVisit(room)
	if err != nil {
		return showroom.StaffCall{}, err
	}
	if open {
		if err := tx.PutVisit(visit.Touch(tx.Now())); err != nil {
			return showroom.StaffCall{}, err
		}
	}
	c, called := showroom.NewCall(showroom.CallID(f.opt.NewID()), room, visit.ID, tx.Now())
	if err := tx.PutCall(c); err != nil {
		return c, err
	}
	_, err = tx.Append(called)
	return c, err
}

// Answer closes a call: somebody is there.
func (f *Rooms) Answer(tx *store.Tx, id showroom.CallID) (showroom.StaffCall, error) {
	c, known, err := found(tx.Call(id))
	if err != nil {
		return c, err
	}
	if !known {
		return c, showroom.Errorf(showroom.CodeNotFound, "There is no such call any more.")
	}
	c, answered, err := c.Answer(tx.Now())
	if err != nil {
		return c, err
	}
	if err := tx.PutCall(c); err != nil {
		return c, err
	}
	_, err = tx.Append(answered)
	return c, err
}
