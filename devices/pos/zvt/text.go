package zvt

import (
	"strings"
	"unicode/utf8"
)

// Charset is how a terminal writes texts, as TLV 14 numbers it.
type Charset byte

// The character sets.
const (
	Seven  Charset = 0x00 // ASCII with the German letters in place of brackets (DIN 66003)
	Latin1 Charset = 0x01 // ISO 8859-1
	UTF8   Charset = 0xFE
	CP437  Charset = 0xFF
)

// upper437 are the characters of code page 437 from 80 on.
const upper437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0"

// Text is what p says. It is valid UTF-8; control characters but line ends become blanks.
func (c Charset) Text(p []byte) string {
	var s strings.Builder
	switch c {
	case UTF8:
		s.WriteString(strings.ToValidUTF8(string(p), string(utf8.RuneError)))
	case Latin1:
		for _, b := range p {
			s.WriteRune(rune(b))
		}
	default:
		upper := []rune(upper437)
		for _, b := range p {
			switch {
			case b >= 0x80 && c == CP437:
				s.WriteRune(upper[b-0x80])
			case b >= 0x80:
				s.WriteRune(utf8.RuneError)
			case c == Seven:
				s.WriteRune(german(b))
			default:
				s.WriteByte(b)
			}
		}
	}
	return strings.Map(printable, s.String())
}

func printable(r rune) rune {
	if r < 0x20 && r != '\n' && r != '\r' || r >= 0x7F && r < 0xA0 {
		return ' '
	}
	return r
}

func german(b byte) rune {
	const brackets, letters = `[\]{|}~@`, "ÄÖÜäöüß§"
	if i := strings.IndexByte(brackets, b); i >= 0 {
		return []rune(letters)[i]
	}
	return rune(b)
}

// Bytes are how s is written. What the set has no character for becomes a question mark.
func (c Charset) Bytes(s string) []byte {
	if c == UTF8 {
		return []byte(s)
	}
	var p []byte
	upper := []rune(upper437)
next:
	for _, r := range s {
		for b := range 256 {
			switch {
			case c == Latin1 && rune(b) == r,
				c == CP437 && (b < 0x80 && rune(b) == r || b >= 0x80 && upper[b-0x80] == r),
				c == Seven && b < 0x80 && german(byte(b)) == r:
				p = append(p, byte(b))
				continue next
			}
		}
		p = append(p, '?')
	}
	return p
}
