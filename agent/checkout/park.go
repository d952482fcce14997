package checkout

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Why a basket was set aside, as the kiosk has texts for it.
const (
	parkedForTill    = "till"
	parkedForStaff   = "staff"
	parkedByPower    = "power"   // the agent was down while somebody may have left
	parkedForInvoice = "invoice" // the sum asks for an invoice
	parkedForNothing = "nothing" // it comes to nothing, and the fiscal device makes no receipt of that
)

// Park sets the basket of a kiosk aside, to be paid at a till or gone on with at another kiosk.
func (d *Desks) Park(tx *store.Tx, k Kiosk) error {
	b, err := d.here(tx, k)
	if err != nil {
		return err
	}
	if b.Pieces() == 0 {
		return showroom.Errorf(showroom.CodeInvalid, "The basket is empty.")
	}
	if b.State == showroom.BasketFrozen {
		return showroom.Errorf(showroom.CodeConflict, "This basket is being paid for.")
	}
	return d.park(tx, b, parkedForTill, true)
}

// park sets a basket aside under a code and has its kiosk show the code, if somebody is there to see it.
func (d *Desks) park(tx *store.Tx, b showroom.Basket, reason string, shown bool) error {
	lines, totals, err := d.bill(&tx.View, b, tx.Now().Wall)
	if err != nil {
		return err
	}
	b.Lines = lines // with what offers take off, which a till can not know
	code := b.Code
	if code == "" {
		if code, err = d.code(&tx.View); err != nil {
			return err
		}
	}
	here := b.State == showroom.BasketOpen || b.State == showroom.BasketFrozen
	if b, err = b.Park(code, reason, tx.Now()); err != nil {
		return err
	}
	for i := range b.Lines { // wherever it is gone on with, its garments lie on no tray of this kiosk
		if b.Lines[i].Source == showroom.FromTray {
			b.Lines[i].Source = showroom.FromScan
		}
	}
	if err := save(tx, b); err != nil {
		return err
	}
	if here {
		if err := d.vacate(tx, b, shown); err != nil {
			return err
		}
	}
	_, err = tx.Append(showroom.BasketParked{Basket: b.ID, Kiosk: b.Kiosk, Number: b.Number, Due: totals.Due, Reason: reason})
	return err
}

// vacate frees the desk of a basket that was set aside. What lies on its tray is left there.
func (d *Desks) vacate(tx *store.Tx, b showroom.Basket, shown bool) error {
	desk, err := tx.Desk(b.Kiosk)
	if err != nil {
		return err
	}
	desk = leave(desk)
	desk.Left, desk.Parked, desk.Seen = false, "", tx.Now()
	for _, p := range d.searched.by(b.Kiosk, b.ID) {
		desk.Shown = withShown(desk.Shown, p)
	}
	if shown {
		desk.Parked = b.ID
	}
	d.quiet(b.Kiosk)
	d.board.ChangeCounter(b.Kiosk, forgetPrint)
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	if !shown {
		return d.endVisit(tx, b.Kiosk, "")
	}
	if !d.opt.SlipForTill {
		return nil
	}
	k, err := d.Kiosk(b.Kiosk)
	if err != nil || d.presses[k.Printer] == nil {
		return err
	}
	if err := d.printAside(tx, k, b.ID); showroom.ErrorCode(err) != showroom.CodeUnavailable { // which the screen says
		return err
	}
	return nil
}

// code draws what a basket is asked for by: six digits that no other basket has.
func (d *Desks) code(v *store.View) (string, error) {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			return "", fmt.Errorf("draw a code: %w", err)
		}
		code := fmt.Sprintf("%06d", n)
		_, err = v.BasketByCode(code)
		switch showroom.ErrorCode(err) {
		case showroom.CodeNotFound:
			return code, nil
		case "":
		default:
			return "", err
		}
	}
}

// Resume goes on at a kiosk with the basket that is set aside under a code. The code of one that was being paid for shows what became
// of it.
func (d *Desks) Resume(tx *store.Tx, k Kiosk, code string) error {
	b, err := tx.BasketByCode(code)
	if showroom.ErrorCode(err) == showroom.CodeNotFound {
		return refuse(noticeNoBasket, showroom.CodeNotFound, "No basket is set aside under this code.")
	}
	if err != nil {
		return err
	}
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if own, has, err := tx.OpenBasketAt(k.ID); err != nil || has {
		if err == nil && own.ID == b.ID {
			return d.comeBack(tx, desk, b)
		}
		if err == nil {
			err = refuse(noticeOtherBasket, showroom.CodeConflict, "There is a basket here already. Finish that one first.")
		}
		return err
	}
	switch b.State {
	case showroom.BasketPaid:
		return d.showSale(tx, desk, b)
	case showroom.BasketFrozen:
		return d.lookUp(tx, desk, b)
	case showroom.BasketAside:
	default:
		return refuse(noticeNoBasket, showroom.CodeConflict, "This basket is being paid for elsewhere.")
	}
	if why := d.shut(k, desk, tx.Now()); why != "" {
		return d.closed(why)
	}
	from := b.Kiosk
	if b, err = b.Resume(k.ID, tx.Now()); err != nil {
		return err
	}
	if err := d.occupy(tx, desk, b.ID); err != nil {
		return err
	}
	if err := carry(tx, b.ID, from, k.ID); err != nil {
		return err
	}
	if err := d.unshow(tx, from, b.ID); err != nil {
		return err
	}
	if err := d.askAgain(tx, k); err != nil {
		return err
	}
	d.quiet(k.ID)
	if err := save(tx, b); err != nil {
		return err
	}
	return d.lookAgain(tx, k) // garments of this basket may lie here already
}

// showSale offers the receipt of a basket that has been paid.
func (d *Desks) showSale(tx *store.Tx, desk showroom.Desk, b showroom.Basket) error {
	sale, sold, err := tx.SaleOf(b.ID)
	if err != nil || !sold {
		return err
	}
	if err := d.occupy(tx, desk, b.ID); err != nil {
		return err
	}
	if desk, err = tx.Desk(desk.Kiosk); err != nil {
		return err
	}
	desk.Sale = sale.ID
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	d.quiet(desk.Kiosk)
	return changed(tx, desk.Kiosk, b.ID)
}

// unshow takes the code of a basket off the kiosk where it was set aside: whoever read it there has gone.
func (d *Desks) unshow(tx *store.Tx, kiosk showroom.KioskID, b showroom.BasketID) error {
	desk, err := tx.Desk(kiosk)
	if err != nil || desk.Parked != b {
		return err
	}
	desk.Parked = ""
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	if err := d.endVisit(tx, kiosk, ""); err != nil {
		return err
	}
	return changed(tx, kiosk, b)
}

// Abandon ends the basket of a kiosk, or one that is set aside: nobody wants it. why is "shopper" or "staff".
func (d *Desks) Abandon(tx *store.Tx, k Kiosk, why string) error {
	b, err := d.here(tx, k)
	if err != nil {
		return err
	}
	return d.abandon(tx, b, why)
}

// AbandonParked ends a basket that is set aside.
func (d *Desks) AbandonParked(tx *store.Tx, id showroom.BasketID) error {
	b, err := tx.Basket(id)
	if err != nil {
		return err
	}
	if b.State != showroom.BasketAside {
		return showroom.Errorf(showroom.CodeConflict, "This basket is not set aside any more.")
	}
	return d.abandon(tx, b, "staff")
}

func (d *Desks) abandon(tx *store.Tx, b showroom.Basket, why string) error {
	at, pieces, open, held := b.Kiosk, b.Pieces(), b.Open(), b.Garments()
	b, err := b.Abandon(tx.Now())
	if err != nil {
		return err
	}
	if err := save(tx, b); err != nil {
		return err
	}
	if open {
		desk, err := tx.Desk(at)
		if err != nil {
			return err
		}
		if err := tx.PutDesk(leave(desk)); err != nil {
			return err
		}
		d.quiet(at)
		if err := d.endVisit(tx, at, ""); err != nil {
			return err
		}
	}
	if err := d.unshow(tx, at, b.ID); err != nil {
		return err
	}
	if err := d.free(tx, held...); err != nil {
		return err
	}
	_, err = tx.Append(showroom.BasketAbandoned{Basket: b.ID, Kiosk: at, Pieces: pieces, Why: why})
	return err
}

// Done has a kiosk show nothing of the last shopper any more: the next may come.
func (d *Desks) Done(tx *store.Tx, k Kiosk) error {
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	b, has, err := tx.OpenBasketAt(k.ID)
	if err != nil {
		return err
	}
	paying := has && b.State == showroom.BasketFrozen // with an open one the next shopper has begun already
	if paying {
		s, err := tx.Settlement(b.Settlement)
		if err != nil && showroom.ErrorCode(err) != showroom.CodeNotFound {
			return err
		}
		desk.Left = desk.Left || s.State == showroom.SettlementUnsure // a word that comes late sends nobody away who pays
	} else {
		desk.Left = false
	}
	sale := desk.Sale
	desk.Sale, desk.Parked = "", ""
	if err := tx.PutDesk(desk); err != nil {
		return err
	}
	d.quiet(k.ID)
	if !has {
		if err := d.endVisit(tx, k.ID, sale); err != nil {
			return err
		}
	}
	if !paying {
		if err := d.lookAgain(tx, k); err != nil {
			return err
		}
	}
	return changed(tx, k.ID, "")
}

// expire gives free what nobody has come back for. It answers how long until the next one is due, 0 for none.
func (d *Desks) expire(tx *store.Tx) (next time.Duration, err error) {
	live, err := tx.LiveBaskets()
	if err != nil {
		return 0, err
	}
	now := tx.Now()
	for _, b := range live {
		why, left := d.lapsed(b, now)
		if left > 0 && (next == 0 || left < next) {
			next = left
		}
		switch why {
		case "":
			continue
		case lapsedClaim:
			d.opt.Log.Warn("A till took a basket and said nothing more", "till", string(b.Till))
			err = d.park(tx, b, b.Reason, false)
		case lapsedClock:
			b.Changed = now
			err = tx.PutBasket(b)
		case "day_end", "expired":
			err = d.abandon(tx, b, why)
		}
		if err != nil {
			return next, err
		}
	}
	return next, nil
}

const (
	lapsedClaim = "claim"
	lapsedClock = "clock" // how long ago it was put aside nobody knows, so its time begins anew
)

// lapsed is why a basket does not go on as it is, empty if it does, and how long that holds.
func (d *Desks) lapsed(b showroom.Basket, now showroom.Moment) (why string, left time.Duration) {
	holds := time.Duration(0)
	switch b.State {
	case showroom.BasketFrozen:
		return "", 0
	case showroom.BasketAside:
		holds, why = showroom.ParkedFor, "expired"
	case showroom.BasketAtTill:
		holds, why = showroom.ClaimedFor, lapsedClaim
	case showroom.BasketOpen:
		holds, why = d.forsaken(), "expired"
		touched := d.board.Counter(b.Kiosk).Touched
		if touched.Boot == now.Boot && (b.Changed.Boot != now.Boot || touched.Mono > b.Changed.Mono) {
			b.Changed = touched
		}
	}
	left = holds - now.Since(b.Changed)
	switch {
	case b.State != showroom.BasketAtTill && d.dayOver(b.Opened, now) && !(b.State == showroom.BasketOpen && left > 0):
		return "day_end", 0
	case b.State != showroom.BasketOpen && (b.Changed.Ahead(now) || left <= 0 && putRight(b.Changed, now)):
		return lapsedClock, 0
	case left > 0 && !b.Changed.Ahead(now):
		return "", left
	}
	return why, 0
}

// putRight says that a clock that nobody vouched for then has been set since, in another boot.
func putRight(then, now showroom.Moment) bool {
	return then.Boot != now.Boot && !then.Confirmed() && now.Confirmed()
}

// dayOver says that the business day of then has ended. Within a boot then is told by the clock of now, which may have been set
// since; across boots only a clock that somebody has confirmed is believed.
func (d *Desks) dayOver(then, now showroom.Moment) bool {
	if then.Boot == now.Boot {
		return d.day(now.Wall.Add(then.Mono-now.Mono)) != d.day(now.Wall)
	}
	return then.Confirmed() && now.Confirmed() && d.day(then.Wall) < d.day(now.Wall)
}

// forsaken is after how long without a touch the agent wipes what the kiosk should have wiped.
func (d *Desks) forsaken() time.Duration { return 2*d.opt.IdleAfter + time.Minute }
