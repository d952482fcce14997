package e2e

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"showroom/agent/localapi"
	"showroom/scripts/shop"
)

// TestWhatCameBackIsSoldAgain: once money has gone back, an associate lays a garment on the tray, and it is the shop's again.
func TestWhatCameBackIsSoldAgain(t *testing.T) {
	t.Parallel()
	c := openCheckout(t, countries()["euro"])
	c.fill("r")
	c.pay()
	paid := c.untilPaid()
	c.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
	c.empty("r")
	c.until("the next shopper may come", func(now localapi.Checkout) bool { return now.Stage == localapi.StageAttract && now.Tray.Pieces == 0 })
	elif := signIn(c.testShop)
	c.givesAllBack(elif, paid.Sale)
	elif.sees("both garments are awaited", func(page string) bool {
		return strings.Contains(page, "Team Shirt") && strings.Count(page, `action="/staff/checkout/back/`) == 2
	})
	c.tell(`carry "Team Shirt" size M into tray as shirt-r`)
	c.post(localapi.PathUnlock, localapi.UnlockCommand{Command: command(), Staff: "elif", PIN: shop.PIN})
	c.until("it is taken back", func(now localapi.Checkout) bool { return now.Notice != nil && now.Notice.Code == "taken_back" })
	elif.sees("one is still awaited", func(page string) bool { return strings.Count(page, `action="/staff/checkout/back/`) == 1 })
	// The shirt is taken back when the reader has heard it once, and only lies there when it has heard it more often. What was laid down after
	// it, and lifted after it, tells that it lay there and that it has been lifted: by itself it counts for nothing.
	c.tell(`carry "White Plimsolls" size 41 into tray as later`)
	c.until("what was laid down after it lies there", func(now localapi.Checkout) bool { return now.Tray.Pieces == 1 })
	c.post(localapi.PathLock, command())
	c.tell("take shirt-r out")
	c.tell("take later out")
	c.until("the tray has noticed", func(now localapi.Checkout) bool { return now.Tray.Pieces == 0 && !now.Tray.Reading })
	c.tell(`carry "Team Shirt" size M into tray as shirt-r`)
	c.until("it lies in a basket again", func(now localapi.Checkout) bool { return now.Basket != nil && now.Basket.Pieces == 1 })
}

// givesAllBack undoes the payment of a sale on the staff page, and waits until the device has.
func (c checkout) givesAllBack(a *associate, sale string) {
	c.t.Helper()
	moved := len(c.charged())
	at := "/staff/checkout/sales/" + sale
	r, err := a.http.Get(c.Agent + at)
	page := a.read(r, err)
	hidden := hiddenCommand.FindStringSubmatch(page)
	if hidden == nil {
		c.t.Fatalf("nothing can be given back on\n%s", page)
	}
	a.post(at, url.Values{"command": {hidden[1]}, "act": {"reverse"}, "why": {"does not fit"}})
	c.eventually("the money is given back", func() error {
		if n := len(c.charged()); n != moved+1 {
			return fmt.Errorf("the terminal has %d movements: %+v", n, c.charged())
		}
		return nil
	})
}

// sees looks at the page about money until it is as it should be.
func (a *associate) sees(what string, is func(page string) bool) {
	a.s.t.Helper()
	a.s.eventually(what, func() error {
		r, err := a.http.Get(a.s.Agent + "/staff/checkout")
		if page := a.read(r, err); !is(page) {
			return errors.New(page)
		}
		return nil
	})
}
