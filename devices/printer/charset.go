package printer

import "strings"

// Charset is a code page with Turkish letters.
type Charset int

// The code pages. The zero Charset is none.
const (
	_      Charset = iota
	CP857          // IBM 857, DOS Turkish
	CP1254         // Windows 1254
)

// The upper halves of the code pages, from 0x80 on, as Unicode's mapping tables have them; a blank is a place that means nothing.
const (
	upper857 = "ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤" +
		"ºªÊËÈ ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµ ×ÚÛÙìÿ¯´\u00ad± ¾¶§÷¸°¨·¹³²■\u00a0"
	upper1254 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ    ‘’“”•–—˜™š›œ  Ÿ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿" +
		"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ"
)

func (c Charset) upper() string {
	switch c {
	case CP857:
		return upper857
	case CP1254:
		return upper1254
	}
	return ""
}

// Encode writes text in the code page. It reports false when the page has not all its letters; control characters are blanks.
func (c Charset) Encode(text string) ([]byte, bool) {
	if c.upper() == "" {
		return nil, false
	}
	upper := []rune(c.upper())
	out := make([]byte, 0, len(text))
	for _, r := range tidy(text) {
		if r < 0x7F {
			out = append(out, byte(r))
			continue
		}
		at := -1
		for i, u := range upper {
			if u == r && u != ' ' {
				at = i
			}
		}
		if at < 0 {
			return nil, false
		}
		out = append(out, byte(0x80+at))
	}
	return out, true
}

// spell is the text with the signs of money that the page has not in letters, if that is all it lacks. A picture of every amount would keep
// a shopper waiting on a slow line.
func (c Charset) spell(text string) string {
	if _, ok := c.Encode(text); ok || c == 0 {
		return text
	}
	var out strings.Builder
	letters := []rune(text)
	for i, r := range letters {
		name := map[rune]string{'₺': "TL", '€': "EUR"}[r]
		switch {
		case name == "":
			out.WriteRune(r)
		case i+1 < len(letters) && letters[i+1] >= '0' && letters[i+1] <= '9':
			out.WriteString(name + " ")
		default:
			out.WriteString(name)
		}
	}
	spelt := out.String()
	if _, ok := c.Encode(spelt); ok {
		return spelt
	}
	return text
}

// Decode reads bytes of the code page; what means nothing there is U+FFFD.
func (c Charset) Decode(text []byte) string {
	upper := []rune(c.upper())
	var out strings.Builder
	for _, b := range text {
		switch {
		case b < 0x80:
			out.WriteByte(b)
		case len(upper) == 0 || upper[b-0x80] == ' ':
			out.WriteRune('\uFFFD')
		default:
			out.WriteRune(upper[b-0x80])
		}
	}
	return out.String()
}

// tidy leaves no control character in a text, and writes typographer's signs as printers have them.
func tidy(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r >= 0x7F && r < 0xA0 || r == '\u00a0' || r == '\u202f':
			return ' '
		case r == '’' || r == '‘':
			return '\''
		case r == '“' || r == '”':
			return '"'
		case r == '–' || r == '—':
			return '-'
		}
		return r
	}, text)
}
