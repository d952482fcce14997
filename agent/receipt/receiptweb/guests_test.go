package receiptweb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// network is the shop's own, in a time of its own.
type network struct {
	t     *testing.T
	ctx   context.Context
	calls chan net.Conn
	shut  chan struct{}
	held  atomic.Int64 // connections that the shop holds
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.calls:
		n.held.Add(1)
		return c, nil
	case <-n.shut:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error { close(n.shut); return nil }

func (n *network) Addr() net.Addr { return &net.TCPAddr{} }

type called struct {
	net.Conn
	from net.Addr
	over func()
}

func (c called) Close() error { c.over(); return c.Conn.Close() }

func (c called) RemoteAddr() net.Addr { return c.from }

// body is as large as a PDF.
var body = strings.Repeat("receipt ", 8<<10)

// guests tells a story of phones in the network.
func guests(t *testing.T, tell func(*network)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		n := &network{t: t, ctx: ctx, calls: make(chan net.Conn), shut: make(chan struct{})}
		srv := GuestServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }), slog.New(slog.DiscardHandler))
		ended := make(chan error, 1)
		go func() {
			ended <- srv.Serve(Door(n))
		}()
		tell(n)
		cancel()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("it ended with %v", err)
		}
	})
}

// dial opens a connection from an address.
func (n *network) dial(from string) net.Conn {
	near, far := net.Pipe()
	n.calls <- called{far, &net.TCPAddr{IP: net.ParseIP(from), Port: 40_000}, sync.OnceFunc(func() { n.held.Add(-1) })}
	n.t.Cleanup(func() { _ = near.Close() })
	return near
}

// reads has a phone read its receipt, and answers how long that takes.
func (n *network) reads(from string) time.Duration {
	n.t.Helper()
	begun, c := time.Now(), n.dial(from)
	defer c.Close()
	if _, err := io.WriteString(c, "GET /r/x HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"); err != nil {
		n.t.Fatalf("%s can not ask: %v", from, err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		n.t.Fatalf("%s gets no answer: %v", from, err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != body {
		n.t.Fatalf("%s gets %d bytes, %v", from, len(got), err)
	}
	return time.Since(begun)
}

// dribbles holds on to a connection with a header that never ends, a letter a second.
func (n *network) dribbles(from string) {
	c := n.dial(from)
	go func() { _, _ = io.Copy(io.Discard, c) }() // as a real line does, which holds some bytes
	go func() {
		for _, b := range []byte("GET /r/x HTTP/1.1\r\nX: " + strings.Repeat("a", 4000)) {
			if _, err := c.Write([]byte{b}); err != nil || n.ctx.Err() != nil {
				return
			}
			time.Sleep(time.Second)
		}
	}()
}

// TestOnePhoneLocksNobodyOut: whatever one phone holds on to, everybody else reads their receipts at once.
func TestOnePhoneLocksNobodyOut(t *testing.T) {
	for name, from := range map[string]func(int) string{
		"one address":                       func(int) string { return "192.0.2.66" },
		"the address all have":              func(int) string { return "192.0.2.1" }, // a router stands between
		"a new address each time":           func(i int) string { return fmt.Sprintf("2001:db8::%x", i+1) },
		"a few phones, as much as they may": func(i int) string { return fmt.Sprintf("192.0.2.%d", 100+i%10) },
	} {
		t.Run(name, func(t *testing.T) {
			guests(t, func(n *network) {
				for second := range 20 {
					for i := range 100 {
						n.dribbles(from(100*second + i))
					}
					synctest.Wait()
					if held := n.held.Load(); held > mostGuests || name == "one address" && held > mostOfOne {
						t.Fatalf("%d connections are held", held)
					}
					for i := range 3 {
						if took := n.reads(fmt.Sprintf("192.0.2.%d", 1+i)); took > 0 {
							t.Fatalf("second %d: somebody else waits %v", second, took)
						}
					}
					time.Sleep(time.Second)
				}
				time.Sleep(headerWithin)
				synctest.Wait()
				if held := n.held.Load(); held != 0 {
					t.Errorf("%d unfinished questions are still held", held)
				}
			})
		})
	}
}

// Whoever asks and does not read, or says nothing more, is not waited for.
func TestWhoDoesNotGoOnIsLeft(t *testing.T) {
	for name, c := range map[string]struct {
		says   string
		within time.Duration
	}{
		"says nothing":           {"", headerWithin},
		"asks for half":          {"GET /r/x HTTP/1.1\r\nHo", headerWithin},
		"sends half of a letter": {"GET /r/x HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\n\r\n1", answerWithin},
		"does not read":          {"GET /r/x HTTP/1.1\r\nHost: shop\r\n\r\n", answerWithin},
	} {
		t.Run(name, func(t *testing.T) {
			guests(t, func(n *network) {
				conn := n.dial("192.0.2.9")
				if _, err := io.WriteString(conn, c.says); err != nil {
					t.Fatal(err)
				}
				time.Sleep(c.within + time.Second)
				synctest.Wait()
				if _, err := io.WriteString(conn, "x"); !errors.Is(err, io.ErrClosedPipe) {
					t.Errorf("after %v it is still there: %v", c.within, err)
				}
			})
		})
	}
	t.Run("rests", func(t *testing.T) {
		guests(t, func(n *network) {
			conn := n.dial("192.0.2.9")
			if _, err := io.WriteString(conn, "GET /r/x HTTP/1.1\r\nHost: shop\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatal(err)
			}
			time.Sleep(idleFor + time.Second)
			synctest.Wait()
			if _, err := io.WriteString(conn, "G"); !errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("it is still there: %v", err)
			}
		})
	})
}
