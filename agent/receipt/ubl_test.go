package receipt_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/receipt"
	"showroom/agent/receipt/ubltest"
	"showroom/agent/showroom"
)

func ubl(t testing.TB, s showroom.Sale, seller receipt.Seller) []byte {
	t.Helper()
	r, err := receipt.New(s, nil, seller, address)
	if err != nil {
		t.Fatal(err)
	}
	body, err := r.UBL()
	if err != nil {
		t.Fatal(err)
	}
	keep(t, strings.ReplaceAll(t.Name(), "/", "-")+".xml", body)
	return body
}

// keep puts a picture where somebody wants to look at it.
func keep(t testing.TB, name string, body []byte) {
	t.Helper()
	if dir := os.Getenv("SHOWROOM_KEEP"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// german is a shop without a Turkish fiscal device.
func german() (showroom.Sale, receipt.Seller) {
	euro := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: "EUR"} }
	lines := []showroom.Line{
		{ID: "a", GTIN: "04012345678901", Name: showroom.Text{"en": "Trench coat"}, Size: "38", Colour: showroom.Text{"en": "Sand"}, Quantity: 1, Unit: euro(19_995), VATBasisPoints: 1900},
		{ID: "b", GTIN: "04012345678918", Name: showroom.Text{"en": "Socks"}, Quantity: 7, Unit: euro(333), VATBasisPoints: 1900, Reductions: []showroom.Reduction{{Offer: "x", Name: showroom.Text{"en": "3 for 2"}, Amount: euro(666)}, {Offer: "y", Name: showroom.Text{"en": "Club"}, Amount: euro(17)}}},
		{ID: "c", GTIN: "04012345678925", Name: showroom.Text{"en": "Gift card sleeve"}, Quantity: 1, Unit: euro(100)},
	}
	totals, _ := showroom.AddUp("EUR", lines)
	return showroom.Sale{Number: 7, Language: "en", Lines: lines, Totals: totals, At: turkishAt, Tenders: []showroom.Tender{{Kind: showroom.TenderCard, Amount: totals.Due}}},
		receipt.Seller{Name: "Muster Mode GmbH", TaxID: "DE123456789", Address: receipt.Address{Street: "Marktplatz 1", City: "Ulm", PostCode: "89073", Country: "DE"}, Zone: "Europe/Berlin"}
}

func TestUBLKeepsTheRules(t *testing.T) {
	t.Run("tr", func(t *testing.T) {
		body := ubl(t, turkish(t), shop)
		if failed := ubltest.Broken(t, body); len(failed) > 0 {
			t.Errorf("%s\n%s", strings.Join(failed, "\n"), body)
		}
		if !strings.Contains(string(body), "EARSIVFATURA") || !strings.Contains(string(body), "Bu bir kopyadır.") {
			t.Errorf("no profile, or no word that it is a copy:\n%s", body)
		}
	})
	t.Run("en", func(t *testing.T) {
		s, seller := german()
		body := ubl(t, s, seller)
		if failed := ubltest.Broken(t, body); len(failed) > 0 {
			t.Errorf("%s\n%s", strings.Join(failed, "\n"), body)
		}
	})
	t.Run("slip without an invoice", func(t *testing.T) {
		s := turkish(t)
		s.Fiscal.ETTN, s.Fiscal.Invoice = "", ""
		if body := string(ubl(t, s, shop)); strings.Contains(body, "EARSIV") || !strings.Contains(body, "EKÜ no: 2") {
			t.Errorf("a slip is no e-archive invoice:\n%s", body)
		}
	})
}

var person = receipt.Seller{
	Name: "Ayşe Nur Yılmaz", Shop: "Mağaza Işıl", TaxID: "10000000146", TaxOffice: "Beşiktaş", Address: shop.Address, Zone: "Europe/Istanbul",
}

// A seller may be a person: UBL-TR has the names of one apart.
func TestUBLOfAPersonWhoSells(t *testing.T) {
	for name, want := range map[string]struct{ first, family, party string }{
		"Ayşe Nur Yılmaz":            {"Ayşe Nur", "Yılmaz", ""},
		"  Ali\u00a0 Kaya-Demir ":    {"Ali", "Kaya-Demir", ""},
		"Ayşe Yılmaz - Işıl Butik":   {"Ayşe", "Yılmaz", "Ayşe Yılmaz - Işıl Butik"},
		"Ayşe Yılmaz, Işıl Butik":    {"Ayşe", "Yılmaz", "Ayşe Yılmaz, Işıl Butik"},
		"Ayşe Yılmaz (Işıl & Butik)": {"Ayşe", "Yılmaz", "Ayşe Yılmaz (Işıl &amp; Butik)"},
	} {
		seller := person
		seller.Name = name
		body := ubl(t, turkish(t), seller)
		if failed := ubltest.Broken(t, body); len(failed) > 0 {
			t.Errorf("%s\n%s", strings.Join(failed, "\n"), body)
		}
		supplier, _, _ := strings.Cut(string(body), "</cac:AccountingSupplierParty>")
		for _, element := range []string{
			"<cbc:ProfileID>EARSIVFATURA<", `<cbc:ID schemeID="TCKN">10000000146<`, "<cbc:FirstName>" + want.first + "<", "<cbc:FamilyName>" + want.family + "<",
		} {
			if !strings.Contains(supplier, element) {
				t.Errorf("%q: no %s\n%s", name, element, supplier)
			}
		}
		if strings.Contains(supplier, "<cac:PartyName>") != (want.party != "") || !strings.Contains(supplier, want.party) {
			t.Errorf("%q: the party is not named %q\n%s", name, want.party, supplier)
		}
	}
}

// What UBL-TR can not say is said in the terms of EN 16931: a person without a family name, and a number that is neither.
func TestUBLOfASellerWhomUBLTRHasNot(t *testing.T) {
	for name, id := range map[string]string{"Işıl": "10000000146", "- Işıl Butik": "10000000146", "Ayşe Yılmaz": "123456789", "Örnek A.Ş.": "TR12345678"} {
		seller := person
		seller.Name, seller.TaxID = name, id
		body := ubl(t, turkish(t), seller)
		if failed := ubltest.Broken(t, body); len(failed) > 0 || strings.Contains(string(body), "EARSIV") {
			t.Errorf("%s\n%s", strings.Join(failed, "\n"), body)
		}
	}
}

// Of who sells one number is asked for, and with a person's the names.
func TestRulesOfThePersonBite(t *testing.T) {
	body := string(ubl(t, turkish(t), person))
	const number = `<cbc:ID schemeID="TCKN">10000000146</cbc:ID>`
	for _, c := range []struct{ from, to, want string }{
		{"<cbc:FirstName>Ayşe Nur<", "<cbc:FirstName> <", "tr-seller-first-name"},
		{"<cbc:FamilyName>Yılmaz</cbc:FamilyName>", "", "tr-seller-family-name: nothing there"},
		{"10000000146", "1000000014", "tr-seller-tckn"},
		{`schemeID="TCKN"`, `schemeID="VKN"`, "tr-seller-vkn"},
		{`schemeID="TCKN"`, `schemeID="VKN"`, "tr-seller-name: nothing there"},
		{`schemeID="TCKN"`, `schemeID="TICARETSICILNO"`, "tr-seller-scheme"},
		{number, number + `</cac:PartyIdentification><cac:PartyIdentification><cbc:ID schemeID="VKN">1234567890</cbc:ID>`, "tr-seller-number: TCKN VKN"},
	} {
		broken := strings.Replace(body, c.from, c.to, 1)
		if got := strings.Join(ubltest.Broken(t, []byte(broken)), "; "); broken == body || !strings.Contains(got, c.want) {
			t.Errorf("%s for %s: %q, want %s", c.to, c.from, got, c.want)
		}
	}
}

// Every rule can fail: a document in which what it asks is spoilt breaks it.
func TestRulesBite(t *testing.T) {
	s, seller := german()
	for profile, body := range map[string]string{"tr": string(ubl(t, turkish(t), shop)), "en": string(ubl(t, s, seller))} {
		for from, want := range map[string]string{
			"2.1</cbc:UBLVersionID>": "tr-version", "<cbc:IssueDate>2026": "-date", `unitCode="C62"`: "tr-unit", "<cbc:LineCountNumeric>3": "line-count",
			"</cbc:PayableAmount>": "payable", "</cbc:TaxInclusiveAmount>": "with-tax", "<cbc:PaymentMeansCode>48": "tr-payment-means",
		} {
			broken := strings.Replace(body, from, strings.NewReplacer("2.1", "2.0", "2026", "1926", "C62", "XYZ", "c>3", "c>4", "48", "99", "</", "7</").Replace(from), 1)
			if got := strings.Join(ubltest.Broken(t, []byte(broken)), "; "); !strings.Contains(got, want) {
				t.Errorf("%s with %s spoilt: %q, want %s", profile, from, got, want)
			}
		}
	}
}

func anyLines(rt *rapid.T, currency showroom.Currency) []showroom.Line {
	var lines []showroom.Line
	for i := range rapid.IntRange(1, 8).Draw(rt, "lines") {
		line := showroom.Line{
			ID: showroom.LineID(strconv.Itoa(i)), GTIN: "08690123456789", Name: showroom.Text{"tr": "Ürün", "en": "Thing"}, Quantity: rapid.IntRange(1, showroom.MostPieces).Draw(rt, "quantity"),
			Unit: showroom.Money{Minor: rapid.Int64Range(1, 1_000_000).Draw(rt, "unit"), Currency: currency}, VATBasisPoints: rapid.SampledFrom([]int{0, 100, 550, 1000, 1900, 2000}).Draw(rt, "rate"),
		}
		for range rapid.IntRange(0, 3).Draw(rt, "offers") {
			line.Reductions = append(line.Reductions, showroom.Reduction{Name: showroom.Text{"tr": "İndirim", "en": "Offer"}, Amount: showroom.Money{Minor: rapid.Int64Range(0, line.Unit.Minor*int64(line.Quantity)).Draw(rt, "off"), Currency: currency}})
		}
		lines = append(lines, line)
	}
	return lines
}

// Whatever is sold and taken off, the document adds up.
func TestUBLAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		currency := rapid.SampledFrom([]showroom.Currency{"TRY", "EUR"}).Draw(rt, "currency")
		lines := anyLines(rt, currency)
		totals, err := showroom.AddUp(currency, lines)
		if err != nil {
			rt.Fatal(err)
		}
		s := turkish(t)
		s.Lines, s.Totals, s.Tenders = lines, totals, []showroom.Tender{{Kind: showroom.TenderCash, Amount: totals.Due}}
		r, err := receipt.New(s, nil, shop, "")
		if err != nil {
			rt.Fatal(err)
		}
		body, err := r.UBL()
		if err != nil {
			rt.Fatal(err)
		}
		if failed := ubltest.Broken(t, body); len(failed) > 0 {
			rt.Fatalf("%s\n%s", strings.Join(failed, "\n"), body)
		}
	})
}
