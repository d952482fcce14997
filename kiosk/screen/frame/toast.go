package frame

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/screen/touch"
	"showroom/kiosk/view"
)

// toastShare is how much of the width of a page a toast may take: no more than the picture of a garment, so that it never lies on
// the button beside it.
const (
	toastShare        = 0.42
	toastShareCompact = 0.36
)

// Toast sets the toast, if there is one, at the foot of a page of that size. Where text and button do not fit beside each other,
// the button stands below.
func Toast(s *draw.Sheet, t view.ToastView, size fyne.Size) {
	if t.Text == "" {
		return
	}
	margin, pad, side := Inset(s.Kit, size.Height), s.MM(4), s.Panel.Secondary()
	share := float32(toastShare)
	if s.Panel.Compact(size.Height) {
		share = toastShareCompact
	}
	most := float32(int(size.Width*share)) - margin
	text := min(s.Width(theme.Body, t.Text), most-2*pad)
	p := draw.NewParagraph(s.Kit, theme.Body, theme.Paper, t.Text, text, 3, fyne.TextAlignLeading)
	b := draw.Box{X: margin, W: text + 2*pad, H: max(p.Height()+2*s.MM(2), s.MM(12))}
	words := draw.Box{X: b.X + pad, W: text, H: p.Height()}
	var button draw.Box
	if t.Retry != "" {
		button = draw.Box{W: s.Width(theme.Button, t.Retry) + 2*s.MM(3), H: side}
		if b.W+button.W+s.MM(1) <= most {
			b.W += button.W + s.MM(1)
		} else {
			b.W = max(b.W, button.W+2*pad)
			b.H += side + s.MM(1)
		}
	}
	b.Y = size.Height - margin - b.H
	below := t.Retry != "" && b.W < text+2*pad+button.W
	words.Y = b.Y + float32(int((b.H-words.H)/2))
	button.X, button.Y = b.Right()-button.W-s.MM(1), b.Y+(b.H-side)/2
	if below {
		words.Y = b.Y + s.MM(2.5)
		button.X, button.Y = b.X+pad, b.Bottom()-side-s.MM(2.5)
		button.W = b.W - 2*pad
	}
	s.Fill(theme.Accent, b)
	s.Add(p, words)
	if t.Retry != "" {
		msg, send := t.Msg, s.Send
		s.Add(touch.Button(s.Kit, touch.Outline, false, t.Retry, button.W, side, func() { send(msg) }), button)
	}
}
