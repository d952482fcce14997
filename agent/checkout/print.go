package checkout

import (
	"context"
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
	kiosk    showroom.KioskID
	sale     showroom.Sale
	aside    showroom.BasketID // empty for a receipt
	language string            // of the slip
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
		sale, err := tx.Sale(desk.Sale)
		if err != nil {
			return err
		}
		return d.press(k, job{kiosk: k.ID, sale: sale})
	case desk.Parked != "":
		return d.printAside(tx, k, desk.Parked)
	}
	return showroom.Errorf(showroom.CodeConflict, "There is no receipt here any more.")
}

// printAside has the slip of a basket printed that is being set aside: it is read once that is written down.
func (d *Desks) printAside(tx *store.Tx, k Kiosk, b showroom.BasketID) error {
	language, err := d.opt.Language(&tx.View, k.ID)
	if err != nil {
		return err
	}
	return d.press(k, job{kiosk: k.ID, aside: b, language: language})
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
	j := job{sale: sale}
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
	return d.press(k, j)
}

func (d *Desks) press(k Kiosk, j job) error {
	d.printed(j.kiosk, printAsked) // before the printer can say how it went
	select {
	case d.presses[k.Printer].jobs <- j:
		return nil
	default:
		d.printed(j.kiosk, printFailed)
		return showroom.Errorf(showroom.CodeUnavailable, "The printer is busy. Try again in a moment.")
	}
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
					how := printDone
					if err := d.print(ctx, p, j); err != nil && ctx.Err() == nil {
						d.opt.Log.Warn("A slip is not printed", "device", string(id), "sale", string(j.sale.ID), "basket", string(j.aside), "err", err)
						how = printFailed
					}
					d.printed(j.kiosk, how)
				}
			}
		})
	}
}

// print prints one slip. The transaction that set a basket aside may not have ended: the writer is waited for, and what came to nothing
// is not printed.
func (d *Desks) print(ctx context.Context, p *press, j job) error {
	if j.given > 0 {
		return p.PrintReturn(ctx, j.sale, j.returns, j.given)
	}
	if j.aside == "" {
		return p.Print(ctx, j.sale)
	}
	var b showroom.Basket
	err := d.db.Update(ctx, func(tx *store.Tx) (err error) {
		b, err = tx.Basket(j.aside)
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

// printed has a kiosk show how a print went; of what staff have printed it shows nothing.
func (d *Desks) printed(kiosk showroom.KioskID, how string) {
	if kiosk == "" {
		return
	}
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Printed = how })
}
