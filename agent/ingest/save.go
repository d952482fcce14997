package ingest

import (
	"context"
	"fmt"
	"time"

	"showroom/agent/presence"
	"showroom/agent/store"
	"showroom/devices"
)

// save writes everything pending. It gives up only when ctx ends.
func (l *Loop) save(ctx context.Context) error {
	for len(l.pending) > 0 {
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

// saveAll writes what is pending now, a batch at a time.
func (l *Loop) saveAll(ctx context.Context) error {
	for saved := 0; saved < len(l.pending); {
		n := min(batch, len(l.pending)-saved)
		if err := l.insist(ctx, l.pending[saved:saved+n]); err != nil {
			// What is saved must not be offered again, should Run be called once more.
			l.pending = l.pending[:copy(l.pending, l.pending[saved:])]
			return err
		}
		saved += n
	}
	const reusable = 1024 // a rare burst must not hold its memory for ever
	if cap(l.pending) > reusable {
		l.pending = nil
	}
	l.pending = l.pending[:0]
	l.counts.publish(l.engine.Stats(), 0)
	return nil
}

// insist tries one batch until it is saved.
func (l *Loop) insist(ctx context.Context, changes []presence.Change) error {
	var since time.Time
	failure := ""
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := l.db.Update(ctx, func(tx *store.Tx) error {
			for _, a := range l.appliers {
				if err := a.Apply(tx, changes); err != nil {
					return fmt.Errorf("apply with %T: %w", a, err)
				}
			}
			return nil
		})
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
			l.log.Error("changes of presence can not be saved, trying again until they can", "changes", len(changes), "error", err)
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

// deaf tells the engine that nobody listened between two moments, in the words it has for that: every reader was silent. The
// reads that waited are about a time that is over.
func (l *Loop) deaf(from, to time.Time) {
	for waiting := len(l.queue); waiting > 0; waiting-- {
		<-l.queue
		l.counts.dropped.Add(1)
	}
	for id, state := range l.states {
		if state == devices.Up {
			l.keep(l.engine.Device(id, devices.Silent, from))
		}
	}
	for id, state := range l.states {
		l.keep(l.engine.Device(id, state, to))
	}
}
