package zvtsim

import (
	"encoding/binary"
	"fmt"
	"strings"

	"showroom/devices/pos/zvt"
)

// tellTale are the words of a terminal that tells a card's number wherever a message has room for one. Real ones tell it in one place or
// another, by their firmware; none in all.
func tellTale(card string) string { return "Karte " + card }

// guidance is what such a terminal says to the shopper.
func guidance(card string) []zvt.APDU {
	texts := zvt.TLV{Tag: 0x24, Children: []zvt.TLV{{Tag: 0x07, Value: []byte("Bitte warten")}, {Tag: 0x07, Value: []byte(tellTale(card))}}}
	content := texts.Append(nil)
	return []zvt.APDU{
		{Code: zvt.CodeProgress, Data: append([]byte{0x0E, 0x06, byte(len(content))}, content...)},
		{Code: zvt.CodeDisplayText, Data: append([]byte{0xF0}, tellTale(card)...)},
		{Code: zvt.CodeStatus, Data: unknownField(card)},
	}
}

// withCard is a status with the number in each field that could hold it.
func withCard(a zvt.APDU, card string) zvt.APDU {
	number, track := odd(card), odd(card+"d2712"+strings.Repeat("0", 9))
	fields := [][]byte{
		llvar(0x22, number), llvar(0x23, track), lllvar(0x24, odd("01"+card+"d")), llvar(0x2D, []byte("%B"+card+"^SHOPPER/A^2712?")),
		llvar(0x8B, []byte(tellTale(card)+"\x00")), lllvar(0x3C, []byte("Nr. "+card+"\rDanke")),
	}
	chip := zvt.TLV{Tag: 0xE1, Children: []zvt.TLV{{Tag: 0x5A, Value: number}, {Tag: 0x57, Value: track}, {Tag: 0x1F10, Value: []byte(card)}}}
	content := chip.Append(nil)
	for _, f := range fields {
		a.Data = append(a.Data, f...)
	}
	a.Data = append(append(a.Data, 0x06, 0x81, byte(len(content))), content...)
	return a
}

// slipsWithCard are both slips, with the number as terminals print it.
func (v *visit) slipsWithCard(e Entry, card string) []zvt.APDU {
	spaced, dashed := grouped(card, " "), grouped(card, "-")
	lines := []string{"Zahlung", fmt.Sprintf("Betrag %s %d,%02d", v.currency(), e.Amount/100, e.Amount%100), "Karte " + card, "#" + spaced + "#", "PAN:" + dashed, card + "=2712"}
	var all []zvt.APDU
	for _, line := range lines {
		all = append(all, v.printed(line, 2), v.printed(line, 1))
	}
	return append(all, v.block(lines, 1), v.block(lines, 2))
}

func grouped(digits, by string) string {
	var all []string
	for ; len(digits) > 4; digits = digits[4:] {
		all = append(all, digits[:4])
	}
	return strings.Join(append(all, digits), by)
}

// odd packs digits; of an odd number the last half byte is F.
func odd(digits string) []byte {
	if len(digits)%2 == 1 {
		digits += "f"
	}
	return packed(digits)
}

func llvar(bmp byte, value []byte) []byte {
	return append([]byte{bmp, 0xF0 | byte(len(value)/10), 0xF0 | byte(len(value)%10)}, value...)
}

func lllvar(bmp byte, value []byte) []byte {
	n := len(value)
	return append([]byte{bmp, 0xF0 | byte(n/100), 0xF0 | byte(n/10%10), 0xF0 | byte(n%10)}, value...)
}

// unknownField is data that nobody can divide, with a number in it packed and in letters.
func unknownField(card string) []byte {
	p := append([]byte{0xFE}, card...)
	return binary.BigEndian.AppendUint16(append(p, packed(card[:len(card)/2*2])...), 0xFEFE)
}
