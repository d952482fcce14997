package draw_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
)

func TestWhatWasHiddenForLongIsSetAsBefore(t *testing.T) {
	k := kit(t)
	size := fyne.NewSize(300, 200)
	for name, w := range map[string]fyne.Widget{
		"paragraph": draw.NewParagraph(k, theme.Body, theme.Ink, "Bitirdiniz mi?", size.Width, 1, fyne.TextAlignCenter),
		"plate":     draw.NewPlate(k, "", size.Width, size.Height),
	} {
		w.Resize(size)
		again := w.CreateRenderer() // as Fyne does when it has forgotten the first
		again.Refresh()
		inner := again.Objects()[0].(*fyne.Container).Objects[0]
		if got := inner.Size().Width; got != size.Width {
			t.Errorf("%s: shown again %v wide, was %v", name, got, size.Width)
		}
	}
}
