package showroom

import (
	"errors"
	"fmt"
	"strings"
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

// Check says what of an offer can not be meant, for who writes offers. One that is reckoned all the same takes nothing off that it
// should not.
func (o Offer) Check() error {
	if len(o.Name) == 0 {
		return errors.New("has no name that a shopper could read")
	}
	if !o.To.IsZero() && !o.From.Before(o.To) {
		return errors.New("ends before it begins")
	}
	for _, m := range []Money{o.Amount, o.Least} {
		if m.Minor < 0 || m.Minor > MostPrice {
			return fmt.Errorf("an amount of %d", m.Minor)
		}
		if c := string(m.Currency); (c != "" || m.Minor != 0) && (len(c) != 3 || strings.ToUpper(c) != c) {
			return fmt.Errorf("%q is no currency such as TRY or EUR", c)
		}
	}
	if !o.Basket && o.Least.Minor != 0 {
		return errors.New("only an offer on the whole basket asks for a least amount")
	}
	return o.checkKind()
}

func (o Offer) checkKind() error {
	switch o.Kind {
	case OfferPercentage:
		if o.BasisPoints < 1 || o.BasisPoints > 10_000 {
			return fmt.Errorf("%d basis points; 2000 is 20 %%", o.BasisPoints)
		}
	case OfferAmount:
		if o.Amount.Minor == 0 {
			return errors.New("takes nothing off")
		}
	case OfferNForM:
		if o.Basket || o.N < 2 || o.M < 0 || o.M >= o.N || o.N > MostPieces {
			return fmt.Errorf("%d for %d; write 3 for 2 or the like, and not on the whole basket", o.N, o.M)
		}
	case OfferSetPrice:
		if o.Basket || o.N < 1 || o.N > MostPieces || o.Amount.Currency == "" {
			return errors.New("a set price needs a number of pieces and a currency, and is not on the whole basket")
		}
	default:
		return fmt.Errorf("kind %q is unknown; write %s, %s, %s or %s", o.Kind, OfferPercentage, OfferAmount, OfferNForM, OfferSetPrice)
	}
	return nil
}
