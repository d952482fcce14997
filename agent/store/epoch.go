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

// NewEpoch begins a new life of the journal on this machine: seq goes on, every lane_seq starts at 1. What the old epoch has not
// delivered stays to be delivered under its name, see View.Lanes. It is for when the central service is ahead of us (ErrAhead).
func (tx *Tx) NewEpoch(reason string) error {
	var machine string
	if _, err := tx.one(`SELECT machine FROM epoch ORDER BY number DESC LIMIT 1`, nil, &machine); err != nil {
		return fmt.Errorf("begin epoch: %w", err)
	}
	return tx.beginEpoch(machine, reason)
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

// LaneState is how far a lane of an epoch has come and how far the central service has it.
type LaneState struct {
	Epoch string
	Lane  showroom.Lane
	Last  int64 // lane_seq written, 0 for none
	Acked int64 // lane_seq acknowledged, 0 for none
}

// Unsent is how many rows of an uploaded lane the central service has not acknowledged.
func (l LaneState) Unsent() int64 {
	if !l.Lane.Uploaded() {
		return 0
	}
	return l.Last - l.Acked
}

// Lanes answers the lanes of every epoch, oldest epoch first, facts before observations before local.
func (v *View) Lanes() ([]LaneState, error) {
	now, err := v.heads()
	if err != nil {
		return nil, fmt.Errorf("read lanes: %w", err)
	}
	epochs, err := list(v, "epochs", scanOne[string], `SELECT id FROM epoch ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("read lanes: %w", err)
	}
	var all []LaneState
	for _, epoch := range epochs {
		for _, lane := range lanes() {
			s := LaneState{Epoch: epoch, Lane: lane}
			if s.Acked, err = v.Acked(epoch, lane); err != nil {
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
func (db *DB) Lanes(ctx context.Context) (all []LaneState, err error) {
	err = db.View(ctx, func(v *View) error {
		all, err = v.Lanes()
		return err
	})
	return all, err
}
