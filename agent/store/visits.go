package store

import (
	"fmt"

	"showroom/agent/showroom"
)

const visitColumns = `id, room, opened, last_active, ended, end_reason`

func scanVisit(s scanner) (v showroom.Visit, err error) {
	err = s.Scan(&v.ID, &v.Room, (*moment)(&v.Opened), (*moment)(&v.LastActive), (*moment)(&v.Ended), &v.End)
	return v, err
}

// PutVisit saves a visit. A second open visit of a room is refused with CodeConflict.
func (tx *Tx) PutVisit(v showroom.Visit) error {
	if v.Open() {
		open, found, err := tx.OpenVisit(v.Room)
		if err != nil {
			return err
		}
		if found && open.ID != v.ID {
			return showroom.Errorf(showroom.CodeConflict, "Room %s already has a visit.", v.Room)
		}
	}
	// Rows about a new visit come after what had been committed before; a transaction may append first and save second.
	_, err := tx.exec(`INSERT INTO visit (`+visitColumns+`, journal_from) VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET room=excluded.room, opened=excluded.opened, last_active=excluded.last_active,
			ended=excluded.ended, end_reason=excluded.end_reason`,
		v.ID, v.Room, moment(v.Opened), moment(v.LastActive), moment(v.Ended), v.End, tx.began)
	if err != nil {
		return fmt.Errorf("save visit: %w", err)
	}
	return nil
}

// Visit answers a visit, open or ended. CodeNotFound when there is none, or not any more.
func (v *View) Visit(id showroom.VisitID) (showroom.Visit, error) {
	return get(v, "visit", scanVisit, `SELECT `+visitColumns+` FROM visit WHERE id=?`, id)
}

// OpenVisit answers the visit that a room has now; false when it has none.
func (v *View) OpenVisit(room showroom.RoomID) (showroom.Visit, bool, error) {
	return find(v, "visit", scanVisit, `SELECT `+visitColumns+` FROM visit WHERE room=? AND end_reason=''`, room)
}

// OpenVisits answers the visits of all rooms that have one, by room.
func (v *View) OpenVisits() ([]showroom.Visit, error) {
	return list(v, "visits", scanVisit, `SELECT `+visitColumns+` FROM visit WHERE end_reason='' ORDER BY room`)
}
