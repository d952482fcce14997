package rfid_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"showroom/devices/rfid"
)

// Every byte at every place of a string must mean what it means to encoding/json.
func TestStringsAreThoseOfEncodingJSON(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for c := range 256 {
				text := []byte(`"` + strings.Repeat("a", length) + `", "b\"\\`)
				text[1+at] = byte(c)
				end := 2 + length
				if c == '"' {
					end = 2 + at
				}
				var want string
				bad := json.Unmarshal(text[:end], &want) != nil
				s := rfid.NewScanner(text)
				got, err := s.Text()
				if c == '\\' && at == length-1 {
					continue // it escapes the quote, so the string ends where nobody has looked
				}
				if (err != nil) != bad || !bad && string(got) != want {
					t.Fatalf("%q: %q, %v; want %q", text, got, err, want)
				}
			}
		}
	}
}

func TestNumbersAreThoseOfEncodingJSON(t *testing.T) {
	texts := rapid.OneOf(
		rapid.StringMatching(`-?[0-9]{0,12}`),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,10})(\.[0-9]{0,3})?([eE][-+]?[0-9]{0,2})?`),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := texts.Draw(t, "number")
		var want float64
		bad := json.Unmarshal([]byte(text), &want) != nil
		o := rfid.NewObjects([]byte(`{"n":` + text + `}`))
		var got float64
		var ok bool
		o.Next()
		err := o.Object(func([]byte) (err error) {
			got, ok, err = o.NumberOf()
			return err
		})
		if (err != nil || !ok) != bad || !bad && got != want {
			t.Fatalf("%q: %v, %t, %v; want %v", text, got, ok, err, want)
		}
	})
}

// Readers write times in more ways than RFC 3339 knows, but where it knows them it must agree.
func TestTimesAreThoseOfRFC3339(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(time.Unix(rapid.Int64Range(-62_135_596_800, 253_402_300_799).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")).UTC().Format(time.RFC3339Nano))
		if rapid.Bool().Draw(t, "spoil") {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "place")] = byte(rapid.SampledFrom([]rune("0123456789-:.TZ/ +")).Draw(t, "character"))
		}
		want, err := time.Parse(time.RFC3339Nano, string(text))
		got, ok := rfid.ParseTime(text)
		if err == nil && (!ok || !got.Equal(want)) {
			t.Fatalf("%s: %v, %t; want %v", text, got, ok, want)
		}
		if _, bad := strconv.Atoi(string(text[:4])); ok && bad != nil {
			t.Fatalf("%s: %v of no year", text, got)
		}
	})
}
