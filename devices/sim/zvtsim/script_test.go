package zvtsim_test

import (
	"strings"
	"testing"
	"time"

	"showroom/devices/sim/zvtsim"
)

func TestParseFault(t *testing.T) {
	for text, want := range map[string]zvtsim.Fault{
		"fine":                   {},
		" hang  approved ":       {Trouble: zvtsim.Hang, Step: zvtsim.Approved},
		"pull card stubborn 90s": {Trouble: zvtsim.Pull, Step: zvtsim.Card, Stubborn: true, Delay: 90 * time.Second},
		"late told 4s":           {Trouble: zvtsim.Late, Step: zvtsim.Told, Delay: 4 * time.Second},
		"decline CC":             {Trouble: zvtsim.Decline, Code: 0xCC},
		"refuse 9c":              {Trouble: zvtsim.Refuse, Code: 0x9C},
		"busy":                   {Trouble: zvtsim.BusyGoes},
		"no-status":              {Trouble: zvtsim.NoStatus},
		"padded":                 {Trouble: zvtsim.Padded},
		"forgetful":              {Trouble: zvtsim.Forgetful},
		"tells 4111111111111111": {Trouble: zvtsim.Tells, Card: "4111111111111111"},
	} {
		if got, err := zvtsim.ParseFault(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "explode", "pull", "pull nowhere", "late card", "late card soon", "decline", "decline 1FF", "fine thanks", "pull card stubborn", "tells", "tells all"} {
		if got, err := zvtsim.ParseFault(text); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
}

// TestWords: whoever asks for help hears every word there is, and each is one.
func TestWords(t *testing.T) {
	_, err := zvtsim.ParseFault("help")
	if err == nil || !strings.Contains(err.Error(), `"help" is not known`) || !strings.Contains(err.Error(), "approved") {
		t.Fatalf("help: %v", err)
	}
	fill := strings.NewReplacer("STEP", "card", "[stubborn D]", "stubborn 2s", " D", " 2s", "CODE", "05", "NUMBER", "41111111")
	for _, word := range zvtsim.Words() {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("help does not tell of %q: %v", word, err)
		}
		if _, err := zvtsim.ParseFault(fill.Replace(word)); err != nil {
			t.Errorf("%q: %v", word, err)
		}
	}
}
