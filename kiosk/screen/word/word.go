// Package word is the page that says one thing, large: thank you, set aside, do not pay again, closed.
package word

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page that says one thing.
type Page struct{ *frame.Leaf }

// New makes the page.
func New(k draw.Kit) *Page { return &Page{frame.NewLeaf(k)} }

// Render shows m in a window of that size.
func (p *Page) Render(m view.WordPage, size fyne.Size) {
	f := m.Frame
	m.Frame = view.Frame{}
	p.Show(f, m, size, func(s *draw.Sheet, b fyne.Size, margin float32) {
		if m.Total.Amount == "" {
			plain(s, m, b, margin)
			return
		}
		beside(s, m, b, size, margin)
	})
}

// plain sets the words at the left and the picture at the right, as where nobody stands.
func plain(s *draw.Sheet, m view.WordPage, size fyne.Size, margin float32) {
	top := frame.NoticeHeight(s.Kit, m.Notice, size.Width-2*margin)
	frame.Notice(s, m.Notice, draw.Box{X: margin, W: size.Width - 2*margin, H: top})
	room := size.Height - top
	if m.Lookup != "" {
		room -= s.Panel.Primary() + s.MM(2)
	}
	side := float32(int(min(room*0.72, size.Width*0.4)))
	art := draw.Box{X: size.Width - margin - side, Y: top + (room-side/1.2)/2 - s.MM(4), W: side, H: side / 1.2}
	if m.Picture == view.PictureScan { // nothing of its own
		s.Hanger(art)
	} else {
		s.Pictogram(m.Picture, art)
	}
	width := size.Width - 3*margin - side
	style := theme.Display
	title := draw.NewParagraph(s.Kit, style, theme.Ink, m.Title, width, 3, fyne.TextAlignLeading)
	text := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Text, min(width, s.MM(90)), 4, fyne.TextAlignLeading)
	gap := s.MM(5)
	if title.Cut || title.Height() > size.Height*0.5 || title.Height()+gap+text.Height() > room-2*s.MM(4) {
		title = draw.NewParagraph(s.Kit, theme.Name, theme.Ink, m.Title, width, 3, fyne.TextAlignLeading)
	}
	y := top + float32(int((room-title.Height()-gap-text.Height())/2-s.MM(4)))
	s.Add(title, draw.Box{X: margin, Y: y, W: width, H: title.Height()})
	y += title.Height() + gap
	s.Add(text, draw.Box{X: margin, Y: y, W: width, H: text.Height()})
	foot(s, m, size, margin)
}

// foot sets the button of who has the code of a payment, and what staff can do, small: that is not for shoppers.
func foot(s *draw.Sheet, m view.WordPage, size fyne.Size, margin float32) {
	h, x, send := s.Panel.Secondary(), margin, s.Send
	y := size.Height - h - margin*0.7
	put := func(label string, msg view.Msg) {
		if label == "" {
			return
		}
		w := s.Width(theme.Button, label) + 2*s.MM(3)
		s.Add(touch.Button(s.Kit, touch.Outline, false, label, w, h, func() { send(msg) }), draw.Box{X: x, Y: y, W: w, H: h})
		x += w + s.MM(3)
	}
	if m.Staff.Name != "" {
		put(m.Staff.Toggle, view.TapOpen{Open: m.Staff.Open})
		put(m.Staff.Lock, view.TapLock{})
		return
	}
	if m.Lookup != "" {
		w, tall := touch.ButtonWidth(s.Kit, m.Lookup), s.Panel.Primary()
		s.Add(touch.Button(s.Kit, touch.Outline, true, m.Lookup, w, tall, func() { send(view.TapResume{}) }), draw.Box{X: x, Y: y + h - tall, W: w, H: tall})
		x += w + s.MM(6)
	}
	put(m.StaffIn, view.TapStaff{})
}

// beside sets the words beside the total, which stands where it always does.
func beside(s *draw.Sheet, m view.WordPage, size, window fyne.Size, margin float32) {
	first, second := frame.SideButton{Press: view.Press{Label: m.Close}, Look: touch.Solid, Msg: view.TapFinish{}}, frame.SideButton{}
	if m.Call != "" {
		second = first
		second.Look = touch.Outline
		first = frame.SideButton{Press: view.Press{Label: m.Call}, Look: touch.Solid, Msg: view.TapCall{}}
	} else if m.Print.Label != "" {
		second = frame.SideButton{Press: m.Print, Look: touch.Outline, Msg: view.TapPrint{}}
	}
	frame.Side(s, m.Total, size, first, second)
	width := size.Width - frame.SideWidth(s.Kit, window) - 2*margin
	title := draw.NewParagraph(s.Kit, theme.Name, theme.Ink, m.Title, width, 2, fyne.TextAlignLeading)
	text := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Text, width, 3, fyne.TextAlignLeading)
	gap, y := s.MM(5), s.MM(4)
	s.Add(title, draw.Box{X: margin, Y: y, W: width, H: title.Height()})
	y += title.Height() + s.MM(2)
	s.Add(text, draw.Box{X: margin, Y: y, W: width, H: text.Height()})
	y += text.Height() + gap
	if len(m.Notes) > 0 {
		y = frame.Notes(s, m.Notes, draw.Box{X: margin, Y: y, W: width}) + gap
	}
	bottom := size.Height - s.MM(6)
	if m.StaffIn != "" || m.Staff.Name != "" {
		bottom -= s.Panel.Secondary() + s.MM(4)
		foot(s, m, size, margin)
	}
	b := draw.Box{X: margin, Y: y, W: width, H: bottom - y}
	if m.Code == "" {
		s.Pictogram(m.Picture, b)
		return
	}
	numbers(s, m, b)
}

// numbers sets the code people say, large, and the same for scanners beside it, over the number of the basket. A code without a number is
// for staff alone, who scan nothing: it has a picture.
func numbers(s *draw.Sheet, m view.WordPage, b draw.Box) {
	air, least := s.MM(4), s.MM(16) // a square a scanner still reads
	art := min(b.H-2*s.MM(3), s.MM(48), b.W*0.42)
	style, line := theme.Number, theme.Small.Line(s.Panel)
	if b.H < s.MM(48) || s.Width(style, m.Code) > b.W-art-2*air {
		style = theme.Display
	}
	for _, smaller := range []theme.Style{theme.Title, theme.Strong} {
		if s.Width(style, m.Code) > b.W-min(art, least)-2*air {
			style = smaller
		}
	}
	art = float32(int(max(min(art, b.W-s.Width(style, m.Code)-2*air), min(art, least)))) // what is said is larger than what is scanned
	right := draw.Box{X: b.Right() - art - air, Y: b.Y + float32(int((b.H-art)/2)), W: art, H: art}
	width := right.X - b.X - air
	if m.Number == "" {
		s.Pictogram(m.Picture, right)
	} else if _, err := s.QR(m.Code, right); err != nil {
		width = b.W
	}
	height := line + style.Line(s.Panel)
	if m.Number != "" {
		height += line
	}
	y := b.Y + max(float32(int((b.H-height)/2)), 0)
	s.Line(theme.Small, theme.Quiet, m.CodeText, draw.Box{X: b.X, Y: y, W: width, H: line})
	y += line
	s.Line(style, theme.Accent, m.Code, draw.Box{X: b.X, Y: y, W: width, H: style.Line(s.Panel)})
	if m.Number != "" {
		s.Line(theme.Small, theme.Quiet, m.Number, draw.Box{X: b.X, Y: y + style.Line(s.Panel), W: width, H: line})
	}
}
