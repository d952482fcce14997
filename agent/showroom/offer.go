package showroom

import (
	"time"

	"showroom/agent/gs1"
)

// OfferID is an offer of the feed.
type OfferID string

// OfferKind is how an offer is reckoned.
type OfferKind string

// The kinds of offer.
const (
	OfferPercentage OfferKind = "percentage" // BasisPoints off each piece
	OfferAmount     OfferKind = "amount"     // Amount off each piece, or once off the basket
	OfferNForM      OfferKind = "n_for_m"    // of each N pieces the cheapest N-M are free
	OfferSetPrice   OfferKind = "set_price"  // each N pieces together cost Amount
)

// Offer is a reduction as data, from the feed. It has no effect on lines that are Fixed.
type Offer struct {
	ID   OfferID   `json:"id"`
	Name Text      `json:"name"` // what the shopper reads beside what it takes off
	Kind OfferKind `json:"kind"`
	From time.Time `json:"from,omitzero"` // zero: always has been
	To   time.Time `json:"to,omitzero"`   // zero: until further notice; exclusive otherwise
	// Coupon is the code that must be shown; empty for none. Codes are compared as Turkish readers compare words.
	Coupon string `json:"coupon,omitempty"`
	// Items and Products are what it is about; neither means everything. Basket: it takes off the basket as a whole, after all
	// others, if what it is about comes to at least Least.
	Items    []gs1.GTIN  `json:"items,omitempty"`
	Products []ProductID `json:"products,omitempty"`
	Basket   bool        `json:"basket,omitempty"`
	Least    Money       `json:"least,omitzero"`

	BasisPoints int   `json:"basis_points,omitempty"`
	Amount      Money `json:"amount,omitzero"`
	N           int   `json:"n,omitempty"`
	M           int   `json:"m,omitempty"`
	// Rank: of two that want the same piece the higher one has it, of equal ones that with the lesser ID. A piece has one offer,
	// besides those of the basket.
	Rank int `json:"rank,omitempty"`
}

// ValidAt says whether the offer holds at a moment.
func (o Offer) ValidAt(at time.Time) bool {
	return !at.Before(o.From) && (o.To.IsZero() || at.Before(o.To))
}
