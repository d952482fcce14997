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

// heard is a message of a till on its way into the journal.
type heard struct {
	said  showroom.TillReported
	event Event
	topic string
	dead  *store.DeadLetter // nobody understands it; instead of all above
	// What has become of it, in the last transaction that took it.
	seen     store.TillEvent
	garments []gs1.EPC // sold with its basket
}

// understand reads a message. It never fails: what is not understood is kept as such, so that it need not come again.
func (t *Tills) understand(m devices.Message) *heard {
	dead := func(till showroom.TillID, reason string) *heard {
		return &heard{dead: &store.DeadLetter{Till: till, Topic: pan.Mask(m.Topic), Reason: pan.Mask(reason), Body: []byte(pan.Mask(string(m.Payload)))}}
	}
	id, known := t.tillOf(m.Topic, "/event")
	if !known {
		return dead("", "no till of the configuration speaks here")
	}
	if err := checkSize(len(m.Payload) + m.Missing); err != nil {
		return dead(id, err.Error())
	}
	h := &heard{topic: m.Topic}
	event := &h.event
	hidden, err := parseEvent(m.Payload, event)
	if err != nil {
		return dead(id, err.Error())
	}
	body := m.Payload
	if hidden {
		if body, err = json.Marshal(event); err != nil {
			return dead(id, err.Error())
		}
	}
	const besides = 1 << 10 // what the journal says around it
	if len(body)+besides > store.MaxBody {
		return dead(id, "the event is larger than a row of the journal")
	}
	h.said = showroom.TillReported{Till: id, Event: event.ID, Type: string(event.Type), Seq: event.Seq, Body: body}
	return h
}

// Take makes what a till said durable. nil means that it is, or had been, and may be acknowledged; an error that it is not, and must
// come again. What is said while another transaction is under way goes together into the next.
func (t *Tills) Take(ctx context.Context, m devices.Message) error {
	mine := &turn{heard: t.understand(m), ctx: ctx}
	t.queue.Lock()
	t.waiting = append(t.waiting, mine)
	t.queue.Unlock()
	t.taking.Lock()
	defer t.taking.Unlock()
	if !mine.over { // whoever is first takes along all that wait
		t.queue.Lock()
		all := t.waiting
		t.waiting = nil
		t.queue.Unlock()
		t.serve(all)
	}
	return mine.err
}

// turn is a message whose till waits to be acknowledged. What came of it is guarded by Tills.taking.
type turn struct {
	*heard
	ctx  context.Context
	over bool
	err  error
}

// serve takes messages in one transaction, or each in its own when that fails: what one of them meets is not the others' affair.
func (t *Tills) serve(all []*turn) {
	together := make([]*heard, len(all))
	for i, w := range all {
		together[i] = w.heard
	}
	err := t.write(all[0].ctx, together)
	for _, w := range all {
		w.over, w.err = true, err
		if err != nil && len(all) > 1 {
			w.err = t.write(w.ctx, []*heard{w.heard})
		}
	}
}

// keep takes messages in their order, in one transaction if that is possible, and answers how many of them are durable. After one
// that is not no other is taken.
func (t *Tills) keep(ctx context.Context, all []*heard) (kept int, err error) {
	if err := t.write(ctx, all); err == nil {
		return len(all), nil
	} else if len(all) == 1 {
		return 0, err
	}
	for i := range all {
		if err := t.write(ctx, all[i:i+1]); err != nil {
			return i, err
		}
	}
	return len(all), nil
}

// write makes messages durable, all of them or, with an error, none.
func (t *Tills) write(ctx context.Context, all []*heard) error {
	err := t.db.Update(ctx, func(tx *store.Tx) error { return t.put(tx, all) })
	var sold []gs1.EPC
	for _, h := range all {
		sold = append(sold, h.garments...)
	}
	if len(sold) > 0 {
		// Whoever hangs up now has sold them all the same, or not: the filters must know which.
		if settled := t.opt.Tags.Settled(context.WithoutCancel(ctx), sold); settled != nil {
			t.opt.Log.Error("Sold garments can not be read again", "err", settled)
		}
	}
	if err != nil {
		return fmt.Errorf("take event of till: %w", err)
	}
	for _, h := range all {
		t.tally(h)
	}
	return nil
}

// put takes messages in their order. What goes into the journal goes there together, but before anything else of a basket that was paid.
func (t *Tills) put(tx *store.Tx, all []*heard) error {
	if err := look(tx, all); err != nil {
		return err
	}
	facts := make([]showroom.Event, 0, len(all))
	for _, h := range all {
		if h.dead != nil {
			if err := tx.PutDeadLetter(*h.dead); err != nil {
				return err
			}
			continue
		}
		if !h.seen.Fresh {
			continue
		}
		if h.seen.MissingFrom > 0 {
			facts = append(facts, showroom.TillGap{Till: h.said.Till, From: h.seen.MissingFrom, To: h.seen.MissingTo})
		}
		facts = append(facts, h.said)
		if h.event.Type != SaleCompleted || h.event.Basket == "" {
			continue
		}
		if err := tx.AppendAll(facts); err != nil {
			return err
		}
		facts = facts[:0]
		if err := t.sell(tx, h); err != nil {
			return err
		}
	}
	return tx.AppendAll(facts)
}

// look finds out which messages are fresh.
func look(tx *store.Tx, all []*heard) error {
	said := make([]store.TillSaid, 0, len(all))
	for _, h := range all {
		h.seen, h.garments = store.TillEvent{}, nil
		if h.dead == nil {
			said = append(said, store.TillSaid{Till: h.said.Till, ID: h.event.ID, Seq: h.event.Seq})
		}
	}
	seen, err := tx.TakeTillEvents(said)
	if err != nil {
		return err
	}
	for _, h := range all {
		if h.dead == nil {
			h.seen, seen = seen[0], seen[1:]
		}
	}
	return nil
}

// sell ends the basket of a sale.
func (t *Tills) sell(tx *store.Tx, h *heard) (err error) {
	h.garments, err = t.close(tx, h.said.Till, h.event)
	// The till has the money, whatever we think of the basket: the event stands, and somebody looks.
	look := func(reason string) error {
		return tx.PutDeadLetter(store.DeadLetter{Till: h.said.Till, Topic: h.topic, Reason: reason, Body: h.said.Body})
	}
	switch showroom.ErrorCode(err) {
	case "":
		b, err := tx.Basket(h.event.Basket)
		if err != nil || b.Currency == h.event.Currency {
			return err
		}
		return look(fmt.Sprintf("taken, and its basket was closed, which was offered in %s and is sold in %s", b.Currency, h.event.Currency))
	case showroom.CodeInternal:
		return err
	}
	return look("taken, but its basket was not closed: " + err.Error())
}

// tally counts what is durable, and says what somebody should know of.
func (t *Tills) tally(h *heard) {
	switch {
	case h.dead != nil:
		t.count.dead.Add(1)
		t.opt.Log.Warn("Till said what nobody understands", "till", string(h.dead.Till), "reason", h.dead.Reason)
		return
	case !h.seen.Fresh:
		t.count.duplicates.Add(1)
		return
	case h.seen.MissingFrom > 0:
		t.opt.Log.Warn("Events of a till are missing", "till", string(h.said.Till), "from", h.seen.MissingFrom, "to", h.seen.MissingTo)
	case h.seen.Twice:
		t.count.twice.Add(1)
		t.opt.Log.Warn("Till has given a number twice", "till", string(h.said.Till), "seq", h.event.Seq)
	case h.seen.Anew:
		t.opt.Log.Warn("Till counts its events anew", "till", string(h.said.Till), "seq", h.event.Seq)
	}
	if c := h.event.Currency; c != "" && c != t.opt.Currency {
		t.count.foreign.Add(1)
		t.opt.Log.Info("Till reckons in another currency than the shop", "till", string(h.said.Till), "seq", h.event.Seq, "currency", string(c))
	}
	t.count.taken.Add(1)
}

// close ends a basket that was paid at a till, and answers the garments that were sold with it, also with an error once Tags have heard
// of them. A refusal changes nothing.
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
		return epcs(garments), err
	}
	if err := tx.PutSale(sale, t.releases(tx.Now(), sale, garments, doubtful)); err != nil {
		return epcs(garments), err
	}
	for _, said := range []showroom.Event{showroom.SaleCompleted{Sale: sale}, showroom.BasketChanged{Basket: b.ID, Kiosk: b.Kiosk}} {
		if _, err := tx.Append(said); err != nil {
			return epcs(garments), err
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
	if s.Totals, err = showroom.AddUp(e.Currency, s.Lines); err != nil {
		return s, err
	}
	return t.fit(s)
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
