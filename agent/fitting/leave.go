package fitting

import (
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Finish ends a visit of a room, because the shopper or an associate says so. An empty visit means the one that is open. A visit that is
// over already is what was wanted; the one after it is left alone, however late the word came.
func (f *Rooms) Finish(tx *store.Tx, room showroom.RoomID, visit showroom.VisitID, end showroom.VisitEnd) error {
	now, open, err := tx.OpenVisit(room)
	if err != nil || !open || (visit != "" && visit != now.ID) {
		return err
	}
	return f.finish(tx, now, end)
}

// Forget empties everything written down about a visit of a room, and ends it first if it is still open. An empty visit means the one
// that is open. A visit nobody remembers is what was wanted.
func (f *Rooms) Forget(tx *store.Tx, room showroom.RoomID, visit showroom.VisitID) error {
	now, open, err := tx.OpenVisit(room)
	if err != nil {
		return err
	}
	if open && (visit == "" || visit == now.ID) {
		visit = now.ID
		if err := f.finish(tx, now, showroom.EndForget); err != nil {
			return err
		}
	}
	past, known, err := found(tx.Visit(visit))
	if err != nil || !known {
		return err
	}
	if past.Room != room {
		return showroom.Errorf(showroom.CodeNotFound, "This visit was not in this room.")
	}
	_, err = tx.Forget(visit)
	return err
}

// finish ends a visit: what hangs there is left behind, what was asked for is not brought any more, nobody waits for an associate.
func (f *Rooms) finish(tx *store.Tx, visit showroom.Visit, end showroom.VisitEnd) error {
	garments, err := tx.GarmentsIn(visit.Room)
	if err != nil {
		return err
	}
	left := 0
	for _, g := range garments {
		if g.Manner == showroom.Piled {
			continue // it was never of this visit, and may be on its way
		}
		if f.opt.Own(g.EPC) { // else its owner takes it along
			left++
		}
		g.Visit, g.Manner, g.LeftBehind = "", showroom.Brought, true
		if err := tx.PutGarment(g); err != nil {
			return err
		}
	}
	if err := f.cancelAll(tx, visit.ID); err != nil {
		return err
	}
	if err := f.answerAll(tx, visit.ID); err != nil {
		return err
	}
	visit, ended, err := visit.Finish(end, left, tx.Now())
	if err != nil {
		return err
	}
	if err := tx.PutVisit(visit); err != nil {
		return err
	}
	_, err = tx.Append(ended)
	return err
}

func (f *Rooms) cancelAll(tx *store.Tx, visit showroom.VisitID) error {
	requests, err := tx.RequestsOf(visit)
	if err != nil {
		return err
	}
	for _, r := range requests {
		if r.State.Closed() {
			continue
		}
		r, e, err := r.Cancel(showroom.CancelVisitEnd, tx.Now())
		if err != nil {
			return err
		}
		if err := save(tx, r, e); err != nil {
			return err
		}
	}
	return nil
}

// answerAll closes the calls of a visit that is over: the next shopper has called nobody.
func (f *Rooms) answerAll(tx *store.Tx, visit showroom.VisitID) error {
	calls, err := tx.OpenCalls()
	if err != nil {
		return err
	}
	for _, c := range calls {
		if c.Visit != visit {
			continue
		}
		c, answered, err := c.Answer(tx.Now())
		if err != nil {
			return err
		}
		answered.VisitOver = true
		if err := tx.PutCall(c); err != nil {
			return err
		}
		if _, err := tx.Append(answered); err != nil {
			return err
		}
	}
	return nil
}
