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
