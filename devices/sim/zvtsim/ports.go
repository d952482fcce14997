package zvtsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/creack/pty"

	"showroom/devices/link"
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
	defer os.Remove(path)
	for ctx.Err() == nil {
		p, err := openPort(path)
		if err != nil {
			return err
		}
		if plugged != nil {
			plugged()
		}
		_ = t.Serve(ctx, p) // how it ended is the script's business
	}
	return ctx.Err()
}

// port is the terminal's end of a serial line. The other end is held open, so that the line lives before anybody is there.
type port struct {
	file *os.File
	held *os.File
}

func openPort(path string) (*port, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("open pty: %w", err)
	}
	defer master.Close()
	fd, err := syscall.Dup(int(master.Fd()))
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		_ = slave.Close()
		return nil, fmt.Errorf("open pty: %w", err)
	}
	p := &port{file: os.NewFile(uintptr(fd), master.Name()), held: slave}
	fresh := path + ".new"
	_ = os.Remove(fresh) // what a killed simulator has left
	if err = os.Symlink(slave.Name(), fresh); err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("link pty: %w", err)
	}
	return p, nil
}

// Read answers (0, nil) when nothing arrives for a while.
func (p *port) Read(b []byte) (int, error) {
	_ = p.file.SetReadDeadline(time.Now().Add(idle)) // if it can not be set, Read says why
	n, err := p.file.Read(b)
	if n > 0 {
		if p.held != nil { // the host is here: from now on the line ends when it leaves
			_ = p.held.Close()
			p.held = nil
		}
		return n, nil
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, nil
	}
	if err == nil {
		err = io.EOF
	}
	return 0, err
}

func (p *port) Write(b []byte) (int, error) { return p.file.Write(b) }

func (p *port) Close() error {
	err := p.file.Close()
	if p.held != nil {
		err = errors.Join(err, p.held.Close())
	}
	return err
}
