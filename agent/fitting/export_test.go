package fitting

import "context"

// Sweep does everything that is due now, as Run does whenever its clock or the store says so.
func (f *Rooms) Sweep(ctx context.Context) error {
	_, err := f.sweep(ctx)
	return err
}
