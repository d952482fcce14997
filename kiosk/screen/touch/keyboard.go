package touch

import (
	"fyne.io/fyne/v2"

	"showroom/kiosk/screen/draw"
	"showroom/kiosk/screen/theme"
	"showroom/kiosk/view"
)

// The keys that do not type themselves.
const (
	keyErase = '\b'
	keySpace = ' '
	keyOther = '\t'
	keyEnter = '\n'
)

// rowsOf are the keys of a layout, from the top. Letters are small: nothing that is typed here tells them apart, except a code, which
// is written in capitals.
func rowsOf(l view.Layout) []string {
	switch l {
	case view.LettersTurkish:
		return []string{"qwertyuıopğü", "asdfghjklşi", "zxcvbnmöç\b", "\t \n"}
	case view.LettersEnglish:
		return []string{"qwertyuiop", "asdfghjkl", "zxcvbnm\b", "\t \n"}
	case view.Signs:
		return []string{"1234567890", "-/.,:%&+'", "()#*\b", "\t \n"}
	case view.Codes:
		return []string{"1234567890", "QWERTYUIOP", "ASDFGHJKL-", "ZXCVBNM\b\n"}
	}
	return []string{"123", "456", "789", "\b0\n"}
}

// KeyboardHeight is how high a keyboard of that layout is with keys that high.
func KeyboardHeight(k draw.Kit, l view.Layout, key float32) float32 {
	n := float32(len(rowsOf(l)))
	return n*key + (n-1)*keyGap(k)
}

func keyGap(k draw.Kit) float32 { return k.MM(2) }

// Keyboard sets a keyboard into b, its keys of one width and in the middle of their rows, each key high. Fyne's own text fields take the
// focus, and with it what a scanner types; these keys only speak.
func Keyboard(s *draw.Sheet, m view.Keyboard, b draw.Box, key float32) {
	rows, gap := rowsOf(m.Layout), keyGap(s.Kit)
	most := 0
	for _, r := range rows {
		most = max(most, len([]rune(r)))
	}
	unit := float32(int((b.W - float32(most-1)*gap) / float32(most)))
	y := b.Y
	for _, r := range rows {
		row := keysOf(m, []rune(r), unit, gap, b.W)
		x := b.X + float32(int((b.W-row.width)/2))
		for _, c := range row.keys {
			place := draw.Box{X: x, Y: y, W: c.width, H: key}
			s.Add(keyArea(s, m, c.rune, place.W, key), place)
			x += c.width + gap
		}
		y += key + gap
	}
}

type keyRow struct {
	keys  []keyCap
	width float32
}

type keyCap struct {
	rune  rune
	width float32
}

// keysOf gives the keys of a row their widths: what has a word on it is wider, and the space takes what is left.
func keysOf(m view.Keyboard, row []rune, unit, gap, whole float32) keyRow {
	var out keyRow
	for _, r := range row {
		w := unit
		switch {
		case r == keyEnter && m.Enter.Label == "":
			continue
		case m.Layout == view.Digits:
		case r == keyErase, r == keyOther, r == keyEnter:
			w = float32(int(unit*1.5 + gap/2))
		}
		out.keys = append(out.keys, keyCap{r, w})
		out.width += w + gap
	}
	out.width -= gap
	for i, c := range out.keys {
		if c.rune == keySpace {
			space := float32(int(whole * 0.5))
			out.width += space - c.width
			out.keys[i].width = space
		}
	}
	return out
}

func keyArea(s *draw.Sheet, m view.Keyboard, r rune, w, h float32) *Area {
	face, box, send := draw.NewSheet(s.Kit), draw.Box{W: w, H: h}, s.Send
	label, style, msg := string(r), theme.Heading, view.Msg(view.TapKey{Rune: r})
	ground, ink := theme.Plate, theme.Ink
	switch r {
	case keyErase:
		label, style, msg = m.Erase, theme.Button, view.TapErase{}
	case keySpace:
		label, style = m.Space, theme.Button
	case keyOther:
		label, style, msg = m.Other, theme.Button, view.TapDigits{}
	case keyEnter:
		label, style, msg, ground, ink = m.Enter.Label, theme.Button, view.TapEnter{}, theme.Ink, theme.Paper
		if m.Enter.Rest != "" {
			ground, ink = theme.Line, theme.Ink
			msg = view.TapNothing{}
		}
	}
	face.Fill(ground, box)
	face.Centred(style, ink, label, box, 1)
	return NewArea(label, false, face.Object(fyne.NewSize(w, h)), func() { send(msg) })
}
