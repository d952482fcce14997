package devices_test

import (
	"testing"
	"time"

	"showroom/devices"
)

// TestAnAccidentLongAfterGarbageIsAnAccident: what was doubted once is not doubted for ever at the first broken message.
func TestAnAccidentLongAfterGarbageIsAnAccident(t *testing.T) {
	const lasts = 30 * time.Second
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var l devices.Legible
	for range 5 {
		l.Weigh(0, 1, at)
		at = at.Add(time.Second)
	}
	if !l.Doubtful(at, lasts) {
		t.Fatal("garbage is believed")
	}
	for range 3 {
		at = at.Add(time.Hour)
		l.Weigh(0, 1, at)
		if l.Doubtful(at, lasts) {
			t.Fatal("one broken message in an empty shop is doubted")
		}
	}
	l.Weigh(0, 1, at.Add(time.Second))
	if !l.Doubtful(at.Add(time.Second), lasts) {
		t.Error("damage that follows damage is believed")
	}
}
