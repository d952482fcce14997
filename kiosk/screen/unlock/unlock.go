// Package unlock is the page that lets staff in: who, and then the PIN.
package unlock

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page that lets staff in.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.UnlockPage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) {
		if len(m.People) > 0 {
			people(s, m, b, margin)
			return
		}
		pin(s, m, b, size, margin)
	})
}

// people sets who works here, in columns.
func people(s *draw.Sheet, m view.UnlockPage, size fyne.Size, margin float32) {
	y := s.Text(theme.Title, theme.Ink, m.Title, margin, 0, size.Width-2*margin, 1)
	y = s.Text(theme.Small, theme.Quiet, m.Text, margin, y, size.Width-2*margin, 1) + s.MM(4)
	h, gap, send := s.Panel.Primary(), s.MM(3), s.Send
	bottom := size.Height - s.MM(5) - h
	rows := max(int((bottom-y)/(h+gap)), 1)
	columns := max((len(m.People)+rows-1)/rows, 3)
	w := float32(int((size.Width - 2*margin - float32(columns-1)*gap) / float32(columns)))
	for i, a := range m.People {
		box := draw.Box{X: margin + float32(i%columns)*(w+gap), Y: y + float32(i/columns)*(h+gap), W: w, H: h}
		name := a.Name
		if name == "" {
			name = a.ID
		}
		if w < s.Panel.Primary() || box.Bottom() > bottom {
			break // more people than any shop has on one screen
		}
		s.Add(touch.Button(s.Kit, touch.Outline, true, name, box.W, box.H, func() { send(view.TapPerson{ID: a.ID}) }), box)
	}
	back := touch.ButtonWidth(s.Kit, m.Back)
	s.Add(touch.Button(s.Kit, touch.Outline, true, m.Back, back, h, func() { send(view.TapBack{}) }), draw.Box{X: margin, Y: bottom, W: back, H: h})
}

// pin sets the keys at the right, and at the left who is asked and how many digits were typed.
func pin(s *draw.Sheet, m view.UnlockPage, size, window fyne.Size, margin float32) {
	key := s.MM(19)
	if s.Panel.Compact(window.Height) {
		key = s.Panel.Primary()
	}
	keys := touch.KeyboardHeight(s.Kit, m.Keys.Layout, key)
	w := s.MM(72)
	touch.Keyboard(s, m.Keys, draw.Box{X: size.Width - margin - w, Y: float32(int(size.Height-keys) / 2), W: w, H: keys}, key)
	width, send := size.Width-3*margin-w, s.Send
	y := s.Text(theme.Title, theme.Ink, m.Title, margin, s.MM(2), width, 1)
	y = s.Text(theme.Heading, theme.Quiet, m.Text, margin, y, width, 1) + s.MM(6)
	dots(s, m.Dots, draw.Box{X: margin, Y: y, H: s.MM(7)})
	y += s.MM(7) + s.MM(6)
	if h := frame.NoticeHeight(s.Kit, m.Notice, width); h > 0 {
		frame.Notice(s, m.Notice, draw.Box{X: margin, Y: y, W: width, H: h})
	}
	h := s.Panel.Primary()
	back := touch.ButtonWidth(s.Kit, m.Back)
	s.Add(touch.Button(s.Kit, touch.Outline, true, m.Back, back, h, func() { send(view.TapBack{}) }),
		draw.Box{X: margin, Y: size.Height - h - s.MM(5), W: back, H: h})
}

// most is how many digits a PIN has at most.
const most = 6

func dots(s *draw.Sheet, n int, b draw.Box) {
	for i := range most {
		x := b.X + float32(i)*s.MM(9)
		c := canvas.NewCircle(color.Transparent)
		c.StrokeColor, c.StrokeWidth = theme.Edge, 2
		if i < n {
			c.FillColor, c.StrokeColor = theme.Ink, theme.Ink
		}
		s.Add(c, draw.Box{X: x, Y: b.Y + s.MM(1), W: s.MM(5), H: s.MM(5)})
	}
}
