package store

import (
	"fmt"

	"showroom/agent/showroom"
)

// Bucket is a part of the catalogue that the feed can send again as a whole.
type Bucket string

// The buckets, one per kind of thing.
const (
	Products Bucket = "products"
	Items    Bucket = "items"
	Prices   Bucket = "prices"
	Stocks   Bucket = "stock"
)

// newer is when a message of the feed may replace a row: it is newer, or it is of a snapshot that began after the row was last
// told of. A snapshot is the truth, also where its numbers are lower, as after a restore of the central service.
const newer = ` WHERE excluded.generation>generation OR excluded.version>version`

// feed applies one message unless its key has been deleted by a newer one.
func (tx *Tx) feed(b Bucket, key string, version int64, put func(generation int64) error) error {
	generation, err := tx.generation(b)
	if err != nil {
		return err
	}
	var deleted bool
	if _, err := tx.one(`SELECT 1 FROM tombstone WHERE bucket=? AND key=? AND generation=? AND version>=?`,
		[]any{b, key, generation, version}, &deleted); err != nil {
		return fmt.Errorf("save in %s: %w", b, err)
	}
	if deleted {
		return nil
	}
	if err := put(generation); err != nil {
		return fmt.Errorf("save in %s: %w", b, err)
	}
	return nil
}

// bury deletes by one statement and remembers it.
func (tx *Tx) bury(b Bucket, key string, version int64, query string, args ...any) error {
	generation, err := tx.generation(b)
	if err != nil {
		return err
	}
	if _, err := tx.exec(query, args...); err != nil {
		return fmt.Errorf("delete from %s: %w", b, err)
	}
	if _, err := tx.exec(`INSERT INTO tombstone (bucket, key, version, generation) VALUES (?,?,?,?)
		ON CONFLICT (bucket, key) DO UPDATE SET version=excluded.version, generation=excluded.generation`+newer,
		b, key, version, generation); err != nil {
		return fmt.Errorf("delete from %s: %w", b, err)
	}
	return nil
}

func (v *View) generation(b Bucket) (g int64, err error) {
	if _, err = v.one(`SELECT generation FROM bucket WHERE name=?`, []any{b}, &g); err != nil {
		return 0, fmt.Errorf("read generation of %s: %w", b, err)
	}
	return g, nil
}

// BeginSnapshot says that the feed now sends a bucket again from the start. It may come over many transactions, live messages
// among it; the catalogue stays readable, a mixture of old and new, until FinishSnapshot. One that was broken off is begun again.
func (tx *Tx) BeginSnapshot(b Bucket) error {
	if _, err := b.table(); err != nil {
		return err
	}
	if _, err := tx.exec(`INSERT INTO bucket (name, generation) VALUES (?,1)
		ON CONFLICT (name) DO UPDATE SET generation=generation+1`, b); err != nil {
		return fmt.Errorf("begin snapshot of %s: %w", b, err)
	}
	return nil
}

// FinishSnapshot removes what was not in the snapshot, and answers how many rows that were.
func (tx *Tx) FinishSnapshot(b Bucket) (removed int64, err error) {
	table, err := b.table()
	if err != nil {
		return 0, err
	}
	generation, err := tx.generation(b)
	if err != nil {
		return 0, err
	}
	if removed, err = tx.exec(`DELETE FROM `+table+` WHERE generation<?`, generation); err != nil {
		return 0, fmt.Errorf("finish snapshot of %s: %w", b, err)
	}
	if _, err := tx.exec(`DELETE FROM tombstone WHERE bucket=? AND generation<?`, b, generation); err != nil {
		return 0, fmt.Errorf("finish snapshot of %s: %w", b, err)
	}
	return removed, nil
}

func (b Bucket) table() (string, error) {
	switch b {
	case Products:
		return "product", nil
	case Items:
		return "item", nil
	case Prices:
		return "price", nil
	case Stocks:
		return "stock", nil
	}
	return "", showroom.Errorf(showroom.CodeInvalid, "There is no bucket %q.", string(b))
}
