package printersim

import (
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

const (
	xon, xoff     byte = 0x11, 0x13
	dotsPerColumn      = 12
	dotsPerRow         = 24
	lineHeight         = 30 // 1/6 inch at 180 dots per inch
)

// did is what a command was besides printing.
type did int

const (
	didPrint did = iota
	didKick
	didCut
	didAsk
)

// head is the part that prints: paper, letters and their settings.
type head struct {
	width, y int
	paper    *image.Gray // grows
	make     Make
	letters  func(byte) rune
	line     []glyph
	bold     bool
	large    int // 1 or 2
	align    byte
	module   int
	stored   string
	hri      bool
	high     int
	faces    map[[2]int]font.Face // by bold and scale
}

// glyph is a letter that waits for the end of its line.
type glyph struct {
	letter rune
	bold   bool
	large  int
}

func newHead(width int, m Make) *head {
	h := &head{width: width, make: m, faces: map[[2]int]font.Face{}}
	h.reset()
	h.fresh()
	return h
}

func (h *head) reset() {
	h.letters, h.line = page(h.make, 0), nil
	h.bold, h.large, h.align, h.module, h.high, h.hri = false, 1, 0, 3, 162, false
}

func (h *head) fresh() { h.paper, h.y = white(h.width, 1024), 0 }

func white(width, height int) *image.Gray {
	paper := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(paper, paper.Rect, image.White, image.Point{}, draw.Src)
	return paper
}

// longest is how much paper hangs out before it falls off unseen.
const longest = 20_000

// advance feeds the paper.
func (h *head) advance(rows int) {
	h.y += rows
	if h.y > longest {
		h.fresh()
	}
	if h.y+512 > h.paper.Rect.Dy() {
		longer := white(h.width, h.y+2048)
		draw.Draw(longer, h.paper.Rect, h.paper, image.Point{}, draw.Src)
		h.paper = longer
	}
}

func (h *head) cut() *image.Gray {
	slip := white(h.width, h.y)
	draw.Draw(slip, slip.Rect, h.paper, image.Point{}, draw.Src)
	h.fresh()
	return slip
}

// left is where something of so many dots begins.
func (h *head) left(wide int) int {
	switch h.align {
	case 1:
		return (h.width - wide) / 2
	case 2:
		return h.width - wide
	}
	return 0
}

// endLine prints what is in the line and feeds.
func (h *head) endLine() {
	wide, scale := 0, 1
	for _, g := range h.line {
		wide += g.large * dotsPerColumn
		scale = max(scale, g.large)
	}
	x := h.left(wide)
	for _, g := range h.line {
		h.letter(g, x, h.y+(scale-g.large)*dotsPerRow)
		x += g.large * dotsPerColumn
	}
	h.line = nil
	h.advance(lineHeight + (scale-1)*dotsPerRow)
}

func (h *head) letter(g glyph, x, y int) {
	if g.letter == 0xFFFD {
		for i := range dotsPerColumn - 2 {
			h.dot(x+i, y)
			h.dot(x+i, y+18)
		}
		return
	}
	file, bold := gomono.TTF, 0
	if g.bold {
		file, bold = gomonobold.TTF, 1
	}
	face := h.faces[[2]int{bold, g.large}]
	if face == nil {
		parsed, err := opentype.Parse(file)
		if err != nil {
			return
		}
		if face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(20 * g.large), DPI: 72, Hinting: font.HintingFull}); err != nil {
			return
		}
		h.faces[[2]int{bold, g.large}] = face
	}
	cell := image.NewGray(image.Rect(0, 0, dotsPerColumn*g.large+8, dotsPerRow*g.large+8))
	draw.Draw(cell, cell.Rect, image.White, image.Point{}, draw.Src)
	pen := font.Drawer{Dst: cell, Src: image.Black, Face: face, Dot: fixed.P(0, 18*g.large)}
	pen.DrawString(string(g.letter))
	for dy := range cell.Rect.Dy() {
		for dx := range cell.Rect.Dx() {
			if cell.GrayAt(dx, dy).Y < 120 {
				h.dot(x+dx, y+dy)
			}
		}
	}
}

func (h *head) dot(x, y int) { h.paper.SetGray(x, y, color.Gray{}) }

// raster prints a picture of GS v 0.
func (h *head) raster(wide, high int, data []byte) {
	for y := range high {
		for x := range wide * 8 {
			if x < h.width && data[y*wide+x/8]&(0x80>>(x%8)) != 0 {
				h.dot(x, h.y+y)
			}
		}
	}
	h.advance(high)
}

// code prints a code, so many dots for each module. A bar code is high dots high; one of 0 has rows of its own.
func (h *head) code(c barcode.Barcode, dots, high int) {
	wide, rows := c.Bounds().Dx()*dots, c.Bounds().Dy()*dots
	if high > 0 {
		rows = high
	}
	left := h.left(wide)
	for y := range rows {
		module := y / dots
		if high > 0 {
			module = 0
		}
		for x := range wide {
			if shade, _, _, _ := c.At(x/dots, module).RGBA(); shade == 0 {
				h.dot(left+x, h.y+y)
			}
		}
	}
	h.advance(rows)
}

func (h *head) qr() {
	if c, err := qr.Encode(h.stored, qr.M, qr.Auto); err == nil {
		h.code(c, h.module, 0)
	}
}

func (h *head) ean(digits string) {
	c, err := ean.Encode(digits)
	if err != nil {
		return
	}
	h.code(c, 3, h.high)
	if h.hri {
		for _, r := range digits {
			h.line = append(h.line, glyph{r, false, 1})
		}
		h.endLine()
	}
}
