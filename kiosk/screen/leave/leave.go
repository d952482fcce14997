// Package leave is the page that asks how to leave: done, or done and forgotten.
package leave

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page that asks how to leave.
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
func (p *Page) Render(m view.LeavePage, size fyne.Size) {
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

func set(s *draw.Sheet, m view.LeavePage, size fyne.Size, margin float32) {
	send, h := s.Send, s.Panel.Primary()
	gap := s.MM(4)
	width := min(s.MM(96), size.Width-2*margin)
	x := float32(int(size.Width-width) / 2)
	title := draw.NewParagraph(s.Kit, theme.Title, theme.Ink, m.Title, width, 2, fyne.TextAlignCenter)
	text := draw.NewParagraph(s.Kit, theme.Body, theme.Quiet, m.Text, width, 2, fyne.TextAlignCenter)
	note := draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, m.ForgetText, width, 2, fyne.TextAlignCenter)
	total := title.Height() + text.Height() + note.Height() + 2*h + s.Panel.Secondary() + 4*gap
	y := max((size.Height-total)/2-s.MM(3), 0)

	put := func(o fyne.CanvasObject, height float32) {
		s.Add(o, draw.Box{X: x, Y: float32(int(y)), W: width, H: height})
		y += height
	}
	put(title, title.Height())
	put(text, text.Height())
	y += gap
	tapped := func(msg view.Msg) func() {
		if m.Sending {
			return nil
		}
		return func() { send(msg) }
	}
	put(touch.Button(s.Kit, touch.Solid, true, m.Done, width, h, tapped(m.DoneMsg)), h)
	y += gap
	if m.Forget == "" { // the way back is the only other thing there is
		put(touch.Button(s.Kit, touch.Outline, true, m.Stay, width, h, tapped(view.TapBack{})), h)
		return
	}
	put(touch.Button(s.Kit, touch.Outline, true, m.Forget, width, h, tapped(view.TapForget{})), h)
	y += gap / 2
	put(note, note.Height())
	y += gap / 2
	put(touch.Button(s.Kit, touch.Plain, false, m.Stay, width, s.Panel.Secondary(), tapped(view.TapBack{})), s.Panel.Secondary())
}
