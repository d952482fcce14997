package receipt_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"showroom/agent/lang"
	"showroom/agent/receipt"
	"showroom/agent/showroom"
)

func FuzzToken(f *testing.F) {
	f.Add("MDEyMzQ1Njc4OWFiY2RlZuBZU4Y")
	f.Add("MDEyMzQ1Njc4OWFiY2RlZuBZU4")
	f.Add("")
	key := receipt.DeriveKey("one")
	f.Fuzz(func(t *testing.T, s string) {
		if receipt.CheckToken(key, s) && s != "MDEyMzQ1Njc4OWFiY2RlZuBZU4Y" {
			t.Errorf("%q passes", s) // found by chance once in 2³² tries
		}
		if receipt.IsToken(s) && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("%q is a token", s)
		}
	})
}

// FuzzTexts: whatever a catalogue, a bank or a fiscal device calls something, every picture can be made, and stays what it is.
func FuzzTexts(f *testing.F) {
	for _, text := range []string{"Şişme yelek", "", "👗 elbise", "\x00\x1b]]>&<", "\xff\xfe", "a\u0301\u202e", strings.Repeat("m", 3000), "</script>", "ffi\u00a0\u2028"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, name, other string) {
		s := turkish(t)
		s.Lines[0].Name, s.Lines[1].Colour = showroom.Text{"tr": name}, showroom.Text{"tr": other}
		s.Lines[0].Reductions[0].Name, s.Lines[1].Size, s.Lines[0].SKU = showroom.Text{"tr": other}, name, other
		s.Tenders[0].Card, s.Tenders[0].Reference.Auth, s.Fiscal.Device = showroom.Card{Name: name, Last4: other}, name, other
		seller := shop
		seller.Shop, seller.Address.Street = name, other
		r, err := receipt.New(s, comeBack(t, s, map[showroom.LineID]int{"a": 1}), seller, address)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := r.Credit(1)
		for _, r := range []receipt.Receipt{r, c} {
			if _, err := r.PDF(lang.Turkish); err != nil {
				t.Errorf("PDF: %v", err)
			}
			r.Slip(lang.Turkish)
			body, err := r.UBL()
			if err != nil || !utf8.Valid(body) || !isXML(body) {
				t.Errorf("UBL: %v\n%q", err, body)
			}
			if body, err = r.JSON(); err != nil || !json.Valid(body) {
				t.Errorf("JSON: %v\n%q", err, body)
			}
			if body, err = r.Page(lang.Turkish, receipt.Links{}); err != nil || strings.Count(string(body), "<script") != 1 {
				t.Errorf("page: %v\n%q", err, body)
			}
		}
	})
}

func isXML(body []byte) bool {
	d := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
