package customer

import (
	"context"

	"showroom/agent/gs1"
	"showroom/agent/store"
)

// SellIn makes garments the property of who has just bought them, in the transaction of the sale, which tells of it: no fact is
// appended here. Settled must follow, whether the transaction was committed or not.
func (t *Tags) SellIn(tx *store.Tx, tags []gs1.EPC) error {
	for _, epc := range tags {
		h := t.fixed.hash(epc)
		if _, err := tx.PutSold(h); err != nil {
			return err
		}
		t.sold.set(h, true) // before anybody else writes, who would take it for the shop's
		if err := leaveNoTrail(tx, epc); err != nil {
			return err
		}
	}
	return nil
}

// Bought says whether a tag is on a garment of the shop's that somebody has bought.
func (t *Tags) Bought(epc gs1.EPC) bool {
	return !t.sold.empty() && (t.opt.Prefixes.Own(epc) || t.listed(epc)) && t.sold.has(t.fixed.hash(epc))
}

// ReturnIn makes a garment the shop's again, in the transaction of the caller, who tells of it. false when it had not been sold. Settled
// must follow, whether the transaction was committed or not.
func (t *Tags) ReturnIn(tx *store.Tx, epc gs1.EPC) (bool, error) {
	return tx.DeleteSold(t.fixed.hash(epc))
}

// Settled has Own know of these tags what the store knows of them.
func (t *Tags) Settled(ctx context.Context, tags []gs1.EPC) error {
	hashes := make([]store.SoldHash, len(tags))
	for i, epc := range tags {
		hashes[i] = t.fixed.hash(epc)
	}
	return t.readSold(ctx, hashes)
}
