package draw

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2/canvas"
	"github.com/boombuler/barcode/qr"
)

// quiet is the white border of a QR code, in modules: less, and phones do not find it.
const quiet = 4

// QR draws what text says as a QR code, dark on white, its modules whole pixels, as large as fits into b, from whose upper left corner
// it starts; its white border lies around it. It answers how large the code is, and an error for a text that no QR code can hold, when
// it draws nothing.
func (s *Sheet) QR(text string, b Box) (float32, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return 0, fmt.Errorf("encode QR code: %w", err)
	}
	n := code.Bounds().Dx()
	module := int(min(b.W, b.H)) / n
	if module < 1 {
		return 0, fmt.Errorf("a QR code of %d modules does not fit into %v", n, b)
	}
	side := module * (n + 2*quiet)
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for y := range n * module {
		for x := range n * module {
			if g := color.GrayModel.Convert(code.At(x/module, y/module)).(color.Gray); g.Y < 0x80 {
				img.SetGray(x+quiet*module, y+quiet*module, g)
			}
		}
	}
	picture := canvas.NewImageFromImage(img)
	picture.ScaleMode = canvas.ImageScalePixels
	border := float32(quiet * module)
	s.Add(picture, Box{X: b.X - border, Y: b.Y - border, W: float32(side), H: float32(side)})
	return float32(n * module), nil
}
