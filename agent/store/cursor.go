package store

import (
	"context"
	"fmt"
	"strconv"

	"showroom/agent/showroom"
)

// completeFromCursor is the cursor of the highest seq that has been removed from the journal.
const completeFromCursor = "journal.complete_from"

// Cursor answers a named place in somebody's stream, "" when it was never set.
func (v *View) Cursor(name string) (value string, err error) {
	if _, err = v.one(`SELECT value FROM cursor WHERE name=?`, []any{name}, &value); err != nil {
		return "", fmt.Errorf("read cursor %s: %w", name, err)
	}
	return value, nil
}

// SetCursor keeps a named place.
func (tx *Tx) SetCursor(name, value string) error {
	_, err := tx.exec(`INSERT INTO cursor (name, value) VALUES (?,?)
		ON CONFLICT (name) DO UPDATE SET value=excluded.value WHERE value<>excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("set cursor %s: %w", name, err)
	}
	return nil
}

func (v *View) acked(epoch string, lane showroom.Lane) (laneSeq int64, err error) {
	if _, err = v.one(`SELECT lane_seq FROM acked WHERE epoch=? AND lane=?`, []any{epoch, lane}, &laneSeq); err != nil {
		return 0, fmt.Errorf("read acknowledgement of %s: %w", lane, err)
	}
	return laneSeq, nil
}

// Acked notes that the central service has a lane of an epoch up to and including laneSeq. It never goes back. Beyond what was
// ever written it is ErrAhead, and nothing is noted. Nobody waits for an acknowledgement, so Changed is not closed.
func (db *DB) Acked(ctx context.Context, epoch string, lane showroom.Lane, laneSeq int64) error {
	return db.Update(ctx, func(tx *Tx) error {
		last, err := tx.laneEnd(tx.heads, epoch, lane)
		if err != nil {
			return fmt.Errorf("acknowledge %s: %w", lane, err)
		}
		if laneSeq > last {
			return fmt.Errorf("acknowledge %s up to %d, written %d: %w", lane, laneSeq, last, ErrAhead)
		}
		if _, err := tx.sql.ExecContext(tx.ctx, `INSERT INTO acked (epoch, lane, lane_seq) VALUES (?,?,?)
			ON CONFLICT (epoch, lane) DO UPDATE SET lane_seq=excluded.lane_seq WHERE lane_seq<excluded.lane_seq`,
			epoch, lane, laneSeq); err != nil {
			return fmt.Errorf("acknowledge %s: %w", lane, err)
		}
		return nil
	})
}

func (v *View) completeFrom() (int64, error) {
	s, err := v.Cursor(completeFromCursor)
	if err != nil || s == "" {
		return 0, err
	}
	return strconv.ParseInt(s, 10, 64)
}

// removedUpTo notes that rows up to seq are no longer all there.
func (tx *Tx) removedUpTo(seq int64) error {
	from, err := tx.completeFrom()
	if err != nil || seq <= from {
		return err
	}
	return tx.SetCursor(completeFromCursor, strconv.FormatInt(seq, 10))
}
