package profileapi

import (
	"encoding/json"
	"fmt"
)

// maxDepth is how deep arrays and objects may nest in an event.
const maxDepth = 64

// scanner walks JSON text without building values: the centre looks at five attributes of an event and passes the rest on.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) fault(what string) error { return fmt.Errorf("byte %d: %s", s.i, what) }

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// peek answers the next byte that is not white space, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.i == len(s.b) {
		return 0
	}
	return s.b[s.i]
}

// take steps over c if it is next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c || s.i == len(s.b) {
		return false
	}
	s.i++
	return true
}

// text reads a string and answers its meaning.
func (s *scanner) text() (string, error) { return s.textLike("") }

// textLike is text for a string that is likely to be the one named, which then needs no memory of its own.
func (s *scanner) textLike(likely string) (string, error) {
	b, err := s.bytes()
	if err != nil || string(b) == likely {
		return likely, err
	}
	return string(b), nil
}

// bytes reads a string and answers its meaning, which may be part of what is scanned.
func (s *scanner) bytes() ([]byte, error) {
	s.space()
	start := s.i
	plain, err := s.skipString()
	if err != nil {
		return nil, err
	}
	if plain {
		return s.b[start+1 : s.i-1], nil
	}
	var t string
	if err := json.Unmarshal(s.b[start:s.i], &t); err != nil {
		return nil, fmt.Errorf("byte %d: %w", start, err)
	}
	return []byte(t), nil
}

// skipString steps over a string. plain says that it has no escapes.
func (s *scanner) skipString() (plain bool, err error) {
	if s.peek() != '"' {
		return false, s.fault("expected a string")
	}
	plain = true
	for s.i++; ; s.i++ {
		s.skipPlain()
		if s.i == len(s.b) {
			return false, s.fault("a string without an end")
		}
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return plain, nil
		case c < ' ':
			return false, s.fault("a control character in a string")
		case c >= 0x80:
			plain = false // json.Unmarshal replaces what is not UTF-8
		default:
			plain = false
			if err := s.skipEscape(); err != nil {
				return false, err
			}
		}
	}
}

// skipPlain steps to the next byte that means something in a string, or to the end.
func (s *scanner) skipPlain() {
	b, i := s.b, s.i
	for i < len(b) && b[i] >= ' ' && b[i] < 0x80 && b[i] != '"' && b[i] != '\\' {
		i++
	}
	s.i = i
}

// skipEscape steps from a backslash to the last byte of its escape.
func (s *scanner) skipEscape() error {
	s.i++
	if s.i == len(s.b) {
		return s.fault("a string without an end")
	}
	switch s.b[s.i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			s.i++
			if s.i == len(s.b) || !isHex(s.b[s.i]) {
				return s.fault("a wrong \\u escape")
			}
		}
		return nil
	}
	return s.fault("an unknown escape")
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// value steps over any value and answers its bytes.
func (s *scanner) value(depth int) (json.RawMessage, error) {
	if depth > maxDepth {
		return nil, s.fault("nested too deep")
	}
	c := s.peek()
	start := s.i
	var err error
	switch {
	case c == '"':
		_, err = s.skipString()
	case c == '{', c == '[':
		err = s.members(depth)
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
	case c == 't':
		err = s.literal("true")
	case c == 'f':
		err = s.literal("false")
	case c == 'n':
		err = s.literal("null")
	default:
		err = s.fault("expected a value")
	}
	return s.b[start:s.i:s.i], err
}

func (s *scanner) members(depth int) error {
	object := s.b[s.i] == '{'
	end := byte(']')
	if object {
		end = '}'
	}
	s.i++
	for first := true; !s.take(end); first = false {
		if !first && !s.take(',') {
			return s.fault("expected a comma")
		}
		if object {
			if _, err := s.skipString(); err != nil {
				return err
			}
			if !s.take(':') {
				return s.fault("expected a colon")
			}
		}
		if _, err := s.value(depth + 1); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) literal(word string) error {
	if len(s.b)-s.i < len(word) || string(s.b[s.i:s.i+len(word)]) != word {
		return s.fault("expected a value")
	}
	s.i += len(word)
	return nil
}

func (s *scanner) number() error {
	if s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else if !s.digits() {
		return s.fault("a wrong number")
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		if s.i++; !s.digits() {
			return s.fault("a wrong number")
		}
	}
	if s.i < len(s.b) && (s.b[s.i] == 'e' || s.b[s.i] == 'E') {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		if !s.digits() {
			return s.fault("a wrong number")
		}
	}
	return nil
}

// digits steps over digits and says whether there was one.
func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > start
}
