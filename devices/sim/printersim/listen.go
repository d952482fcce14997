package printersim

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net"
	"os"
	"time"
)

// look is how often a line is looked at that says nothing.
const look = 50 * time.Millisecond

// Listen is the printer behind a serial server: it serves one connection after the other until ctx ends, and closes the listener. A
// connection that breaks is a cable that was pulled.
func (p *Printer) Listen(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	defer l.Close()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("wait for a line to the printer: %w", err)
		}
		_ = p.Serve(ctx, idle{conn})
		_ = conn.Close()
	}
}

// idle answers (0, nil) while nothing comes, so that the end of the context is noticed.
type idle struct{ net.Conn }

func (c idle) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(look)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return n, err
}

// WriteSlip writes the nth piece of paper that was cut, from 0, as a PNG.
func (p *Printer) WriteSlip(w io.Writer, n int) error {
	slips := p.Slips()
	if n < 0 || n >= len(slips) {
		return fmt.Errorf("%d pieces of paper were cut, not %d", len(slips), n+1)
	}
	return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, slips[n])
}
