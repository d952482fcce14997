package checkout

import (
	"cmp"
	"slices"

	"showroom/agent/gs1"
	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Stage is which of the pages of a checkout is up.
type Stage string

// The stages, in the words of the screens.
const (
	StageAttract Stage = "attract" // nobody is there
	StageBasket  Stage = "basket"
	StagePaying  Stage = "paying"
	StageReceipt Stage = "receipt"
	StageParked  Stage = "parked"
	StageUnknown Stage = "unknown" // nobody knows yet whether money has moved
	StageClosed  Stage = "closed"
)

// Now is how a checkout stands.
type Now struct {
	Kiosk  Kiosk
	Stage  Stage
	Closed string // why nobody can begin to pay here; empty when somebody can
	Live   live.Counter
	Desk   showroom.Desk
	// Basket is the one of the kiosk with what offers take off, and what it comes to; Has is false for none.
	Basket showroom.Basket
	Totals showroom.Totals
	Has    bool
	Tray   Tray
	// CanAbort: the device can still be asked to stop.
	CanAbort bool
	Amount   showroom.Money // being paid
	// Sale is the one whose receipt is offered, and Unreleased how many of its garments staff must see to.
	Sale       showroom.Sale
	Unreleased int
	// Parked is the basket whose code is shown, and Due what it comes to. With StageUnknown it is being paid for at another kiosk, and
	// somebody looks it up here.
	Parked showroom.Basket
	Due    showroom.Money
	Bag    *showroom.Line // what the shop asks about before paying; nil for nothing
}

// Tray is what lies on the tray of a kiosk.
type Tray struct {
	Pieces    int // of the basket
	Held      int // staff must look
	Elsewhere int // in another basket
	Moving    bool
}

// Look answers how a checkout stands.
func (d *Desks) Look(v *store.View, k Kiosk) (now Now, err error) {
	at := d.opt.Clock()
	now = Now{Kiosk: k, Live: d.board.Counter(k.ID)}
	if now.Desk, err = v.Desk(k.ID); err != nil {
		return now, err
	}
	if now.Basket, now.Has, err = v.OpenBasketAt(k.ID); err != nil {
		return now, err
	}
	now.Closed = d.shut(k, now.Desk, at)
	if now.Tray, err = tray(v, now.Desk); err != nil {
		return now, err
	}
	now.Tray.Moving = now.Live.Settling.Mono > at.Mono
	if now.Has {
		if now.Basket.Lines, now.Totals, err = d.bill(v, now.Basket, at.Wall); err != nil {
			return now, err
		}
	}
	if d.opt.Bag != "" {
		if now.Bag, err = d.bag(v, at); err != nil {
			return now, err
		}
	}
	return now, d.stage(v, &now)
}

// tray counts what lies on a tray. What was left there by a basket that is set aside is in another one as long as that holds it.
func tray(v *store.View, desk showroom.Desk) (Tray, error) {
	t := Tray{Pieces: desk.Count(showroom.LayIn), Held: desk.Count(showroom.LayHeld), Elsewhere: desk.Count(showroom.LayElsewhere)}
	for _, l := range desk.Tray {
		if l.As != showroom.LayLeft {
			continue
		}
		_, held, err := v.HolderOf(l.EPC)
		if err != nil {
			return t, err
		}
		if held {
			t.Elsewhere++
		}
	}
	return t, nil
}

func (d *Desks) bag(v *store.View, at showroom.Moment) (*showroom.Line, error) {
	l, err := d.line(v, d.opt.Bag, at.Wall)
	if told(err) { // the shop has run out of prices for bags; nobody is asked about one
		return nil, nil
	}
	return &l, err
}

func (d *Desks) stage(v *store.View, now *Now) error {
	switch {
	case now.Has && now.Basket.State == showroom.BasketFrozen:
		return d.paying(v, now)
	case now.Has:
		now.Stage = StageBasket
	case now.Desk.Sale != "":
		return d.receipt(v, now)
	case now.Desk.Parked != "":
		return d.parked(v, now)
	case now.Closed != "":
		now.Stage = StageClosed
	default:
		now.Stage = StageAttract
	}
	return nil
}

func (d *Desks) paying(v *store.View, now *Now) error {
	now.Stage, now.Amount = StagePaying, now.Totals.Due
	s, err := v.Settlement(now.Basket.Settlement)
	switch showroom.ErrorCode(err) {
	case "":
		now.CanAbort = d.serves(now.Kiosk) == s.ID
	case showroom.CodeNotFound: // the device has not been asked
		now.CanAbort = true
		if other := d.serves(now.Kiosk); now.Live.Prompt.Code == "" && other != "" && other != now.Basket.Settlement {
			now.Live.Prompt.Code = promptQueued
		}
		return nil
	default:
		return err
	}
	if s.State != showroom.SettlementUnsure {
		return nil
	}
	now.Stage = StageUnknown
	if now.Desk.Left { // what comes of it is nothing for who stands there now
		now.Stage, now.Closed = StageClosed, cmp.Or(now.Closed, d.machine())
	}
	return nil
}

// serves is the settlement the device of a kiosk is busy with, this kiosk's or another's; "" for none.
func (d *Desks) serves(k Kiosk) showroom.SettlementID {
	c := d.cashiers[k.Settler]
	if c == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.doing
}

func (d *Desks) receipt(v *store.View, now *Now) (err error) {
	now.Stage = StageReceipt
	now.saysUnprinted(string(now.Desk.Sale))
	if now.Sale, err = v.Sale(now.Desk.Sale); err != nil {
		return err
	}
	left, err := v.ReleasesOf(now.Sale.ID)
	for _, r := range left {
		if r.State == store.ReleaseFailed {
			now.Unreleased++
		}
	}
	return err
}

// parked shows the code of a basket that was set aside, for as long as it is, or how it stands with a payment that somebody looks up.
func (d *Desks) parked(v *store.View, now *Now) (err error) {
	b, err := v.Basket(now.Desk.Parked)
	if showroom.ErrorCode(err) == showroom.CodeNotFound || err == nil && (b.State.Ended() || b.Open()) {
		now.Stage = StageAttract
		if now.Closed != "" {
			now.Stage = StageClosed
		}
		return nil
	}
	if err != nil {
		return err
	}
	_, totals, err := d.bill(v, b, d.opt.Clock().Wall)
	now.Stage, now.Parked, now.Due = StageParked, b, totals.Due
	now.saysUnprinted(string(b.ID))
	if b.State == showroom.BasketFrozen {
		now.Stage = StageUnknown
	}
	return err
}

// saysUnprinted has a print that did not come out be told after a restart too.
func (n *Now) saysUnprinted(paper string) {
	if n.Live.Printed == "" && n.Desk.Unprinted(paper) {
		n.Live.Printed = printFailed
	}
}

// OnTray says that a garment lies on the tray of the kiosk and is in its basket.
func (n Now) OnTray(epc gs1.EPC) bool {
	as, lies := n.Desk.On(epc)
	return lies && as == showroom.LayIn && !epc.IsZero()
}

// Waiting are the settlements that only a person can decide.
func Waiting(v *store.View) ([]showroom.Settlement, error) {
	open, err := v.OpenSettlements()
	return slices.DeleteFunc(open, func(s showroom.Settlement) bool { return s.State != showroom.SettlementUnsure }), err
}
