// Package link opens the ports that device protocols run over: serial lines by stable name, and TCP for serial servers and
// simulated devices. It owns the port and knows nothing of frames, and it is the only package that knows the serial library.
//
// A [Port] lives for one connection. Nothing here retries: when a Read fails the protocol returns, its supervisor opens the next
// Port.
//
// Three traps of serial lines are dealt with here, once. A quiet line is (0, nil) from Read and not an error, and must not be
// read through bufio, which gives up after a hundred of them. The library answers the same error for our own Close and for a
// pulled plug; Port tells [ErrClosed] from [ErrUnplugged]. And a write may be short, or may hit a file descriptor that Close has
// just given to somebody else; Port writes everything, and Close waits for it.
package link

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// What callers branch on.
var (
	ErrClosed    = errors.New("port closed")    // we closed it
	ErrUnplugged = errors.New("port unplugged") // the other side is gone
	ErrBusy      = errors.New("port in use")    // somebody else has it
)

const (
	defaultBaud = 115200
	defaultIdle = 200 * time.Millisecond
	dialTimeout = 5 * time.Second
	// goodbye is how long a protocol has after the end of its context to tell the device to stop.
	goodbye = 500 * time.Millisecond
	// writeTimeout bounds a TCP write; a serial line has no such thing and is freed by Close.
	writeTimeout = 5 * time.Second
	// chunk is how much goes to the operating system at once. Close can free a writer that is stuck with no more than this.
	chunk = 256
)

// Options say what to open. The zero value of each but Name is a sane default.
type Options struct {
	Device showroom.DeviceID // for errors
	// Name is a path ("/dev/serial/by-id/...", "/dev/ttyAMA0") or "tcp://host:port".
	Name string
	Baud int // serial only; 0 means 115200. Always 8 data bits, no parity, 1 stop bit
	// IdleTimeout is after how long without a byte Read answers (0, nil); 0 means 200 ms.
	IdleTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.Baud == 0 {
		o.Baud = defaultBaud
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = defaultIdle
	}
	return o
}

// line is what a Port needs of an open connection. Read answers (0, nil) when idle. unblock frees a stuck Write.
type line interface {
	io.ReadWriteCloser
	unblock()
}

// Port is one open connection to a device. One goroutine may read while another writes; Close may be called from anywhere.
type Port struct {
	device  showroom.DeviceID
	line    line
	closing atomic.Bool
	// writing keeps Close from closing the file under a Write.
	writing sync.Mutex
	once    sync.Once
	stop    func() // ends the watch over the context
	err     error  // of Close, set in once
}

// Open opens the port and takes it for itself. Half a second after ctx ends the port closes itself, which leaves the protocol
// time for a last word and then wakes whatever still waits; Close it in any case. The error is a [*devices.Error] with a hint
// for people; it wraps [ErrBusy], fs.ErrNotExist or fs.ErrPermission where it is one of those.
func Open(ctx context.Context, o Options) (*Port, error) {
	o = o.withDefaults()
	var (
		l   line
		err error
	)
	if address, ok := strings.CutPrefix(o.Name, "tcp://"); ok {
		l, err = dial(ctx, address, o)
	} else {
		l, err = openSerial(o)
	}
	if err != nil {
		return nil, err
	}
	p := newPort(o.Device, l)
	p.closeAfter(ctx)
	return p, nil
}

// FromConn makes a Port of a connection somebody else has made. The Port owns conn.
func FromConn(device showroom.DeviceID, conn net.Conn, idle time.Duration) *Port {
	if idle <= 0 {
		idle = defaultIdle
	}
	return newPort(device, &netLine{Conn: conn, idle: idle})
}

func newPort(device showroom.DeviceID, l line) *Port {
	return &Port{device: device, line: l, stop: func() {}}
}

// closeAfter arranges for the port to close when ctx has ended and the protocol has had its last word.
func (p *Port) closeAfter(ctx context.Context) {
	done := make(chan struct{})
	cancelled := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(cancelled)
		t := time.NewTimer(goodbye)
		defer t.Stop()
		select {
		case <-t.C:
			p.shut()
		case <-done:
		}
	})
	p.stop = sync.OnceFunc(func() {
		close(done)
		if !unwatch() {
			<-cancelled
		}
	})
}

// Read answers what has arrived, (0, nil) when nothing has for the idle timeout. Any error ends the port: ErrClosed after Close,
// else a *devices.Error that wraps ErrUnplugged.
func (p *Port) Read(b []byte) (int, error) {
	if p.closing.Load() {
		return 0, ErrClosed
	}
	n, err := p.line.Read(b)
	if n > 0 || err == nil {
		return n, nil
	}
	return 0, p.broken("read", err)
}

// Write writes all of b or fails, with the errors of Read.
func (p *Port) Write(b []byte) (int, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	written := 0
	for written < len(b) {
		if p.closing.Load() {
			return written, ErrClosed
		}
		n, err := p.line.Write(b[written:min(len(b), written+chunk)])
		written += n
		if err == nil && n == 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return written, p.broken("write", err)
		}
	}
	return written, nil
}

// Close closes the port and wakes Read and Write. It may be called more than once.
func (p *Port) Close() error {
	p.stop()
	p.shut()
	return p.err
}

func (p *Port) shut() {
	p.once.Do(func() {
		p.closing.Store(true)
		if !p.writing.TryLock() {
			p.line.unblock()
			p.writing.Lock()
		}
		defer p.writing.Unlock()
		if err := p.line.Close(); err != nil {
			p.err = &devices.Error{Op: "close port", Device: p.device, Err: err}
		}
	})
}

func (p *Port) broken(op string, err error) error {
	if p.closing.Load() {
		return ErrClosed
	}
	return &devices.Error{Op: op, Device: p.device, Err: errors.Join(ErrUnplugged, err), Hint: "Check the cable and the power of the device."}
}
