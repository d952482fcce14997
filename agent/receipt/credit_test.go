package receipt_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/lang"
	"showroom/agent/receipt"
	"showroom/agent/receipt/ubltest"
	"showroom/agent/showroom"
)

// comeBack makes the returns of a sale, one after the other.
func comeBack(t testing.TB, s showroom.Sale, pieces ...map[showroom.LineID]int) []showroom.Return {
	t.Helper()
	var all []showroom.Return
	for i, p := range pieces {
		lines, vat, amount, err := s.Refund(all, p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, showroom.Return{ID: showroom.ReturnID(strconv.Itoa(i)), Sale: s.ID, Lines: lines, VAT: vat, Amount: amount, By: "ayse", Why: "too small", At: turkishAt})
	}
	return all
}

func credit(t testing.TB, s showroom.Sale, pieces map[showroom.LineID]int) receipt.Receipt {
	t.Helper()
	c, ok := made(t, s, comeBack(t, s, pieces)...).Credit(1)
	if !ok {
		t.Fatal("no credit note")
	}
	return c
}

func TestCreditNote(t *testing.T) {
	s := turkish(t)
	r := made(t, s, comeBack(t, s, map[showroom.LineID]int{"b": 2}, map[showroom.LineID]int{"a": 1, "c": 1})...)
	for _, n := range []int{-1, 0, 3} {
		if _, ok := r.Credit(n); ok {
			t.Errorf("return %d is there", n)
		}
	}
	first, _ := r.Credit(1)
	second, _ := r.Credit(2)
	if first.Number != "MGZ2026000001042-1" || second.Number != "MGZ2026000001042-2" || first.Totals.Gross.String() != "66.66" || first.Totals.Tax.String() != "6.06" {
		t.Errorf("%+v", first)
	}
	if len(second.Lines) != 2 || second.Lines[0].GrossBase.String() != "799.90" || second.Lines[0].Gross.String() != "679.91" || second.Lines[0].Allowances[0].Gross.String() != "119.99" {
		t.Errorf("%+v", second.Lines)
	}
	if second.Preceding.Number != r.Number || second.Preceding.ETTN != r.Fiscal.ETTN || second.Fiscal != nil || second.Payments[0].Last4 != "" {
		t.Errorf("%+v", second)
	}
}

// What a credit note says is in each of its pictures, and what the receipt alone may say is in none.
func TestPicturesOfACreditNote(t *testing.T) {
	c := credit(t, turkish(t), map[showroom.LineID]int{"a": 1, "b": 2})
	pdf, err := c.PDF(lang.Turkish)
	if err != nil {
		t.Fatal(err)
	}
	var slip strings.Builder
	for _, l := range c.Slip(lang.Turkish) {
		slip.WriteString(strings.ReplaceAll(l.Text+" "+l.Right+"\n", "TL", "₺"))
	}
	for what, text := range map[string]string{"page": page(t, c, lang.Turkish), "PDF": textOf(t, pdf), "slip": slip.String()} {
		for _, want := range []string{"İade no", "MGZ2026000001042-1", "İadesi yapılan", "Şişme yelek, İnce Çizgili", "-119,99 ₺", "746,57 ₺", "İade tutarı", "Karta iade edildi", "KDV %10"} {
			if !strings.Contains(text, want) {
				t.Errorf("the %s has no %q:\n%s", what, want, text)
			}
		}
		for _, not := range []string{"Güle güle", "EKÜ", "ayse", "too small", "4242", "ödendi"} {
			if strings.Contains(text, not) {
				t.Errorf("the %s says %q", what, not)
			}
		}
	}
	if body := page(t, c, lang.English); !strings.Contains(body, "Return receipt") || !strings.Contains(body, "OrderReturned") {
		t.Error("the page does not say that it is a return")
	}
}

func TestPageLeadsToItsCreditNotes(t *testing.T) {
	s := turkish(t)
	r := made(t, s, comeBack(t, s, map[showroom.LineID]int{"b": 1})...)
	body, err := r.Page(lang.English, receipt.Links{Returns: []string{"T?return=1"}})
	if err != nil || !strings.Contains(string(body), `<a href="T?return=1">`) {
		t.Errorf("%v\n%s", err, body)
	}
	c, _ := r.Credit(1)
	body, err = c.Page(lang.English, receipt.Links{Sale: "T"})
	if err != nil || !strings.Contains(string(body), `<a href="T">Receipt</a>`) {
		t.Errorf("%v\n%s", err, body)
	}
}

func TestReturnsThatDoNotAddUpAreRefused(t *testing.T) {
	for what, spoil := range map[string]func(*showroom.Return){
		"line":     func(b *showroom.Return) { b.Lines[0].Line = "x" },
		"amount":   func(b *showroom.Return) { b.Amount.Minor++ },
		"of line":  func(b *showroom.Return) { b.Lines[0].Amount.Minor++ },
		"pieces":   func(b *showroom.Return) { b.Lines[0].Quantity = 4 },
		"tax":      func(b *showroom.Return) { b.VAT[0].Tax.Minor++ },
		"rate":     func(b *showroom.Return) { b.VAT[0].BasisPoints = 2000 },
		"no rates": func(b *showroom.Return) { b.VAT = nil },
		"currency": func(b *showroom.Return) { b.Lines[0].Amount.Currency = "EUR" },
	} {
		s := turkish(t)
		returns := comeBack(t, s, map[showroom.LineID]int{"b": 2})
		spoil(&returns[0])
		if r, err := receipt.New(s, returns, shop, address); err == nil {
			t.Errorf("%s: %+v", what, r.Returns)
		}
	}
}

func TestUBLOfACreditNoteKeepsTheRules(t *testing.T) {
	s, seller := german()
	r, err := receipt.New(s, comeBack(t, s, map[showroom.LineID]int{"b": 3, "a": 1}), seller, address)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := r.Credit(1)
	for what, c := range map[string]receipt.Receipt{"german": c, "turkish": credit(t, turkish(t), map[showroom.LineID]int{"a": 1, "c": 1})} {
		body, err := c.UBL()
		if err != nil {
			t.Fatal(err)
		}
		keep(t, what+"-credit.xml", body)
		if failed := ubltest.Broken(t, body); len(failed) > 0 {
			t.Errorf("%s: %s\n%s", what, strings.Join(failed, "\n"), body)
		}
		if !strings.Contains(string(body), "<cbc:CreditNoteTypeCode>381<") {
			t.Errorf("%s is no credit note:\n%s", what, body)
		}
	}
}

// Whatever comes back of whatever was sold, each credit note adds up, and all of them together are the sale.
func TestCreditNotesAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := turkish(t)
		s.Lines = anyLines(rt, "TRY")
		totals, err := showroom.AddUp("TRY", s.Lines)
		if err != nil {
			rt.Fatal(err)
		}
		s.Totals, s.Tenders = totals, []showroom.Tender{{Kind: showroom.TenderCard, Amount: totals.Due}}
		var returns []showroom.Return
		for i := 0; len(returns) < 4; i++ {
			left, pieces := s.Unreturned(returns), map[showroom.LineID]int{}
			for _, l := range s.Lines {
				n := left[l.ID]
				if i < 3 {
					n = rapid.IntRange(0, n).Draw(rt, "back")
				}
				if n > 0 {
					pieces[l.ID] = n
				}
			}
			if len(pieces) > 0 {
				lines, vat, amount, err := s.Refund(returns, pieces)
				if err != nil {
					rt.Fatal(err)
				}
				returns = append(returns, showroom.Return{ID: "r", Sale: s.ID, Lines: lines, VAT: vat, Amount: amount, At: turkishAt})
			}
			if i == 3 {
				break
			}
		}
		r, err := receipt.New(s, returns, shop, address)
		if err != nil {
			rt.Fatal(err)
		}
		gross, tax := int64(0), int64(0)
		for n := range returns {
			c, ok := r.Credit(n + 1)
			if !ok {
				rt.Fatalf("no credit note %d", n+1)
			}
			body, err := c.UBL()
			if err != nil {
				rt.Fatal(err)
			}
			if failed := ubltest.Broken(t, body); len(failed) > 0 {
				rt.Fatalf("%s\n%s", strings.Join(failed, "\n"), body)
			}
			gross, tax = gross+c.Totals.Gross.Minor, tax+c.Totals.Tax.Minor
		}
		if gross != totals.Due.Minor || tax != totals.Tax.Minor {
			rt.Fatalf("all that came back is %d with %d of tax, and %d with %d was sold", gross, tax, totals.Due.Minor, totals.Tax.Minor)
		}
	})
}

func TestJSONOfACreditNote(t *testing.T) {
	body, err := credit(t, turkish(t), map[showroom.LineID]int{"b": 1}).JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		TypeCode  string `json:"invoice_type_code"`
		Preceding struct {
			Number string `json:"invoice_number"`
		} `json:"preceding_invoice"`
		Totals map[string]any `json:"document_totals"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(got.TypeCode, " ", got.Preceding.Number, " ", got.Totals["total_with_vat"]); text != "381 MGZ2026000001042 33.33" {
		t.Errorf("it says %s:\n%s", text, body)
	}
}
