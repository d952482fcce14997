// Package garment is the page of one garment: its picture from edge to edge, and what it also comes in.
package garment

import (
	"strconv"

	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page of one garment.
type Page struct {
	kit                        draw.Kit
	header, picture, head, act *draw.Section
	body                       *touch.Scroller // sizes, colours and texts
	shown                      *draw.Section   // what the body holds
	root                       *fyne.Container
	epc                        string
}

// New makes the page.
func New(k draw.Kit) *Page {
	p := &Page{kit: k, header: draw.NewSection(), picture: draw.NewSection(), head: draw.NewSection(), act: draw.NewSection(),
		shown: draw.NewSection()}
	p.body = touch.NewScroller(k, false, nil)
	p.root = &fyne.Container{Objects: []fyne.CanvasObject{
		p.picture.Object(), p.head.Object(), p.body, p.act.Object(), p.header.Object()}}
	return p
}

// Object is the page in its window.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Render shows m in a window of that size.
func (p *Page) Render(m view.GarmentPage, size fyne.Size) {
	if m.EPC != p.epc {
		p.epc = m.EPC
		p.body.Reset()
	}
	k, margin := p.kit, frame.Margin(p.kit, size.Height)
	compact := k.Panel.Compact(size.Height)
	top := frame.HeaderHeight(k, size.Height)
	plate := float32(int(size.Width * 0.44))
	if compact {
		plate = float32(int(size.Width * 0.38))
	}
	p.pictures(m, draw.Box{W: plate, H: size.Height})
	left := plate + margin
	col := draw.Box{X: left, W: size.Width - left - margin}
	p.header.Update(draw.Box{X: plate, W: size.Width - plate, H: top}, m.Frame, func(s *draw.Sheet) {
		frame.Header(s, m.Frame, fyne.NewSize(size.Width-plate, top), margin, theme.Heading, "")
	}, k)
	if compact {
		col.Y = top
	} else {
		col.Y = top + k.MM(3)
	}
	y := p.heading(m, col, frame.NameStyle(k, size.Height))
	foot := p.action(m, col, size.Height, margin)
	p.details(m, draw.Box{X: col.X, Y: y, W: col.W, H: max(foot-y-k.MM(1), 0)})
}

// pictures sets the large picture, the way back and the choice of pictures.
func (p *Page) pictures(m view.GarmentPage, b draw.Box) {
	type model struct {
		Pictures []string
		Picture  int
		Back     string
	}
	p.picture.Update(b, model{m.Pictures, m.Picture, m.Back}, func(s *draw.Sheet) {
		sha := ""
		if len(m.Pictures) > 0 {
			sha = m.Pictures[m.Picture]
		}
		s.Add(draw.NewPlate(s.Kit, sha, b.W, b.H), b)
		header, send := frame.HeaderHeight(s.Kit, b.H), s.Send
		side := min(s.MM(12), header-s.MM(2))
		top, left := float32(int((header-side)/2)), frame.Inset(s.Kit, b.H)
		s.Add(touch.SignButton(s.Kit, draw.Back, m.Back, side, theme.Paper, func() { send(view.TapBack{}) }),
			draw.Box{X: left, Y: top, W: side, H: side})
		thumbs(s, m, b, left)
	}, p.kit)
}

// thumbs sets the other pictures small at the foot of the large one.
func thumbs(s *draw.Sheet, m view.GarmentPage, b draw.Box, inset float32) {
	if len(m.Pictures) < 2 {
		return
	}
	w, gap, send := s.Panel.Secondary(), s.MM(2), s.Send
	h := float32(int(w * 1.2))
	x, y := inset, b.H-inset-h
	for i, sha := range m.Pictures {
		if x+w > b.W-inset {
			return
		}
		face, box := draw.NewSheet(s.Kit), draw.Box{W: w, H: h}
		face.Fill(theme.Paper, box)
		face.Add(draw.NewPlate(s.Kit, sha, w-4, h-4), draw.Box{X: 2, Y: 2, W: w - 4, H: h - 4})
		if i == m.Picture {
			face.Frame(theme.Ink, 2, box)
		}
		s.Add(touch.NewArea(m.Name+" "+strconv.Itoa(i+1), false, face.Object(fyne.NewSize(w, h)), func() { send(view.TapPicture{Index: i}) }),
			draw.Box{X: x, Y: y, W: w, H: h})
		x += w + gap
	}
}

// heading sets brand, name and price, and answers where they end.
func (p *Page) heading(m view.GarmentPage, col draw.Box, style theme.Style) float32 {
	k := p.kit
	type model struct{ Brand, Name, Price string }
	width := col.W
	name := draw.NewParagraph(k, style, theme.Ink, m.Name, width, 3, fyne.TextAlignLeading)
	height := name.Height() + theme.Body.Line(k.Panel) + k.MM(2)
	p.head.Update(draw.Box{X: col.X, Y: col.Y, W: col.W, H: height}, model{m.Brand, m.Name, m.Price}, func(s *draw.Sheet) {
		s.Add(name, draw.Box{W: width, H: name.Height()})
		line := theme.Body.Line(k.Panel)
		price := s.Width(theme.Strong, m.Price)
		y := name.Height() + k.MM(1)
		s.Line(theme.Strong, theme.Ink, m.Price, draw.Box{Y: y, W: price, H: line})
		if brand := s.Width(theme.Body, m.Brand); m.Brand != "" && price+brand+k.MM(4) < width {
			s.Line(theme.Body, theme.Quiet, m.Brand, draw.Box{X: width - brand, Y: y, W: brand, H: line})
		}
	}, k)
	return col.Y + height + k.MM(2)
}

// action sets what can be done with the chosen piece, or what is being done. It answers where that begins.
func (p *Page) action(m view.GarmentPage, col draw.Box, height, margin float32) float32 {
	k := p.kit
	h, air := k.Panel.Primary(), k.MM(2)
	status := theme.Small.Line(k.Panel) + k.MM(1)
	b := draw.Box{X: col.X, Y: height - margin*0.7 - h - status, W: col.W, H: h + status}
	type model struct {
		Action   view.Action
		Progress *view.Progress
		Status   string
		Hint     string
	}
	p.act.Update(b, model{m.Action, m.Progress, m.Status, m.Hint}, func(s *draw.Sheet) {
		s.Rule(draw.Box{Y: -air, W: b.W})
		box := draw.Box{Y: status, W: b.W, H: h}
		if m.Progress != nil {
			progress := *m.Progress
			progress.Name = ""
			frame.Progress(s, progress, draw.Box{W: b.W, H: b.H}, false)
			return
		}
		if m.Action.Kind == view.NoAction {
			line := theme.Body.Line(k.Panel)
			y := (b.H - line - theme.Small.Line(k.Panel)) / 2
			y = s.Text(theme.Strong, theme.Ink, m.Status, 0, y, b.W, 1)
			s.Text(theme.Small, theme.Quiet, m.Hint, 0, y, b.W, 1)
			return
		}
		s.Line(theme.Small, theme.Quiet, m.Status, draw.Box{W: b.W, H: status - k.MM(0.6)})
		look := touch.Solid
		if m.Action.Kind == view.Wait {
			look = touch.Outline
		}
		send, msg := s.Send, m.Action.Msg()
		s.Add(touch.Button(k, look, true, m.Action.Label, box.W, box.H, func() { send(msg) }), box)
	}, k)
	return b.Y - air
}
