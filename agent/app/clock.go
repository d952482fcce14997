package app

import (
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"showroom/agent/showroom"
)

// clock tells the moment by every clock the machine has. It is safe for concurrent use.
type clock struct {
	boot   string
	agreed atomic.Pointer[agreement] // the last one in this boot; nil for none
}

// agreement is a moment at which the central service said the same time. It holds for as long as the wall clock goes on as time does:
// somebody may set it, years away.
type agreement struct {
	wall time.Time // without Go's own reading, which no setting moves
	mono time.Duration
}

// near is how far two clocks may be apart that are both believed.
const near = time.Minute

// built is before any moment at which this program can run; a wall clock that says less is not set.
var built = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func newClock() *clock {
	return &clock{boot: firstLine("/proc/sys/kernel/random/boot_id")}
}

// Now answers the moment: wall time, boot id, time since boot with sleep counted, and how far the wall time can be trusted.
func (c *clock) Now() showroom.Moment {
	m := showroom.Moment{Wall: time.Now().UTC(), Boot: c.boot}
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err == nil {
		m.Mono = time.Duration(ts.Nano())
	}
	m.Quality = c.quality(m.Wall, m.Mono, synchronised())
	return m
}

// quality is how far a wall time can be trusted at a time since boot; kept says that the kernel's clock is.
func (c *clock) quality(wall time.Time, mono time.Duration, kept bool) showroom.ClockQuality {
	switch {
	case wall.Before(built):
		return showroom.ClockNone
	case c.agreed.Load().holds(wall, mono):
		return showroom.ClockServer
	case kept:
		return showroom.ClockNTP
	}
	return showroom.ClockSaved
}

// agree notes at a moment what the central service says the time is.
func (c *clock) agree(at showroom.Moment, server time.Time) {
	wall := at.Wall.Round(0)
	if wall.Sub(server).Abs() >= near {
		c.agreed.Store(nil)
		return
	}
	c.agreed.Store(&agreement{wall, at.Mono})
}

func (a *agreement) holds(wall time.Time, mono time.Duration) bool {
	return a != nil && (wall.Round(0).Sub(a.wall)-(mono-a.mono)).Abs() < near
}

// synchronised asks the kernel whether a time service keeps its clock.
func synchronised() bool {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return err == nil && state != unix.TIME_ERROR
}

// machineID binds the journal to this machine, so that a cloned card is noticed.
func machineID() string {
	if id := firstLine("/etc/machine-id"); id != "" {
		return id
	}
	host, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return host
}

func firstLine(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(line)
}
