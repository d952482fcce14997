package fitting

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Apply writes down what presence has decided, in the transaction of the caller. Changes at places that are no rooms are left to
// others.
func (f *Rooms) Apply(tx *store.Tx, changes []presence.Change) error {
	for _, c := range changes {
		if err := f.apply(tx, c); err != nil {
			return fmt.Errorf("write down that %s %s: %w", c.EPC, c.Kind, err)
		}
	}
	return nil
}

func (f *Rooms) apply(tx *store.Tx, c presence.Change) error {
	from, left := c.From.Room()
	to, entered := c.To.Room()
	switch c.Kind {
	case presence.Arrived:
		if entered {
			return f.arrived(tx, c, to)
		}
	case presence.Departed:
		if left {
			return f.departed(tx, c, from)
		}
	case presence.Moved:
		return f.moved(tx, c, from, left, to, entered)
	case presence.Confirmed:
		return f.confirmed(tx, c)
	}
	return nil
}

// itemOf is what the tag says it hangs on; empty for a tag that names no item.
func itemOf(epc gs1.EPC) gs1.GTIN {
	sgtin, err := gs1.Decode(epc)
	if err != nil {
		return ""
	}
	return sgtin.GTIN()
}

func (f *Rooms) arrived(tx *store.Tx, c presence.Change, room showroom.RoomID) error {
	g, err := f.hang(tx, c.EPC, room)
	if err != nil {
		return err
	}
	_, err = tx.Append(showroom.GarmentArrived{EPC: g.EPC, GTIN: g.GTIN, Place: c.To, Visit: g.Visit, Why: c.Why})
	return err
}

// hang puts a garment into a room, and into its visit when there is one.
func (f *Rooms) hang(tx *store.Tx, epc gs1.EPC, room showroom.RoomID) (showroom.Garment, error) {
	g := showroom.Garment{EPC: epc, GTIN: itemOf(epc), Room: room, Since: tx.Now()}
	visit, open, err := tx.OpenVisit(room)
	if err != nil {
		return g, err
	}
	if open {
		g.Visit = visit.ID
		if err := tx.PutVisit(visit.Touch(tx.Now())); err != nil {
			return g, err
		}
	}
	return g, tx.PutGarment(g)
}

func (f *Rooms) departed(tx *store.Tx, c presence.Change, room showroom.RoomID) error {
	g, err := f.unhook(tx, c.EPC, room, !c.Static)
	if err != nil {
		return err
	}
	_, err = tx.Append(showroom.GarmentDeparted{EPC: c.EPC, GTIN: g.GTIN, Place: c.From, Visit: g.Visit, Why: c.Why})
	return err
}

// unhook takes a garment out of a room. byHand: the visit it belonged to has had somebody in it just now; a garment that has only come
// to count as furniture tells nothing of the kind.
func (f *Rooms) unhook(tx *store.Tx, epc gs1.EPC, room showroom.RoomID, byHand bool) (showroom.Garment, error) {
	g, known, err := found(tx.Garment(epc))
	if err != nil {
		return g, err
	}
	if !known {
		g = showroom.Garment{EPC: epc, GTIN: itemOf(epc), Room: room}
	}
	if err := tx.RemoveGarment(epc); err != nil {
		return g, err
	}
	visit, open, err := tx.OpenVisit(room)
	if err != nil || !open || visit.ID != g.Visit || !byHand {
		return g, err
	}
	return g, tx.PutVisit(visit.Touch(tx.Now()))
}

func (f *Rooms) moved(tx *store.Tx, c presence.Change, from showroom.RoomID, left bool, to showroom.RoomID, entered bool) error {
	if left {
		if _, err := f.unhook(tx, c.EPC, from, true); err != nil {
			return err
		}
	}
	g := showroom.Garment{EPC: c.EPC, GTIN: itemOf(c.EPC)}
	if entered {
		var err error
		if g, err = f.hang(tx, c.EPC, to); err != nil {
			return err
		}
	}
	if !left && !entered {
		return nil
	}
	_, err := tx.Append(showroom.GarmentMoved{EPC: c.EPC, GTIN: g.GTIN, From: c.From, To: c.To, Visit: g.Visit, Why: c.Why})
	return err
}

func (f *Rooms) confirmed(tx *store.Tx, c presence.Change) error {
	g, known, err := found(tx.Garment(c.EPC))
	if err != nil || !known || !g.Unconfirmed {
		return err
	}
	g.Unconfirmed = false
	// A visit that opened meanwhile could not know that it hangs here.
	if visit, open, err := tx.OpenVisit(g.Room); err != nil {
		return err
	} else if open && g.Visit == "" && !g.LeftBehind {
		if err := f.join(tx, g, visit); err != nil {
			return err
		}
	} else if err := tx.PutGarment(g); err != nil {
		return err
	}
	_, err = tx.Append(showroom.GarmentConfirmed{EPC: c.EPC, Place: c.To})
	return err
}

// Restore answers what hung in the rooms when the agent last ran, and marks it unconfirmed until a reader says so again.
func (f *Rooms) Restore(tx *store.Tx) ([]presence.Occupancy, error) {
	garments, err := tx.Garments()
	if err != nil {
		return nil, err
	}
	occupancies := make([]presence.Occupancy, 0, len(garments))
	for _, g := range garments {
		g.Unconfirmed = true
		if err := tx.PutGarment(g); err != nil {
			return nil, err
		}
		occupancies = append(occupancies, presence.Occupancy{EPC: g.EPC, Place: showroom.RoomPlace(g.Room)})
	}
	return occupancies, nil
}
