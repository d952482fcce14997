// Package bag is the page that asks how many bags a shopper wants.
package bag

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page that asks about bags.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.BagPage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) { set(s, m, b, size, margin) })
}

func set(s *draw.Sheet, m view.BagPage, size, window fyne.Size, margin float32) {
	frame.Side(s, m.Total, size, frame.SideButton{Press: m.Pay, Look: touch.Solid, Msg: view.TapPay{}},
		frame.SideButton{Press: view.Press{Label: m.Back}, Look: touch.Outline, Msg: view.TapBack{}})
	width := size.Width - frame.SideWidth(s.Kit, window) - 2*margin
	title := draw.NewParagraph(s.Kit, theme.Name, theme.Ink, m.Title, width, 2, fyne.TextAlignLeading)
	text := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Text, width, 2, fyne.TextAlignLeading)
	h, gap := s.MM(18), s.MM(3)
	y := s.MM(4)
	s.Add(title, draw.Box{X: margin, Y: y, W: width, H: title.Height()})
	y += title.Height() + s.MM(1)
	s.Add(text, draw.Box{X: margin, Y: y, W: width, H: text.Height()})
	y += text.Height() + s.MM(4)
	foot := size.Height - h - s.MM(6)
	art := draw.Box{X: margin, Y: y, W: width, H: foot - y - s.MM(4)}
	if m.Picture != "" {
		w := float32(int(min(art.H*0.9, width)))
		s.Add(draw.NewPlate(s.Kit, m.Picture, w, art.H), draw.Box{X: margin, Y: art.Y, W: w, H: art.H})
	} else {
		s.Pictogram(view.PictureBag, art)
	}
	n := float32(max(len(m.Choices), 1))
	w, send := float32(int((width-(n-1)*gap)/n)), s.Send
	for i, c := range m.Choices {
		look := touch.Outline
		if c.Chosen {
			look = touch.Solid
		}
		s.Add(touch.Button(s.Kit, look, true, c.Label, w, h, func() { send(view.TapBags{Quantity: c.Quantity}) }),
			draw.Box{X: margin + float32(i)*(w+gap), Y: foot, W: w, H: h})
	}
}
