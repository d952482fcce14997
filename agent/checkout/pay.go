package checkout

import (
	"encoding/json"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// mostSale is how many bytes the lines of a sale may have: the journal takes a row of 64 KiB, and the device's part is in it too.
const mostSale = 40 << 10

// Pay freezes the basket of a kiosk and has it paid for. seen is what the shopper saw when they pressed the button; a basket that
// comes to something else now is refused, and so is one that nothing can be charged for. Nothing has been charged when Pay answers:
// its device is asked once this transaction is on the disk.
func (d *Desks) Pay(tx *store.Tx, k Kiosk, seen showroom.Money) error {
	d.Touch(k.ID)
	b, err := d.here(tx, k)
	if err != nil {
		return err
	}
	if b.State == showroom.BasketFrozen {
		return nil // pressed twice
	}
	if b.Pieces() == 0 && len(b.Lines) > 0 {
		return refuse(noticeWishes, showroom.CodeInvalid, "Nothing in this basket has been seen here yet.")
	}
	if err := d.mayPay(tx, k); err != nil {
		return err
	}
	if moved, err := tx.MovedAfterAll(b.ID, ""); err != nil {
		return err
	} else if moved {
		return d.park(tx, b, parkedForStaff, true)
	}
	if b, err = d.renew(tx, b); err != nil {
		return err
	}
	lines, totals, err := d.bill(&tx.View, b, tx.Now().Wall)
	if err != nil {
		return err
	}
	switch limit := d.opt.InvoiceLimit; {
	case totals.Due != seen:
		return d.dueChanged(tx, b)
	case limit.Currency == totals.Due.Currency && limit.Minor > 0 && totals.Due.Minor > limit.Minor:
		return d.park(tx, b, parkedForInvoice, true)
	case totals.Due.Minor == 0 && d.opt.Machines[k.Settler].Fiscal: // which makes no receipt of nothing
		return d.park(tx, b, parkedForNothing, true)
	case tooLong(lines):
		return refuse(noticeMostPieces, showroom.CodeTooLarge, "There are too many different pieces for one receipt. Pay for some of them first.")
	}
	b.Lines = lines
	if b, err = b.Freeze(showroom.SettlementID(d.opt.NewID()), tx.Now()); err != nil {
		return err
	}
	d.quiet(k.ID)
	d.prompt(k.ID, b.Settlement, showroom.Progress{}) // the device has said nothing yet
	return save(tx, b)
}

// dueChanged says that the basket comes to another sum than was seen. Lower prices are kept, although nothing was paid.
func (d *Desks) dueChanged(tx *store.Tx, b showroom.Basket) error {
	d.note(b.Kiosk, noticeDueChanged, "", nil)
	return save(tx, b)
}

// promptQueued is what the shopper is told while the device serves another kiosk.
const promptQueued = "queued"

// mayPay refuses what can not be paid for now.
func (d *Desks) mayPay(tx *store.Tx, k Kiosk) error {
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if desk.Count(showroom.LayHeld) > 0 {
		return refuse(noticeHeld, showroom.CodeConflict, "There is something on the tray that an associate must look at first.")
	}
	if err := d.db.Reserve(); err != nil {
		return err
	}
	if why := d.shut(k, desk, tx.Now()); why != "" && why != "schedule" && why != "staff" { // who is there may finish
		return d.closed(why)
	}
	open, err := tx.OpenSettlements()
	if err != nil {
		return err
	}
	for _, s := range open {
		if s.Device == k.Settler && s.State == showroom.SettlementUnsure {
			return refuse(noticeTerminal, showroom.CodeUnavailable, "An associate must first see to a payment at this terminal.")
		}
	}
	return nil
}

// renew takes over lower prices.
func (d *Desks) renew(tx *store.Tx, b showroom.Basket) (showroom.Basket, error) {
	b, _, err := d.lower(&tx.View, b, tx.Now())
	return b, err
}

// tooLong says that a sale of these lines would not fit into the journal.
func tooLong(lines []showroom.Line) bool {
	body, err := json.Marshal(lines)
	return err != nil || len(body) > mostSale
}

// Abort asks the device of a kiosk to stop, or takes the payment back that still waits for it.
func (d *Desks) Abort(tx *store.Tx, k Kiosk) error {
	d.Touch(k.ID)
	b, err := d.here(tx, k)
	if err != nil {
		return err
	}
	if b.State != showroom.BasketFrozen {
		return showroom.Errorf(showroom.CodeConflict, "Nothing is being paid here.")
	}
	_, err = tx.Settlement(b.Settlement)
	switch showroom.ErrorCode(err) {
	case "":
		if c := d.cashiers[k.Settler]; c != nil {
			c.abort(b.Settlement)
		}
		return nil
	case showroom.CodeNotFound: // nobody has asked the device
		return d.thaw(tx, b, noticeCancelled)
	}
	return err
}

// thaw gives a basket back to the shopper, who is still there, and says why.
func (d *Desks) thaw(tx *store.Tx, b showroom.Basket, why string) error {
	b, err := b.Thaw(tx.Now())
	if err != nil {
		return err
	}
	d.clearPrompt(b.Kiosk)
	d.Touch(b.Kiosk)
	if err := save(tx, b); err != nil {
		return err
	}
	k, err := d.Kiosk(b.Kiosk)
	if err != nil {
		return err
	}
	if err := d.lookAgain(tx, k); err != nil {
		return err
	}
	d.note(k.ID, why, "", nil)
	return nil
}

// declined gives the basket back after a settlement that came to nothing; where whoever it is may have gone, it waits for staff.
func (d *Desks) declined(tx *store.Tx, s showroom.Settlement) error {
	b, err := tx.Basket(s.Basket)
	if err != nil || b.State != showroom.BasketFrozen || b.Settlement != s.ID {
		return err
	}
	desk, err := tx.Desk(b.Kiosk)
	if err != nil {
		return err
	}
	if desk.Left || !d.stands(b.Kiosk) {
		return d.park(tx, b, parkedForStaff, false)
	}
	why := d.noticeOf(s.Result)
	if err := d.thaw(tx, b, why); err != nil {
		return err
	}
	return d.answer(tx, b, why)
}

// noticeOf is the word for why no money has moved.
func (d *Desks) noticeOf(r showroom.Result) string {
	switch r.Reason {
	case showroom.DeclinedByShopper:
		return noticeCancelled
	case showroom.DeclinedTimeout:
		return noticeTimeout
	case showroom.DeclinedCard:
		return noticeCardFault
	case showroom.DeclinedBusy:
		return noticeBusy
	case showroom.DeclinedPaper:
		return noticePaper
	case showroom.DeclinedDevice, showroom.DeclinedCurrency, showroom.DeclinedByDevice:
		if d.opt.Profile.Fiscal {
			return noticeFiscal
		}
		return noticeTerminal
	}
	return noticeDeclined
}

// unsure leaves a basket frozen and gives it a code that will show what became of it.
func (d *Desks) unsure(tx *store.Tx, s showroom.Settlement) error {
	b, err := tx.Basket(s.Basket)
	if err != nil || b.State != showroom.BasketFrozen {
		return err
	}
	if b.Code == "" {
		if b.Code, err = d.code(&tx.View); err != nil {
			return err
		}
	}
	return save(tx, b)
}

// prompt shows what a device says.
func (d *Desks) prompt(kiosk showroom.KioskID, s showroom.SettlementID, p showroom.Progress) {
	at := d.opt.Clock().Wall
	d.board.ChangeCounter(kiosk, func(c *live.Counter) {
		if c.Prompt.Settlement == s {
			at = c.Prompt.Since
		}
		c.Prompt = live.Prompt{Settlement: s, Code: p.Code, Text: p.Text, Since: at}
	})
}

// clearPromptOf takes off the screen what a device said about one settlement; by now it may say something about the next.
func (d *Desks) clearPromptOf(kiosk showroom.KioskID, s showroom.SettlementID) {
	if kiosk == "" {
		return
	}
	d.board.ChangeCounter(kiosk, func(c *live.Counter) {
		if c.Prompt.Settlement == s {
			c.Prompt = live.Prompt{}
		}
	})
}

func (d *Desks) clearPrompt(kiosk showroom.KioskID) {
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Prompt = live.Prompt{} })
}
