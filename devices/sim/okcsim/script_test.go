package okcsim_test

import (
	"strings"
	"testing"
	"time"

	"showroom/devices/sim/okcsim"
)

func TestParseFault(t *testing.T) {
	for text, want := range map[string]okcsim.Fault{
		"fine":            {},
		" hang  approved": {Trouble: okcsim.Hang, At: okcsim.Approved},
		"late card 2s":    {Trouble: okcsim.Late, At: okcsim.Card, For: 2 * time.Second},
		"pull told":       {Trouble: okcsim.Pull, At: okcsim.Told},
		"card_refused":    {Trouble: okcsim.CardRefused},
		"tells 41111111":  {Trouble: okcsim.Tells, Card: "41111111"},
	} {
		if got, err := okcsim.ParseFault(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "explode", "pull", "pull nowhere", "hang card soon", "hang card -1s", "pull card 2s", "busy now", "fine thanks", "tells", "tells me"} {
		if got, err := okcsim.ParseFault(text); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
}

// TestWords: whoever asks for help hears every word there is, and each is one.
func TestWords(t *testing.T) {
	_, err := okcsim.ParseFault("help")
	if err == nil || !strings.Contains(err.Error(), `"help" is not known`) || !strings.Contains(err.Error(), "approved") {
		t.Fatalf("help: %v", err)
	}
	fill := strings.NewReplacer("STEP", "card", "[D]", "2s", "NUMBER", "41111111")
	for _, word := range okcsim.Words() {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("help does not tell of %q: %v", word, err)
		}
		if _, err := okcsim.ParseFault(fill.Replace(word)); err != nil {
			t.Errorf("%q: %v", word, err)
		}
	}
}
