package frame

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/view"
)

// StripHeight is how much of the window the strip above a page takes, 0 where it has nothing to say.
func StripHeight(k draw.Kit, f view.Frame) float32 {
	if f.Capture == "" {
		return 0
	}
	return k.MM(6)
}

// Strip sets the strip above a page of that width: what everybody in front of the screen has to know.
func Strip(s *draw.Sheet, f view.Frame, width float32) {
	h := StripHeight(s.Kit, f)
	if h == 0 {
		return
	}
	s.Fill(theme.Ink, draw.Box{W: width, H: h})
	margin, dot := s.MM(5), s.MM(2)
	text := min(s.Width(theme.Label, f.Capture), width-2*margin-dot-s.MM(2))
	x := float32(int((width - text - dot - s.MM(2)) / 2))
	s.Dot(theme.Paper, draw.Box{X: x, W: dot, H: h}, dot)
	p := draw.NewParagraph(s.Kit, theme.Label, theme.Paper, f.Capture, text, 1, fyne.TextAlignLeading)
	s.Add(p, draw.Box{X: x + dot + s.MM(2), Y: (h - p.Height()) / 2, W: text, H: p.Height()})
}
