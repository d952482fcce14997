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

// HeaderBeside is Header with a button beside the title. Whether a banner has a place beside it too, [BannerBeside] says.
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
	if w := ButtonWidth(s.Kit, b); w > 0 {
		SetButton(s, b, draw.Box{X: x, Y: y, W: w, H: side})
		x += w + s.MM(4)
	}
	if f.Banner != "" {
		dot := s.MM(1.5)
		s.Dot(theme.Accent, draw.Box{X: x, Y: 0, W: dot, H: size.Height}, dot)
		x += dot + s.MM(2)
		p := draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, f.Banner, right-x-s.MM(2), 2, fyne.TextAlignLeading)
		if p.Cut {
			p = draw.NewParagraph(s.Kit, theme.Small, theme.Quiet, f.Short, right-x-s.MM(2), 2, fyne.TextAlignLeading)
		}
		s.Add(p, draw.Box{X: x, Y: (size.Height - p.Height()) / 2, W: right - x - s.MM(2), H: p.Height()})
	}
}

// BannerBeside says that a header of that width has room for the banner, in short at least, beside title and button.
func BannerBeside(k draw.Kit, f view.Frame, width, margin float32, style theme.Style, title string, b SideButton) bool {
	right := width - margin - callWidth(k, f) - k.MM(3) - float32(len(f.Languages))*k.Panel.Secondary()
	x := margin + k.Width(style, title) + k.MM(6) + ButtonWidth(k, b) + k.MM(4) + k.MM(1.5) + k.MM(2)
	return !draw.NewParagraph(k, theme.Small, theme.Quiet, f.Short, max(right-x-k.MM(2), 0), 2, fyne.TextAlignLeading).Cut
}

// ButtonWidth is how wide a button stands in a line; 0 for none.
func ButtonWidth(k draw.Kit, b SideButton) float32 {
	if b.Press.Label == "" {
		return 0
	}
	return k.Width(theme.Button, b.Press.Label) + 2*k.MM(4)
}

// calls is what the right end of the header says about a call, and what a tap on it means.
func calls(f view.Frame) (view.Call, view.Msg) {
	if f.Help != "" && !f.Call.Sent {
		return view.Call{Label: f.Help}, view.TapHelp{}
	}
	return f.Call, view.TapCall{}
}

// callWidth is how much of the header the call needs.
func callWidth(k draw.Kit, f view.Frame) float32 {
	switch c, _ := calls(f); {
	case c.Label == "":
		return 0
	case c.Sent:
		return k.Width(theme.Label, c.Label)
	default:
		return k.Width(theme.Button, c.Label) + 2*k.MM(4)
	}
}

func call(s *draw.Sheet, f view.Frame, right, y, side float32) float32 {
	c, msg := calls(f)
	w := callWidth(s.Kit, f)
	switch send := s.Send; {
	case c.Label == "":
	case c.Sent:
		s.Line(theme.Label, theme.Accent, c.Label, draw.Box{X: right - w, Y: y, W: w, H: side})
	default:
		s.Add(touch.Button(s.Kit, touch.Outline, false, c.Label, w, side, func() { send(msg) }),
			draw.Box{X: right - w, Y: y, W: w, H: side})
	}
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
