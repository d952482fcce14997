package link

import (
	"encoding/hex"
	"encoding/json"
	"sync/atomic"
	"time"

	"showroom/devices"
)

// Tap is where somebody may listen to everything a device says, in front of whatever filters it. It belongs to the device and
// outlives its connections. While nobody listens it costs a look at a pointer. The nil Tap is one nobody ever listens at. All methods
// may be called from any goroutine.
type Tap struct{ listener atomic.Pointer[func(Chunk)] }

// Chunk is a piece of what passed: as many bytes as one read or write took, or one message.
type Chunk struct {
	At    time.Time
	Out   bool   // it went to the device; else it came from there
	Topic string // of a message; else empty
	Bytes []byte // the listener's until it returns
}

// Line is the chunk as one line of a recording that began at start, as Replay reads it.
func (c Chunk) Line(start time.Time) ([]byte, error) {
	e := entry{After: c.At.Sub(start).Microseconds(), Dir: dirIn, Topic: c.Topic, Hex: hex.EncodeToString(c.Bytes)}
	if c.Out {
		e.Dir = dirOut
	}
	line, err := json.Marshal(e)
	return append(line, '\n'), err
}

// Listen has hear called with every chunk, on the goroutine of the line: it must not block. There is one listener at a time, the
// last. What is under way when stop is called may still be heard.
func (t *Tap) Listen(hear func(Chunk)) (stop func()) {
	t.listener.Store(&hear)
	return func() { t.listener.CompareAndSwap(&hear, nil) }
}

// Message notes a message from the device.
func (t *Tap) Message(m devices.Message) {
	if hear := t.heard(); hear != nil {
		hear(Chunk{At: m.At, Topic: m.Topic, Bytes: m.Payload})
	}
}

func (t *Tap) bytes(out bool, p []byte) {
	if hear := t.heard(); hear != nil && len(p) > 0 {
		hear(Chunk{At: time.Now(), Out: out, Bytes: p})
	}
}

// heard is the listener, or nil.
func (t *Tap) heard() func(Chunk) {
	if t == nil {
		return nil
	}
	if hear := t.listener.Load(); hear != nil {
		return *hear
	}
	return nil
}
