package printer

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/qr"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// bits is a picture of black dots.
type bits struct {
	width, height int
	dots          []bool
}

func newBits(width, height int) bits { return bits{width, height, make([]bool, width*height)} }

func (b bits) set(x, y int) {
	if x >= 0 && x < b.width && y >= 0 && y < b.height {
		b.dots[y*b.width+x] = true
	}
}

// row is a row of dots, eight in a byte, the leftmost first.
func (b bits) row(y int) []byte {
	out := make([]byte, (b.width+7)/8)
	for x := range b.width {
		if b.dots[y*b.width+x] {
			out[x/8] |= 0x80 >> (x % 8)
		}
	}
	return out
}

const (
	dark    = 110 // blacker than this is a dot
	lineGap = 6   // dots between two lines of letters, as the printer leaves them
)

// drawText draws a row of letters in cells of the size of font A, so that columns stand where the printer's own letters would.
func drawText(r row, width int) bits {
	scale := 1
	if r.large {
		scale = 2
	}
	file := gomono.TTF
	if r.bold {
		file = gomonobold.TTF
	}
	out := newBits(width, dotsPerRow*scale+lineGap)
	face, err := newFace(file, float64(20*scale))
	if err != nil {
		return out // cannot be: the font is part of the program
	}
	defer face.Close()
	grey := image.NewGray(image.Rect(0, 0, width, out.height))
	draw.Draw(grey, grey.Rect, image.White, image.Point{}, draw.Src)
	pen := font.Drawer{Dst: grey, Src: image.NewUniform(color.Black), Face: face}
	for i, letter := range []rune(r.text) {
		pen.Dot = fixed.P(i*dotsPerColumn*scale, 18*scale)
		pen.DrawString(string(letter))
	}
	for y := range out.height {
		for x := range width {
			if grey.GrayAt(x, y).Y < dark {
				out.set(x, y)
			}
		}
	}
	return out
}

func newFace(file []byte, size float64) (font.Face, error) {
	parsed, err := opentype.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
}

// drawQR draws a QR code in the middle, with its quiet zone.
func drawQR(text string, width int) (bits, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return bits{}, fmt.Errorf("make a QR code: %w", err)
	}
	n := code.Bounds().Dx()
	dots := min(moduleDots, width/(n+8))
	if dots < 2 {
		return bits{}, fmt.Errorf("a QR code of %d modules does not fit on the paper", n)
	}
	out := newBits(width, (n+8)*dots)
	left := (width - n*dots) / 2
	for y := range n * dots {
		for x := range n * dots {
			if isBlack(code, x/dots, y/dots) {
				out.set(left+x, 4*dots+y)
			}
		}
	}
	return out, nil
}

// eanHeight is the height of a bar code in dots, eanModule the width of its narrowest bar.
const (
	eanHeight = 80
	eanModule = 3
)

// drawEAN draws an EAN-13 or EAN-8 in the middle with its digits below. A wrong check digit is refused.
func drawEAN(digits string, width int) (bits, error) {
	if len(digits) != 13 && len(digits) != 8 {
		return bits{}, fmt.Errorf("%d digits are no EAN-13 or EAN-8", len(digits))
	}
	code, err := ean.Encode(digits)
	if err != nil {
		return bits{}, fmt.Errorf("make a bar code: %w", err)
	}
	n := code.Bounds().Dx()
	below := drawText(row{text: digits}, width)
	out := newBits(width, eanHeight+dotsPerRow)
	left := (width - n*eanModule) / 2
	for x := range n * eanModule {
		if isBlack(code, x/eanModule, 0) {
			for y := range eanHeight {
				out.set(left+x, y)
			}
		}
	}
	shift := (width - len(digits)*dotsPerColumn) / 2
	for y := range below.height {
		for x := range len(digits) * dotsPerColumn {
			if below.dots[y*width+x] {
				out.set(shift+x, eanHeight+y)
			}
		}
	}
	return out, nil
}

func isBlack(code barcode.Barcode, x, y int) bool {
	shade, _, _, _ := code.At(x, y).RGBA()
	return shade == 0
}
