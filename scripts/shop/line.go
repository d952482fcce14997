package shop

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// Line is the network between a shop and its central service. It can be cut and mended by anybody, at any time.
type Line struct {
	listener net.Listener
	to       string // address of the central service

	mu      sync.Mutex // guards the rest
	cut     bool
	through map[net.Conn]bool // both ends of what goes through
	works   sync.WaitGroup
}

func newLine(to string) (*Line, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lay a line to the central service: %w", err)
	}
	line := &Line{listener: l, to: to, through: make(map[net.Conn]bool)}
	line.works.Go(line.accept)
	return line, nil
}

// URL is where the central service is found at the other end.
func (l *Line) URL() string { return "http://" + l.listener.Addr().String() }

// Cut ends what goes through the line; nothing goes through any more.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.through {
		c.Close()
	}
}

// Mend ends a cut.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

func (l *Line) close() {
	l.Cut()
	l.listener.Close()
	l.works.Wait()
}

func (l *Line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return // it was closed
		}
		l.works.Go(func() { l.carry(near) })
	}
}

// carry carries both ways until either end has had enough.
func (l *Line) carry(near net.Conn) {
	defer near.Close()
	if !l.enter(near) {
		return
	}
	defer l.leave(near)
	far, err := net.Dial("tcp", l.to)
	if err != nil {
		return
	}
	defer far.Close()
	if !l.enter(far) {
		return
	}
	defer l.leave(far)
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(near, far)
		near.Close()
	})
	_, _ = io.Copy(far, near)
	far.Close()
	back.Wait()
}

func (l *Line) enter(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.cut {
		l.through[c] = true
	}
	return !l.cut
}

func (l *Line) leave(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.through, c)
}
