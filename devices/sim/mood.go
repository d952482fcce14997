package sim

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// mood is what is wrong with a device at the moment. The zero mood is well. Its methods may be called from any goroutine.
type mood struct {
	mu    sync.Mutex
	until map[Trouble]time.Time // the zero time is until it is told off
}

// suffer begins a trouble, or ends all of them when it is Well.
func (m *mood) suffer(t Trouble, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t == Well || m.until == nil {
		m.until = map[Trouble]time.Time{}
	}
	switch {
	case t == Well:
	case d > 0:
		m.until[t] = time.Now().Add(d)
	default:
		m.until[t] = time.Time{}
	}
}

func (m *mood) has(t Trouble) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	until, is := m.until[t]
	return is && (until.IsZero() || time.Now().Before(until))
}

const (
	longestNoise = 16
	damaged      = 4 // one byte in so many
)

// garble is p as a disturbed line delivers it: noise, and then p with many a byte wrong.
func garble(p []byte) []byte {
	noise := make([]byte, 1+rand.IntN(longestNoise), longestNoise+len(p))
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	for _, b := range p {
		if rand.IntN(damaged) == 0 {
			b = byte(rand.Uint32())
		}
		noise = append(noise, b)
	}
	return noise
}

// take is suffer for a device that has words for the known troubles; what every device can have needs none.
func (m *mood) take(t Trouble, d time.Duration, known []Trouble) bool {
	if t != Well && t != Garbled && t != Mute && !slices.Contains(known, t) {
		return false
	}
	m.suffer(t, d)
	return true
}
