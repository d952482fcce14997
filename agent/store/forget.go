package store

import (
	"fmt"

	"showroom/agent/showroom"
)

// Forget erases a visit: the bodies of all its journal rows are emptied (their hashes stay, so that digests stay true), its
// requests, calls and kiosk sessions are deleted, its garments are nobody's, and the visit itself is gone. VisitForgotten is appended,
// which tells the central service to do the same; it is the one fact left. The caller ends an open visit first, in the same
// transaction. CodeNotFound when there is no such visit.
func (tx *Tx) Forget(visit showroom.VisitID) (showroom.Row, error) {
	var room showroom.RoomID
	var from int64
	found, err := tx.one(`SELECT room, journal_from FROM visit WHERE id=?`, []any{visit}, &room, &from)
	if err != nil {
		return showroom.Row{}, fmt.Errorf("forget visit: %w", err)
	}
	if !found {
		return showroom.Row{}, showroom.Errorf(showroom.CodeNotFound, "This visit does not exist, or not any more.")
	}
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`UPDATE journal SET body=x'' WHERE seq>? AND subject=? AND body<>x''`, []any{from, showroom.VisitSubject(visit)}},
		{`DELETE FROM request WHERE visit=?`, []any{visit}},
		{`DELETE FROM staff_call WHERE visit=?`, []any{visit}},
		{`UPDATE garment SET visit='' WHERE visit=?`, []any{visit}},
		{`DELETE FROM kiosk_session WHERE visit=?`, []any{visit}},
		{`DELETE FROM visit WHERE id=?`, []any{visit}},
	} {
		if _, err := tx.exec(s.query, s.args...); err != nil {
			return showroom.Row{}, fmt.Errorf("forget visit: %w", err)
		}
	}
	return tx.Append(showroom.VisitForgotten{Visit: visit, Room: room})
}
