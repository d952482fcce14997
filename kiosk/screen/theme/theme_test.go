package theme_test

import (
	"testing"

	"fyne.io/fyne/v2"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"showroom/kiosk/screen/theme"
)

func TestEveryPairOfColoursCanBeRead(t *testing.T) {
	for _, p := range theme.Pairs() {
		if got := theme.Contrast(p.Fore, p.On); got < p.Least {
			t.Errorf("%s has a contrast of %.2f, at least %.1f is wanted", p.Name, got, p.Least)
		}
	}
}

func TestContrastIsThatOfTheStandard(t *testing.T) {
	if got := theme.Contrast(theme.Paper, theme.Paper); got != 1 {
		t.Errorf("white on white is %v", got)
	}
	// The example every checker agrees on: #767676 on white is just above 4.5.
	grey := theme.Paper
	grey.R, grey.G, grey.B = 0x76, 0x76, 0x76
	if got := theme.Contrast(grey, theme.Paper); got < 4.53 || got > 4.55 {
		t.Errorf("#767676 on white is %v", got)
	}
}

func TestNoLetterStandsOutOfItsLine(t *testing.T) {
	for _, font := range []fyne.Resource{theme.Serif, theme.Light, theme.Regular, theme.Medium} {
		f, err := sfnt.Parse(font.Content())
		if err != nil {
			t.Fatalf("%s: %v", font.Name(), err)
		}
		var buf sfnt.Buffer
		ppem := fixed.I(1000)
		line, err := f.Metrics(&buf, ppem, xfont.HintingNone)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range "ÇĞİÖŞÜÂçğıöşüâ₺gjpqy|" {
			i, err := f.GlyphIndex(&buf, r)
			if err != nil {
				t.Fatal(err)
			}
			box, _, err := f.GlyphBounds(&buf, i, ppem, xfont.HintingNone)
			if err != nil {
				t.Fatal(err)
			}
			if -box.Min.Y > line.Ascent || box.Max.Y > line.Descent {
				t.Errorf("%s: %q reaches from %v to %v, the line from %v to %v", font.Name(), r, box.Min.Y, box.Max.Y, -line.Ascent, line.Descent)
			}
		}
	}
}

func TestTypefacesHaveTheLettersOfTheShop(t *testing.T) {
	for _, font := range []fyne.Resource{theme.Serif, theme.Light, theme.Regular, theme.Medium} {
		f, err := sfnt.Parse(font.Content())
		if err != nil {
			t.Fatalf("%s: %v", font.Name(), err)
		}
		var buf sfnt.Buffer
		for _, r := range "ABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZabcçdefgğhıijklmnoöpqrsştuüvwxyzâîû0123456789₺€$£.,:;!?%&·…’“”-–—" {
			if i, err := f.GlyphIndex(&buf, r); err != nil || i == 0 {
				t.Errorf("%s has no %q", font.Name(), r)
			}
		}
	}
}
