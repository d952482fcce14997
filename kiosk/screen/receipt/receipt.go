// Package receipt is the page that offers the receipt of what was paid.
package receipt

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page of the receipt.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.ReceiptPage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) { set(s, m, b, size, margin) })
}

// codeMM is the side of the code without its border: a phone finds 35 mm at arm's length.
const codeMM = 46

func set(s *draw.Sheet, m view.ReceiptPage, size, window fyne.Size, margin float32) {
	frame.Side(s, m.Total, size, frame.SideButton{Press: view.Press{Label: m.Finish}, Look: touch.Solid, Msg: view.TapFinish{}},
		frame.SideButton{Press: m.Print, Look: touch.Outline, Msg: view.TapPrint{}})
	width := size.Width - frame.SideWidth(s.Kit, window) - 2*margin
	code := min(s.MM(codeMM), size.Height*0.6)
	if m.QR == "" {
		code = 0
	}
	text := width - code - s.MM(8)
	title := draw.NewParagraph(s.Kit, frame.NameStyle(s.Kit, window.Height), theme.Ink, m.Title, text, 3, fyne.TextAlignLeading)
	words := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Text, text, 4, fyne.TextAlignLeading)
	number := theme.Small.Line(s.Panel)
	height := title.Height() + s.MM(2) + words.Height() + s.MM(3) + number
	if m.Local != "" {
		height += s.MM(24)
	}
	notes := draw.NewSheet(s.Kit)
	notesHeight := float32(0)
	if len(m.Notes) > 0 {
		notesHeight = frame.Notes(notes, m.Notes, draw.Box{W: width}) + s.MM(4)
	}
	middle := (size.Height - notesHeight) / 2
	y := float32(int(middle - height/2))
	x := margin
	if code > 0 {
		if side, err := s.QR(m.QR, draw.Box{X: margin, Y: float32(int(middle - code/2)), W: code, H: code}); err == nil {
			x += side + s.MM(8)
		}
	}
	s.Add(title, draw.Box{X: x, Y: y, W: text, H: title.Height()})
	y += title.Height() + s.MM(2)
	s.Add(words, draw.Box{X: x, Y: y, W: text, H: words.Height()})
	y += words.Height() + s.MM(3)
	y = s.Text(theme.Small, theme.Quiet, m.Number, x, y, text, 1)
	local(s, m, draw.Box{X: x, Y: y + s.MM(3), W: text})
	for _, o := range notes.Objects {
		o.Move(o.Position().AddXY(margin, size.Height-notesHeight))
	}
	s.Objects = append(s.Objects, notes.Objects...)
}

// local sets the code of the guest network, small: it is for few.
func local(s *draw.Sheet, m view.ReceiptPage, b draw.Box) {
	if m.Local == "" {
		return
	}
	side, err := s.QR(m.Local, draw.Box{X: b.X, Y: b.Y, W: s.MM(20), H: s.MM(20)})
	if err != nil {
		return
	}
	x := b.X + side + s.MM(4)
	p := draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, m.LocalText, b.Right()-x, 3, fyne.TextAlignLeading)
	s.Add(p, draw.Box{X: x, Y: b.Y + (side-p.Height())/2, W: b.Right() - x, H: p.Height()})
}
