package frame

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Still sets the question whether somebody is there over a whole page of that size. A tap anywhere is an answer.
func Still(s *draw.Sheet, q view.StillThere, size fyne.Size) {
	if q.Title == "" {
		return
	}
	send := s.Send
	s.Add(touch.NewVeil(func() { send(view.TapNothing{}) }), draw.Box{W: size.Width, H: size.Height})
	pad, gap := s.MM(8), s.MM(4)
	w := min(s.MM(120), size.Width-2*s.MM(6))
	inner := w - 2*pad
	ring := s.MM(22)
	title := draw.NewParagraph(s.Kit, theme.Title, theme.Ink, q.Title, inner-ring-gap, 2, fyne.TextAlignLeading)
	text := draw.NewParagraph(s.Kit, theme.Body, theme.Quiet, q.Text, inner-ring-gap, 3, fyne.TextAlignLeading)
	h := 2*pad + max(title.Height()+s.MM(1)+text.Height(), ring) + gap + s.MM(2) + s.Panel.Primary()
	b := draw.Box{X: float32(int((size.Width - w) / 2)), Y: float32(int((size.Height - h) / 2)), W: w, H: h}
	s.Fill(theme.Paper, b)
	y := b.Y + pad
	s.Add(title, draw.Box{X: b.X + pad, Y: y, W: inner - ring - gap, H: title.Height()})
	s.Add(text, draw.Box{X: b.X + pad, Y: y + title.Height() + s.MM(1), W: inner - ring - gap, H: text.Height()})
	countdown(s, q, draw.Box{X: b.Right() - pad - ring, Y: y, W: ring, H: ring})
	box := draw.Box{X: b.X + pad, Y: b.Bottom() - pad - s.Panel.Primary(), W: inner, H: s.Panel.Primary()}
	s.Add(touch.Button(s.Kit, touch.Solid, true, q.Yes, box.W, box.H, func() { send(view.TapNothing{}) }), box)
}

// countdown draws the seconds that are left in a ring that opens.
func countdown(s *draw.Sheet, q view.StillThere, b draw.Box) {
	ring := func(c color.Color, from, to float32) {
		arc := canvas.NewArc(from, to, 0.86, c)
		s.Add(arc, b)
	}
	ring(theme.Line, 0, 360)
	ring(theme.Accent, 0, 360*q.Share)
	s.Centred(theme.Title, theme.Ink, q.Seconds, b, 1)
}
