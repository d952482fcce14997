package fitting

import (
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// furnish keeps which tags have become furniture, wherever they are, so that a restart does not take them for garments anew.
func (f *Rooms) furnish(tx *store.Tx, c presence.Change) error {
	switch c.Kind {
	case presence.Departed:
		if c.Static {
			return tx.PutStaticTag(showroom.StaticTag{EPC: c.EPC, Place: c.From, Since: tx.Now()})
		}
	case presence.Learned:
		return tx.PutStaticTag(showroom.StaticTag{EPC: c.EPC, Place: c.To, Since: tx.Now()})
	case presence.Released, presence.Arrived, presence.Moved:
		return tx.DeleteStaticTag(c.EPC)
	}
	return nil
}

// Restore answers what hung in the rooms when the agent last ran, unconfirmed until a reader says so again, and what was furniture.
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
	furniture, err := tx.StaticTags()
	if err != nil {
		return nil, err
	}
	for _, t := range furniture {
		occupancies = append(occupancies, presence.Occupancy{EPC: t.EPC, Place: t.Place, Static: true})
	}
	return occupancies, nil
}
