package checkout

import (
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Charge has a device take money for which there is no basket: an engineer tries it, or staff take what was forgotten. It is a
// settlement like any other, under the id that is answered, waits for the device like a refund, and makes no sale. A fiscal device takes baskets only.
func (d *Desks) Charge(tx *store.Tx, device showroom.DeviceID, amount showroom.Money, by showroom.StaffID, why string) (showroom.SettlementID, error) {
	return d.giveBack(tx, refund{kind: showroom.Payment, device: device, amount: amount, by: by, why: why})
}

func (d *Desks) charged(r refund) (showroom.Settlement, error) {
	m, known := d.opt.Machines[r.device]
	switch {
	case !known:
		return showroom.Settlement{}, showroom.Errorf(showroom.CodeNotFound, "There is no terminal %q.", string(r.device))
	case m.Fiscal:
		return showroom.Settlement{}, showroom.Errorf(showroom.CodeForbidden, "A fiscal device takes money for garments only. Pay for a basket at its kiosk.")
	case r.amount.Minor <= 0 || r.amount.Minor > showroom.MostPrice || r.amount.Currency != d.opt.Currency:
		return showroom.Settlement{}, showroom.Errorf(showroom.CodeInvalid, "This is no amount in %s.", d.opt.Currency)
	}
	return showroom.Settlement{
		ID: r.id, Kind: showroom.Payment, Device: r.device, Amount: r.amount, State: showroom.SettlementWaiting, By: r.by, Why: r.why,
	}, nil
}
