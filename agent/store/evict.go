package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"showroom/agent/showroom"
)

// Reserve answers ErrReserve when free space is below half of the disk floor: what is left is for the facts of obligations that
// already exist. With no floor it always answers nil.
func (db *DB) Reserve() error {
	free, err := db.opts.DiskFree(db.opts.Dir)
	if err != nil {
		return err
	}
	if free < db.opts.Retention.DiskFloor/2 {
		return fmt.Errorf("%w: %d bytes free", ErrReserve, free)
	}
	return nil
}

// evictUnderPressure removes the oldest observations until there is as much free space as the disk floor, or none are left.
func (db *DB) evictUnderPressure(ctx context.Context, p *Pruned) error {
	defer func() {
		if p.Evicted > 0 {
			db.opts.Logger.Warn("Disk is short, the oldest observations were removed", "rows", p.Evicted)
		}
	}()
	for {
		free, err := db.opts.DiskFree(db.opts.Dir)
		if err != nil || free >= db.opts.Retention.DiskFloor {
			return err
		}
		n, err := db.pruneChunk(ctx, (*Tx).evictObservations)
		p.Evicted += n
		if n == 0 || err != nil {
			return err
		}
		if err := db.shrink(ctx); err != nil {
			return err
		}
	}
}

// evictObservations removes one chunk of the oldest observations. What of it had not been acknowledged leaves one row standing
// that says so, in the place and under the number of the last row of the gap. Gaps that touch become one, and since it is always
// the oldest that go, a lane has no more than one unacknowledged gap.
func (tx *Tx) evictObservations() (removed int64, err error) {
	limit, err := tx.lastMilestone()
	if err != nil {
		return 0, err
	}
	// A gap does not reach across epochs; one of an older epoch stays as it is.
	rows, err := list(&tx.View, "observations", scanRow, `SELECT `+rowColumns+` FROM journal
		WHERE lane='observations' AND seq<?1 AND epoch=(SELECT epoch FROM journal
			WHERE lane='observations' AND seq<?1 AND kind<>?2 ORDER BY seq LIMIT 1)
		ORDER BY seq LIMIT ?3`, limit, showroom.KindEvicted, pruneRows)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	last := rows[len(rows)-1]
	acked, err := tx.acked(last.Epoch, last.Lane)
	if err != nil {
		return 0, err
	}
	gap := showroom.Evicted{Of: last.Lane}
	for _, r := range rows {
		if r.Kind != showroom.KindEvicted {
			removed++
		}
		if r.LaneSeq > acked {
			if err := widen(&gap, r); err != nil {
				return 0, err
			}
		}
	}
	if _, err := tx.exec(`DELETE FROM journal WHERE lane='observations' AND epoch=? AND seq<=?`, last.Epoch, last.Seq); err != nil {
		return 0, err
	}
	if gap.Count > 0 {
		if err := tx.standIn(last, gap); err != nil {
			return 0, err
		}
	}
	return removed, tx.removedUpTo(last.Seq)
}

// widen makes the gap reach over one more row, which may be a gap itself.
func widen(gap *showroom.Evicted, r showroom.Row) error {
	from, count := r.LaneSeq, int64(1)
	if r.Kind == showroom.KindEvicted {
		var before showroom.Evicted
		if err := json.Unmarshal(r.Body, &before); err != nil {
			return fmt.Errorf("read declared gap: %w", err)
		}
		from, count = before.From, before.Count
	}
	if gap.Count == 0 {
		gap.From = from
	}
	gap.To = r.LaneSeq
	gap.Count += count
	return nil
}

// standIn puts the declaration of a gap in the place of its last row.
func (tx *Tx) standIn(last showroom.Row, gap showroom.Evicted) error {
	body, err := json.Marshal(gap)
	if err != nil {
		return err
	}
	return tx.insertRows([]showroom.Row{{
		Seq: last.Seq, Epoch: last.Epoch, Lane: last.Lane, LaneSeq: last.LaneSeq, Kind: gap.Kind(), Version: gap.Version(),
		Subject: gap.Subject(), Body: body, SHA256: sha256.Sum256(body), At: tx.now,
	}})
}

// shiftEvicted renumbers the declared gaps of a lane that is about to be carried over into another epoch.
func (tx *Tx) shiftEvicted(epoch string, lane showroom.Lane, by int64) error {
	rows, err := list(&tx.View, "declared gaps", scanRow, `SELECT `+rowColumns+` FROM journal
		WHERE epoch=? AND lane=? AND lane_seq>? AND kind=?`, epoch, lane, by, showroom.KindEvicted)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var gap showroom.Evicted
		if err := json.Unmarshal(r.Body, &gap); err != nil {
			return fmt.Errorf("read declared gap: %w", err)
		}
		gap.From, gap.To = gap.From-by, gap.To-by
		body, err := json.Marshal(gap)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		if _, err := tx.exec(`UPDATE journal SET body=?, body_sha256=? WHERE seq=?`, body, sum[:], r.Seq); err != nil {
			return err
		}
	}
	return nil
}
