package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"showroom/agent/showroom"
)

// PutOffer takes an offer over from the feed, like PutProduct.
func (tx *Tx) PutOffer(o showroom.Offer, version int64) error {
	if o.ID == "" {
		return showroom.Errorf(showroom.CodeInvalid, "The offer has no id.")
	}
	body, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("save offer: %w", err)
	}
	if _, err := tx.exec(`INSERT INTO offer (id, body, version) VALUES (?,?,?)
		ON CONFLICT (id) DO UPDATE SET body=excluded.body, version=excluded.version WHERE excluded.version>version OR ?`,
		o.ID, body, version, tx.snapshot); err != nil {
		return fmt.Errorf("save offer: %w", err)
	}
	return nil
}

// Offers answers the offers that hold at a moment, by id. A shop has some dozens of them: they are read from the database each time.
func (v *View) Offers(at time.Time) ([]showroom.Offer, error) {
	all, err := list(v, "offers", scanBody[showroom.Offer], `SELECT body FROM offer ORDER BY id`)
	return slices.DeleteFunc(all, func(o showroom.Offer) bool { return !o.ValidAt(at) }), err
}
