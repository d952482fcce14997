package okcsim_test

import (
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
