package draw

import (
	_ "embed"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

//go:embed hanger.svg
var hanger []byte

// Hanger draws the hanger that waits for a garment, as large as b allows.
func (s *Sheet) Hanger(b Box) {
	art := canvas.NewImageFromResource(fyne.NewStaticResource("hanger.svg", hanger))
	art.FillMode = canvas.ImageFillContain
	s.Add(art, b)
}
