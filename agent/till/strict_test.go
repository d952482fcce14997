package till

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/showroom"
)

// whole is an event that says everything.
func whole() Event {
	return Event{
		ID: "0193517e-7c3e-7000-8000-000000000001", Type: SaleCompleted, Seq: 7, BusinessDay: "2026-11-22",
		OccurredAt: time.Date(2026, 11, 22, 14, 5, 0, 123_000_000, time.UTC), Ticket: "000123", Basket: "b1", Currency: "TRY",
		Lines: []EventLine{
			{Line: 1, GTIN: "08690000000012", SKU: "P-1", Name: "Gömlek", Quantity: 1, Unit: "C62", UnitPrice: 100, Discount: 1, VATRate: 1000, VAT: 9},
			{Line: 2, SKU: "P-2", Quantity: 2, UnitPrice: 5},
		},
		Tenders: []EventTender{{Kind: "cash", Amount: 60, Ref: "r"}, {Kind: "card", Amount: 49}},
		Totals:  &EventTotals{Gross: 110, Discount: 1, Due: 109, VAT: 9}, Customer: "c", Reason: "why", Fiscal: &EventFiscal{Device: "d", Z: 1, Receipt: 2, ETTN: "e"},
	}
}

// byTheBook reads an event with encoding/json, in as many passes as it takes to refuse what that lets pass. It is what the reader is held to.
func byTheBook(payload []byte) (e Event, err error) {
	if !utf8.Valid(payload) {
		return e, errors.New("not UTF-8")
	}
	if err := uniqueNames(json.NewDecoder(bytes.NewReader(payload))); err != nil {
		return e, err
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var said any
	if err := d.Decode(&said); err != nil {
		return e, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return e, errors.New("more behind its end")
	}
	if err := nothingMissing(said, reflect.TypeFor[Event](), ""); err != nil {
		return e, err
	}
	var plain bytes.Buffer // a time is not looked at through escapes
	w := json.NewEncoder(&plain)
	w.SetEscapeHTML(false)
	if err := w.Encode(said); err != nil {
		return e, err
	}
	d = json.NewDecoder(&plain)
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, err
	}
	return e, e.check()
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

func agree(t interface{ Fatalf(string, ...any) }, payload []byte) {
	var got Event
	err := eventShape.decodeStrictly(payload, &got)
	if err == nil {
		err = got.check()
	}
	want, refused := byTheBook(payload)
	if (err == nil) != (refused == nil) {
		t.Fatalf("%s\nread: %v\nencoding/json: %v", payload, err, refused)
	}
	if diff := cmp.Diff(want, got); err == nil && diff != "" {
		t.Fatalf("%s\n%s", payload, diff)
	}
}

// The reader takes and refuses what encoding/json with all our rules takes and refuses, and makes the same of it.
func TestReadingIsByTheBook(t *testing.T) {
	text := rapid.StringMatching(`[a-zA-Z0-9 çğıİöşü<>&/\\"*\x{2028}\x{1f600}-]{0,12}`)
	rapid.Check(t, func(r *rapid.T) {
		e := whole()
		e.Ticket, e.Customer, e.Reason, e.Lines[0].Name = text.Draw(r, "ticket"), text.Draw(r, "customer"), text.Draw(r, "reason"), text.Draw(r, "name")
		e.Seq, e.Lines[0].UnitPrice = rapid.Int64().Draw(r, "seq"), rapid.Int64Range(-5, 1<<40).Draw(r, "price")
		e.Basket = showroom.BasketID(text.Draw(r, "basket"))
		if rapid.Bool().Draw(r, "no lines") {
			e.Lines, e.Totals, e.Fiscal = nil, nil, nil
		}
		payload, err := json.Marshal(e)
		if err != nil {
			r.Fatal(err)
		}
		agree(r, payload)
	})
	payload, err := json.Marshal(whole())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseEvent(payload); err != nil || cmp.Diff(whole(), got) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(whole(), got))
	}
	if _, err := ParseEvent([]byte(strings.ReplaceAll(string(payload), ",", " ,\n\t"))); err != nil {
		t.Errorf("blanks: %v", err)
	}
	for i := range payload { // cut off, and with every byte damaged, doubled and left out
		agree(t, payload[:i])
		agree(t, append(append([]byte{}, payload[:i]...), payload[i+1:]...))
		for _, other := range []byte{'"', '0', '-', ',', '}', ']', '\\', 'n', 0, 0xff, ' ', payload[i]} {
			damaged := append([]byte{}, payload...)
			damaged[i] = other
			agree(t, damaged)
			agree(t, append(damaged[:i:i], append([]byte{other}, payload[i:]...)...))
		}
	}
	// What a till may write in other ways.
	for old, others := range map[string][]string{
		`"ticket_no"`: {`"ticket\u005fno"`, `"Ticket_no"`, `"ticket_no":"1","ticket_no"`, `null`, `"nobody_knows":1,"ticket_no"`, `"":1,"ticket_no"`},
		`"000123"`:    {`"\u0031\ud83d\ude00"`, `"\ud83d"`, `"\x"`, `"\"`, `"a\tb"`, "\"a\tb\"", `null`, `12`, `true`, `{}`, `""`, `"1" `},
		`:7,`:         {`:-7,`, `:-0,`, `:07,`, `:+7,`, `:7.0,`, `:7e0,`, `:"7",`, `:9223372036854775807,`, `:9223372036854775808,`, `:null,`, `:,`, `:[7],`},
		`.123Z`:       {`.123\u005a`, `Z`, `+03:00`, ``, `.123z`, `,123Z`},
		`:[{"kind"`:   {`:[null,{"kind"`, `:[,{"kind"`, `:{"kind"`, `:[ {"kind"`, `:[[],{"kind"`},
		`"fiscal":{`:  {`"fiscal":null,"fiscal":{`, `"fiscal":[{`, `"fiscal":{"z_no":null,`, `"fiscal":{},"reason":{`, `"fiscal":{,`},
		`"ettn":"e"`:  {`"ettn":null`, `"ettn":"e",`, `"ettn":"e"}`, `"ettn":"e","ettn":"e"`},
		`"gtin":"0`:   {`"gtin":"`, `"gtin":"1`, `"gtin":"","sku":"0`, `"gtin":"\u0030`},
	} {
		if !strings.Contains(string(payload), old) {
			t.Fatalf("%s is not there", old)
		}
		for _, other := range others {
			agree(t, []byte(strings.Replace(string(payload), old, other, 1)))
		}
	}
	for _, short := range []string{"", " ", "null", "{}", "[]", `""`, "1", "{", `{"`, `{"seq`, `{"seq"`, `{"seq":`, `{"seq":1`, `{"lines":[`, `{"lines":[{`, `{"reason":"\`} {
		agree(t, []byte(short))
	}
}

func FuzzReadingIsByTheBook(f *testing.F) {
	payload, err := json.Marshal(whole())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(payload)
	f.Add([]byte(`{"event_id":"0193517e-7c3e-7000-8000-000000000001","type":"drawer.opened","seq":1,"business_day":"2026-11-22","occurred_at":"2026-11-22T14:05:00+03:00","lines":[],"tenders":[ ],"reason":"\u00e7"}`))
	f.Fuzz(func(t *testing.T, payload []byte) { agree(t, payload) })
}

func BenchmarkParseEvent(b *testing.B) {
	payload, err := json.Marshal(whole())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseEvent(payload); err != nil {
			b.Fatal(err)
		}
	}
}

func TestIDsInTheUsualWriting(t *testing.T) {
	for s, want := range map[string]bool{
		"0193517e-7c3e-7000-8000-000000000001": true, "0193517E-7C3E-7000-8000-00000000000F": true,
		"0193517e-7c3e-7000-8000-00000000000": false, "0193517e-7c3e-7000-8000-00000000000g": false, "0193517e07c3e-7000-8000-000000000001": false,
		"0193517e-7c3e-7000-8000-00000000000\x19": false, "": false, "{193517e-7c3e-7000-8000-000000000001}": false,
	} {
		if isUUID(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
