package receipt_test

import (
	"encoding/json"
	"encoding/xml"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"showroom/agent/receipt"
	"showroom/agent/showroom"
)

// node is an element of a document, by its local name.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

// find answers what is at a path such as "A/B", "A/*" or "A@b".
func (n node) find(path string) []string {
	path, attr, isAttr := strings.Cut(path, "@")
	at := []node{n}
	for name := range strings.SplitSeq(path, "/") {
		var next []node
		for _, a := range at {
			for _, c := range a.Children {
				if name == "*" || c.XMLName.Local == name {
					next = append(next, c)
				}
			}
		}
		at = next
	}
	var found []string
	for _, a := range at {
		if !isAttr {
			found = append(found, strings.TrimSpace(a.Text))
			continue
		}
		i := slices.IndexFunc(a.Attrs, func(x xml.Attr) bool { return x.Name.Local == attr })
		if i >= 0 {
			found = append(found, a.Attrs[i].Value)
		}
	}
	return found
}

type rules struct {
	Rules []struct{ ID, Profile, Path, Pattern, Source string }
	Sums  []struct{ ID, What, Source string }
	Order map[string]string
}

func readRules(t testing.TB) rules {
	t.Helper()
	body, err := os.ReadFile("testdata/ubl_rules.json")
	if err != nil {
		t.Fatal(err)
	}
	var r rules
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// failed are the ids of the rules a document breaks.
func (r rules) failed(t testing.TB, body []byte) []string {
	t.Helper()
	var doc node
	if err := xml.Unmarshal(body, &doc); err != nil {
		return []string{"xml: " + err.Error()}
	}
	failed := r.disorder(doc)
	profiles := []string{"", "en"}
	switch {
	case doc.XMLName.Local == "CreditNote":
		profiles = append(profiles, "credit")
		doc = doc.asInvoice()
	case strings.HasPrefix(strings.Join(doc.find("CustomizationID"), ""), "TR"):
		profiles[1] = "tr"
	}
	for _, rule := range r.Rules {
		if rule.Source == "" {
			t.Fatalf("rule %s has no source", rule.ID)
		}
		if !slices.Contains(profiles, rule.Profile) {
			continue
		}
		found := doc.find(rule.Path)
		if len(found) == 0 && rule.ID != "en-gtin-scheme" {
			failed = append(failed, rule.ID+": nothing there")
		}
		for _, text := range found {
			if !regexp.MustCompile(rule.Pattern).MatchString(text) {
				failed = append(failed, rule.ID+": "+text)
			}
		}
	}
	return append(failed, sums(doc, profiles[1])...)
}

// asInvoice calls what a credit note calls otherwise by the names of an invoice, which are those of the rules.
func (n node) asInvoice() node {
	name := map[string]string{"CreditNote": "Invoice", "CreditNoteLine": "InvoiceLine", "CreditedQuantity": "InvoicedQuantity", "CreditNoteTypeCode": "InvoiceTypeCode"}[n.XMLName.Local]
	if name != "" {
		n.XMLName.Local = name
	}
	children := make([]node, len(n.Children))
	for i, c := range n.Children {
		children[i] = c.asInvoice()
	}
	n.Children = children
	return n
}

func number(texts ...string) *big.Rat {
	sum := new(big.Rat)
	for _, text := range texts {
		n, ok := new(big.Rat).SetString(text)
		if !ok {
			return big.NewRat(-1, 7)
		}
		sum.Add(sum, n)
	}
	return sum
}

// sums checks what must add up; the ids are those of the rule list.
func sums(doc node, profile string) []string {
	var failed []string
	same := func(id string, a, b *big.Rat) {
		if a.Cmp(b) != 0 {
			failed = append(failed, id+": "+a.FloatString(4)+" and "+b.FloatString(4))
		}
	}
	total := func(name string) *big.Rat { return number(doc.find("LegalMonetaryTotal/" + name)...) }
	tax := number(doc.find("TaxTotal/TaxAmount")...)
	same("lines", number(doc.find("InvoiceLine/LineExtensionAmount")...), total("LineExtensionAmount"))
	same("with-tax", new(big.Rat).Add(total("TaxExclusiveAmount"), tax), total("TaxInclusiveAmount"))
	same("tax", number(doc.find("TaxTotal/TaxSubtotal/TaxAmount")...), tax)
	same("payable", new(big.Rat).Sub(total("TaxInclusiveAmount"), total("PrepaidAmount")), total("PayableAmount"))
	if profile == "tr" {
		same("line-tax", number(doc.find("InvoiceLine/TaxTotal/TaxAmount")...), tax)
	}
	lines := 0
	for _, c := range doc.Children {
		switch c.XMLName.Local {
		case "InvoiceLine":
			lines++
			reckoned := new(big.Rat).Mul(number(c.find("InvoicedQuantity")...), number(c.find("Price/PriceAmount")...))
			off := new(big.Rat).Sub(reckoned, number(c.find("AllowanceCharge/Amount")...))
			off.Sub(off, number(c.find("LineExtensionAmount")...))
			if off.Abs(off).Cmp(big.NewRat(1, 2000)) > 0 {
				failed = append(failed, "price: off by "+off.FloatString(8))
			}
		case "TaxTotal":
			for _, s := range c.Children {
				zero := s.XMLName.Local == "TaxSubtotal" && number(s.find("TaxAmount")...).Sign() == 0
				if zero && profile == "tr" && (len(s.find("TaxCategory/TaxExemptionReason")) == 0 || len(s.find("TaxCategory/TaxExemptionReasonCode")) == 0) {
					failed = append(failed, "exemption")
				}
			}
		}
	}
	if n := strings.Join(doc.find("LineCountNumeric"), ""); n != strconv.Itoa(lines) {
		failed = append(failed, "line-count: "+n)
	}
	return failed
}

// disorder finds elements that do not stand where the schema wants them, or that it does not have.
func (r rules) disorder(n node) []string {
	var failed []string
	if order, ok := r.Order[n.XMLName.Local]; ok {
		names, at := strings.Fields(order), 0
		for _, c := range n.Children {
			i := slices.Index(names, c.XMLName.Local)
			if i < at {
				failed = append(failed, "order: "+c.XMLName.Local+" in "+n.XMLName.Local)
			}
			at = max(i, at)
		}
	}
	for _, c := range n.Children {
		failed = append(failed, r.disorder(c)...)
	}
	return failed
}

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
	rules := readRules(t)
	t.Run("tr", func(t *testing.T) {
		body := ubl(t, turkish(t), shop)
		if failed := rules.failed(t, body); len(failed) > 0 {
			t.Errorf("%s\n%s", strings.Join(failed, "\n"), body)
		}
		if !strings.Contains(string(body), "EARSIVFATURA") || !strings.Contains(string(body), "Bu bir kopyadır.") {
			t.Errorf("no profile, or no word that it is a copy:\n%s", body)
		}
	})
	t.Run("en", func(t *testing.T) {
		s, seller := german()
		body := ubl(t, s, seller)
		if failed := rules.failed(t, body); len(failed) > 0 {
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

// Every rule can fail: a document in which what it asks is spoilt breaks it.
func TestRulesBite(t *testing.T) {
	rules := readRules(t)
	s, seller := german()
	for profile, body := range map[string]string{"tr": string(ubl(t, turkish(t), shop)), "en": string(ubl(t, s, seller))} {
		for from, want := range map[string]string{
			"2.1</cbc:UBLVersionID>": "tr-version", "<cbc:IssueDate>2026": "-date", `unitCode="C62"`: "tr-unit", "<cbc:LineCountNumeric>3": "line-count",
			"</cbc:PayableAmount>": "payable", "</cbc:TaxInclusiveAmount>": "with-tax", "<cbc:PaymentMeansCode>48": "tr-payment-means",
		} {
			broken := strings.Replace(body, from, strings.NewReplacer("2.1", "2.0", "2026", "1926", "C62", "XYZ", "c>3", "c>4", "48", "99", "</", "7</").Replace(from), 1)
			if got := strings.Join(rules.failed(t, []byte(broken)), "; "); !strings.Contains(got, want) {
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
	rules := readRules(t)
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
		if failed := rules.failed(t, body); len(failed) > 0 {
			rt.Fatalf("%s\n%s", strings.Join(failed, "\n"), body)
		}
	})
}
