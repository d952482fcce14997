package config

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// misfit says why a text is no value of its type, in the words of a Fault.
type misfit struct{ problem, instead string }

// setScalar sets dst, a field of one of the types below, from the text in the file, and leaves it alone when the text does not fit.
func setScalar(dst reflect.Value, text string) *misfit {
	switch p := dst.Addr().Interface().(type) {
	case *time.Duration:
		return setDuration(p, text)
	case *ClockTime:
		return setClockTime(p, text)
	case *Bytes:
		return setBytes(p, text)
	case *DBm:
		return setNumber(p, text, "dBm", "20dBm")
	case *DB:
		return setNumber(p, text, "dB", "6dB")
	case *Metres:
		return setMetres(p, text)
	case *bool:
		return setBool(p, text)
	case *int:
		return setInt(p, text)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return &misfit{"has line breaks or control characters", "write one line of plain text"}
	}
	dst.SetString(text) // string and the types made of it; whether a name is known is for validation
	return nil
}

func setDuration(p *time.Duration, text string) *misfit {
	if isNumber(text) {
		return &misfit{quoted(text) + " has no unit", "write " + text + timeUnit(text, *p)}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return &misfit{quoted(text) + " is not a length of time", "write it like 250ms, 90s, 30m or 12h"}
	}
	*p = d
	return nil
}

// timeUnit is what somebody means who writes a bare number where normal is usual: hundreds are milliseconds where that is little.
func timeUnit(number string, normal time.Duration) string {
	if v, _ := strconv.ParseFloat(number, 64); v >= 100 && normal < 10*time.Second {
		return "ms"
	}
	return "s"
}

func setNumber[T ~float64](p *T, text, unit, like string) *misfit {
	number, ok := strings.CutSuffix(text, unit)
	switch {
	case ok && isNumber(number):
		v, _ := strconv.ParseFloat(number, 64) // isNumber has tried it
		*p = T(v)
		return nil
	case isNumber(text):
		return &misfit{quoted(text) + " has no unit", "write " + text + unit}
	}
	return &misfit{quoted(text) + " is not a number of " + unit, "write it like " + like}
}

func setMetres(p *Metres, text string) *misfit {
	if !isNumber(text) {
		return &misfit{quoted(text) + " is not a number of metres", "write it like 7.5, without a unit"}
	}
	v, _ := strconv.ParseFloat(text, 64) // isNumber has tried it
	*p = Metres(v)
	return nil
}

func setBytes(p *Bytes, text string) *misfit {
	if isNumber(text) {
		return &misfit{quoted(text) + " has no unit", "write " + text + "MB"}
	}
	number := strings.TrimRight(text, "kMGTB")
	for _, u := range byteUnits() {
		if number+u.name != text {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/int64(u.size) {
			break
		}
		*p = Bytes(n) * u.size
		return nil
	}
	return &misfit{quoted(text) + " is not an amount of storage", "write it like 200MB or 2GB"}
}

func setClockTime(p *ClockTime, text string) *misfit {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("06:00") {
		return &misfit{quoted(text) + " is not a time of day", `write it like "06:00"`}
	}
	*p = ClockTime(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute)
	return nil
}

func setBool(p *bool, text string) *misfit {
	if text != "true" && text != "false" {
		return &misfit{quoted(text) + " is neither true nor false", "write true or false"}
	}
	*p = text == "true"
	return nil
}

func setInt(p *int, text string) *misfit {
	n, err := strconv.Atoi(text)
	if err != nil {
		return &misfit{quoted(text) + " is not a whole number", "write it in digits, without a unit"}
	}
	*p = n
	return nil
}

// isNumber accepts a plain decimal number only: no exponent, no NaN, nothing that overflows.
func isNumber(text string) bool {
	if text == "" || len(text) > 20 || strings.Trim(text, "+-.0123456789") != "" {
		return false
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// quoted shows a value from the file, cut to what fits a line.
func quoted(text string) string {
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return fmt.Sprintf("%q", text)
}
