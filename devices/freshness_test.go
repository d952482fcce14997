package devices_test

import (
	"testing"
	"time"

	"showroom/devices"
)

func TestFreshness(t *testing.T) {
	begin := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	// A message a second: how late it is by the difference of the clocks, and whether it tells about now.
	for name, messages := range map[string][]struct {
		late float64
		live bool
	}{
		"right clock":              {{0.2, true}, {0.1, true}, {9, true}, {0.2, true}},
		"one kept message":         {{0.2, true}, {60, false}, {0.2, true}},
		"clock set forward":        {{0.2, true}, {-3600, true}, {-3600, true}, {0.2, false}},
		"clock an hour behind":     {{3600, false}, {3600, false}, {3600, false}, {3600, false}, {3600, false}, {3600, true}, {3601, true}},
		"backlog at first contact": {{600, false}, {590, false}, {580, false}, {570, false}, {560, false}, {550, false}, {540, false}, {0.2, true}},
	} {
		t.Run(name, func(t *testing.T) {
			var f devices.Freshness
			for i, m := range messages {
				at := begin.Add(seconds(float64(i)))
				if live := f.Live(at.Add(-seconds(m.late)), at); live != m.live {
					t.Errorf("message %d, %v s late: live %v, want %v", i+1, m.late, live, m.live)
				}
			}
		})
	}
	var f devices.Freshness
	if !f.Live(time.Time{}, begin) {
		t.Error("a message without a stamp is taken for old")
	}
}

// TestClocksThatAreWrong: live messages of a reader whose clock is off by any amount are live once it has run like a clock for
// five seconds, and what it has kept while it was away is not.
func TestClocksThatAreWrong(t *testing.T) {
	for _, off := range []time.Duration{0, time.Hour, -24 * time.Hour} {
		var f devices.Freshness
		at := time.Date(2026, 9, 11, 12, 0, 0, 0, time.UTC)
		live := 0
		for range 80 { // eight seconds
			at = at.Add(100 * time.Millisecond)
			if f.Live(at.Add(off), at) {
				live++
			}
		}
		if live < 29 || off == 0 && live != 80 {
			t.Errorf("clock off by %v: %d of 80 messages are live", off, live)
		}
		at = at.Add(10 * time.Minute)
		for i := range 550 {
			at = at.Add(2 * time.Millisecond)
			if f.Live(at.Add(off-10*time.Minute+time.Duration(i)*time.Second), at) {
				t.Fatalf("clock off by %v: message %d of a backlog is live", off, i)
			}
		}
		if !f.Live(at.Add(off), at) {
			t.Errorf("clock off by %v: the live message behind the backlog is not", off)
		}
		if !f.Live(time.Time{}, at) {
			t.Error("a message without a stamp is not live")
		}
	}
}
