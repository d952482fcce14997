package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
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
	tx.offersChanged()
	return nil
}

// Offers answers the offers that hold at a moment, by id; the caller changes nothing in them. A shop has some dozens of them, but one
// may name thousands of items, and every look at a basket asks: they are read anew only when they have changed.
func (v *View) Offers(at time.Time) ([]showroom.Offer, error) {
	all, known := v.offers.of(v.offerTurn)
	if !known {
		var err error
		if all, err = list(v, "offers", scanBody[showroom.Offer], `SELECT body FROM offer ORDER BY id`); err != nil {
			return nil, err
		}
		v.offers.keep(v.offerTurn, all)
	}
	return slices.DeleteFunc(slices.Clone(all), func(o showroom.Offer) bool { return !o.ValidAt(at) }), nil
}

// offerBook remembers the offers as they were last read. A nil book remembers nothing.
type offerBook struct {
	mu    sync.Mutex // guards all of it
	turn  uint64     // grows once a transaction that has changed the offers is committed
	known bool
	all   []showroom.Offer
}

// now is the turn that a transaction has to take before it begins: what it reads is then of that turn, or newer.
func (b *offerBook) now() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.turn
}

func (b *offerBook) changed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn++
	b.known, b.all = false, nil
}

func (b *offerBook) of(turn uint64) ([]showroom.Offer, bool) {
	if b == nil {
		return nil, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all, b.known && b.turn == turn
}

func (b *offerBook) keep(turn uint64, all []showroom.Offer) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.turn == turn {
		b.known, b.all = true, all
	}
}

// offersChanged has the rest of the transaction read the offers it has written, and everybody once it is committed.
func (tx *Tx) offersChanged() { tx.newOffers, tx.offers = true, nil }
