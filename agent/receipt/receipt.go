// Package receipt turns a sale into what the shopper keeps of it. There is one model, [Receipt], with the terms of EN 16931 (the
// European norm for invoices; "BT-" and "BG-" numbers are its own); the page, the PDF, the UBL and the paper slip are pictures of it.
//
// A receipt of this package is a copy. The fiscal document is what the shop's fiscal device or its invoice service has put its seal on;
// every picture says so and carries that document's numbers. Nothing here names a card number, a customer or a garment's tag.
//
// Everything is a pure function of its arguments and safe for concurrent use.
package receipt

import (
	"strconv"
	"strings"
	"time"

	"showroom/agent/showroom"
)

// Seller is the shop as a receipt names it (BG-4). The zero value of a field means that it is not known, and it is left out.
type Seller struct {
	Name      string  `json:"name"`                         // BT-27: the company
	Shop      string  `json:"trading_name,omitempty"`       // BT-28: the name over the door
	TaxID     string  `json:"vat_identifier,omitempty"`     // BT-31; in Turkey the VKN of a company, or the TCKN of a person
	TaxOffice string  `json:"tax_office,omitempty"`         // Turkey: where that number is kept
	Register  string  `json:"legal_registration,omitempty"` // BT-30; in Turkey the MERSIS number
	Address   Address `json:"postal_address,omitzero"`      // BG-5
	Phone     string  `json:"contact_telephone,omitempty"`  // BT-42
	Zone      string  `json:"time_zone,omitempty"`          // IANA name: a receipt tells the shop's time; UTC if empty or unknown
}

// Address is where the shop stands (BG-5).
type Address struct {
	Street   string `json:"line,omitempty"`        // BT-35
	District string `json:"subdivision,omitempty"` // BT-39
	City     string `json:"city,omitempty"`        // BT-37
	PostCode string `json:"post_code,omitempty"`   // BT-38
	Country  string `json:"country_code,omitempty"`
}

// Amount is Money that is written as a decimal text, "1234.50", in JSON. The currency stands once in the receipt.
type Amount showroom.Money

// String is the amount with as many decimals as its currency has.
func (a Amount) String() string {
	digits := a.Currency.Digits()
	text, sign := strconv.FormatInt(a.Minor, 10), ""
	if a.Minor < 0 {
		text, sign = text[1:], "-"
	}
	if digits == 0 {
		return sign + text
	}
	if short := digits + 1 - len(text); short > 0 {
		text = strings.Repeat("0", short) + text
	}
	return sign + text[:len(text)-digits] + "." + text[len(text)-digits:]
}

// MarshalText writes the decimal text.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Receipt is a sale as the shopper may keep it.
type Receipt struct {
	Number      string    `json:"invoice_number"`      // BT-1
	IssuedAt    time.Time `json:"issue_date"`          // BT-2, in the shop's time
	TypeCode    string    `json:"invoice_type_code"`   // BT-3: 380, or 381 for a credit note
	Currency    string    `json:"currency_code"`       // BT-5
	BusinessDay string    `json:"tax_point,omitempty"` // BT-7
	Language    string    `json:"language"`            // what the shopper spoke
	Seller      Seller    `json:"seller"`              // BG-4
	Lines       []Line    `json:"lines"`               // BG-25
	VAT         []VAT     `json:"vat_breakdown"`       // BG-23
	Totals      Totals    `json:"document_totals"`     // BG-22
	Payments    []Payment `json:"payment_means"`       // BG-16
	// Fiscal is the document this is a copy of; nil where the country asks for none.
	Fiscal  *Fiscal  `json:"fiscal,omitempty"`
	Kiosk   string   `json:"kiosk,omitempty"`
	Till    string   `json:"till,omitempty"`
	Returns []Return `json:"returns,omitempty"`
	// Preceding is the receipt that a credit note belongs to (BG-3); nil for any other.
	Preceding *Preceding `json:"preceding_invoice,omitempty"`
	// URL is where the receipt can be had; empty if nowhere.
	URL string `json:"url,omitempty"`
}

// Line is what was bought (BG-25). What people are shown is gross; the norm wants net, and both are here.
type Line struct {
	ID         string        `json:"identifier"`              // BT-126, from 1
	Quantity   int           `json:"quantity"`                // BT-129
	UnitCode   string        `json:"unit_code"`               // BT-130: C62, a piece
	Name       showroom.Text `json:"item_name"`               // BT-153
	Size       string        `json:"size,omitempty"`          // BG-32
	Colour     showroom.Text `json:"colour,omitempty"`        // BG-32
	SKU        string        `json:"seller_item,omitempty"`   // BT-155
	GTIN       string        `json:"standard_item,omitempty"` // BT-157
	UnitGross  Amount        `json:"unit_price_with_vat"`     // before anything is taken off
	Gross      Amount        `json:"line_amount_with_vat"`    // after
	GrossBase  Amount        `json:"base_amount_with_vat"`    // before
	Base       Amount        `json:"base_amount"`             // net, before anything is taken off
	Net        Amount        `json:"net_amount"`              // BT-131
	Tax        Amount        `json:"vat_amount"`              //
	Category   string        `json:"vat_category_code"`       // BT-151: S, or Z for none
	Rate       string        `json:"vat_rate"`                // BT-152, in per cent: "20", "5.5"
	Allowances []Allowance   `json:"allowances,omitempty"`    // BG-27
	// basisPoints is Rate as a number.
	basisPoints int
}

// Allowance is what an offer took off a line (BG-27).
type Allowance struct {
	Reason showroom.Text `json:"reason"`          // BT-139
	Gross  Amount        `json:"amount_with_vat"` // as the shopper was told
	Net    Amount        `json:"amount"`          // BT-136
}

// VAT is what was sold at one rate (BG-23).
type VAT struct {
	Category string `json:"category_code"`  // BT-118
	Rate     string `json:"rate"`           // BT-119
	Taxable  Amount `json:"taxable_amount"` // BT-116
	Tax      Amount `json:"tax_amount"`     // BT-117
	Gross    Amount `json:"amount_with_vat"`
}

// Totals are the sums (BG-22).
type Totals struct {
	Pieces  int    `json:"pieces"`
	Lines   Amount `json:"sum_of_line_net_amounts"` // BT-106
	Net     Amount `json:"total_without_vat"`       // BT-109
	Tax     Amount `json:"total_vat"`               // BT-110
	Gross   Amount `json:"total_with_vat"`          // BT-112
	Paid    Amount `json:"paid_amount"`             // BT-113
	Due     Amount `json:"amount_due"`              // BT-115: what is still to be paid
	Reduced Amount `json:"reduced_with_vat"`        // what offers took off, as the shopper was told
}

// Payment is one tender (BG-16).
type Payment struct {
	Kind   string `json:"kind"`
	Code   string `json:"type_code"` // BT-81, UNTDID 4461: 10 cash, 48 bank card, ZZZ agreed otherwise
	Amount Amount `json:"amount"`
	Card   string `json:"card,omitempty"`                    // name of the scheme
	Last4  string `json:"card_account_number_end,omitempty"` // BT-87, its last digits only
	Auth   string `json:"authorisation,omitempty"`
	Trace  string `json:"trace,omitempty"`
	Device string `json:"terminal,omitempty"`
}

// Fiscal are the numbers of the fiscal document.
type Fiscal struct {
	Device  string    `json:"device"`
	Z       int       `json:"z"`
	Receipt int       `json:"receipt"`
	EKU     int       `json:"eku"`
	ETTN    string    `json:"ettn,omitempty"`
	Invoice string    `json:"invoice,omitempty"`
	Info    bool      `json:"information_slip,omitempty"`
	At      time.Time `json:"at"`
}

// Preceding names the receipt of what came back.
type Preceding struct {
	Number   string    `json:"invoice_number"` // BT-25
	IssuedAt time.Time `json:"issue_date"`     // BT-26
	ETTN     string    `json:"ettn,omitempty"`
}

// Return is what came back later. Its credit note is [Receipt.Credit].
type Return struct {
	Number string         `json:"credit_note_number"`
	At     time.Time      `json:"at"`
	Amount Amount         `json:"amount"`
	Pieces int            `json:"pieces"`
	Lines  []ReturnedLine `json:"lines"`
	VAT    []VAT          `json:"vat_breakdown"`
}

// ReturnedLine is so many pieces of a line.
type ReturnedLine struct {
	Line     string `json:"line"` // identifier of the line
	Quantity int    `json:"quantity"`
	Amount   Amount `json:"amount"`
	Tax      Amount `json:"vat_amount"`
}
