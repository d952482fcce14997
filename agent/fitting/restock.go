package fitting

import (
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Limits of a restocking.
const (
	defaultRestockFor = 30 * time.Minute
	longestRestock    = 4 * time.Hour // after that somebody has forgotten it
)

// StartRestock says that staff hang garments for sale in a room: until the time is over or somebody says so, nothing that comes opens a
// visit, and what hangs there in the end is left behind. A visit that runs goes on. lasts 0 is as long as the options say. Saying it
// again begins the time anew.
//
// Refusals: CodeNotFound for a room there is not, CodeInvalid for a time no restocking takes.
func (f *Rooms) StartRestock(tx *store.Tx, room showroom.RoomID, lasts time.Duration) (showroom.Restock, error) {
	if _, err := f.Room(room); err != nil {
		return showroom.Restock{}, err
	}
	if lasts == 0 {
		lasts = f.opt.RestockFor
	}
	if lasts < time.Minute || lasts > longestRestock {
		return showroom.Restock{}, showroom.Errorf(showroom.CodeInvalid, "Restocking takes a minute at least and %d hours at most.", int(longestRestock/time.Hour))
	}
	r, started := showroom.StartRestock(room, lasts, tx.Now())
	if err := tx.PutRestock(r); err != nil {
		return r, err
	}
	if err := f.setAside(tx, room); err != nil {
		return r, err
	}
	_, err := tx.Append(started)
	return r, err
}

// EndRestock says that shoppers may have the room again. A room that is not restocked is what was wanted.
func (f *Rooms) EndRestock(tx *store.Tx, room showroom.RoomID) error {
	r, on, err := tx.Restock(room)
	if err != nil || !on {
		return err
	}
	return f.endRestock(tx, r, false)
}

func (f *Rooms) endRestock(tx *store.Tx, r showroom.Restock, expired bool) error {
	if err := f.setAside(tx, r.Room); err != nil {
		return err
	}
	if err := tx.DeleteRestock(r.Room); err != nil {
		return err
	}
	_, err := tx.Append(r.End(expired, tx.Now()))
	return err
}

// setAside marks what hangs in a room and is no visit's as nothing to wait for.
func (f *Rooms) setAside(tx *store.Tx, room showroom.RoomID) error {
	garments, err := tx.GarmentsIn(room)
	if err != nil {
		return err
	}
	for _, g := range garments {
		if g.Visit != "" || g.LeftBehind {
			continue
		}
		g.Manner, g.LeftBehind = showroom.Brought, true
		if err := tx.PutGarment(g); err != nil {
			return err
		}
	}
	return nil
}

// Restocks answers the rooms that are restocked now.
func (f *Rooms) Restocks(v *store.View) ([]showroom.Restock, error) { return v.Restocks() }

// restocks ends what has lasted long enough.
func (s *sweeper) restocks() error {
	all, err := s.view.Restocks()
	if err != nil {
		return err
	}
	for _, r := range all {
		over, left := r.Over(s.at)
		s.soon(left)
		if _, err := s.f.Room(r.Room); err == nil && !over {
			continue
		}
		s.due = true
		if s.tx == nil {
			return nil
		}
		if err := s.f.endRestock(s.tx, r, true); err != nil {
			return err
		}
	}
	return nil
}
