package customer

import (
	"context"
	"fmt"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// nextLoan answers how long it is until a loan has lasted long enough; false when nothing is lent.
func (t *Tags) nextLoan() (left time.Duration, lent bool) {
	now := t.opt.Clock()
	for _, since := range t.book.Load().loans {
		if l := t.left(since, now); !lent || l < left {
			left, lent = l, true
		}
	}
	return left, lent
}

// left is how long a loan may still last. Across a restart without a clock nobody knows; then it is looked at again in a minute.
func (t *Tags) left(since, now showroom.Moment) time.Duration {
	lasted, known := age(since, now)
	if !known {
		return time.Minute
	}
	return max(t.opt.Loan-lasted, 0)
}

// endLoans takes back what has been out for too long: who carries it has left, or has forgotten that they are followed.
func (t *Tags) endLoans(ctx context.Context) error {
	ended := 0
	err := t.db.Update(ctx, func(tx *store.Tx) error {
		tags, err := tx.RadioTags()
		if err != nil {
			return err
		}
		for _, tag := range tags {
			if tag.Kind != showroom.TagLoan || !tag.Out() || t.left(tag.Since, tx.Now()) > 0 {
				continue
			}
			if tag, err = takeBack(tx, tag, true); err != nil {
				return err
			}
			if err := tx.PutRadioTag(tag); err != nil {
				return err
			}
			ended++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("end loans: %w", err)
	}
	if ended > 0 {
		t.opt.Log.Info("Loan tags were out for too long and are heard no more", "tags", ended)
	}
	return t.readBook(ctx) // also what ended before and was not read since
}
