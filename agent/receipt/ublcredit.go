package receipt

import "encoding/xml"

// ublCreditNote has what is used of UBL-CreditNote-2.1, in the order of its schema. Where an invoice has a word of its own for
// something, so has a credit note; the rest is the same.
type ublCreditNote struct {
	XMLName       xml.Name        `xml:"CreditNote"`
	NS            string          `xml:"xmlns,attr"`
	CAC           string          `xml:"xmlns:cac,attr"`
	CBC           string          `xml:"xmlns:cbc,attr"`
	Version       string          `xml:"cbc:UBLVersionID"`
	Customization string          `xml:"cbc:CustomizationID"`
	ID            string          `xml:"cbc:ID"`
	IssueDate     string          `xml:"cbc:IssueDate"`
	IssueTime     string          `xml:"cbc:IssueTime"`
	Type          string          `xml:"cbc:CreditNoteTypeCode"`
	Notes         []string        `xml:"cbc:Note"`
	Currency      string          `xml:"cbc:DocumentCurrencyCode"`
	LineCount     int             `xml:"cbc:LineCountNumeric"`
	Preceding     *ublBilling     `xml:"cac:BillingReference"`
	Supplier      ublParty        `xml:"cac:AccountingSupplierParty"`
	Customer      ublParty        `xml:"cac:AccountingCustomerParty"`
	Payments      []ublPayment    `xml:"cac:PaymentMeans"`
	Tax           []ublTax        `xml:"cac:TaxTotal"`
	Totals        ublTotals       `xml:"cac:LegalMonetaryTotal"`
	Lines         []ublCreditLine `xml:"cac:CreditNoteLine"`
}

type ublBilling struct {
	Invoice ublDocument `xml:"cac:InvoiceDocumentReference"`
}

type ublDocument struct {
	ID        string `xml:"cbc:ID"`
	UUID      string `xml:"cbc:UUID,omitempty"`
	IssueDate string `xml:"cbc:IssueDate"`
}

type ublCreditLine struct {
	ID         string         `xml:"cbc:ID"`
	Quantity   ublQuantity    `xml:"cbc:CreditedQuantity"`
	Net        ublAmount      `xml:"cbc:LineExtensionAmount"`
	Allowances []ublAllowance `xml:"cac:AllowanceCharge"`
	Item       ublItem        `xml:"cac:Item"`
	Price      ublPrice       `xml:"cac:Price"`
}

// asCredit is the document as a credit note of the invoice before it. It never is one of UBL-TR, whose returns are made out by who
// gives the goods back.
func (d ublInvoice) asCredit(of *Preceding) ublCreditNote {
	c := ublCreditNote{
		NS: "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", CAC: d.CAC, CBC: d.CBC, Version: d.Version, Customization: d.Customization,
		ID: d.ID, IssueDate: d.IssueDate, IssueTime: d.IssueTime, Type: d.Type, Notes: d.Notes, Currency: d.Currency, LineCount: d.LineCount,
		Supplier: d.Supplier, Customer: d.Customer, Payments: d.Payments, Tax: d.Tax, Totals: d.Totals,
	}
	if of != nil {
		c.Preceding = &ublBilling{ublDocument{of.Number, of.ETTN, of.IssuedAt.Format("2006-01-02")}}
	}
	for _, l := range d.Lines {
		c.Lines = append(c.Lines, ublCreditLine{l.ID, l.Quantity, l.Net, l.Allowances, l.Item, l.Price})
	}
	return c
}
