package rfid

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"
	"unicode/utf8"
)

// errSyntax is all there is to say of bytes that are not JSON: what stood before them counts, what stands behind does not.
var errSyntax = errors.New("not JSON")

// maxDepth bounds how deep values may lie in each other.
const maxDepth = 32

// Scanner walks over JSON (RFC 8259) without building anything. It accepts what encoding/json accepts, but for values nested
// deeper than 32 levels. It reads the bytes it was made of and does not change them; what it answers points into them. It is
// not safe for concurrent use.
type Scanner struct {
	p []byte
	i int
}

// NewScanner begins at the first byte of p.
func NewScanner(p []byte) Scanner { return Scanner{p: p} }

// Space moves over white space and answers the byte behind it, 0 at the end.
func (s *Scanner) Space() byte {
	if s.i < len(s.p) && s.p[s.i] > ' ' { // nearly always
		return s.p[s.i]
	}
	return s.space()
}

func (s *Scanner) space() byte {
	for s.i < len(s.p) {
		switch c := s.p[s.i]; c {
		case ' ', '\t', '\r', '\n':
			s.i++
		default:
			return c
		}
	}
	return 0
}

// Object moves over the object at hand and calls field for each member with its key; field must move over the value.
func (s *Scanner) Object(field func(key []byte) error) error {
	for first := true; ; first = false {
		there, err := s.member('}', first)
		if err != nil || !there {
			return err
		}
		key, err := s.Text()
		if err != nil {
			return err
		}
		if s.Space() != ':' {
			return errSyntax
		}
		s.i++
		s.Space()
		if err := field(key); err != nil {
			return err
		}
	}
}

// Array moves over the array at hand and calls element at the beginning of each; element must move over it.
func (s *Scanner) Array(element func() error) error {
	for first := true; ; first = false {
		there, err := s.member(']', first)
		if err != nil || !there {
			return err
		}
		if err := element(); err != nil {
			return err
		}
	}
}

// Element walks over the array at hand from outside: it moves to the first element, or behind one that the caller has moved over
// to the next, and answers whether there is one.
func (s *Scanner) Element(first bool) (there bool, err error) { return s.member(']', first) }

// member is Element for a list with another end.
func (s *Scanner) member(end byte, first bool) (there bool, err error) {
	if first {
		s.i++ // the opening bracket
		if s.Space() != end {
			return true, nil
		}
		s.i++
		return false, nil
	}
	switch s.Space() {
	case ',':
		s.i++
		s.Space()
		return true, nil
	case end:
		s.i++
		return false, nil
	}
	return false, errSyntax
}

// Skip moves over any value and answers its bytes.
func (s *Scanner) Skip() ([]byte, error) { return s.skip(0) }

func (s *Scanner) skip(depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, errSyntax
	}
	start := s.i
	var err error
	switch c := s.Space(); {
	case c == '{':
		err = s.Object(func([]byte) error { _, err := s.skip(depth + 1); return err })
	case c == '[':
		err = s.Array(func() error { _, err := s.skip(depth + 1); return err })
	case c == '"':
		err = s.quoted()
	case c == '-' || '0' <= c && c <= '9':
		_, err = s.number()
	default:
		err = s.literal()
	}
	return s.p[start:s.i], err
}

func (s *Scanner) literal() error {
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(s.p[s.i:], []byte(word)) {
			s.i += len(word)
			return nil
		}
	}
	return errSyntax
}

// quoted moves over a string.
func (s *Scanner) quoted() error {
	if s.i >= len(s.p) || s.p[s.i] != '"' {
		return errSyntax
	}
	for i := unlike(s.p, s.i+1); i < len(s.p); i = unlike(s.p, i) {
		switch c := s.p[i]; {
		case c == '"':
			s.i = i + 1
			return nil
		case c < 0x20:
			return errSyntax
		case c == '\\':
			n := escapeLen(s.p[i:])
			if n == 0 {
				return errSyntax
			}
			i += n
		default: // beyond ASCII
			i++
		}
	}
	return errSyntax
}

// unlike is where from i on the first byte stands that is unlike the others of a string: its end, a control character, an escape or
// a byte beyond ASCII; len(p) if there is none. It looks at eight bytes at once.
func unlike(p []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(p); i += 8 {
		x := binary.LittleEndian.Uint64(p[i:])
		// A byte below n loses its high bit when n is taken off; what it borrows can only mark bytes behind it.
		quote, escape := x^'"'*ones, x^'\\'*ones
		if marks := ((quote-ones)&^quote | (escape-ones)&^escape | (x-0x20*ones)&^x | x) & highs; marks != 0 {
			return i + bits.TrailingZeros64(marks)/8
		}
	}
	for ; i < len(p); i++ {
		if c := p[i]; c == '"' || c == '\\' || c < 0x20 || c >= utf8.RuneSelf {
			break
		}
	}
	return i
}

// escapeLen is the length of the escape p begins with, 0 for none.
func escapeLen(p []byte) int {
	if len(p) < 2 {
		return 0
	}
	if bytes.IndexByte([]byte(`"\/bfnrt`), p[1]) >= 0 {
		return 2
	}
	if p[1] != 'u' || len(p) < 6 {
		return 0
	}
	for _, c := range p[2:6] {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return 0
		}
	}
	return 6
}

// Text moves over a string and answers its value. Readers do not escape, so it is nearly always the bytes as they stand.
func (s *Scanner) Text() ([]byte, error) {
	start := s.i
	if start < len(s.p) && s.p[start] == '"' {
		if end := unlike(s.p, start+1); end < len(s.p) && s.p[end] == '"' {
			s.i = end + 1
			return s.p[start+1 : end], nil
		}
	}
	if err := s.quoted(); err != nil {
		return nil, err
	}
	var v string
	if err := json.Unmarshal(s.p[start:s.i], &v); err != nil {
		return nil, errSyntax
	}
	return []byte(v), nil
}

// number moves over a number and answers its bytes.
func (s *Scanner) number() ([]byte, error) {
	start := s.i
	s.accept('-')
	if !s.accept('0') && s.digits() == 0 {
		return nil, errSyntax
	}
	if s.accept('.') && s.digits() == 0 {
		return nil, errSyntax
	}
	if s.accept('e') || s.accept('E') {
		_ = s.accept('+') || s.accept('-')
		if s.digits() == 0 {
			return nil, errSyntax
		}
	}
	return s.p[start:s.i], nil
}

func (s *Scanner) accept(c byte) bool {
	if s.i < len(s.p) && s.p[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *Scanner) digits() int {
	start := s.i
	for s.i < len(s.p) && '0' <= s.p[s.i] && s.p[s.i] <= '9' {
		s.i++
	}
	return s.i - start
}
