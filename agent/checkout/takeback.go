package checkout

import (
	"context"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// noticeTakenBack says that a garment is the shop's again.
const noticeTakenBack = "taken_back"

// laid is a garment on the tray of a kiosk.
type laid struct {
	kiosk showroom.KioskID
	epc   gs1.EPC
}

// expect has the tags of what came back taken back when they lie before staff. Where there is no tray, nobody could lay them down.
func (d *Desks) expect(tx *store.Tx, sale showroom.Sale, lines []showroom.ReturnedLine) error {
	tray := false
	for _, k := range d.opt.Kiosks {
		tray = tray || k.Tray != ""
	}
	for _, back := range lines {
		for _, l := range sale.Lines {
			if l.ID != back.Line || !l.Tagged || !tray {
				continue
			}
			for range back.Quantity {
				b := store.TakeBack{ID: d.opt.NewID(), Sale: sale.ID, GTIN: l.GTIN, Since: tx.Now()}
				if err := tx.PutTakeBack(b); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Shown tells of a tag before the reader of a tray that is not the shop's. Which one came back nobody knows, so it is taken back only
// while an associate has unlocked the kiosk of the tray, and only as many of an item as have come back. It returns at once.
func (d *Desks) Shown(reader showroom.DeviceID, epc gs1.EPC) {
	for _, k := range d.opt.Kiosks {
		if k.Reader != reader || k.Tray == "" || d.board.Counter(k.ID).Staff == "" || !d.opt.Tags.Bought(epc) {
			continue
		}
		select {
		case d.shown <- laid{k.ID, epc}:
		default:
		}
	}
}

// runTakeBacks takes back what is shown until ctx ends.
func (d *Desks) runTakeBacks(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-d.shown:
			if err := d.takeBack(ctx, l); err != nil && ctx.Err() == nil {
				d.opt.Log.Error("A garment that came back can not be taken back", "kiosk", string(l.kiosk), "err", err)
			}
		}
	}
}

// takeBack makes a garment the shop's again, if one like it has come back. It counts for nothing until it is lifted from the tray.
func (d *Desks) takeBack(ctx context.Context, l laid) error {
	var expected bool
	if err := d.db.View(ctx, func(v *store.View) (err error) { // most of what is shown is nobody's business, and written down nowhere
		_, expected, err = awaited(v, l.epc.GTIN())
		return err
	}); err != nil || !expected {
		return err
	}
	done := false
	err := d.db.Update(ctx, func(tx *store.Tx) error {
		done = false
		b, expected, err := awaited(&tx.View, l.epc.GTIN())
		if err != nil || !expected {
			return err
		}
		if sold, err := d.opt.Tags.ReturnIn(tx, l.epc); err != nil || !sold {
			return err
		}
		if err := tx.DeleteTakeBack(b.ID); err != nil {
			return err
		}
		desk, err := tx.Desk(l.kiosk)
		if err != nil {
			return err
		}
		if err := tx.PutDesk(desk.Lay(l.epc, showroom.LayAside)); err != nil {
			return err
		}
		if _, err := tx.Append(showroom.GarmentsReturned{Items: []showroom.ItemCount{{GTIN: b.GTIN, Count: 1}}}); err != nil {
			return err
		}
		done = true
		return changed(tx, l.kiosk, "")
	})
	d.settleTags(ctx, []gs1.EPC{l.epc})
	if err == nil && done {
		d.note(l.kiosk, noticeTakenBack, l.epc.GTIN(), nil)
	}
	return err
}

// awaited is the oldest piece of an item that has come back and whose tag is still its buyer's; false for none.
func awaited(v *store.View, item gs1.GTIN) (store.TakeBack, bool, error) {
	all, err := v.TakeBacks()
	for _, b := range all {
		if b.GTIN == item {
			return b, true, err
		}
	}
	return store.TakeBack{}, false, err
}
