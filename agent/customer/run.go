package customer

import (
	"context"
	"time"
)

// settle is how long the catalogue may go on changing before it is read: the first feed comes in a hundred pages.
const settle = time.Second

// Run changes keys when it is time, moves tags to the newest one as they are heard, ends loans, and follows the catalogue, until
// ctx ends. A failing store is tried again; until then everything stays as it was.
func (t *Tags) Run(ctx context.Context) error {
	const retry = 5 * time.Second
	rotate, items, loans := time.NewTimer(0), time.NewTimer(0), time.NewTimer(0)
	for _, timer := range []*time.Timer{rotate, items, loans} {
		defer timer.Stop()
	}
	failing := ""
	changed := t.db.Changed()
	waiting := true // for items
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-rotate.C:
			var next time.Duration
			if next, err = t.rotate(ctx); err != nil {
				next = retry
			}
			rotate.Reset(next)
		case <-t.turned:
			if left, lent := t.nextLoan(); lent {
				loans.Reset(left)
			}
		case <-loans.C:
			if err = t.endLoans(ctx); err != nil {
				loans.Reset(retry)
			} else if left, lent := t.nextLoan(); lent {
				loans.Reset(max(left, time.Second))
			}
		case r := <-t.renewals:
			err = t.moveOver(ctx, t.allRenewals(r))
		case <-changed:
			changed = t.db.Changed() // before looking: then no change is missed
			if !waiting {
				waiting = true
				items.Reset(settle)
			}
		case <-items.C:
			waiting = false
			if err = t.followItems(ctx); err != nil {
				waiting = true
				items.Reset(retry)
			}
		}
		failing = t.tell(ctx, failing, err)
	}
}

// allRenewals are the first and whatever waits behind it.
func (t *Tags) allRenewals(first renewal) []renewal {
	all := []renewal{first}
	for {
		select {
		case r := <-t.renewals:
			all = append(all, r)
		default:
			return all
		}
	}
}

// tell logs what fails once, and answers what fails now.
func (t *Tags) tell(ctx context.Context, before string, err error) string {
	if err == nil || ctx.Err() != nil {
		return ""
	}
	if err.Error() != before {
		t.opt.Log.Error("Tags can not be kept up to date", "err", err)
	}
	return err.Error()
}
