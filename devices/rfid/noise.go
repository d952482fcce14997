package rfid

import "time"

const (
	// soundWorth is how many damaged bytes a sound one outweighs: of a line that delivers a third of what is said, reads still come.
	soundWorth = 2
	// mostNoise bounds the damage that is remembered. It is a hundred and more sound bytes away from quiet: steady frames end it soon,
	// and one that noise makes by chance, or lets through, does not.
	mostNoise = 256
	// forgotten is after how many times as long as noise must last a line without damage has none.
	forgotten = 2
)

// Noise tells a serial line on which damage rules from one with a wrong byte now and then. It is not safe for concurrent use.
type Noise struct {
	// Lasting is how long damage must outweigh what is sound before it rules.
	Lasting time.Duration

	sound, damaged uint64 // all that was told before
	excess         int64  // of damage over what is sound
	since, last    time.Time
}

// Hear takes how many bytes have come in all inside sound frames, and outside of them, until at. Neither ever shrinks.
func (n *Noise) Hear(sound, damaged uint64, at time.Time) {
	if at.Sub(n.last) >= forgotten*n.Lasting {
		n.excess = 0
	}
	more := int64(damaged - n.damaged)
	n.excess = min(max(0, n.excess+more-soundWorth*int64(sound-n.sound)), mostNoise)
	n.sound, n.damaged = sound, damaged
	switch {
	case n.excess == 0:
		n.since, n.last = time.Time{}, time.Time{}
	case more > 0:
		if n.since.IsZero() {
			n.since = at
		}
		n.last = at
	}
}

// Rules says whether there has been more damage than sense for that long. It is so until sound frames come steadily, or nothing.
func (n *Noise) Rules() bool { return n.excess > 0 && n.last.Sub(n.since) >= n.Lasting }
