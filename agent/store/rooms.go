package store

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

const garmentColumns = `epc, gtin, room, visit, since, manner, left_behind, unconfirmed`

func scanGarment(s scanner) (showroom.Garment, error) {
	var g showroom.Garment
	var epc []byte
	err := s.Scan(&epc, &g.GTIN, &g.Room, &g.Visit, (*moment)(&g.Since), &g.Manner, &g.LeftBehind, &g.Unconfirmed)
	if err != nil {
		return g, err
	}
	g.EPC, err = gs1.EPCFromBytes(epc)
	return g, err
}

func epcBytes(e gs1.EPC) []byte { return e.AppendBytes(make([]byte, 0, gs1.MaxEPCBytes)) }

// PutGarment saves a garment that hangs in a room, in the place of what was known of its tag.
func (tx *Tx) PutGarment(g showroom.Garment) error {
	if g.EPC.IsZero() {
		return fmt.Errorf("save garment: it has no tag")
	}
	_, err := tx.exec(`INSERT OR REPLACE INTO garment (`+garmentColumns+`) VALUES (?,?,?,?,?,?,?,?)`,
		epcBytes(g.EPC), g.GTIN, g.Room, g.Visit, moment(g.Since), g.Manner, g.LeftBehind, g.Unconfirmed)
	if err != nil {
		return fmt.Errorf("save garment: %w", err)
	}
	return nil
}

// RemoveGarment forgets where a tag was. A tag that is in no room is no error.
func (tx *Tx) RemoveGarment(epc gs1.EPC) error {
	if _, err := tx.exec(`DELETE FROM garment WHERE epc=?`, epcBytes(epc)); err != nil {
		return fmt.Errorf("remove garment: %w", err)
	}
	return nil
}

// Garment answers the garment with this tag. CodeNotFound when it is in no room.
func (v *View) Garment(epc gs1.EPC) (showroom.Garment, error) {
	return get(v, "garment", scanGarment, `SELECT `+garmentColumns+` FROM garment WHERE epc=?`, epcBytes(epc))
}

// GarmentsIn answers what hangs in a room, left behind or not, by tag.
func (v *View) GarmentsIn(room showroom.RoomID) ([]showroom.Garment, error) {
	return list(v, "garments", scanGarment, `SELECT `+garmentColumns+` FROM garment WHERE room=? ORDER BY epc`, room)
}

// Garments answers what hangs in all rooms, by tag.
func (v *View) Garments() ([]showroom.Garment, error) {
	return list(v, "garments", scanGarment, `SELECT `+garmentColumns+` FROM garment ORDER BY epc`)
}
