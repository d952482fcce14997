package e2e

import (
	"errors"
	"testing"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
	"showroom/scripts/shop"
)

// TestGarmentsLeftOnTheTray: what lies on a tray when a basket ends begins no other one, and is in the basket of whoever begins one there,
// unless somebody else has it set aside, or has bought it.
func TestGarmentsLeftOnTheTray(t *testing.T) {
	t.Parallel()
	one, two := openDesks(t, countries()["euro"], shop.Options{})
	one.tell(`carry "Team Shirt" size M into tray as shirt`)
	one.tell(`carry "Blue Polygon Shirt" size M into tray as polygon`)
	gone := one.lies(2, 2)
	one.does(localapi.PathBasketAbandon, command())
	one.readsAgain("tray")
	one.untilStage(localapi.StageAttract)

	one.holdsOut(beanie, 3)
	found := one.lies(3, 2)
	if found.Number != gone.Number+1 {
		t.Errorf("basket %d comes after %d: something has begun one by itself", found.Number, gone.Number)
	}
	if st := one.shown("the basket is shown", func(view.State) bool { return true }); len(st.Basket().Lines) != 3 {
		t.Errorf("the screen shows %+v", st.Basket().Lines)
	}

	one.does(localapi.PathBasketPark, command())
	code := one.untilStage(localapi.StageParked).Parked.Code
	one.next()
	one.holdsOut(white40, 1)
	one.lies(1, 0)
	one.tells("başka bir sepette", "in another basket")
	one.does(localapi.PathBasketAbandon, command())
	one.does(localapi.PathBasketResume, localapi.CodeCommand{Command: command(), Code: code})
	if back := one.lies(3, 2); back.ID != found.ID || back.Due != found.Due {
		t.Errorf("there is %+v, and %+v was set aside", back, found)
	}

	one.pays()
	one.readsAgain("tray")
	one.untilStage(localapi.StageAttract)
	one.holdsOut(beanie, 1)
	one.lies(1, 0) // what was bought is nobody's business
	one.tell(`carry "White Plimsolls" size 41 into tray as shoes`)
	one.lies(2, 1)
	if now := one.now(); now.Tray.Elsewhere != 0 || now.Tray.Held != 0 {
		t.Errorf("the tray %+v", now.Tray)
	}
	one.pays()
	two.untilStage(localapi.StageAttract)
	one.balanced(2)
}

// lies waits until so many pieces are in the basket, so many of them on a tray that has come to rest.
func (d desk) lies(pieces, onTray int) localapi.Basket {
	d.t.Helper()
	return *d.until("what lies on the tray is in the basket", func(now localapi.Checkout) bool {
		return now.Basket != nil && now.Basket.Pieces == pieces && now.Tray.Pieces == onTray && !now.Tray.Reading
	}).Basket
}

// next has the kiosk wait for the next shopper.
func (d desk) next() {
	d.t.Helper()
	d.does(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
	d.untilStage(localapi.StageAttract)
}

// readsAgain waits until a reader has said something more.
func (d desk) readsAgain(reader string) {
	d.t.Helper()
	heard := d.device(reader).Good
	d.eventually("the reader reads on", func() error {
		if d.device(reader).Good < heard+10 {
			return errors.New("it is silent")
		}
		return nil
	})
}
