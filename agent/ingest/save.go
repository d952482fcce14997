package ingest

import (
	"context"
	"fmt"
	"time"

	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/store"
	"showroom/devices"
)

// save writes everything pending. It gives up only when ctx ends.
func (l *Loop) save(ctx context.Context) error {
	for len(l.pending)+len(l.moves) > 0 {
		began := l.now()
		if err := l.saveAll(ctx); err != nil {
			return err
		}
		if ended := l.now(); ended.Sub(began) > deafAfter {
			l.deaf(began, ended) // which may decide something that was due before
		}
	}
	return nil
}

// saveAll writes what is pending now, a batch of each sort at a time.
func (l *Loop) saveAll(ctx context.Context) error {
	saved, moved := 0, 0
	for saved < len(l.pending) || moved < len(l.moves) {
		n, m := min(batch, len(l.pending)-saved), min(batch, len(l.moves)-moved)
		if err := l.insist(ctx, l.pending[saved:saved+n], l.moves[moved:moved+m]); err != nil {
			// What is saved must not be offered again, should Run be called once more.
			l.pending = l.pending[:copy(l.pending, l.pending[saved:])]
			l.moves = l.moves[:copy(l.moves, l.moves[moved:])]
			return err
		}
		saved, moved = saved+n, moved+m
	}
	l.pending, l.moves = emptied(l.pending), emptied(l.moves)
	l.publish()
	return nil
}

// emptied is the slice to go on with: a rare burst must not hold its memory for ever.
func emptied[T any](s []T) []T {
	const reusable = 1024
	if cap(s) > reusable {
		return nil
	}
	return s[:0]
}

// insist tries one batch until it is saved.
func (l *Loop) insist(ctx context.Context, changes []presence.Change, moves []zones.Change) error {
	var since time.Time
	failure := ""
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := l.db.Update(ctx, func(tx *store.Tx) error { return l.apply(tx, changes, moves) })
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		l.counts.retries.Add(1)
		if since.IsZero() {
			since = l.now()
		}
		if err.Error() != failure { // the same again is no news
			failure = err.Error()
			l.log.Error("changes of presence can not be saved, trying again until they can", "changes", len(changes)+len(moves), "error", err)
			l.counts.fail(since, failure)
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
	if failure != "" {
		l.counts.fail(time.Time{}, "")
		l.log.Info("changes of presence are saved again", "after", l.now().Sub(since))
	}
	l.counts.commits.Add(1)
	l.counts.changes.Add(uint64(len(changes)))
	l.counts.moves.Add(uint64(len(moves)))
	return nil
}

func (l *Loop) apply(tx *store.Tx, changes []presence.Change, moves []zones.Change) error {
	for _, a := range l.appliers {
		if len(changes) == 0 {
			break
		}
		if err := a.Apply(tx, changes); err != nil {
			return fmt.Errorf("apply with %T: %w", a, err)
		}
	}
	for _, a := range l.zoneAppliers {
		if len(moves) == 0 {
			break
		}
		if err := a.ApplyZones(tx, moves); err != nil {
			return fmt.Errorf("apply zones with %T: %w", a, err)
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// deaf tells the engines that nobody listened between two moments, in the words they have for that: every device was silent. The
// samples that waited are about a time that is over.
func (l *Loop) deaf(from, to time.Time) {
	l.counts.dropped.Add(thrown(l.queue))
	l.counts.unseen.Add(thrown(l.sightings))
	for id, state := range l.states {
		if state == devices.Up {
			l.turn(id, devices.Silent, from)
		}
	}
	for id, state := range l.states {
		l.turn(id, state, to)
	}
}

// thrown empties a queue of what waits in it now.
func thrown[T any](queue <-chan T) (n uint64) {
	for waiting := len(queue); waiting > 0; waiting-- {
		<-queue
		n++
	}
	return n
}
