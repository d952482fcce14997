package broker

import (
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/mochi-mqtt/server/v2/listeners"
)

// greeting is how long somebody who comes in may take to say who they are. Then the library's own limit begins, the keep-alive.
const greeting = 10 * time.Second

// door is where clients come in. The library's own stops listening at the first error and says nothing, and once it has closed waits
// for whoever never said who they are. This one outlasts what passes, such as too many open files, tells of what does not, and shows
// everybody out when it closes.
type door struct {
	socket net.Listener
	log    *slog.Logger
	broken chan error     // holds one: why nobody can come in any more; further ones are dropped
	shut   chan struct{}  // closed by Close
	busy   sync.WaitGroup // Serve, and everybody inside; added to under mu, and never once closed
	mu     sync.Mutex     // guards inside and closed
	inside map[net.Conn]struct{}
	closed bool
}

func newDoor(socket net.Listener) *door {
	return &door{socket: socket, broken: make(chan error, 1), shut: make(chan struct{}), inside: make(map[net.Conn]struct{})}
}

// ID names the door to the library.
func (d *door) ID() string { return "tcp" }

// Protocol is the kind of the socket.
func (d *door) Protocol() string { return d.socket.Addr().Network() }

// Address is where the socket listens.
func (d *door) Address() string { return d.socket.Addr().String() }

// Init takes the library's log.
func (d *door) Init(log *slog.Logger) error {
	d.log = log
	return nil
}

// Serve lets clients in until the door is closed or breaks.
func (d *door) Serve(establish listeners.EstablishFn) {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return
	}
	d.busy.Add(1)
	d.mu.Unlock()
	defer d.busy.Done()
	for {
		conn, err := d.next()
		if err != nil {
			return
		}
		d.admit(conn, establish)
	}
}

// admit lets one client in.
func (d *door) admit(conn net.Conn, establish listeners.EstablishFn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		_ = conn.Close()
		return
	}
	_ = conn.SetDeadline(time.Now().Add(greeting))
	d.inside[conn] = struct{}{}
	d.busy.Add(1)
	go func() {
		defer d.busy.Done()
		if err := establish(d.ID(), newGauged(conn)); err != nil {
			d.log.Debug("broker client", "error", err)
		}
		_ = conn.Close()
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.inside, conn)
	}()
}

// next waits for the next client.
func (d *door) next() (net.Conn, error) {
	const longest = time.Second
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, longest) {
		conn, err := d.socket.Accept()
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

// Close closes the socket, hangs up on everybody and waits until they have gone. It may be called more than once. The library's way to
// part with its clients is not used: it knows those only who have said who they are, and waits for a line that does not move.
func (d *door) Close(listeners.CloseFn) {
	d.mu.Lock()
	if !d.closed {
		d.closed = true
		close(d.shut)
		_ = d.socket.Close()
		for conn := range d.inside {
			_ = conn.Close()
		}
	}
	d.mu.Unlock()
	d.busy.Wait()
}
