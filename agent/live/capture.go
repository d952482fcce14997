package live

import (
	"time"

	"showroom/agent/showroom"
)

// Capture is a recording of a device's line in front of the privacy filter. The zero Capture is none. Everybody who is on a screen
// is told of it.
type Capture struct {
	Device showroom.DeviceID
	Since  time.Time
	Until  time.Time // it ends by itself
	Reason string    // as the engineer gave it; for staff
}

// Runs says whether there is a capture.
func (c Capture) Runs() bool { return c.Device != "" }

// SetCapture replaces the capture that runs; the zero Capture ends it. Screens are woken.
func (b *Board) SetCapture(c Capture) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c != b.capture {
		b.capture = c
		b.wake()
	}
}

// Capture answers the capture that runs, the zero Capture for none.
func (b *Board) Capture() Capture {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.capture
}
