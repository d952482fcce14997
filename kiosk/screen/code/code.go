// Package code is the page that types a coupon, or the code of a basket that was set aside.
package code

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page that types a code.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size. The header says what is typed.
func (p *Page) Render(m view.CodePage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	f.Room = m.Title
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) { set(s, m, b, size, margin) })
}

func set(s *draw.Sheet, m view.CodePage, size, window fyne.Size, margin float32) {
	width, send := size.Width-2*margin, s.Send
	row, key, air := s.MM(12), s.MM(13), s.MM(4)
	if s.Panel.Compact(window.Height) {
		row, key, air = s.Panel.Secondary(), s.Panel.Secondary(), s.MM(2)
	}
	w := s.Width(theme.Button, m.Back) + 2*s.MM(4)
	s.Add(touch.Button(s.Kit, touch.Outline, false, m.Back, w, row, func() { send(view.TapBack{}) }), draw.Box{X: margin, W: w, H: row})
	frame.Field(s, m.Typed, m.Text, draw.Box{X: margin + w + s.MM(3), W: width - w - s.MM(3), H: row})
	if h := frame.NoticeHeight(s.Kit, m.Notice, width); h > 0 {
		frame.Notice(s, m.Notice, draw.Box{X: margin, Y: row + air, W: width, H: h})
	}
	keys := touch.KeyboardHeight(s.Kit, m.Keys.Layout, key)
	touch.Keyboard(s, m.Keys, draw.Box{X: margin, Y: size.Height - keys - air, W: width, H: keys}, key)
}
