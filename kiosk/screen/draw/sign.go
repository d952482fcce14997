package draw

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Sign is a small drawing in thin strokes, in a square from (0, 0) to (1, 1).
type Sign [][4]float32

// The signs there are.
var (
	Back    = Sign{{0.62, 0.2, 0.34, 0.5}, {0.34, 0.5, 0.62, 0.8}}
	Forward = Sign{{0.38, 0.2, 0.66, 0.5}, {0.66, 0.5, 0.38, 0.8}}
	Up      = Sign{{0.2, 0.62, 0.5, 0.34}, {0.5, 0.34, 0.8, 0.62}}
	Plus    = Sign{{0.18, 0.5, 0.82, 0.5}, {0.5, 0.18, 0.5, 0.82}}
	Minus   = Sign{{0.18, 0.5, 0.82, 0.5}}
	Down    = Sign{{0.2, 0.38, 0.5, 0.66}, {0.5, 0.66, 0.8, 0.38}}
	Close   = Sign{{0.26, 0.26, 0.74, 0.74}, {0.74, 0.26, 0.26, 0.74}}
)

// Sign draws sign in the middle of b, side pixels wide.
func (s *Sheet) Sign(sign Sign, c color.Color, b Box, side float32) {
	x, y := b.X+(b.W-side)/2, b.Y+(b.H-side)/2
	width := max(float32(int(side/14)), 1.5)
	for _, l := range sign {
		line := canvas.NewLine(c)
		line.StrokeWidth = width
		line.Position1 = fyne.NewPos(x+l[0]*side, y+l[1]*side)
		line.Position2 = fyne.NewPos(x+l[2]*side, y+l[3]*side)
		s.Objects = append(s.Objects, line)
	}
}

// Dot draws a filled circle of that diameter in the middle of b.
func (s *Sheet) Dot(c color.Color, b Box, diameter float32) {
	s.Add(canvas.NewCircle(c), Box{b.X + (b.W-diameter)/2, b.Y + (b.H-diameter)/2, diameter, diameter})
}
