package till

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// decodeStrictly refuses what encoding/json lets pass: names in other letters, names twice, names that are missing though their field
// is no "omitempty", and more behind the end.
func decodeStrictly(payload []byte, into any) error {
	if err := uniqueNames(json.NewDecoder(bytes.NewReader(payload))); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is a %s where %s is wanted", wrong.Field, wrong.Value, wanted(wrong.Type.Kind()))
	}
	if err != nil {
		return fmt.Errorf("not understood: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind its end")
	}
	var said any
	if err := json.Unmarshal(payload, &said); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return nothingMissing(said, reflect.TypeOf(into), "")
}

func wanted(kind reflect.Kind) string {
	if kind == reflect.Int || kind == reflect.Int64 {
		return "a whole number"
	}
	return "something else"
}

// uniqueNames reads one value and refuses an object that has a name twice, or one that is not in small letters.
func uniqueNames(d *json.Decoder) error {
	var open []map[string]bool // of each object or, as nil, array around
	name := false              // the next string is a name
	for {
		token, err := d.Token()
		if err != nil {
			return fmt.Errorf("not JSON: %w", err)
		}
		switch token := token.(type) {
		case json.Delim:
			switch token {
			case '{':
				open, name = append(open, map[string]bool{}), true
				continue
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
		case string:
			if name {
				if names := open[len(open)-1]; names[token] || token != strings.ToLower(token) {
					return fmt.Errorf("%.40q is there twice or not in small letters", token)
				}
				open[len(open)-1][token], name = true, false
				continue
			}
		}
		if len(open) == 0 {
			return nil
		}
		name = open[len(open)-1] != nil
	}
}

// nothingMissing refuses an object without a field that is no "omitempty": an amount that was misspelt must not count for nothing.
func nothingMissing(said any, t reflect.Type, where string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch said := said.(type) {
	case []any:
		if t.Kind() != reflect.Slice {
			return nil // such as what decodes itself
		}
		for i, one := range said {
			if err := nothingMissing(one, t.Elem(), fmt.Sprintf("%s[%d]", where, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return nil
		}
		for i := range t.NumField() {
			name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			value, there := said[name]
			if (!there || value == nil) && options != "omitempty" {
				return fmt.Errorf("%s is missing", strings.TrimPrefix(where+"."+name, "."))
			}
			if err := nothingMissing(value, t.Field(i).Type, strings.TrimPrefix(where+"."+name, ".")); err != nil {
				return err
			}
		}
	}
	return nil
}
