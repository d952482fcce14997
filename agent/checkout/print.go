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

// job is a receipt on its way to the paper.
type job struct {
	kiosk showroom.KioskID
	sale  showroom.Sale
}

// press has one printer print, one receipt after the other. When jobs is full, one more is refused.
type press struct {
	Printer
	jobs chan job
}

// Print has the receipt a kiosk offers printed. How that went is on the screen. CodeUnavailable without a printer.
func (d *Desks) Print(tx *store.Tx, k Kiosk) error {
	d.Touch(k.ID)
	p := d.presses[k.Printer]
	if p == nil {
		return showroom.Errorf(showroom.CodeUnavailable, "There is no printer here.")
	}
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if desk.Sale == "" {
		return showroom.Errorf(showroom.CodeConflict, "There is no receipt here any more.")
	}
	sale, err := tx.Sale(desk.Sale)
	if err != nil {
		return err
	}
	d.printed(k.ID, printAsked) // before the printer can say how it went
	select {
	case p.jobs <- job{k.ID, sale}:
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
					if err := p.Print(ctx, j.sale); err != nil && ctx.Err() == nil {
						d.opt.Log.Warn("A receipt is not printed", "device", string(id), "sale", string(j.sale.ID), "err", err)
						how = printFailed
					}
					d.printed(j.kiosk, how)
				}
			}
		})
	}
}

func (d *Desks) printed(kiosk showroom.KioskID, how string) {
	d.board.ChangeCounter(kiosk, func(c *live.Counter) { c.Printed = how })
}
