// Package frame draws what stands around every page: the name of the room, the languages, the call for an associate, what is
// wrong with the connection, and the lines about requests.
package frame

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// Margin is the white border of a page of that height.
func Margin(k draw.Kit, height float32) float32 {
	if k.Panel.Compact(height) {
		return k.MM(5)
	}
	return k.MM(8)
}

// Inset is the distance from the edge to what lies on a picture that fills the page to its edges.
func Inset(k draw.Kit, height float32) float32 { return float32(int(Margin(k, height) / 2)) }

// NameStyle is how the name of the garment a page is about is set.
func NameStyle(k draw.Kit, height float32) theme.Style {
	if k.Panel.Compact(height) {
		return theme.Title
	}
	return theme.Name
}

// HeaderHeight is the height of the header on a page of that height.
func HeaderHeight(k draw.Kit, height float32) float32 {
	if k.Panel.Compact(height) {
		return k.MM(12.6)
	}
	return k.MM(16)
}

// Header sets the header into a sheet that is as large as the header. title is what it says at the left: the name of the room on
// most pages, in style.
func Header(s *draw.Sheet, f view.Frame, size fyne.Size, margin float32, style theme.Style, title string) {
	HeaderBeside(s, f, size, margin, style, title, SideButton{})
}

// HeaderBeside is Header with a button beside the title. A banner that needs its place goes before it.
func HeaderBeside(s *draw.Sheet, f view.Frame, size fyne.Size, margin float32, style theme.Style, title string, b SideButton) {
	side := s.Panel.Secondary()
	y := (size.Height - side) / 2
	right := size.Width - margin
	right = call(s, f, right, y, side)
	right = languages(s, f.Languages, right-s.MM(3), y, side)
	x := margin
	if title != "" {
		w := s.Width(style, title)
		s.Line(style, theme.Ink, title, draw.Box{X: x, Y: 0, W: w, H: size.Height})
		x += w + s.MM(6)
	}
	dot := s.MM(1.5)
	if w := ButtonWidth(s.Kit, b); w > 0 && (f.Banner == "" && x+w <= right || f.Banner != "" && !cut(s, f.Short, right-x-w-s.MM(8)-dot)) {
		SetButton(s, b, draw.Box{X: x, Y: y, W: w, H: side})
		x += w + s.MM(4)
	}
	if f.Banner != "" {
		s.Dot(theme.Accent, draw.Box{X: x, Y: 0, W: dot, H: size.Height}, dot)
		x += dot + s.MM(2)
		p := draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, f.Banner, right-x-s.MM(2), 2, fyne.TextAlignLeading)
		if p.Cut {
			p = draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, f.Short, right-x-s.MM(2), 2, fyne.TextAlignLeading)
		}
		s.Add(p, draw.Box{X: x, Y: (size.Height - p.Height()) / 2, W: right - x - s.MM(2), H: p.Height()})
	}
}

// ButtonWidth is how wide a button stands in a line; 0 for none.
func ButtonWidth(k draw.Kit, b SideButton) float32 {
	if b.Press.Label == "" {
		return 0
	}
	return k.Width(theme.Button, b.Press.Label) + 2*k.MM(4)
}

// cut says that a banner does not fit into that width.
func cut(s *draw.Sheet, banner string, width float32) bool {
	return draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, banner, max(width, 0), 2, fyne.TextAlignLeading).Cut
}

func call(s *draw.Sheet, f view.Frame, right, y, side float32) float32 {
	c, msg := f.Call, view.Msg(view.TapCall{})
	if f.Help != "" && !c.Sent {
		c.Label, msg = f.Help, view.TapHelp{}
	}
	if c.Label == "" {
		return right
	}
	if c.Sent {
		w := s.Width(theme.Label, c.Label)
		s.Line(theme.Label, theme.Accent, c.Label, draw.Box{X: right - w, Y: y, W: w, H: side})
		return right - w
	}
	w := s.Width(theme.Button, c.Label) + 2*s.MM(4)
	send := s.Send
	s.Add(touch.Button(s.Kit, touch.Outline, false, c.Label, w, side, func() { send(msg) }),
		draw.Box{X: right - w, Y: y, W: w, H: side})
	return right - w
}

func languages(s *draw.Sheet, all []view.LanguageChoice, right, y, side float32) float32 {
	x := right - float32(len(all))*side
	left := x
	for _, l := range all {
		face := draw.NewSheet(s.Kit)
		box := draw.Box{W: side, H: side}
		style, ink := theme.Body, theme.Quiet
		if l.Chosen {
			style, ink = theme.Strong, theme.Ink
			w := s.Width(style, l.Label)
			face.Fill(theme.Accent, draw.Box{X: (side - w) / 2, Y: side/2 + s.MM(2.6), W: w, H: 2})
		}
		face.Centred(style, ink, l.Label, box, 1)
		send := s.Send
		s.Add(touch.NewArea(l.Label, false, face.Object(fyne.NewSize(side, side)), func() { send(view.TapLanguage{Language: l.Tag}) }),
			draw.Box{X: x, Y: y, W: side, H: side})
		x += side
	}
	return left
}
