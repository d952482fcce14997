package fitting

import (
	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Restore answers what hung in the rooms when the agent last ran, unconfirmed until a reader says so again, and what was furniture.
func (f *Rooms) Restore(tx *store.Tx) ([]presence.Occupancy, error) {
	if err := f.resume(tx); err != nil {
		return nil, err
	}
	garments, err := tx.Garments()
	if err != nil {
		return nil, err
	}
	occupancies := make([]presence.Occupancy, 0, len(garments))
	for _, g := range garments {
		g.Unconfirmed = true
		if g.Since.Ahead(tx.Now()) {
			g.Since = tx.Now()
		}
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

// resume begins anew what a clock that has gone back would keep from ever being over: a machine without a battery wakes up hours
// before it fell asleep.
func (f *Rooms) resume(tx *store.Tx) error {
	restocks, err := tx.Restocks()
	if err != nil {
		return err
	}
	for _, r := range restocks {
		if !r.Since.Ahead(tx.Now()) {
			continue
		}
		if err := tx.PutRestock(r.Again(tx.Now())); err != nil {
			return err
		}
	}
	visits, err := tx.OpenVisits()
	if err != nil {
		return err
	}
	for _, v := range visits {
		if !v.LastActive.Ahead(tx.Now()) {
			continue
		}
		if err := tx.PutVisit(v.Touch(tx.Now())); err != nil {
			return err
		}
	}
	requests, err := tx.OpenRequests()
	if err != nil {
		return err
	}
	for _, r := range requests {
		if !r.Changed.Ahead(tx.Now()) {
			continue
		}
		r.Changed = tx.Now()
		if r.Made.Ahead(tx.Now()) {
			r.Made = tx.Now()
		}
		if err := tx.PutRequest(r); err != nil {
			return err
		}
	}
	return nil
}
