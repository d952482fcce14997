package live

import (
	"time"

	"showroom/agent/showroom"
)

// Crowd is how much of radios that nobody enrolled a gateway has heard in a minute. It counts what was heard and not radios: to
// count those they would have to be told apart.
type Crowd struct {
	Gateway showroom.DeviceID
	Minute  time.Time // its beginning
	Heard   int
}

// Lately says whether it may still be the last minute there is to tell at now.
func (c Crowd) Lately(now time.Time) bool { return now.Sub(c.Minute) < 150*time.Second }

// SetCrowd replaces what is known of the crowd at a gateway. No screen is woken for it.
func (b *Board) SetCrowd(c Crowd) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.crowds[c.Gateway] = c
}

// Crowd answers the last minute a gateway has told, false when it never has. It may be long over: a gateway that hears nobody tells
// of no minute.
func (b *Board) Crowd(gateway showroom.DeviceID) (Crowd, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.crowds[gateway]
	return c, ok
}
