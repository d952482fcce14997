package app_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"showroom/config"
)

// ledger takes what is logged.
type ledger struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *ledger) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *ledger) lines(part string) (all []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, part) {
			all = append(all, line)
		}
	}
	return all
}

// A device that takes every connection and never answers is one fault, however often its connection is made anew.
func TestADeviceThatNeverAnswersIsToldOnce(t *testing.T) {
	for _, kind := range []config.SettlerKind{config.OKC, config.ZVT} {
		t.Run(string(kind), func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var connections atomic.Int32
			told := make(chan struct{}) // closed once the fault is; nobody hangs up before
			var all sync.WaitGroup
			all.Go(func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					connections.Add(1)
					all.Go(func() {
						defer c.Close()
						all.Go(func() { _, _ = io.Copy(io.Discard, c) })
						select {
						case <-told:
						case <-t.Context().Done():
							return
						}
						<-time.After(400 * time.Millisecond)
					})
				}
			})
			currency := "TRY"
			if kind == config.ZVT {
				currency = "EUR"
			}
			cfg := sells(t, shop(t), kind, l.Addr(), currency)
			cfg.Settlers[0].Timers.SilentAfter = 100 * time.Millisecond
			cfg.Settlers[0].Timers.Answer = 100 * time.Millisecond
			log := &ledger{}
			_, stop := startLogged(t, cfg, slog.NewTextHandler(log, nil))
			until(t, "the word of it", func() bool { return len(log.lines("state=silent")) > 0 })
			close(told)
			until(t, "four connections", func() bool { return connections.Load() >= 4 })
			if lines := log.lines("device=pt1"); len(lines) != 1 || !strings.Contains(lines[0], "state=silent") {
				t.Errorf("of %d connections is told:\n%s", connections.Load(), strings.Join(lines, ""))
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
			_ = l.Close()
			all.Wait()
		})
	}
}
