// Package pay is the page of a payment under way: what the device wants now, as a picture and in words.
package pay

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page of a payment.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.PayPage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) { set(s, m, b, size, margin) })
}

func set(s *draw.Sheet, m view.PayPage, size, window fyne.Size, margin float32) {
	abort := view.Press{Label: m.Abort}
	if m.Aborting {
		abort.Rest = m.Title
	}
	frame.Side(s, m.Total, size, frame.SideButton{}, frame.SideButton{Press: abort, Look: touch.Outline, Msg: view.TapAbort{}})
	width := size.Width - frame.SideWidth(s.Kit, window) - 2*margin
	title := draw.NewParagraph(s.Kit, theme.Name, theme.Ink, m.Title, width, 2, fyne.TextAlignCenter)
	text := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Text, width*0.86, 3, fyne.TextAlignCenter)
	gap := s.MM(6)
	h := float32(int(min(size.Height-title.Height()-text.Height()-gap-2*s.MM(8), width*0.7)))
	y := float32(int((size.Height - h - gap - title.Height() - text.Height()) / 2))
	s.Pictogram(m.Picture, draw.Box{X: margin + (width-h*1.2)/2, Y: y, W: h * 1.2, H: h})
	y += h + gap
	s.Add(title, draw.Box{X: margin, Y: y, W: width, H: title.Height()})
	y += title.Height()
	s.Add(text, draw.Box{X: margin + width*0.07, Y: y, W: width * 0.86, H: text.Height()})
}
