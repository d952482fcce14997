package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/localapi"
	"showroom/kiosk/view"
	"showroom/scripts/shop"
)

// desk is a checkout kiosk with its screen and its scanner.
type desk struct {
	checkout
	id, scanner string
	screen      *kiosk
}

// openDesks opens a shop with the kiosks sco1 and sco2.
func openDesks(t *testing.T, w where, o shop.Options) (one, two desk) {
	t.Helper()
	o.Hold, o.Checkout, o.Pair, o.Euro = true, true, true, w.euro
	c := checkout{openShopWith(t, o), w}
	for _, device := range []string{"tray", "tray2", "till", "till2", c.Terminal()} {
		c.untilUp(device)
	}
	return c.desk("sco1", "till"), c.desk("sco2", "till2")
}

func (c checkout) desk(id, scanner string) desk {
	c.t.Helper()
	return desk{checkout: c, id: id, scanner: scanner, screen: openKiosk(c.testShop, id)}
}

// now is what the agent has the kiosk show.
func (d desk) now() localapi.Checkout {
	d.t.Helper()
	var k localapi.KioskState
	d.must(d.get("/v1/kiosks/"+d.id, &k))
	return *k.Checkout
}

// until waits until the agent has the kiosk show what is wanted.
func (d desk) until(what string, is func(localapi.Checkout) bool) (now localapi.Checkout) {
	d.t.Helper()
	d.eventually(what, func() error {
		if now = d.now(); !is(now) {
			said, _ := json.Marshal(now)
			return fmt.Errorf("%s shows %s", d.id, said)
		}
		return nil
	})
	return now
}

func (d desk) untilStage(stage string) localapi.Checkout {
	d.t.Helper()
	return d.until(d.id+" is at "+stage, func(now localapi.Checkout) bool { return now.Stage == stage })
}

// tries sends a command as a screen would, and answers how that went.
func (d desk) tries(path string, body any) (status int, answer string) {
	d.t.Helper()
	sent, err := json.Marshal(body)
	d.must(err)
	r, err := http.Post(d.Agent+strings.ReplaceAll(path, "{kiosk}", d.id), "application/json", bytes.NewReader(sent))
	d.must(err)
	defer r.Body.Close()
	all, err := io.ReadAll(r.Body)
	d.must(err)
	return r.StatusCode, string(all)
}

func (d desk) does(path string, body any) {
	d.t.Helper()
	if status, answer := d.tries(path, body); status != http.StatusOK {
		d.t.Fatalf("%s at %s: %d: %s", path, d.id, status, answer)
	}
}

// scans shows one code to the scanner.
func (d desk) scans(code string) { d.t.Helper(); d.tell("scan %q at %s", code, d.scanner) }

// holds scans one piece of each item, and waits until it lies in the basket.
func (d desk) holds(gtins ...string) localapi.Basket {
	d.t.Helper()
	has := 0
	if b := d.now().Basket; b != nil {
		has = b.Pieces
	}
	for _, gtin := range gtins {
		has++
		d.holdsOut(gtin, has)
	}
	return *d.now().Basket
}

// presses taps the button that pays, once it can be and the screen shows the basket that the agent has.
func (d desk) presses() {
	d.t.Helper()
	d.shown("the basket can be paid for", func(st view.State) bool { return st.Basket().Pay.Rest == "" && answered(st) })
	d.screen.loop.Send(view.TapPay{})
}

// hesitates taps the button that pays. The device asks for a card, and nobody shows one until showsCard.
func (d desk) hesitates() {
	d.t.Helper()
	d.tell("spoil %s hesitate", d.Terminal())
	d.presses()
	d.asksForCard()
}

func (d desk) asksForCard() {
	d.t.Helper()
	d.until("the device asks for a card", func(now localapi.Checkout) bool { return now.Pay != nil && now.Pay.Progress == "present_card" })
}

func (d desk) showsCard() { d.t.Helper(); d.tell("spoil %s show_card", d.Terminal()) }

// shown waits until the screen shows the basket that the agent has, and shows it well.
func (d desk) shown(what string, well func(view.State) bool) (st view.State) {
	d.t.Helper()
	b := *d.now().Basket
	d.screen.until(what, func(now view.State) bool {
		st = now
		on := now.Kiosk.Checkout
		return now.Route == view.RouteBasket && on.Basket.ID == b.ID && on.Basket.Pieces == b.Pieces && on.Basket.Due == b.Due && well(now)
	})
	return st
}

// answered: the agent has answered whatever was tapped.
func answered(st view.State) bool {
	return !slices.ContainsFunc(st.Pending, func(p view.Pending) bool { return !p.Failed })
}

// refused waits until the kiosk has told of something else than it has told of before try.
func (d desk) refused(what string, try func()) {
	d.t.Helper()
	told := noticed(d.now())
	try()
	d.until(what+" is refused", func(now localapi.Checkout) bool { return noticed(now) != "" && noticed(now) != told })
}

// isRefused taps the button that pays and waits until the basket is the shopper's again, the very same, and nothing has been moved.
func (d desk) isRefused(tr, en string) {
	d.t.Helper()
	was, before := *d.now().Basket, len(d.charged())
	d.refused("the payment", d.presses)
	d.untilStage(localapi.StageBasket)
	d.tells(tr, en)
	d.tells("Para çekilmedi", "Nothing was charged")
	if diff := cmp.Diff(was, *d.now().Basket); diff != "" {
		d.t.Errorf("the basket at %s has become another (-before +after):\n%s", d.id, diff)
	}
	if moved := d.charged(); len(moved) != before {
		d.t.Errorf("the device has moved %+v, and %d times before", moved, before)
	}
}

func noticed(c localapi.Checkout) string {
	if c.Notice == nil {
		return ""
	}
	return c.Notice.ID
}

// pays pays for what is in the basket and leaves with the receipt.
func (d desk) pays() localapi.Paid {
	d.t.Helper()
	due := d.now().Basket.Due
	d.presses()
	return d.leaves(due)
}

func (d desk) leaves(due localapi.Money) localapi.Paid {
	d.t.Helper()
	paid := *d.untilStage(localapi.StageReceipt).Paid
	if paid.Due != due || paid.Receipt == "" {
		d.t.Errorf("paid %+v, want %+v", paid, due)
	}
	d.does(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
	return paid
}

// tells waits until the kiosk's page has these words, in Turkish and in English.
func (d desk) tells(tr, en string) {
	d.t.Helper()
	var seen view.State // the one that says so: the next one may say something else
	d.screen.until(fmt.Sprintf("it says %q", tr), func(st view.State) bool {
		seen = st
		return strings.Contains(says(st, "tr"), tr)
	})
	if got := says(seen, "en"); !strings.Contains(got, en) {
		d.t.Errorf("in English %s says %q, want %q", d.id, got, en)
	}
}

// says is what the page a kiosk is at tells of its trouble.
func says(st view.State, language string) string {
	st.Kiosk.Language, st.Pending = language, nil
	var words []string
	notice := func(n view.NoticeView) { words = append(words, n.Title, n.Text) }
	notes := func(all []view.Note) {
		for _, n := range all {
			words = append(words, n.Text)
		}
	}
	word := func(p view.WordPage) { words = append(words, p.Title, p.Text, p.Code, p.CodeText) }
	switch st.Route {
	case view.RouteAttract:
		notice(st.Attract().Notice)
	case view.RouteBasket:
		p := st.Basket()
		notice(p.Notice)
		notes(p.Notes)
	case view.RoutePay:
		p := st.Pay()
		words = append(words, p.Title, p.Text, p.Abort)
	case view.RouteReceipt:
		p := st.Receipt()
		words = append(words, p.Title, p.Text, p.Print.Rest)
		notes(p.Notes)
	case view.RouteParked:
		word(st.Parked())
	case view.RouteUnknown:
		word(st.Unknown())
	case view.RouteClosed:
		word(st.Closed())
	}
	return strings.Join(words, " | ")
}

// keeps says that the basket is still what it was.
func (d desk) keeps(was localapi.Basket) {
	d.t.Helper()
	now := d.untilStage(localapi.StageBasket)
	if diff := cmp.Diff(was, *now.Basket); diff != "" {
		d.t.Errorf("the basket at %s has become another (-before +after):\n%s", d.id, diff)
	}
}

// unmoved says that the device has moved nothing since.
func (d desk) unmoved(since int) {
	d.t.Helper()
	if moved := d.charged(); len(moved) != since {
		d.t.Errorf("the device has moved %+v, and %d times before", moved, since)
	}
}

// moved is what is wrong with how often the device has moved money.
func (d desk) moved(times int) error {
	if all := d.charged(); len(all) != times {
		return fmt.Errorf("it has moved %+v", all)
	}
	return nil
}

// balanced stops the agent and compares its sales with what the device has moved, one by one.
func (c checkout) balanced(want int) {
	c.t.Helper()
	tags, moved := c.garments(), c.charged()
	c.AgentProcess.Stop()
	sales := c.sales(tags)
	if len(sales) != want || len(moved) != want {
		c.t.Fatalf("%d sales were written down and the device has moved %+v, want %d of each", len(sales), moved, want)
	}
	for i, sale := range sales {
		if sale.Totals.Due.Minor != moved[i].Moved || sale.Number != int64(i)+1 {
			c.t.Errorf("sale %d comes to %+v, and the device has moved %+v", sale.Number, sale.Totals.Due, moved[i])
		}
	}
}
