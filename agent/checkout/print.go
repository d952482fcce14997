package checkout

import (
	"context"
	"errors"
	"slices"
	"sync"

	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// How the print of a receipt stands.
const (
	printAsked  = "asked"
	printDone   = "done"
	printFailed = "failed"
)

// mostPrints is how many receipts may wait for one printer.
const mostPrints = 8

// job is a receipt on its way to the paper, or the slip of a basket that is set aside.
type job struct {
	at       showroom.KioskID // where it comes out
	paper    showroom.Paper
	sale     showroom.Sale // but for a basket that is set aside
	language string        // of the slip of such a basket
	// returns are those of the sale; given is the one, from 1, whose slip is printed in place of the receipt, 0 for none.
	returns []showroom.Return
	given   int
}

// press has one printer print, one receipt after the other. When jobs is full, one more is refused.
type press struct {
	Printer
	jobs chan job
}

// Print has the receipt a kiosk offers printed, or the slip of the basket that was set aside there. How that went is on the screen.
// CodeUnavailable without a printer.
func (d *Desks) Print(tx *store.Tx, k Kiosk) error {
	d.Touch(k.ID)
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	switch {
	case d.presses[k.Printer] == nil:
		return showroom.Errorf(showroom.CodeUnavailable, "There is no printer here.")
	case desk.Sale != "":
		return d.printReceipt(tx, k, desk.Sale)
	case desk.Parked != "":
		return d.printAside(tx, k, desk.Parked)
	}
	return showroom.Errorf(showroom.CodeConflict, "There is no receipt here any more.")
}

// printReceipt has the receipt of a sale printed.
func (d *Desks) printReceipt(tx *store.Tx, k Kiosk, id showroom.SaleID) error {
	sale, err := tx.Sale(id)
	if err != nil {
		return err
	}
	return d.press(tx, k, job{paper: showroom.Paper{Sale: id}, sale: sale})
}

// printAside has the slip of a basket printed that is being set aside: it is read once that is written down.
func (d *Desks) printAside(tx *store.Tx, k Kiosk, b showroom.BasketID) error {
	language, err := d.opt.Language(&tx.View, k.ID)
	if err != nil {
		return err
	}
	return d.press(tx, k, job{paper: showroom.Paper{Aside: b}, language: language})
}

// Prints says that the slip of what came back of a sale can be printed: where it was paid for there is a printer.
func (d *Desks) Prints(sale showroom.Sale) bool {
	k, err := d.Kiosk(sale.Kiosk)
	return err == nil && d.presses[k.Printer] != nil
}

// PrintReturn prints the slip of what a settlement has given back, at the kiosk where it had been paid for. CodeUnavailable without a
// printer there, CodeNotFound when nothing was given back.
func (d *Desks) PrintReturn(tx *store.Tx, id showroom.SettlementID) error {
	s, err := tx.Settlement(id)
	if err != nil {
		return err
	}
	sale, err := tx.Sale(s.Sale)
	if err != nil {
		return err
	}
	if !d.Prints(sale) {
		return showroom.Errorf(showroom.CodeUnavailable, "There is no printer here.")
	}
	j := job{paper: showroom.Paper{Sale: sale.ID, Return: id}, sale: sale}
	if j.returns, err = tx.ReturnsOf(sale.ID); err != nil {
		return err
	}
	j.given = 1 + slices.IndexFunc(j.returns, func(r showroom.Return) bool { return r.Settlement == id })
	if j.given == 0 {
		return showroom.Errorf(showroom.CodeNotFound, "Nothing has been given back.")
	}
	k, err := d.Kiosk(sale.Kiosk)
	if err != nil {
		return err
	}
	return d.press(tx, k, j)
}

// press gives a slip to the printer, and writes down that it was asked for: whoever pulls the plug now does not make it forgotten.
func (d *Desks) press(tx *store.Tx, k Kiosk, j job) error {
	j.at, j.paper.Since = k.ID, tx.Now()
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	shows := j.shownAt(desk)
	d.printed(k.ID, shows, printAsked) // before the printer can say how it went
	select {
	case d.presses[k.Printer].jobs <- j:
	default:
		d.printed(k.ID, shows, printFailed)
		err = showroom.Errorf(showroom.CodeUnavailable, "The printer is busy. Try again in a moment.")
	}
	j.paper.Failed = err != nil
	return errors.Join(err, tx.PutDesk(desk.PutPaper(j.paper, tx.Now())))
}

// shownAt says that a kiosk shows how it goes with a slip: it offers the receipt, or the code of the basket. Of what staff have printed
// it shows nothing.
func (j job) shownAt(desk showroom.Desk) bool {
	return j.paper.Aside != "" && j.paper.Aside == desk.Parked || j.paper.Aside == "" && j.given == 0 && j.sale.ID == desk.Sale
}

// runPresses prints until ctx ends.
func (d *Desks) runPresses(ctx context.Context, all *sync.WaitGroup) {
	for id, p := range d.presses {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case j := <-p.jobs:
					err := d.print(ctx, p, j)
					if err != nil && ctx.Err() != nil {
						return // nobody knows how far it came: the next start finds it written down
					}
					if err != nil {
						d.opt.Log.Warn("A slip is not printed", "device", string(id), "sale", string(j.sale.ID), "basket", string(j.paper.Aside), "err", err)
					}
					d.pressed(context.WithoutCancel(ctx), j, err == nil)
				}
			}
		})
	}
}

// pressed writes down how a print went, and has the kiosk show it.
func (d *Desks) pressed(ctx context.Context, j job, whole bool) {
	how, shows := printFailed, false
	if whole {
		how = printDone
	}
	err := d.db.Update(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(j.at)
		if err != nil {
			return err
		}
		shows = j.shownAt(desk)
		if whole {
			return tx.PutDesk(desk.DropPaper(j.paper.ID()))
		}
		j.paper.Failed = true
		if err := tx.PutDesk(desk.PutPaper(j.paper, tx.Now())); err != nil {
			return err
		}
		return changed(tx, j.at, "")
	})
	if err != nil {
		d.opt.Log.Error("How a print went can not be written down", "kiosk", string(j.at), "err", err)
	}
	d.printed(j.at, shows, how)
}

// print prints one slip. The transaction that set a basket aside may not have ended: the writer is waited for, and what came to nothing
// is not printed.
func (d *Desks) print(ctx context.Context, p *press, j job) error {
	if j.given > 0 {
		return p.PrintReturn(ctx, j.sale, j.returns, j.given)
	}
	if j.paper.Aside == "" {
		return p.Print(ctx, j.sale)
	}
	var b showroom.Basket
	err := d.db.Update(ctx, func(tx *store.Tx) (err error) {
		b, err = tx.Basket(j.paper.Aside)
		return err
	})
	if err != nil {
		return err
	}
	if b.State != showroom.BasketAside {
		return showroom.Errorf(showroom.CodeConflict, "This basket is not set aside any more.")
	}
	return p.PrintAside(ctx, b, j.language)
}

// printed has a kiosk show how a print went, if that is what it shows.
func (d *Desks) printed(kiosk showroom.KioskID, shows bool, how string) {
	if shows {
		d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Printed = how })
	}
}
