package e2e

import (
	"net/url"
	"strings"
	"testing"

	"showroom/agent/localapi"
	"showroom/scripts/shop"
)

// TestTroubleWithADecision: an associate says that no money was taken, and the device says that it was as soon as it can be asked. The staff
// page tells of it, and the basket is not paid for again, at a kiosk or at a till, before somebody has seen to it.
func TestTroubleWithADecision(t *testing.T) {
	t.Parallel()
	for name, w := range countries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, two := openDesks(t, w, shop.Options{})
			one.decidedWrongly(two)
		})
	}
}

func (d desk) decidedWrongly(other desk) {
	t := d.t
	t.Helper()
	elif := signIn(d.testShop)
	was := d.holds(beanie)
	d.tell("spoil %s hang approved", d.Terminal())
	d.presses()
	d.eventually("the device has taken the money", func() error { return d.moved(1) })
	if d.euro { // a terminal may be quiet for minutes, while its line is there
		d.tell("pull %s", d.Terminal())
	}
	d.tells("Lütfen tekrar ödemeyin", "Please do not pay again")
	id := d.untilStage(localapi.StageUnknown).Pay.Settlement
	elif.post("/staff/checkout/settlements/"+id, url.Values{"outcome": {"not_taken"}, "why": {"no slip came out"}})
	d.untilStage(localapi.StageBasket)

	d.tell("pull %s", d.Terminal())
	d.tell("plug %s", d.Terminal())
	noted := "/staff/checkout/refunds/" + id + "/noted"
	told := func(page string) bool { return strings.Contains(page, `action="`+noted+`"`) }
	elif.sees("the device says otherwise", told)
	aside := d.untilStage(localapi.StageParked)
	if aside.Parked == nil || len(aside.Parked.Code) != 6 {
		t.Fatalf("the basket waits under %+v", aside.Parked)
	}
	d.does(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
	d.untilUp(d.Terminal())
	other.does(localapi.PathBasketResume, localapi.CodeCommand{Command: command(), Code: aside.Parked.Code})
	other.untilStage(localapi.StageBasket)
	other.presses()
	other.untilStage(localapi.StageParked)
	d.unmoved(1)

	d.AgentProcess.Kill()
	d.must(d.StartAgent(t.Context()))
	d.untilUp(d.Terminal())
	elif.sees("the next agent knows of it", told)
	if page := elif.post(noted, url.Values{"command": {command().ID}}); told(page) {
		t.Errorf("once somebody has seen to it the page still says\n%s", page)
	}
	d.unmoved(1)
	d.AgentProcess.Stop()
	if n := len(d.sales(d.garments())); n != 0 {
		t.Errorf("%d sales of %v", n, was.Due)
	}
}
