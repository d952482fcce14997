package store

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// beforeVisit is how many rows before a visit may tell how its garments came: those of the seconds until it opened, and of a
// restart in between, many times over.
const beforeVisit = 1000

// maxAlso keeps VisitForgotten below MaxBody.
const maxAlso = 1000

// Forget erases a visit: the bodies of all journal rows that tell of it are emptied (their hashes stay, so that digests stay true), its
// requests, calls, kiosk sessions and scans are deleted, its garments are nobody's, and the visit itself is gone. VisitForgotten is appended,
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
	forgotten := showroom.VisitForgotten{Visit: visit, Room: room}
	strays, err := tx.strays(visit, showroom.RoomPlace(room), from)
	if err != nil {
		return showroom.Row{}, fmt.Errorf("forget visit: %w", err)
	}
	for _, r := range strays {
		if _, err := tx.exec(`UPDATE journal SET body=x'' WHERE seq=?`, r.Seq); err != nil {
			return showroom.Row{}, fmt.Errorf("forget visit: %w", err)
		}
		if len(forgotten.Also) < maxAlso {
			forgotten.Also = append(forgotten.Also, r.ID())
		}
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
		{`DELETE FROM kiosk_scan WHERE visit=?`, []any{visit}},
		{`DELETE FROM visit WHERE id=?`, []any{visit}},
	} {
		if _, err := tx.exec(s.query, s.args...); err != nil {
			return showroom.Row{}, fmt.Errorf("forget visit: %w", err)
		}
	}
	return tx.Append(forgotten)
}

// strays answers the rows that tell of a visit's garments under another subject, see showroom.VisitForgotten.
func (v *View) strays(visit showroom.VisitID, room showroom.Place, from int64) (strays []showroom.Row, err error) {
	rows, err := list(v, "journal", scanRow, `SELECT `+rowColumns+` FROM journal
		WHERE seq>? AND kind IN (?,?,?) AND body<>x'' ORDER BY seq`,
		from-beforeVisit, showroom.KindGarmentArrived, showroom.KindGarmentMoved, showroom.KindGarmentJoined)
	if err != nil {
		return nil, err
	}
	came, worn := map[gs1.EPC]showroom.Row{}, map[gs1.EPC]bool{}
	enters := func(r showroom.Row, epc gs1.EPC, of showroom.VisitID, to showroom.Place) {
		switch {
		case of == visit:
			worn[epc] = true
		case of == "" && to == room:
			came[epc] = r
		}
	}
	for _, r := range rows {
		e, err := showroom.DecodeEvent(r.Kind, r.Version, r.Body)
		if err != nil {
			continue // written by a later program; its subject is all that is known of it
		}
		switch e := e.(type) {
		case showroom.GarmentArrived:
			enters(r, e.EPC, e.Visit, e.Place)
		case showroom.GarmentMoved:
			if e.From == room && worn[e.EPC] {
				strays = append(strays, r)
			}
			enters(r, e.EPC, e.Visit, e.To)
		case showroom.GarmentJoined:
			if how, ok := came[e.EPC]; ok && e.Visit == visit {
				strays = append(strays, how)
			}
			enters(r, e.EPC, e.Visit, room)
		}
	}
	return strays, nil
}
