// Package scan is the page that says what a scanned code means that is no piece of the shop.
package scan

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page that says what a code means.
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
func (p *Page) Render(m view.ScanPage, size fyne.Size) {
	k, margin := p.kit, frame.Margin(p.kit, size.Height)
	top := frame.HeaderHeight(k, size.Height)
	p.header.Update(draw.Box{W: size.Width, H: top}, m.Frame, func(s *draw.Sheet) {
		frame.Header(s, m.Frame, fyne.NewSize(size.Width, top), margin, theme.Heading, m.Room)
	}, k)
	m.Frame = view.Frame{}
	p.main.Update(draw.Box{Y: top, W: size.Width, H: size.Height - top}, m, func(s *draw.Sheet) {
		set(s, m, fyne.NewSize(size.Width, size.Height-top), margin)
	}, k)
}

func set(s *draw.Sheet, m view.ScanPage, size fyne.Size, margin float32) {
	send, h, gap := s.Send, s.Panel.Primary(), s.MM(5)
	width := min(s.MM(110), size.Width-2*margin)
	x := float32(int(size.Width-width) / 2)
	title := draw.NewParagraph(s.Kit, theme.Title, theme.Ink, m.Title, width, 2, fyne.TextAlignCenter)
	text := draw.NewParagraph(s.Kit, theme.Body, theme.Quiet, m.Text, width, 3, fyne.TextAlignCenter)
	code := draw.Box{W: s.MM(20), H: s.MM(11)}
	y := float32(int(max((size.Height-code.H-title.Height()-text.Height()-h-3*gap)/2-s.MM(3), 0)))

	code.X, code.Y = float32(int((size.Width-code.W)/2)), y
	bars(s, code)
	y += code.H + gap
	s.Add(title, draw.Box{X: x, Y: y, W: width, H: title.Height()})
	y += title.Height() + s.MM(2)
	s.Add(text, draw.Box{X: x, Y: y, W: width, H: text.Height()})
	y += text.Height() + gap
	button := max(s.MM(50), s.Width(theme.Button, m.Close)+2*s.MM(6))
	s.Add(touch.Button(s.Kit, touch.Solid, true, m.Close, button, h, func() { send(view.TapBack{}) }),
		draw.Box{X: float32(int((size.Width - button) / 2)), Y: float32(int(y)), W: button, H: h})
}

// bars draws a bar code that says nothing: the sign of this page.
func bars(s *draw.Sheet, b draw.Box) {
	widths := []int{2, 1, 1, 2, 3, 1, 1, 1, 2, 2, 1, 3, 1, 1, 2, 1, 3, 1, 1, 2, 2} // bar, gap, bar, gap, ...
	total := 0
	for _, w := range widths {
		total += w
	}
	unit := max(float32(int(b.W/float32(total))), 1)
	x := float32(int(b.X + (b.W-unit*float32(total))/2))
	for i, w := range widths {
		if i%2 == 0 {
			s.Fill(theme.Ink, draw.Box{X: x, Y: b.Y, W: unit * float32(w), H: b.H})
		}
		x += unit * float32(w)
	}
}
