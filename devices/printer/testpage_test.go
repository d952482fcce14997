package printer_test

import (
	"testing"

	"showroom/devices/printer"
)

// The test page itself can be printed by every model; where a model has a code page it has all its letters.
func TestTestPage(t *testing.T) {
	for _, m := range printer.Models() {
		page := printer.TestPage(m, 32, "https://example.com")
		if _, err := printer.Encode(m, 32, page, false); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
		for _, l := range page {
			if _, ok := m.Charset.Encode(l.Text + l.Right); !ok && m.Charset != 0 {
				t.Errorf("%s has no letters for %q", m.Name, l.Text)
			}
		}
	}
}
