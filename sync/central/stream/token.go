package stream

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// token makes any string one token of a subject, which may hold neither dots, wildcards nor white space and may not be empty.
// Letters, digits, - and _ stay; every other byte becomes =XX.
func token(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	if b.Len() == 0 {
		return "="
	}
	return b.String()
}

// untoken reads what token wrote.
func untoken(t string) (string, error) {
	if t == "=" {
		return "", nil
	}
	var b strings.Builder
	for rest := t; rest != ""; {
		plain, escape, found := strings.Cut(rest, "=")
		b.WriteString(plain)
		if !found {
			break
		}
		if len(escape) < 2 {
			return "", fmt.Errorf("subject token %q ends in the middle of an escape", t)
		}
		c, err := hex.DecodeString(escape[:2])
		if err != nil {
			return "", fmt.Errorf("subject token %q: %w", t, err)
		}
		b.Write(c)
		rest = escape[2:]
	}
	return b.String(), nil
}
