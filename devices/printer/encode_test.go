package printer_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/showroom"
	"showroom/devices/printer"
)

func model(t testing.TB, name string) printer.Model {
	t.Helper()
	m, ok := printer.ModelByName(name)
	if !ok {
		t.Fatalf("no model %s", name)
	}
	return m
}

func encode(t testing.TB, name string, slip showroom.Slip, drawer bool) []byte {
	t.Helper()
	out, err := printer.Encode(model(t, name), 20, slip, drawer)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCodePages(t *testing.T) {
	body, err := os.ReadFile("testdata/codepages.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(body)) {
		var page int
		var b byte
		var r rune
		if _, err := fmt.Sscanf(line, "%d %X %X", &page, &b, &r); err != nil {
			continue // the comment
		}
		n++
		charset := map[int]printer.Charset{857: printer.CP857, 1254: printer.CP1254}[page]
		if got := charset.Decode([]byte{b}); got != string(r) {
			t.Errorf("%d: %02X is %q, want %q", page, b, got, r)
		}
		if strings.ContainsRune("’‘“”–—\u00a0", r) {
			continue // written as the signs every printer has
		}
		if got, ok := charset.Encode(string(r)); !ok || !bytes.Equal(got, []byte{b}) {
			t.Errorf("%d: %q is %X, want %02X", page, r, got, b)
		}
	}
	if n < 240 {
		t.Errorf("only %d letters were compared", n)
	}
}

func TestBytes(t *testing.T) {
	slip := showroom.Slip{{Text: "Işıl", Centre: true, Bold: true, Large: true}, {Text: "Ürün", Right: "1,00 TL"}, {Rule: true}}
	for name, want := range map[string]string{
		// ESC @, ESC t 13, ESC p; two times: bold, large; the letters of PC857; ESC d 4, GS V 66 0.
		"epson": "1b40" + "1b740d" + "1b700032fa" + "1b4501" + "1d2111" + "202020" + "499f8d6c" + "0a" + "1d2100" + "1b4500" +
			"9a72816e" + strings.Repeat("20", 9) + "312c303020544c" + "0a" + strings.Repeat("2d", 20) + "0a" + "1b6404" + "1d564200",
		// The same letters in CP1254 on page 17.
		"datecs": "1b40" + "1b7411" + "1b700032fa" + "1b4501" + "1d2111" + "202020" + "49fefd6c" + "0a" + "1d2100" + "1b4500" +
			"dc72fc6e" + strings.Repeat("20", 9) + "312c303020544c" + "0a" + strings.Repeat("2d", 20) + "0a" + "1b6404" + "1d564200",
	} {
		if diff := cmp.Diff(want, hex.EncodeToString(encode(t, name, slip, true))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestQRBytes(t *testing.T) {
	want := "1b40" + "1b740d" + "1b6101" + "1d286b0400" + "31413200" + "1d286b0300" + "314306" + "1d286b0300" + "314531" +
		"1d286b0600" + "315030" + "616263" + "1d286b0300" + "315130" + "0a1b6100" + "1b6404" + "1d564200"
	if diff := cmp.Diff(want, hex.EncodeToString(encode(t, "epson", showroom.Slip{{QR: "abc"}}, false))); diff != "" {
		t.Error(diff)
	}
}

// A line with a letter its page has not is a picture; a printer without a page gets pictures only.
func TestPicturesWhereLettersAreMissing(t *testing.T) {
	header := []byte{0x1D, 'v', '0', 0}
	for _, c := range []struct {
		model, text string
		picture     bool
	}{{"epson", "Şişe", false}, {"epson", "Ω", true}, {"epson", "5 € Ω", true}, {"datecs", "5 €", false}, {"generic", "5 €", false}, {"raster", "5 €", true}, {"raster", "abc", true}} {
		if got := bytes.Contains(encode(t, c.model, showroom.Slip{{Text: c.text}}, false), header); got != c.picture {
			t.Errorf("%s on %s: a picture is %v", c.text, c.model, got)
		}
	}
}

// Signs of money that a page has not are letters: on a slow line a picture of every amount would take minutes.
func TestSignsOfMoney(t *testing.T) {
	for _, c := range []struct{ model, text, want string }{
		{"epson", "1.234,50 ₺", "1.234,50 TL"}, {"epson", "-€12.50", "-EUR 12.50"}, {"epson", "12,50 €", "12,50 EUR"}, {"datecs", "12,50 €", "12,50 \x80"},
		{"datecs", "₺5", "TL 5"}, {"epson", "abc", "abc"},
	} {
		for _, l := range []showroom.SlipLine{{Text: c.text}, {Text: "x", Right: c.text}} {
			if out := encode(t, c.model, showroom.Slip{l}, false); !bytes.Contains(out, []byte(c.want+"\n")) {
				t.Errorf("%s: %s is %q", c.model, c.text, out)
			}
		}
	}
}

func TestSlipsThatCannotBePrinted(t *testing.T) {
	for _, l := range []showroom.SlipLine{{QR: strings.Repeat("x", 301)}, {EAN: "123"}, {EAN: "8690123456780"}, {EAN: "86901234567AB"}} {
		for _, m := range printer.Models() {
			if out, err := printer.Encode(m, 48, showroom.Slip{l}, false); err == nil || out != nil {
				t.Errorf("%s prints %+v", m.Name, l)
			}
		}
	}
}

// Whatever stands in a slip, a printer gets no command of it: text is letters and line ends only, no line is too long, and no picture
// says DLE EOT, DLE ENQ or DLE DC4.
func TestTextIsNoCommand(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		slip := showroom.Slip{{
			Text: rapid.String().Draw(rt, "text"), Right: rapid.StringN(0, 12, -1).Draw(rt, "right"), Large: rapid.Bool().Draw(rt, "large"), Centre: rapid.Bool().Draw(rt, "centre"),
		}}
		m := rapid.SampledFrom(printer.Models()).Draw(rt, "model")
		out, err := printer.Encode(m, 20, slip, false)
		if err != nil {
			rt.Fatal(err)
		}
		for _, bad := range [][]byte{{0x10, 0x04}, {0x10, 0x05}, {0x10, 0x14}} {
			if bytes.Contains(out, bad) {
				rt.Fatalf("% x in % x", bad, out)
			}
		}
		rest := out
		for len(rest) > 0 {
			switch {
			case rest[0] == 0x1B:
				rest = rest[min(len(rest), map[byte]int{'@': 2, 't': 3, 'E': 3, 'd': 3}[rest[1]]):]
			case rest[0] == 0x1D && rest[1] == 'v':
				rest = rest[8+(int(rest[4])+int(rest[5])<<8)*(int(rest[6])+int(rest[7])<<8):]
			case rest[0] == 0x1D:
				rest = rest[map[byte]int{'!': 3, 'V': 4}[rest[1]]:]
			case rest[0] == '\n' || rest[0] >= ' ':
				rest = rest[1:]
			default:
				rt.Fatalf("byte %02x in % x", rest[0], out)
			}
		}
	})
}

func TestLongTextGoesOnBelow(t *testing.T) {
	out := string(encode(t, "generic", showroom.Slip{{Text: "  Lacivert gabardin pantolon", Right: "1.299,90"}}, false))
	want := "  Lacivert\n  gabardin\n  pantolon  1.299,90\n"
	if !strings.Contains(out, want) {
		t.Errorf("%q", out)
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(line) > 28 {
			t.Errorf("a line is too long: %q", line)
		}
	}
}

// As a picture a receipt takes a minute on a slow line, and in letters no time.
func TestTimeOnTheLine(t *testing.T) {
	slip := make(showroom.Slip, 40)
	for i := range slip {
		slip[i] = showroom.SlipLine{Text: "Lacivert gabardin pantolon", Right: "1.299,90 TL"}
	}
	for name, c := range map[string]struct{ least, most time.Duration }{"generic": {time.Second, 2 * time.Second}, "raster": {40 * time.Second, time.Minute}} {
		if got, err := printer.OnTheLine(model(t, name), 48, slip, 19200); err != nil || got < c.least || got > c.most {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := printer.OnTheLine(model(t, "generic"), 48, showroom.Slip{{EAN: "1"}}, 19200); err == nil {
		t.Error("what can not be printed takes no time")
	}
}

// A picture is no wider than what is in it.
func TestNarrowPicture(t *testing.T) {
	one, all := encode(t, "raster", showroom.Slip{{Text: "a"}}, false), encode(t, "raster", showroom.Slip{{Text: "a", Right: "b"}}, false)
	if len(one) > len(all)/5 {
		t.Errorf("%d bytes for a letter on the left, %d for two", len(one), len(all))
	}
}

// A long number is broken where it has a hyphen, as people read it out.
func TestLongNumberIsBrokenAtItsHyphen(t *testing.T) {
	out := string(encode(t, "generic", showroom.Slip{{Text: "ETTN", Right: "f47ac10b-58cc-4372-a567-0e02b2c3d479"}, {Text: "abcdefghijklmnopqrstuvwxyz"}, {Text: "a-bcdefghijklmnopqrstuvwxyz"}}, false))
	for _, want := range []string{"ETTN\n f47ac10b-58cc-4372-\n   a567-0e02b2c3d479\n", "abcdefghijklmnopqrst\nuvwxyz\n", "a-bcdefghijklmnopqrs\ntuvwxyz\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
}
