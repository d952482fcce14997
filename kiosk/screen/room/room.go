// Package room is the page of what hangs in the room.
package room

import (
	"slices"

	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page of the room.
type Page struct {
	kit                         draw.Kit
	header, title, foot, arrows *draw.Section
	cards                       *touch.Scroller
	shown                       *draw.Section // what the scroller holds
	requests                    *touch.Scroller
	lines                       *draw.Section // what the requests hold
	root                        *fyne.Container
	back, on                    *touch.Area // page arrows, nil when all garments are in sight
}

// New makes the page.
func New(k draw.Kit) *Page {
	p := &Page{kit: k, header: draw.NewSection(), title: draw.NewSection(), foot: draw.NewSection(), arrows: draw.NewSection(),
		shown: draw.NewSection(), lines: draw.NewSection()}
	p.cards = touch.NewScroller(k, true, p.moved)
	p.requests = touch.NewScroller(k, true, nil)
	p.root = &fyne.Container{Objects: []fyne.CanvasObject{
		p.title.Object(), p.cards, p.foot.Object(), p.requests, p.header.Object(), p.arrows.Object()}}
	return p
}

// Object is the page in its window.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Reset forgets where the last shopper had scrolled to.
func (p *Page) Reset() {
	p.cards.Reset()
	p.requests.Reset()
}

// Render shows m in a window of that size.
func (p *Page) Render(m view.RoomPage, size fyne.Size) {
	k, margin := p.kit, frame.Margin(p.kit, size.Height)
	top := frame.HeaderHeight(k, size.Height)
	// A low panel has no room for a line of its own under the header.
	compact := k.Panel.Compact(size.Height)
	style, title := theme.Heading, m.Room
	if compact {
		style, title, m.Title, m.Hint = theme.Title, m.Title, "", ""
	} else if len(m.Cards) == 1 {
		m.Hint = ""
	}
	type model struct {
		Frame    view.Frame
		Title    string
		Transfer string
	}
	above, below := p.places(m, size, margin)
	if above.Press.Label != "" && m.Banner != "" && !frame.BannerBeside(k, m.Frame, size.Width, margin, style, title, above) {
		m.Notes = append(slices.Clip(m.Notes), view.Note{Kind: view.NoteLink, Text: m.Banner})
		m.Banner = ""
	}
	p.header.Update(draw.Box{W: size.Width, H: top}, model{m.Frame, title, above.Press.Label}, func(s *draw.Sheet) {
		frame.HeaderBeside(s, m.Frame, fyne.NewSize(size.Width, top), margin, style, title, above)
	}, k)

	foot := p.footer(m, below, size, margin)
	y := p.heading(m, size, margin, top)
	p.garments(m, draw.Box{Y: y, W: size.Width, H: foot - y}, size, margin)
}

// footer sets the foot of the page: the requests at the left, the way out at the right. It answers where the foot begins.
func (p *Page) footer(m view.RoomPage, transfer frame.SideButton, size fyne.Size, margin float32) float32 {
	k := p.kit
	h, air := k.Panel.Primary(), k.MM(4)
	if k.Panel.Compact(size.Height) {
		air = k.MM(2.5)
	}
	top := size.Height - h - 2*air
	width, other := touch.ButtonWidth(k, m.Done), frame.ButtonWidth(k, transfer)
	room := draw.Box{X: margin, Y: top + air, W: p.requestsWidth(m, transfer, size, margin), H: h}
	side, paged := k.Panel.Secondary(), len(m.Progress) > 1 && linesWidth(k, m.Progress, h) > room.W
	if paged {
		room.W -= side + k.MM(3)
	}
	type model struct {
		Done, Transfer string
		Paged          bool
	}
	p.foot.Update(draw.Box{Y: top, W: size.Width, H: h + 2*air}, model{m.Done, transfer.Press.Label, paged}, func(s *draw.Sheet) {
		send := s.Send
		s.Rule(draw.Box{X: margin, W: size.Width - 2*margin})
		s.Add(touch.Button(k, touch.Outline, true, m.Done, width, h, func() { send(view.TapLeave{}) }),
			draw.Box{X: size.Width - margin - width, Y: air, W: width, H: h})
		frame.SetButton(s, transfer, draw.Box{X: size.Width - margin - width - k.MM(3) - other, Y: air, W: other, H: h})
		if paged {
			s.Add(touch.SignButton(k, draw.Forward, "›", side, theme.Plate, p.nextLine),
				draw.Box{X: room.Right() + k.MM(1), Y: air + (h-side)/2, W: side, H: side})
		}
	}, k)

	draw.Place(p.requests, room)
	if p.lines.Changed(draw.Box{W: room.W, H: h}, m.Progress) {
		p.requests.SetContent(lines(k, m.Progress, room.W, h, paged))
	}
	return top
}

// requestsWidth is how wide the requests may be, left of the ways out.
func (p *Page) requestsWidth(m view.RoomPage, transfer frame.SideButton, size fyne.Size, margin float32) float32 {
	w := size.Width - 2*margin - touch.ButtonWidth(p.kit, m.Done) - p.kit.MM(5)
	if other := frame.ButtonWidth(p.kit, transfer); other > 0 {
		w -= other + p.kit.MM(3)
	}
	return w
}

// nextLine turns to the next request, and from the last one to the first.
func (p *Page) nextLine() {
	if _, after := p.requests.More(); after {
		p.requests.Turn(1)
		return
	}
	p.requests.Reset()
}

// linesWidth is how wide the requests are beside each other.
func linesWidth(k draw.Kit, all []view.Progress, h float32) float32 {
	w := float32(max(len(all)-1, 0)) * k.MM(6)
	for _, line := range all {
		w += frame.ProgressWidth(k, line, h)
	}
	return w
}

// lines sets the requests beside each other; where they do not fit, each has the width to itself.
func lines(k draw.Kit, all []view.Progress, width, h float32, paged bool) fyne.CanvasObject {
	s := draw.NewSheet(k)
	x := float32(0)
	for i, line := range all {
		if paged {
			picture := frame.ProgressWidth(k, line, h) <= width // words before the picture, where it is narrow
			frame.Progress(s, line, draw.Box{X: x, W: width, H: h}, picture)
			x += width
			continue
		}
		w := min(frame.ProgressWidth(k, line, h), width)
		if i > 0 {
			s.Rule(draw.Box{X: x + k.MM(3), Y: 0, H: h})
			x += k.MM(6)
		}
		frame.Progress(s, line, draw.Box{X: x, W: w, H: h}, true)
		x += w
	}
	return s.Object(fyne.NewSize(x, h))
}

// heading sets the title and the notes. It answers where the garments begin.
func (p *Page) heading(m view.RoomPage, size fyne.Size, margin, top float32) float32 {
	k := p.kit
	air, line := k.MM(5), theme.Title.Line(k.Panel)
	row := max(line, k.Panel.Secondary())
	if m.Title == "" {
		air, row = k.MM(1), 0
	}
	notes := row
	if m.Transfer != "" && m.Title != "" && len(m.Notes) > 0 { // off the button
		notes += k.MM(2)
	}
	h := notes
	for _, n := range m.Notes {
		h += noteHeight(k, n) + k.MM(1)
	}
	type model struct {
		Title, Hint, Transfer string
		Notes                 []view.Note
	}
	button := transferButton(m)
	p.title.Update(draw.Box{Y: top, W: size.Width, H: h + air}, model{m.Title, m.Hint, m.Transfer, m.Notes}, func(s *draw.Sheet) {
		width := s.Width(theme.Title, m.Title)
		x := margin + width + k.MM(5)
		if m.Title != "" {
			s.Line(theme.Title, theme.Ink, m.Title, draw.Box{X: margin, W: width, H: row})
			if w := frame.ButtonWidth(k, button); w > 0 {
				frame.SetButton(s, button, draw.Box{X: x, W: w, H: k.Panel.Secondary()})
				x += w + k.MM(5)
			}
		}
		if m.Hint != "" {
			s.Line(theme.Small, theme.Quiet, m.Hint, draw.Box{X: x, Y: k.MM(1.2), W: size.Width - x - margin - 2*k.Panel.Secondary(), H: row})
		}
		y := notes
		for _, n := range m.Notes {
			h := noteHeight(k, n)
			note(s, n, draw.Box{X: margin, Y: y, W: size.Width - 2*margin, H: h})
			y += h + k.MM(1)
		}
	}, k)
	return top + h + air
}

// places says where the way to a checkout stands on a low panel: among the ways out, or above when the requests need that room. Where
// there is a line for the title, it stands in that.
func (p *Page) places(m view.RoomPage, size fyne.Size, margin float32) (above, below frame.SideButton) {
	k, button := p.kit, transferButton(m)
	if !k.Panel.Compact(size.Height) {
		return above, below
	}
	width := p.requestsWidth(m, button, size, margin)
	if linesWidth(k, m.Progress, k.Panel.Primary()) <= width {
		return above, button
	}
	width -= k.Panel.Secondary() + k.MM(3) // one after the other
	for _, line := range m.Progress {
		if len(m.Progress) == 1 || frame.ProgressLeast(k, line) > width {
			return button, below
		}
	}
	return above, button
}

// transferButton goes on at a checkout.
func transferButton(m view.RoomPage) frame.SideButton {
	return frame.SideButton{Press: view.Press{Label: m.Transfer}, Look: touch.Outline, Msg: view.TapTransfer{}}
}

func noteHeight(k draw.Kit, n view.Note) float32 {
	if n.Kind == view.NoteFault {
		return k.MM(9)
	}
	return theme.Small.Line(k.Panel)
}

func note(s *draw.Sheet, n view.Note, b draw.Box) {
	if n.Kind == view.NoteFault {
		s.Fill(theme.Plate, b)
		s.Fill(theme.Accent, draw.Box{X: b.X, Y: b.Y, W: 3, H: b.H})
		s.Line(theme.Body, theme.Ink, n.Text, draw.Box{X: b.X + s.MM(4), Y: b.Y, W: b.W - s.MM(6), H: b.H})
		return
	}
	dot := s.MM(1.4)
	s.Dot(theme.Accent, draw.Box{X: b.X, Y: b.Y, W: dot, H: b.H}, dot)
	s.Line(theme.Small, theme.Quiet, n.Text, draw.Box{X: b.X + dot + s.MM(2), Y: b.Y, W: b.W - s.MM(5), H: b.H})
}
