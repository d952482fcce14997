package showroom

import (
	"cmp"
	"slices"
	"time"
)

// Paper is a slip that was asked for at a checkout and of which nobody knows yet that it has come out whole.
type Paper struct {
	// Sale is the one whose receipt it is, or of which Return has given something back. Aside is the basket of a slip for a till.
	Sale   SaleID       `json:"sale,omitempty"`
	Return SettlementID `json:"return,omitempty"`
	Aside  BasketID     `json:"aside,omitempty"`
	Since  Moment       `json:"since"`
	// Failed: nobody prints it any more, and it may hang in the printer in part.
	Failed bool `json:"failed,omitempty"`
}

// ID is what a slip is known by among those of its kiosk.
func (p Paper) ID() string { return cmp.Or(string(p.Return), string(p.Aside), string(p.Sale)) }

// What a kiosk remembers of slips that did not come out: so many of them, and for so long.
const (
	MostPapers = 20
	PaperFor   = 24 * time.Hour
)

// PutPaper remembers a slip, or what has become of it, and forgets what is old.
func (d Desk) PutPaper(p Paper, at Moment) Desk {
	d = d.DropPaper(p.ID())
	d.Papers = slices.DeleteFunc(d.Papers, func(o Paper) bool { return at.Since(o.Since) > PaperFor })
	d.Papers = append(d.Papers, p)
	d.Papers = d.Papers[max(len(d.Papers)-MostPapers, 0):]
	return d
}

// DropPaper forgets a slip: it has come out, or nobody wants it.
func (d Desk) DropPaper(id string) Desk {
	d.Papers = slices.DeleteFunc(slices.Clone(d.Papers), func(o Paper) bool { return o.ID() == id })
	return d
}

// Unprinted says that a slip did not come out, or not whole.
func (d Desk) Unprinted(id string) bool {
	return slices.ContainsFunc(d.Papers, func(o Paper) bool { return o.Failed && o.ID() == id })
}
