package store

import (
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// PutStock takes over from the feed how many pieces of an item this shop has. An older version than what is there changes nothing;
// a newer one replaces a correction too.
func (tx *Tx) PutStock(item gs1.GTIN, quantity int, version int64) error {
	if item == "" || quantity < 0 {
		return showroom.Errorf(showroom.CodeInvalid, "The stock figure has no GTIN or is negative.")
	}
	return tx.feed(Stocks, string(item), version, func(generation int64) error {
		_, err := tx.exec(`INSERT INTO stock (gtin, quantity, version, generation) VALUES (?,?,?,?)
			ON CONFLICT (gtin) DO UPDATE SET quantity=excluded.quantity, version=excluded.version, generation=excluded.generation,
				corrected=iif(excluded.version>version, NULL, corrected)`+newer, item, quantity, version, generation)
		return err
	})
}

// DeleteStock is DeleteProduct for a stock figure: the item is not carried here.
func (tx *Tx) DeleteStock(item gs1.GTIN, version int64) error {
	return tx.bury(Stocks, string(item), version, `DELETE FROM stock WHERE gtin=? AND version<=?`, item, version)
}

// CorrectStock notes that somebody looked and there are now pieces, until the feed has a newer figure. It answers the fact to
// append. An item the feed has no figure of is corrected too.
func (tx *Tx) CorrectStock(item gs1.GTIN, now int) (showroom.StockCorrected, error) {
	c := showroom.StockCorrected{GTIN: item, Now: max(now, 0)}
	if _, err := tx.one(`SELECT version, coalesce(corrected, quantity) FROM stock WHERE gtin=?`, []any{item}, &c.FeedVersion, &c.Was); err != nil {
		return c, fmt.Errorf("correct stock: %w", err)
	}
	generation, err := tx.generation(Stocks)
	if err != nil {
		return c, err
	}
	if _, err := tx.exec(`INSERT INTO stock (gtin, quantity, corrected, version, generation) VALUES (?1,0,?2,0,?3)
		ON CONFLICT (gtin) DO UPDATE SET corrected=excluded.corrected`, item, c.Now, generation); err != nil {
		return c, fmt.Errorf("correct stock: %w", err)
	}
	return c, nil
}

// Availability answers where the pieces of an item are. An item nobody knows has none.
func (v *View) Availability(item gs1.GTIN) (a showroom.Availability, err error) {
	_, err = v.one(`SELECT
		coalesce((SELECT coalesce(corrected, quantity) FROM stock WHERE gtin=?1), 0),
		(SELECT count(*) FROM garment g JOIN visit v ON v.id=g.visit WHERE g.gtin=?1 AND g.left_behind=0 AND v.end_reason=''),
		(SELECT count(*) FROM request WHERE closed=0 AND want=?1 AND state<>?2)`,
		[]any{item, showroom.SizeWaiting}, &a.Stock, &a.InRooms, &a.Promised)
	if err != nil {
		return a, fmt.Errorf("read availability: %w", err)
	}
	return a, nil
}
