package customer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// interrupted does something whose context ends once it is on the disk and before the filters know.
func (d *desk) interrupted(do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(d.t.Context())
	defer cancel()
	let := d.HoldReading()
	saved, done := d.db.Changed(), make(chan error, 1) // one result
	go func() { done <- do(ctx) }()
	<-saved
	cancel()
	let()
	return <-done
}

// TestWhatIsDoneIsTrueForTheFiltersEvenIfNobodyWaitsForTheAnswer: once a change is on the disk, a client that hangs up must not leave
// the filters as they were.
func TestWhatIsDoneIsTrueForTheFiltersEvenIfNobodyWaitsForTheAnswer(t *testing.T) {
	d := open(t)
	coat := tagOf(t, ours, 7)
	tag := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
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
		if err := d.interrupted(do); err != nil && !errors.Is(err, context.Canceled) {
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

// TestWhatIsSoldIsSoldBeforeAnybodyElseWrites: reading the catalogue anew takes a while, and the filters learn nothing meanwhile.
func TestWhatIsSoldIsSoldBeforeAnybodyElseWrites(t *testing.T) {
	d := open(t)
	coat := tagOf(t, ours, 7)
	let := d.HoldReading()
	saved, done := d.db.Changed(), make(chan error, 1) // one result
	go func() {
		_, err := d.Sold(t.Context(), "c1", []gs1.EPC{coat})
		done <- err
	}()
	<-saved
	if d.Own(coat) {
		t.Error("it is sold on the disk and the shop's in the filters")
	}
	let()
	if err := <-done; err != nil || d.Own(coat) {
		t.Errorf("in the end it is the shop's, %v", err)
	}
}

// TestAnUpkeepThatWasInterruptedIsCaughtUpWith: what Run does must neither be done twice nor stay half done, when the store takes it
// and can not be read afterwards.
func TestAnUpkeepThatWasInterruptedIsCaughtUpWith(t *testing.T) {
	d := open(t)
	loan := d.enrol(showroom.TagLoan, "Loan tag 7", printed)
	basket := d.enrol(showroom.TagBasket, "Basket 8", uid)
	d.passes(31 * day)
	first := d.keys()[0].Number
	if err := d.interrupted(d.Rotate); err == nil {
		t.Fatal("the filters were told")
	}
	if err := d.Rotate(t.Context()); err != nil || d.keys()[0].Number != first+1 || len(d.keys()) != 2 {
		t.Errorf("%d keys, the newest is %d, %v; want one more than %d", len(d.keys()), d.keys()[0].Number, err, first)
	}
	if radio := d.heard(uid); radio != basket.Radio {
		t.Errorf("the basket is heard as %q, want %q", radio, basket.Radio)
	}
	if d.heard(printed) != loan.Radio {
		t.Fatal("the loan is not heard")
	}
	d.passes(5 * time.Hour)
	if err := d.interrupted(d.EndLoans); err == nil {
		t.Fatal("the filters were told")
	}
	if err := d.EndLoans(t.Context()); err != nil || d.heard(printed) != "" {
		t.Errorf("a loan that has ended is still heard, %v", err)
	}
}
