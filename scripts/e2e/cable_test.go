package e2e

import (
	"errors"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"showroom/agent/gs1"
	"showroom/devices/rfid/r200"
)

// cable is a serial line into the shop with a reader module at its other end that the test plays itself, so that it knows when the
// first byte of a tag goes out and can say what no module would.
type cable struct {
	t    *testing.T
	line *os.File // the module's end

	mu   sync.Mutex // guards hung, and writes are whole under it
	hung []gs1.EPC
}

// everyRound is how often the module takes an inventory, as the real one does.
const everyRound = 50 * time.Millisecond

// plug links the line to where the agent looks for the reader.
func plug(s *testShop, reader string) *cable {
	s.t.Helper()
	master, host, err := pty.Open()
	s.must(err)
	line, err := wakeable(master)
	s.must(err)
	s.must(os.Symlink(host.Name(), s.Port(reader)))
	c := &cable{t: s.t, line: line}
	heard := make(chan struct{}) // closed at the host's first word
	gone := make(chan struct{})  // closed at the end of the line
	var running sync.WaitGroup
	running.Go(func() { c.listen(heard); close(gone) })
	running.Go(func() { c.talk(heard, gone) })
	s.t.Cleanup(func() {
		if err := errors.Join(line.Close(), host.Close()); err != nil {
			s.t.Error(err)
		}
		running.Wait()
	})
	return c
}

// wakeable is f, which it closes, as a file whose Close wakes its Read.
func wakeable(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, errors.Join(err, syscall.Close(fd))
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// listen answers every command but the start of the inventory, whose answer are its rounds.
func (c *cable) listen(heard chan<- struct{}) {
	var d r200.Decoder
	buf := make([]byte, 256)
	first := sync.OnceFunc(func() { close(heard) })
	for {
		n, err := c.line.Read(buf)
		if err != nil {
			return
		}
		d.Feed(buf[:n])
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			first()
			if f.Code != r200.CodeMultiPoll {
				c.say(r200.Frame{Framing: f.Framing, Type: r200.TypeResponse, Code: f.Code, Params: []byte{0}}.Append(nil))
			}
		}
	}
}

// talk says what every round finds.
func (c *cable) talk(heard, gone <-chan struct{}) {
	select {
	case <-heard:
	case <-gone:
		return
	}
	tick := time.NewTicker(everyRound)
	defer tick.Stop()
	for {
		select {
		case <-gone:
			return
		case <-tick.C:
			c.mu.Lock()
			var p []byte
			for _, epc := range c.hung {
				p = notification(epc).Append(p)
			}
			if len(p) == 0 {
				p = r200.Frame{Framing: r200.FramingBB, Type: r200.TypeResponse, Code: r200.CodeError, Params: []byte{byte(r200.ErrorInventory)}}.Append(nil)
			}
			_, _ = c.line.Write(p) // a line that has ended is noticed by who listens
			c.mu.Unlock()
		}
	}
}

func notification(epc gs1.EPC) r200.Frame {
	return r200.TagFrame(r200.FramingBB, -48, r200.PC(epc), epc)
}

// say writes bytes as they are, between two rounds.
func (c *cable) say(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.line.Write(p)
}

// hang hangs a garment into the room and answers when the first byte of it went out.
func (c *cable) hang(epc gs1.EPC) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := notification(epc).Append(nil)
	at := time.Now()
	if _, err := c.line.Write(p); err != nil {
		c.t.Errorf("write to the serial line: %v", err)
	}
	c.hung = append(c.hung, epc)
	return at
}

// unhook takes a garment away.
func (c *cable) unhook(epc gs1.EPC) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hung = slices.DeleteFunc(c.hung, func(e gs1.EPC) bool { return e == epc })
}
