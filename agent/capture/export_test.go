package capture

import (
	"bytes"
	"context"
	"time"

	"showroom/agent/pan"
)

// Settle does what Run does whenever its time has come.
func (c *Captures) Settle(ctx context.Context) (time.Duration, error) { return c.settle(ctx) }

// Written are the bytes of a line as a recording holds them, piece by piece as they came, and how many waited for the next piece at most.
func Written(pieces ...string) (all string, waited int) {
	var held, out bytes.Buffer
	for _, p := range pieces {
		held.WriteString(p)
		cut := decided(held.Bytes())
		out.WriteString(pan.Mask(string(held.Next(cut))))
		waited = max(waited, held.Len())
	}
	out.WriteString(pan.Mask(held.String()))
	return out.String(), waited
}
