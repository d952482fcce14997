// Package attract is the page of a checkout nobody stands in front of.
package attract

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page nobody stands in front of.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.AttractPage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) { set(s, m, b, margin) })
}

func set(s *draw.Sheet, m view.AttractPage, size fyne.Size, margin float32) {
	y := float32(0)
	if h := frame.NoticeHeight(s.Kit, m.Notice, size.Width-2*margin); h > 0 {
		frame.Notice(s, m.Notice, draw.Box{X: margin, W: size.Width - 2*margin, H: h})
		y = h
	}
	foot := s.Panel.Primary() + s.MM(6)
	if s.Panel.Type < 1 {
		foot = s.Panel.Primary() + s.MM(4)
	}
	room := draw.Box{Y: y, W: size.Width, H: size.Height - foot - y}
	side := float32(int(min(room.H*0.94, size.Width*0.42)))
	s.Pictogram(m.Picture, draw.Box{X: size.Width - margin - side, Y: room.Y + (room.H-side/1.2)/2, W: side, H: side / 1.2})
	width := size.Width - 3*margin - side
	style := theme.Display
	title := draw.NewParagraph(s.Kit, style, theme.Ink, m.Title, width, 2, fyne.TextAlignLeading)
	text := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Text, min(width, s.MM(82)), 4, fyne.TextAlignLeading)
	gap := s.MM(5)
	y = room.Y + float32(int((room.H-title.Height()-gap-text.Height())/2))
	s.Add(title, draw.Box{X: margin, Y: y, W: width, H: title.Height()})
	y += title.Height() + gap
	s.Add(text, draw.Box{X: margin, Y: y, W: width, H: text.Height()})
	buttons(s, m, size, margin)
}

// buttons sets what else there is to begin with, or what staff can do.
func buttons(s *draw.Sheet, m view.AttractPage, size fyne.Size, margin float32) {
	h, x, send := s.Panel.Primary(), margin, s.Send
	y := size.Height - h - float32(int(margin*0.7))
	put := func(label string, msg view.Msg) {
		if label == "" {
			return
		}
		w := touch.ButtonWidth(s.Kit, label)
		s.Add(touch.Button(s.Kit, touch.Outline, true, label, w, h, func() { send(msg) }), draw.Box{X: x, Y: y, W: w, H: h})
		x += w + s.MM(3)
	}
	if m.Staff.Name != "" {
		put(m.Staff.Release, view.TapRelease{})
		put(m.Staff.Toggle, view.TapOpen{Open: m.Staff.Open})
		put(m.Staff.Lock, view.TapLock{})
		return
	}
	put(m.Search, view.TapSearch{})
	put(m.Resume, view.TapResume{})
}
