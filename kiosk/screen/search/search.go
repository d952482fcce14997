// Package search is the page that looks for a piece by its name.
package search

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page that looks for a piece.
type Page struct {
	kit                draw.Kit
	header, field, key *draw.Section
	found              *touch.Scroller
	shown, arrows      *draw.Section // what the scroller holds, and what pages through it
	back, on           *touch.Area   // nil when everything is in sight
	query              string        // whose findings are shown
	root               *fyne.Container
}

// New makes the page.
func New(k draw.Kit) *Page {
	p := &Page{kit: k, header: draw.NewSection(), field: draw.NewSection(), key: draw.NewSection(), shown: draw.NewSection(),
		arrows: draw.NewSection()}
	p.found = touch.NewScroller(k, true, p.moved)
	p.root = &fyne.Container{Objects: []fyne.CanvasObject{p.found, p.arrows.Object(), p.field.Object(), p.key.Object(), p.header.Object()}}
	return p
}

// Object is the page in its window.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Render shows m in a window of that size.
func (p *Page) Render(m view.SearchPage, size fyne.Size) {
	k, margin := p.kit, frame.Margin(p.kit, size.Height)
	compact := k.Panel.Compact(size.Height)
	top := frame.HeaderHeight(k, size.Height)
	m.Frame.Still, m.Frame.Toast = view.StillThere{}, view.ToastView{}
	p.header.Update(draw.Box{W: size.Width, H: top}, m.Frame, func(s *draw.Sheet) {
		frame.Header(s, m.Frame, fyne.NewSize(size.Width, top), margin, theme.Heading, m.Title)
	}, k)
	row := k.MM(12)
	key := k.MM(13)
	if compact {
		row, key = k.Panel.Secondary(), k.Panel.Secondary()
	}
	p.field.Update(draw.Box{X: margin, Y: top, W: size.Width - 2*margin, H: row}, [3]string{m.Typed, m.Hint, m.Back}, func(s *draw.Sheet) {
		w := s.Width(theme.Button, m.Back) + 2*k.MM(4)
		send := s.Send
		s.Add(touch.Button(k, touch.Outline, false, m.Back, w, row, func() { send(view.TapBack{}) }), draw.Box{W: w, H: row})
		frame.Field(s, m.Typed, m.Hint, draw.Box{X: w + k.MM(3), W: size.Width - 2*margin - w - k.MM(3), H: row})
	}, k)
	keys := touch.KeyboardHeight(k, m.Keys.Layout, key)
	foot := k.MM(5)
	if compact {
		foot = k.MM(2)
	}
	edge := margin
	if compact {
		edge = k.MM(3) // twelve keys of 10 mm need almost the whole width
	}
	p.key.Update(draw.Box{X: edge, Y: size.Height - keys - foot, W: size.Width - 2*edge, H: keys}, m.Keys, func(s *draw.Sheet) {
		touch.Keyboard(s, m.Keys, draw.Box{W: size.Width - 2*edge, H: keys}, key)
	}, k)
	air := k.MM(4)
	if compact {
		air = k.MM(1.5)
	}
	y := top + row + air
	p.list(m, draw.Box{Y: y, W: size.Width, H: size.Height - keys - foot - air - y}, margin)
	p.pager()
}

// pager sets the arrows that page through what is out of sight, on the pictures at both ends.
func (p *Page) pager() {
	k, side := p.kit, p.kit.Panel.Secondary()
	before, after := p.found.More()
	at, size := p.found.Position(), p.found.Size()
	inset := k.MM(2)
	b := draw.Box{X: inset, Y: at.Y + (size.Height-side)/2, W: size.Width - 2*inset, H: side}
	p.arrows.Update(b, before || after, func(s *draw.Sheet) {
		p.back, p.on = nil, nil
		if !before && !after {
			return
		}
		p.back = touch.SignButton(k, draw.Back, "‹", side, theme.Paper, func() { p.found.Page(-1) })
		p.on = touch.SignButton(k, draw.Forward, "›", side, theme.Paper, func() { p.found.Page(1) })
		s.Add(p.back, draw.Box{W: side, H: side})
		s.Add(p.on, draw.Box{X: b.W - side, W: side, H: side})
	}, k)
	p.moved()
}

// moved shows only the arrows that lead somewhere.
func (p *Page) moved() {
	if p.back == nil {
		return
	}
	before, after := p.found.More()
	touch.Visible(p.back, before)
	touch.Visible(p.on, after)
}

// list sets what was found side by side: the picture at the left, words at its right.
func (p *Page) list(m view.SearchPage, b draw.Box, margin float32) {
	k := p.kit
	draw.Place(p.found, b)
	type model struct {
		Found []view.FoundPiece
		None  string
	}
	if m.Typed != p.query {
		p.query = m.Typed
		p.found.Reset()
	}
	if !p.shown.Changed(b, model{m.Found, m.None}) {
		return
	}
	s := draw.NewSheet(k)
	if len(m.Found) == 0 {
		s.Text(theme.Heading, theme.Quiet, m.None, margin, b.H*0.3, b.W-2*margin, 1)
		p.found.SetContent(s.Object(fyne.NewSize(b.W, b.H)))
		return
	}
	x, gap := margin, k.MM(5)
	for _, f := range m.Found {
		w := card(s, f, draw.Box{X: x, H: b.H})
		x += w + gap
	}
	p.found.SetContent(s.Object(fyne.NewSize(x-gap+margin, b.H)))
}

func card(s *draw.Sheet, f view.FoundPiece, b draw.Box) float32 {
	plate := float32(int(min(b.H*0.84, s.MM(34))))
	words := s.MM(44)
	if f.Note != "" {
		words = s.MM(62)
	}
	h := min(b.H, s.MM(40))
	w := plate + s.MM(3) + words
	face := draw.NewSheet(s.Kit)
	face.Add(draw.NewPlate(s.Kit, f.Picture, plate, h), draw.Box{W: plate, H: h})
	tell(face, f, draw.Box{X: plate + s.MM(3), W: words, H: h})
	send, gtin := s.Send, f.GTIN
	tapped := func() { send(view.TapFound{GTIN: gtin}) }
	if f.Resting {
		tapped = nil
	}
	s.Add(touch.NewArea(f.Name, false, face.Object(fyne.NewSize(w, h)), tapped), draw.Box{X: b.X, Y: float32(int((b.H - h) / 2)), W: w, H: h})
	return w
}

// tell sets what a piece is called, its size and colour, and what it costs or why it may not be had.
func tell(s *draw.Sheet, f view.FoundPiece, b draw.Box) {
	line := theme.Label.Line(s.Panel)
	name := draw.NewParagraph(s.Kit, theme.Strong, theme.Ink, f.Name, b.W, 2, fyne.TextAlignLeading)
	detail := draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, f.Detail, b.W, 1, fyne.TextAlignLeading)
	height := name.Height() + line
	beside := f.Detail != "" && height+detail.Height() > b.H // a low panel has no line for each
	if f.Detail != "" && !beside {
		height += detail.Height()
	}
	y := float32(int((b.H - height) / 2))
	s.Add(name, draw.Box{X: b.X, Y: y, W: b.W, H: name.Height()})
	y += name.Height()
	if f.Detail != "" && !beside {
		s.Add(detail, draw.Box{X: b.X, Y: y, W: b.W, H: detail.Height()})
		y += detail.Height()
	}
	price, note, gap := s.Width(theme.Label, f.Price), s.Width(theme.Small, f.Note), s.MM(2)
	last := price + note
	if f.Price != "" && f.Note != "" {
		last += gap
	}
	x := b.X
	if beside {
		s.Line(theme.Small, theme.Quiet, f.Detail, draw.Box{X: x, Y: y, W: b.W - last - gap, H: line})
		x = b.X + b.W - last
	}
	if f.Price != "" {
		s.Line(theme.Label, theme.Ink, f.Price, draw.Box{X: x, Y: y, W: price, H: line})
	}
	if f.Note != "" {
		s.Line(theme.Small, theme.Accent, f.Note, draw.Box{X: x + last - note, Y: y, W: note, H: line})
	}
}
