// Package terminals has the simulated devices that take money stand in a simulated shop.
package terminals

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/sim"
	"showroom/devices/sim/okcsim"
	"showroom/devices/sim/zvtsim"
)

// Make makes what takes money at a terminal. Whoever pays there takes a moment for it. The clocks are set to UTC.
func Make(t sim.Terminal) (sim.Payments, error) {
	switch t.Kind {
	case sim.ZVT:
		return zvtTerminal{zvtsim.New(zvtsim.Options{Pace: 3 * moment, Now: func() time.Time { return time.Now().UTC() }})}, nil
	case sim.OKC:
		return okcDevice{okcsim.New(okcsim.Options{Beat: moment / 2})}, nil
	}
	return nil, fmt.Errorf("terminal %s: nobody simulates kind %q", t.ID, t.Kind)
}

const moment = time.Second

// Movement is money that has really moved, or a document that has moved none.
type Movement struct {
	Kind       string                `json:"kind"`
	Settlement showroom.SettlementID `json:"settlement,omitempty"` // where the device is told
	State      string                `json:"state,omitempty"`      // of a document of a fiscal device
	Moved      int64                 `json:"moved_minor"`          // what the shop has gained
	Z          int                   `json:"z,omitempty"`
	Receipt    int                   `json:"receipt"`
	At         time.Time             `json:"at,omitzero"`
}

type zvtTerminal struct{ *zvtsim.Terminal }

// Script takes the words of zvtsim.ParseFault, and those for whoever has the card.
func (t zvtTerminal) Script(words string) error {
	if told(t, words) {
		return nil
	}
	f, err := zvtsim.ParseFault(words)
	if errors.Is(err, zvtsim.ErrUnknownWord) {
		return fmt.Errorf("%w, %s, %s", err, hesitate, showCard)
	}
	if err == nil {
		t.Terminal.Script(f)
	}
	return err
}

// told has whoever stands before a terminal do what the word says; false when it is no word for them.
func told(t interface {
	Hesitate()
	ShowCard()
}, word string) bool {
	switch word {
	case hesitate:
		t.Hesitate()
	case showCard:
		t.ShowCard()
	default:
		return false
	}
	return true
}

// Restart does nothing: a new line brings the terminal back.
func (t zvtTerminal) Restart() {}

func (t zvtTerminal) Ledger() any {
	all := []Movement{}
	for _, e := range t.Terminal.Ledger() {
		moved := e.Amount
		if e.Kind != zvtsim.Payment {
			moved = -moved
		}
		all = append(all, Movement{Kind: string(e.Kind), Moved: moved, Receipt: e.Receipt, At: e.At})
	}
	return all
}

type okcDevice struct{ *okcsim.Device }

func (d okcDevice) Listen(ctx context.Context, address string, bound func(net.Addr)) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen as a fiscal device: %w", err)
	}
	bound(l.Addr())
	return d.Serve(ctx, l)
}

// Words for what people do, beside those for what goes wrong.
const (
	newPaper = "new_paper" // somebody puts a new roll in
	hesitate = "hesitate"  // nobody shows a card
	showCard = "show_card" // somebody does
)

// Words are what can be said to go wrong at a terminal of a kind.
func Words(kind sim.TerminalKind) []string {
	switch kind {
	case sim.ZVT:
		return append(zvtsim.Words(), hesitate, showCard)
	case sim.OKC:
		return append(okcsim.Words(), newPaper, hesitate, showCard)
	}
	return nil
}

// Script takes the words of okcsim.ParseFault, new_paper for a new roll, and those for whoever has the card.
func (d okcDevice) Script(words string) error {
	if words == newPaper {
		d.PutPaper()
		return nil
	}
	if told(d, words) {
		return nil
	}
	f, err := okcsim.ParseFault(words)
	if errors.Is(err, okcsim.ErrUnknownWord) {
		return fmt.Errorf("%w, %s, %s, %s", err, newPaper, hesitate, showCard)
	}
	if err == nil {
		d.Device.Script(f)
	}
	return err
}

func (d okcDevice) Ledger() any {
	all := []Movement{}
	for _, e := range d.Device.Ledger() {
		all = append(all, Movement{
			Kind: string(e.Act), Settlement: e.ID, State: string(e.State), Moved: e.Moved, Z: e.Number.Z, Receipt: e.Number.Receipt, At: e.At,
		})
	}
	return all
}
