package garment

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// details sets colours, sizes and texts into b; they scroll when there is more than fits.
func (p *Page) details(m view.GarmentPage, b draw.Box) {
	k := p.kit
	type model struct {
		Colours []view.ColourChip
		Colour  string
		Sizes   []view.SizeChip
		Texts   []view.Text
	}
	if !p.shown.Changed(b, model{m.Colours, m.Colour, m.Sizes, m.Texts}) {
		return
	}
	s := draw.NewSheet(k)
	y := float32(0)
	y = colours(s, m, y, b.W)
	y = sizes(s, m.Sizes, y, b.W)
	if over := b.H - y; over > 0 && len(m.Texts) > 0 { // what is cut is cut between two lines
		line := theme.Small.Line(k.Panel)
		if _, height := setTexts(k, m.Texts, b.W); height > over {
			b.H = y + line*float32(int(over/line))
		}
	}
	draw.Place(p.body, b)
	y += p.texts(s, m.Texts, y, b)
	p.body.SetContent(s.Object(fyne.NewSize(b.W, y)))
}

// texts sets what is written about the product, and answers how high that is. When it does not fit, tapping it reads on, and at
// the end goes back: nobody has to drag.
func (p *Page) texts(s *draw.Sheet, all []view.Text, y float32, b draw.Box) float32 {
	if len(all) == 0 {
		return 0
	}
	set, height := setTexts(s.Kit, all, b.W)
	if y+height <= b.H {
		s.Add(set.Object(fyne.NewSize(b.W, height)), draw.Box{Y: y, W: b.W, H: height})
		return height
	}
	sign := s.MM(5)
	set, height = setTexts(s.Kit, all, b.W-sign-s.MM(2))
	height = max(height, s.Panel.Secondary())
	set.Sign(draw.Down, theme.Ink, draw.Box{X: b.W - sign, W: sign, H: theme.Small.Line(s.Panel)}, sign*0.8)
	s.Add(touch.NewArea(all[0].Body, false, set.Object(fyne.NewSize(b.W, height)), p.readOn), draw.Box{Y: y, W: b.W, H: height})
	return height
}

func (p *Page) readOn() {
	if _, after := p.body.More(); after {
		p.body.Page(1)
		return
	}
	p.body.Page(-10)
}

func setTexts(k draw.Kit, all []view.Text, width float32) (*draw.Sheet, float32) {
	s, y := draw.NewSheet(k), float32(0)
	for _, t := range all {
		if t.Heading != "" {
			y = s.Text(theme.Label, theme.Ink, t.Heading, 0, y+k.MM(1), width, 1)
		}
		y = s.Text(theme.Small, theme.Quiet, t.Body, 0, y, width, 0) + k.MM(1)
	}
	return s, y
}

// colours sets the colours as swatches, the name of the chosen one beside them: colour alone says nothing.
func colours(s *draw.Sheet, m view.GarmentPage, y, width float32) float32 {
	if len(m.Colours) == 0 {
		return y
	}
	side, gap := s.Panel.Secondary(), s.MM(1)
	x := float32(0)
	for _, c := range m.Colours {
		if x+side > width {
			x, y = 0, y+side+gap
		}
		face := draw.NewSheet(s.Kit)
		swatch := canvas.NewCircle(hex(c.Hex))
		swatch.StrokeColor, swatch.StrokeWidth = theme.Edge, 1
		face.Add(swatch, round(side, 0.62))
		if c.Chosen {
			ring := canvas.NewCircle(color.Transparent)
			ring.StrokeColor, ring.StrokeWidth = theme.Ink, 2
			face.Add(ring, round(side, 0.84))
		}
		send, gtin := s.Send, c.GTIN
		s.Add(touch.NewArea(c.Name, false, face.Object(fyne.NewSize(side, side)), func() { send(view.TapVariant{GTIN: gtin}) }),
			draw.Box{X: x, Y: y, W: side, H: side})
		x += side + gap
	}
	if name := s.Width(theme.Body, m.Colour); x+s.MM(1)+name <= width {
		s.Line(theme.Body, theme.Ink, m.Colour, draw.Box{X: x + s.MM(1), Y: y, W: width - x - s.MM(1), H: side})
	}
	return y + side + s.MM(3)
}

// round is the place of a circle in the middle of a square, on whole pixels.
func round(side, share float32) draw.Box {
	inset := float32(int(side * (1 - share) / 2))
	return draw.Box{X: inset, Y: inset, W: side - 2*inset, H: side - 2*inset}
}

// sizes sets the sizes as boxes. The one that hangs here carries a dot, one that can not be had is struck through.
func sizes(s *draw.Sheet, all []view.SizeChip, y, width float32) float32 {
	if len(all) == 0 {
		return y
	}
	least, gap := s.MM(14), s.MM(2)
	if s.Panel.Type < 1 {
		least = s.MM(12)
	}
	if float32(len(all))*(least+gap)-gap > width {
		least = s.Panel.Secondary()
	}
	x := float32(0)
	for _, c := range all {
		w := max(least, s.Width(theme.Button, c.Label)+s.MM(5))
		if x+w > width {
			x, y = 0, y+least+gap
		}
		send, gtin := s.Send, c.GTIN
		s.Add(touch.NewArea(c.Label, false, sizeFace(s.Kit, c, w, least), func() { send(view.TapVariant{GTIN: gtin}) }),
			draw.Box{X: x, Y: y, W: w, H: least})
		x += w + gap
	}
	return y + least + s.MM(3)
}

func sizeFace(k draw.Kit, c view.SizeChip, w, h float32) fyne.CanvasObject {
	s, b := draw.NewSheet(k), draw.Box{W: w, H: h}
	ground, ink, edge := theme.Paper, theme.Ink, theme.Edge
	if c.Presence == view.Nowhere {
		ground, ink, edge = theme.Plate, theme.Quiet, theme.Plate
	}
	if c.Chosen {
		ground, ink, edge = theme.Ink, theme.Paper, theme.Ink
	}
	s.Fill(ground, b)
	s.Frame(edge, 1, b)
	s.Centred(theme.Button, ink, c.Label, b, 1)
	mark := draw.Box{Y: h - k.MM(2.8), W: w, H: k.MM(1.4)}
	switch {
	case c.Presence == view.Nowhere:
		line := canvas.NewLine(ink)
		line.StrokeWidth = 1
		line.Position1, line.Position2 = fyne.NewPos(k.MM(1.5), h-k.MM(1.5)), fyne.NewPos(w-k.MM(1.5), k.MM(1.5))
		s.Objects = append(s.Objects, line)
	case c.Asked:
		accent := theme.Accent
		if c.Chosen {
			accent = theme.Paper
		}
		s.Fill(accent, draw.Box{X: w * 0.3, Y: mark.Y + mark.H/2 - 1, W: w * 0.4, H: 3})
	case c.Presence == view.Here:
		s.Dot(ink, mark, mark.H)
	case c.Presence == view.Elsewhere:
		ring := canvas.NewCircle(color.Transparent)
		ring.StrokeColor, ring.StrokeWidth = ink, 1.5
		s.Add(ring, draw.Box{X: (w - mark.H) / 2, Y: mark.Y, W: mark.H, H: mark.H})
	}
	return s.Object(fyne.NewSize(w, h))
}

// hex reads "#rrggbb"; anything else is the plate.
func hex(v string) color.NRGBA {
	if len(v) != 7 || v[0] != '#' {
		return theme.Plate
	}
	n, err := strconv.ParseUint(v[1:], 16, 24)
	if err != nil {
		return theme.Plate
	}
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 0xff}
}
