package checkout

import (
	"context"

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

// Refund has money given back for pieces of a sale, by the device that took it. It answers the id under which the settlement will be
// found once the device has been asked; nothing has moved yet. by and why are audited. CodeUnavailable when too many wait.
func (d *Desks) Refund(ctx context.Context, sale showroom.SaleID, pieces map[showroom.LineID]int, by showroom.StaffID, why string) (showroom.SettlementID, error) {
	return d.giveBack(ctx, refund{kind: showroom.Refund, sale: sale, pieces: pieces, by: by, why: why})
}

// Reverse undoes the whole payment of a sale of which nothing has come back yet, like Refund. After the device's end of day it declines,
// and a refund is the way.
func (d *Desks) Reverse(ctx context.Context, sale showroom.SaleID, by showroom.StaffID, why string) (showroom.SettlementID, error) {
	return d.giveBack(ctx, refund{kind: showroom.Reversal, sale: sale, by: by, why: why})
}

func (d *Desks) giveBack(ctx context.Context, r refund) (showroom.SettlementID, error) {
	if r.by == "" || r.why == "" {
		return "", showroom.Errorf(showroom.CodeInvalid, "Say who gives the money back, and why.")
	}
	r.id = showroom.SettlementID(d.opt.NewID())
	var s showroom.Settlement
	if err := d.db.View(ctx, func(v *store.View) (err error) {
		s, err = d.refunded(v, r)
		return err
	}); err != nil {
		return "", err
	}
	c := d.cashiers[s.Device]
	if c == nil {
		return "", showroom.Errorf(showroom.CodeUnavailable, "The device that took the money is not here any more.")
	}
	select {
	case c.refunds <- r:
		return r.id, nil
	default:
		return "", showroom.Errorf(showroom.CodeUnavailable, "The device is busy with others. Try again in a moment.")
	}
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
	if sale.Settlement == "" || len(sale.Tenders) == 0 {
		return none, showroom.Errorf(showroom.CodeConflict, "No device here has taken money for this sale. The till gives it back.")
	}
	paid, err := v.Settlement(sale.Settlement)
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
		ID: r.id, Kind: r.kind, Device: paid.Device, Sale: sale.ID, Amount: amount, Of: sale.Tenders[0].Reference,
		State: showroom.SettlementAsked, By: r.by, Why: r.why,
	}
	for _, l := range back {
		s.Lines = append(s.Lines, returnedLine(sale, l))
	}
	return s, nil
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

// refund begins a refund and has the device give the money back.
func (c *cashier) refund(ctx context.Context, r refund) {
	var s showroom.Settlement
	err := c.desks.db.Update(ctx, func(tx *store.Tx) (err error) {
		if s, err = c.desks.refunded(&tx.View, r); err != nil {
			return err
		}
		s.Started, s.Changed = tx.Now(), tx.Now()
		return start(tx, s)
	})
	if err != nil {
		c.desks.opt.Log.Warn("A refund was not begun", "device", string(c.device), "sale", string(r.sale), "err", err)
		return
	}
	c.settle(ctx, s)
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
	_, err = tx.Append(showroom.ReturnCompleted{Return: r})
	return err
}
