// Package transfer is the page of a fitting room with the code that goes on at a checkout.
package transfer

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page with the code.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.TransferPage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) { set(s, m, b, margin, p.Compact(size)) })
}

// codeMM is the side of the code without its border: it is photographed from where somebody stands who tries on.
const codeMM = 60

// set sets the words and the code people read at the left, the one machines read at the right, and the way back under both.
func set(s *draw.Sheet, m view.TransferPage, size fyne.Size, margin float32, compact bool) {
	h, send, air := s.Panel.Primary(), s.Send, s.MM(4)
	if compact {
		air = s.MM(2.5)
	}
	foot := size.Height - h - 2*air
	back := touch.ButtonWidth(s.Kit, m.Back)
	s.Add(touch.Button(s.Kit, touch.Outline, true, m.Back, back, h, func() { send(view.TapBack{}) }), draw.Box{X: margin, Y: foot + air, W: back, H: h})
	art := float32(int(min(s.MM(codeMM), foot-2*air, size.Width*0.36)))
	right := draw.Box{X: size.Width - margin - art - s.MM(4), Y: float32(int(max((foot-art)/2, 0))), W: art, H: art}
	if !drawn(s, m.Code, right) {
		s.Pictogram(view.PictureWait, right)
	}
	width := right.X - margin - s.MM(10)
	title := draw.NewParagraph(s.Kit, theme.Name, theme.Ink, m.Title, width, 2, fyne.TextAlignLeading)
	text := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Text, width, 3, fyne.TextAlignLeading)
	bring := draw.NewParagraph(s.Kit, theme.Body, theme.Ink, m.Bring, width, 3, fyne.TextAlignLeading)
	big, label := theme.Display, theme.Small.Line(s.Panel)
	if s.Width(big, m.Code) > width {
		big = theme.Title
	}
	height := title.Height()
	if m.Code != "" {
		height += s.MM(2) + text.Height() + air + bring.Height() + label + big.Line(s.Panel)
	}
	y := float32(int(max((foot-height)/2, 0)))
	s.Add(title, draw.Box{X: margin, Y: y, W: width, H: title.Height()})
	if m.Code == "" {
		return
	}
	y += title.Height() + s.MM(2)
	s.Add(text, draw.Box{X: margin, Y: y, W: width, H: text.Height()})
	y += text.Height() + air
	s.Line(theme.Small, theme.Quiet, m.CodeText, draw.Box{X: margin, Y: y, W: width, H: label})
	y += label
	s.Line(big, theme.Accent, m.Code, draw.Box{X: margin, Y: y, W: width, H: big.Line(s.Panel)})
	y += big.Line(s.Panel)
	s.Add(bring, draw.Box{X: margin, Y: y, W: width, H: bring.Height()})
}

// drawn draws the code and says whether there is one.
func drawn(s *draw.Sheet, code string, b draw.Box) bool {
	if code == "" {
		return false
	}
	_, err := s.QR(code, b)
	return err == nil
}
