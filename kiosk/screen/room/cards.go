package room

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// garments sets what hangs here into b.
func (p *Page) garments(m view.RoomPage, b draw.Box, size fyne.Size, margin float32) {
	k := p.kit
	draw.Place(p.cards, b)
	type model struct {
		Cards []view.Card
		Empty string
		Hint  string
	}
	if p.shown.Changed(draw.Box{W: b.W, H: b.H}, model{m.Cards, m.Empty, m.Explore}) {
		s, width := draw.NewSheet(k), b.W
		switch len(m.Cards) {
		case 0:
			s.Text(theme.Heading, theme.Quiet, m.Empty, margin, 0, (b.W-2*margin)/2, 4)
			h := b.H * 0.8
			s.Hanger(draw.Box{X: float32(int(b.W*0.72 - h*0.6)), Y: float32(int((b.H - h) / 2)), W: float32(int(h * 1.2)), H: float32(int(h))})
		case 1:
			hero(s, m.Cards[0], m.Explore, draw.Box{X: margin, W: b.W - 2*margin, H: b.H - k.MM(3)}, frame.NameStyle(k, size.Height))
		default:
			width = row(s, m.Cards, b, margin, k.Panel.Compact(size.Height))
		}
		p.cards.SetContent(s.Object(fyne.NewSize(width, b.H)))
	}
	p.pager(b, size, margin)
}

// widest is how wide a picture may be for its height.
const widest = 1.5

// row sets the garments side by side and answers how wide they are together.
func row(s *draw.Sheet, cards []view.Card, b draw.Box, margin float32, compact bool) float32 {
	gap := s.MM(4)
	inSight := float32(4)
	if compact || len(cards) < 4 {
		inSight = 3
	}
	w := (b.W - 2*margin - (inSight-1)*gap) / inSight
	if float32(len(cards)) > inSight {
		w = (b.W - margin - inSight*gap) / (inSight + 0.35) // the next one looks round the corner
	}
	w = float32(int(w))
	text, _ := textHeight(s.Kit, cards, w)
	plate := max(float32(int(b.H-text-s.MM(3.5))), 1)
	narrow := max(min(w, float32(int(plate*widest))), s.Panel.Primary())
	if narrowText, whole := textHeight(s.Kit, cards, narrow); narrowText <= text && whole { // words go before the shape of a picture
		w = narrow
	}
	x := margin
	for _, c := range cards {
		face := draw.NewSheet(s.Kit)
		cardFace(face, c, w, plate)
		send, epc := s.Send, c.EPC
		s.Add(touch.NewArea(c.Name, true, face.Object(fyne.NewSize(w, b.H)), func() { send(view.TapGarment{EPC: epc}) }),
			draw.Box{X: x, W: w, H: plate + text})
		x += w + gap
	}
	return x - gap + margin
}

// textHeight is how much room the words under the pictures take, and whether no name is cut.
func textHeight(k draw.Kit, cards []view.Card, w float32) (most float32, whole bool) {
	whole = true
	for _, c := range cards {
		name := draw.NewParagraph(k, theme.Strong, theme.Ink, c.Name, w, 2, fyne.TextAlignLeading)
		h := k.MM(2) + name.Height() + theme.Small.Line(k.Panel)
		if !oneLine(k, c, w) {
			h += theme.Small.Line(k.Panel)
		}
		most, whole = max(most, h), whole && !name.Cut
	}
	return most, whole
}

// oneLine says that size, colour and price fit beside each other.
func oneLine(k draw.Kit, c view.Card, w float32) bool {
	if c.Detail == "" || c.Price == "" {
		return true
	}
	return k.Width(theme.Small, c.Detail)+k.Width(theme.Label, c.Price)+k.MM(3) <= w
}

func cardFace(s *draw.Sheet, c view.Card, w, plate float32) {
	s.Add(draw.NewPlate(s.Kit, c.Picture, w, plate), draw.Box{W: w, H: plate})
	tag(s, c.Note)
	y := s.Text(theme.Strong, theme.Ink, c.Name, 0, plate+s.MM(2), w, 2)
	line := theme.Small.Line(s.Panel)
	price := s.Width(theme.Label, c.Price)
	if oneLine(s.Kit, c, w) {
		s.Line(theme.Small, theme.Quiet, c.Detail, draw.Box{Y: y, W: w - price, H: line})
		s.Line(theme.Label, theme.Ink, c.Price, draw.Box{X: w - price, Y: y, W: price, H: line})
		return
	}
	s.Line(theme.Small, theme.Quiet, c.Detail, draw.Box{Y: y, W: w, H: line})
	s.Line(theme.Label, theme.Ink, c.Price, draw.Box{Y: y + line, W: w, H: line})
}

// tag sets a word into the corner of a picture.
func tag(s *draw.Sheet, text string) {
	if text == "" {
		return
	}
	pad := s.MM(2)
	b := draw.Box{X: pad, Y: pad, W: s.Width(theme.Small, text) + 2*pad, H: theme.Small.Line(s.Panel) + s.MM(1)}
	s.Fill(theme.Paper, b)
	s.Line(theme.Small, theme.Quiet, text, draw.Box{X: b.X + pad, Y: b.Y, W: b.W - 2*pad, H: b.H})
}

// hero sets the only garment, large, with its words beside it.
func hero(s *draw.Sheet, c view.Card, hint string, b draw.Box, style theme.Style) {
	w := float32(int(min(b.H*1.15, b.W*0.55)))
	face := draw.NewSheet(s.Kit)
	face.Add(draw.NewPlate(s.Kit, c.Picture, w, b.H), draw.Box{W: w, H: b.H})
	tag(face, c.Note)

	x := w + s.MM(9)
	width := b.W - x
	name := draw.NewParagraph(s.Kit, style, theme.Ink, c.Name, width, 3, fyne.TextAlignLeading)
	body := theme.Body.Line(s.Panel)
	height := name.Height() + s.MM(3) + 2*body + s.MM(6) + theme.Small.Line(s.Panel)
	y := float32(int((b.H - height) / 2))
	face.Add(name, draw.Box{X: x, Y: y, W: width, H: name.Height()})
	y += name.Height() + s.MM(3)
	y = face.Text(theme.Body, theme.Quiet, c.Detail, x, y, width, 1)
	y = face.Text(theme.Strong, theme.Ink, c.Price, x, y, width, 1)
	face.Text(theme.Small, theme.Accent, hint, x, y+s.MM(6), width, 2)

	send, epc := s.Send, c.EPC
	s.Add(touch.NewArea(c.Name, true, face.Object(fyne.NewSize(b.W, b.H)), func() { send(view.TapGarment{EPC: epc}) }), b)
}

// pager sets the arrows that page through garments out of sight.
func (p *Page) pager(b draw.Box, size fyne.Size, margin float32) {
	k := p.kit
	before, after := p.cards.More()
	side := k.Panel.Secondary()
	place := draw.Box{X: size.Width - margin - 2*side - k.MM(2), Y: frame.HeaderHeight(k, size.Height), W: 2*side + k.MM(2), H: side}
	ground := theme.Plate
	if k.Panel.Compact(size.Height) { // on the pictures at both ends
		place, ground = draw.Box{X: margin / 2, Y: b.Y + b.H*0.22, W: size.Width - margin, H: side}, theme.Paper
	}
	p.arrows.Update(place, before || after, func(s *draw.Sheet) {
		p.back, p.on = nil, nil
		if !before && !after {
			return
		}
		p.back = touch.SignButton(k, draw.Back, "‹", side, ground, func() { p.cards.Page(-1) })
		p.on = touch.SignButton(k, draw.Forward, "›", side, ground, func() { p.cards.Page(1) })
		s.Add(p.back, draw.Box{W: side, H: side})
		s.Add(p.on, draw.Box{X: place.W - side, W: side, H: side})
	}, k)
	p.moved()
}

// moved shows only the arrows that lead somewhere.
func (p *Page) moved() {
	if p.back == nil {
		return
	}
	before, after := p.cards.More()
	touch.Visible(p.back, before)
	touch.Visible(p.on, after)
}
