package customer

import "context"

// Rotate does once what Run does when its time has come.
func (t *Tags) Rotate(ctx context.Context) error {
	_, err := t.rotate(ctx)
	return err
}

// EndLoans does once what Run does when a loan has lasted long enough.
func (t *Tags) EndLoans(ctx context.Context) error { return t.endLoans(ctx) }

// HoldReading keeps the filters from learning anything until let is called.
func (t *Tags) HoldReading() (let func()) {
	t.reading.Lock()
	return t.reading.Unlock
}
