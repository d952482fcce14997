package receipt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/agent/lang"
	"showroom/agent/receipt"
	"showroom/agent/showroom"
)

var links = receipt.Links{PDF: "T.pdf", XML: "T.xml", JSON: "T.json", Languages: map[lang.Tag]string{lang.Turkish: "?lang=tr", lang.English: "?lang=en"}}

func page(t *testing.T, r receipt.Receipt, tag lang.Tag) string {
	t.Helper()
	body, err := r.Page(tag, links)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, r.TypeCode+"-"+string(tag)+".html", body)
	return string(body)
}

func TestPageSaysWhatMatters(t *testing.T) {
	r := made(t, turkish(t))
	for tag, wants := range map[lang.Tag][]string{
		lang.Turkish: {`lang="tr"`, "Mağaza Işıl", "Bu bir kopyadır. Mali belge e-Arşiv faturadır.", "780,40 ₺", "Z no</dt><dd>318", "EKÜ no</dt><dd>2", "Fiş no</dt><dd>27", "f47ac10b-58cc-4372-a567-0e02b2c3d479", `href="?lang=en"`, ">English<", `href="T.pdf"`, `href="T.xml"`, `href="T.json"`},
		lang.English: {`lang="en"`, "This is a copy. The fiscal document is the e-archive invoice.", "₺780.40", "Summer 15% off", `href="?lang=tr"`, ">Türkçe<"},
	} {
		body := page(t, r, tag)
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q", tag, want)
			}
		}
	}
	s := turkish(t)
	s.Fiscal = nil
	if body := page(t, made(t, s), lang.English); !strings.Contains(body, "no fiscal document") {
		t.Error("a copy of nothing does not say so")
	}
}

// The number of a person who sells is not called that of a company, wherever it stands.
func TestNumberOfAPersonWhoSells(t *testing.T) {
	r := made(t, turkish(t))
	r.Seller = person
	for tag, want := range map[lang.Tag]string{lang.Turkish: "TCKN: 10000000146", lang.English: "Tax no (TCKN): 10000000146"} {
		pdf, err := r.PDF(tag)
		if err != nil {
			t.Fatal(err)
		}
		body, err := r.Page(tag, links)
		if err != nil {
			t.Fatal(err)
		}
		var slip strings.Builder
		for _, line := range r.Slip(tag) {
			slip.WriteString(line.Text + "\n")
		}
		for what, text := range map[string]string{"page": string(body), "PDF": textOf(t, pdf), "slip": slip.String()} {
			if !strings.Contains(text, want) || strings.Contains(text, "VKN") {
				t.Errorf("%s: no %q, or the name of another number:\n%s", what, want, text)
			}
		}
	}
}

// Nothing is loaded from anywhere: no address but the page's own links and the words of schema.org.
func TestPageLoadsNothing(t *testing.T) {
	body := page(t, made(t, turkish(t)), lang.Turkish)
	if m := regexp.MustCompile(`(?i)(src|srcset|@import|url\()[^>]*`).FindString(body); m != "" {
		t.Errorf("the page loads %s", m)
	}
	for _, found := range regexp.MustCompile(`https?:[^"'<> ]+`).FindAllString(strings.ReplaceAll(body, `\/`, "/"), -1) {
		if !strings.HasPrefix(found, "https://schema.org") && found != address {
			t.Errorf("the page names %s", found)
		}
	}
}

func TestPageIsNotOpenToItsTexts(t *testing.T) {
	s := turkish(t)
	evil := `</script><script>alert(1)</script>"onload=x`
	s.Lines[0].Name = showroom.Text{"tr": evil, "en": evil}
	s.Lines[0].Reductions[0].Name = showroom.Text{"tr": evil}
	s.Fiscal.Device = evil
	seller := shop
	seller.Shop, seller.Address.Street = evil, evil
	r, err := receipt.New(s, nil, seller, address)
	if err != nil {
		t.Fatal(err)
	}
	body := page(t, r, lang.Turkish)
	if strings.Contains(body, "<script>alert") || strings.Count(body, "<script") != 1 {
		t.Errorf("a text became part of the page:\n%s", body)
	}
}

func TestLinkedData(t *testing.T) {
	body := page(t, made(t, turkish(t)), lang.Turkish)
	m := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no JSON-LD")
	}
	var order struct {
		Context, Type, OrderNumber, Price, PriceCurrency string
		AcceptedOffer                                    []struct {
			Price       string
			ItemOffered struct{ Name, GTIN string }
		}
	}
	text := strings.NewReplacer(`"@context"`, `"context"`, `"@type"`, `"type"`).Replace(m[1])
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		t.Fatalf("%v in %s", err, m[1])
	}
	if order.Context != "https://schema.org" || order.Type != "Order" || order.OrderNumber != "MGZ2026000001042" || order.Price != "780.40" || order.PriceCurrency != "TRY" {
		t.Errorf("order is %+v", order)
	}
	if len(order.AcceptedOffer) != 3 || order.AcceptedOffer[0].ItemOffered.Name != "Şişme yelek, İnce Çizgili" || order.AcceptedOffer[0].Price != "679.91" {
		t.Errorf("offers are %+v", order.AcceptedOffer)
	}
}

func TestJSONHasTheTermsOfTheNorm(t *testing.T) {
	s := turkish(t)
	lines, vat, amount, err := s.Refund(nil, map[showroom.LineID]int{"b": 2})
	if err != nil {
		t.Fatal(err)
	}
	body, err := made(t, s, showroom.Return{ID: "r1", Sale: s.ID, Lines: lines, VAT: vat, Amount: amount, By: "ayse", At: turkishAt}).JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		InvoiceNumber  string            `json:"invoice_number"`
		IssueDate      string            `json:"issue_date"`
		DocumentTotals map[string]any    `json:"document_totals"`
		VATBreakdown   []map[string]any  `json:"vat_breakdown"`
		Returns        []map[string]any  `json:"returns"`
		Seller         map[string]any    `json:"seller"`
		Lines          []json.RawMessage `json:"lines"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"pieces": 5.0, "sum_of_line_net_amounts": "709.42", "total_without_vat": "709.42", "total_vat": "70.98", "total_with_vat": "780.40", "paid_amount": "780.40", "amount_due": "0.00", "reduced_with_vat": "119.99"}
	if diff := cmp.Diff(want, got.DocumentTotals); diff != "" {
		t.Error(diff)
	}
	if got.InvoiceNumber != "MGZ2026000001042" || got.IssueDate != "2026-11-22T16:05:09+03:00" || len(got.Lines) != 3 || got.Returns[0]["amount"] != "66.66" || got.Seller["vat_identifier"] != "1234567890" {
		t.Errorf("%s", body)
	}
	if strings.Contains(string(body), "ayse") {
		t.Error("who took it back is nobody's business")
	}
}

// What must not be known is in none of the pictures: the garment's tag, and more of a card than its end.
func TestNothingPrivate(t *testing.T) {
	s := turkish(t)
	epc, err := gs1.ParseEPC("3034257BF7194E4000001A85")
	if err != nil {
		t.Fatal(err)
	}
	s.Lines[0].EPC = epc
	s.Tenders[0].Card.Last4 = "4111111111111111"
	r := made(t, s)
	body, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	invoice, err := r.UBL()
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"page": page(t, r, lang.Turkish), "JSON": string(body), "UBL": string(invoice), "slip": fmt.Sprint(r.Slip(lang.Turkish))} {
		if strings.Contains(strings.ToUpper(text), "3034257BF7194E4") || strings.Contains(text, "4111111") {
			t.Errorf("the %s tells it:\n%s", what, text)
		}
	}
}

func TestSumsThatDoNotFitAreRefused(t *testing.T) {
	s := turkish(t)
	s.Totals.Due.Minor++
	if _, err := receipt.New(s, nil, shop, ""); err == nil {
		t.Error("a receipt that does not add up")
	}
}

func TestAmount(t *testing.T) {
	for want, a := range map[string]receipt.Amount{
		"0.00": {0, "TRY"}, "-0.05": {-5, "EUR"}, "1234.50": {123450, "TRY"}, "7": {7, "JPY"}, "0.007": {7, "KWD"}, "-1.234": {-1234, "KWD"},
	} {
		if got := a.String(); got != want {
			t.Errorf("%+v is %s, want %s", a, got, want)
		}
	}
}

func TestNotices(t *testing.T) {
	for _, n := range []receipt.Notice{receipt.Preparing, receipt.Missing, receipt.Many, receipt.Gone, receipt.Absent} {
		for _, tag := range lang.Tags() {
			body, err := n.Page(tag, links)
			if err != nil {
				t.Fatal(err)
			}
			title := lang.For(tag).T("receipt." + string(n) + ".title")
			if !strings.Contains(string(body), "<h1>"+title+"</h1>") || strings.Contains(string(body), "http-equiv=\"refresh\"") != (n == receipt.Preparing || n == receipt.Absent) {
				t.Errorf("%s in %s:\n%s", n, tag, body)
			}
		}
	}
}

func TestQR(t *testing.T) {
	picture, err := receipt.QRPicture(address, 6)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Fatal(err)
	}
	needs(t, "zbarimg", "zbar-tools")
	file := filepath.Join(t.TempDir(), "qr.png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "--quiet", "--raw", file).Output()
	if err != nil || strings.TrimSpace(string(out)) != address {
		t.Errorf("it says %q (%v)", out, err)
	}
}

func TestANameThatLooksLikeMoneyIsPrintedAsItIs(t *testing.T) {
	sale := turkish(t)
	sale.Lines[0].Name = showroom.Text{"tr": "TL500 lamba", "en": "-TL500 lamp"}
	for tag, want := range map[lang.Tag]string{lang.Turkish: "TL500 lamba", lang.English: "-TL500 lamp"} {
		slip := made(t, sale).Slip(tag)
		if !slices.ContainsFunc(slip, func(l showroom.SlipLine) bool { return l.Text == want }) {
			t.Errorf("no %q in\n%v", want, slip)
		}
	}
}

func TestSlip(t *testing.T) {
	for _, tag := range lang.Tags() {
		slip := made(t, turkish(t)).Slip(tag)
		var all strings.Builder
		for _, l := range slip {
			all.WriteString(l.Text + "\t" + l.Right + l.QR + "\n")
		}
		if strings.ContainsAny(all.String(), "₺·×") {
			t.Errorf("a printer has no such sign:\n%s", all.String())
		}
		want := map[lang.Tag][]string{
			lang.Turkish: {"Toplam\t780,40 TL", "  Yaz indirimi %15\t-119,99 TL", "  40, Beyaz, 3 x 33,33 TL", "EKÜ no\t2", "Mali belge e-Arşiv", address},
			lang.English: {"Total\t780.40 TL", "  Summer 15% off\t-119.99 TL", "3 x 33.33 TL", "VAT 10%\t70.90 TL\n  Net\t709.00 TL"},
		}[tag]
		for _, w := range want {
			if !strings.Contains(all.String(), w) {
				t.Errorf("no %q in\n%s", w, all.String())
			}
		}
	}
}
