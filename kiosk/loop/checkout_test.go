package loop_test

import (
	"testing"

	"showroom/agent/localapi"
	"showroom/kiosk/kiosktest"
	"showroom/kiosk/view"
)

func TestASaleFromTheFirstGarmentToTheThanks(t *testing.T) {
	shop, err := kiosktest.OpenShop("../screen/testdata/pictures")
	if err != nil {
		t.Fatal(err)
	}
	k := start(t, kiosktest.Counter("tr"))
	k.until("attract", func(s view.State) bool { return s.Route == view.RouteAttract })
	k.loop.Send(view.TapSearch{})
	for _, r := range "Tişört" {
		k.loop.Send(view.TapKey{Rune: r})
	}
	s := k.until("found", func(s view.State) bool { return len(s.Search().Found) == 1 && len(s.Pending) == 0 })
	k.loop.Send(view.TapFound{GTIN: s.Search().Found[0].GTIN})
	k.until("asked", func(view.State) bool { return len(k.agent.Heard()) == 1 })
	basket := shop.Shopping("tr")
	become := func(n localapi.KioskState) {
		k.agent.Change(func(now *localapi.KioskState) { now.Checkout = n.Checkout })
	}
	become(basket)
	k.until("basket", func(s view.State) bool { return s.Route == view.RouteBasket && len(s.Pending) == 0 })
	k.loop.Send(view.TapPay{})
	k.until("paid for once", func(s view.State) bool { return len(s.Pending) == 0 && len(k.agent.Heard()) == 2 })
	become(kiosktest.Paying(basket, "present_card"))
	k.until("paying", func(s view.State) bool { return s.Route == view.RoutePay })
	k.loop.Send(view.TapAbort{})
	k.until("aborting", func(s view.State) bool { return len(s.Pending) == 0 && len(k.agent.Heard()) == 3 })
	become(kiosktest.Paid(kiosktest.Paying(basket, "printing")))
	k.until("receipt", func(s view.State) bool { return s.Route == view.RouteReceipt })
	k.loop.Send(view.TapPrint{})
	k.loop.Send(view.TapFinish{})
	k.until("done", func(s view.State) bool { return len(s.Pending) == 0 && len(k.agent.Heard()) == 5 })
	become(kiosktest.Counter("tr"))
	k.until("thanks", func(s view.State) bool { return s.Route == view.RouteThanks })
	ids := map[string]bool{}
	for _, h := range k.agent.Heard() {
		if h.ID == "" || ids[h.ID] {
			t.Errorf("%s has the id %q, which is none of its own", h.Path, h.ID)
		}
		ids[h.ID] = true
	}
}

func TestStaffCommandsArrive(t *testing.T) {
	k := start(t, kiosktest.Changed(kiosktest.Counter("tr"), func(c *localapi.Checkout) { c.Staff, c.Tray.Held = "elif", 1 }))
	k.until("attract", func(s view.State) bool { return s.Route == view.RouteAttract })
	for i, m := range []view.Msg{view.TapRelease{}, view.TapOpen{Open: true}, view.TapLock{}, view.TapPark{}, view.TapAbandon{}, view.TapBags{Quantity: 1}} {
		k.loop.Send(m)
		k.until("answered", func(s view.State) bool { return len(s.Pending) == 0 && len(k.agent.Heard()) == i+1 })
	}
	last := []string{"release", "open", "lock", "park", "abandon", "bags"}
	for i, h := range k.agent.Heard() {
		if h.Path[len(h.Path)-len(last[i]):] != last[i] {
			t.Errorf("command %d went to %s, not to %s", i, h.Path, last[i])
		}
	}
}
