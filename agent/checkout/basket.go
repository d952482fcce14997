package checkout

import (
	"errors"
	"slices"

	"showroom/agent/gs1"
	"showroom/agent/offer"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// Scan gives a code to the kiosk whose scanner was shown it. Codes that come while nothing can go into the basket come to nothing.
func (d *Desks) Scan(tx *store.Tx, k Kiosk, code devices.Scan) error {
	d.Touch(k.ID)
	b, has, err := tx.OpenBasketAt(k.ID)
	if err != nil || has && !b.Open() {
		return err
	}
	switch code.Kind {
	case devices.ScanItem:
		return d.Add(tx, k, code.GTIN, showroom.FromScan)
	case devices.ScanUnreadable:
		return refuse(noticeUnreadable, showroom.CodeInvalid, "The code could not be read.")
	case devices.ScanCustomer:
		return refuse(noticeCustomerCode, showroom.CodeInvalid, "Nobody can be recognised here yet.")
	}
	if err := d.Coupon(tx, k, code.Text); !unheard(err) {
		return err
	}
	if err := d.Resume(tx, k, code.Text); !unheard(err) {
		return err
	}
	return refuse(noticeUnknownItem, showroom.CodeNotFound, "Nothing here has this code.")
}

// unheard says that a code is none of those that were looked for.
func unheard(err error) bool {
	return told(err) && showroom.ErrorCode(err) == showroom.CodeNotFound
}

// told says that an error is something a shopper wanted and can not have.
func told(err error) bool {
	_, is := errors.AsType[*Refusal](err)
	return is
}

// Add puts one piece of an item, known by its number, into the basket of a kiosk.
func (d *Desks) Add(tx *store.Tx, k Kiosk, item gs1.GTIN, from showroom.LineSource) error {
	l, err := d.line(&tx.View, item, tx.Now().Wall)
	if err != nil {
		return err
	}
	l.Source = from
	if err := d.put(tx, k, l); err != nil {
		return err
	}
	return d.count(tx, k, l)
}

// Foretell answers the notice that taking a piece of what was found would lead to: that it has no price here, or that the shop's books
// have no piece of it; "" for none.
func (d *Desks) Foretell(v *store.View, f showroom.Found) (string, error) {
	if f.Price.Currency != d.opt.Currency {
		return noticeNoPrice, nil
	}
	a, err := v.Availability(f.GTIN)
	if err == nil && a.InBaskets >= a.Stock {
		return noticeNoStock, nil
	}
	return "", err
}

// count says so when the shop's books have no piece of what was just put in. It is sold all the same: the shopper has it in hand.
func (d *Desks) count(tx *store.Tx, k Kiosk, l showroom.Line) error {
	a, err := tx.Availability(l.GTIN)
	if err != nil {
		return err
	}
	if a.InBaskets > a.Stock && !l.Fixed {
		d.note(k.ID, noticeNoStock, l.GTIN, l.Name)
		return nil
	}
	d.quiet(k.ID)
	return nil
}

// put puts a line into the basket of a kiosk, a new one if there is none.
func (d *Desks) put(tx *store.Tx, k Kiosk, l showroom.Line) error {
	b, err := d.begin(tx, k)
	if err != nil {
		return err
	}
	if !b.Open() {
		return showroom.Errorf(showroom.CodeConflict, "This basket is being paid for.")
	}
	if _, in := b.Holds(l.EPC); in { // begin has taken it in with what lies there
		return nil
	}
	if l, err = d.asShown(&tx.View, b, l); err != nil {
		return err
	}
	l.ID = showroom.LineID(d.opt.NewID())
	b, err = b.Add(l, tx.Now())
	if err != nil {
		return d.why(err, l)
	}
	return save(tx, b)
}

// why gives a refusal of the basket its word.
func (d *Desks) why(err error, l showroom.Line) error {
	e, refused := errors.AsType[*showroom.Error](err)
	if !refused {
		return err
	}
	r := &Refusal{Notice: noticeMostPieces, GTIN: l.GTIN, Name: l.Name, err: e}
	if e.Code == showroom.CodeConflict {
		r.Notice = noticeInside
	}
	return r
}

// begin answers the basket of a kiosk, a new one if there is none, with what has been left on the tray. Whoever begins one has taken the
// receipt, or left it.
func (d *Desks) begin(tx *store.Tx, k Kiosk) (showroom.Basket, error) {
	b, has, err := tx.OpenBasketAt(k.ID)
	if err != nil || has {
		return b, err
	}
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return b, err
	}
	if why := d.shut(k, desk, tx.Now()); why != "" {
		return b, d.closed(why)
	}
	number, err := tx.NextNumber(store.BasketNumbers, d.day(tx.Now().Wall))
	if err != nil {
		return b, err
	}
	b = showroom.Basket{
		ID: showroom.BasketID(d.opt.NewID()), Kiosk: k.ID, State: showroom.BasketOpen, Currency: d.opt.Currency,
		Number: int(number), Opened: tx.Now(), Changed: tx.Now(),
	}
	if err := d.occupy(tx, desk, b.ID); err != nil {
		return b, err
	}
	if err := d.askAgain(tx, k); err != nil {
		return b, err
	}
	if err := tx.PutBasket(b); err != nil {
		return b, err
	}
	if err := d.lookAgain(tx, k); err != nil {
		return b, err
	}
	b, _, err = tx.OpenBasketAt(k.ID)
	return b, err
}

// occupy clears a desk for whoever has just begun to use it with a basket.
func (d *Desks) occupy(tx *store.Tx, desk showroom.Desk, b showroom.BasketID) error {
	if desk.Sale != "" || desk.Parked != "" && desk.Parked != b { // of somebody before
		if err := d.endVisit(tx, desk.Kiosk, desk.Sale); err != nil {
			return err
		}
		now, err := tx.Desk(desk.Kiosk)
		if err != nil {
			return err
		}
		desk.Looking, desk.Standing, desk.StandingFor, desk.Shared = now.Looking, now.Standing, now.StandingFor, now.Shared
	}
	if desk.Parked != b {
		desk = desk.Turn(showroom.LayOut, showroom.LayLeft)
	}
	shown, err := stillShown(&tx.View, desk.Shown)
	if err != nil {
		return err
	}
	desk.Shown = shown
	d.board.ChangeCounter(desk.Kiosk, forgetPrint)
	desk.Sale, desk.Parked, desk.Left, desk.Seen = "", "", false, tx.Now()
	return tx.PutDesk(desk)
}

// closed is the refusal of a kiosk that is shut.
func (d *Desks) closed(why string) *Refusal {
	notice, text := noticeTerminal, "Nobody can pay here now."
	switch why {
	case "fiscal", "no_profile":
		notice = noticeFiscal
	case "paper":
		notice, text = noticePaper, "The payment device is out of paper."
	case "disk":
		notice, text = noticeDiskFull, "The shop's computer has no room left to write a sale down."
	}
	return refuse(notice, showroom.CodeUnavailable, "%s Pay at the till, please.", text)
}

// SetQuantity changes how many pieces a line has; 0 takes it out. A garment that lies on the tray and is taken out by hand counts for
// nothing in this basket until it is lifted.
func (d *Desks) SetQuantity(tx *store.Tx, k Kiosk, line showroom.LineID, pieces int) error {
	b, err := d.here(tx, k)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(b.Lines, func(l showroom.Line) bool { return l.ID == line })
	next, err := b.SetQuantity(line, pieces, tx.Now())
	if err != nil {
		if i >= 0 && pieces > 1 {
			return d.why(err, b.Lines[i])
		}
		return err
	}
	if epc := b.Lines[i].EPC; pieces == 0 && !epc.IsZero() {
		if err := d.takeOut(tx, k, epc); err != nil {
			return err
		}
	}
	d.quiet(k.ID)
	if err := save(tx, next); err != nil {
		return err
	}
	if pieces > 0 {
		return nil
	}
	if err := remember(tx, b, b.Lines[i]); err != nil {
		return err
	}
	return d.free(tx, b.Lines[i].EPC)
}

func (d *Desks) takeOut(tx *store.Tx, k Kiosk, epc gs1.EPC) error {
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if _, lies := desk.On(epc); !lies {
		return nil
	}
	return tx.PutDesk(desk.Lay(epc, showroom.LayOut))
}

// here answers the basket a kiosk has, or a CodeConflict refusal.
func (d *Desks) here(tx *store.Tx, k Kiosk) (showroom.Basket, error) {
	b, has, err := tx.OpenBasketAt(k.ID)
	if err == nil && !has {
		err = showroom.Errorf(showroom.CodeConflict, "There is no basket here any more. Begin a new one.")
	}
	return b, err
}

// SetBags has so many bags in the basket. No offer takes anything off them.
func (d *Desks) SetBags(tx *store.Tx, k Kiosk, bags int) error {
	if d.opt.Bag == "" {
		return showroom.Errorf(showroom.CodeNotFound, "No bags are sold here.")
	}
	b, err := d.here(tx, k)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(b.Lines, func(l showroom.Line) bool { return l.GTIN == d.opt.Bag && !l.Wish }); i >= 0 {
		return d.SetQuantity(tx, k, b.Lines[i].ID, bags)
	}
	if bags == 0 {
		return nil
	}
	l, err := d.line(&tx.View, d.opt.Bag, tx.Now().Wall)
	if err != nil {
		return err
	}
	l.Source, l.Quantity = showroom.FromBagAsk, bags
	return d.put(tx, k, l)
}

// Coupon adds a code to the basket. Shown before anything else, it begins one.
func (d *Desks) Coupon(tx *store.Tx, k Kiosk, code string) error {
	at := tx.Now()
	offers, err := tx.Offers(at.Wall)
	if err != nil {
		return err
	}
	if !offer.Coupon(offers, code, at.Wall) {
		return refuse(noticeNoCoupon, showroom.CodeNotFound, "This code takes nothing off today.")
	}
	b, err := d.begin(tx, k)
	if err != nil {
		return err
	}
	if !b.Open() {
		return showroom.Errorf(showroom.CodeConflict, "This basket is being paid for.")
	}
	d.quiet(k.ID)
	if offer.Coupon(shownBy(offers, b.Coupons), code, at.Wall) {
		return nil // shown twice
	}
	b.Coupons = append(slices.Clone(b.Coupons), code)
	b.Changed, b.Version = at, b.Version+1
	return save(tx, b)
}

// shownBy are the offers that ask for one of these coupons.
func shownBy(offers []showroom.Offer, coupons []string) []showroom.Offer {
	return slices.DeleteFunc(slices.Clone(offers), func(o showroom.Offer) bool {
		return !slices.ContainsFunc(coupons, func(c string) bool { return offer.Coupon([]showroom.Offer{o}, c, o.From) })
	})
}
