package frame

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
)

// Field sets what was typed into b, or hint as long as nothing was. What is too long shows its end.
func Field(s *draw.Sheet, typed, hint string, b draw.Box) {
	s.Fill(theme.Paper, b)
	s.Frame(theme.Edge, 2, b)
	pad := s.MM(3)
	inner := b.W - 2*pad
	if typed == "" {
		s.Line(theme.Body, theme.Quiet, hint, draw.Box{X: b.X + pad, Y: b.Y, W: inner, H: b.H})
		return
	}
	shown := []rune(typed)
	cursor := s.MM(0.6)
	for len(shown) > 1 && s.Width(theme.Heading, string(shown)) > inner-2*cursor {
		shown = shown[1:]
	}
	w := s.Width(theme.Heading, string(shown))
	p := draw.NewParagraph(s.Kit, theme.Heading, theme.Ink, string(shown), inner, 1, fyne.TextAlignLeading)
	s.Add(p, draw.Box{X: b.X + pad, Y: b.Y + (b.H-p.Height())/2, W: inner, H: p.Height()})
	s.Fill(theme.Accent, draw.Box{X: b.X + pad + w + cursor, Y: b.Y + b.H*0.22, W: cursor, H: b.H * 0.56})
}
