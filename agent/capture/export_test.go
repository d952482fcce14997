package capture

import (
	"context"
	"time"
)

// Settle does what Run does whenever its time has come.
func (c *Captures) Settle(ctx context.Context) (time.Duration, error) { return c.settle(ctx) }
