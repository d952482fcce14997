package checkout

import (
	"slices"

	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Unprinted is a slip that did not come out at a kiosk, or not whole: paper or power went, or the agent was stopped. Nobody prints it again
// by itself, since nobody knows how much of it somebody has in hand.
type Unprinted struct {
	Kiosk showroom.KioskID
	showroom.Paper
}

// Unprinted are the slips that did not come out in the last day, the oldest of each kiosk first. That of a basket which is not set aside
// any more is none: nobody wants it.
func (d *Desks) Unprinted(v *store.View) (all []Unprinted, err error) {
	now := d.opt.Clock()
	for _, k := range d.opt.Kiosks {
		desk, err := v.Desk(k.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range desk.Papers {
			if !p.Failed || now.Since(p.Since) > showroom.PaperFor {
				continue
			}
			if p.Aside != "" {
				b, err := v.Basket(p.Aside)
				if code := showroom.ErrorCode(err); code != "" && code != showroom.CodeNotFound {
					return nil, err
				}
				if err != nil || b.State != showroom.BasketAside {
					continue
				}
			}
			all = append(all, Unprinted{k.ID, p})
		}
	}
	return all, nil
}

// PrintAgain has a slip printed once more that did not come out, where it was asked for. CodeConflict when it has since, or nobody wants it.
func (d *Desks) PrintAgain(tx *store.Tx, kiosk showroom.KioskID, id string) error {
	k, p, err := d.unprinted(tx, kiosk, id)
	switch {
	case err != nil:
		return err
	case d.presses[k.Printer] == nil:
		return showroom.Errorf(showroom.CodeUnavailable, "There is no printer here.")
	case p.Return != "":
		return d.PrintReturn(tx, p.Return)
	case p.Aside != "":
		return d.printAside(tx, k, p.Aside)
	}
	return d.printReceipt(tx, k, p.Sale)
}

// NoPaper forgets a slip that did not come out: nobody wants it any more. CodeConflict when nobody does already.
func (d *Desks) NoPaper(tx *store.Tx, kiosk showroom.KioskID, id string) error {
	k, _, err := d.unprinted(tx, kiosk, id)
	if err != nil {
		return err
	}
	desk, err := tx.Desk(k.ID)
	if err != nil {
		return err
	}
	if err := tx.PutDesk(desk.DropPaper(id)); err != nil {
		return err
	}
	return changed(tx, k.ID, "")
}

func (d *Desks) unprinted(tx *store.Tx, kiosk showroom.KioskID, id string) (Kiosk, showroom.Paper, error) {
	k, err := d.Kiosk(kiosk)
	if err != nil {
		return k, showroom.Paper{}, err
	}
	desk, err := tx.Desk(kiosk)
	if err != nil {
		return k, showroom.Paper{}, err
	}
	i := slices.IndexFunc(desk.Papers, func(p showroom.Paper) bool { return p.Failed && p.ID() == id })
	if i < 0 {
		return k, showroom.Paper{}, showroom.Errorf(showroom.CodeConflict, "This slip has been printed, or nobody wants it any more.")
	}
	return k, desk.Papers[i], nil
}

// resumePapers gives up what an agent that was stopped or killed was to print.
func (d *Desks) resumePapers(tx *store.Tx) error {
	for _, k := range d.opt.Kiosks {
		desk, err := tx.Desk(k.ID)
		if err != nil {
			return err
		}
		given := false
		for i := range desk.Papers {
			given = given || !desk.Papers[i].Failed
			desk.Papers[i].Failed = true
		}
		if !given {
			continue
		}
		if err := tx.PutDesk(desk); err != nil {
			return err
		}
	}
	return nil
}
