package store

import (
	"fmt"
)

// Bucket is a part of the catalogue that the feed carries and can send again as a whole.
type Bucket string

// The buckets, named as the feed names them. The key of a product and of an offer is its id, of everything else the GTIN in 14 digits.
const (
	BucketProduct Bucket = "product"
	BucketItem    Bucket = "item"
	BucketPrice   Bucket = "price"
	BucketStock   Bucket = "stock"
	BucketOffer   Bucket = "offer"
)

// table answers where a bucket lives and what it is keyed by.
func (b Bucket) table() (table, key string, ok bool) {
	switch b {
	case BucketProduct:
		return "product", "id", true
	case BucketItem:
		return "item", "gtin", true
	case BucketPrice:
		return "price", "gtin", true
	case BucketStock:
		return "stock", "gtin", true
	case BucketOffer:
		return "offer", "id", true
	}
	return "", "", false
}

// FromSnapshot says that what is put into the catalogue by the rest of this transaction is of a snapshot: it is the truth even
// where its versions are older than what is here, since the feed counts anew when the central service begins a new life.
func (tx *Tx) FromSnapshot() { tx.snapshot = true }

// Delete removes what the feed has deleted, unless what is here is newer. A bucket this program does not know is no error: a later
// central service may have more of them.
func (tx *Tx) Delete(b Bucket, key string, version int64) error {
	table, column, ok := b.table()
	if !ok {
		return nil
	}
	n, err := tx.exec(`DELETE FROM `+table+` WHERE `+column+`=? AND (version<=? OR ?)`, key, version, tx.snapshot)
	if err == nil && n > 0 {
		err = tx.unname(b, key)
	}
	if err != nil {
		return fmt.Errorf("delete from %s: %w", table, err)
	}
	return nil
}

// Sweep ends a snapshot of a bucket: whatever has a key that keep does not want is removed.
func (tx *Tx) Sweep(b Bucket, keep func(key string) bool) (removed int, err error) {
	table, column, ok := b.table()
	if !ok {
		return 0, nil
	}
	keys, err := list(&tx.View, table, scanOne[string], `SELECT DISTINCT `+column+` FROM `+table)
	if err != nil {
		return 0, err
	}
	for _, key := range keys {
		if keep(key) {
			continue
		}
		if _, err := tx.exec(`DELETE FROM `+table+` WHERE `+column+`=?`, key); err != nil {
			return 0, fmt.Errorf("sweep %s: %w", table, err)
		}
		if err := tx.unname(b, key); err != nil {
			return 0, fmt.Errorf("sweep %s: %w", table, err)
		}
		removed++
	}
	return removed, nil
}
