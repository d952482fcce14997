package showroom

import (
	"slices"

	"showroom/agent/gs1"
)

// Lay is what a garment on a checkout tray counts for.
type Lay string

// What a garment on the tray counts for. It leaves the list when it is lifted, and counts anew when it is laid down again.
const (
	LayIn        Lay = "in"        // it is in the basket of this kiosk
	LayHeld      Lay = "held"      // the shop's, and nobody can say what it costs: staff must look
	LayElsewhere Lay = "elsewhere" // it is in another basket
	LayLate      Lay = "late"      // laid down while nothing could go into the basket
	LayOut       Lay = "out"       // the shopper took it out of the basket by hand: it counts for nothing there until it is lifted
	LayLeft      Lay = "left"      // of a basket that has ended: it opens none by itself, and goes into the next one
	LayAside     Lay = "aside"     // staff have seen to it: it counts for nothing until it is lifted
)

// Laid is one garment on a checkout tray.
type Laid struct {
	EPC gs1.EPC `json:"epc"`
	As  Lay     `json:"as"`
}

// Desk is what a checkout kiosk remembers beside its basket. Methods answer a new one; slices are not shared.
type Desk struct {
	Kiosk KioskID `json:"-"`
	// Sale is the one whose receipt is offered, Parked the basket whose code is shown; empty for none.
	Sale   SaleID   `json:"sale,omitempty"`
	Parked BasketID `json:"parked,omitempty"`
	// Closed: staff have closed this kiosk.
	Closed bool `json:"closed,omitempty"`
	// Left: whoever pays here may have gone. What comes of the payment is not shown to the next person.
	Left bool   `json:"left,omitempty"`
	Tray []Laid `json:"tray,omitempty"`
	// Looking is the call to what the tray holds for staff, Standing the one of somebody who left with a garment that could not be
	// released: it outlives their visit. Either may have been answered since; empty for none.
	Looking  CallID `json:"looking,omitempty"`
	Standing CallID `json:"standing,omitempty"`
	// StandingFor are the sales of those garments. Shared: who is at the kiosk now has called too, and it is the same call.
	StandingFor []SaleID `json:"standing_for,omitempty"`
	Shared      bool     `json:"shared,omitempty"`
	// Papers are the slips that are asked for or did not come out, the oldest first.
	Papers []Paper `json:"papers,omitempty"`
	// Shown are prices that baskets begun or set aside here have shown in lines they hold no more, the oldest first.
	Shown []ShownPrice `json:"shown,omitempty"`
	// Seen is when the kiosk was last known to work while somebody was at it.
	Seen Moment `json:"seen,omitzero"`
}

// On answers what a garment on the tray counts for; false when it does not lie there.
func (d Desk) On(epc gs1.EPC) (Lay, bool) {
	i := slices.IndexFunc(d.Tray, func(l Laid) bool { return l.EPC == epc })
	if i < 0 {
		return "", false
	}
	return d.Tray[i].As, true
}

// Lay puts a garment on the tray, or has one that lies there count for something else.
func (d Desk) Lay(epc gs1.EPC, as Lay) Desk {
	d = d.Lift(epc)
	d.Tray = append(d.Tray, Laid{epc, as})
	return d
}

// Lift takes a garment off the tray.
func (d Desk) Lift(epc gs1.EPC) Desk {
	d.Tray = slices.DeleteFunc(slices.Clone(d.Tray), func(l Laid) bool { return l.EPC == epc })
	return d
}

// Turn has all garments that count for one thing count for another.
func (d Desk) Turn(from, to Lay) Desk {
	d.Tray = slices.Clone(d.Tray)
	for i := range d.Tray {
		if d.Tray[i].As == from {
			d.Tray[i].As = to
		}
	}
	return d
}

// Count is how many garments on the tray count for that.
func (d Desk) Count(as Lay) (n int) {
	for _, l := range d.Tray {
		if l.As == as {
			n++
		}
	}
	return n
}
