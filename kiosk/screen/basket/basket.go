// Package basket is the page of what a shopper is about to buy.
package basket

import (
	"slices"

	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/frame"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Page is the page of the basket.
type Page struct {
	kit                              draw.Kit
	header, title, side, foot, pager *draw.Section
	lines                            *touch.Scroller
	shown                            *draw.Section // what the scroller holds
	root                             *fyne.Container
	up, down                         *touch.Area // nil when all lines are in sight
}

// New makes the page.
func New(k draw.Kit) *Page {
	p := &Page{kit: k, header: draw.NewSection(), title: draw.NewSection(), side: draw.NewSection(), foot: draw.NewSection(),
		pager: draw.NewSection(), shown: draw.NewSection()}
	p.lines = touch.NewScroller(k, false, p.moved)
	p.root = &fyne.Container{Objects: []fyne.CanvasObject{
		p.title.Object(), p.lines, p.foot.Object(), p.side.Object(), p.header.Object(), p.pager.Object()}}
	return p
}

// Object is the page in its window.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Reset forgets where the last shopper had scrolled to.
func (p *Page) Reset() { p.lines.Reset() }

// Render shows m in a window of that size.
func (p *Page) Render(m view.BasketPage, size fyne.Size) {
	k, margin := p.kit, frame.Margin(p.kit, size.Height)
	top := frame.HeaderHeight(k, size.Height)
	compact := k.Panel.Compact(size.Height)
	style, name := theme.Heading, m.Room
	if compact { // a low panel has no room for a line of its own under the header
		style, name = theme.Title, m.Title
	}
	m.Frame.Still, m.Frame.Toast = view.StillThere{}, view.ToastView{} // they lie over the page
	type head struct {
		Frame view.Frame
		Name  string
	}
	p.header.Update(draw.Box{W: size.Width, H: top}, head{m.Frame, name}, func(s *draw.Sheet) {
		frame.Header(s, m.Frame, fyne.NewSize(size.Width, top), margin, style, name)
	}, k)
	type sums struct {
		Total view.Total
		Pay   view.Press
		Park  string
	}
	under := fyne.NewSize(size.Width, size.Height-top)
	park := view.Press{Label: m.Park}
	if len(m.Lines) == 0 {
		park.Label = ""
	}
	p.side.Update(draw.Box{Y: top, W: size.Width, H: under.Height}, sums{m.Total, m.Pay, park.Label}, func(s *draw.Sheet) {
		frame.Side(s, m.Total, under, frame.SideButton{Press: m.Pay, Look: touch.Solid, Msg: view.TapPay{}},
			frame.SideButton{Press: park, Look: touch.Outline, Msg: view.TapPark{}})
	}, k)
	col := draw.Box{X: margin, W: size.Width - frame.SideWidth(k, size) - margin - k.MM(5)}
	foot := p.footer(m, col, size)
	y := p.heading(m, col, top, compact)
	p.list(m, draw.Box{X: col.X, Y: y, W: col.W, H: foot - y})
	p.arrows(m, col, top, compact)
}

// heading sets the title, the notes and the notice, and answers where the lines begin.
func (p *Page) heading(m view.BasketPage, col draw.Box, top float32, compact bool) float32 {
	k := p.kit
	type model struct {
		Title, Hint string
		Reading     bool
		Notes       []view.Note
		Notice      view.NoticeView
	}
	y := float32(0)
	sheet := func(s *draw.Sheet) {
		y = 0
		arrows := 2*k.Panel.Secondary() + k.MM(4)
		if !compact {
			y = s.Text(theme.Title, theme.Ink, m.Title, 0, 0, col.W-arrows, 1)
		}
		if m.Hint != "" {
			ink, x, line := theme.Quiet, float32(0), theme.Small.Line(k.Panel)
			if m.Reading {
				ink, x = theme.Accent, k.MM(3.5)
				s.Dot(theme.Accent, draw.Box{Y: y, W: k.MM(1.5), H: line}, k.MM(1.5))
			}
			y = s.Text(theme.Small, ink, m.Hint, x, y, col.W-arrows-x, 1)
		}
		if len(m.Notes) > 0 {
			y = frame.Notes(s, m.Notes, draw.Box{Y: y + k.MM(1), W: col.W})
		}
		if h := frame.NoticeHeight(k, m.Notice, col.W); h > 0 {
			y += k.MM(2)
			frame.Notice(s, m.Notice, draw.Box{Y: y, W: col.W, H: h})
			y += h
		}
	}
	sheet(draw.NewSheet(k)) // how high it is
	height := y
	p.title.Update(draw.Box{X: col.X, Y: top, W: col.W, H: height}, model{m.Title, m.Hint, m.Reading, m.Notes, m.Notice}, sheet, k)
	return top + height + k.MM(3)
}

// footer sets what else can be done, and answers where it begins.
func (p *Page) footer(m view.BasketPage, col draw.Box, size fyne.Size) float32 {
	k := p.kit
	h, air, gap := k.Panel.Secondary(), k.MM(4), k.MM(2.5)
	if k.Panel.Compact(size.Height) {
		air, gap = k.MM(2), k.MM(2)
	}
	top := size.Height - h - 2*air
	all := choices(m)
	width := func(label string) float32 { return max(k.Width(theme.Button, label)+2*k.MM(3), h) }
	if m.Staff.Name != "" { // what does not fit, staff can do by hand
		whole := -gap
		for _, c := range all {
			whole += width(c.Label) + gap
		}
		if whole > col.W {
			all = all[:len(all)-1]
		}
	}
	p.foot.Update(draw.Box{X: col.X, Y: top, W: col.W, H: h + 2*air}, all, func(s *draw.Sheet) {
		s.Rule(draw.Box{W: col.W})
		x, send := float32(0), s.Send
		for _, c := range all {
			w := width(c.Label)
			if c.Msg == view.Msg(view.TapAbandon{}) { // what ends it all stands apart
				x = max(x, col.W-w)
			}
			s.Add(touch.Button(k, touch.Outline, false, c.Label, w, h, func() { send(c.Msg) }), draw.Box{X: x, Y: air, W: w, H: h})
			x += w + gap
		}
	}, k)
	return top
}

// choice is a button of the foot.
type choice struct {
	Label string
	Msg   view.Msg
}

// choices are what else can be done: by shoppers, or by staff who have unlocked the kiosk.
func choices(m view.BasketPage) []choice {
	all := []choice{{m.Search, view.TapSearch{}}, {m.Coupon, view.TapCoupon{}}, {m.Abandon, view.TapAbandon{}}}
	if m.Staff.Name != "" {
		all = []choice{{m.Staff.Release, view.TapRelease{}}, {m.Staff.Toggle, view.TapOpen{Open: m.Staff.Open}}, {m.Staff.Lock, view.TapLock{}},
			{m.Abandon, view.TapAbandon{}}}
	}
	return slices.DeleteFunc(all, func(c choice) bool { return c.Label == "" })
}

// arrows sets the arrows that page through lines out of sight.
func (p *Page) arrows(m view.BasketPage, col draw.Box, top float32, compact bool) {
	k := p.kit
	before, after := p.lines.More()
	side := k.Panel.Secondary()
	place := draw.Box{X: col.Right() - 2*side - k.MM(2), Y: top, W: 2*side + k.MM(2), H: side}
	ground := theme.Plate
	if compact { // at the end of the lines, over their pictures
		y := p.lines.Position().Y
		place = draw.Box{X: col.X, Y: y, W: side, H: p.lines.Size().Height}
		ground = theme.Paper
	}
	p.pager.Update(place, before || after, func(s *draw.Sheet) {
		p.up, p.down = nil, nil
		if !before && !after {
			return
		}
		p.up = touch.SignButton(k, draw.Up, m.Up, side, ground, func() { p.lines.Page(-1) })
		p.down = touch.SignButton(k, draw.Down, m.Down, side, ground, func() { p.lines.Page(1) })
		if compact {
			s.Add(p.up, draw.Box{X: k.MM(1.5), Y: k.MM(1.5), W: side, H: side})
			s.Add(p.down, draw.Box{X: k.MM(1.5), Y: place.H - side - k.MM(1.5), W: side, H: side})
			return
		}
		s.Add(p.up, draw.Box{W: side, H: side})
		s.Add(p.down, draw.Box{X: place.W - side, W: side, H: side})
	}, k)
	p.moved()
}

// moved shows only the arrows that lead somewhere.
func (p *Page) moved() {
	if p.up == nil {
		return
	}
	before, after := p.lines.More()
	touch.Visible(p.up, before)
	touch.Visible(p.down, after)
}
