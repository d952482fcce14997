package till

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"showroom/agent/gs1"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// Take makes what a till said durable. nil means that it is, or had been, and may be acknowledged; an error that it is not, and must
// come again.
func (t *Tills) Take(ctx context.Context, m devices.Message) error {
	id, known := t.tillOf(m.Topic, "/event")
	if !known {
		return t.bury(ctx, store.DeadLetter{Topic: m.Topic, Reason: "no till of the configuration speaks here"}, m.Payload)
	}
	event, err := ParseEvent(m.Payload)
	if err != nil {
		return t.bury(ctx, store.DeadLetter{Till: id, Topic: m.Topic, Reason: err.Error()}, m.Payload)
	}
	body, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("encode event of till: %w", err)
	}
	const besides = 1 << 10 // what the journal says around it
	if len(body)+besides > store.MaxBody {
		return t.bury(ctx, store.DeadLetter{Till: id, Topic: m.Topic, Reason: "the event is larger than a row of the journal"}, m.Payload)
	}
	return t.write(ctx, m, showroom.TillReported{Till: id, Event: event.ID, Type: string(event.Type), Seq: event.Seq, Body: body}, event)
}

// bury keeps what nobody understands, so that it need not come again.
func (t *Tills) bury(ctx context.Context, d store.DeadLetter, payload []byte) error {
	d.Reason, d.Body = pan.Mask(d.Reason), []byte(pan.Mask(string(payload)))
	if err := t.db.Update(ctx, func(tx *store.Tx) error { return tx.PutDeadLetter(d) }); err != nil {
		return fmt.Errorf("take event of till: %w", err)
	}
	t.count.dead.Add(1)
	t.opt.Log.Warn("Till said what nobody understands", "till", string(d.Till), "reason", d.Reason)
	return nil
}

func (t *Tills) write(ctx context.Context, m devices.Message, said showroom.TillReported, e Event) error {
	var seen store.TillEvent
	var garments []gs1.EPC
	err := t.db.Update(ctx, func(tx *store.Tx) (err error) {
		if seen, err = tx.TakeTillEvent(said.Till, e.ID, e.Seq); err != nil || !seen.Fresh {
			return err
		}
		if seen.MissingFrom > 0 {
			if _, err := tx.Append(showroom.TillGap{Till: said.Till, From: seen.MissingFrom, To: seen.MissingTo}); err != nil {
				return err
			}
		}
		if _, err := tx.Append(said); err != nil {
			return err
		}
		if e.Type != SaleCompleted || e.Basket == "" {
			return nil
		}
		closed, err := t.close(tx, said.Till, e)
		garments = closed
		if refusal := showroom.ErrorCode(err); refusal == "" || refusal == showroom.CodeInternal {
			return err
		}
		// The till has the money, whatever we think of the basket: the event stands, and somebody looks.
		return tx.PutDeadLetter(store.DeadLetter{Till: said.Till, Topic: m.Topic, Reason: "taken, but its basket was not closed: " + err.Error(), Body: said.Body})
	})
	if len(garments) > 0 {
		if settled := t.opt.Tags.Settled(ctx, garments); settled != nil {
			t.opt.Log.Error("Sold garments can not be read again", "err", settled)
		}
	}
	if err != nil {
		return fmt.Errorf("take event of till: %w", err)
	}
	if !seen.Fresh {
		t.count.duplicates.Add(1)
		return nil
	}
	t.count.taken.Add(1)
	switch {
	case seen.MissingFrom > 0:
		t.opt.Log.Warn("Events of a till are missing", "till", string(said.Till), "from", seen.MissingFrom, "to", seen.MissingTo)
	case seen.Anew:
		t.opt.Log.Warn("Till counts its events anew", "till", string(said.Till), "seq", e.Seq)
	}
	return nil
}

// close ends a basket that was paid at a till, and answers the garments that were sold with it. A refusal changes nothing.
func (t *Tills) close(tx *store.Tx, till showroom.TillID, e Event) ([]gs1.EPC, error) {
	b, err := tx.Basket(e.Basket)
	if err != nil {
		return nil, err
	}
	if b.State == showroom.BasketFrozen {
		return nil, showroom.Errorf(showroom.CodeConflict, "The basket is being paid at a kiosk.")
	}
	if _, paid, err := tx.SaleOf(b.ID); err != nil || paid {
		return nil, cmp.Or(err, error(showroom.Errorf(showroom.CodeConflict, "The basket has been paid.")))
	}
	sold, err := b.Sell(tx.Now())
	if err != nil {
		return nil, err
	}
	sale, err := t.sale(till, b, e)
	if err != nil {
		return nil, err
	}
	garments, doubtful := soldGarments(b, e)
	if err := tx.PutBasket(sold); err != nil {
		return nil, err
	}
	if err := t.opt.Tags.SellIn(tx, epcs(garments)); err != nil {
		return nil, err
	}
	if err := tx.PutSale(sale, t.releases(tx.Now(), sale, garments, doubtful)); err != nil {
		return nil, err
	}
	for _, said := range []showroom.Event{showroom.SaleCompleted{Sale: sale}, showroom.BasketChanged{Basket: b.ID, Kiosk: b.Kiosk}} {
		if _, err := tx.Append(said); err != nil {
			return nil, err
		}
	}
	return epcs(garments), nil
}

// sale is what the till sold, which need not be all that lay in the basket. It has the till's own ticket, and no receipt of ours.
func (t *Tills) sale(till showroom.TillID, b showroom.Basket, e Event) (showroom.Sale, error) {
	s := showroom.Sale{
		ID: showroom.SaleID(t.opt.NewID()), BusinessDay: e.BusinessDay, Kiosk: b.Kiosk, Till: till, Basket: b.ID,
		Language: t.opt.Language, At: e.OccurredAt,
	}
	money := func(minor int64) showroom.Money { return showroom.Money{Minor: minor, Currency: e.Currency} }
	for _, l := range e.Lines {
		line := showroom.Line{
			ID: showroom.LineID(fmt.Sprint(l.Line)), GTIN: l.GTIN, SKU: l.SKU, Quantity: l.Quantity,
			Name: showroom.Text{t.opt.Language: l.Name}, Unit: money(l.UnitPrice), VATBasisPoints: l.VATRate, Source: showroom.FromStaff,
		}
		for _, known := range b.Lines {
			if known.GTIN == l.GTIN && l.GTIN != "" {
				line.Product, line.Name, line.Size, line.Colour, line.Source = known.Product, known.Name, known.Size, known.Colour, known.Source
			}
		}
		if l.Discount > 0 {
			line.Reductions = []showroom.Reduction{{Offer: "till", Amount: money(l.Discount)}}
		}
		s.Lines = append(s.Lines, line)
	}
	for _, p := range e.Tenders {
		kind := showroom.TenderOther
		switch p.Kind {
		case "cash":
			kind = showroom.TenderCash
		case "card":
			kind = showroom.TenderCard
		}
		s.Tenders = append(s.Tenders, showroom.Tender{Kind: kind, Amount: money(p.Amount), Reference: showroom.Reference{Receipt: p.Ref}})
	}
	if f := e.Fiscal; f != nil {
		s.Fiscal = &showroom.Fiscal{Device: f.Device, Z: f.Z, Receipt: f.Receipt, ETTN: f.ETTN, At: e.OccurredAt}
	}
	var err error
	s.Totals, err = showroom.AddUp(e.Currency, s.Lines)
	return s, err
}

// soldGarments are the tagged lines of a basket that a till sold. Where it sold fewer pieces of an item than there are tags nobody
// can say which, and none of them is let go of: they are doubtful, and staff look.
func soldGarments(b showroom.Basket, e Event) (sold, doubtful []showroom.Line) {
	pieces := map[gs1.GTIN]int{}
	for _, l := range e.Lines {
		pieces[l.GTIN] += l.Quantity
	}
	tagged := map[gs1.GTIN]int{}
	for _, l := range b.Payable() {
		if !l.EPC.IsZero() {
			tagged[l.GTIN]++
		}
	}
	for _, l := range b.Payable() {
		switch {
		case l.EPC.IsZero() || pieces[l.GTIN] == 0:
		case pieces[l.GTIN] < tagged[l.GTIN]:
			doubtful = append(doubtful, l)
		default:
			sold = append(sold, l)
		}
	}
	return sold, doubtful
}

func epcs(lines []showroom.Line) []gs1.EPC {
	all := make([]gs1.EPC, len(lines))
	for i, l := range lines {
		all[i] = l.EPC
	}
	return all
}
