package showroom

import "time"

// ClockQuality says how far the wall time of a Moment can be trusted. A Raspberry Pi has no battery clock: until it has heard a
// time server its wall time is a guess.
type ClockQuality string

// From worst to best.
const (
	ClockNone   ClockQuality = "none"   // the wall time is before this program was built
	ClockSaved  ClockQuality = "saved"  // plausible, not confirmed by anybody
	ClockNTP    ClockQuality = "ntp"    // the operating system says it is synchronised
	ClockServer ClockQuality = "server" // compared with the central service in this boot
)

// Moment is when something happened, told by every clock the machine has. Order between facts is by journal sequence, never by
// wall time; durations within a boot are differences of Mono.
type Moment struct {
	Wall    time.Time     // UTC
	Boot    string        // id of the kernel's boot
	Mono    time.Duration // since that boot
	Quality ClockQuality
}

// Since is the time from earlier to m: monotonic within a boot, wall time across boots (never negative).
func (m Moment) Since(earlier Moment) time.Duration {
	d := m.Wall.Sub(earlier.Wall)
	if m.Boot == earlier.Boot {
		d = m.Mono - earlier.Mono
	}
	return max(d, 0)
}

// Ahead says that m was told in an earlier boot and lies in a time to come: the clock has gone back, and how long ago m was nobody
// knows.
func (m Moment) Ahead(now Moment) bool { return m.Boot != now.Boot && m.Wall.After(now.Wall) }

// Left is how much of a time that began then is left at m: 0 when it is over, and when nobody knows how long ago then was.
func (m Moment) Left(of time.Duration, then Moment) time.Duration {
	if then.Ahead(m) {
		return 0
	}
	return max(of-m.Since(then), 0)
}

// Confirmed says that somebody besides this machine vouches for the wall time of m.
func (m Moment) Confirmed() bool { return m.Quality == ClockNTP || m.Quality == ClockServer }
