package app

import (
	"testing"
	"time"

	"showroom/agent/showroom"
)

// What the central service has said of the clock holds until somebody sets it, forwards or back, and not an hour longer.
func TestAnAgreementEndsWhenTheClockIsSet(t *testing.T) {
	const boot = 40 * time.Second
	noon := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	at := func(wall time.Time, mono time.Duration) showroom.Moment {
		return showroom.Moment{Wall: wall, Mono: mono}
	}
	for name, c := range map[string]struct {
		server time.Time
		wall   time.Time
		after  time.Duration
		kept   bool
		want   showroom.ClockQuality
	}{
		"it goes on":                  {noon, noon.Add(time.Hour), time.Hour, false, showroom.ClockServer},
		"it is drawn a little":        {noon, noon.Add(time.Hour + 20*time.Second), time.Hour, false, showroom.ClockServer},
		"the two never agreed":        {noon.Add(time.Hour), noon.Add(time.Minute), time.Minute, false, showroom.ClockSaved},
		"set forwards":                {noon, noon.AddDate(2, 0, 0), time.Minute, false, showroom.ClockSaved},
		"set back":                    {noon, noon.Add(-time.Hour), time.Minute, false, showroom.ClockSaved},
		"set back before the program": {noon, time.Unix(0, 0), time.Minute, false, showroom.ClockNone},
		"set by a time server":        {noon, noon.Add(time.Hour), time.Minute, true, showroom.ClockNTP},
	} {
		var k clock
		k.agree(at(noon, boot), c.server)
		if got := k.quality(c.wall, boot+c.after, c.kept); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	var k clock
	k.agree(at(noon, boot), noon)
	k.agree(at(noon.Add(time.Hour), boot+time.Hour), noon) // it says something else now
	if got := k.quality(noon.Add(time.Hour), boot+time.Hour, false); got != showroom.ClockSaved {
		t.Errorf("after a word against it: %s", got)
	}
}
