package fitting

import (
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// furnish keeps which tags have become furniture, wherever they are, so that a restart does not take them for garments anew.
func (f *Rooms) furnish(tx *store.Tx, c presence.Change) error {
	switch {
	case c.Kind == presence.Departed && c.Static:
		return tx.PutStaticTag(showroom.StaticTag{EPC: c.EPC, Place: c.From, Since: tx.Now()})
	case c.Kind == presence.Arrived:
		return tx.DeleteStaticTag(c.EPC)
	}
	return nil
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
