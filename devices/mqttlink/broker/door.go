package broker

import (
	"errors"
	"net"
	"sync"
	"time"
)

// door is where clients come in. The library stops listening at the first error and says nothing: this one outlasts what passes,
// such as too many open files, and tells of what does not.
type door struct {
	net.Listener
	broken chan error    // holds one: why nobody can come in any more; further ones are dropped
	shut   chan struct{} // closed by Close
	close  func() error  // once
}

func newDoor(l net.Listener) *door {
	d := &door{Listener: l, broken: make(chan error, 1), shut: make(chan struct{})}
	d.close = sync.OnceValue(func() error {
		close(d.shut)
		return l.Close()
	})
	return d
}

// Close closes the socket. It may be called more than once.
func (d *door) Close() error { return d.close() }

// Accept waits for the next client.
func (d *door) Accept() (net.Conn, error) {
	const longest = time.Second
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, longest) {
		conn, err := d.Listener.Accept()
		if err == nil {
			return conn, nil
		}
		var passing interface{ Temporary() bool }
		if errors.As(err, &passing) && passing.Temporary() {
			select {
			case <-time.After(wait):
				continue
			case <-d.shut:
				return nil, net.ErrClosed
			}
		}
		if !errors.Is(err, net.ErrClosed) {
			select {
			case d.broken <- err:
			default:
			}
		}
		return nil, err
	}
}
