package fitting

import (
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// pile looks whether what has just come into a room is a pile, and takes it out of the visit then: nobody is trying it on.
func (f *Rooms) pile(tx *store.Tx, room showroom.RoomID) error {
	if f.opt.Visits.PileSize <= 0 {
		return nil
	}
	all, err := tx.Garments()
	if err != nil {
		return err
	}
	begun, err := f.pileIn(tx, room, all)
	if err != nil || !begun {
		return err
	}
	// What had come to other rooms just before was the beginning of it.
	for _, other := range f.opt.Rooms {
		if other.ID == room {
			continue
		}
		if all, err = tx.Garments(); err != nil {
			return err
		}
		if _, err := f.pileIn(tx, other.ID, all); err != nil {
			return err
		}
	}
	return nil
}

// pileIn says whether a garment of the room has become one of a pile.
func (f *Rooms) pileIn(tx *store.Tx, room showroom.RoomID, all []showroom.Garment) (begun bool, err error) {
	_, occupied, err := tx.OpenVisit(room)
	if err != nil {
		return false, err
	}
	var here, shop []showroom.Garment
	for _, g := range all {
		if g.Room == room {
			here = append(here, g)
		} else {
			shop = append(shop, g)
		}
	}
	near := func(showroom.RoomID) bool { return true }
	if r, err := f.Room(room); err == nil {
		near = r.Hears
	}
	for _, g := range f.opt.Visits.Pile(here, shop, near, occupied, tx.Now()) {
		if g.Manner == showroom.Piled || g.LeftBehind && g.Manner == showroom.Brought {
			continue
		}
		g.Manner, g.Visit = showroom.Piled, ""
		if err := tx.PutGarment(g); err != nil {
			return begun, err
		}
		begun = true
	}
	return begun, nil
}

// candidates are the garments that a visit which opens now takes with it: those that wait for one, or, when somebody has touched the
// screen amid a pile, the pile.
func candidates(garments []showroom.Garment) []showroom.Garment {
	var waiting, piled []showroom.Garment
	for _, g := range garments {
		switch {
		case g.Waits():
			waiting = append(waiting, g)
		case g.Visit == "" && !g.LeftBehind && !g.Unconfirmed:
			piled = append(piled, g)
		}
	}
	if len(waiting) > 0 {
		return waiting
	}
	return piled
}
