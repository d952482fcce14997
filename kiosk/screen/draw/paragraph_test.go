package draw_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/panel"
	"showroom/kiosk/screen/theme"
)

func kit(t *testing.T) draw.Kit {
	t.Helper()
	test.NewTempApp(t)
	return draw.Kit{Panel: panel.Profiles()[0]}
}

func TestAParagraphIsSetEvenly(t *testing.T) {
	k := kit(t)
	text := "Ürünlerinizi kabine getirin, burada görün."
	whole := k.Width(theme.Body, text)
	p := draw.NewParagraph(k, theme.Body, theme.Ink, text, whole-10, 3, fyne.TextAlignLeading)
	if lines := p.Height() / theme.Body.Line(k.Panel); lines != 2 || p.Cut {
		t.Fatalf("%v lines, cut %v", lines, p.Cut)
	}
	if w := p.MinSize().Width; w > whole*0.62 {
		t.Errorf("the longer of two lines is %v of %v wide: the last word stands alone", w, whole)
	}
}

func TestAParagraphStaysInItsColumn(t *testing.T) {
	k := kit(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("abc ığİŞ ₺.-"))).Draw(t, "text")
		width := rapid.Float32Range(60, 700).Draw(t, "width")
		lines := rapid.IntRange(0, 4).Draw(t, "lines")
		p := draw.NewParagraph(k, theme.Body, theme.Ink, text, width, lines, fyne.TextAlignLeading)
		if w := p.MinSize().Width; w > width+1 {
			t.Fatalf("%v wide in a column of %v", w, width)
		}
		if n := int(p.Height() / theme.Body.Line(k.Panel)); lines > 0 && n > lines || n < 1 {
			t.Fatalf("%d lines, at most %d were wanted", n, lines)
		}
		fits := k.Width(theme.Body, strings.Join(strings.Fields(text), " ")) <= width
		if fits && p.Cut {
			t.Fatal("it fits in one line and was cut")
		}
	})
}
