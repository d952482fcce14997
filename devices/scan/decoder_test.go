package scan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/devices"
	"showroom/devices/scan"
)

func drain(d *scan.Decoder) (lines []string) {
	for line, ok := d.Next(); ok; line, ok = d.Next() {
		lines = append(lines, line)
	}
	return lines
}

func TestDecoder(t *testing.T) {
	long := strings.Repeat("A", devices.MaxScanText+3)
	for _, tc := range []struct {
		name, in string
		gap      bool
		want     []string
		stats    scan.Stats
		waiting  int
	}{
		{"cr", "one\rtwo\r", false, []string{"one", "two"}, scan.Stats{Good: 2}, 0},
		{"lf", "one\ntwo\n", false, []string{"one", "two"}, scan.Stats{Good: 2}, 0},
		{"crlf", "one\r\ntwo\r\n", false, []string{"one", "two"}, scan.Stats{Good: 2}, 0},
		{"stx and etx", "\x02one\x03\x02two\x03", false, []string{"one", "two"}, scan.Stats{Good: 2}, 0},
		{"everything at once", "\x02one\x03\r\n\x02two\x03\r\n", false, []string{"one", "two"}, scan.Stats{Good: 2}, 0},
		{"stx without an end before it", "on\x02two\r", false, []string{"two"}, scan.Stats{Good: 1, Bad: 1, Skipped: 2}, 0},
		{"no end yet", "one\rtw", false, []string{"one"}, scan.Stats{Good: 1}, 2},
		{"gs stays", "\x1d10A\x1d21B\r", false, []string{"\x1d10A\x1d21B"}, scan.Stats{Good: 1}, 0},
		{"control character", "o\x00e\rtwo\r", false, []string{"two"}, scan.Stats{Good: 1, Bad: 1, Skipped: 3}, 0},
		{"no utf-8", "\xfe\xff\rşık\r", false, []string{"şık"}, scan.Stats{Good: 1, Bad: 1, Skipped: 2}, 0},
		{"longest", long + "\r", false, []string{long}, scan.Stats{Good: 1}, 0},
		{"too long", long + "A\rtwo\r", false, []string{"two"}, scan.Stats{Good: 1, Bad: 1, Long: 1, Skipped: uint64(len(long)) + 1}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := scan.Decoder{GapEnds: tc.gap}
			d.Feed([]byte(tc.in))
			if diff := cmp.Diff(tc.want, drain(&d)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if d.Stats() != tc.stats || d.Waiting() != tc.waiting {
				t.Errorf("%+v and %d waiting, want %+v and %d", d.Stats(), d.Waiting(), tc.stats, tc.waiting)
			}
		})
	}
}

func TestIdleEndsALineOrDropsIt(t *testing.T) {
	for _, gap := range []bool{false, true} {
		d := scan.Decoder{GapEnds: gap}
		d.Feed([]byte("4006381333931"))
		if lines := drain(&d); lines != nil {
			t.Fatalf("a line without an end: %q", lines)
		}
		d.Idle()
		lines := drain(&d)
		d.Idle()
		if more := drain(&d); more != nil {
			t.Errorf("silence makes lines: %q", more)
		}
		want, stats := []string(nil), scan.Stats{Bad: 1, Skipped: 13, Endless: 1}
		if gap {
			want, stats = []string{"4006381333931"}, scan.Stats{Good: 1}
		}
		if diff := cmp.Diff(want, lines); diff != "" || d.Stats() != stats || d.Waiting() != 0 {
			t.Errorf("gap %v: %+v, -want +got:\n%s", gap, d.Stats(), diff)
		}
	}
}

// piece draws what a scanner or its wire may say.
func piece(t *rapid.T) string {
	if rapid.IntRange(0, 20).Draw(t, "long") == 0 {
		return strings.Repeat("A", devices.MaxScanText)
	}
	return rapid.SampledFrom([]string{"\r", "\n", "\r\n", "\x02", "\x03", "\x1d", "\x00", "\xff", "ş", "]E0", "4006381333931", "?", "https://x.tr/01/", "A", ""}).Draw(t, "piece")
}

func TestAnyChunkingGivesTheSameLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line strings.Builder
		for range rapid.IntRange(0, 20).Draw(t, "pieces") {
			line.WriteString(piece(t))
		}
		var whole, cut scan.Decoder
		whole.Feed([]byte(line.String()))
		want := drain(&whole)
		var got []string
		for rest := []byte(line.String()); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			cut.Feed(rest[:n])
			got = append(got, drain(&cut)...)
			rest = rest[n:]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: -whole +cut:\n%s", line.String(), diff)
		}
		if whole.Stats() != cut.Stats() || whole.Waiting() != cut.Waiting() {
			t.Fatalf("%q: counted %+v whole and %+v cut", line.String(), whole.Stats(), cut.Stats())
		}
	})
}

// FuzzScanner: no bytes panic, lines are bounded, and what they mean is sound.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{"]E04006381333931\r", "]C10109506000134352\x1d21A\r\n", "\x02https://x.tr/01/09506000134352/21/1\x03", "(01)09506000134352\r", "96385074\n04252614\n", "K:1234\r?\r"} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, explicit bool) {
		rules := scan.Rules{Prefixes: []scan.Prefix{{Text: "K:", Kind: devices.ScanCustomer}}, ElementStrings: explicit, UPCE: explicit}
		d := scan.Decoder{GapEnds: explicit}
		d.Feed(raw)
		lines := drain(&d)
		d.Idle()
		lines = append(lines, drain(&d)...)
		if d.Stats().Good != uint64(len(lines)) || d.Waiting() != 0 {
			t.Fatalf("%d lines and %d waiting, counted %+v", len(lines), d.Waiting(), d.Stats())
		}
		for _, line := range lines {
			checkLine(t, rules, line)
		}
	})
}
