package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"showroom/devices"
	"showroom/devices/rfid/llrp"
	"showroom/devices/sim/llrpsim"
)

// LLRPWire is a fixed reader on TCP. It lets one client in and tells others so; what a client has set up stays in it until it
// loses its power.
//
// Tell, Suffer and Address may be called from any goroutine; Plug and Unplug from one at a time.
type LLRPWire struct {
	reader Reader
	// rounds has room for a few. A round that finds it full is lost.
	rounds chan Round
	mood   mood
	unplug func() // ends what Plug has begun and waits for it; nil while unplugged

	mu      sync.Mutex // guards address
	address string
}

// NewLLRPWire makes the wire of a reader, which listens at r.Listen. It is not plugged.
func NewLLRPWire(r Reader) *LLRPWire {
	return &LLRPWire{reader: r, rounds: make(chan Round, 8), address: r.Listen}
}

// Plug gives the reader power and its network. It listens when Plug returns. Plugging twice does nothing.
func (w *LLRPWire) Plug() error {
	if w.unplug != nil {
		return nil
	}
	l, err := net.Listen("tcp", w.Address())
	if err != nil {
		return fmt.Errorf("switch on reader %s: %w", w.reader.ID, err)
	}
	w.mu.Lock()
	w.address = l.Addr().String() // the same again when it comes back
	w.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.run(ctx, l)
	}()
	w.unplug = func() { cancel(); <-done }
	return nil
}

// Unplug takes the reader's power. Nobody listens any more when Unplug returns.
func (w *LLRPWire) Unplug() {
	if w.unplug != nil {
		w.unplug()
		w.unplug = nil
	}
}

// Tell is what the reader has read. It never blocks.
func (w *LLRPWire) Tell(r Round) {
	select {
	case w.rounds <- r:
	default:
	}
}

// Suffer begins a trouble for d, until told off when d is 0, or ends all with Well. It answers false when the reader has no word
// for it.
func (w *LLRPWire) Suffer(t Trouble, d time.Duration) bool {
	return w.mood.take(t, d, []Trouble{WeakPower, Hot, LostAntenna})
}

// Address is where the reader listens.
func (w *LLRPWire) Address() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.address
}

// run serves one client after the other until ctx ends.
func (w *LLRPWire) run(ctx context.Context, l net.Listener) {
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	clients := make(chan net.Conn)
	var door sync.WaitGroup
	door.Go(func() { accept(ctx, l, clients) })
	defer door.Wait()
	defer l.Close()
	reader := llrpsim.New(w.reader.Antennas)
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.rounds: // nobody wants them
		case conn := <-clients:
			w.serve(ctx, reader, conn, clients)
		}
	}
}

// accept hands over who comes until the listener is closed.
func accept(ctx context.Context, l net.Listener, clients chan<- net.Conn) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of files, most likely
			select {
			case <-ctx.Done():
			case <-time.After(again):
			}
			continue
		}
		select {
		case clients <- conn:
		case <-ctx.Done():
			_ = conn.Close()
		}
	}
}

// serve is one client, until it goes or ctx ends. Others are told that it is there.
func (w *LLRPWire) serve(ctx context.Context, reader *llrpsim.Reader, conn net.Conn, others <-chan net.Conn) {
	s := reader.Connect(conn, func() bool { return w.mood.has(Mute) })
	defer s.Close()
	s.Say(llrp.ReaderEventNotification, llrpsim.Greeting(llrpsim.Connected))
	var b bulletin
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Done():
			return
		case other := <-others:
			turnAway(other)
		case r := <-w.rounds:
			for _, m := range b.round(&w.mood, reader, r) {
				_ = s.Offer(m.Type, m.Body) // a client that is too slow misses it
			}
		}
	}
}

// turnAway tells a client that another one is there.
func turnAway(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetWriteDeadline(time.Now().Add(hostTakes))
	_, _ = conn.Write(llrp.Message{Type: llrp.ReaderEventNotification, Body: llrpsim.Greeting(llrpsim.Taken)}.Append(nil)) // or it has gone
}

// complains is how often a reader that is unwell says so.
const complains = time.Second

// bulletin is what a reader says by itself over one connection.
type bulletin struct {
	beaten, complained time.Time
	gone               bool // the client has been told that the first antenna is gone
}

// round is what there is to say after a round: signs of life and events that are due, and the tags of a reader that searches.
func (b *bulletin) round(m *mood, reader *llrpsim.Reader, r Round) (say []llrp.Message) {
	notify := func(body []byte) { say = append(say, llrp.Message{Type: llrp.ReaderEventNotification, Body: body}) }
	if every := reader.Beat(); every > 0 && r.At.Sub(b.beaten) >= every {
		b.beaten = r.At
		say = append(say, llrp.Message{Type: llrp.KeepAlive})
	}
	if !reader.Searches(r.Antenna) {
		return say
	}
	if gone := m.has(LostAntenna); gone != b.gone {
		b.gone = gone
		notify(llrpsim.Antenna(1, !gone))
	}
	words := ""
	switch {
	case m.has(WeakPower):
		words = "power supply too weak to transmit"
	case m.has(Hot):
		words = "over temperature, not transmitting"
	}
	switch {
	case words != "":
		if r.At.Sub(b.complained) >= complains {
			b.complained = r.At
			notify(llrpsim.Exception(words))
		}
	case b.gone && r.Antenna == 1 || len(r.Reads) == 0 && !m.has(Garbled):
	default:
		say = append(say, report(r.Reads, m.has(Garbled)))
	}
	return say
}

// report is the tags of a round. Nothing damages bytes on TCP, so what is garbled is the reader's own doing: a list that is cut off.
func report(reads []devices.TagRead, garbled bool) llrp.Message {
	body := llrpsim.Report(reads)
	if garbled {
		body = append(body, llrpsim.TLV(0xF0, garble(nil))...)
		body = body[:len(body)-1-rand.IntN(3)]
	}
	return llrp.Message{Type: llrp.ROAccessReport, Body: body}
}
