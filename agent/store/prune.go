package store

import (
	"context"
	"database/sql"
	"errors"
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
// central service has not acknowledged are never touched. What can not be removed, a damaged row say, keeps nothing else. It also puts
// into the search index what an update of the program has that know besides. Call it about once an hour from one goroutine; it answers
// ctx's error when it was cut short, which does no harm.
func (db *DB) Prune(ctx context.Context) (p Pruned, err error) {
	// One moment for all of it: should the clock be set meanwhile, rows that it has not dated anew would look old.
	var now time.Time
	if err := db.Update(ctx, func(tx *Tx) error {
		now = tx.now.Wall
		return tx.redate()
	}); err != nil {
		return p, fmt.Errorf("prune: %w", err)
	}
	var failed []error
	for _, job := range db.ageing(&p, now) {
		for n := int64(-1); n != 0; *job.count += n {
			if n, err = job.chunk(ctx); err != nil {
				failed = append(failed, fmt.Errorf("prune: %w", err))
				break
			}
		}
		if ctx.Err() != nil || errors.Is(err, ErrDiskFull) {
			return p, errors.Join(failed...)
		}
	}
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"evict", func() error { return db.evictUnderPressure(ctx, &p) }},
		{"prune milestones", func() error { return db.Update(ctx, (*Tx).pruneMilestones) }},
		{"note pictures", func() error { return db.rememberPictures(ctx) }},
		{"shrink database", func() error { return db.shrink(ctx) }},
	} {
		if err := step.do(); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", step.what, err))
		}
	}
	return p, errors.Join(failed...)
}

// job removes what is too old of something, a chunk at a time, until there is none.
type job struct {
	count *int64
	chunk func(context.Context) (int64, error)
}

func (db *DB) ageing(p *Pruned, now time.Time) []job {
	keep := db.opts.Retention
	before := func(age time.Duration) string { return wallText(now.Add(-age)) }
	chunk := func(fn func(*Tx) (int64, error)) func(context.Context) (int64, error) {
		return func(ctx context.Context) (int64, error) { return db.pruneChunk(ctx, fn) }
	}
	thin := func(relation, key, which string, args ...any) func(context.Context) (int64, error) {
		return func(ctx context.Context) (int64, error) { return db.thin(ctx, relation, key, which, args...) }
	}
	var uncounted int64
	jobs := []job{
		{&p.Local, chunk(func(tx *Tx) (int64, error) { return tx.pruneLocal(before(keep.Local)) })},
		{&p.Facts, chunk(func(tx *Tx) (int64, error) { return tx.pruneAcked(showroom.LaneFacts, now, keep.Facts) })},
		{&p.Observations, chunk(func(tx *Tx) (int64, error) { return tx.pruneAcked(showroom.LaneObservations, now, keep.Observations) })},
		{&p.Commands, thin("command", "id", `at<?`, before(keep.Commands))},
		{&p.Visits, chunk(func(tx *Tx) (int64, error) { return tx.pruneVisits(before(keep.Facts)) })},
		{&p.Sessions, thin("staff_session", "token_hash", `expires<?`, before(0))},
		{&p.Baskets, thin("basket", "id", `ended=1 AND changed<?`, before(keep.Local))},
		// A tag that was paid for is not kept for a device that may never come, and what came back without being laid before staff has no
		// tag any more.
		{&p.Releases, thin("take_back", "id", `since<?`, before(keep.Local))},
		{&p.Releases, thin("tag_release", "id", `changed<?`, before(keep.Local))},
		// What a payment is reversed by stands in its sale.
		{&p.Settlements, thin("settlement", "id", `open=0 AND changed<?`, before(keep.Facts))},
		{&p.Sales, thin("sale", "id", `at<?`, before(keep.Sales))},
		{&uncounted, thin("sale_return", "id", `NOT EXISTS (SELECT 1 FROM sale WHERE sale.id=sale_return.sale)`)},
		{&p.TillEvents, chunk(func(tx *Tx) (int64, error) { return tx.pruneTillEvents(before(keep.Facts)) })},
		{&uncounted, chunk(func(tx *Tx) (int64, error) { return tx.indexDue(`true`) })},
	}
	for _, a := range aged {
		jobs = append(jobs, job{&uncounted, thin("undated", "id",
			`relation=? AND NOT EXISTS (SELECT 1 FROM `+a.relation+` WHERE `+a.relation+`.`+a.key+`=undated.id)`, a.relation)})
	}
	return jobs
}

// thin removes rows of a relation by their key, as many as a transaction may look at. They are looked for on a reader: nobody who
// writes waits while what stays is read through as well.
func (db *DB) thin(ctx context.Context, relation, key, which string, args ...any) (removed int64, err error) {
	var keys []any
	if err := db.View(ctx, func(v *View) (err error) {
		keys, err = list(v, relation, scanOne[any], `SELECT `+key+` FROM `+relation+` WHERE `+which+` LIMIT ?`, append(slices.Clone(args), pruneRows)...)
		return err
	}); err != nil || len(keys) == 0 {
		return 0, err
	}
	return db.pruneChunk(ctx, func(tx *Tx) (removed int64, err error) {
		for _, k := range keys {
			// Once more which: it may have been written since.
			n, err := tx.exec(`DELETE FROM `+relation+` WHERE `+key+`=? AND `+which, append([]any{k}, args...)...)
			if err != nil {
				return 0, fmt.Errorf("remove from %s: %w", relation, err)
			}
			removed += n
		}
		return removed, nil
	})
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
			return err
		}
		if free == 0 {
			break
		}
		// One step frees one page, so the rows have to be read to their end; and not too many at a time, others want to write.
		if err := drain(ctx, db.writer, "PRAGMA incremental_vacuum(1000)"); err != nil {
			return translate(err)
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

// pruneVisits removes visits that ended long ago, and what was asked for in them. Their facts may go by now, so that there is
// nothing left that Forget would have to find.
func (tx *Tx) pruneVisits(before string) (int64, error) {
	for _, query := range []string{
		`DELETE FROM request WHERE closed=1 AND changed<?`,
		`DELETE FROM staff_call WHERE answered<>'' AND answered<?`,
	} {
		if _, err := tx.exec(query, before); err != nil {
			return 0, err
		}
	}
	return tx.exec(`DELETE FROM visit WHERE id IN (SELECT id FROM visit WHERE end_reason<>'' AND ended<? LIMIT ?)`, before, pruneRows)
}

func (tx *Tx) pruneTillEvents(before string) (int64, error) {
	dead, err := tx.exec(`DELETE FROM dead_letter WHERE number IN (SELECT number FROM dead_letter WHERE at<? LIMIT ?)`, before, pruneRows)
	if err != nil {
		return 0, err
	}
	events, err := tx.exec(`DELETE FROM till_event WHERE at<? AND number IN (SELECT number FROM till_event ORDER BY number LIMIT ?)`, before, pruneRows)
	return dead + events, err
}
