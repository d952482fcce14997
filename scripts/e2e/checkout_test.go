package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"showroom/agent/gs1"
	"showroom/agent/localapi"
	"showroom/agent/pan"
	"showroom/agent/showroom"
	"showroom/devices/sim"
	"showroom/devices/sim/terminals"
	"showroom/scripts/shop"
)

// What the shopper buys. Of three tees the cheapest is free, and one of them is scanned and two lie on the tray.
const (
	monospaceM = "00614141000258" // TRY 799.90
	beanie     = "00614141000432" // TRY 599.90
	wholeGross = 189990 + 79990 + 59990 + 89990 + 84990
	wholeDue   = wholeGross - 79990
)

// checkout is the kiosk where people pay.
type checkout struct {
	*testShop
	where
}

// where people pay: in a country with fiscal devices, or in one where a payment terminal is enough.
type where struct {
	euro                   bool
	currency, slip, amount string // as the kiosk and the receipt's page have them
	refused                string // what the terminal calls a card that its bank refuses
}

func countries() map[string]where {
	return map[string]where{
		"lira": {currency: "TRY", slip: "1/1", amount: "4.249,60", refused: "card_refused"},
		"euro": {euro: true, currency: "EUR", amount: "4,249.60", refused: "decline 05"},
	}
}

func openCheckout(t *testing.T, w where) checkout {
	t.Helper()
	c := checkout{openShopWith(t, shop.Options{Hold: true, Checkout: true, Euro: w.euro}), w}
	c.untilUp("tray")
	c.untilUp("till")
	c.untilUp(c.Terminal())
	return c
}

func (c checkout) now() localapi.Checkout {
	c.t.Helper()
	var k localapi.KioskState
	c.must(c.get("/v1/kiosks/sco1", &k))
	if k.Checkout == nil {
		c.t.Fatalf("sco1 is no checkout: %+v", k)
	}
	return *k.Checkout
}

// until waits until the kiosk shows what is wanted.
func (c checkout) until(what string, is func(localapi.Checkout) bool) (now localapi.Checkout) {
	c.t.Helper()
	c.eventually(what, func() error {
		if now = c.now(); !is(now) {
			said, _ := json.Marshal(now)
			return fmt.Errorf("it shows %s", said)
		}
		return nil
	})
	return now
}

func (c checkout) post(where string, body any) {
	c.t.Helper()
	sent, err := json.Marshal(body)
	c.must(err)
	r, err := http.Post(c.Agent+strings.ReplaceAll(where, "{kiosk}", "sco1"), "application/json", bytes.NewReader(sent))
	c.must(err)
	defer r.Body.Close()
	if answer, _ := io.ReadAll(r.Body); r.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %s: %s", where, r.Status, answer)
	}
}

func command() localapi.Command { return localapi.Command{ID: uuid.NewString()} }

// fill scans three pieces and lays two garments on the tray, and answers the basket.
func (c checkout) fill(round string) localapi.Basket {
	c.t.Helper()
	for i, gtin := range []string{white40, monospaceM, beanie} {
		c.shows("till", gtin, "a piece was scanned", func() bool {
			b := c.now().Basket
			return b != nil && b.Pieces == i+1
		})
	}
	c.tell(`carry "Team Shirt" size M into tray as shirt-%s`, round)
	c.tell(`carry "Blue Polygon Shirt" size M into tray as polygon-%s`, round)
	now := c.until("all lies in the basket", func(now localapi.Checkout) bool {
		return now.Basket.Pieces == 5 && now.Tray != nil && now.Tray.Pieces == 2 && !now.Tray.Reading
	})
	return *now.Basket
}

// empty takes the garments off the tray.
func (c checkout) empty(round string) {
	c.t.Helper()
	c.tell("take shirt-%s out", round)
	c.tell("take polygon-%s out", round)
}

func (c checkout) pay() {
	c.t.Helper()
	c.post(localapi.PathPay, localapi.PayCommand{Command: command(), Due: c.now().Basket.Due})
}

func (c checkout) untilPaid() localapi.Paid {
	c.t.Helper()
	return *c.until("the sale is made", func(now localapi.Checkout) bool { return now.Stage == localapi.StageReceipt && now.Paid != nil }).Paid
}

// ledger is what the terminal says that it has moved.
func (c checkout) ledger() (all []terminals.Movement) {
	c.t.Helper()
	said, err := sim.Tell(c.t.Context(), c.Control, "ledger "+c.Terminal())
	c.must(err)
	c.must(json.Unmarshal([]byte(said), &all))
	return all
}

// charged are the documents of the device with which money has moved.
func (c checkout) charged() []terminals.Movement {
	c.t.Helper()
	return slices.DeleteFunc(c.ledger(), func(m terminals.Movement) bool { return m.Moved == 0 })
}

func TestCheckout(t *testing.T) {
	t.Parallel()
	for name, w := range countries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			openCheckout(t, w).sells()
		})
	}
}

// sells has a shopper go the whole way.
func (c checkout) sells() {
	t := c.t
	c.declined(c.fill("a"))
	c.pay()
	paid := c.untilPaid()
	if paid.Due.Minor != wholeDue || paid.Due.Currency != c.currency || paid.Number != 1 || paid.Fiscal != c.slip {
		t.Errorf("paid %+v", paid)
	}
	c.receipt(paid)
	c.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
	c.empty("a")
	c.until("the next shopper may come", func(now localapi.Checkout) bool { return now.Stage == localapi.StageAttract && now.Tray.Pieces == 0 })
	tags := c.garments()
	c.exactlyOnce()
	c.written(paid, tags)
}

// declined has the bank say no first: the basket is the shopper's again, and nothing was charged.
func (c checkout) declined(filled localapi.Basket) {
	c.t.Helper()
	if filled.Due.Minor != wholeDue || filled.Gross.Minor != wholeGross || filled.Reduced.Minor != wholeGross-wholeDue {
		c.t.Errorf("the basket comes to %+v", filled)
	}
	var gross int64
	for _, v := range filled.VAT {
		gross += v.Gross.Minor
		if v.Net.Minor+v.Tax.Minor != v.Gross.Minor || v.Tax.Minor <= 0 {
			c.t.Errorf("tax %+v", v)
		}
	}
	if gross != wholeDue {
		c.t.Errorf("the rates come to %d together, want %d", gross, wholeDue)
	}
	c.tell("spoil %s %s", c.Terminal(), c.refused)
	c.pay()
	now := c.until("the card is declined", func(now localapi.Checkout) bool { return now.Stage == localapi.StageBasket && now.Notice != nil })
	if now.Notice.Code != localapi.NoticeDeclined {
		c.t.Errorf("the shopper is told %+v", now.Notice)
	}
	if diff := cmp.Diff(filled, *now.Basket); diff != "" {
		c.t.Errorf("the basket has become another (-before +after):\n%s", diff)
	}
	if moved := c.charged(); len(moved) > 0 {
		c.t.Errorf("the device has moved %+v", moved)
	}
}

// receipt opens the receipt where its code leads, and one that nobody has made.
func (c checkout) receipt(paid localapi.Paid) {
	c.t.Helper()
	c.untilSent()
	again := time.NewTicker(time.Second) // nobody may ask too often
	defer again.Stop()
	c.eventually("head office shows the receipt", func() error {
		<-again.C
		page, err := fetch(c.t.Context(), paid.Receipt, nil)
		if err == nil && !strings.Contains(page, c.amount) {
			err = errors.New("it does not say what was paid")
		}
		return err
	})
	invented := paid.Receipt[:strings.LastIndexByte(paid.Receipt, '/')+1] + strings.Repeat("A", 27)
	if _, err := fetch(c.t.Context(), invented, nil); err == nil || !strings.Contains(err.Error(), "404") {
		c.t.Errorf("an invented receipt: %v, want 404", err)
	}
}

// garments are the tags of everything that was ever carried.
func (c checkout) garments() (all []gs1.EPC) {
	c.t.Helper()
	said, err := sim.Tell(c.t.Context(), c.Control, "tags")
	c.must(err)
	var tags []sim.Tag
	c.must(json.Unmarshal([]byte(said), &tags))
	for _, g := range tags {
		all = append(all, g.EPC)
	}
	return all
}

// written compares the journal with what the kiosk said and the device has moved.
func (c checkout) written(paid localapi.Paid, tags []gs1.EPC) {
	c.t.Helper()
	sales := c.sales(tags)
	if len(sales) != 1 {
		c.t.Fatalf("%d sales were written down, want 1", len(sales))
	}
	sale := sales[0]
	if string(sale.ID) != paid.Sale || sale.Token != path.Base(paid.Receipt) || sale.Totals.Due.Minor != wholeDue || (sale.Fiscal == nil) != c.euro || sale.Totals.Pieces != 5 {
		c.t.Errorf("the sale %+v is another than the kiosk showed: %+v", sale, paid)
	}
	moved := c.charged()
	if len(moved) != 1 || moved[0].Moved != wholeDue || len(sale.Tenders) != 1 || sale.Tenders[0].Amount != sale.Totals.Due {
		c.t.Fatalf("the device has moved %+v, and the sale was paid with %+v", moved, sale.Tenders)
	}
	m := moved[0]
	if sale.Fiscal == nil {
		if n, err := strconv.Atoi(sale.Tenders[0].Reference.Receipt); err != nil || n != m.Receipt {
			c.t.Errorf("the device says %+v, the sale %+v", m, sale.Tenders[0])
		}
		return
	}
	if m.Settlement != sale.Settlement || m.Z != sale.Fiscal.Z || m.Receipt != sale.Fiscal.Receipt || sale.Fiscal.Device == "" || sale.Fiscal.EKU == 0 {
		c.t.Errorf("the device says %+v, the sale %+v of settlement %s", m, sale.Fiscal, sale.Settlement)
	}
}

// sales are those of the journal of a stopped agent, in which no sold tag and nobody's card is named.
func (c checkout) sales(tags []gs1.EPC) (all []showroom.Sale) {
	c.t.Helper()
	for _, r := range c.journal() {
		if pan.Found(string(r.Body)) {
			c.t.Errorf("%s may name a card: %s", r.Kind, r.Body)
		}
		if !r.Lane.Uploaded() {
			continue
		}
		for _, epc := range tags {
			if strings.Contains(strings.ToUpper(string(r.Body)), strings.ToUpper(epc.String())) {
				c.t.Errorf("%s names a tag: %s", r.Kind, r.Body)
			}
		}
		if r.Kind == showroom.KindSaleCompleted {
			var e showroom.SaleCompleted
			c.must(json.Unmarshal(r.Body, &e))
			all = append(all, e.Sale)
		}
	}
	return all
}

// TestPowerCutWhilePaying: the device hangs after the bank has said yes, and the agent is killed.
func TestPowerCutWhilePaying(t *testing.T) {
	t.Parallel()
	for name, w := range countries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			openCheckout(t, w).isKilled()
		})
	}
}

func (c checkout) isKilled() {
	t := c.t
	c.fill("a")
	c.tell("spoil %s hang approved", c.Terminal())
	c.pay()
	c.eventually("the device has taken the money", func() error {
		if moved := c.charged(); len(moved) != 1 {
			return fmt.Errorf("it has moved %+v", moved)
		}
		return nil
	})
	if now := c.now(); now.Stage != localapi.StagePaying {
		t.Errorf("a device that hangs, and the kiosk is at %s", now.Stage)
	}
	c.AgentProcess.Kill()
	c.tell("pull %s", c.Terminal())
	c.must(c.StartAgent(t.Context()))
	if now := c.until("the payment is still open", func(now localapi.Checkout) bool { return now.Stage != localapi.StageClosed }); now.Stage != localapi.StagePaying && now.Stage != localapi.StageUnknown {
		t.Errorf("nobody knows what became of the payment, and the kiosk is at %s", now.Stage)
	}
	c.tell("plug %s", c.Terminal())
	paid := c.untilPaid()
	if paid.Due.Minor != wholeDue || paid.Fiscal != c.slip {
		t.Errorf("paid %+v", paid)
	}
	tags := c.garments()
	c.AgentProcess.Stop()
	c.written(paid, tags)
}
