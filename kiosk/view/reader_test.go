package view_test

import (
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
)

// TestWhatTheKioskSaysOfItsReader tells a reader that reads less from one that reads nothing: garments that hang there do appear.
func TestWhatTheKioskSaysOfItsReader(t *testing.T) {
	const less, nothing, dark = "New garments may not appear here right now. Our staff know.",
		"We cannot see new garments right now. Our staff know.", "This screen cannot see garments right now. Our staff know."
	for state, want := range map[string]struct{ room, idle string }{"fault": {less, less}, "silent": {nothing, dark}, "down": {nothing, dark}, "up": {}} {
		k := localapi.KioskState{Language: "en", Seq: "e.1", Room: &localapi.Room{Reader: localapi.Reader{State: state}}}
		s, _ := view.Reduce(view.Start("en"), view.StateLoaded{Kiosk: k}, time.Time{})
		notes := s.Room(time.Time{}).Notes
		if want.room == "" {
			if len(notes) > 0 {
				t.Errorf("%s: notes %v, want none", state, notes)
			}
			continue
		}
		if len(notes) != 1 || notes[0].Text != want.room {
			t.Errorf("%s: notes %v, want %q", state, notes, want.room)
		}
		if got := s.Idle().Text; got != want.idle {
			t.Errorf("%s: idle %q, want %q", state, got, want.idle)
		}
	}
}
