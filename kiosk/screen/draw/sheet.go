package draw

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"showroom/kiosk/screen/theme"
)

// Sheet is a page, or a part of one, while it is being set.
type Sheet struct {
	Kit
	Objects []fyne.CanvasObject
}

// NewSheet starts an empty sheet.
func NewSheet(k Kit) *Sheet { return &Sheet{Kit: k} }

// Object is everything on the sheet, in a container without a layout.
func (s *Sheet) Object(size fyne.Size) *fyne.Container {
	c := &fyne.Container{Objects: s.Objects}
	c.Resize(size)
	return c
}

// Add places o.
func (s *Sheet) Add(o fyne.CanvasObject, b Box) {
	Place(o, b)
	s.Objects = append(s.Objects, o)
}

// Fill draws a surface.
func (s *Sheet) Fill(c color.Color, b Box) { s.Add(canvas.NewRectangle(c), b) }

// Frame draws an outline, width pixels inside b.
func (s *Sheet) Frame(c color.Color, width float32, b Box) {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeColor, r.StrokeWidth = c, width
	in := float32(int(width / 2)) // Fyne draws half of the stroke outside; half a pixel would blur
	s.Add(r, Box{b.X + in, b.Y + in, b.W - 2*in, b.H - 2*in})
}

// Rule draws a hairline downwards from y or along x, whichever side of b is longer.
func (s *Sheet) Rule(b Box) {
	if b.W > b.H {
		b.H = 1
	} else {
		b.W = 1
	}
	s.Fill(theme.Line, b)
}

// Text sets at most lines lines of text from (x, y), width wide, and answers where it ends.
func (s *Sheet) Text(st theme.Style, c color.Color, text string, x, y, width float32, lines int) float32 {
	if text == "" {
		return y
	}
	p := NewParagraph(s.Kit, st, c, text, width, lines, fyne.TextAlignLeading)
	s.Add(p, Box{x, y, width, p.Height()})
	return y + p.Height()
}

// Centred sets text in the middle of b.
func (s *Sheet) Centred(st theme.Style, c color.Color, text string, b Box, lines int) {
	p := NewParagraph(s.Kit, st, c, text, b.W, lines, fyne.TextAlignCenter)
	s.Add(p, Box{b.X, b.Y + (b.H-p.Height())/2, b.W, p.Height()})
}

// Line is one line of text, b high and at its left.
func (s *Sheet) Line(st theme.Style, c color.Color, text string, b Box) {
	p := NewParagraph(s.Kit, st, c, text, b.W, 1, fyne.TextAlignLeading)
	s.Add(p, Box{b.X, b.Y + (b.H-p.Height())/2, b.W, p.Height()})
}
