package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// SoldHash stands for a sold tag: the beginning of a keyed hash of its EPC.
type SoldHash [16]byte

// PutSold notes that a tag belongs to who bought it. fresh is false when that was known.
func (tx *Tx) PutSold(h SoldHash) (fresh bool, err error) {
	n, err := tx.exec(`INSERT INTO sold_tag (hash, since) VALUES (?,?) ON CONFLICT (hash) DO NOTHING`, h[:], wallText(tx.now.Wall))
	if err != nil {
		return false, fmt.Errorf("save sold tag: %w", err)
	}
	return n > 0, nil
}

// DeleteSold notes that a tag is the shop's again. known is false when it had not been sold.
func (tx *Tx) DeleteSold(h SoldHash) (known bool, err error) {
	n, err := tx.exec(`DELETE FROM sold_tag WHERE hash=?`, h[:])
	if err != nil {
		return false, fmt.Errorf("forget sold tag: %w", err)
	}
	return n > 0, nil
}

// IsSold says whether a tag belongs to who bought it.
func (v *View) IsSold(h SoldHash) (bool, error) {
	var n int
	found, err := v.one(`SELECT 1 FROM sold_tag WHERE hash=?`, []any{h[:]}, &n)
	if err != nil {
		return false, fmt.Errorf("look up sold tag: %w", err)
	}
	return found, nil
}

// SoldTags calls each with every sold tag, in no order.
func (v *View) SoldTags(each func(SoldHash)) error {
	rows, err := v.sql.QueryContext(v.ctx, `SELECT hash FROM sold_tag`)
	if err != nil {
		return fmt.Errorf("read sold tags: %w", err)
	}
	defer rows.Close()
	var bytes []byte
	for rows.Next() {
		if err := rows.Scan(&bytes); err != nil {
			return fmt.Errorf("read sold tags: %w", err)
		}
		var h SoldHash
		if copy(h[:], bytes) == len(h) {
			each(h)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read sold tags: %w", err)
	}
	return nil
}

// ItemNumbers answers the GTIN of every item of the catalogue, in order.
func (v *View) ItemNumbers() ([]gs1.GTIN, error) {
	return list(v, "items", scanOne[gs1.GTIN], `SELECT gtin FROM item ORDER BY gtin`)
}

// ItemsChanged says whether the journal tells after the row seq that items of the catalogue have changed, and which row is its last.
func (v *View) ItemsChanged(seq int64) (changed bool, last int64, err error) {
	head, err := v.Head()
	if err != nil {
		return false, seq, err
	}
	bodies, err := list(v, "journal", scanOne[[]byte], `SELECT body FROM journal WHERE seq>? AND kind=?`, seq, showroom.KindCatalogueChanged)
	for _, body := range bodies {
		var e showroom.CatalogueChanged
		if err := json.Unmarshal(body, &e); err != nil {
			return false, seq, fmt.Errorf("read change of the catalogue: %w", err)
		}
		changed = changed || slices.Contains(e.Buckets, string(BucketItem))
	}
	return changed, head.Seq, err
}
