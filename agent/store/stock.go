package store

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// stockNow is SQL for the pieces of a row of stock that should be here. More may have been sold than the books knew of.
const stockNow = `max(coalesce(corrected, quantity)-sold, 0)`

// PutStock takes over from the feed how many pieces of an item this shop has, like PutProduct. A figure of another version than
// the one there was replaces corrections of that and what has been sold since.
func (tx *Tx) PutStock(s showroom.Stock, version int64) error {
	if s.GTIN == "" || s.Quantity < 0 {
		return showroom.Errorf(showroom.CodeInvalid, "The stock figure has no GTIN or is negative.")
	}
	if _, err := tx.exec(`INSERT INTO stock (gtin, quantity, sold, version) VALUES (?,?,0,?)
		ON CONFLICT (gtin) DO UPDATE SET quantity=excluded.quantity, version=excluded.version,
			corrected=iif(excluded.version=version, corrected, NULL), sold=iif(excluded.version=version, sold, 0)
			WHERE excluded.version>version OR ?`, s.GTIN, s.Quantity, version, tx.snapshot); err != nil {
		return fmt.Errorf("save stock: %w", err)
	}
	return nil
}

// CorrectStock notes that somebody looked and there are now pieces, until the feed has a newer figure. It answers the fact to
// append. An item the feed has no figure of is corrected too.
func (tx *Tx) CorrectStock(item gs1.GTIN, now int) (showroom.StockCorrected, error) {
	c := showroom.StockCorrected{GTIN: item, Now: max(now, 0)}
	if _, err := tx.one(`SELECT version, `+stockNow+` FROM stock WHERE gtin=?`, []any{item}, &c.FeedVersion, &c.Was); err != nil {
		return c, fmt.Errorf("correct stock: %w", err)
	}
	if _, err := tx.exec(`INSERT INTO stock (gtin, quantity, corrected, sold, version) VALUES (?,0,?,0,0)
		ON CONFLICT (gtin) DO UPDATE SET corrected=excluded.corrected, sold=0`, item, c.Now); err != nil {
		return c, fmt.Errorf("correct stock: %w", err)
	}
	return c, nil
}

// SellStock takes pieces that the shop has sold itself off the stock shown, until the feed has a newer figure, which knows of them;
// below nothing they have come back. An item the feed has no figure of has none before and after.
func (tx *Tx) SellStock(item gs1.GTIN, pieces int) error {
	if _, err := tx.exec(`UPDATE stock SET sold=sold+? WHERE gtin=?`, pieces, item); err != nil {
		return fmt.Errorf("take from stock: %w", err)
	}
	return nil
}

// Availability answers where the pieces of an item are. An item nobody knows has none.
func (v *View) Availability(item gs1.GTIN) (a showroom.Availability, err error) {
	_, err = v.one(`SELECT
		coalesce((SELECT `+stockNow+` FROM stock WHERE gtin=?1), 0),
		(SELECT count(*) FROM garment g JOIN visit v ON v.id=g.visit WHERE g.gtin=?1 AND g.left_behind=0 AND v.end_reason=''),
		(SELECT count(*) FROM request WHERE closed=0 AND want=?1 AND state<>?2),
		(SELECT coalesce(sum(quantity), 0) FROM basket_line WHERE gtin=?1)`,
		[]any{item, showroom.SizeWaiting}, &a.Stock, &a.InRooms, &a.Promised, &a.InBaskets)
	if err != nil {
		return a, fmt.Errorf("read availability: %w", err)
	}
	return a, nil
}
