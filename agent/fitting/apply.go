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
			return fmt.Errorf("write down that a garment has %s: %w", c.Kind, err) // which one is not for logs
		}
	}
	return nil
}

func (f *Rooms) apply(tx *store.Tx, c presence.Change) error {
	from, left := c.From.Room()
	to, entered := c.To.Room()
	if !f.opt.Own(c.EPC) {
		return f.sold(tx, c, from, left)
	}
	if err := f.furnish(tx, c); err != nil {
		return err
	}
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

func (f *Rooms) arrived(tx *store.Tx, c presence.Change, room showroom.RoomID) error {
	g := showroom.Garment{EPC: c.EPC, GTIN: c.EPC.GTIN(), Room: room, Since: tx.Now()}
	trail, known, err := tx.TakeTrail(c.EPC)
	if err != nil {
		return err
	}
	if known && !trail.Left.Ahead(tx.Now()) {
		g.Manner, g.LeftBehind = f.opt.Visits.Came(trail, tx.Now())
	}
	if g, err = f.hang(tx, g); err != nil {
		return err
	}
	if _, err = tx.Append(showroom.GarmentArrived{EPC: g.EPC, GTIN: g.GTIN, Place: c.To, Visit: g.Visit, Why: c.Why}); err != nil {
		return err
	}
	return f.pile(tx, room)
}

// hang puts a garment into a room, and into its visit when there is one.
func (f *Rooms) hang(tx *store.Tx, g showroom.Garment) (showroom.Garment, error) {
	visit, open, err := tx.OpenVisit(g.Room)
	if err != nil {
		return g, err
	}
	switch {
	case open && !g.LeftBehind:
		g.Visit, g.Manner = visit.ID, showroom.Brought
		if err := tx.PutVisit(visit.Touch(tx.Now())); err != nil {
			return g, err
		}
	case !open:
		_, restocked, err := tx.Restock(g.Room)
		if err != nil {
			return g, err
		}
		if restocked { // however it came: it hangs there for sale
			g.Manner, g.LeftBehind = showroom.Brought, true
		}
	}
	return g, tx.PutGarment(g)
}

func (f *Rooms) departed(tx *store.Tx, c presence.Change, room showroom.RoomID) error {
	g, err := f.unhook(tx, c.EPC, room, !c.Static)
	if err != nil {
		return err
	}
	if !c.Static {
		trail := showroom.Trail{EPC: c.EPC, Room: room, Left: tx.Now(), LeftBehind: g.LeftBehind, Piled: g.Manner == showroom.Piled}
		if err := tx.PutTrail(trail, f.opt.Visits.Remembers); err != nil {
			return err
		}
	}
	_, err = tx.Append(showroom.GarmentDeparted{EPC: c.EPC, GTIN: g.GTIN, Place: c.From, Visit: g.Visit, Why: c.Why})
	return err
}

// sold takes what is its owner's by now off its hook, if it hangs on one. Where it goes is nobody's business, and which piece it was
// neither. What was read just before it was sold, and is decided about only now, never came.
func (f *Rooms) sold(tx *store.Tx, c presence.Change, room showroom.RoomID, left bool) error {
	if err := tx.DeleteStaticTag(c.EPC); err != nil || !left {
		return err
	}
	if _, known, err := found(tx.Garment(c.EPC)); err != nil || !known {
		return err
	}
	g, err := f.unhook(tx, c.EPC, room, !c.Static)
	if err != nil {
		return err
	}
	_, err = tx.Append(showroom.GarmentDeparted{GTIN: g.GTIN, Place: c.From, Visit: g.Visit, Why: c.Why})
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
		g = showroom.Garment{EPC: epc, GTIN: epc.GTIN(), Room: room}
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
	g := showroom.Garment{EPC: c.EPC, GTIN: c.EPC.GTIN(), Room: to, Since: tx.Now()}
	if left {
		was, err := f.unhook(tx, c.EPC, from, true)
		if err != nil {
			return err
		}
		g.Manner, g.LeftBehind = carriedOn(was)
	}
	if entered {
		var err error
		if g, err = f.hang(tx, g); err != nil {
			return err
		}
	}
	if !left && !entered {
		return nil
	}
	if _, err := tx.Append(showroom.GarmentMoved{EPC: c.EPC, GTIN: g.GTIN, From: c.From, To: c.To, Visit: g.Visit, Why: c.Why}); err != nil {
		return err
	}
	if !entered {
		return nil
	}
	return f.pile(tx, to)
}

// carriedOn says how a garment comes into the next room. What had only just come to the one before was never at home there.
func carriedOn(was showroom.Garment) (m showroom.Manner, leftBehind bool) {
	if was.Manner == showroom.Brought && (was.Visit != "" || was.LeftBehind) {
		return showroom.Carried, was.LeftBehind
	}
	return was.Manner, was.LeftBehind
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
	} else if open && g.Waits() {
		if err := f.join(tx, g, visit); err != nil {
			return err
		}
	} else if err := tx.PutGarment(g); err != nil {
		return err
	}
	_, err = tx.Append(showroom.GarmentConfirmed{EPC: c.EPC, Place: c.To})
	return err
}
