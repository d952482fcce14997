package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"showroom/devices"
)

// netLine is a connection with the idle reads of a serial line.
type netLine struct {
	net.Conn
	idle time.Duration
}

func dial(ctx context.Context, address string, o Options) (line, error) {
	d := net.Dialer{Timeout: dialTimeout}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, &devices.Error{
			Op: "open port", Device: o.Device, Err: err,
			Hint: fmt.Sprintf("Nothing answers at %s. Check the address, the network cable and that the serial server is on.", address),
		}
	}
	return &netLine{Conn: conn, idle: o.IdleTimeout}, nil
}

func (l *netLine) Read(p []byte) (int, error) {
	if err := l.SetReadDeadline(time.Now().Add(l.idle)); err != nil {
		return 0, err
	}
	n, err := l.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return n, err
}

func (l *netLine) Write(p []byte) (int, error) {
	if err := l.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return l.Conn.Write(p)
}

// unblock closes early: closing a connection under a Write is safe and wakes it.
func (l *netLine) unblock() { _ = l.Conn.Close() }

func (l *netLine) Close() error {
	if err := l.Conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
