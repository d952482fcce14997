package checkout

import (
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// Call asks an associate to a kiosk. While somebody waits there, another call is the same one.
func (d *Desks) Call(tx *store.Tx, k Kiosk) error {
	d.Touch(k.ID)
	waits, err := Called(&tx.View, k)
	if err != nil || waits {
		return err
	}
	c, called := showroom.NewCall(showroom.CallID(d.opt.NewID()), place(k), "", tx.Now())
	if err := tx.PutCall(c); err != nil {
		return err
	}
	_, err = tx.Append(called)
	return err
}

// askToLook calls an associate to what a tray holds for them, unless one is there already: the shopper is told that somebody comes.
func (d *Desks) askToLook(tx *store.Tx, k Kiosk) error {
	if d.board.Counter(k.ID).Staff != "" {
		return nil
	}
	return d.Call(tx, k)
}

// Called says that somebody waits at a kiosk for an associate.
func Called(v *store.View, k Kiosk) (bool, error) {
	calls, err := v.OpenCalls()
	for _, c := range calls {
		if c.Room == place(k) {
			return true, err
		}
	}
	return false, err
}

// place is where staff go who are called to a kiosk: calls know rooms, and no room is called as a kiosk is.
func place(k Kiosk) showroom.RoomID { return showroom.RoomID(k.ID) }
