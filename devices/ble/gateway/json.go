package gateway

import (
	"bytes"
	"encoding/json"
	"iter"
	"math"
	"strconv"
)

// The functions here walk over JSON that json.Valid has passed, without building a tree of it. A value is its bytes as they stand.

// members walks over an object's members. A value of another kind has none.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		if !is(object, '{') {
			return
		}
		for i := space(object, 1); object[i] != '}'; i = comma(object, i) {
			end := after(object, i)
			key := text(object[i:end])
			i = space(object, space(object, end)+1) // over the colon
			end = after(object, i)
			if !yield(key, object[i:end]) {
				return
			}
			i = end
		}
	}
}

// elements walks over an array's elements with their numbers from 0. A value of another kind has none.
func elements(array []byte) iter.Seq2[int, []byte] {
	return func(yield func(n int, value []byte) bool) {
		if !is(array, '[') {
			return
		}
		n := 0
		for i := space(array, 1); array[i] != ']'; i = comma(array, i) {
			end := after(array, i)
			if !yield(n, array[i:end]) {
				return
			}
			i, n = end, n+1
		}
	}
}

func is(value []byte, first byte) bool { return len(value) > 0 && value[0] == first }

// space is the index of the first byte from i on that is not white space.
func space(p []byte, i int) int {
	for i < len(p) && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n') {
		i++
	}
	return i
}

// comma is the index of the next element or of the closing bracket, from behind an element.
func comma(p []byte, i int) int {
	if i = space(p, i); p[i] == ',' {
		i = space(p, i+1)
	}
	return i
}

// after is the index behind the value that begins at i.
func after(p []byte, i int) int {
	switch p[i] {
	case '"':
		return afterString(p, i)
	case '{', '[':
		for depth := 0; ; {
			switch p[i] {
			case '"':
				i = afterString(p, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			if i++; depth == 0 {
				return i
			}
		}
	}
	for i < len(p) && bytes.IndexByte([]byte(",:]} \t\r\n"), p[i]) < 0 {
		i++
	}
	return i
}

func afterString(p []byte, i int) int {
	for i++; p[i] != '"'; i++ {
		if p[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// text is the value of a string, nil when it is something else. Gateways do not escape, so it is nearly always the bytes as they
// stand.
func text(value []byte) []byte {
	if !is(value, '"') {
		return nil
	}
	plain := value[1 : len(value)-1]
	if bytes.IndexByte(plain, '\\') < 0 {
		return plain
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return nil
	}
	return []byte(s)
}

// number is the value of a number, or of a string that holds one.
func number(value []byte) (float64, bool) {
	if is(value, '"') {
		value = text(value)
	}
	v, err := strconv.ParseFloat(string(value), 64)
	return v, err == nil && !math.IsNaN(v)
}

// word is the value of a number that is a whole one of 16 bits.
func word(value []byte) (uint16, bool) {
	v, ok := number(value)
	return uint16(v), ok && v >= 0 && v <= math.MaxUint16 && v == math.Trunc(v)
}
