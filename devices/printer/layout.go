package printer

import (
	"strings"
	"unicode/utf8"

	"showroom/agent/showroom"
)

// row is one printed line of text: as many letters as it has columns at most.
type row struct {
	text        string
	bold, large bool
}

// columns is how many letters stand in a line.
func columns(width int, large bool) int {
	if large {
		return max(width/2, 1)
	}
	return max(width, 1)
}

// rows lays one line of a slip out in rows of width columns.
func rows(l showroom.SlipLine, width int) []row {
	n := columns(width, l.Large)
	text, right := tidy(l.Text), tidy(l.Right)
	var lines []string
	switch r := utf8.RuneCountInString(right); {
	case right == "" && l.Centre:
		for _, line := range wrap(text, n) {
			lines = append(lines, strings.Repeat(" ", (n-utf8.RuneCountInString(line))/2)+line)
		}
	case right == "":
		lines = wrap(text, n)
	case r > n*2/3:
		// No room beside it: it stands below.
		if text != "" {
			lines = wrap(text, n)
		}
		for _, line := range wrap(right, n) {
			lines = append(lines, strings.Repeat(" ", n-utf8.RuneCountInString(line))+line)
		}
	default:
		lines = wrap(text, n-r-1)
		last := lines[len(lines)-1]
		lines[len(lines)-1] = last + strings.Repeat(" ", n-r-utf8.RuneCountInString(last)) + right
	}
	out := make([]row, len(lines))
	for i, line := range lines {
		out[i] = row{strings.TrimRight(line, " "), l.Bold, l.Large}
	}
	return out
}

// hyphen is where to break a word of which so much fits: behind its last hyphen, if that leaves more than half.
func hyphen(fits []rune) int {
	for i := len(fits); i > len(fits)/2; i-- {
		if fits[i-1] == '-' {
			return i
		}
	}
	return len(fits)
}

// wrap breaks a text into lines of at most n letters, between words where there are any. What stands in front of the first word stays
// in front of every line. There is at least one line.
func wrap(text string, n int) []string {
	n = max(n, 1)
	body := strings.TrimLeft(text, " ")
	indent := text[:len(text)-len(body)]
	if len(indent) >= n {
		indent = ""
	}
	room := n - len(indent)
	var lines []string
	line := []rune{}
	flush := func() {
		lines = append(lines, indent+string(line))
		line = line[:0]
	}
	for word := range strings.FieldsSeq(body) {
		rest := []rune(word)
		if len(line) > 0 && len(line)+1+len(rest) > room {
			flush()
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		for len(line)+len(rest) > room {
			fits := hyphen(rest[:room-len(line)])
			line = append(line, rest[:fits]...)
			rest = rest[fits:]
			flush()
		}
		line = append(line, rest...)
	}
	if len(line) > 0 || len(lines) == 0 {
		flush()
	}
	return lines
}
