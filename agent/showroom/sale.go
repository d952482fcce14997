package showroom

import (
	"slices"
	"time"

	"showroom/agent/gs1"
)

type (
	// SaleID is a sale for good.
	SaleID string
	// ReturnID is a return of a sale or a part of it.
	ReturnID string
)

// TenderKind is what was paid with.
type TenderKind string

// The kinds of tender.
const (
	TenderCard  TenderKind = "card"
	TenderCash  TenderKind = "cash"
	TenderOther TenderKind = "other"
)

// Tender is one payment of a sale.
type Tender struct {
	Kind      TenderKind `json:"kind"`
	Amount    Money      `json:"amount"`
	Card      Card       `json:"card,omitzero"`
	Reference Reference  `json:"reference,omitzero"`
}

// Sale is a basket that was paid. It never changes; what comes back is a Return. Its lines name no EPC: the garments are the
// shopper's now, and nobody's business.
type Sale struct {
	ID          SaleID       `json:"id"`
	Number      int64        `json:"number"` // of this agent, from 1 without a gap
	BusinessDay string       `json:"business_day"`
	Kiosk       KioskID      `json:"kiosk,omitempty"`
	Till        TillID       `json:"till,omitempty"` // paid there and not here
	Basket      BasketID     `json:"basket"`
	Settlement  SettlementID `json:"settlement,omitempty"`
	Language    string       `json:"language"` // of the receipt
	Lines       []Line       `json:"lines"`
	Totals      Totals       `json:"totals"`
	Tenders     []Tender     `json:"tenders"`
	Fiscal      *Fiscal      `json:"fiscal,omitempty"`
	// Token opens the receipt on the central service: 128 random bits and their check, in base64url.
	Token string    `json:"token"`
	At    time.Time `json:"at"`
}

// ReturnedLine is so many pieces of a line that came back.
type ReturnedLine struct {
	Line     LineID `json:"line"`
	Quantity int    `json:"quantity"`
	Amount   Money  `json:"amount"` // what is given back for them
}

// Return is money given back for garments of a sale.
type Return struct {
	ID         ReturnID       `json:"id"`
	Sale       SaleID         `json:"sale"`
	Lines      []ReturnedLine `json:"lines"`
	Amount     Money          `json:"amount"`
	VAT        []VATSum       `json:"vat"`
	Settlement SettlementID   `json:"settlement,omitempty"`
	By         StaffID        `json:"by"`
	Why        string         `json:"why"`
	At         time.Time      `json:"at"`
}

// Unreturned is how many pieces of each line have not come back yet.
func (s Sale) Unreturned(before []Return) map[LineID]int {
	left := make(map[LineID]int, len(s.Lines))
	for _, l := range s.Lines {
		left[l.ID] += l.Quantity
	}
	for _, r := range before {
		for _, l := range r.Lines {
			left[l.Line] -= l.Quantity
		}
	}
	return left
}

// Refund reckons what is given back for pieces of a sale after the returns before. However the pieces of a line come back, together
// they give back exactly what was paid for it, and its tax.
func (s Sale) Refund(before []Return, pieces map[LineID]int) (lines []ReturnedLine, vat []VATSum, amount Money, err error) {
	left := s.Unreturned(before)
	for line := range pieces {
		if _, sold := left[line]; !sold {
			return nil, nil, Money{}, Errorf(CodeNotFound, "This line is not of this sale.")
		}
	}
	amount = Money{Currency: s.Totals.Due.Currency}
	for _, l := range s.Lines {
		n := pieces[l.ID]
		if n == 0 {
			continue
		}
		if n < 0 || n > left[l.ID] {
			return nil, nil, Money{}, Errorf(CodeConflict, "Of this line %d can still come back.", left[l.ID])
		}
		due, err := l.Due()
		if err != nil {
			return nil, nil, Money{}, err
		}
		gone := l.Quantity - left[l.ID]
		part := dueOf(due.Minor, l.Quantity, gone+n) - dueOf(due.Minor, l.Quantity, gone)
		whole := func(minor int64) int64 { return Money{Minor: minor}.VATInside(l.VATBasisPoints).Minor }
		tax := whole(dueOf(due.Minor, l.Quantity, gone+n)) - whole(dueOf(due.Minor, l.Quantity, gone))
		lines = append(lines, ReturnedLine{Line: l.ID, Quantity: n, Amount: Money{Minor: part, Currency: due.Currency}})
		vat = addVAT(vat, l.VATBasisPoints, part, tax, due.Currency)
		amount.Minor += part
	}
	if len(lines) == 0 {
		return nil, nil, Money{}, Errorf(CodeInvalid, "Nothing is named that should come back.")
	}
	return lines, vat, amount, nil
}

// dueOf is what the first n of so many pieces cost that cost due together.
func dueOf(due int64, pieces, n int) int64 {
	part, _ := divide(uint64(due), uint64(n), uint64(pieces))
	return int64(part)
}

func addVAT(all []VATSum, basisPoints int, gross, tax int64, currency Currency) []VATSum {
	i := slices.IndexFunc(all, func(v VATSum) bool { return v.BasisPoints == basisPoints })
	if i < 0 {
		none := Money{Currency: currency}
		all = append(all, VATSum{BasisPoints: basisPoints, Gross: none, Net: none, Tax: none})
		i = len(all) - 1
	}
	all[i].Gross.Minor += gross
	all[i].Net.Minor += gross - tax
	all[i].Tax.Minor += tax
	return all
}

// Untagged answers lines as a sale has them: without their tags, but saying that there was one.
func Untagged(lines []Line) []Line {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Tagged = lines[i].Tagged || !lines[i].EPC.IsZero()
		lines[i].EPC = gs1.EPC{}
	}
	return lines
}
