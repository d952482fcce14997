package uplink

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"showroom/agent/showroom"
	"showroom/sync/profileapi"
)

func wrap(what string, err error) error { return fmt.Errorf("%s: %w", what, err) }

func hexSum(r showroom.Row) string { return hex.EncodeToString(r.SHA256[:]) }

// send sends one batch from the lane and answers how long to rest before anything is sent again. It fails only when the journal
// does.
func (u *Uplink) send(ctx context.Context, end showroom.LaneEnd) (time.Duration, error) {
	l := u.lane(end)
	u.counter++
	l.tried = u.counter
	rows, err := u.journal.Rows(ctx, end.Epoch, end.Lane, end.Acked, u.opts.BatchEvents)
	if err != nil {
		return 0, wrap("read rows of journal", err)
	}
	if len(rows) == 0 && l.behind > 0 { // what the centre has lost is not here any more either
		l.behind = 0
		return 0, nil
	}
	if len(rows) == 0 {
		u.rest(l, fmt.Errorf("journal lane %s/%s says it ends at %d but has no row after %d", end.Epoch, end.Lane, end.Last, end.Acked), 0)
		return 0, nil
	}
	batch := u.cut(end, rows)
	res, err := u.centre.Ingest(ctx, batch)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err == nil && res.AckedTo != batch.To {
		err = fmt.Errorf("centre acknowledged %d, sent up to %d", res.AckedTo, batch.To)
	}
	if err != nil {
		return u.failed(ctx, end, err)
	}
	if err := u.ack(ctx, end, batch.To); err != nil {
		return 0, err
	}
	u.retry.Reset()
	l.retry.Reset()
	u.succeeded()
	return 0, nil
}

// cut makes a batch of as many rows as the byte limit allows, at least one.
func (u *Uplink) cut(end showroom.LaneEnd, rows []showroom.Row) profileapi.Batch {
	u.plain = append(u.plain[:0], '[')
	taken := 0
	for i := range rows {
		if taken > 0 && len(u.plain)+len(rows[i].Body) > u.opts.BatchBytes {
			break
		}
		if taken > 0 {
			u.plain = append(u.plain, ',')
		}
		e := u.event(rows[i])
		u.plain = profileapi.AppendEvent(u.plain, &e)
		taken++
	}
	u.plain = append(u.plain, ']')
	u.wire = u.z.Compress(u.wire[:0], u.plain)
	return profileapi.Batch{Epoch: end.Epoch, Lane: string(end.Lane), From: end.Acked + 1, To: rows[taken-1].LaneSeq, Body: u.wire}
}

// ack moves the journal's mark, or, while the centre is behind it, only our own.
func (u *Uplink) ack(ctx context.Context, end showroom.LaneEnd, to int64) error {
	l := u.lane(end)
	if l.behind > 0 {
		l.behind = to + 1
	}
	if err := u.journal.Acked(ctx, end.Epoch, end.Lane, to); err != nil {
		return wrap("note acknowledgement in journal", err)
	}
	return nil
}

// failed decides what a failure means: the connection rests, the lane rests, or the two ends disagree about where the lane stands.
func (u *Uplink) failed(ctx context.Context, end showroom.LaneEnd, err error) (time.Duration, error) {
	l := u.lane(end)
	p, answered := profileapi.AsProblem(err)
	if answered && p.Status == http.StatusConflict && p.ExpectedSeq > 0 {
		return 0, u.settle(ctx, end, p)
	}
	if answered && refusesLane(p.Status) {
		u.rest(l, err, p.RetryAfter)
		return 0, nil
	}
	pause := u.retry.NextBackOff()
	if answered {
		pause = max(pause, p.RetryAfter)
	}
	u.failure(answered, err)
	return pause, nil
}

// refusesLane says that another lane may fare better: it is this batch the centre does not want.
func refusesLane(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// rest keeps one lane back for a while.
func (u *Uplink) rest(l *laneState, err error, atLeast time.Duration) {
	l.notBefore = u.opts.Now().Add(max(l.retry.NextBackOff(), atLeast))
	u.failure(true, err)
}

// settle follows the centre's word about where the lane stands. end.Acked is what we believed.
func (u *Uplink) settle(ctx context.Context, end showroom.LaneEnd, p *profileapi.Problem) error {
	has := p.ExpectedSeq - 1
	l := u.lane(end)
	switch {
	case has == end.Acked: // somebody else was sending this lane at the same time
		u.rest(l, p, 0)
		return nil
	case has < end.Acked:
		u.opts.Log.LogAttrs(ctx, slog.LevelWarn, "centre has lost rows, sending them again", laneAttrs(end), slog.Int64("centre", has))
		l.behind = p.ExpectedSeq
		return nil
	}
	same, err := u.sameRow(ctx, end, has, p.LastSHA256)
	if err != nil {
		return err
	}
	if same {
		return u.ack(ctx, end, has)
	}
	u.opts.Log.LogAttrs(ctx, slog.LevelWarn, "journal is not the one the centre knows, beginning a new epoch", laneAttrs(end), slog.Int64("centre", has))
	if err := u.opts.NewEpoch(ctx, end, has); err != nil {
		return wrap("begin new epoch", err)
	}
	u.rest(l, p, 0)
	return nil
}

// sameRow says whether row seq is here and has the sum the centre names. A row that was evicted, and the one that stands in its
// place, cannot be compared and counts as the same.
func (u *Uplink) sameRow(ctx context.Context, end showroom.LaneEnd, seq int64, sum string) (bool, error) {
	if seq > end.Last {
		return false, nil
	}
	rows, err := u.journal.Rows(ctx, end.Epoch, end.Lane, seq-1, 1)
	if err != nil {
		return false, wrap("read row of journal", err)
	}
	evicted := len(rows) == 0 || rows[0].LaneSeq != seq || rows[0].Kind == showroom.KindEvicted
	return evicted || hexSum(rows[0]) == sum, nil
}

func (u *Uplink) succeeded() {
	u.report(func(s *Sync) { s.Connected, s.LastOK, s.Err = true, u.opts.Now(), nil })
}

// failure logs only what is new: an outage of a day is one line.
func (u *Uplink) failure(answered bool, err error) {
	if u.state.Err == nil {
		u.opts.Log.Warn("upload failed, will try again", "error", err)
	}
	u.report(func(s *Sync) { s.Connected, s.Err = answered, err })
}
