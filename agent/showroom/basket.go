package showroom

import (
	"slices"
	"time"

	"showroom/agent/gs1"
)

type (
	// BasketID is a basket from its first garment until it is paid or given up.
	BasketID string
	// LineID is a line of a basket, and later of its sale and its receipt.
	LineID string
	// TillID is a staffed till of the shop, by the name it has in the topics of its events.
	TillID string
)

// BasketState is where a basket stands.
type BasketState string

// The life of a basket. Frozen is while it is being paid: nothing goes in or out. Aside it waits for another kiosk, a till or staff;
// at a till it is being paid there. Paid and gone are the ends.
const (
	BasketOpen   BasketState = "open"
	BasketFrozen BasketState = "frozen"
	BasketAside  BasketState = "parked"
	BasketAtTill BasketState = "claimed"
	BasketPaid   BasketState = "sold"
	BasketGone   BasketState = "abandoned"
)

// Ended says that the basket holds nothing any more: its garments may go into another one.
func (s BasketState) Ended() bool { return s == BasketPaid || s == BasketGone }

// LineSource is how a garment came into a basket.
type LineSource string

// The sources. What came from a fitting room is only wished for until it is seen at the kiosk.
const (
	FromScan   LineSource = "scan"
	FromTray   LineSource = "tray"
	FromSearch LineSource = "search"
	FromRoom   LineSource = "room"
	FromStaff  LineSource = "staff"
	FromBagAsk LineSource = "bag"
)

// Line is one garment with a tag, or so many pieces of one item without. Amounts are gross: tax is inside.
type Line struct {
	ID       LineID    `json:"id"`
	GTIN     gs1.GTIN  `json:"gtin"`
	EPC      gs1.EPC   `json:"epc,omitzero"` // zero: known by its bar code; else Quantity is 1
	Product  ProductID `json:"product,omitempty"`
	SKU      string    `json:"sku,omitempty"`
	Name     Text      `json:"name"`
	Size     string    `json:"size,omitempty"`
	Colour   Text      `json:"colour,omitempty"`
	Quantity int       `json:"quantity"`
	// Unit is the price of one piece: the lowest that was shown in this visit.
	Unit Money `json:"unit"`
	// Was is the lowest price of the thirty days before a reduction, where the feed names one; else zero, and none is shown.
	Was Money `json:"was,omitzero"`
	// VATBasisPoints is the rate of the tax inside, of the day of the sale. From then on it stays on the line: rates change.
	VATBasisPoints int        `json:"vat_basis_points"`
	Source         LineSource `json:"source"`
	// Wish: transferred from elsewhere and not seen here yet; it is not to be paid.
	Wish bool `json:"wish,omitempty"`
	// Fixed: no offer may take anything off, such as a bag the law wants paid for.
	Fixed bool `json:"fixed,omitempty"`
	// Tagged: it was sold with a radio tag, which is not named any more.
	Tagged bool `json:"tagged,omitempty"`
	// Overridden is why staff gave it another price; empty for none.
	Overridden string      `json:"overridden,omitempty"`
	Reductions []Reduction `json:"reductions,omitempty"`
}

// Reduction is what one offer takes off one line.
type Reduction struct {
	Offer  OfferID `json:"offer"`
	Name   Text    `json:"name"` // what the shopper reads: "3 for 2"
	Amount Money   `json:"amount"`
}

// Gross is the line before offers.
func (l Line) Gross() (Money, error) { return l.Unit.Times(l.Quantity) }

// Due is the line after offers, never less than nothing.
func (l Line) Due() (Money, error) {
	due, err := l.Gross()
	for _, r := range l.Reductions {
		if err != nil {
			break
		}
		due, err = due.Sub(r.Amount)
	}
	if err == nil && due.Minor < 0 {
		due.Minor = 0
	}
	return due, err
}

// Basket is what a shopper is about to buy. Methods answer a new one and leave the old as it was; slices are not shared.
type Basket struct {
	ID       BasketID
	Kiosk    KioskID // where it is or was last open
	State    BasketState
	Currency Currency
	Lines    []Line
	// Coupons are the codes shown, in order.
	Coupons []string
	// Number is what people call it: from 1 each business day. Code lets another kiosk or a till have it while it is parked.
	Number int
	Code   string
	Reason string // why it was parked
	Till   TillID // who has claimed it
	// Settlement is the one under way; empty for none.
	Settlement SettlementID
	Opened     Moment
	Changed    Moment
	Version    int // grows with every change
}

// How long things hold that nobody comes back for.
const (
	ParkedFor  = 30 * time.Minute // after that its garments are free again
	ClaimedFor = 10 * time.Minute // a till that took a basket and said nothing more
)

// Open says that garments may go in and out.
func (b Basket) Open() bool { return b.State == BasketOpen }

// Payable answers the lines that are to be paid: all that is not only wished for.
func (b Basket) Payable() []Line {
	lines := slices.Clone(b.Lines)
	return slices.DeleteFunc(lines, func(l Line) bool { return l.Wish })
}

// Holds answers the line of a garment. One that is only wished for is not held.
func (b Basket) Holds(epc gs1.EPC) (Line, bool) {
	for _, l := range b.Lines {
		if !l.Wish && !l.EPC.IsZero() && l.EPC == epc {
			return l, true
		}
	}
	return Line{}, false
}

// Garments answers what the basket holds by its tag, in the order of the lines.
func (b Basket) Garments() (held []gs1.EPC) {
	for _, l := range b.Lines {
		if !l.Wish && !l.EPC.IsZero() {
			held = append(held, l.EPC)
		}
	}
	return held
}

// Pieces is how many garments there are to pay.
func (b Basket) Pieces() int {
	n := 0
	for _, l := range b.Lines {
		if !l.Wish {
			n += l.Quantity
		}
	}
	return n
}

// What a basket holds at most: pieces of one item in a line, lines, and the price of a piece in minor units. They keep a finger that
// rests on "+" from ordering a lorry, and sums from running over.
const (
	MostPieces = 99
	MostLines  = 500
	MostPrice  = 1_000_000_000_000
)

// Add puts a line in. Pieces of an item without a tag join the line of that item with the same price; so many pieces of a wish for the
// item are fulfilled by it. A garment that is in already is refused with CodeConflict.
func (b Basket) Add(l Line, at Moment) (Basket, error) {
	if err := b.mayChange(); err != nil {
		return b, err
	}
	if l.Quantity < 1 || l.Quantity > MostPieces || !l.EPC.IsZero() && l.Quantity != 1 {
		return b, Errorf(CodeInvalid, "A line holds 1 to %d pieces, and one if it has a tag.", MostPieces)
	}
	if l.Unit.Currency != b.Currency || l.Unit.Minor < 0 || l.Unit.Minor > MostPrice {
		return b, Errorf(CodeInvalid, "The price of %s is not in %s.", l.GTIN, b.Currency)
	}
	if _, in := b.Holds(l.EPC); in && !l.EPC.IsZero() {
		return b, Errorf(CodeConflict, "This garment is in the basket already.")
	}
	next := b.changed(at)
	if !l.Wish {
		next.Lines, l.ID = fulfil(next.Lines, l)
	}
	if i := slices.IndexFunc(next.Lines, l.joins); i >= 0 {
		if next.Lines[i].Quantity+l.Quantity > MostPieces {
			return b, Errorf(CodeInvalid, "No more than %d pieces of one item. Ask an associate for more.", MostPieces)
		}
		next.Lines[i].Quantity += l.Quantity
		return next, nil
	}
	if len(next.Lines) >= MostLines {
		return b, Errorf(CodeInvalid, "The basket is full. Pay for this one first.")
	}
	next.Lines = append(next.Lines, l)
	return next, nil
}

// fulfil takes the pieces of a line off the wishes for its item, first off the wish for that very garment. It answers what the line is
// called: as the wish it takes the place of, so that whoever looks at it sees the same line.
func fulfil(lines []Line, l Line) ([]Line, LineID) {
	wished := func(w Line) bool { return w.Wish && w.GTIN == l.GTIN }
	for left := l.Quantity; left > 0; {
		i := slices.IndexFunc(lines, func(w Line) bool { return wished(w) && w.EPC == l.EPC })
		if i < 0 {
			i = slices.IndexFunc(lines, wished)
		}
		if i < 0 {
			break
		}
		took := min(left, lines[i].Quantity)
		left -= took
		if lines[i].Quantity -= took; lines[i].Quantity <= 0 {
			l.ID = lines[i].ID
			lines = slices.Delete(lines, i, i+1)
		}
	}
	return lines, l.ID
}

// joins says that the line is more of another one.
func (l Line) joins(o Line) bool {
	return l.EPC.IsZero() && o.EPC.IsZero() && l.Wish == o.Wish && o.GTIN == l.GTIN && o.Unit == l.Unit && o.Fixed == l.Fixed &&
		o.Overridden == l.Overridden && o.VATBasisPoints == l.VATBasisPoints
}

// SetQuantity changes how many pieces a line has; 0 removes it. A garment with a tag is one, or none. What staff have given another
// price does not become more: that price is for the pieces they saw (CodeForbidden).
func (b Basket) SetQuantity(line LineID, pieces int, at Moment) (Basket, error) {
	if err := b.mayChange(); err != nil {
		return b, err
	}
	i := slices.IndexFunc(b.Lines, func(l Line) bool { return l.ID == line })
	if i < 0 {
		return b, Errorf(CodeNotFound, "This line is no longer in the basket.")
	}
	most := MostPieces
	if !b.Lines[i].EPC.IsZero() {
		most = 1
	}
	if pieces < 0 || pieces > most {
		return b, Errorf(CodeInvalid, "This line holds at most %d.", most)
	}
	if l := b.Lines[i]; l.Overridden != "" && pieces > l.Quantity {
		return b, Errorf(CodeForbidden, "An associate has set the price of these pieces. Scan another one, or ask for its price.")
	}
	b = b.changed(at)
	if pieces == 0 {
		b.Lines = slices.Delete(b.Lines, i, i+1)
	} else {
		b.Lines[i].Quantity = pieces
	}
	return b, nil
}

// Freeze ends all change while the basket is paid for by the settlement.
func (b Basket) Freeze(s SettlementID, at Moment) (Basket, error) {
	if err := b.mayChange(); err != nil {
		return b, err
	}
	if b.Pieces() == 0 {
		return b, Errorf(CodeInvalid, "The basket is empty.")
	}
	b = b.changed(at)
	b.State, b.Settlement = BasketFrozen, s
	return b, nil
}

// Thaw gives the basket back to the shopper after a settlement that came to nothing. What offers take off is reckoned anew from here on.
func (b Basket) Thaw(at Moment) (Basket, error) {
	if b.State != BasketFrozen {
		return b, b.refuse()
	}
	b = b.changed(at).unreduced()
	b.State, b.Settlement = BasketOpen, ""
	return b, nil
}

// Park sets the basket aside under a code.
func (b Basket) Park(code, reason string, at Moment) (Basket, error) {
	if b.State != BasketOpen && b.State != BasketFrozen && b.State != BasketAtTill {
		return b, b.refuse()
	}
	b = b.changed(at)
	b.State, b.Code, b.Reason, b.Till, b.Settlement = BasketAside, code, reason, "", ""
	return b, nil
}

// Resume opens a parked basket at a kiosk. What offers take off is reckoned anew from here on.
func (b Basket) Resume(kiosk KioskID, at Moment) (Basket, error) {
	if b.State != BasketAside {
		return b, b.refuse()
	}
	b = b.changed(at).unreduced()
	b.State, b.Kiosk, b.Code, b.Reason = BasketOpen, kiosk, "", ""
	return b, nil
}

// Claim gives a parked basket to exactly one till.
func (b Basket) Claim(till TillID, at Moment) (Basket, error) {
	if b.State != BasketAside && (b.State != BasketAtTill || b.Till != till) {
		return b, b.refuse()
	}
	b = b.changed(at)
	b.State, b.Till = BasketAtTill, till
	return b, nil
}

// Sell ends the basket: it is paid.
func (b Basket) Sell(at Moment) (Basket, error) {
	if b.State.Ended() {
		return b, b.refuse()
	}
	b = b.changed(at)
	b.State, b.Code, b.Reason = BasketPaid, "", ""
	return b, nil
}

// Abandon ends the basket: nobody wants it any more. One that is being paid for is refused.
func (b Basket) Abandon(at Moment) (Basket, error) {
	if b.State.Ended() || b.State == BasketFrozen {
		return b, b.refuse()
	}
	b = b.changed(at)
	b.State, b.Code = BasketGone, ""
	return b, nil
}

func (b Basket) changed(at Moment) Basket {
	b.Lines, b.Coupons = slices.Clone(b.Lines), slices.Clone(b.Coupons)
	b.Changed = at
	b.Version++
	return b
}

// unreduced is the basket without what offers have taken off. Its lines must be its own.
func (b Basket) unreduced() Basket {
	for i := range b.Lines {
		b.Lines[i].Reductions = nil
	}
	return b
}

func (b Basket) mayChange() error {
	if b.State == BasketOpen {
		return nil
	}
	return b.refuse()
}

func (b Basket) refuse() error {
	switch b.State {
	case BasketFrozen:
		return Errorf(CodeConflict, "This basket is being paid for.")
	case BasketAside:
		return Errorf(CodeConflict, "This basket is set aside. Show its code to go on.")
	case BasketAtTill:
		return Errorf(CodeTaken, "This basket is at the till.")
	case BasketPaid:
		return Errorf(CodeConflict, "This basket has been paid.")
	case BasketGone:
		return Errorf(CodeConflict, "This basket is over. Begin a new one.")
	}
	return Errorf(CodeConflict, "This basket is open.")
}
