package frame

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// NoticeHeight is how much room n takes in a column of that width; 0 for none.
func NoticeHeight(k draw.Kit, n view.NoticeView, width float32) float32 {
	if n.Title == "" {
		return 0
	}
	title, text := noticeText(k, n, width)
	return max(title.Height()+text.Height()+2*k.MM(2), k.Panel.Secondary()+2*k.MM(1))
}

func noticeText(k draw.Kit, n view.NoticeView, width float32) (title, text *draw.Paragraph) {
	inner := width - k.MM(4) - k.Panel.Secondary() - k.MM(3)
	title = draw.NewParagraph(k, theme.Strong, theme.Accent, n.Title, inner, 2, fyne.TextAlignLeading)
	text = draw.NewParagraph(k, theme.Small, theme.Ink, n.Text, inner, 3, fyne.TextAlignLeading)
	return title, text
}

// Notice sets what did not work into b, as high as NoticeHeight said.
func Notice(s *draw.Sheet, n view.NoticeView, b draw.Box) {
	if n.Title == "" {
		return
	}
	s.Fill(theme.Plate, b)
	s.Fill(theme.Accent, draw.Box{X: b.X, Y: b.Y, W: s.MM(0.8), H: b.H})
	title, text := noticeText(s.Kit, n, b.W)
	x, y := b.X+s.MM(4), b.Y+float32(int((b.H-title.Height()-text.Height())/2))
	w := b.W - s.MM(4) - s.Panel.Secondary() - s.MM(3)
	s.Add(title, draw.Box{X: x, Y: y, W: w, H: title.Height()})
	s.Add(text, draw.Box{X: x, Y: y + title.Height(), W: w, H: text.Height()})
	side, send := s.Panel.Secondary(), s.Send
	s.Add(touch.SignButton(s.Kit, draw.Close, n.Close, side, theme.Plate, func() { send(view.TapNotice{ID: n.ID}) }),
		draw.Box{X: b.Right() - side - s.MM(1), Y: b.Y + float32(int((b.H-side)/2)), W: side, H: side})
}

// Notes sets what is to be known, each with its dot, and answers where they end.
func Notes(s *draw.Sheet, all []view.Note, b draw.Box) float32 {
	dot, y := s.MM(1.5), b.Y
	for _, n := range all {
		p := draw.NewParagraph(s.Kit, theme.Small, theme.Accent, n.Text, b.W-dot-s.MM(2), 2, fyne.TextAlignLeading)
		s.Dot(theme.Accent, draw.Box{X: b.X, Y: y, W: dot, H: theme.Small.Line(s.Panel)}, dot)
		s.Add(p, draw.Box{X: b.X + dot + s.MM(2), Y: y, W: b.W - dot - s.MM(2), H: p.Height()})
		y += p.Height() + s.MM(1)
	}
	return y
}
