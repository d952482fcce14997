package zvtsim

import (
	"context"
	"fmt"
	"net"
	"time"

	"showroom/devices/link"
	"showroom/devices/sim"
)

// Listen serves cash registers that come by TCP, one after the other, until ctx ends. bound, if not nil, is called with the
// address before the first is served.
func (t *Terminal) Listen(ctx context.Context, address string, bound func(net.Addr)) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen as a terminal: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	defer l.Close()
	if bound != nil {
		bound(l.Addr())
	}
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("accept a cash register: %w", err)
		}
		_ = t.Serve(ctx, link.FromConn("zvtsim", conn, idle)) // how it ended is the script's business
	}
}

// idle is how long a Read waits.
const idle = 20 * time.Millisecond

// Plug serves a cash register at a serial port, found at path, until ctx ends. Each time the line is cut or left a fresh port takes
// its place. plugged, if not nil, is called each time it is there.
func (t *Terminal) Plug(ctx context.Context, path string, plugged func()) error {
	return sim.AtPort(ctx, path, t.Serve, plugged)
}
