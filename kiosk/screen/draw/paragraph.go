package draw

import (
	"image/color"
	"math"
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"showroom/kiosk/screen/theme"
)

// Paragraph is text set in one style, broken into lines between words. It does not change.
type Paragraph struct {
	widget.BaseWidget
	Text string // the whole text
	Cut  bool   // some of it did not fit
	line float32
	rows []*canvas.Text
}

// NewParagraph sets text into a column of that width, in at most lines lines; 0 is as many as it takes. What does not fit ends in
// an ellipsis.
func NewParagraph(k Kit, st theme.Style, c color.Color, text string, width float32, lines int, align fyne.TextAlign) *Paragraph {
	p := &Paragraph{Text: text, line: st.Line(k.Panel)}
	size := st.Size(k.Panel)
	measure := func(s string) float32 { return Measure(s, size, st.Font) }
	rows, cut := breakLines(text, width, lines, measure)
	if n := len(rows); !cut && n > 1 && n <= balanced {
		rows = balance(text, width, n, measure)
	}
	p.Cut = cut
	for _, row := range rows {
		p.rows = append(p.rows, &canvas.Text{Text: row, Color: c, TextSize: size, FontSource: st.Font, Alignment: align})
	}
	p.ExtendBaseWidget(p)
	return p
}

// Height is how much room the lines take.
func (p *Paragraph) Height() float32 { return p.line * float32(len(p.rows)) }

// MinSize is the size of the lines.
func (p *Paragraph) MinSize() fyne.Size {
	var w float32
	for _, r := range p.rows {
		w = max(w, r.MinSize().Width)
	}
	return fyne.NewSize(w, p.Height())
}

// CreateRenderer is for Fyne.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	objects := make([]fyne.CanvasObject, len(p.rows))
	for i, r := range p.rows {
		objects[i] = r
	}
	return Renderer(p, &fyne.Container{Layout: rows{p.line}, Objects: objects})
}

// rows places lines under each other, each in the middle of its line height.
type rows struct{ line float32 }

func (l rows) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, o := range objects {
		h := o.MinSize().Height
		y := float32(math.Round(float64(float32(i)*l.line + (l.line-h)/2)))
		Place(o, Box{0, y, size.Width, h})
	}
}

func (l rows) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Measure is the width of one line of text.
func Measure(text string, size float32, font fyne.Resource) float32 {
	s, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, size, fyne.TextStyle{}, font)
	return s.Width
}

// Width is the width of one line of text in a style.
func (k Kit) Width(st theme.Style, text string) float32 {
	return float32(math.Ceil(float64(Measure(text, st.Size(k.Panel), st.Font))))
}

// breakLines breaks text between words. It answers whether some of it had to be cut.
func breakLines(text string, width float32, most int, measure func(string) float32) ([]string, bool) {
	var out []string
	row := ""
	for word := range strings.FieldsSeq(text) {
		next := word
		if row != "" {
			next = row + " " + word
		}
		if row == "" || measure(next) <= width {
			row = next
			continue
		}
		out, row = append(out, row), word
	}
	out = append(out, row)
	cut := false
	if most > 0 && len(out) > most {
		out[most-1] = strings.Join(out[most-1:], " ")
		out = out[:most]
	}
	for i, r := range out {
		if measure(r) > width {
			out[i], cut = ellipsis(r, width, measure), true
		}
	}
	return out, cut
}

// balanced is up to how many lines a paragraph is set evenly: no last word alone on its line.
const balanced = 4

// balance breaks text into n lines that are as even as they can be.
func balance(text string, width float32, n int, measure func(string) float32) []string {
	low, high := width/float32(n)/2, width
	for high-low > 2 {
		mid := (low + high) / 2
		if rows, cut := breakLines(text, mid, 0, measure); len(rows) <= n && !cut {
			high = mid
		} else {
			low = mid
		}
	}
	rows, _ := breakLines(text, high, 0, measure)
	return rows
}

// ellipsis answers as much of s as fits, found by halving: a name may be any length.
func ellipsis(s string, width float32, measure func(string) float32) string {
	runes := []rune(s)
	cut := func(n int) string { return strings.TrimRight(string(runes[:n]), " ") + "…" }
	over := sort.Search(len(runes), func(n int) bool { return measure(cut(n)) > width }) // the first that is too long
	return cut(max(min(over, len(runes))-1, 0))
}
