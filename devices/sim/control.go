package sim

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	// orderWithin is how long somebody who has connected has to say the line and to take the answer.
	orderWithin = 5 * time.Second
	longestLine = 8 << 10
)

// Tell says one line to the simulator whose control socket is at path, and answers what it says to it. What the simulator calls an error
// is one.
func Tell(ctx context.Context, path, line string) (string, error) {
	if len(line) >= longestLine || strings.ContainsAny(line, "\r\n") {
		return "", errors.New("tell the simulator: one line at a time, up to 8 kB")
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return "", fmt.Errorf("tell the simulator: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := conn.SetDeadline(time.Now().Add(2 * orderWithin)); err != nil {
		return "", fmt.Errorf("tell the simulator: %w", err)
	}
	if _, err := fmt.Fprintln(conn, line); err != nil {
		return "", fmt.Errorf("tell the simulator: %w", err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("hear the simulator's answer: %w", err)
	}
	answer = strings.TrimSuffix(answer, "\n")
	if what, ok := strings.CutPrefix(answer, "ok "); ok {
		return what, nil
	}
	return "", errors.New(strings.TrimPrefix(answer, "error: "))
}

// control takes orders through a unix socket: one connection, one line in, one line out.
type control struct {
	listener net.Listener
	orders   chan<- order
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// listenControl takes orders at path until ctx ends or it is closed, which it must be. A socket that a program left there when it
// was killed is removed.
func listenControl(ctx context.Context, path string, orders chan<- order) (*control, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("remove old control socket: %w", err)
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &control{listener: l, orders: orders, cancel: cancel}
	c.running.Go(func() { c.accept(ctx) })
	return c, nil
}

// close removes the socket and waits for everybody.
func (c *control) close() {
	c.cancel()
	_ = c.listener.Close() // also removes the socket
	c.running.Wait()
}

func (c *control) accept(ctx context.Context) {
	for {
		conn, err := c.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of files, most likely
			select {
			case <-ctx.Done():
				return
			case <-time.After(100 * time.Millisecond):
				continue
			}
		}
		c.running.Go(func() { c.serve(ctx, conn) })
	}
}

func (c *control) serve(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := conn.SetDeadline(time.Now().Add(orderWithin)); err != nil {
		return
	}
	line, err := bufio.NewReader(io.LimitReader(conn, longestLine)).ReadString('\n')
	if err != nil {
		return // it only looked whether somebody is there, or it said no whole line
	}
	o := order{line: line[:len(line)-1], answer: make(chan string, 1)}
	select {
	case c.orders <- o:
		fmt.Fprintln(conn, <-o.answer)
	case <-ctx.Done():
	}
}
