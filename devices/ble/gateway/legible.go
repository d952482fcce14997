package gateway

import (
	"math"
	"time"
)

const (
	// legibleHalf is how long it takes until a message has lost half its weight; a gateway of which nothing can be read any more is
	// doubted that long after the last that could. A zone waits for six seconds before it takes a gateway's word that a tag is not there.
	legibleHalf = 2 * time.Second
	// damagedAgain is how soon damage must follow damage. One broken message in an empty shop is an accident.
	damagedAgain = 10 * time.Second
	// legibleLead is how many times more must be readable than not before a gateway is believed again.
	legibleLead = 2
)

// legible weighs what a gateway says of radios against what nobody can read of it, and newer messages more than older ones. Each
// message weighs the same, however many radios it tells of: of a damaged one nobody knows how many that were.
type legible struct {
	sound, broken float64
	at            time.Time // of the last message weighed
	nonsense      time.Time // of the last damage
	doubted       bool      // damage outweighs
}

// weigh takes a message with so many records, and so many that mean nothing.
func (l *legible) weigh(records, bad int, at time.Time) {
	if records+bad == 0 {
		return // of the gateway itself: it says nothing of what it hears
	}
	fade := math.Exp2(-max(at.Sub(l.at), 0).Seconds() / legibleHalf.Seconds())
	share := float64(bad) / float64(records+bad)
	l.sound, l.broken = l.sound*fade+1-share, l.broken*fade+share
	again := bad > 0 && at.Sub(l.nonsense) < damagedAgain
	switch {
	case l.sound > legibleLead*l.broken:
		l.doubted = false
	case again && l.broken > l.sound:
		l.doubted = true
	}
	if l.at = at; bad > 0 {
		l.nonsense = at
	}
}

// doubtful answers whether the gateway is not to be believed, which lasts until it is understood again or has kept quiet about
// radios for so long.
func (l *legible) doubtful(at time.Time, lasts time.Duration) bool {
	return l.doubted && at.Sub(l.nonsense) < lasts
}
