package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"showroom/agent/showroom"
)

// pruneRows is how many rows one transaction of Prune looks at, so that nobody waits long for the writer.
const pruneRows = 500

// Pruned is what one Prune removed.
type Pruned struct {
	Facts        int64 // acknowledged and old
	Observations int64 // acknowledged and old
	Local        int64
	Evicted      int64 // observations that went for lack of disk
	Commands     int64
	Visits       int64 // with their requests and calls
	Sessions     int64 // of staff, expired
	Baskets      int64 // ended
	Releases     int64 // that nobody has answered, or seen to, and tags that never came back
	Settlements  int64 // closed
	Sales        int64 // with what came back of them
	TillEvents   int64 // known by number only, and those that nobody understood
}

// Prune removes what is no longer needed, a chunk per transaction, and gives the space back to the file system. Facts that the
// central service has not acknowledged are never touched. Call it about once an hour from one goroutine; it answers ctx's error
// when it was cut short, which does no harm.
func (db *DB) Prune(ctx context.Context) (p Pruned, err error) {
	keep := db.opts.Retention
	if err := db.Update(ctx, (*Tx).redate); err != nil {
		return p, fmt.Errorf("prune: %w", err)
	}
	for _, job := range []struct {
		count *int64
		chunk func(*Tx) (int64, error)
	}{
		{&p.Local, func(tx *Tx) (int64, error) { return tx.pruneLocal(keep.Local) }},
		{&p.Facts, func(tx *Tx) (int64, error) { return tx.pruneAcked(showroom.LaneFacts, keep.Facts) }},
		{&p.Observations, func(tx *Tx) (int64, error) { return tx.pruneAcked(showroom.LaneObservations, keep.Observations) }},
		{&p.Commands, func(tx *Tx) (int64, error) { return tx.pruneCommands(keep.Commands) }},
		{&p.Visits, func(tx *Tx) (int64, error) { return tx.pruneVisits(keep.Facts) }},
		{&p.Sessions, (*Tx).pruneSessions},
		{&p.Baskets, func(tx *Tx) (int64, error) { return tx.pruneBaskets(keep.Local) }},
		{&p.Releases, func(tx *Tx) (int64, error) { return tx.pruneReleases(keep.Local) }},
		{&p.Settlements, func(tx *Tx) (int64, error) { return tx.pruneSettlements(keep.Facts) }},
		{&p.Sales, func(tx *Tx) (int64, error) { return tx.pruneSales(keep.Sales) }},
		{&p.TillEvents, func(tx *Tx) (int64, error) { return tx.pruneTillEvents(keep.Facts) }},
	} {
		for n := int64(-1); n != 0; *job.count += n {
			if n, err = db.pruneChunk(ctx, job.chunk); err != nil {
				return p, fmt.Errorf("prune: %w", err)
			}
		}
	}
	if err := db.evictUnderPressure(ctx, &p); err != nil {
		return p, fmt.Errorf("evict: %w", err)
	}
	if err := db.Update(ctx, (*Tx).pruneMilestones); err != nil {
		return p, fmt.Errorf("prune milestones: %w", err)
	}
	if err := db.rememberPictures(ctx); err != nil {
		return p, err
	}
	return p, db.shrink(ctx)
}

func (db *DB) pruneChunk(ctx context.Context, chunk func(*Tx) (int64, error)) (n int64, err error) {
	err = db.Update(ctx, func(tx *Tx) (err error) {
		n, err = chunk(tx)
		return err
	})
	return n, err
}

// shrink gives free pages back to the file system, and with the WAL the last copy of what was forgotten.
func (db *DB) shrink(ctx context.Context) error {
	for {
		var free int64
		if err := db.writer.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil {
			return fmt.Errorf("shrink database: %w", err)
		}
		if free == 0 {
			break
		}
		// One step frees one page, so the rows have to be read to their end; and not too many at a time, others want to write.
		if err := drain(ctx, db.writer, "PRAGMA incremental_vacuum(1000)"); err != nil {
			return fmt.Errorf("shrink database: %w", translate(err))
		}
	}
	if err := drain(ctx, db.writer, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("empty WAL: %w", translate(err))
	}
	return nil
}

func drain(ctx context.Context, db *sql.DB, query string) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// lastMilestone is the seq below which rows may go. Those behind it say where the lanes end.
func (v *View) lastMilestone() (seq int64, err error) {
	_, err = v.one(`SELECT coalesce(max(seq), 0) FROM milestone WHERE epoch=(SELECT id FROM epoch ORDER BY number DESC LIMIT 1)`, nil, &seq)
	return seq, err
}

func (tx *Tx) before(age time.Duration) string { return wallText(tx.now.Wall.Add(-age)) }

func (tx *Tx) pruneLocal(age time.Duration) (int64, error) {
	limit, err := tx.lastMilestone()
	if err != nil {
		return 0, err
	}
	seqs, err := list(&tx.View, "journal", scanOne[int64],
		`SELECT seq FROM journal WHERE lane='local' AND at<? AND seq<? ORDER BY at LIMIT ?`, tx.before(age), limit, pruneRows)
	if err != nil {
		return 0, err
	}
	return tx.remove(seqs)
}

// pruneAcked removes the oldest rows of a lane as long as they are both acknowledged and old. Rows leave in their order, so that
// what is kept of a lane is its end. A row whose wall time can not be believed is as old as the one before it.
func (tx *Tx) pruneAcked(lane showroom.Lane, age time.Duration) (int64, error) {
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
		if r.At.Quality != showroom.ClockNone && !r.At.Wall.After(tx.now.Wall) {
			at = r.At.Wall
		}
		if r.LaneSeq > acked[r.Epoch] || tx.now.Wall.Sub(at) <= age {
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

func (tx *Tx) pruneCommands(age time.Duration) (int64, error) {
	return tx.exec(`DELETE FROM command WHERE id IN (SELECT id FROM command WHERE at<? LIMIT ?)`, tx.before(age), pruneRows)
}

// pruneVisits removes visits that ended long ago, and what was asked for in them. Their facts may go by now, so that there is
// nothing left that Forget would have to find.
func (tx *Tx) pruneVisits(age time.Duration) (int64, error) {
	old := tx.before(age)
	for _, query := range []string{
		`DELETE FROM request WHERE closed=1 AND changed<?`,
		`DELETE FROM staff_call WHERE answered<>'' AND answered<?`,
	} {
		if _, err := tx.exec(query, old); err != nil {
			return 0, err
		}
	}
	return tx.exec(`DELETE FROM visit WHERE id IN (SELECT id FROM visit WHERE end_reason<>'' AND ended<? LIMIT ?)`, old, pruneRows)
}

func (tx *Tx) pruneSessions() (int64, error) {
	return tx.exec(`DELETE FROM staff_session WHERE token_hash IN (SELECT token_hash FROM staff_session WHERE expires<? LIMIT ?)`,
		wallText(tx.now.Wall), pruneRows)
}
