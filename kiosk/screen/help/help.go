// Package help is the page that explains how paying goes, in pictures.
package help

import (
	"strconv"

	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page that explains.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.HelpPage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	f.Call = view.Call{} // it is the button of the page
	compact := p.Compact(size)
	if compact {
		f.Room = m.Title
	}
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) { set(s, m, b, margin, compact) })
}

func set(s *draw.Sheet, m view.HelpPage, size fyne.Size, margin float32, compact bool) {
	y, h := float32(0), s.Panel.Primary()
	if !compact {
		y = s.Text(theme.Title, theme.Ink, m.Title, margin, 0, size.Width-2*margin, 1) + s.MM(4)
	}
	foot := size.Height - h - float32(int(margin*0.7))
	steps(s, m.Steps, draw.Box{X: margin, Y: y, W: size.Width - 2*margin, H: foot - y - s.MM(5)})
	send, x := s.Send, margin
	put := func(look touch.Look, label string, w float32, msg view.Msg) {
		s.Add(touch.Button(s.Kit, look, true, label, w, h, func() { send(msg) }), draw.Box{X: x, Y: foot, W: w, H: h})
		x += w + s.MM(3)
	}
	put(touch.Outline, m.Back, touch.ButtonWidth(s.Kit, m.Back), view.TapBack{})
	if m.StaffIn != "" {
		put(touch.Outline, m.StaffIn, touch.ButtonWidth(s.Kit, m.StaffIn), view.TapStaff{})
	}
	w := touch.ButtonWidth(s.Kit, m.Call)
	if m.Call == "" {
		w = s.Width(theme.Label, m.Sent)
		s.Line(theme.Label, theme.Accent, m.Sent, draw.Box{X: size.Width - margin - w, Y: foot, W: w, H: h})
		return
	}
	x = size.Width - margin - w
	put(touch.Solid, m.Call, w, view.TapCall{})
}

// steps sets the steps side by side, each a picture on a plate over its words.
func steps(s *draw.Sheet, all []view.HelpStep, b draw.Box) {
	gap := s.MM(4)
	w := float32(int((b.W - float32(len(all)-1)*gap) / float32(max(len(all), 1))))
	words := float32(0)
	for i, step := range all {
		words = max(words, draw.NewParagraph(s.Kit, theme.Body, theme.Ink, text(i, step), w, 3, fyne.TextAlignLeading).Height())
	}
	h := b.H - words - s.MM(3)
	for i, step := range all {
		x := b.X + float32(i)*(w+gap)
		s.Fill(theme.Plate, draw.Box{X: x, Y: b.Y, W: w, H: h})
		inset := h * 0.14
		s.Pictogram(step.Picture, draw.Box{X: x, Y: b.Y + inset, W: w, H: h - 2*inset})
		s.Text(theme.Body, theme.Ink, text(i, step), x, b.Y+h+s.MM(3), w, 3)
	}
}

func text(i int, step view.HelpStep) string { return strconv.Itoa(i+1) + ".  " + step.Text }
