package okc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"showroom/agent/showroom"
)

// Device is a fiscal device. It has five methods because that is what these devices can do; they are of no use one without the other.
// Methods may be called from any goroutine. A context that ends is a line that breaks.
//
// An error is one of: a [*Refusal], the device said no and no money has moved; one that wraps [ErrNotSent], the device has heard
// nothing; anything else, nobody knows what the device has done.
type Device interface {
	// Parameters tells what the device is set up for.
	Parameters(ctx context.Context) (Parameters, error)
	// Status tells how the device is.
	Status(ctx context.Context) (Status, error)
	// Submit has a basket registered and paid for, once and for all: it is never sent again. tell hears what the device says to the
	// shopper. A word in stop asks the device to give up while no money has moved.
	Submit(ctx context.Context, b Basket, stop <-chan struct{}, tell func(showroom.Progress)) (Document, error)
	// Cancel undoes what is not closed, payment included, and answers what became of it.
	Cancel(ctx context.Context, id showroom.SettlementID) (Document, error)
	// LastDocument asks what became of a basket and moves nothing. A basket the device has not heard of by now it refuses from now on.
	LastDocument(ctx context.Context, id showroom.SettlementID) (Memory, error)
}

// What callers branch on.
var (
	ErrNotSent  = errors.New("nothing was sent")
	ErrNoAnswer = errors.New("no answer")
)

// Refusal is the device's no: it has begun nothing and no money has moved.
type Refusal struct {
	Reason showroom.DeclineReason `json:"reason"`
	Code   string                 `json:"code,omitempty"` // the device's own
	Text   string                 `json:"text,omitempty"` // its words, for staff
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused (%s %s): %s", r.Reason, r.Code, r.Text) }

// Parameters are what a device is set up for.
type Parameters struct {
	Serial   string            `json:"serial"`
	Currency showroom.Currency `json:"currency"`
	Groups   []Group           `json:"groups"`
	// InvoiceLimit is the amount above which a sale needs an invoice: the device then prints an information slip. 0 is none.
	InvoiceLimit int64 `json:"invoice_limit,omitempty"`
}

// Group is a tax group of the device and the section (department) whose sales are counted in it.
type Group struct {
	Group       int    `json:"group"`
	Section     int    `json:"section"`
	BasisPoints int    `json:"basis_points"`
	Name        string `json:"name,omitempty"`
}

// GroupOf is the group of a rate.
func (p Parameters) GroupOf(basisPoints int) (Group, bool) {
	for _, g := range p.Groups {
		if g.BasisPoints == basisPoints {
			return g, true
		}
	}
	return Group{}, false
}

// Paper is how much paper a device has.
type Paper string

// The states of the paper.
const (
	PaperFine Paper = "ok"
	PaperLow  Paper = "low"
	PaperOut  Paper = "out"
)

// Status is how a device is.
type Status struct {
	Serial string `json:"serial"`
	Paper  Paper  `json:"paper"`
	// Busy: it has begun something that has not ended.
	Busy bool `json:"busy,omitempty"`
	// Unfinished is a basket that is paid and has no slip; nothing else is begun until it is closed or cancelled.
	Unfinished showroom.SettlementID `json:"unfinished,omitempty"`
	// Fault is what keeps the device from selling, in its own words; empty for nothing.
	Fault   string    `json:"fault,omitempty"`
	Z       int       `json:"z"`       // of the day that is open
	Receipt int       `json:"receipt"` // the last of that day
	EKU     int       `json:"eku"`
	At      time.Time `json:"at"` // its clock
}

// Act is what a document does.
type Act string

// The acts. A void undoes a sale of the same day as if it had not been; a refund gives money back for garments.
const (
	Sale   Act = "sale"
	Void   Act = "void"
	Refund Act = "refund"
)

// Basket is what a device is to register, and how it is paid. Amounts are minor units, tax inside.
type Basket struct {
	ID       showroom.SettlementID `json:"id"`
	Act      Act                   `json:"act"`
	Currency showroom.Currency     `json:"currency"`
	Lines    []Item                `json:"lines,omitempty"`
	VAT      []Tax                 `json:"vat,omitempty"`
	Total    int64                 `json:"total"`
	Tenders  []Tender              `json:"tenders"`
	// Info asks for an information slip: an invoice will be the document.
	Info bool   `json:"info_slip,omitempty"`
	Of   Number `json:"of,omitzero"` // what a void undoes
}

// Item is so many pieces of one thing.
type Item struct {
	Name        string `json:"name"`
	GTIN        string `json:"gtin,omitempty"`
	Quantity    int    `json:"quantity"`
	Unit        int64  `json:"unit"`
	Reduced     int64  `json:"reduced,omitempty"` // what offers take off all pieces
	Due         int64  `json:"due"`               // quantity times unit less reduced
	Section     int    `json:"section"`
	Group       int    `json:"group"`
	BasisPoints int    `json:"basis_points"`
}

// Tax is what was sold in one group, and the tax in it.
type Tax struct {
	Group       int   `json:"group"`
	BasisPoints int   `json:"basis_points"`
	Gross       int64 `json:"gross"`
	Tax         int64 `json:"tax"`
}

// Tender is how a part is paid.
type Tender struct {
	Kind   showroom.TenderKind `json:"kind"`
	Amount int64               `json:"amount"`
}

// Number is what a slip is found by.
type Number struct {
	Z       int `json:"z"`
	Receipt int `json:"receipt"`
}

// State is where a document stands.
type State string

// The states. Closed, unpaid and reversed are ends: money has moved and the slip is printed; none has moved; what had moved was given
// back. Unfinished is a payment without its slip.
const (
	Open       State = "open"
	Closed     State = "closed"
	Unpaid     State = "unpaid"
	Reversed   State = "reversed"
	Unfinished State = "unfinished"
)

// Document is what became of a basket.
type Document struct {
	ID     showroom.SettlementID  `json:"id"`
	Act    Act                    `json:"act"`
	State  State                  `json:"state"`
	Reason showroom.DeclineReason `json:"reason,omitempty"` // why it is unpaid or reversed
	Code   string                 `json:"code,omitempty"`

	Serial string `json:"serial"`
	Number
	EKU     int       `json:"eku,omitempty"`
	ETTN    string    `json:"ettn,omitempty"`
	Invoice string    `json:"invoice,omitempty"`
	Info    bool      `json:"info_slip,omitempty"`
	At      time.Time `json:"at,omitzero"`

	Currency showroom.Currency `json:"currency"`
	Total    int64             `json:"total"`
	VAT      []Tax             `json:"vat,omitempty"`
	Payments []Payment         `json:"payments,omitempty"`
	// Slip and MerchantSlip are what was printed.
	Slip         []string `json:"slip,omitempty"`
	MerchantSlip []string `json:"merchant_slip,omitempty"`
}

// Payment is money that has moved.
type Payment struct {
	Tender
	Card  string `json:"card,omitempty"` // name of the scheme
	Last4 string `json:"last4,omitempty"`
	Auth  string `json:"auth,omitempty"`
}

// Memory is what a device knows of a basket.
type Memory struct {
	Found    bool
	Document Document
	// Since is from when on the device remembers every basket it heard, by its own clock. It matters where nothing was found.
	Since time.Time
}
