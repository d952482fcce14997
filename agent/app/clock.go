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
	server atomic.Bool // compared with the central service in this boot
}

// built is before any moment at which this program can run; a wall clock that says less is not set.
var built = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func newClock() *clock {
	return &clock{boot: firstLine("/proc/sys/kernel/random/boot_id")}
}

// Now answers the moment: wall time, boot id, time since boot with sleep counted, and how far the wall time can be trusted.
func (c *clock) Now() showroom.Moment {
	now := time.Now()
	m := showroom.Moment{Wall: now.UTC(), Boot: c.boot, Quality: c.quality(now)}
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err == nil {
		m.Mono = time.Duration(ts.Nano())
	}
	return m
}

func (c *clock) quality(now time.Time) showroom.ClockQuality {
	switch {
	case now.Before(built):
		return showroom.ClockNone
	case c.server.Load():
		return showroom.ClockServer
	case synchronised():
		return showroom.ClockNTP
	}
	return showroom.ClockSaved
}

// agree notes what the central service says the time is. Two clocks within a minute of each other are both believed.
func (c *clock) agree(server time.Time) {
	d := time.Since(server)
	c.server.Store(d > -time.Minute && d < time.Minute)
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
