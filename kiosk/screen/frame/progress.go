package frame

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// ProgressWidth is how wide the line about p wants to be with its picture, h high.
func ProgressWidth(k draw.Kit, p view.Progress, h float32) float32 {
	text := max(k.Width(theme.Strong, p.Text), k.Width(theme.Small, piece(p)), k.Width(theme.Small, p.More), k.MM(38))
	return h*thumb + k.MM(4) + text + k.MM(1) + actionsWidth(k, p) + k.MM(2)
}

// ProgressLeast is how wide it is at least, without its picture.
func ProgressLeast(k draw.Kit, p view.Progress) float32 { return ProgressWidth(k, p, 0) - k.MM(4) }

// thumb is the width of a picture as a share of its height.
const thumb = 0.8

// Progress sets the line about one request into b: its picture if wanted, what is happening, how far it is, and what can be done.
func Progress(s *draw.Sheet, p view.Progress, b draw.Box, picture bool) {
	x := b.X
	if picture {
		w := float32(int(b.H * thumb))
		s.Add(draw.NewPlate(s.Kit, p.Picture, w, b.H), draw.Box{X: x, Y: b.Y, W: w, H: b.H})
		x += w + s.MM(4)
	}
	right := b.Right() - actionsWidth(s.Kit, p)
	actions(s, p, right, b)
	width := right - x - s.MM(2)

	ink := theme.Ink
	if p.Stage == view.Unavailable || p.Stage == view.Accepted || p.Stage == view.OnTheWay || p.Stage == view.Delivered {
		ink = theme.Accent
	}
	first := draw.NewParagraph(s.Kit, theme.Strong, ink, p.Text, width, 1, fyne.TextAlignLeading)
	second := draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, piece(p), width, 1, fyne.TextAlignLeading)
	done, steps := p.Stage.Step()
	height, bar := first.Height()+second.Height(), s.MM(2.6)
	steps = steps && p.More == ""
	switch {
	case p.More != "":
		height += theme.Small.Line(s.Panel)
	case steps:
		height += bar
	}
	y := b.Y + max((b.H-height)/2, 0)
	s.Add(first, draw.Box{X: x, Y: y, W: width, H: first.Height()})
	y += first.Height()
	s.Add(second, draw.Box{X: x, Y: y, W: width, H: second.Height()})
	y += second.Height()
	s.Text(theme.Small, theme.Quiet, p.More, x, y, width, 1)
	if steps {
		stepBar(s, done, draw.Box{X: x, Y: y + bar - 3, W: min(width, s.MM(60)), H: 3})
	}
}

// piece is which piece it is about. Where it stands under the garment's own name, the name is left out.
func piece(p view.Progress) string {
	switch {
	case p.Detail == "":
		return p.Name
	case p.Name == "":
		return p.Detail
	}
	return p.Name + ",  " + p.Detail
}

func stepBar(s *draw.Sheet, done int, b draw.Box) {
	const steps = 3
	gap := s.MM(1)
	w := (b.W - (steps-1)*gap) / steps
	for i := range steps {
		c := theme.Line
		if i < done {
			c = theme.Accent
		}
		s.Fill(c, draw.Box{X: b.X + float32(i)*(w+gap), Y: b.Y, W: w, H: b.H})
	}
}

func alternativeWidth(k draw.Kit, a view.Alternative) float32 {
	return max(k.Panel.Secondary(), k.Width(theme.Button, a.Label)+2*k.MM(3))
}

func actionsWidth(k draw.Kit, p view.Progress) float32 {
	var w float32
	for _, a := range p.Instead {
		w += alternativeWidth(k, a) + k.MM(2)
	}
	if p.Cancel != "" || p.Seen != "" {
		w += k.Panel.Secondary()
	}
	return w
}

// actions sets the alternatives and the cross that cancels, or puts aside.
func actions(s *draw.Sheet, p view.Progress, x float32, b draw.Box) {
	side, send := s.Panel.Secondary(), s.Send
	y := b.Y + (b.H-side)/2
	for _, a := range p.Instead {
		w := alternativeWidth(s.Kit, a)
		s.Add(touch.Button(s.Kit, touch.Outline, false, a.Label, w, side, func() { send(view.TapBring{GTIN: a.GTIN, For: a.For}) }),
			draw.Box{X: x, Y: y, W: w, H: side})
		x += w + s.MM(2)
	}
	var label string
	var msg view.Msg
	switch {
	case p.Cancel != "":
		label, msg = p.Cancel, view.TapCancel{Request: p.Request}
	case p.Seen != "":
		label, msg = p.Seen, view.TapSeen{Request: p.Request}
	default:
		return
	}
	s.Add(touch.SignButton(s.Kit, draw.Close, label, side, theme.Paper, func() { send(msg) }), draw.Box{X: x, Y: y, W: side, H: side})
}
