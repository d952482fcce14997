package store

import (
	"slices"
	"time"

	"showroom/agent/showroom"
)

// lastMilestone is the seq below which rows may go. Those behind it say where the lanes end.
func (v *View) lastMilestone() (seq int64, err error) {
	_, err = v.one(`SELECT coalesce(max(seq), 0) FROM milestone WHERE epoch=(SELECT id FROM epoch ORDER BY number DESC LIMIT 1)`, nil, &seq)
	return seq, err
}

// pruneLocal removes rows for screens that were written before a wall time.
func (tx *Tx) pruneLocal(before string) (int64, error) {
	limit, err := tx.lastMilestone()
	if err != nil {
		return 0, err
	}
	seqs, err := list(&tx.View, "journal", scanOne[int64],
		`SELECT seq FROM journal WHERE lane='local' AND at<? AND seq<? ORDER BY at LIMIT ?`, before, limit, pruneRows)
	if err != nil {
		return 0, err
	}
	return tx.remove(seqs)
}

// pruneAcked removes the oldest rows of a lane as long as they are both acknowledged and old. Rows leave in their order, so that
// what is kept of a lane is its end. A row whose wall time can not be believed is as old as the one before it.
func (tx *Tx) pruneAcked(lane showroom.Lane, now time.Time, age time.Duration) (int64, error) {
	limit, err := tx.lastMilestone()
	if err != nil {
		return 0, err
	}
	// The lane stands in the text: only then does SQLite see that the index of observations fits.
	rows, err := list(&tx.View, "journal", scanAge, `SELECT seq, epoch, lane_seq, at, clock FROM journal
		WHERE lane='`+string(lane)+`' AND seq<? ORDER BY seq LIMIT ?`, limit, pruneRows)
	if err != nil {
		return 0, err
	}
	acked := map[string]int64{}
	var seqs []int64
	var at time.Time
	for _, r := range rows {
		if _, ok := acked[r.Epoch]; !ok {
			if acked[r.Epoch], err = tx.acked(r.Epoch, lane); err != nil {
				return 0, err
			}
		}
		if r.At.Quality != showroom.ClockNone && !r.At.Wall.After(now) {
			at = r.At.Wall
		}
		if r.LaneSeq > acked[r.Epoch] || now.Sub(at) <= age {
			break
		}
		seqs = append(seqs, r.Seq)
	}
	return tx.remove(seqs)
}

func scanAge(s scanner) (r showroom.Row, err error) {
	var at string
	if err = s.Scan(&r.Seq, &r.Epoch, &r.LaneSeq, &at, &r.At.Quality); err == nil {
		r.At.Wall, err = parseWall(at)
	}
	return r, err
}

func (tx *Tx) remove(seqs []int64) (int64, error) {
	if len(seqs) == 0 {
		return 0, nil
	}
	for _, seq := range seqs {
		if _, err := tx.exec(`DELETE FROM journal WHERE seq=?`, seq); err != nil {
			return 0, err
		}
	}
	return int64(len(seqs)), tx.removedUpTo(slices.Max(seqs))
}

// pruneMilestones removes those that lead to rows that have gone, except the last of each lane, which says where it ends.
func (tx *Tx) pruneMilestones() error {
	_, err := tx.exec(`DELETE FROM milestone WHERE seq<(SELECT coalesce(min(seq), 0) FROM journal)
		AND lane_seq<(SELECT max(lane_seq) FROM milestone m WHERE m.epoch=milestone.epoch AND m.lane=milestone.lane)`)
	return err
}
