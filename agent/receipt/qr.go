package receipt

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/boombuler/barcode/qr"
)

// quiet is how many modules around a QR code must stay empty (ISO/IEC 18004).
const quiet = 4

// QR is a text as a QR code with error correction M and its quiet zone, one pixel for each module: true is dark. It is square.
func QR(text string) ([][]bool, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("make a QR code: %w", err)
	}
	n := code.Bounds().Dx()
	modules := make([][]bool, n+2*quiet)
	for y := range modules {
		modules[y] = make([]bool, len(modules))
	}
	for y := range n {
		for x := range n {
			shade, _, _, _ := code.At(x, y).RGBA()
			modules[y+quiet][x+quiet] = shade == 0
		}
	}
	return modules, nil
}

// QRPicture is the QR code of a text as a PNG, so many pixels for each module.
func QRPicture(text string, scale int) ([]byte, error) {
	modules, err := QR(text)
	if err != nil {
		return nil, err
	}
	scale = max(scale, 1)
	picture := image.NewPaletted(image.Rect(0, 0, len(modules)*scale, len(modules)*scale), color.Palette{color.White, color.Black})
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			if modules[y/scale][x/scale] {
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("write a QR code: %w", err)
	}
	return b.Bytes(), nil
}
