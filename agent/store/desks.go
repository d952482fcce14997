package store

import (
	"encoding/json"
	"fmt"

	"showroom/agent/showroom"
)

// Desk answers what a checkout kiosk remembers, an empty desk for one that has nothing to remember.
func (v *View) Desk(kiosk showroom.KioskID) (showroom.Desk, error) {
	d, _, err := find(v, "desk", scanBody[showroom.Desk], `SELECT body FROM desk WHERE kiosk=?`, kiosk)
	d.Kiosk = kiosk
	return d, err
}

// PutDesk saves what a checkout kiosk remembers.
func (tx *Tx) PutDesk(d showroom.Desk) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("save desk: %w", err)
	}
	if _, err := tx.exec(`INSERT OR REPLACE INTO desk (kiosk, body) VALUES (?,?)`, d.Kiosk, body); err != nil {
		return fmt.Errorf("save desk: %w", err)
	}
	return nil
}
