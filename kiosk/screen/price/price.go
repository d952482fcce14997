// Package price is the page on which staff give a line another price.
package price

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page of another price.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.PricePage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	f.Room = m.Title
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) { set(s, m, b, size, margin) })
}

func set(s *draw.Sheet, m view.PricePage, size, window fyne.Size, margin float32) {
	key, compact := s.MM(19), s.Panel.Compact(window.Height)
	if compact {
		key = s.Panel.Primary()
	}
	keys := touch.KeyboardHeight(s.Kit, m.Keys.Layout, key)
	w := s.MM(72)
	if compact {
		w = s.MM(56)
	}
	touch.Keyboard(s, m.Keys, draw.Box{X: size.Width - margin - w, Y: float32(int(size.Height-keys) / 2), W: w, H: keys}, key)
	width, gap := size.Width-3*margin-w, s.MM(3)
	plate := s.MM(16)
	s.Add(draw.NewPlate(s.Kit, m.Line.Picture, plate, plate), draw.Box{X: margin, W: plate, H: plate})
	x := margin + plate + s.MM(4)
	y := s.Text(theme.Strong, theme.Ink, m.Line.Name, x, 0, width-plate-s.MM(4), 2)
	s.Text(theme.Small, theme.Quiet, join(m.Line.Detail, m.Line.Price), x, y, width-plate-s.MM(4), 1)
	y = plate + gap
	if compact {
		y = plate + s.MM(1)
	}
	line := theme.Name.Line(s.Panel)
	s.Line(theme.Name, theme.Ink, m.Typed, draw.Box{X: margin, Y: y, W: width, H: line})
	y += line
	reasons(s, m, draw.Box{X: margin, Y: y, W: width}, size.Height, compact)
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "  ·  " + b
}

// reasons sets why, two beside each other, and the way back.
func reasons(s *draw.Sheet, m view.PricePage, b draw.Box, height float32, compact bool) {
	h, gap, send, y := s.Panel.Secondary(), s.MM(2), s.Send, b.Y
	if !compact {
		h = s.MM(13)
	}
	y = s.Text(theme.Small, theme.Quiet, m.Heading, b.X, y, b.W, 1)
	if !compact {
		y += s.MM(1)
	}
	w := float32(int((b.W - gap) / 2))
	for i, r := range m.Reasons {
		look := touch.Outline
		if r.Chosen {
			look = touch.Solid
		}
		s.Add(touch.Button(s.Kit, look, false, r.Label, w, h, func() { send(view.TapReason{Reason: r.Reason}) }),
			draw.Box{X: b.X + float32(i%2)*(w+gap), Y: y + float32(i/2)*(h+gap), W: w, H: h})
	}
	y += float32((len(m.Reasons)+1)/2) * (h + gap)
	if n := frame.NoticeHeight(s.Kit, m.Notice, b.W); n > 0 && !compact {
		frame.Notice(s, m.Notice, draw.Box{X: b.X, Y: y + s.MM(1), W: b.W, H: n})
	}
	back := s.Width(theme.Button, m.Back) + 2*s.MM(4)
	s.Add(touch.Button(s.Kit, touch.Outline, false, m.Back, back, s.Panel.Secondary(), func() { send(view.TapBack{}) }),
		draw.Box{X: b.X, Y: height - s.Panel.Secondary() - s.MM(3), W: back, H: s.Panel.Secondary()})
}
