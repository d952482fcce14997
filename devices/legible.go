package devices

import (
	"math"
	"time"
)

const (
	// legibleHalf is how long it takes until a message has lost half its weight; a device of which nothing can be read any more is
	// doubted that long after the last that could. A zone waits for six seconds before it takes a gateway's word that a tag is not
	// there, a room for half a minute before it takes a reader's.
	legibleHalf = 2 * time.Second
	// damagedAgain is how soon damage must follow damage. One broken message in an empty shop is an accident.
	damagedAgain = 10 * time.Second
	// forgiven is how long without damage makes the next one an accident again.
	forgiven = 30 * time.Second
	// legibleLead is how many times more must be readable than not before a device is believed again.
	legibleLead = 2
)

// Legible weighs what a device publishes of tags against what nobody can read of it, and newer messages more than older ones. Each
// message weighs the same, however many tags it tells of: of a damaged one nobody knows how many that were. The zero value believes;
// it is not safe for concurrent use.
type Legible struct {
	sound, broken float64
	at            time.Time // of the last message weighed
	nonsense      time.Time // of the last damage
	doubted       bool      // damage outweighs
}

// Weigh takes a message that tells of so many tags, with so many parts that mean nothing, in the order in which they come.
func (l *Legible) Weigh(tags, bad int, at time.Time) {
	if tags+bad == 0 {
		return // of the device itself: it says nothing of what it hears
	}
	fade := math.Exp2(-max(at.Sub(l.at), 0).Seconds() / legibleHalf.Seconds())
	share := float64(bad) / float64(tags+bad)
	l.sound, l.broken = l.sound*fade+1-share, l.broken*fade+share
	again := bad > 0 && at.Sub(l.nonsense) < damagedAgain
	switch {
	case l.sound > legibleLead*l.broken, at.Sub(l.nonsense) >= forgiven:
		l.doubted = false
	case again && l.broken > l.sound:
		l.doubted = true
	}
	if l.at = at; bad > 0 {
		l.nonsense = at
	}
}

// Doubtful answers whether the device is not to be believed, which lasts until it is understood again or has kept quiet about tags
// for so long.
func (l *Legible) Doubtful(at time.Time, lasts time.Duration) bool {
	return l.doubted && at.Sub(l.nonsense) < lasts
}

// Damaged answers when the last part came that means nothing; zero when none has.
func (l *Legible) Damaged() time.Time { return l.nonsense }
