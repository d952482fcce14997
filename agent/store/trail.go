package store

import (
	"fmt"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// PutTrail notes which room a tag has left, in the place of what was known of the tag, and drops what is older than keep.
func (tx *Tx) PutTrail(t showroom.Trail, keep time.Duration) error {
	if _, err := tx.exec(`INSERT OR REPLACE INTO trail (epc, room, left_at, left_behind, piled) VALUES (?,?,?,?,?)`,
		epcBytes(t.EPC), t.Room, moment(t.Left), t.LeftBehind, t.Piled); err != nil {
		return fmt.Errorf("save trail: %w", err)
	}
	if _, err := tx.exec(`DELETE FROM trail WHERE left_at<?`, wallText(tx.now.Wall.Add(-keep))); err != nil {
		return fmt.Errorf("drop old trails: %w", err)
	}
	return nil
}

// TakeTrail answers which room a tag has left last and forgets it; false when nobody remembers.
func (tx *Tx) TakeTrail(epc gs1.EPC) (showroom.Trail, bool, error) {
	t := showroom.Trail{EPC: epc}
	known, err := tx.one(`SELECT room, left_at, left_behind, piled FROM trail WHERE epc=?`, []any{epcBytes(epc)},
		&t.Room, (*moment)(&t.Left), &t.LeftBehind, &t.Piled)
	if err != nil || !known {
		return t, false, err
	}
	if _, err := tx.exec(`DELETE FROM trail WHERE epc=?`, epcBytes(epc)); err != nil {
		return t, false, fmt.Errorf("forget trail: %w", err)
	}
	return t, true, nil
}
