package theme

import "image/color"

// The colours of the house: ink on paper, and one colour that speaks.
var (
	Paper   = rgb(0xffffff) // the page
	Plate   = rgb(0xf4f1ec) // what pictures lie on, and quiet surfaces
	Line    = rgb(0xddd7ce) // hairlines; never the only sign of anything
	Edge    = rgb(0x8b847b) // outlines of what can be tapped, 3:1 at least
	Ink     = rgb(0x1c1917) // text
	Quiet   = rgb(0x655e57) // text that steps back
	Accent  = rgb(0x8c2f39) // what is happening now
	Veil    = color.NRGBA{R: 0x1c, G: 0x19, B: 0x17, A: 0x99}
	Pressed = color.NRGBA{R: 0x1c, G: 0x19, B: 0x17, A: 0x18}
)

// Pair is a text colour and what it stands on.
type Pair struct {
	Name     string
	Fore, On color.NRGBA
	Least    float64 // contrast it must have: 4.5 for text, 3 for the edge of a control
}

// Pairs answers every pair the pages use.
func Pairs() []Pair {
	return []Pair{
		{"ink on paper", Ink, Paper, 4.5},
		{"ink on plate", Ink, Plate, 4.5},
		{"quiet on paper", Quiet, Paper, 4.5},
		{"quiet on plate", Quiet, Plate, 4.5},
		{"accent on paper", Accent, Paper, 4.5},
		{"accent on plate", Accent, Plate, 4.5},
		{"paper on ink", Paper, Ink, 4.5},
		{"ink on line", Ink, Line, 4.5},
		{"plate on ink", Plate, Ink, 4.5},
		{"paper on accent", Paper, Accent, 4.5},
		{"edge on paper", Edge, Paper, 3},
		{"edge on plate", Edge, Plate, 3},
	}
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}
