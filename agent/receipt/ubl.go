package receipt

import (
	"encoding/xml"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"showroom/agent/lang"
)

// A UBL 2.1 invoice has one of two profiles.
const (
	// customizationEN says that the document keeps to the core of EN 16931.
	customizationEN = "urn:cen.eu:en16931:2017"
	// UBL-TR 1.2, the profile of the Turkish revenue administration, and its e-archive invoices.
	customizationTR = "TR1.2"
	profileTR       = "EARSIVFATURA"
)

// invoiceTR is the form of a Turkish invoice's number: three letters or digits, the year, nine digits.
var invoiceTR = regexp.MustCompile(`^[A-Z0-9]{3}20[0-9]{11}$`)

// turkish says whether the receipt is that of an e-archive invoice, whose UBL must be UBL-TR. It can not be where a person sells whose
// first and family names are not known.
func (r Receipt) turkish() bool {
	if r.Fiscal == nil || r.Fiscal.ETTN == "" || !invoiceTR.MatchString(r.Fiscal.Invoice) {
		return false
	}
	switch r.Seller.taxScheme() {
	case schemeVKN:
		return true
	case schemeTCKN:
		person, _ := r.Seller.person()
		return person != nil
	}
	return false
}

// UBL is the receipt as a UBL 2.1 invoice, or credit note: of an e-archive invoice with the profile of UBL-TR 1.2, of any other with the
// terms of EN 16931. It carries no seal: the sealed document is with whoever issued it, and a note says so. Amounts are net, as both demand;
// of a line, quantity times price less what was taken off is its amount, but for what the price's eight decimals leave out.
func (r Receipt) UBL() ([]byte, error) {
	var doc any = r.invoice()
	if r.TypeCode == typeCreditNote {
		doc = r.invoice().asCredit(r.Preceding)
	}
	body, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write UBL: %w", err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

// invoice is the document, its elements in the order of the schema UBL-Invoice-2.1.
func (r Receipt) invoice() ublInvoice {
	w := words{r, lang.For(languageOf(r.Language))}
	doc := ublInvoice{
		NS: "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", CAC: nsCAC, CBC: nsCBC,
		Version: "2.1", Customization: customizationEN, ID: r.Number, IssueDate: r.IssuedAt.Format("2006-01-02"),
		IssueTime: r.IssuedAt.Format("15:04:05"), Type: r.TypeCode, Notes: []string{w.copyOf()}, Currency: r.Currency,
		Supplier: ublParty{r.supplier()}, Customer: ublParty{ublPartyBody{Name: []ublName{{w.T("receipt.consumer")}}}},
		Totals: ublTotals{Lines: r.amount(r.Totals.Lines), Net: r.amount(r.Totals.Net), Gross: r.amount(r.Totals.Gross)},
	}
	payable := r.Totals.Gross
	if r.turkish() {
		doc.asTurkish(r)
	} else {
		doc.Customer.Party.Address = &ublAddress{Country: ublCountry{Code: r.Seller.Address.Country}}
		doc.Customer.Party.Legal = []ublLegal{{Name: w.T("receipt.consumer")}}
		paid := r.amount(r.Totals.Paid)
		doc.Totals.Paid = &paid
		payable = r.Totals.Due
		for _, f := range w.fiscal() {
			doc.Notes = append(doc.Notes, f.Name+": "+f.Value)
		}
	}
	doc.Totals.Payable = r.amount(payable)
	for _, p := range r.Payments {
		doc.Payments = append(doc.Payments, ublPayment{Code: p.Code})
	}
	total := ublTax{Amount: r.amount(r.Totals.Tax)}
	for _, v := range r.VAT {
		total.Subtotals = append(total.Subtotals, r.subtotal(v.Taxable, v.Tax, v.Category, v.Rate, false))
	}
	doc.Tax = []ublTax{total}
	doc.LineCount = len(r.Lines)
	for _, l := range r.Lines {
		doc.Lines = append(doc.Lines, r.line(w, l))
	}
	return doc
}

// asTurkish gives the document the head of an e-archive invoice to a consumer.
func (d *ublInvoice) asTurkish(r Receipt) {
	no := false
	d.Customization, d.Profile, d.ID, d.Copy, d.UUID, d.Type = customizationTR, profileTR, r.Fiscal.Invoice, &no, strings.ToLower(r.Fiscal.ETTN), "SATIS"
	d.Notes = append(d.Notes, "OKC "+r.Fiscal.Device+", Z "+strconv.Itoa(r.Fiscal.Z)+", "+strconv.Itoa(r.Fiscal.Receipt)+", EKU "+strconv.Itoa(r.Fiscal.EKU))
	d.Customer = ublParty{ublPartyBody{
		IDs:     []ublPartyID{{ublID{Scheme: schemeTCKN, Text: "11111111111"}}}, // a buyer who is not named
		Address: &ublAddress{City: r.Seller.Address.City, District: orCity(r.Seller.Address), Country: ublCountry{Code: turkey, Name: "Türkiye"}},
		Person:  &ublPerson{"Nihai", "Tüketici"},
	}}
}

func (r Receipt) supplier() ublPartyBody {
	s := r.Seller
	p := ublPartyBody{Name: []ublName{{s.Name}}}
	a := ublAddress{Street: s.Address.Street, District: s.Address.District, City: s.Address.City, Code: s.Address.PostCode, Country: ublCountry{Code: s.Address.Country}}
	switch {
	case r.turkish():
		p.IDs = []ublPartyID{{ublID{Scheme: s.taxScheme(), Text: s.TaxID}}}
		if s.taxScheme() == schemeTCKN {
			var whole bool
			if p.Person, whole = s.person(); whole {
				p.Name = nil // who shows the document would write the name twice
			}
		}
		a.District, a.Country.Name = orCity(s.Address), "Türkiye"
		p.Tax = []ublPartyTax{{Scheme: ublScheme{Name: s.TaxOffice}}}
	default:
		a.Subentity, a.District = a.District, ""
		if s.TaxID != "" {
			p.Tax = []ublPartyTax{{Company: s.TaxID, Scheme: ublScheme{ID: "VAT"}}}
		}
		p.Legal = []ublLegal{{Name: s.Name, ID: s.Register}}
	}
	if s.Address != (Address{}) || r.turkish() {
		p.Address = &a
	}
	return p
}

// orCity is the district, which UBL-TR wants, or the city where none is known.
func orCity(a Address) string {
	if a.District != "" {
		return a.District
	}
	return a.City
}

func (r Receipt) line(w words, l Line) ublLine {
	line := ublLine{
		ID: l.ID, Quantity: ublQuantity{l.UnitCode, l.Quantity}, Net: r.amount(l.Net),
		Item:  ublItem{Name: w.name(l)},
		Price: ublPrice{ublAmount{r.Currency, price(l.Base, l.Quantity)}},
	}
	for _, a := range l.Allowances {
		if a.Net.Minor != 0 {
			line.Allowances = append(line.Allowances, ublAllowance{Reason: a.Reason.In(string(w.Tag())), Amount: r.amount(a.Net)})
		}
	}
	if l.SKU != "" {
		line.Item.Seller = &ublItemID{ublID{Text: l.SKU}}
	}
	if l.GTIN != "" {
		line.Item.Standard = &ublItemID{ublID{Scheme: "0160", Text: l.GTIN}}
	}
	if l.Size != "" {
		line.Item.Properties = append(line.Item.Properties, ublProperty{"Size", l.Size})
	}
	if colour := l.Colour.In(string(w.Tag())); colour != "" {
		line.Item.Properties = append(line.Item.Properties, ublProperty{"Colour", colour})
	}
	if r.turkish() {
		line.Item.Properties, line.Item.Standard = nil, nil
		line.Item.Details = w.detail(l)
		line.Tax = &ublTax{Amount: r.amount(l.Tax), Subtotals: []ublSubtotal{r.subtotal(l.Net, l.Tax, l.Category, l.Rate, true)}}
	} else {
		line.Item.Category = &ublCategory{ID: l.Category, Percent: l.Rate, Scheme: ublScheme{ID: "VAT"}}
	}
	return line
}

// subtotal is the tax at one rate. A Turkish one names the tax by its code, 0015, and a reason where there is none to pay.
func (r Receipt) subtotal(taxable, tax Amount, code, percent string, line bool) ublSubtotal {
	s := ublSubtotal{Taxable: r.amount(taxable), Tax: r.amount(tax)}
	if !r.turkish() {
		s.Category = ublCategory{ID: code, Percent: percent, Scheme: ublScheme{ID: "VAT"}}
		return s
	}
	s.Percent = percent
	s.Category.Scheme = ublScheme{Name: "KDV", Type: "0015"}
	if tax.Minor == 0 && !line {
		s.Category.ReasonCode, s.Category.Reason = "351", "KDV - İstisna olmayan diğer"
	}
	return s
}

func (r Receipt) amount(a Amount) ublAmount { return ublAmount{r.Currency, a.String()} }

// price is an amount for so many pieces divided by them, with at most eight decimals and no needless zeros.
func price(a Amount, pieces int) string {
	one, digits := big.NewRat(a.Minor, int64(max(pieces, 1))), a.Currency.Digits()
	scale := big.NewRat(1, 1)
	for range digits {
		scale.Mul(scale, big.NewRat(10, 1))
	}
	whole, fraction, _ := strings.Cut(one.Quo(one, scale).FloatString(8), ".")
	fraction = strings.TrimRight(fraction, "0")
	if short := digits - len(fraction); short > 0 {
		fraction += strings.Repeat("0", short)
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// languageOf is a language there are texts for.
func languageOf(s string) lang.Tag {
	if tag, ok := lang.Parse(s); ok {
		return tag
	}
	return lang.English
}
