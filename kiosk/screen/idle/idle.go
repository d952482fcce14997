// Package idle is the page of an empty room.
package idle

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/view"
)

// Page is the page of an empty room.
type Page struct {
	kit          draw.Kit
	header, main *draw.Section
	root         *fyne.Container
}

// New makes the page.
func New(k draw.Kit) *Page {
	p := &Page{kit: k, header: draw.NewSection(), main: draw.NewSection()}
	p.root = &fyne.Container{Objects: []fyne.CanvasObject{p.main.Object(), p.header.Object()}}
	return p
}

// Object is the page in its window.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Render shows m in a window of that size.
func (p *Page) Render(m view.IdlePage, size fyne.Size) {
	k, margin := p.kit, frame.Margin(p.kit, size.Height)
	top := frame.HeaderHeight(k, size.Height)
	p.header.Update(draw.Box{W: size.Width, H: top}, m.Frame, func(s *draw.Sheet) {
		frame.Header(s, m.Frame, fyne.NewSize(size.Width, top), margin, theme.Heading, m.Room)
	}, k)
	m.Frame = view.Frame{}
	p.main.Update(draw.Box{W: size.Width, H: size.Height}, m, func(s *draw.Sheet) { set(s, m, size, margin) }, k)
}

func set(s *draw.Sheet, m view.IdlePage, size fyne.Size, margin float32) {
	side := min(size.Height*0.62, size.Width*0.42)
	s.Hanger(draw.Box{X: size.Width - margin - side*1.02, Y: (size.Height - side/1.2) / 2, W: side, H: side / 1.2})

	width := size.Width - 3*margin - side
	title := draw.NewParagraph(s.Kit, theme.Display, theme.Ink, m.Title, width, 2, fyne.TextAlignLeading)
	text := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Text, min(width, s.MM(82)), 4, fyne.TextAlignLeading)
	gap := s.MM(5)
	y := (size.Height - title.Height() - gap - text.Height()) / 2
	s.Add(title, draw.Box{X: margin, Y: y, W: width, H: title.Height()})
	y += title.Height() + gap
	s.Add(text, draw.Box{X: margin, Y: y, W: width, H: text.Height()})
	if m.Note != "" {
		y := size.Height - margin - theme.Small.Line(s.Panel)
		s.Text(theme.Small, theme.Quiet, m.Note, margin, y, size.Width-2*margin, 1)
	}
}
