package sim

import (
	"time"

	"showroom/devices"
)

const (
	// perSecond is what a line of 115200 baud carries: eight bits with a start and a stop bit.
	perSecond = 115200 / 10
	// buffered is what a module keeps of a round that the line has not carried yet.
	buffered = perSecond / 10
)

// capacity is what a serial line can carry now.
type capacity struct {
	room float64   // bytes
	at   time.Time // as of when
	turn int       // the tag that comes first when not all fit
}

// refill lets time pass until at.
func (c *capacity) refill(at time.Time) {
	c.room = min(c.room+at.Sub(c.at).Seconds()*perSecond, buffered)
	c.at = at
}

// spend takes n bytes.
func (c *capacity) spend(n int) { c.room -= float64(n) }

// carry appends to dst what frame makes of each read, as far as the line carries them.
func (c *capacity) carry(dst []byte, reads []devices.TagRead, frame func(dst []byte, r devices.TagRead) []byte) []byte {
	from := len(dst)
	for i := range reads {
		fits := len(dst)
		dst = frame(dst, reads[(c.turn+i)%len(reads)])
		if float64(len(dst)-from) > c.room {
			dst = dst[:fits]
			c.turn += i
			break
		}
	}
	c.spend(len(dst) - from)
	return dst
}
