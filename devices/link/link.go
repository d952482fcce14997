// Package link opens the ports that device protocols run over: serial lines by stable name, TCP for serial servers and network
// readers, and scanners that type like a keyboard. It owns the port and knows nothing of frames, and it is the only package that knows the serial library.
//
// A [Port] lives for one connection. Nothing here retries: when a Read fails the protocol returns, its supervisor opens the next
// Port.
//
// A quiet line is (0, nil) from Read and not an error; do not read a Port through bufio, which gives up after a hundred of them.
// Close wakes Read and Write, and a Port tells our own Close ([ErrClosed]) from a pulled plug ([ErrUnplugged]).
package link

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
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
	// writeTimeout is after how long a device that takes nothing counts as gone.
	writeTimeout = 5 * time.Second
)

// Options say what to open. The zero value of each but Name is a sane default.
type Options struct {
	Device showroom.DeviceID // for errors
	// Name is one of
	//
	//	/dev/serial/by-id/...      stays with the device; by-path stays with the socket it is plugged into
	//	usb:VID:PID[:serial]       the one device of this make, in hexadecimal digits; with the serial it tells where there are several
	//	/dev/ttyAMA0               any other path
	//	tcp://host:port
	//	/dev/input/by-id/...       a scanner that types like a keyboard, see Keyboard; read only
	Name string
	Baud int // serial only; 0 means 115200. Always 8 data bits, no parity, 1 stop bit
	// IdleTimeout is after how long without a byte Read answers (0, nil); 0 means 200 ms.
	IdleTimeout time.Duration
	// Tap is where somebody may listen; nil where nobody ever does.
	Tap *Tap
	// Root is the folder that stands for "/" when ports are looked for; empty means "/" itself.
	Root string
}

// inputFolder is where keyboards are.
const inputFolder = "/dev/input/"

func (o Options) withDefaults() Options {
	if o.Baud == 0 {
		o.Baud = defaultBaud
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = defaultIdle
	}
	return o
}

// line is an open file or connection. Close wakes Read and Write.
type line interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// Port is one open connection to a device. One goroutine may read while another writes; Close may be called from anywhere.
type Port struct {
	device  showroom.DeviceID
	line    line
	idle    time.Duration
	tap     *Tap
	closing atomic.Bool
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
	address, tcp := strings.CutPrefix(o.Name, "tcp://")
	switch {
	case tcp:
		l, err = dial(ctx, address, o)
	case strings.HasPrefix(o.Name, inputFolder):
		l, err = openKeyboard(o)
	default:
		l, err = openSerial(o)
	}
	if err != nil {
		return nil, err
	}
	p := newPort(o.Device, l, o.IdleTimeout)
	p.tap = o.Tap
	p.closeAfter(ctx)
	return p, nil
}

// FromConn makes a Port of a connection somebody else has made. The Port owns conn.
func FromConn(device showroom.DeviceID, conn net.Conn, idle time.Duration) *Port {
	if idle <= 0 {
		idle = defaultIdle
	}
	return newPort(device, conn, idle)
}

func newPort(device showroom.DeviceID, l line, idle time.Duration) *Port {
	return &Port{device: device, line: l, idle: idle, stop: func() {}}
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
	if err := p.line.SetReadDeadline(time.Now().Add(p.idle)); err != nil {
		return 0, p.broken("read", err)
	}
	n, err := p.line.Read(b)
	p.tap.bytes(false, b[:n])
	if n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return 0, p.broken("read", err)
}

// Write writes all of b or fails, with the errors of Read. A device that takes nothing for five seconds is gone.
func (p *Port) Write(b []byte) (int, error) {
	if err := p.line.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, p.broken("write", err)
	}
	n, err := p.line.Write(b)
	p.tap.bytes(true, b[:n])
	if err != nil {
		return n, p.broken("write", err)
	}
	return n, nil
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
		if err := p.line.Close(); err != nil {
			p.err = &devices.Error{Op: "close port", Device: p.device, Err: err}
		}
	})
}

func (p *Port) broken(op string, err error) error {
	if p.closing.Load() {
		return ErrClosed
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		err = e.Err // without the addresses: our own port is another one each time, and would make the same news new
	}
	return &devices.Error{Op: op, Device: p.device, Err: errors.Join(ErrUnplugged, err), Hint: "Check the cable and the power of the device."}
}
