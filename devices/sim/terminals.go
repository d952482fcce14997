package sim

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"showroom/agent/showroom"
)

// TerminalKind is what a device that takes money is made like.
type TerminalKind string

// The kinds of terminals.
const (
	ZVT TerminalKind = "zvt" // a payment terminal
	OKC TerminalKind = "okc" // a Turkish fiscal device
)

// Terminal is one device of the shop that takes money, on TCP.
type Terminal struct {
	ID     showroom.DeviceID
	Kind   TerminalKind
	Listen string
}

// Payments is what takes money at a terminal and keeps its ledger, however often it is pulled. Methods may be called from any
// goroutine.
type Payments interface {
	// Listen serves whoever connects until ctx ends. bound is called with the address before the first is served.
	Listen(ctx context.Context, address string, bound func(net.Addr)) error
	// Script says in the device's own words what goes wrong with a payment that is still to come.
	Script(words string) error
	// Restart switches it off and on.
	Restart()
	// Ledger is what has really been moved, to be told as JSON.
	Ledger() any
}

// terminal reads what follows the word terminal.
func (p *parser) terminal(s *sentence) {
	t := Terminal{ID: p.name(s), Kind: TerminalKind(s.next("the kind of the terminal"))}
	if all := []TerminalKind{ZVT, OKC}; !slices.Contains(all, t.Kind) {
		s.words = nil
		s.fail("%q is no kind of terminal: want %s", t.Kind, listed(all))
		return
	}
	s.expect("listen")
	t.Listen = s.next("an address like 127.0.0.1:20007")
	p.s.Terminals = append(p.s.Terminals, t)
}

func (s Scenario) hasTerminal(id showroom.DeviceID) bool {
	return slices.ContainsFunc(s.Terminals, func(t Terminal) bool { return t.ID == id })
}

// spoil reads the rest of a Spoil.
func (s *sentence) spoil() (a Action) {
	a.Verb, a.Reader = Spoil, s.device("a terminal")
	words := strings.Fields(s.next("what goes wrong"))
	for len(s.words) > 0 {
		words = append(words, strings.Fields(s.next("what goes wrong"))...)
	}
	if a.Text = strings.Join(words, " "); a.Text == "" {
		s.fail("nobody says what goes wrong")
	}
	return a
}

// spoil is the words of a Spoil.
func (a Action) spoil() string {
	words := strings.Fields(a.Text)
	for i := range words {
		words[i] = quoted(words[i])
	}
	return fmt.Sprintf("spoil %s %s", quoted(string(a.Reader)), strings.Join(words, " "))
}

// terminalWire is a terminal with its power and its network. It is used from one goroutine at a time.
type terminalWire struct {
	Terminal
	payments Payments
	unplug   func() // ends what Plug has begun and waits for it; nil while unplugged
}

// Plug switches the terminal on. It listens when Plug returns. Plugging twice does nothing.
func (w *terminalWire) Plug() error {
	if w.unplug != nil {
		return nil
	}
	w.payments.Restart()
	ctx, cancel := context.WithCancel(context.Background())
	bound, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- w.payments.Listen(ctx, w.Listen, func(a net.Addr) {
			w.Listen = a.String() // the same again when it comes back
			close(bound)
		})
	}()
	select {
	case err := <-done:
		cancel()
		return fmt.Errorf("switch on terminal %s: %w", w.ID, err)
	case <-bound:
	}
	w.unplug = func() { cancel(); <-done }
	return nil
}

// Unplug takes its power. What it has begun it ends by itself, as the real ones do.
func (w *terminalWire) Unplug() {
	if w.unplug != nil {
		w.unplug()
		w.unplug = nil
	}
}

// Suffer has no trouble of its own: what goes wrong at a terminal goes wrong with a payment.
func (w *terminalWire) Suffer(t Trouble, _ time.Duration) bool { return t == Well }
