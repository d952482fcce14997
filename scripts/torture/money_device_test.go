//go:build torture

package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	"showroom/config"
	"showroom/devices/pos/okc"
	"showroom/devices/pos/zvt"
	"showroom/devices/sim/okcsim"
	"showroom/devices/sim/zvtsim"
)

// trouble is what goes wrong with one settlement.
type trouble int

const (
	fine      trouble = iota
	refused           // the bank says no
	pulled            // the cable is pulled at a step
	hung              // the device hangs at a step
	late              // the device answers late at a step
	paperless         // the paper ends
	killed            // the agent is killed at a moment
	cut               // the device loses its power at a moment
	mute              // the agent is killed, and the device keeps no receipt
	away              // the cable is pulled at a step, and the device taken away until staff have decided
	troubles
)

func (t trouble) String() string {
	return [...]string{
		"none", "card refused", "cable pulled", "device hung", "late answer", "no paper", "agent killed", "power cut", "no receipt kept", "taken away",
	}[t]
}

// anyTrouble is a trouble by chance.
func anyTrouble(dice *rand.Rand) trouble {
	n := dice.IntN(100)
	for what, share := range [troubles]int{fine: 12, refused: 7, pulled: 20, hung: 14, late: 8, paperless: 5, killed: 20, cut: 9, mute: 2, away: 3} {
		if n -= share; n < 0 {
			return trouble(what)
		}
	}
	return fine
}

// device is a simulated device with the ledger that counts. Its methods may be called from any goroutine.
type device interface {
	// entry is what the configuration says of it.
	entry() config.Settler
	// serve gives it its power until ctx ends. It says so when it can be reached, each time anew.
	serve(ctx context.Context, port string, ready func()) error
	// restart switches it off and on, and sees to its paper.
	restart()
	// spoil has the next settlement go wrong, and none after it.
	spoil(trouble, *rand.Rand)
	moved() []movement
	// rests: it has begun nothing that could still move money.
	rests() bool
	// says: it could be asked about its last movement now.
	says() bool
}

// hasty are timers so many times faster than a kind of device has by default, as far as the configuration lets them.
func hasty(kind config.SettlerKind, faster int) config.Settler {
	s := config.DefaultSettlerOf(kind)
	t := &s.Timers
	for _, d := range []*time.Duration{&t.Acknowledge, &t.Answer, &t.Quiet, &t.Longest, &t.Heartbeat, &t.SilentAfter} {
		*d /= time.Duration(faster)
	}
	t.FrameGap = zvt.Timers{T1: t.FrameGap}.Faster(faster).T1
	if kind == config.OKC {
		t.FrameGap = 0
	}
	return s
}

// terminal is a payment terminal.
type terminal struct {
	*zvtsim.Terminal
	faster time.Duration
	serial bool
}

func newTerminal(serial bool, faster int) terminal {
	o := zvtsim.Options{
		Timers: zvt.Timers{}.Faster(faster), Pace: time.Second / time.Duration(faster), Now: func() time.Time { return time.Now().UTC() },
	}
	if serial {
		o.Transport = zvt.Serial
	}
	return terminal{zvtsim.New(o), time.Duration(faster), serial}
}

func (d terminal) entry() config.Settler {
	s := hasty(config.ZVT, int(d.faster))
	s.Baud = 115200
	return s
}

func (d terminal) serve(ctx context.Context, port string, ready func()) error {
	if d.serial {
		return d.Plug(ctx, port, ready)
	}
	return d.Listen(ctx, strings.TrimPrefix(port, "tcp://"), func(net.Addr) { ready() })
}

func (d terminal) restart() {} // a new line brings it back

func (d terminal) spoil(what trouble, dice *rand.Rand) {
	d.Forget()
	f := zvtsim.Fault{Step: zvtsim.Step(dice.IntN(zvtsim.Steps)), Stubborn: dice.IntN(2) == 0, Code: 0x05}
	f.Delay = time.Duration(dice.Int64N(int64(90 * time.Second / d.faster)))
	switch what {
	case pulled:
		f.Trouble = zvtsim.Pull
	case away:
		f.Trouble, f.Stubborn = zvtsim.Pull, false
	case hung:
		f.Trouble = zvtsim.Hang
	case late:
		f.Trouble, f.Delay = zvtsim.Late, f.Delay/9
	case refused:
		f.Trouble = zvtsim.Decline
	case paperless:
		f.Trouble, f.Code = []zvtsim.Trouble{zvtsim.Decline, zvtsim.Refuse}[dice.IntN(2)], 0xCC
	case mute:
		f.Trouble = zvtsim.Forgetful
	}
	if d.faster == 1 {
		f.Delay /= 10 // nobody has so much time
	}
	d.Script(f)
}

func (d terminal) moved() (all []movement) {
	for _, e := range d.Ledger() {
		m := movement{minor: e.Amount, receipt: e.Receipt, at: e.At}
		if e.Kind != zvtsim.Payment {
			m.minor = -m.minor
		}
		all = append(all, m)
	}
	return all
}

func (d terminal) rests() bool { return true } // what it does without its cash register it was not told to here

func (d terminal) says() bool { return d.Repeats() }

// fiscal is a fiscal device.
type fiscal struct {
	*okcsim.Device
	faster time.Duration
}

func newFiscal(faster int) fiscal {
	return fiscal{okcsim.New(okcsim.Options{Beat: time.Second / 2 / time.Duration(faster)}), time.Duration(faster)}
}

func (d fiscal) entry() config.Settler { return hasty(config.OKC, int(d.faster)) }

func (d fiscal) serve(ctx context.Context, port string, ready func()) error {
	l, err := net.Listen("tcp", strings.TrimPrefix(port, "tcp://"))
	if err != nil {
		return fmt.Errorf("listen as a fiscal device: %w", err)
	}
	ready()
	return d.Serve(ctx, l)
}

func (d fiscal) restart() {
	d.Restart()
	d.PutPaper()
}

func (d fiscal) spoil(what trouble, dice *rand.Rand) {
	d.Forget()
	f := okcsim.Fault{At: okcsim.Steps()[dice.IntN(len(okcsim.Steps()))]}
	lasts := time.Duration(1+dice.IntN(60)) * time.Second / d.faster
	if d.faster == 1 {
		lasts /= 6
	}
	switch what {
	case pulled, away:
		f.Trouble = okcsim.Pull
	case hung:
		if f.Trouble = okcsim.Hang; dice.IntN(2) == 0 {
			f.For = lasts
		}
	case late:
		f.Trouble, f.For = okcsim.Late, lasts
	case refused:
		f.Trouble = okcsim.CardRefused
	case paperless:
		f.Trouble = okcsim.NoPaper
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

func (d fiscal) rests() bool {
	return !slices.ContainsFunc(d.Ledger(), func(e okcsim.Entry) bool { return e.State == okc.Open || e.State == okc.Unfinished })
}

func (d fiscal) says() bool { return true }

var (
	_ device = terminal{}
	_ device = fiscal{}
)
