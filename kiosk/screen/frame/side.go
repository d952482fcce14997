package frame

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// SideButton is a button under the total.
type SideButton struct {
	Press view.Press
	Look  touch.Look
	Msg   view.Msg
}

// SideWidth is the width of the column with the total in a window of that size.
func SideWidth(k draw.Kit, size fyne.Size) float32 {
	if k.Panel.Compact(size.Height) {
		return k.MM(52)
	}
	return k.MM(70)
}

// Side sets the column at the right edge of what stands under the header of a window, size large: the total, always in the same
// place, what it is made of above it, and at most two buttons below it. A button without a label leaves its place empty.
func Side(s *draw.Sheet, t view.Total, size fyne.Size, first, second SideButton) {
	k := s.Kit
	w, pad := SideWidth(k, fyne.NewSize(size.Width, size.Height+HeaderHeight(k, size.Height))), k.MM(6)
	if w < k.MM(60) {
		pad = k.MM(4)
	}
	b := draw.Box{X: size.Width - w, W: w, H: size.Height}
	s.Fill(theme.Plate, b)
	x, inner := b.X+pad, w-2*pad
	h, gap := k.Panel.Primary(), k.MM(3)
	y := b.H - pad - h
	SetButton(s, second, draw.Box{X: x, Y: y, W: inner, H: h})
	y -= gap + h
	SetButton(s, first, draw.Box{X: x, Y: y, W: inner, H: h})
	y -= k.MM(5)
	style := theme.Name
	for _, smaller := range []theme.Style{theme.Title, theme.Heading, theme.Strong} {
		if k.Width(style, t.Amount) > inner {
			style = smaller
		}
	}
	line := theme.Name.Line(k.Panel) // the same place, however long the amount
	y -= line
	s.Line(style, theme.Ink, t.Amount, draw.Box{X: x, Y: y, W: inner, H: line})
	y -= theme.Small.Line(k.Panel)
	s.Line(theme.Small, theme.Quiet, t.Label, draw.Box{X: x, Y: y, W: inner, H: theme.Small.Line(k.Panel)})
	sideRows(s, t, draw.Box{X: x, Y: y, W: inner})
}

// sideRows sets what the total is made of, upwards from b.Y.
func sideRows(s *draw.Sheet, t view.Total, b draw.Box) {
	line, y := theme.Small.Line(s.Panel), b.Y-s.MM(4)
	if len(t.Rows) == 0 && t.Note == "" {
		return
	}
	s.Rule(draw.Box{X: b.X, Y: y, W: b.W})
	y -= s.MM(3)
	if t.Note != "" {
		p := draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, t.Note, b.W, 2, fyne.TextAlignLeading)
		y -= p.Height()
		s.Add(p, draw.Box{X: b.X, Y: y, W: b.W, H: p.Height()})
	}
	for i := len(t.Rows) - 1; i >= 0; i-- {
		y -= line
		if y < 0 {
			return
		}
		w := s.Width(theme.Label, t.Rows[i].Amount)
		s.Line(theme.Small, theme.Quiet, t.Rows[i].Label, draw.Box{X: b.X, Y: y, W: b.W - w - s.MM(1), H: line})
		s.Line(theme.Label, theme.Ink, t.Rows[i].Amount, draw.Box{X: b.Right() - w, Y: y, W: w, H: line})
	}
}

// SetButton sets a button into box. One without a label is none.
func SetButton(s *draw.Sheet, b SideButton, box draw.Box) {
	if b.Press.Label == "" {
		return
	}
	look, label := b.Look, b.Press.Label
	if b.Press.Rest != "" {
		look, label = touch.Resting, b.Press.Rest
	}
	send := s.Send
	s.Add(touch.Button(s.Kit, look, box.H >= s.Panel.Primary(), label, box.W, box.H, func() { send(b.Msg) }), box)
}
