package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"showroom/agent/showroom"
)

// MaxBody is the most bytes the JSON of an event may have.
const MaxBody = 64 << 10

// MaxRead is after how many bytes of bodies Rows stops.
const MaxRead = 1 << 20

// milestoneEvery is how many journal rows lie between two milestones: the longest scan to find a place, and the share of commits
// that write one page more.
const milestoneEvery = 64

// heads are the ends of the journal.
type heads struct {
	epoch string
	seq   int64
	lanes map[showroom.Lane]int64 // of the epoch
}

func (h heads) clone() heads {
	h.lanes = maps.Clone(h.lanes)
	return h
}

func lanes() []showroom.Lane {
	return []showroom.Lane{showroom.LaneFacts, showroom.LaneObservations, showroom.LaneLocal}
}

// Append writes an event down. The row is in the journal once the transaction has been committed, and its seq, lane_seq and
// moment are final then. An event over MaxBody is ErrTooLarge.
func (tx *Tx) Append(e showroom.Event) (showroom.Row, error) {
	r, err := tx.nextRow(e)
	if err == nil {
		err = tx.writeRows([]showroom.Row{r})
	}
	if err != nil {
		return showroom.Row{}, fmt.Errorf("append %s: %w", e.Kind(), err)
	}
	return r, nil
}

// AppendAll is Append for what comes in bursts: many rows go into one statement.
func (tx *Tx) AppendAll(events []showroom.Event) error {
	rows := make([]showroom.Row, 0, min(len(events), most))
	for i, e := range events {
		r, err := tx.nextRow(e)
		if err != nil {
			return fmt.Errorf("append %s: %w", e.Kind(), errors.Join(err, tx.writeRows(rows))) // which have their numbers already
		}
		if rows = append(rows, r); r.Seq%most != 0 && i < len(events)-1 {
			continue
		}
		if err := tx.writeRows(rows); err != nil {
			return fmt.Errorf("append %d events: %w", len(rows), err)
		}
		rows = rows[:0]
	}
	return nil
}

// nextRow makes a row of an event, with the next numbers.
func (tx *Tx) nextRow(e showroom.Event) (showroom.Row, error) {
	var body []byte
	if own, ok := e.(interface{ AppendJSON([]byte) []byte }); ok { // what comes in bursts writes itself
		body = own.AppendJSON(nil)
	} else {
		var err error
		if body, err = json.Marshal(e); err != nil {
			return showroom.Row{}, err
		}
	}
	if len(body) > MaxBody {
		return showroom.Row{}, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(body), MaxBody)
	}
	lane := e.Lane()
	tx.heads.seq++
	tx.heads.lanes[lane]++
	return showroom.Row{
		Seq: tx.heads.seq, Epoch: tx.heads.epoch, Lane: lane, LaneSeq: tx.heads.lanes[lane],
		Kind: e.Kind(), Version: e.Version(), Subject: e.Subject(),
		Body: body, SHA256: sha256.Sum256(body), At: tx.now,
	}, nil
}

// writeRows writes the rows with the newest numbers, and a milestone behind the last of them if it is due there.
func (tx *Tx) writeRows(rows []showroom.Row) error {
	if err := tx.insertRows(rows); err != nil || len(rows) == 0 || tx.heads.seq%milestoneEvery != 0 {
		return err
	}
	return tx.putMilestones()
}

// insertRows puts rows of one epoch in their places, with the moment of the transaction.
func (tx *Tx) insertRows(rows []showroom.Row) error {
	for left := rows; len(left) > 0; {
		n := together(len(left))
		args := append(make([]any, 0, 5+8*n), left[0].Epoch, tx.wall(), tx.now.Boot, int64(tx.now.Mono), string(tx.now.Quality))
		for i := range n {
			r := &left[i]
			args = append(args, r.Seq, string(r.Lane), r.LaneSeq, string(r.Kind), r.Version, r.Subject, r.Body, r.SHA256[:])
		}
		if _, err := tx.exec(insertJournal[n], args...); err != nil {
			return err
		}
		left = left[n:]
	}
	return nil
}

// putMilestones notes how far each lane has come. A lane that has not moved since its last milestone gets that one advanced.
func (tx *Tx) putMilestones() error {
	for lane, laneSeq := range tx.heads.lanes {
		if _, err := tx.exec(`INSERT OR REPLACE INTO milestone (epoch, lane, lane_seq, seq) VALUES (?,?,?,?)`,
			tx.heads.epoch, lane, laneSeq, tx.heads.seq); err != nil {
			return err
		}
	}
	return nil
}

const rowColumns = `seq, epoch, lane, lane_seq, kind, version, subject, body, body_sha256, at, boot, mono, clock`

func scanRow(s scanner) (showroom.Row, error) {
	var r showroom.Row
	var sum []byte
	var at string
	err := s.Scan(&r.Seq, &r.Epoch, &r.Lane, &r.LaneSeq, &r.Kind, &r.Version, &r.Subject, &r.Body, &sum,
		&at, &r.At.Boot, (*int64)(&r.At.Mono), &r.At.Quality)
	if err != nil {
		return r, err
	}
	if len(sum) != sha256.Size {
		return r, fmt.Errorf("journal row %d: hash has %d bytes", r.Seq, len(sum))
	}
	copy(r.SHA256[:], sum)
	if r.At.Wall, err = parseWall(at); err != nil {
		return r, fmt.Errorf("journal row %d: %w", r.Seq, err)
	}
	return r, nil
}

// Rows answers the rows of a lane of an epoch after a lane_seq, in order: at most limit, and about MaxRead of bodies. It is empty
// only at the end of the lane. A row of kind journal.evicted stands for the gap it names. The rows are the caller's.
func (db *DB) Rows(ctx context.Context, epoch string, lane showroom.Lane, afterLaneSeq int64, limit int) (rows []showroom.Row, err error) {
	err = db.View(ctx, func(v *View) error {
		rows, err = v.rowsAfter(epoch, lane, afterLaneSeq, limit)
		return err
	})
	return rows, err
}

func (v *View) rowsAfter(epoch string, lane showroom.Lane, after int64, limit int) ([]showroom.Row, error) {
	var from int64
	if _, err := v.one(`SELECT seq FROM milestone WHERE epoch=? AND lane=? AND lane_seq<=? ORDER BY lane_seq DESC LIMIT 1`,
		[]any{epoch, lane, after}, &from); err != nil {
		return nil, err
	}
	found, err := v.sql.QueryContext(v.ctx, `SELECT `+rowColumns+` FROM journal
		WHERE seq>? AND epoch=? AND lane=? AND lane_seq>? ORDER BY seq LIMIT ?`, from, epoch, lane, after, limit)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var rows []showroom.Row
	for size := 0; found.Next(); {
		r, err := scanRow(found)
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
		if size += len(r.Body); size >= MaxRead {
			break
		}
	}
	return rows, found.Err()
}

// Since answers at most limit rows of all lanes after seq, in order: what a screen has missed.
func (db *DB) Since(ctx context.Context, seq int64, limit int) (rows []showroom.Row, err error) {
	err = db.View(ctx, func(v *View) error {
		rows, err = list(v, "journal", scanRow, `SELECT `+rowColumns+` FROM journal WHERE seq>? ORDER BY seq LIMIT ?`, seq, limit)
		return err
	})
	return rows, err
}

// Head is where the journal ends and from where on it is complete. A stream can resume after (Epoch, n) for CompleteFrom <= n <= Seq;
// any other place is answered with a reset.
type Head struct {
	Epoch        string
	Seq          int64
	CompleteFrom int64
}

// Resumes says whether a screen that has seen everything up to the row epoch.seq can go on from there.
func (h Head) Resumes(epoch string, seq int64) bool {
	return epoch == h.Epoch && h.CompleteFrom <= seq && seq <= h.Seq
}

// Head answers where the journal ends in this snapshot: a page read in the same View is what the rows up to Seq made of it.
func (v *View) Head() (h Head, err error) {
	if _, err = v.one(`SELECT id FROM epoch ORDER BY number DESC LIMIT 1`, nil, &h.Epoch); err != nil {
		return h, err
	}
	if _, err = v.one(`SELECT coalesce(max(seq), 0) FROM journal`, nil, &h.Seq); err != nil {
		return h, err
	}
	h.CompleteFrom, err = v.completeFrom()
	return h, err
}

// Head answers where the journal ends.
func (db *DB) Head(ctx context.Context) (h Head, err error) {
	err = db.View(ctx, func(v *View) error {
		h, err = v.Head()
		return err
	})
	return h, err
}

// heads finds the ends of the present epoch from its last milestones and the few rows behind them.
func (v *View) heads() (heads, error) {
	head, err := v.Head()
	if err != nil {
		return heads{}, err
	}
	h := heads{epoch: head.Epoch, seq: head.Seq, lanes: make(map[showroom.Lane]int64)}
	var from int64
	for _, lane := range lanes() {
		var laneSeq, seq int64
		if _, err := v.one(`SELECT lane_seq, seq FROM milestone WHERE epoch=? AND lane=? ORDER BY lane_seq DESC LIMIT 1`,
			[]any{h.epoch, lane}, &laneSeq, &seq); err != nil {
			return h, err
		}
		h.lanes[lane], from = laneSeq, seq // all lanes have their last milestone at the same seq
	}
	rest, err := list(v, "journal", scanLaneSeq, `SELECT lane, max(lane_seq) FROM journal WHERE seq>? AND epoch=? GROUP BY lane`, from, h.epoch)
	for _, l := range rest {
		h.lanes[l.lane] = l.seq
	}
	return h, err
}

type laneSeq struct {
	lane showroom.Lane
	seq  int64
}

func scanLaneSeq(s scanner) (l laneSeq, err error) {
	err = s.Scan(&l.lane, &l.seq)
	return l, err
}
