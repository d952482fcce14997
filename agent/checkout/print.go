package checkout

import (
	"context"
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

func (d *Desks) press(k Kiosk, j job) error {
	d.printed(k.ID, printAsked) // before the printer can say how it went
	select {
	case d.presses[k.Printer].jobs <- j:
		return nil
	default:
		d.printed(k.ID, printFailed)
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

func (d *Desks) printed(kiosk showroom.KioskID, how string) {
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Printed = how })
}
