package printer

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"showroom/agent/showroom"
)

// Control characters of ESC/POS.
const (
	dle byte = 0x10
	esc byte = 0x1B
	gs  byte = 0x1D
	lf  byte = 0x0A
)

// dotsPerColumn and dotsPerRow are the size of a letter of font A.
const (
	dotsPerColumn = 12
	dotsPerRow    = 24
)

// moduleDots is the side of a module of a QR code.
const moduleDots = 6

// maxQR is how long a text can be that is drawn as a QR code: more would not fit on the paper.
const maxQR = 300

// Encode is a slip in the bytes of a model whose lines hold width letters, opening the drawer first where wanted. It fails for a code
// that cannot be drawn, and writes nothing then.
func Encode(m Model, width int, slip showroom.Slip, drawer bool) ([]byte, error) {
	s, err := encode(m, width, slip, drawer)
	return s.bytes, err
}

// OnTheLine is how long a slip is on its way to a printer over a serial line, 8N1.
func OnTheLine(m Model, width int, slip showroom.Slip, baud int) (time.Duration, error) {
	const bits = 10 // of a byte on the line
	s, err := encode(m, width, slip, false)
	return time.Duration(len(s.bytes)) * bits * time.Second / time.Duration(max(baud, 1)), err
}

// sheet is a slip in bytes.
type sheet struct {
	bytes []byte
	// ends are where commands end, in order: behind each of them, and nowhere else, something else may be said.
	ends []int
	rows int // of dots, at least
}

func encode(m Model, width int, slip showroom.Slip, drawer bool) (sheet, error) {
	e := encoder{model: m, width: max(width, 16)}
	e.put(esc, '@')
	if m.Charset != 0 {
		e.put(esc, 't', m.Page)
	}
	if drawer {
		e.put(esc, 'p', 0, 50, 250) // 100 ms on, 500 ms off
	}
	e.end(0)
	for i, l := range slip {
		if err := e.line(l); err != nil {
			return sheet{}, fmt.Errorf("line %d of the slip: %w", i+1, err)
		}
	}
	e.put(feed(m)...)
	e.end(4 * (dotsPerRow + lineGap))
	return sheet{e.out.Bytes(), e.ends, e.rows}, nil
}

// feed pushes the paper out, and cuts it off where there is a knife.
func feed(m Model) []byte {
	if m.Cutter {
		return []byte{esc, 'd', 4, gs, 'V', 66, 0}
	}
	return []byte{esc, 'd', 4}
}

// mend is what ends a slip that was torn off anywhere. Zeros end a picture or a code that waits for the rest of its dots, and mean nothing
// to a printer that does not.
func mend(m Model, width int) []byte {
	zeros := make([]byte, band*(max(width, 16)*dotsPerColumn+7)/8+maxQR)
	return append(append(zeros, esc, '@'), feed(m)...)
}

type encoder struct {
	model Model
	width int
	out   bytes.Buffer
	ends  []int
	rows  int
}

// end says that a command ends here that prints so many rows of dots.
func (e *encoder) end(rows int) {
	e.ends = append(e.ends, e.out.Len())
	e.rows += rows
}

func (e *encoder) put(b ...byte) { e.out.Write(b) }

func (e *encoder) line(l showroom.SlipLine) error {
	switch {
	case l.QR != "":
		return e.qr(l.QR)
	case l.EAN != "":
		return e.ean(l.EAN)
	case l.Rule:
		e.text(row{text: strings.Repeat("-", e.width)})
		return nil
	}
	l.Text, l.Right = e.model.Charset.spell(l.Text), e.model.Charset.spell(l.Right)
	for _, r := range rows(l, e.width) {
		e.text(r)
	}
	return nil
}

// text writes a row in letters, or as a picture where the model's page has not all of them.
func (e *encoder) text(r row) {
	letters, ok := e.model.Charset.Encode(r.text)
	if !ok {
		e.picture(drawText(r, e.width*dotsPerColumn))
		return
	}
	if r.bold {
		e.put(esc, 'E', 1)
	}
	if r.large {
		e.put(gs, '!', 0x11)
	}
	e.out.Write(letters)
	e.put(lf)
	if r.large {
		e.put(gs, '!', 0)
	}
	if r.bold {
		e.put(esc, 'E', 0)
	}
	e.end(dotsPerRow + lineGap)
}

func (e *encoder) qr(text string) error {
	if len(text) > maxQR {
		return fmt.Errorf("a QR code of %d bytes does not fit on the paper", len(text))
	}
	if !e.model.QR {
		bits, err := drawQR(text, e.width*dotsPerColumn)
		if err != nil {
			return err
		}
		e.picture(bits)
		return nil
	}
	function := func(number byte, data ...byte) {
		n := len(data) + 2
		e.put(gs, '(', 'k', byte(n), byte(n>>8), '1', number)
		e.put(data...)
	}
	e.put(esc, 'a', 1)
	function('A', '2', 0)                          // model 2
	function('C', moduleDots)                      // dots for each module
	function('E', '1')                             // error correction M
	function('P', append([]byte{'0'}, text...)...) // take the text
	function('Q', '0')                             // print it
	e.put(lf, esc, 'a', 0)                         // its quiet zone
	e.end(30 * moduleDots)
	return nil
}

func (e *encoder) ean(digits string) error {
	bits, err := drawEAN(digits, e.width*dotsPerColumn)
	if err != nil {
		return err
	}
	if !e.model.EAN {
		e.picture(bits)
		return nil
	}
	kind := byte(67) // EAN-13
	if len(digits) == 8 {
		kind = 68
	}
	e.put(esc, 'a', 1, gs, 'H', 2, gs, 'h', eanHeight, gs, 'w', 3, gs, 'k', kind, byte(len(digits)))
	e.out.WriteString(digits)
	e.put(lf, esc, 'a', 0)
	e.end(eanHeight + dotsPerRow)
	return nil
}

// band is how many rows of dots are sent at a time: so many fit into any printer's buffer.
const band = 48

// picture writes dots in bands (GS v 0), each as wide as there is something in it.
func (e *encoder) picture(p bits) {
	for top := 0; top < p.height; top += band {
		high := min(band, p.height-top)
		rows, wide := make([][]byte, high), 1
		for y := range rows {
			rows[y] = p.row(top + y)
			wide = max(wide, len(bytes.TrimRight(rows[y], "\x00")))
		}
		e.put(gs, 'v', '0', 0, byte(wide), byte(wide>>8), byte(high), byte(high>>8))
		var dots []byte
		for _, row := range rows {
			dots = append(dots, row[:wide]...)
		}
		e.out.Write(defuse(dots))
		e.end(high)
	}
}

// defuse blackens a dot where a picture would say DLE EOT, DLE ENQ or DLE DC4: printers obey these wherever they stand, and the last one
// can open the drawer.
func defuse(dots []byte) []byte {
	for i := range len(dots) - 1 {
		if next := dots[i+1]; dots[i] == dle && (next == 0x04 || next == 0x05 || next == 0x14) {
			dots[i] |= 0x08
		}
	}
	return dots
}
