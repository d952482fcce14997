package receipt

import "encoding/xml"

// The namespaces of UBL 2.1. encoding/xml knows no prefixes; they stand in the names, as in every UBL document.
const (
	nsCAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
	nsCBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
)

// The types have what is used of UBL 2.1, in the order of its schema, which is the order of the elements.

type ublInvoice struct {
	XMLName       xml.Name     `xml:"Invoice"`
	NS            string       `xml:"xmlns,attr"`
	CAC           string       `xml:"xmlns:cac,attr"`
	CBC           string       `xml:"xmlns:cbc,attr"`
	Version       string       `xml:"cbc:UBLVersionID"`
	Customization string       `xml:"cbc:CustomizationID"`
	Profile       string       `xml:"cbc:ProfileID,omitempty"`
	ID            string       `xml:"cbc:ID"`
	Copy          *bool        `xml:"cbc:CopyIndicator"`
	UUID          string       `xml:"cbc:UUID,omitempty"`
	IssueDate     string       `xml:"cbc:IssueDate"`
	IssueTime     string       `xml:"cbc:IssueTime"`
	Type          string       `xml:"cbc:InvoiceTypeCode"`
	Notes         []string     `xml:"cbc:Note"`
	Currency      string       `xml:"cbc:DocumentCurrencyCode"`
	LineCount     int          `xml:"cbc:LineCountNumeric"`
	Supplier      ublParty     `xml:"cac:AccountingSupplierParty"`
	Customer      ublParty     `xml:"cac:AccountingCustomerParty"`
	Payments      []ublPayment `xml:"cac:PaymentMeans"`
	Tax           []ublTax     `xml:"cac:TaxTotal"`
	Totals        ublTotals    `xml:"cac:LegalMonetaryTotal"`
	Lines         []ublLine    `xml:"cac:InvoiceLine"`
}

type ublParty struct {
	Party ublPartyBody `xml:"cac:Party"`
}

type ublPartyBody struct {
	IDs     []ublPartyID  `xml:"cac:PartyIdentification"`
	Name    []ublName     `xml:"cac:PartyName"`
	Address *ublAddress   `xml:"cac:PostalAddress"`
	Tax     []ublPartyTax `xml:"cac:PartyTaxScheme"`
	Legal   []ublLegal    `xml:"cac:PartyLegalEntity"`
	Person  *ublPerson    `xml:"cac:Person"`
}

type ublPartyID struct {
	ID ublID `xml:"cbc:ID"`
}

type ublID struct {
	Scheme string `xml:"schemeID,attr,omitempty"`
	Text   string `xml:",chardata"`
}

type ublName struct {
	Name string `xml:"cbc:Name"`
}

type ublAddress struct {
	Street    string     `xml:"cbc:StreetName,omitempty"`
	District  string     `xml:"cbc:CitySubdivisionName,omitempty"`
	City      string     `xml:"cbc:CityName,omitempty"`
	Code      string     `xml:"cbc:PostalZone,omitempty"`
	Subentity string     `xml:"cbc:CountrySubentity,omitempty"`
	Country   ublCountry `xml:"cac:Country"`
}

type ublCountry struct {
	Code string `xml:"cbc:IdentificationCode,omitempty"`
	Name string `xml:"cbc:Name,omitempty"`
}

type ublPartyTax struct {
	Company string    `xml:"cbc:CompanyID,omitempty"`
	Scheme  ublScheme `xml:"cac:TaxScheme"`
}

type ublScheme struct {
	ID   string `xml:"cbc:ID,omitempty"`
	Name string `xml:"cbc:Name,omitempty"`
	Type string `xml:"cbc:TaxTypeCode,omitempty"`
}

type ublLegal struct {
	Name string `xml:"cbc:RegistrationName"`
	ID   string `xml:"cbc:CompanyID,omitempty"`
}

type ublPerson struct {
	First  string `xml:"cbc:FirstName"`
	Family string `xml:"cbc:FamilyName"`
}

type ublPayment struct {
	Code string `xml:"cbc:PaymentMeansCode"`
}

type ublAmount struct {
	Currency string `xml:"currencyID,attr"`
	Text     string `xml:",chardata"`
}

type ublTax struct {
	Amount    ublAmount     `xml:"cbc:TaxAmount"`
	Subtotals []ublSubtotal `xml:"cac:TaxSubtotal"`
}

type ublSubtotal struct {
	Taxable  ublAmount   `xml:"cbc:TaxableAmount"`
	Tax      ublAmount   `xml:"cbc:TaxAmount"`
	Percent  string      `xml:"cbc:Percent,omitempty"`
	Category ublCategory `xml:"cac:TaxCategory"`
}

type ublCategory struct {
	ID         string    `xml:"cbc:ID,omitempty"`
	Percent    string    `xml:"cbc:Percent,omitempty"`
	ReasonCode string    `xml:"cbc:TaxExemptionReasonCode,omitempty"`
	Reason     string    `xml:"cbc:TaxExemptionReason,omitempty"`
	Scheme     ublScheme `xml:"cac:TaxScheme"`
}

type ublTotals struct {
	Lines   ublAmount  `xml:"cbc:LineExtensionAmount"`
	Net     ublAmount  `xml:"cbc:TaxExclusiveAmount"`
	Gross   ublAmount  `xml:"cbc:TaxInclusiveAmount"`
	Paid    *ublAmount `xml:"cbc:PrepaidAmount"`
	Payable ublAmount  `xml:"cbc:PayableAmount"`
}

type ublLine struct {
	ID         string         `xml:"cbc:ID"`
	Quantity   ublQuantity    `xml:"cbc:InvoicedQuantity"`
	Net        ublAmount      `xml:"cbc:LineExtensionAmount"`
	Allowances []ublAllowance `xml:"cac:AllowanceCharge"`
	Tax        *ublTax        `xml:"cac:TaxTotal"`
	Item       ublItem        `xml:"cac:Item"`
	Price      ublPrice       `xml:"cac:Price"`
}

type ublQuantity struct {
	Unit string `xml:"unitCode,attr"`
	N    int    `xml:",chardata"`
}

type ublAllowance struct {
	Charge bool      `xml:"cbc:ChargeIndicator"`
	Reason string    `xml:"cbc:AllowanceChargeReason,omitempty"`
	Amount ublAmount `xml:"cbc:Amount"`
}

type ublItem struct {
	Details    string        `xml:"cbc:Description,omitempty"`
	Name       string        `xml:"cbc:Name"`
	Seller     *ublItemID    `xml:"cac:SellersItemIdentification"`
	Standard   *ublItemID    `xml:"cac:StandardItemIdentification"`
	Category   *ublCategory  `xml:"cac:ClassifiedTaxCategory"`
	Properties []ublProperty `xml:"cac:AdditionalItemProperty"`
}

type ublItemID struct {
	ID ublID `xml:"cbc:ID"`
}

type ublProperty struct {
	Name  string `xml:"cbc:Name"`
	Value string `xml:"cbc:Value"`
}

type ublPrice struct {
	Amount ublAmount `xml:"cbc:PriceAmount"`
}
