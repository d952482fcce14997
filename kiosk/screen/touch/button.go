package touch

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
)

// Look is how a button looks.
type Look int

// The looks there are.
const (
	Solid   Look = iota // the one thing to do here
	Outline             // one of several things
	Plain               // words only
	Resting             // one that can not be pressed now; its label says why
)

// Button is an Area with a label in it. A label too long for one line is set in two.
func Button(k draw.Kit, look Look, primary bool, label string, w, h float32, tapped func()) *Area {
	s := draw.NewSheet(k)
	var ink color.Color = theme.Ink
	box := draw.Box{W: w, H: h}
	switch look {
	case Solid:
		s.Fill(theme.Ink, box)
		ink = theme.Paper
	case Outline:
		s.Fill(theme.Paper, box)
		s.Frame(theme.Edge, 1, box)
	case Resting:
		s.Fill(theme.Line, box)
		tapped = nil
	}
	inset := k.MM(2)
	if look == Plain {
		inset = 0
	}
	s.Centred(theme.Button, ink, label, draw.Box{X: inset, W: w - 2*inset, H: h}, 2)
	return NewArea(label, primary, s.Object(fyne.NewSize(w, h)), tapped)
}

// SignButton is an Area with a sign in it; on is what it stands on.
func SignButton(k draw.Kit, sign draw.Sign, label string, side float32, on color.Color, tapped func()) *Area {
	s := draw.NewSheet(k)
	c := canvas.NewCircle(on)
	s.Add(c, draw.Box{W: side, H: side})
	s.Sign(sign, theme.Ink, draw.Box{W: side, H: side}, side*0.42)
	return NewArea(label, false, s.Object(fyne.NewSize(side, side)), tapped)
}

// ButtonWidth is the width a label needs in a button.
func ButtonWidth(k draw.Kit, label string) float32 {
	return max(k.Width(theme.Button, label)+2*k.MM(4.5), k.Panel.Primary())
}
