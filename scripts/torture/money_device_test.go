//go:build torture

package torture

import (
	"context"
	"math/rand/v2"
	"net"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/showroom"
	"showroom/devices/link"
	"showroom/devices/pos/okc"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/okcsim"
	"showroom/devices/sim/zvtsim"
)

// trouble is what goes wrong with one settlement.
type trouble int

const (
	fine    trouble = iota
	refused         // the bank says no
	pulled          // the cable is pulled at a step
	hung            // the device hangs at a step
	killed          // the agent is killed at a moment
	cut             // the device loses its power at a moment
	mute            // the agent is killed, and the device keeps no receipt
)

func (t trouble) String() string {
	return [...]string{"none", "card refused", "cable pulled", "device hung", "agent killed", "power cut", "no receipt kept"}[t]
}

// anyTrouble is a trouble by chance.
func anyTrouble(dice *rand.Rand) trouble {
	switch n := dice.IntN(100); {
	case n < 15:
		return fine
	case n < 25:
		return refused
	case n < 48:
		return pulled
	case n < 65:
		return hung
	case n < 87:
		return killed
	case n < 98:
		return cut
	}
	return mute
}

// device is a simulated device with the ledger that counts.
type device interface {
	// driver is what an agent drives it with, made anew with each agent.
	driver(feed boardFeed, known func(showroom.Reference) (showroom.Settlement, bool)) (checkout.Settler, func(context.Context, *link.Port) error)
	listen(ctx context.Context, address string, bound func(net.Addr)) error
	// restart switches it off and on.
	restart()
	// spoil has the next settlement go wrong.
	spoil(trouble, *rand.Rand)
	moved() []movement
	// says: it could be asked about its last movement now.
	says() bool
}

// terminal is a payment terminal.
type terminal struct {
	*zvtsim.Terminal
	faster time.Duration
}

func newTerminal(faster int) terminal {
	return terminal{zvtsim.New(zvtsim.Options{
		Timers: zvt.Timers{}.Faster(faster), Pace: time.Second / time.Duration(faster), Now: func() time.Time { return time.Now().UTC() },
	}), time.Duration(faster)}
}

func (d terminal) driver(feed boardFeed, known func(showroom.Reference) (showroom.Settlement, bool)) (checkout.Settler, func(context.Context, *link.Port) error) {
	t := zvt.New(zvt.Options{
		Device: "pt1", Transport: zvt.TCP, Timers: zvt.Timers{}.Faster(int(d.faster)), Heartbeat: time.Minute / d.faster,
		Fresh: 10 * time.Second / d.faster, Known: known, Location: time.UTC,
	})
	return t, func(ctx context.Context, p *link.Port) error { return t.Run(ctx, p, feed) }
}

func (d terminal) listen(ctx context.Context, address string, bound func(net.Addr)) error {
	return d.Listen(ctx, address, bound)
}

func (d terminal) restart() {} // a new line brings it back

func (d terminal) spoil(what trouble, dice *rand.Rand) {
	d.Forget()
	f := zvtsim.Fault{Step: zvtsim.Step(dice.IntN(zvtsim.Steps)), Stubborn: dice.IntN(2) == 0, Code: 0x05}
	f.Delay = time.Duration(dice.Int64N(int64(90 * time.Second / d.faster)))
	switch what {
	case pulled:
		f.Trouble = zvtsim.Pull
	case hung:
		f.Trouble = zvtsim.Hang
	case refused:
		f.Trouble = zvtsim.Decline
	case mute:
		f.Trouble = zvtsim.Forgetful
	}
	d.Script(f)
}

func (d terminal) moved() (all []movement) {
	for _, e := range d.Ledger() {
		all = append(all, movement{minor: e.Amount, receipt: e.Receipt, at: e.At})
	}
	return all
}

func (d terminal) says() bool { return d.Repeats() }

// fiscal is a fiscal device.
type fiscal struct {
	*okcsim.Device
	faster time.Duration
}

func newFiscal(faster int) fiscal {
	return fiscal{okcsim.New(okcsim.Options{Beat: time.Second / 2 / time.Duration(faster)}), time.Duration(faster)}
}

func (d fiscal) driver(feed boardFeed, _ func(showroom.Reference) (showroom.Settlement, bool)) (checkout.Settler, func(context.Context, *link.Port) error) {
	t := okc.New(okc.Options{
		Device: "pt1", AnswerWithin: 5 * time.Second / d.faster, QuietFor: 30 * time.Second / d.faster, Longest: 5 * time.Minute / d.faster,
		Heartbeat: 5 * time.Second / d.faster, SilentAfter: 15 * time.Second / d.faster,
	})
	return t, func(ctx context.Context, p *link.Port) error { return t.Run(ctx, p, feed) }
}

func (d fiscal) listen(ctx context.Context, address string, bound func(net.Addr)) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	bound(l.Addr())
	return d.Serve(ctx, l)
}

func (d fiscal) restart() { d.Restart() }

func (d fiscal) spoil(what trouble, dice *rand.Rand) {
	f := okcsim.Fault{At: okcsim.Steps()[dice.IntN(len(okcsim.Steps()))]}
	if dice.IntN(2) == 0 {
		f.For = time.Duration(1+dice.IntN(60)) * time.Second / d.faster
	}
	switch what {
	case pulled:
		f.Trouble = okcsim.Pull
	case hung:
		f.Trouble = okcsim.Hang
	case refused:
		f.Trouble = okcsim.CardRefused
	}
	d.Script(f)
}

func (d fiscal) moved() (all []movement) {
	for _, e := range d.Ledger() {
		if e.Moved != 0 {
			all = append(all, movement{settlement: e.ID, minor: e.Moved, receipt: e.Receipt, at: e.At})
		}
	}
	return all
}

func (d fiscal) says() bool { return true }

var (
	_ device = terminal{}
	_ device = fiscal{}
)
