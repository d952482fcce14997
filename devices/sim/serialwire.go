package sim

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"time"
)

// SerialWire is a device at a serial port that the operating system simulates; S is what it has to tell. The port is a symbolic
// link that is there while the cable is plugged. When the host leaves the port a fresh one takes its place, as empty as a real
// one; the device keeps its power and whatever it was doing.
//
// Tell and Suffer may be called from any goroutine; Plug and Unplug from one at a time.
type SerialWire[S any] struct {
	path     string
	firmware func(*mood) firmware[S]
	troubles []Trouble // that the device has words for
	// mumbles: the device speaks to a host that says nothing. Others wait for its first word.
	mumbles bool
	// said is what the device has to tell. What finds it full is lost: the host does not read, or nobody is there. A reader's has
	// room for one round, a scanner's for a few codes.
	said   chan S
	mood   mood
	unplug func() // ends what Plug has begun and waits for it; nil while unplugged
}

// firmware is what runs in a device from power-on to power-off.
type firmware[S any] interface {
	// hear takes bytes of the host and answers what the device says to them.
	hear(p []byte) (answers []byte)
	// tell appends to dst what the device says of s.
	tell(dst []byte, s S) []byte
}

// NewR200Wire makes the wire of an R200 module whose port will be found at path. It is not plugged.
func NewR200Wire(path string) *SerialWire[Round] {
	return &SerialWire[Round]{path: path, said: make(chan Round, 1), troubles: []Trouble{WeakPower},
		firmware: func(m *mood) firmware[Round] { return &module{mood: m} }}
}

// NewThingMagicWire makes the wire of a module with so many antennas, at most four. It is not plugged.
func NewThingMagicWire(path string, antennas int) *SerialWire[Round] {
	return &SerialWire[Round]{path: path, said: make(chan Round, 1), troubles: []Trouble{WeakPower, Hot, LostAntenna},
		firmware: func(m *mood) firmware[Round] { return newMercury(m, antennas) }}
}

// NewR2000Wire makes the wire of a reader with so many antennas, at most eight. It is not plugged.
func NewR2000Wire(path string, antennas int) *SerialWire[Round] {
	flash := factoryRegion // it outlasts the power
	return &SerialWire[Round]{path: path, said: make(chan Round, 1), troubles: []Trouble{WeakPower, LostAntenna},
		firmware: func(m *mood) firmware[Round] { return &station{mood: m, antennas: antennas, flash: &flash} }}
}

// newModuleWire makes the wire of a serial reader.
func newModuleWire(r Reader, path string) *SerialWire[Round] {
	switch r.Kind {
	case ThingMagic:
		return NewThingMagicWire(path, r.Antennas)
	case R2000:
		return NewR2000Wire(path, r.Antennas)
	}
	return NewR200Wire(path)
}

// codes is how many codes a scanner keeps for a host that is slow.
const codes = 16

// NewScannerWire makes the wire of a scanner whose codes end so. It is not plugged.
func NewScannerWire(path string, e Ending) *SerialWire[string] {
	return &SerialWire[string]{path: path, said: make(chan string, codes), mumbles: true,
		firmware: func(*mood) firmware[string] { return beam(e) }}
}

// beam is the firmware of a scanner: it says what it is shown and listens to nothing.
type beam Ending

func (beam) hear([]byte) []byte                    { return nil }
func (b beam) tell(dst []byte, code string) []byte { return append(dst, Ending(b).frame(code)...) }

// Plug gives the device power and its port. The port is there when Plug returns. Plugging twice does nothing.
func (w *SerialWire[S]) Plug() error {
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

// Unplug takes the port away and the device's power with it. It is gone when Unplug returns.
func (w *SerialWire[S]) Unplug() {
	if w.unplug != nil {
		w.unplug()
		w.unplug = nil
	}
}

// Tell is what the device has read or seen. It never blocks.
func (w *SerialWire[S]) Tell(s S) {
	select {
	case w.said <- s:
	default:
	}
}

// Suffer begins a trouble for d, until told off when d is 0, or ends all with Well. It answers false when the device has no word
// for it.
func (w *SerialWire[S]) Suffer(t Trouble, d time.Duration) bool { return w.mood.take(t, d, w.troubles) }

func (w *SerialWire[S]) open() (*line, error) {
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

// again is how long to wait before a port that could not be made is tried again.
const again = 100 * time.Millisecond

// run goes from line to line until ctx ends.
func (w *SerialWire[S]) run(ctx context.Context, l *line) {
	defer func() {
		_ = os.Remove(w.path) // somebody may have done so
		if l != nil {
			l.end()
		}
	}()
	d := &powered[S]{mood: &w.mood, start: w.firmware}
	for {
		if l != nil {
			w.serve(ctx, l, d)
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
func (w *SerialWire[S]) serve(ctx context.Context, l *line, d *powered[S]) {
	defer context.AfterFunc(ctx, func() { _ = l.Close() })() // wakes Read and Write
	ctx, cancel := context.WithCancel(ctx)
	taken := make(chan struct{}) // closed once the host is there
	var talker sync.WaitGroup
	talker.Go(func() { w.talk(ctx, taken, l, d) })
	host := sync.OnceFunc(func() { l.taken(); close(taken) })
	if !w.mumbles || l.await(ctx) {
		if w.mumbles {
			host()
		}
		listen(l, d, host)
	}
	cancel()
	talker.Wait()
}

// listen answers the host until the line ends.
func listen[S any](l *line, d *powered[S], host func()) {
	buf := make([]byte, 256)
	for {
		n, err := l.Read(buf)
		if err != nil {
			return
		}
		host()
		if answer := d.hear(buf[:n]); len(answer) > 0 {
			l.say(answer)
		}
	}
}

// talk says what there is to tell until ctx ends. Before the host is there nobody hears it.
func (w *SerialWire[S]) talk(ctx context.Context, taken <-chan struct{}, l *line, d *powered[S]) {
	for there := false; !there; {
		select {
		case <-taken:
			there = true
		case <-w.said:
		case <-ctx.Done():
			return
		}
	}
	var buf []byte
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-w.said:
			if buf = d.tell(buf[:0], s); len(buf) > 0 {
				l.say(buf)
			}
		}
	}
}

// powered is a device with power: its firmware and what is wrong with it. Its methods may be called from any goroutine.
type powered[S any] struct {
	mood  *mood
	start func(*mood) firmware[S]

	mu       sync.Mutex // guards the rest
	firmware firmware[S]
	weak     bool
	booted   time.Time // when it hears and speaks again
}

// bootTakes is how long a device that has lost its power is deaf and mute.
const bootTakes = time.Second

func (d *powered[S]) hear(p []byte) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.awake() {
		return nil
	}
	return d.spoil(d.firmware.hear(p))
}

func (d *powered[S]) tell(dst []byte, s S) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.awake() {
		return dst
	}
	return d.spoil(d.firmware.tell(dst, s))
}

// awake says whether the device hears and speaks. When its supply has changed it starts anew: it has forgotten everything.
func (d *powered[S]) awake() bool {
	switch weak := d.mood.has(WeakPower); {
	case d.firmware == nil:
		d.firmware, d.weak = d.start(d.mood), weak
	case weak != d.weak:
		d.firmware, d.weak = d.start(d.mood), weak
		d.booted = time.Now().Add(bootTakes)
	}
	return !d.mood.has(Mute) && !time.Now().Before(d.booted)
}

// spoil damages what is said on a disturbed line, which is seldom quiet.
func (d *powered[S]) spoil(p []byte) []byte {
	if !d.mood.has(Garbled) || len(p) == 0 && rand.IntN(damaged) > 0 {
		return p
	}
	return garble(p)
}
