package store

import (
	"context"
	"crypto/rand"
	"fmt"

	"showroom/agent/showroom"
)

// bindEpoch sees to it that the journal has an epoch and that it is of this machine.
func (tx *Tx) bindEpoch(machine string) error {
	var bound string
	found, err := tx.one(`SELECT machine FROM epoch ORDER BY number DESC LIMIT 1`, nil, &bound)
	switch {
	case err != nil:
		return fmt.Errorf("read epoch: %w", err)
	case !found:
		return tx.beginEpoch(machine, "database created")
	case bound != machine:
		return tx.beginEpoch(machine, "database found on another machine")
	}
	return nil
}

// NewEpoch begins a new life of the journal on this machine: seq goes on, every lane_seq starts at 1. It is for when the central
// service has other rows, or more of them, under the numbers of an epoch. What it has not acknowledged of that epoch it can never
// take under those numbers, so these rows are carried over: they keep their seq and get new names. The epoch is over then, with
// nothing unsent. CodeNotFound when there is no such epoch.
func (tx *Tx) NewEpoch(epoch, reason string) error {
	var machine string
	found, err := tx.one(`SELECT (SELECT machine FROM epoch ORDER BY number DESC LIMIT 1) FROM epoch WHERE id=?`, []any{epoch}, &machine)
	if err != nil {
		return fmt.Errorf("begin epoch: %w", err)
	}
	if !found {
		return showroom.Errorf(showroom.CodeNotFound, "The journal never had the epoch %q.", epoch)
	}
	if err := tx.beginEpoch(machine, reason); err != nil {
		return err
	}
	for _, lane := range lanes() {
		if !lane.Uploaded() {
			continue
		}
		if err := tx.carryOver(epoch, lane); err != nil {
			return fmt.Errorf("carry over %s: %w", lane, err)
		}
	}
	return tx.putMilestones()
}

// carryOver renames what is unacknowledged of a lane of another epoch. The milestones move with the rows, all by the same number.
func (tx *Tx) carryOver(epoch string, lane showroom.Lane) error {
	acked, err := tx.acked(epoch, lane)
	if err != nil {
		return err
	}
	last, err := tx.laneEnd(heads{}, epoch, lane)
	if err != nil || last == acked {
		return err
	}
	if err := tx.shiftEvicted(epoch, lane, acked); err != nil {
		return err
	}
	for _, query := range []string{
		`UPDATE journal SET epoch=?1, lane_seq=lane_seq-?4 WHERE epoch=?2 AND lane=?3 AND lane_seq>?4`,
		`INSERT OR REPLACE INTO milestone (epoch, lane, lane_seq, seq)
			SELECT ?1, lane, lane_seq-?4, seq FROM milestone WHERE epoch=?2 AND lane=?3 AND lane_seq>?4`,
		// The new lane does not begin here but where its first carried row is, far back.
		`UPDATE milestone SET seq=0 WHERE epoch=?1 AND lane=?3 AND lane_seq=0`,
		`DELETE FROM milestone WHERE epoch=?2 AND lane=?3 AND lane_seq>?4`,
	} {
		if _, err := tx.exec(query, tx.heads.epoch, epoch, lane, acked); err != nil {
			return err
		}
	}
	tx.heads.lanes[lane] = last - acked
	// What was acknowledged is where the old lane ends.
	_, err = tx.exec(`INSERT OR REPLACE INTO milestone (epoch, lane, lane_seq, seq) VALUES (?,?,?,?)`, epoch, lane, acked, tx.heads.seq)
	return err
}

func (tx *Tx) beginEpoch(machine, reason string) error {
	if tx.heads.epoch != "" {
		if err := tx.putMilestones(); err != nil { // the exact ends of what is over
			return fmt.Errorf("begin epoch: %w", err)
		}
	}
	// 130 random bits in letters and digits; the date is in the table.
	tx.heads = heads{epoch: rand.Text(), seq: tx.heads.seq, lanes: make(map[showroom.Lane]int64)}
	for _, lane := range lanes() {
		tx.heads.lanes[lane] = 0
	}
	if _, err := tx.exec(`INSERT INTO epoch (id, machine, reason, began) VALUES (?,?,?,?)`,
		tx.heads.epoch, machine, reason, moment(tx.now)); err != nil {
		return fmt.Errorf("begin epoch: %w", err)
	}
	if err := tx.putMilestones(); err != nil {
		return fmt.Errorf("begin epoch: %w", err)
	}
	return nil
}

// Lanes answers the lanes of every epoch, oldest epoch first, facts before observations before local.
func (v *View) Lanes() ([]showroom.LaneEnd, error) {
	now, err := v.heads()
	if err != nil {
		return nil, fmt.Errorf("read lanes: %w", err)
	}
	epochs, err := list(v, "epochs", scanOne[string], `SELECT id FROM epoch ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("read lanes: %w", err)
	}
	var all []showroom.LaneEnd
	for _, epoch := range epochs {
		for _, lane := range lanes() {
			s := showroom.LaneEnd{Epoch: epoch, Lane: lane}
			if s.Acked, err = v.acked(epoch, lane); err != nil {
				return nil, fmt.Errorf("read lanes: %w", err)
			}
			if s.Last, err = v.laneEnd(now, epoch, lane); err != nil {
				return nil, fmt.Errorf("read lanes: %w", err)
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// laneEnd is the last lane_seq of a lane; a past epoch ends with a milestone.
func (v *View) laneEnd(now heads, epoch string, lane showroom.Lane) (last int64, err error) {
	if epoch == now.epoch {
		return now.lanes[lane], nil
	}
	_, err = v.one(`SELECT coalesce(max(lane_seq), 0) FROM milestone WHERE epoch=? AND lane=?`, []any{epoch, lane}, &last)
	return last, err
}

// Lanes is View.Lanes in a View of its own.
func (db *DB) Lanes(ctx context.Context) (all []showroom.LaneEnd, err error) {
	err = db.View(ctx, func(v *View) error {
		all, err = v.Lanes()
		return err
	})
	return all, err
}
