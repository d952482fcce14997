package app

import (
	"testing"
	"time"
)

// What stays broken is told once. What has worked for a while and breaks in the same way is told again.
func TestAnEndingIsNewsOnce(t *testing.T) {
	var ends endings
	at := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	for i, step := range []struct {
		after   time.Duration
		service string
		text    string
		want    bool
	}{
		{0, "uplink", "refused", true},
		{time.Second, "uplink", "refused", false},
		{time.Second, "downlink", "refused", true},
		{30 * time.Second, "uplink", "refused", false},
		{4 * time.Minute, "uplink", "refused", false}, // four since the last time, five since it was told
		{time.Second, "uplink", "no route", true},
		{time.Second, "uplink", "refused", true},
		{24 * time.Hour, "uplink", "refused", true},
		{time.Second, "uplink", "refused", false},
	} {
		at = at.Add(step.after)
		if got := ends.news(step.service, step.text, at); got != step.want {
			t.Errorf("step %d: news is %v, want %v", i, got, step.want)
		}
	}
}
