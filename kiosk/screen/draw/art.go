package draw

import (
	"bytes"
	"fmt"
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// artStroke is how wide the strokes of a drawing are, in pixels, whatever its size.
const artStroke = 3

// art draws a drawing of strokes in the middle of b, as large as b allows.
//
// It is drawn once and for all. Fyne would draw it again whenever it feels like it, at twice the size while it does not know on which
// canvas it is, and its strokes do not grow with a drawing: they would become thinner and thicker before one's eyes.
func (s *Sheet) art(name string, svg []byte, b Box) {
	img := rasterised(name, svg, b)
	if img == nil {
		return // a page without its picture still says what it says
	}
	sharp := 1 // pixels of the drawing for one of the screen
	wide, high := float32(img.Bounds().Dx()), float32(img.Bounds().Dy())
	if wide > 1.5*min(b.W, b.H*wide/high) { // b may be of another shape than the drawing
		sharp = 2
		wider := bytes.Replace(svg, stroke(1), stroke(sharp), 1)
		img = rasterised(fmt.Sprintf("%d-%s", sharp, name), wider, b)
	}
	w, h := float32(img.Bounds().Dx()/sharp), float32(img.Bounds().Dy()/sharp)
	s.Add(canvas.NewImageFromImage(img), Box{X: whole(b.X + (b.W-w)/2), Y: whole(b.Y + (b.H-h)/2), W: w, H: h})
}

// stroke is how a drawing says how wide its strokes are.
func stroke(sharp int) []byte { return fmt.Appendf(nil, `stroke-width="%d"`, artStroke*sharp) }

// rasterised has Fyne draw it so large that it fits into b, once or twice.
func rasterised(name string, svg []byte, b Box) image.Image {
	art := canvas.NewImageFromResource(fyne.NewStaticResource(name, svg))
	art.Resize(fyne.NewSize(b.W, b.H))
	return art.Image
}

func whole(x float32) float32 { return float32(math.Floor(float64(x))) }
