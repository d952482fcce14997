package fitting

import (
	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Begin opens the visit of a room unless there is one. Whoever scans a piece there and asks for it is there, whether or not a
// garment hangs in the room.
func (f *Rooms) Begin(tx *store.Tx, room showroom.RoomID) error {
	if _, open, err := tx.OpenVisit(room); err != nil || open {
		return err
	}
	garments, err := f.garmentsIn(&tx.View, room)
	if err != nil {
		return err
	}
	return f.open(tx, room, garments)
}

// Piece answers an item as a room sees it, hanging there or not, or false when the catalogue does not know it.
func (f *Rooms) Piece(v *store.View, room showroom.RoomID, item gs1.GTIN) (Piece, bool, error) {
	garments, err := f.garmentsIn(v, room)
	if err != nil {
		return Piece{}, false, err
	}
	here := map[gs1.GTIN]int{}
	for _, g := range garments {
		if !g.LeftBehind {
			here[g.GTIN]++
		}
	}
	return f.piece(v, showroom.Garment{GTIN: item, Room: room}, here)
}
