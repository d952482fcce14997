package customer

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// maxSold is how many tags one command may name.
const maxSold = 500

// Counted is what a command of a till has done.
type Counted struct {
	Changed int `json:"changed"` // tags that are sold now, or the shop's again
	Already int `json:"already"` // tags that were so before
}

// Sold makes garments the property of who bought them: from now on the readers' filters drop their tags, and where one still hangs
// in a room it departs by its silence. The same command does it once.
func (t *Tags) Sold(ctx context.Context, command showroom.CommandID, tags []gs1.EPC) (Counted, error) {
	return t.account(ctx, command, tags, true)
}

// Returned makes sold garments the shop's again. The same command does it once.
func (t *Tags) Returned(ctx context.Context, command showroom.CommandID, tags []gs1.EPC) (Counted, error) {
	return t.account(ctx, command, tags, false)
}

func (t *Tags) account(ctx context.Context, command showroom.CommandID, tags []gs1.EPC, sold bool) (done Counted, err error) {
	if len(tags) == 0 || len(tags) > maxSold {
		return done, showroom.Errorf(showroom.CodeInvalid, "Name 1 to %d tags.", maxSold)
	}
	hashes := make([]store.SoldHash, len(tags))
	marks := make([]string, len(tags)) // what is remembered of the command tells no tag
	for i, epc := range tags {
		if epc.IsZero() {
			return done, showroom.Errorf(showroom.CodeInvalid, "Tag %d is empty.", i+1)
		}
		hashes[i] = t.fixed.hash(epc)
		marks[i] = t.fixed.mark(hashes[i][:])
	}
	err = t.db.Update(ctx, func(tx *store.Tx) (err error) {
		done, err = store.Once(tx, command, []any{"sold", sold, marks}, func() (Counted, error) {
			return t.write(tx, tags, hashes, sold)
		})
		return err
	})
	// Who hangs up now has changed it all the same, and what write was too early with is put right.
	if err = errors.Join(err, t.readSold(context.WithoutCancel(ctx), hashes)); err != nil {
		return Counted{}, err
	}
	return done, nil
}

// write saves what changed and counts it by item.
func (t *Tags) write(tx *store.Tx, tags []gs1.EPC, hashes []store.SoldHash, sold bool) (done Counted, err error) {
	counts := map[gs1.GTIN]int{}
	for i, h := range hashes {
		change := tx.DeleteSold
		if sold {
			change = tx.PutSold
		}
		changed, err := change(h)
		if err != nil {
			return done, err
		}
		if !changed {
			done.Already++
			continue
		}
		if sold {
			t.sold.set(h, true) // before anybody else writes, who would take it for the shop's
			if err := leaveNoTrail(tx, tags[i]); err != nil {
				return done, err
			}
		}
		done.Changed++
		counts[tags[i].GTIN()]++
	}
	if done.Changed == 0 {
		return done, nil
	}
	items := make([]showroom.ItemCount, 0, len(counts))
	for gtin, n := range counts {
		items = append(items, showroom.ItemCount{GTIN: gtin, Count: n})
	}
	slices.SortFunc(items, func(a, b showroom.ItemCount) int { return cmp.Compare(a.GTIN, b.GTIN) })
	var e showroom.Event = showroom.GarmentsReturned{Items: items}
	if sold {
		e = showroom.GarmentsSold{Items: items}
	}
	_, err = tx.Append(e)
	return done, err
}

// leaveNoTrail forgets where a piece was, which is its owner's business now. What still hangs in a room is left to its silence.
func leaveNoTrail(tx *store.Tx, epc gs1.EPC) error {
	if _, _, err := tx.TakeTrail(epc); err != nil {
		return err
	}
	return tx.DeleteStaticTag(epc)
}

// readSold has Own know of these tags what the store knows of them, whoever wrote last.
func (t *Tags) readSold(ctx context.Context, hashes []store.SoldHash) error {
	t.reading.Lock() // or an older reading could follow a newer one
	defer t.reading.Unlock()
	return t.db.View(ctx, func(v *store.View) error {
		for _, h := range hashes {
			sold, err := v.IsSold(h)
			if err != nil {
				return err
			}
			t.sold.set(h, sold)
		}
		return nil
	})
}
