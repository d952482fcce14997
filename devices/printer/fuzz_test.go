package printer_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"showroom/agent/showroom"
	"showroom/devices/printer"
)

// FuzzEncode: whatever a slip says, no text of it becomes a command, and no row is wider than the paper.
func FuzzEncode(f *testing.F) {
	for _, text := range []string{"Şişme yelek", "\x1bp\x00\x19\xfa", "\x10\x14\x01\x00\x05", "", "👗", "\xff", strings.Repeat("uzun ", 40), strings.Repeat("ğ", 200)} {
		f.Add(text, "1.234,50 TL", byte(48), true, false)
		f.Add(text, text, byte(20), false, true)
	}
	f.Fuzz(func(t *testing.T, text, right string, width byte, centre, large bool) {
		slip := showroom.Slip{{Text: text, Right: right, Centre: centre, Large: large}}
		for _, m := range printer.Models() {
			out, err := printer.Encode(m, int(width), slip, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, command := range []string{"\x1bp", "\x10\x04", "\x10\x05", "\x10\x14"} {
				if m.Charset != 0 && !strings.Contains(string(out), "\x1dv0") && strings.Contains(string(out), command) {
					t.Errorf("%s: %q says %q", m.Name, text, command)
				}
			}
			if columns := max(int(width), 16); m.Charset != 0 && !strings.Contains(string(out), "\x1dv0") {
				for line := range strings.SplitSeq(m.Charset.Decode(out), "\n") {
					if n := utf8.RuneCountInString(line); n > columns+16 { // and the commands before and behind it
						t.Errorf("%s: %d letters in a row of %d: %q", m.Name, n, columns, line)
					}
				}
			}
		}
	})
}
