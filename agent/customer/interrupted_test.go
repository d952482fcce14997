package customer_test

import (
	"context"
	"errors"
	"testing"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// TestWhatIsDoneIsTrueForTheFiltersEvenIfNobodyWaitsForTheAnswer: once a change is on the disk, a client that hangs up must not leave
// the filters as they were.
func TestWhatIsDoneIsTrueForTheFiltersEvenIfNobodyWaitsForTheAnswer(t *testing.T) {
	d := open(t)
	coat := tagOf(t, ours, 7)
	tag := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	hangUp := func(do func(context.Context) error) error {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		let := d.HoldReading()
		saved, done := d.db.Changed(), make(chan error, 1)
		go func() { done <- do(ctx) }()
		<-saved
		cancel()
		let()
		return <-done
	}
	for name, do := range map[string]func(context.Context) error{
		"sold": func(ctx context.Context) error {
			_, err := d.Sold(ctx, d.command(), []gs1.EPC{coat})
			return err
		},
		"taken back": func(ctx context.Context) error {
			_, err := d.Return(ctx, d.command(), tag.ID, false)
			return err
		},
	} {
		if err := hangUp(do); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d.Own(coat) {
		t.Error("a garment that is sold is still seen")
	}
	if radio := d.heard(printed); radio != "" {
		t.Error("a tag that was taken back is still heard")
	}
}
