package basket

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// list sets the lines into b.
func (p *Page) list(m view.BasketPage, b draw.Box) {
	draw.Place(p.lines, b)
	type model struct {
		Lines []view.BasketLine
		Empty string
	}
	if !p.shown.Changed(b, model{m.Lines, m.Empty}) {
		return
	}
	s := draw.NewSheet(p.kit)
	if len(m.Lines) == 0 {
		empty(s, m, b)
		p.lines.SetContent(s.Object(fyne.NewSize(b.W, b.H)))
		return
	}
	y := float32(0)
	for i, l := range m.Lines {
		if i > 0 {
			s.Rule(draw.Box{Y: y, W: b.W})
			y += s.MM(2)
		}
		y += row(s, l, draw.Box{Y: y, W: b.W}) + s.MM(2)
	}
	p.lines.SetContent(s.Object(fyne.NewSize(b.W, y)))
}

// empty says how garments come into the basket.
func empty(s *draw.Sheet, m view.BasketPage, b draw.Box) {
	h := float32(int(min(b.H*0.55, b.W*0.5)))
	s.Pictogram(m.Picture, draw.Box{X: (b.W - h*1.2) / 2, Y: b.H * 0.08, W: h * 1.2, H: h})
	p := draw.NewParagraph(s.Kit, theme.Heading, theme.Quiet, m.Empty, b.W, 3, fyne.TextAlignCenter)
	s.Add(p, draw.Box{Y: b.H*0.08 + h + s.MM(4), W: b.W, H: p.Height()})
}

// row sets one line at b, whose height it answers: picture, what it is, what can be done with it, and what it costs.
func row(s *draw.Sheet, l view.BasketLine, b draw.Box) float32 {
	least := s.MM(17)
	narrow := b.W < s.MM(100) // then the price stands under the name
	plate := float32(int(least * 0.82))
	side := s.Panel.Secondary()
	controls := controlsWidth(s.Kit, l, side)
	price := priceWidth(s.Kit, l)
	x := plate + s.MM(4)
	width := b.W - x - controls - s.MM(3)
	if narrow {
		x = plate + s.MM(2.5)
		width = b.W - x - controls - s.MM(2)
	} else {
		width -= price + s.MM(4)
	}
	words := draw.NewSheet(s.Kit)
	textHeight := describe(words, l, x, width, narrow)
	h := max(least, textHeight)
	s.Add(draw.NewPlate(s.Kit, l.Picture, plate, least), draw.Box{X: b.X, Y: b.Y + float32(int((h-least)/2)), W: plate, H: least})
	shift(words, 0, b.Y+float32(int((h-textHeight)/2)))
	s.Objects = append(s.Objects, words.Objects...)
	right := b.Right()
	if !narrow {
		prices(s, l, draw.Box{X: right - price, Y: b.Y, W: price, H: h})
		right -= price + s.MM(4)
	}
	control(s, l, right, b.Y+float32(int((h-side)/2)), side)
	return h
}

func shift(s *draw.Sheet, dx, dy float32) {
	for _, o := range s.Objects {
		o.Move(o.Position().AddXY(dx, dy))
	}
}

// describe sets what a line is, and answers how high that is.
func describe(s *draw.Sheet, l view.BasketLine, x, width float32, narrow bool) float32 {
	ink := theme.Ink
	if l.Wish {
		ink = theme.Quiet
	}
	y := s.Text(theme.Strong, ink, l.Name, x, 0, width, 2)
	detail := l.Detail
	if l.Price1 != "" {
		detail = joined(detail, l.Price1)
	}
	y = s.Text(theme.Small, theme.Quiet, detail, x, y, width, 2)
	if narrow && !l.Wish {
		y = pricesUnder(s, l, x, y, width)
	}
	if l.Tag != "" {
		colour := theme.Quiet
		if l.Wish {
			colour = theme.Accent
		}
		y = s.Text(theme.Small, colour, l.Tag, x, y, width, 2)
	}
	for _, off := range l.Off {
		y = s.Text(theme.Small, theme.Accent, off, x, y, width, 2)
	}
	return y
}

// pricesUnder sets what a line costs below y, beside it what it cost before, or above it where there is no room, and answers where it
// ends.
func pricesUnder(s *draw.Sheet, l view.BasketLine, x, y, width float32) float32 {
	line, w, was := theme.Small.Line(s.Panel), s.Width(theme.Label, l.Price), s.Width(theme.Small, l.Was)
	switch {
	case l.Was == "":
	case w+s.MM(2)+was <= width:
		struck(s, l.Was, draw.Box{X: x + w + s.MM(2), Y: y, W: was, H: line})
	default:
		struck(s, l.Was, draw.Box{X: x, Y: y, W: was, H: line})
		y += line
	}
	s.Line(theme.Label, theme.Ink, l.Price, draw.Box{X: x, Y: y, W: w, H: line})
	return y + line
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "  ·  " + b
}

func priceWidth(k draw.Kit, l view.BasketLine) float32 {
	return max(k.Width(theme.Strong, l.Price), k.Width(theme.Small, l.Was), k.MM(22))
}

// prices sets what a line costs at the right edge of b, and above it what it cost before.
func prices(s *draw.Sheet, l view.BasketLine, b draw.Box) {
	if l.Wish {
		return
	}
	line, small := theme.Strong.Line(s.Panel), theme.Small.Line(s.Panel)
	h := line
	if l.Was != "" {
		h += small
	}
	y := b.Y + float32(int((b.H-h)/2))
	if l.Was != "" {
		w := s.Width(theme.Small, l.Was)
		struck(s, l.Was, draw.Box{X: b.Right() - w, Y: y, W: w, H: small})
		y += small
	}
	w := s.Width(theme.Strong, l.Price)
	s.Line(theme.Strong, theme.Ink, l.Price, draw.Box{X: b.Right() - w, Y: y, W: w, H: line})
}

// struck sets an amount that holds no more.
func struck(s *draw.Sheet, text string, b draw.Box) {
	s.Line(theme.Small, theme.Quiet, text, b)
	s.Fill(theme.Quiet, draw.Box{X: b.X, Y: b.Y + float32(int(b.H/2)), W: b.W, H: 1})
}

func controlsWidth(k draw.Kit, l view.BasketLine, side float32) float32 {
	switch {
	case l.Change != "":
		return changeWidth(k, l) + removeWidth(k, l, side)
	case l.Count != "":
		return 2*side + k.MM(8)
	case l.Remove != "":
		return side
	}
	return 0
}

func changeWidth(k draw.Kit, l view.BasketLine) float32 {
	return max(k.Width(theme.Button, l.Change)+2*k.MM(2), k.Panel.Secondary())
}

func removeWidth(k draw.Kit, l view.BasketLine, side float32) float32 {
	if l.Remove == "" {
		return 0
	}
	return side + k.MM(2)
}

// control sets what can be done with a line, up to right.
func control(s *draw.Sheet, l view.BasketLine, right, y, side float32) {
	send, id := s.Send, l.ID
	remove := func(x float32) {
		s.Add(touch.SignButton(s.Kit, draw.Close, l.Remove, side, theme.Plate, func() { send(view.TapQuantity{Line: id}) }),
			draw.Box{X: x, Y: y, W: side, H: side})
	}
	switch {
	case l.Change != "":
		if l.Remove != "" {
			remove(right - side)
			right -= side + s.MM(2)
		}
		w := changeWidth(s.Kit, l)
		s.Add(touch.Button(s.Kit, touch.Outline, false, l.Change, w, side, func() { send(view.TapPrice{Line: id}) }),
			draw.Box{X: right - w, Y: y, W: w, H: side})
	case l.Count != "":
		stepper(s, l, draw.Box{X: right - 2*side - s.MM(8), Y: y, W: 2*side + s.MM(8), H: side}, remove)
	case l.Remove != "":
		remove(right - side)
	}
}

// stepper sets one less, how many, one more. One less than one is none: its sign is the cross.
func stepper(s *draw.Sheet, l view.BasketLine, b draw.Box, remove func(x float32)) {
	send, id, n := s.Send, l.ID, l.Quantity
	if l.Less == "" {
		remove(b.X)
	} else {
		s.Add(touch.SignButton(s.Kit, draw.Minus, l.Less, b.H, theme.Plate, func() { send(view.TapQuantity{Line: id, Quantity: n - 1}) }),
			draw.Box{X: b.X, Y: b.Y, W: b.H, H: b.H})
	}
	s.Centred(theme.Strong, theme.Ink, l.Count, draw.Box{X: b.X + b.H, Y: b.Y, W: b.W - 2*b.H, H: b.H}, 1)
	if l.More != "" {
		s.Add(touch.SignButton(s.Kit, draw.Plus, l.More, b.H, theme.Plate, func() { send(view.TapQuantity{Line: id, Quantity: n + 1}) }),
			draw.Box{X: b.Right() - b.H, Y: b.Y, W: b.H, H: b.H})
	}
}
