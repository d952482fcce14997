package sim

import (
	"context"
	"os"
	"sync"
	"time"

	"showroom/devices/rfid/r200"
)

// R200Wire is a reader module at a serial port that the operating system simulates. The port is a symbolic link that is there
// while the cable is plugged. When the host leaves the port a fresh one takes its place, as empty as a real one; the module keeps
// its power and whatever it was doing.
//
// Round may be called from any goroutine; Plug and Unplug from one at a time.
type R200Wire struct {
	path string
	// rounds has room for one. A round that finds it full is lost: the host does not read, or nobody is there.
	rounds chan Round
	unplug func() // ends what Plug has begun and waits for it; nil while unplugged
}

// NewR200Wire makes the wire of a module whose port will be found at path. It is not plugged.
func NewR200Wire(path string) *R200Wire {
	return &R200Wire{path: path, rounds: make(chan Round, 1)}
}

// Plug gives the module power and its port. The port is there when Plug returns. Plugging twice does nothing.
func (w *R200Wire) Plug() error {
	if w.unplug != nil {
		return nil
	}
	l, err := w.open()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.run(ctx, l)
	}()
	w.unplug = func() { cancel(); <-done }
	return nil
}

// Unplug takes the port away and the module's power with it. It is gone when Unplug returns.
func (w *R200Wire) Unplug() {
	if w.unplug != nil {
		w.unplug()
		w.unplug = nil
	}
}

// Round is what the module has read. It never blocks.
func (w *R200Wire) Round(r Round) {
	select {
	case w.rounds <- r:
	default:
	}
}

func (w *R200Wire) open() (*line, error) {
	l, err := openLine()
	if err != nil {
		return nil, err
	}
	if err := l.linkTo(w.path); err != nil {
		l.end()
		return nil, err
	}
	return l, nil
}

// again is how long a machine without pseudo terminals is left alone.
const again = time.Second

// run is one time under power, over as many lines as hosts come.
func (w *R200Wire) run(ctx context.Context, l *line) {
	defer func() {
		_ = os.Remove(w.path) // somebody may have done so
		if l != nil {
			l.end()
		}
	}()
	m := &module{}
	for {
		if l != nil {
			w.serve(ctx, l, m)
		}
		if ctx.Err() != nil {
			return
		}
		// The next line before the end of this one: the link always leads to a line that works, and never to the same one again.
		next, err := w.open()
		if l != nil {
			l.end()
		}
		if l = next; err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(again):
			}
		}
	}
}

// serve is one line, until the host leaves it or ctx ends.
func (w *R200Wire) serve(ctx context.Context, l *line, m *module) {
	defer context.AfterFunc(ctx, func() { _ = l.Close() })() // wakes Read and Write
	ctx, cancel := context.WithCancel(ctx)
	taken := make(chan struct{}) // closed once the host has spoken
	var talker sync.WaitGroup
	talker.Go(func() { w.talk(ctx, taken, l, m) })
	w.listen(l, m, sync.OnceFunc(func() { l.taken(); close(taken) }))
	cancel()
	talker.Wait()
}

// listen answers commands until the line ends.
func (w *R200Wire) listen(l *line, m *module, taken func()) {
	var d r200.Decoder
	buf := make([]byte, 256)
	for {
		n, err := l.Read(buf)
		if err != nil {
			return
		}
		taken()
		d.Feed(buf[:n])
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			if answer := m.answer(f); len(answer) > 0 {
				l.say(answer)
			}
		}
	}
}

// talk says what is read until ctx ends. Before the host has spoken nobody is there to hear it.
func (w *R200Wire) talk(ctx context.Context, taken <-chan struct{}, l *line, m *module) {
	select {
	case <-taken:
	case <-ctx.Done():
		return
	}
	var buf []byte
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-w.rounds:
			if buf = m.round(buf[:0], r); len(buf) > 0 {
				l.say(buf)
			}
		}
	}
}
