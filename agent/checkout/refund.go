package checkout

import (
	"context"
	"time"

	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// refund is money that staff want to have given back.
type refund struct {
	id     showroom.SettlementID
	kind   showroom.SettlementKind
	sale   showroom.SaleID
	pieces map[showroom.LineID]int
	by     showroom.StaffID
	why    string
	// amount and device are those of money that is taken without a basket; then there is no sale.
	amount showroom.Money
	device showroom.DeviceID
}

// orderHolds is how long whoever wants money given back is taken to stand at the device. What it has not been asked for by then it is
// not asked for at all: the next card that is shown could be anybody's.
const orderHolds = 2 * time.Minute

// Refund has money given back for pieces of a sale, by the device that took it. It answers the id of the settlement, which waits for the
// device once the transaction is on the disk; nothing has moved yet. by and why are audited. CodeConflict while other money of the sale
// is on its way.
func (d *Desks) Refund(tx *store.Tx, sale showroom.SaleID, pieces map[showroom.LineID]int, by showroom.StaffID, why string) (showroom.SettlementID, error) {
	return d.giveBack(tx, refund{kind: showroom.Refund, sale: sale, pieces: pieces, by: by, why: why})
}

// Reverse undoes the whole payment of a sale of which nothing has come back yet, like Refund. It is refused with ErrRefundInstead where
// the device could take the payment for another, which has the same number by now.
func (d *Desks) Reverse(tx *store.Tx, sale showroom.SaleID, by showroom.StaffID, why string) (showroom.SettlementID, error) {
	return d.giveBack(tx, refund{kind: showroom.Reversal, sale: sale, by: by, why: why})
}

func (d *Desks) giveBack(tx *store.Tx, r refund) (showroom.SettlementID, error) {
	if r.by == "" || r.why == "" {
		return "", showroom.Errorf(showroom.CodeInvalid, "Say who gives the money back, and why.")
	}
	r.id, r.why = showroom.SettlementID(d.opt.NewID()), pan.Mask(r.why)
	return r.id, d.order(tx, r)
}

// order writes down what staff want. The device's cashier finds it there, before or after a restart.
func (d *Desks) order(tx *store.Tx, r refund) error {
	s, err := d.refunded(&tx.View, r)
	if err != nil {
		return err
	}
	if d.cashiers[s.Device] == nil {
		return showroom.Errorf(showroom.CodeUnavailable, "The device that took the money is not here any more.")
	}
	open, err := tx.OpenSettlements()
	if err != nil {
		return err
	}
	for _, o := range open {
		if o.Sale == s.Sale && s.Sale != "" {
			return showroom.Errorf(showroom.CodeConflict, "Money of this sale is on its way already.")
		}
	}
	s.Started, s.Changed = tx.Now(), tx.Now()
	if err := tx.PutSettlement(s); err != nil {
		return err
	}
	_, err = tx.Append(showroom.SettlementOrdered{Settlement: s.ID, Of: s.Kind, Sale: s.Sale, Device: s.Device, Amount: s.Amount, By: s.By, Why: s.Why})
	return err
}

// refunded is the settlement of a refund. What can not come back any more, or comes to nothing, is refused.
func (d *Desks) refunded(v *store.View, r refund) (showroom.Settlement, error) {
	none := showroom.Settlement{}
	if r.kind == showroom.Payment {
		return d.charged(r)
	}
	sale, err := v.Sale(r.sale)
	if err != nil {
		return none, err
	}
	if moved, err := v.MovedAfterAll("", sale.ID); err != nil {
		return none, err
	} else if moved {
		return none, showroom.Errorf(showroom.CodeConflict, "The device says that money of this sale went back already. See to that first.")
	}
	if sale.Settlement == "" || len(sale.Tenders) == 0 {
		return none, showroom.Errorf(showroom.CodeConflict, "No device here has taken money for this sale. The till gives it back.")
	}
	device, err := d.took(v, sale)
	if err != nil {
		return none, err
	}
	before, err := v.ReturnsOf(sale.ID)
	if err != nil {
		return none, err
	}
	if r.kind == showroom.Reversal {
		if len(before) > 0 {
			return none, showroom.Errorf(showroom.CodeConflict, "Pieces of this sale have come back already. Give the rest back as a refund.")
		}
		if err := d.mistakable(v, sale, device); err != nil {
			return none, err
		}
		r.pieces = sale.Unreturned(nil)
	}
	back, _, amount, err := sale.Refund(before, r.pieces)
	if err != nil {
		return none, err
	}
	if amount.Minor == 0 {
		return none, showroom.Errorf(showroom.CodeInvalid, "Nothing was paid for this.")
	}
	s := showroom.Settlement{
		ID: r.id, Kind: r.kind, Device: device, Sale: sale.ID, Amount: amount, Of: sale.Tenders[0].Reference,
		State: showroom.SettlementWaiting, By: r.by, Why: r.why,
	}
	for _, l := range back {
		s.Lines = append(s.Lines, returnedLine(sale, l))
	}
	return s, nil
}

// took is the device that took the money of a sale. The settlement is forgotten sooner than the sale.
func (d *Desks) took(v *store.View, sale showroom.Sale) (showroom.DeviceID, error) {
	paid, err := v.Settlement(sale.Settlement)
	if showroom.ErrorCode(err) != showroom.CodeNotFound {
		return paid.Device, err
	}
	k, err := d.Kiosk(sale.Kiosk)
	return k.Settler, err
}

// mistakable refuses to have a payment undone that its device may know no more: devices begin their numbers anew with the day, and have
// few of them.
func (d *Desks) mistakable(v *store.View, sale showroom.Sale, device showroom.DeviceID) error {
	if sale.BusinessDay != d.day(d.opt.Clock().Wall) {
		return showroom.ErrRefundInstead
	}
	paid, err := v.Settlement(sale.Settlement)
	if showroom.ErrorCode(err) == showroom.CodeNotFound || err == nil && paid.Device != device {
		return showroom.ErrRefundInstead
	}
	if err != nil {
		return err
	}
	last, known, err := v.ApprovedUnder(device, sale.Tenders[0].Reference.Receipt) // which is all it is told
	if err != nil {
		return err
	}
	if known && last.ID != sale.Settlement && last.Sale != sale.ID { // another movement has the number
		return showroom.ErrRefundInstead
	}
	return nil
}

// returnedLine is a line of a sale with so many pieces of it as come back, at what is given back for them.
func returnedLine(sale showroom.Sale, back showroom.ReturnedLine) showroom.Line {
	for _, l := range sale.Lines {
		if l.ID != back.Line {
			continue
		}
		gross := showroom.Money{Minor: l.Unit.Minor * int64(back.Quantity), Currency: l.Unit.Currency}
		l.Quantity, l.Reductions = back.Quantity, nil
		if off := gross.Minor - back.Amount.Minor; off > 0 {
			l.Reductions = []showroom.Reduction{{Amount: showroom.Money{Minor: off, Currency: l.Unit.Currency}}}
		}
		return l
	}
	return showroom.Line{}
}

// begin has the device asked for what staff want, unless it can not come back any more, which they are told.
func (c *cashier) begin(ctx context.Context, id showroom.SettlementID) error {
	var s showroom.Settlement
	var why error
	err := c.desks.db.Update(ctx, func(tx *store.Tx) error {
		s = showroom.Settlement{}
		ordered, err := tx.Settlement(id)
		if err != nil || ordered.State != showroom.SettlementWaiting {
			return err
		}
		now, err := c.desks.refunded(&tx.View, again(ordered))
		if code := showroom.ErrorCode(err); code != "" && code != showroom.CodeInternal {
			why = err
			return withdraw(tx, ordered)
		}
		if err != nil {
			return err
		}
		if s, err = now.Begin(tx.Now()); err != nil {
			return err
		}
		return start(tx, s)
	})
	if err != nil {
		return err
	}
	if why != nil {
		c.desks.opt.Log.Warn("What staff wanted given back can not come back any more", "device", string(c.device), "settlement", string(id), "err", why)
	}
	if s.ID != "" {
		c.settle(ctx, s)
	}
	return nil
}

// again is what a settlement that waits was ordered as.
func again(s showroom.Settlement) refund {
	r := refund{id: s.ID, kind: s.Kind, sale: s.Sale, by: s.By, why: s.Why, amount: s.Amount, device: s.Device}
	if s.Kind == showroom.Refund {
		r.pieces = make(map[showroom.LineID]int, len(s.Lines))
		for _, l := range s.Lines {
			r.pieces[l.ID] += l.Quantity
		}
	}
	return r
}

// withdraw ends what the device has not been asked for. The staff page shows it.
func withdraw(tx *store.Tx, s showroom.Settlement) error {
	s, err := s.Withdraw(tx.Now())
	if err != nil {
		return err
	}
	if err := tx.PutSettlement(s); err != nil {
		return err
	}
	_, err = tx.Append(showroom.SettlementConcluded{Settlement: s.ID, State: s.State, Result: s.Result})
	return err
}

// lapse ends what has waited for its device for too long.
func (c *cashier) lapse(ctx context.Context, id showroom.SettlementID) error {
	c.desks.opt.Log.Warn("What staff wanted given back has waited for its device for too long", "device", string(c.device), "settlement", string(id))
	return c.desks.db.Update(ctx, func(tx *store.Tx) error {
		s, err := tx.Settlement(id)
		if err != nil {
			return err
		}
		return withdraw(tx, s)
	})
}

// gaveBack makes a return of a settlement that has given money back.
func (d *Desks) gaveBack(tx *store.Tx, was, s showroom.Settlement) error {
	if s.State != showroom.SettlementApproved {
		return nil
	}
	sale, err := tx.Sale(s.Sale)
	if err != nil {
		return err
	}
	before, err := tx.ReturnsOf(sale.ID)
	if err != nil {
		return err
	}
	pieces := make(map[showroom.LineID]int, len(s.Lines))
	for _, l := range s.Lines {
		pieces[l.ID] = l.Quantity
	}
	lines, vat, amount, err := sale.Refund(before, pieces)
	if err != nil {
		return err
	}
	// was: who asked for it, and not who has said in the device's place what became of it.
	r := showroom.Return{
		ID: showroom.ReturnID(d.opt.NewID()), Sale: sale.ID, Lines: lines, Amount: amount, VAT: vat, Settlement: s.ID,
		By: was.By, Why: was.Why, At: tx.Now().Wall,
	}
	if err := tx.PutReturn(r); err != nil {
		return err
	}
	if err := d.expect(tx, sale, lines); err != nil {
		return err
	}
	_, err = tx.Append(showroom.ReturnCompleted{Return: r})
	return err
}
