package draw_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/view"
)

// Fyne draws at twice the size while it does not know its canvas, as on one with two pixels for each of ours.
func TestPictogramsStayInTheirBoxHoweverFineFyneDraws(t *testing.T) {
	k := kit(t)
	w := test.NewTempWindow(t, nil)
	for _, scale := range []float32{1, 2} {
		w.Canvas().(software.WindowlessCanvas).SetScale(scale)
		for _, b := range []draw.Box{{X: 10, Y: 20, W: 240, H: 200}, {X: 10, Y: 20, W: 772, H: 390}, {X: 10, Y: 20, W: 100, H: 300}} {
			t.Run(fmt.Sprintf("%v times in %v by %v", scale, b.W, b.H), func(t *testing.T) {
				s := draw.NewSheet(k)
				s.Pictogram(view.PictureBag, b)
				at, size := s.Objects[0].Position(), s.Objects[0].Size()
				if at.X < b.X || at.Y < b.Y || at.X+size.Width > b.X+b.W || at.Y+size.Height > b.Y+b.H {
					t.Errorf("drawn at %v, %v large, outside %v", at, size, b)
				}
				if size.Width < b.W-2 && size.Height < b.H-2 {
					t.Errorf("drawn %v large, smaller than %v allows", size, b)
				}
			})
		}
	}
}
