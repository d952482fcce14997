package showroom

import (
	"time"

	"showroom/agent/gs1"
)

// Text is one text in several languages, by language tag ("tr", "en").
type Text map[string]string

// In answers the text in the language wanted, else English, else any, else "". A text without a letter is none.
func (t Text) In(language string) string {
	if s := t[language]; s != "" {
		return s
	}
	if s := t["en"]; s != "" {
		return s
	}
	best := ""
	for tag, s := range t {
		if s != "" && (best == "" || tag < best) {
			best = tag
		}
	}
	return t[best]
}

// Product is a style: what a shopper calls "this jacket", in all its sizes and colours.
type Product struct {
	ID          ProductID `json:"id"`
	Name        Text      `json:"name"`
	Brand       string    `json:"brand,omitempty"`
	Description Text      `json:"description,omitempty"`
	Composition Text      `json:"composition,omitempty"`
	Care        Text      `json:"care,omitempty"`
	// Pictures are SHA-256 sums in hex of JPEG or PNG files, the main one first.
	Pictures []string `json:"pictures,omitempty"`
}

// Item is one size of one colour of a product: what is counted, priced and carried about (a SKU).
type Item struct {
	GTIN    gs1.GTIN  `json:"gtin"`
	Product ProductID `json:"product"`
	SKU     string    `json:"sku,omitempty"`
	Size    string    `json:"size,omitempty"` // "" for one size
	// SizeOrder sorts sizes as a person would (S before M before XL, 39 before 40).
	SizeOrder int  `json:"size_order,omitempty"`
	Colour    Text `json:"colour,omitempty"`
	// ColourHex is the swatch shown for the colour, "#rrggbb".
	ColourHex string `json:"colour_hex,omitempty"`
	// Pictures of this very colour; empty means those of the product.
	Pictures []string `json:"pictures,omitempty"`
}

// Availability is where the pieces of an item are, as the shop knows it this moment.
type Availability struct {
	Stock     int `json:"stock"`      // in this shop by the feed, corrected by what happened since
	InRooms   int `json:"in_rooms"`   // hanging in rooms that have a visit
	Promised  int `json:"promised"`   // being fetched for somebody
	InBaskets int `json:"in_baskets"` // in open baskets
}

// ToBring is how many pieces an associate could still bring.
func (a Availability) ToBring() int {
	return max(a.Stock-a.InRooms-a.Promised-a.InBaskets, 0)
}

// TriedElsewhere says that there is nothing to bring now, but a piece hangs in a room and may come free.
func (a Availability) TriedElsewhere(inOwnRoom int) bool {
	return a.ToBring() == 0 && a.InRooms > inOwnRoom
}

// Price is what an item costs between two moments, the shopper's tax included.
type Price struct {
	GTIN   gs1.GTIN
	Amount Money
	// VATBasisPoints is the rate of tax inside the amount: 2000 is 20 %.
	VATBasisPoints int
	From           time.Time // zero: always has been
	To             time.Time // zero: until further notice; exclusive otherwise
	// LowestPrior is the lowest price of the thirty days before a reduction; zero when the feed names none. Without it no "was"
	// price may be shown.
	LowestPrior Money
}

// Priced is an item with what a line of a basket takes from the catalogue.
type Priced struct {
	Item
	Name  Text   // of its product; empty while only the item has come
	Brand string // of its product
	// Picture is the SHA-256 in hex of the one to show; empty for none.
	Picture string
	// Price is of the moment asked about; its amount is zero when the shop has none then.
	Price Price
}

// Found is an item as a search shows it, in one language.
type Found struct {
	GTIN    gs1.GTIN
	Name    string // of its product; empty while only the item has come
	Brand   string
	Size    string
	Colour  string
	Picture string // SHA-256 in hex; empty for none
	Price   Money  // of the moment asked about
	// LowestPrior is as in Price.
	LowestPrior Money
}

// Stock is how many pieces of an item the shop has by the central service's books.
type Stock struct {
	GTIN     gs1.GTIN
	Quantity int
}
