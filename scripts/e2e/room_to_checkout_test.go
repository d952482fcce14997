package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
)

// TestFromARoomToTheCheckout: a shopper goes on at the checkout with what they have tried on. What has not been seen there is not paid
// for.
func TestFromARoomToTheCheckout(t *testing.T) {
	t.Parallel()
	c := openCheckout(t, countries()["lira"])
	c.untilUp("fr2")
	room, sco := openKiosk(c.testShop, "fr2"), c.desk("sco1", "till")
	c.tell(`carry "Team Shirt" size M into fr2 as shirt`)
	c.tell(`carry "White Plimsolls" size 41 into fr2 as shoes`)
	code := c.transfers(room, 2)
	if again := c.transfers(room, 2); again == code { // and only the last one counts
		t.Errorf("two lists have the code %s", code)
	} else {
		sco.does(localapi.PathBasketResume, localapi.CodeCommand{Command: command(), Code: code})
		sco.tells("Bu kodla sepet bulamadık", "We found no basket by this code")
		code = again
	}

	sco.shows(sco.scanner, code, "the code opens the list", func() bool { return sco.now().Basket != nil })
	list := sco.now().Basket
	if len(list.Lines) != 2 || !list.Lines[0].Wish || !list.Lines[1].Wish || list.Pieces != 0 || list.Due.Minor != 0 {
		t.Fatalf("the checkout has %+v", list)
	}
	if status, answer := sco.tries(localapi.PathPay, localapi.PayCommand{Command: command(), Due: list.Due}); status == http.StatusOK && sco.now().Stage != localapi.StageBasket {
		t.Fatalf("wishes can be paid for: %s", answer)
	}
	if st := sco.shown("the list is shown", func(view.State) bool { return true }); st.Basket().Pay.Rest == "" {
		t.Error("the screen lets wishes be paid for")
	}

	c.tell("move shirt into tray")
	sco.seen(1, 1)
	sco.holdsOut(white41, 2)
	seen := sco.seen(2, 0)
	paid := sco.pays()
	if paid.Due != seen.Due || paid.Due.Minor == 0 {
		t.Errorf("paid %+v for %+v", paid, seen)
	}
	c.tell("move shoes away")
	room.until("nothing hangs in the room", func(st view.State) bool { return len(roomOf(st).Garments) == 0 })
	sco.unmoved(1)
}

// transfers taps the way to the checkout once so many garments hang there, waits for the code and goes back.
func (c checkout) transfers(room *kiosk, garments int) (code string) {
	c.t.Helper()
	room.until("the way to the checkout is shown", func(st view.State) bool {
		page := st.Room(st.Kiosk.Now)
		return st.Route == view.RouteRoom && len(page.Cards) == garments && page.Transfer != ""
	})
	room.loop.Send(view.TapTransfer{})
	room.until("the code is shown", func(st view.State) bool {
		code = st.Transfer().Code
		return st.Route == view.RouteTransfer && code != ""
	})
	room.loop.Send(view.TapBack{})
	return code
}

// seen waits until so many pieces of a list are there, and so many are not.
func (d desk) seen(here, wished int) localapi.Basket {
	d.t.Helper()
	return *d.until("what is there counts", func(now localapi.Checkout) bool {
		if now.Basket == nil || now.Basket.Pieces != here || now.Tray.Reading {
			return false
		}
		wishes := 0
		for _, l := range now.Basket.Lines {
			if l.Wish {
				wishes++
			}
		}
		return wishes == wished && now.Basket.Due.Minor > 0
	}).Basket
}

// holdsOut shows a piece to the scanner, and waits until so many lie in the basket.
func (d desk) holdsOut(gtin string, pieces int) {
	d.t.Helper()
	d.shows(d.scanner, gtin, fmt.Sprintf("with %s %d pieces lie in the basket", gtin, pieces), func() bool {
		b := d.now().Basket
		return b != nil && b.Pieces == pieces
	})
}
