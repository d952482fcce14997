package checkout

import (
	"context"
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/live"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// conclude writes down what a device has answered, and all that follows from it, in one transaction. A settlement that staff have
// decided meanwhile stays as they said; what the device says instead is for them to see.
func (d *Desks) conclude(ctx context.Context, id showroom.SettlementID, r showroom.Result) error {
	return d.settle(ctx, id, func(s showroom.Settlement, at showroom.Moment) (showroom.Settlement, error) {
		if !s.Open() {
			return s.Contradict(shortened(r), at), nil
		}
		return s.Conclude(d.sealed(s, shortened(r)), at)
	})
}

// Decide is an associate's word about a settlement where the device can not say what has happened.
func (d *Desks) Decide(ctx context.Context, id showroom.SettlementID, o showroom.Outcome, by showroom.StaffID, why string) error {
	return d.settle(ctx, id, func(s showroom.Settlement, at showroom.Moment) (showroom.Settlement, error) {
		return s.Decide(o, by, pan.Mask(why), at)
	})
}

func (d *Desks) settle(ctx context.Context, id showroom.SettlementID, decide func(showroom.Settlement, showroom.Moment) (showroom.Settlement, error)) error {
	var sold []gs1.EPC
	var was, now showroom.Settlement
	err := d.db.Update(ctx, func(tx *store.Tx) (err error) {
		if was, err = tx.Settlement(id); err != nil {
			return err
		}
		if now, err = decide(was, tx.Now()); err != nil {
			return err
		}
		if !was.Open() {
			return d.heardLater(tx, was, now)
		}
		sold, err = d.settled(tx, was, now)
		return err
	})
	d.settleTags(ctx, sold)
	if err == nil {
		d.clearPromptOf(was.Kiosk, id)
		d.logDoubt(was, now)
	}
	return err
}

// logDoubt says once when nobody knows whether money has moved, and once when that is known.
func (d *Desks) logDoubt(was, now showroom.Settlement) {
	about := []any{"device", string(now.Device), "kiosk", string(now.Kiosk), "settlement", string(now.ID)}
	switch doubted, doubtful := was.State == showroom.SettlementUnsure, now.State == showroom.SettlementUnsure; {
	case !doubted && doubtful:
		d.opt.Log.Warn("Nobody knows whether a payment device has moved money", append(about, "kind", string(now.Kind))...)
	case doubted && !doubtful:
		d.opt.Log.Info("It is known whether a payment device has moved money", append(about, "state", string(now.State), "by_staff", now.By != was.By)...)
	}
}

// doubt leaves to staff what a device has answered and nothing can follow from.
func (d *Desks) doubt(ctx context.Context, id showroom.SettlementID, r showroom.Result) error {
	return d.settle(ctx, id, func(s showroom.Settlement, at showroom.Moment) (showroom.Settlement, error) {
		r := shortened(r)
		if !s.Open() {
			return s.Contradict(r, at), nil
		}
		r.Outcome = showroom.Unknown
		return s.Conclude(r, at)
	})
}

// settleTags has the readers' filters know which garments are the shop's, whether their sale was committed or not. What has been paid
// for stays so whatever becomes of this: it is tried again.
func (d *Desks) settleTags(ctx context.Context, tags []gs1.EPC) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unsettled = append(d.unsettled, tags...)
	if len(d.unsettled) == 0 {
		return
	}
	if err := d.opt.Tags.Settled(context.WithoutCancel(ctx), d.unsettled); err != nil { // whoever hangs up now has bought them all the same
		d.opt.Log.Error("Which garments are sold can not be read again; it is tried later", "err", err)
		return
	}
	d.unsettled = nil
}

// settled saves a settlement that is another than it was, with what follows from it. It answers the tags that are sold.
func (d *Desks) settled(tx *store.Tx, was, now showroom.Settlement) ([]gs1.EPC, error) {
	if now.State == showroom.SettlementUnsure {
		now.Tries = was.Tries + 1
	}
	if err := tx.PutSettlement(now); err != nil {
		return nil, err
	}
	if was.State == now.State {
		return nil, nil // asked again, and no wiser
	}
	concluded := showroom.SettlementConcluded{Settlement: now.ID, State: now.State, Result: now.Result}
	if now.By != was.By || now.Why != was.Why { // a person has decided
		concluded.By, concluded.Why = now.By, now.Why
	}
	if _, err := tx.Append(concluded); err != nil {
		return nil, err
	}
	switch {
	case now.Kind != showroom.Payment:
		return nil, d.gaveBack(tx, was, now)
	case now.Basket == "":
		return nil, nil // taken by Charge: there is nothing to be sold
	case now.State == showroom.SettlementApproved:
		return d.paid(tx, now)
	case now.State == showroom.SettlementDeclined:
		return nil, d.declined(tx, now)
	}
	return nil, d.unsure(tx, now)
}

// sealed doubts an approval that lacks the seal the law asks for: it is neither a sale nor none, so staff decide.
func (d *Desks) sealed(s showroom.Settlement, r showroom.Result) showroom.Result {
	if d.opt.Profile.Fiscal && s.Kind == showroom.Payment && r.Outcome == showroom.Approved && r.Fiscal == nil {
		r.Outcome = showroom.Unknown
	}
	return r
}

// paid makes a sale of the basket that a settlement was for.
func (d *Desks) paid(tx *store.Tx, s showroom.Settlement) ([]gs1.EPC, error) {
	b, err := tx.Basket(s.Basket)
	if err != nil {
		return nil, err
	}
	if b.State.Ended() {
		return nil, fmt.Errorf("settlement of a basket that is %s", b.State)
	}
	return d.sell(tx, b, s)
}

// sell makes a sale of a basket in one transaction: the sale under its number, its token, the garments that are now the shopper's, and
// what the shop's security is to let go of. It answers the tags that are sold, also with an error: the readers' filters may have heard of
// them already.
func (d *Desks) sell(tx *store.Tx, b showroom.Basket, s showroom.Settlement) ([]gs1.EPC, error) {
	sale, err := d.sale(tx, b, s)
	if err != nil {
		return nil, err
	}
	var tags []gs1.EPC
	var releases []store.Release
	for _, l := range b.Payable() {
		if l.EPC.IsZero() {
			continue
		}
		tags = append(tags, l.EPC)
		releases = append(releases, store.Release{ID: d.opt.NewID(), GTIN: l.GTIN, EPC: l.EPC, State: store.ReleaseWaiting, Changed: tx.Now()})
	}
	if err := tx.PutSale(sale, releases); err != nil {
		return nil, err
	}
	if _, err := tx.Append(showroom.SaleCompleted{Sale: sale}); err != nil {
		return nil, err
	}
	if len(tags) > 0 {
		if err := d.opt.Tags.SellIn(tx, tags); err != nil {
			return tags, err
		}
	}
	code := b.Code
	if b, err = b.Sell(tx.Now()); err != nil {
		return tags, err
	}
	b.Code = code // which shows the receipt to whoever was told to wait
	if err := save(tx, b); err != nil {
		return tags, err
	}
	if err := d.hand(tx, b, sale, tags); err != nil {
		return tags, err
	}
	return tags, d.answer(tx, b, "")
}

// sale is what a basket is sold as.
func (d *Desks) sale(tx *store.Tx, b showroom.Basket, s showroom.Settlement) (showroom.Sale, error) {
	sale := showroom.Sale{
		ID: showroom.SaleID(d.opt.NewID()), BusinessDay: d.day(tx.Now().Wall), Kiosk: b.Kiosk, Basket: b.ID, Settlement: s.ID,
		Lines: showroom.Untagged(b.Payable()), Fiscal: s.Result.Fiscal, At: tx.Now().Wall,
	}
	var err error
	if sale.Totals, err = showroom.AddUp(b.Currency, sale.Lines); err != nil {
		return sale, err
	}
	if sale.Totals.Due.Minor != s.Amount.Minor {
		return sale, fmt.Errorf("basket comes to %d and was settled for %d", sale.Totals.Due.Minor, s.Amount.Minor)
	}
	if s.Amount.Minor > 0 {
		sale.Tenders = []showroom.Tender{{Kind: showroom.TenderCard, Amount: s.Amount, Card: s.Result.Card, Reference: s.Result.Reference}}
	}
	sale.Language = d.opt.ShopLanguage
	if d.stands(b.Kiosk) {
		if sale.Language, err = d.opt.Language(&tx.View, b.Kiosk); err != nil {
			return sale, err
		}
	}
	if sale.Token, err = d.opt.Token(); err != nil {
		return sale, fmt.Errorf("make a receipt's token: %w", err)
	}
	sale.Number, err = tx.NextNumber(store.SaleNumbers, "")
	return sale, err
}

// hand offers the receipt at the kiosk where it was paid, unless whoever paid may have gone: then it waits under its number.
func (d *Desks) hand(tx *store.Tx, b showroom.Basket, sale showroom.Sale, tags []gs1.EPC) error {
	desk, err := tx.Desk(b.Kiosk)
	if err != nil {
		return err
	}
	for _, epc := range tags {
		desk = desk.Lift(epc)
	}
	left := desk.Left
	if !left {
		desk.Sale = sale.ID
	}
	desk.Left, desk.Parked, desk.Seen = false, "", tx.Now()
	d.board.ChangeCounter(b.Kiosk, func(c *live.Counter) { c.Printed, c.Touched = "", tx.Now() })
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	if left {
		if err := d.endVisit(tx, b.Kiosk, ""); err != nil {
			return err
		}
	}
	return d.liftSold(tx, b.Kiosk, tags)
}

// liftSold takes what was sold at a kiosk off the trays of the others: there is nothing to be said of it any more.
func (d *Desks) liftSold(tx *store.Tx, at showroom.KioskID, tags []gs1.EPC) error {
	for _, k := range d.opt.Kiosks {
		desk, err := tx.Desk(k.ID)
		if err != nil {
			return err
		}
		lain := len(desk.Tray)
		for _, epc := range tags {
			desk = desk.Lift(epc)
		}
		if k.ID == at || len(desk.Tray) == lain {
			continue
		}
		if err := tx.PutDesk(desk); err != nil {
			return err
		}
		if err := d.seenTo(tx, k.ID, false); err != nil {
			return err
		}
		if err := changed(tx, k.ID, ""); err != nil {
			return err
		}
	}
	return nil
}
