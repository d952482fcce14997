// Package ubltest holds UBL documents of receipts and credit notes against a list of rules, for tests of whoever makes or hands them out.
package ubltest

import (
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
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

//go:embed ubl_rules.json
var list []byte

// Broken answers what a document breaks: the id of each rule with what it found.
func Broken(t testing.TB, body []byte) []string {
	t.Helper()
	var r rules
	if err := json.Unmarshal(list, &r); err != nil {
		t.Fatal(err)
	}
	return r.broken(t, body)
}

func (r rules) broken(t testing.TB, body []byte) []string {
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
		switch scheme := strings.Join(doc.find("AccountingSupplierParty/Party/PartyIdentification/ID@schemeID"), " "); scheme {
		case "VKN":
			profiles = append(profiles, "tr-company")
		case "TCKN":
			profiles = append(profiles, "tr-person")
		default:
			failed = append(failed, "tr-seller-number: "+scheme)
		}
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
