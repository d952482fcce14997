package till

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shape is how values of a type are read. What an object may hold is said in one place, the "json" tags of its struct, of at most 64
// fields: a field that is no "omitempty" must be there, for an amount that was misspelt must not count for nothing.
type shape struct {
	of     reflect.Type
	itself bool    // it understands text by itself, as a GTIN does
	fields []field // of an object
	must   uint64  // those of them that must be there, a bit for each
	one    *shape  // of a list, or behind a pointer
}

type field struct {
	name string
	*shape
}

// The shapes of what comes from outside.
var (
	eventShape  = shapeOf(reflect.TypeFor[Event]())
	askShape    = shapeOf(reflect.TypeFor[Ask]())
	resultShape = shapeOf(reflect.TypeFor[Result]())
)

func shapeOf(t reflect.Type) *shape {
	s := &shape{of: t, itself: reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())}
	switch {
	case s.itself:
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice:
		s.one = shapeOf(t.Elem())
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			s.fields = append(s.fields, field{name, shapeOf(t.Field(i).Type)})
			if options != "omitempty" {
				s.must |= 1 << i
			}
		}
	}
	return s
}

// find looks for a field by its name, and first where it stands in most payloads; -1 for none.
func (s *shape) find(name string, first int) int {
	for n := range s.fields {
		i := first + n
		if i >= len(s.fields) {
			i -= len(s.fields)
		}
		if s.fields[i].name == name {
			return i
		}
	}
	return -1
}

// fault is what is wrong with a payload that is JSON, and where.
type fault struct{ where, what string }

func (f *fault) Error() string { return strings.TrimPrefix(f.where+" "+f.what, " ") }

// within puts the place of a value in front of what is wrong with it.
func within(place string, err error) error {
	if f, ok := err.(*fault); ok { //nolint:errorlint // it is wrapped nowhere
		if f.where != "" && f.where[0] != '[' {
			place += "."
		}
		f.where = place + f.where
	}
	return err
}

// decodeStrictly reads a payload, which is one object, into an empty struct of the shape, in one pass. It refuses what encoding/json
// lets pass: names in other letters, names twice, names that are missing, and what is not UTF-8.
func (s *shape) decodeStrictly(payload []byte, into any) error {
	if !utf8.Valid(payload) {
		return &fault{what: "it is not UTF-8"}
	}
	r := reading{payload: payload, text: string(payload)}
	if err := r.value(s, reflect.ValueOf(into).Elem()); err != nil {
		return err
	}
	if r.space(); r.at < len(r.text) {
		return &fault{what: "there is more behind its end"}
	}
	return nil
}

// reading is how far a payload has been read.
type reading struct {
	payload []byte
	text    string // the same; strings that are read are pieces of it
	at      int
}

func (r *reading) value(s *shape, v reflect.Value) error {
	kind := s.of.Kind()
	switch {
	case s.itself:
		raw, _, err := r.words()
		if err != nil {
			return err
		}
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(raw); err != nil {
			return &fault{what: "is not understood: " + err.Error()}
		}
	case kind == reflect.String:
		_, text, err := r.words()
		if err != nil {
			return err
		}
		v.SetString(text)
	case kind == reflect.Int || kind == reflect.Int64:
		return r.integer(v)
	case kind == reflect.Struct:
		return r.object(s, v)
	case kind == reflect.Slice:
		return r.list(s, v)
	case kind == reflect.Pointer:
		v.Set(reflect.New(s.one.of))
		return r.value(s.one, v.Elem())
	default:
		return fmt.Errorf("nobody can read a %s", s.of)
	}
	return nil
}

func (r *reading) object(s *shape, v reflect.Value) error {
	if err := r.begin('{', "an object"); err != nil {
		return err
	}
	var seen uint64
	for i := -1; !r.is('}'); {
		if seen != 0 && !r.is(',') {
			return r.noJSON()
		}
		if !r.is('"') {
			return r.noJSON()
		}
		_, name, err := r.behindQuote()
		if err != nil {
			return err
		}
		if i = s.find(name, i+1); i < 0 {
			return &fault{what: fmt.Sprintf("%.40q is none of the names, all of which are in small letters", name)}
		}
		if seen&(1<<i) != 0 {
			return &fault{name, "is there twice"}
		}
		seen |= 1 << i
		if !r.is(':') {
			return r.noJSON()
		}
		if r.null() {
			if s.must&(1<<i) != 0 {
				return &fault{name, "is missing"}
			}
			continue
		}
		if err := r.value(s.fields[i].shape, v.Field(i)); err != nil {
			return within(name, err)
		}
	}
	if missing := s.must &^ seen; missing != 0 {
		return &fault{s.fields[bits.TrailingZeros64(missing)].name, "is missing"}
	}
	return nil
}

func (r *reading) list(s *shape, v reflect.Value) error {
	if err := r.begin('[', "a list"); err != nil {
		return err
	}
	v.Grow(1) // an empty list is one too
	for n := 0; !r.is(']'); n++ {
		if n > 0 && !r.is(',') {
			return r.noJSON()
		}
		v.Grow(1)
		v.SetLen(n + 1)
		if err := r.value(s.one, v.Index(n)); err != nil {
			return within("["+strconv.Itoa(n)+"]", err)
		}
	}
	return nil
}

func (r *reading) integer(v reflect.Value) error {
	r.space()
	begin := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.0123456789eE", r.text[r.at]) >= 0 {
		r.at++
	}
	number := r.text[begin:r.at]
	digits := strings.TrimPrefix(number, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || v.OverflowInt(n) || digits[0] < '0' || digits[0] > '9' || digits[0] == '0' && len(digits) > 1 {
		return &fault{what: "is not a whole number, or too large"}
	}
	v.SetInt(n)
	return nil
}

// words reads a string: as bytes that are the payload's where they can be, and as text.
func (r *reading) words() (raw []byte, text string, err error) {
	if err := r.begin('"', "a text"); err != nil {
		return nil, "", err
	}
	return r.behindQuote()
}

func (r *reading) behindQuote() (raw []byte, text string, err error) {
	begin, escapes := r.at, false
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			if escapes {
				return r.unescaped(begin-1, r.at)
			}
			return r.payload[begin : r.at-1], r.text[begin : r.at-1], nil
		case c == '\\':
			escapes = true
			r.at++
		case c < ' ':
			return nil, "", r.noJSON()
		}
	}
	return nil, "", r.noJSON()
}

// unescaped reads a string with its quotes.
func (r *reading) unescaped(begin, end int) (raw []byte, text string, err error) {
	if json.Unmarshal(r.payload[begin:end], &text) != nil {
		return nil, "", r.noJSON()
	}
	return []byte(text), text, nil
}

func (r *reading) null() bool {
	const null = "null"
	r.space()
	if !strings.HasPrefix(r.text[r.at:], null) {
		return false
	}
	r.at += len(null)
	return true
}

// begin passes over the sign that values of a kind begin with.
func (r *reading) begin(sign byte, kind string) error {
	if !r.is(sign) {
		return &fault{what: "is not " + kind}
	}
	return nil
}

// is passes over a sign if it comes next.
func (r *reading) is(sign byte) bool {
	r.space()
	if r.at < len(r.text) && r.text[r.at] == sign {
		r.at++
		return true
	}
	return false
}

func (r *reading) space() {
	for r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\n' || r.text[r.at] == '\t' || r.text[r.at] == '\r') {
		r.at++
	}
}

// noJSON says that no JSON can go on as the payload does.
func (r *reading) noJSON() error {
	return fmt.Errorf("not JSON from byte %d on", min(r.at, len(r.text))+1)
}
