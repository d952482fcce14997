package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"showroom/agent/localapi"
	"showroom/devices/mqttlink"
	"showroom/devices/sim/printersim"
	"showroom/scripts/shop"
	"showroom/sync/profileapi"
)

// TestNoCardNumberIsKept has numbers of cards come in wherever anything can, and looks for them in everything that the shop and head
// office have written and show. Numbers of garments that look just like them are found unharmed.
func TestNoCardNumberIsKept(t *testing.T) {
	t.Parallel()
	for name, w := range countries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := openIndiscreet(t, w)
			c.sold()
			if w.euro { // the ways in that are the same in every country
				c.people()
				c.machines()
			}
			c.receipts() // before whoever asks too often is asked to wait
			if w.euro {
				c.strangers()
			}
			c.nothingIsKept()
		})
	}
}

// indiscreet is a shop where everybody tells numbers of cards.
type indiscreet struct {
	checkout
	purse   *purse
	printed *tape
	cable   *cable
	alike   alike
	sales   []localapi.Paid
}

// tape is what was sent to the printer.
type tape struct {
	mu    sync.Mutex // guards bytes
	bytes []byte
}

func (p *tape) take(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes = append(p.bytes, b...)
}

func (p *tape) all() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]byte(nil), p.bytes...)
}

// taped is a line whose bytes go onto a tape.
type taped struct {
	net.Conn
	tape *tape
}

func (c taped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.tape.take(b[:n])
	return n, err
}

type tapedListener struct {
	net.Listener
	tape *tape
}

func (l tapedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return taped{conn, l.tape}, err
}

func openIndiscreet(t *testing.T, w where) *indiscreet {
	t.Helper()
	c := &indiscreet{purse: newPurse(t), printed: &tape{}, alike: newAlike(t)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var printing sync.WaitGroup
	paper := printersim.New(printersim.Options{Make: printersim.Epson})
	printing.Go(func() { _ = paper.Listen(t.Context(), tapedListener{l, c.printed}) })
	t.Cleanup(printing.Wait)
	const also = `log: {level: debug}
recording: {devices: [till, fr1, fr2, pt1, okc1]}
tills: [{id: k1}]
gateways:
  - {id: door, format: omg, topic: home/door/#, silent_after: 30s}
zones:
  - {id: door, name: Door, gateways: [door]}`
	o := shop.Options{Hold: true, Checkout: true, Euro: w.euro, Own: []string{"fr2"}, Printer: l.Addr().String(), Also: also}
	if !w.euro {
		o.Also = strings.Replace(also, "pt1, ", "", 1)
	} else {
		o.Also = strings.Replace(also, ", okc1", "", 1)
	}
	c.checkout = checkout{openShopWith(t, o), w}
	c.stock()
	c.cable = plug(c.testShop, "fr2")
	for _, device := range []string{"tray", "till", "fr2", "p1", c.Terminal()} {
		c.untilUp(device)
	}
	return c
}

// scan shows the scanner of the checkout a text, and waits until something comes of it.
func (c *indiscreet) scan(text string, comes func(localapi.Checkout) bool) {
	c.t.Helper()
	c.shows("till", text, text+" was scanned", func() bool { return comes(c.now()) })
}

// sold sells garments whose numbers look like those of cards, at a device that tells the shopper's card in every word.
func (c *indiscreet) sold() {
	c.t.Helper()
	rounds := [][]string{c.alike.gtins[:2], c.alike.gtins[2:4]}
	for i, gtins := range rounds {
		for j, gtin := range gtins {
			c.scan(gtin, func(now localapi.Checkout) bool { return now.Basket != nil && now.Basket.Pieces == j+1 })
		}
		c.tell("spoil %s tells %s", c.Terminal(), c.purse.number("the terminal, sale "+fmt.Sprint(i), []string{"4/16", "62/19"}[i]))
		c.pay()
		paid := c.untilPaid()
		c.sales = append(c.sales, paid)
		c.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Print: true})
		c.until("the receipt is printed", func(now localapi.Checkout) bool { return now.Paid != nil && now.Paid.Printed == "done" })
		c.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
		c.until("the next shopper may come", func(now localapi.Checkout) bool { return now.Stage == localapi.StageAttract })
	}
}

// people type and scan numbers of cards.
func (c *indiscreet) people() {
	c.t.Helper()
	staff := signIn(c.testShop)
	c.shopper()
	c.override()
	c.givesBack(staff)
	c.decides(staff)
	c.engineer()
}

// shopper shows cards to the scanner, and types their numbers wherever a kiosk takes words.
func (c *indiscreet) shopper() {
	c.t.Helper()
	for i, n := range c.purse.written("the scanner") {
		before := c.now().Notice
		text := []string{n, "]C1" + n, "]Q3" + n}[i%3]
		c.scan(text, func(now localapi.Checkout) bool {
			return now.Notice != nil && (before == nil || now.Notice.ID != before.ID)
		})
	}
	for _, n := range c.purse.written("the search") {
		c.ask(http.MethodGet, strings.Replace(localapi.PathSearch, "{kiosk}", "sco1", 1)+"?q="+url.QueryEscape(n), "")
	}
	for _, where := range []string{localapi.PathBasketCoupon, localapi.PathBasketResume} {
		for _, n := range c.purse.written(where) {
			c.ask(http.MethodPost, strings.Replace(where, "{kiosk}", "sco1", 1), fmt.Sprintf(`{"id":%q,"code":%q}`, uuid.NewString(), n))
		}
	}
}

// override gives a piece another price because of a card.
func (c *indiscreet) override() {
	c.t.Helper()
	c.post(localapi.PathUnlock, localapi.UnlockCommand{Command: command(), Staff: "elif", PIN: shop.PIN})
	c.scan(c.alike.gtins[4], func(now localapi.Checkout) bool { return now.Basket != nil })
	for _, n := range c.purse.written("why a price is another") {
		b := c.now().Basket
		unit := b.Lines[0].Unit
		unit.Minor--
		c.post(localapi.PathStaffPrice, localapi.PriceCommand{Command: command(), Line: b.Lines[0].ID, Unit: unit, Reason: "agreed with the owner of " + n})
	}
	c.post(localapi.PathLock, command())
	c.tell("spoil %s tells %s", c.Terminal(), c.purse.number("the terminal, after an override", "37/15"))
	c.pay()
	c.sales = append(c.sales, c.untilPaid())
	c.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
	c.until("the next shopper may come", func(now localapi.Checkout) bool { return now.Stage == localapi.StageAttract })
}

var hiddenCommand = regexp.MustCompile(`name="command" value="([^"]+)"`)

// givesBack gives money back, for a piece and for a whole sale.
func (c *indiscreet) givesBack(staff *associate) {
	c.t.Helper()
	for i, act := range []string{"refund", "reverse"} {
		at := "/staff/checkout/sales/" + c.sales[i].Sale
		r, err := staff.http.Get(c.Agent + at)
		page := staff.read(r, err)
		line := regexp.MustCompile(`name="(line\.[^"]+)"`).FindStringSubmatch(page)
		hidden := hiddenCommand.FindStringSubmatch(page)
		if line == nil || hidden == nil {
			c.t.Fatalf("nothing can be given back on\n%s", page)
		}
		c.tell("spoil %s tells %s", c.Terminal(), c.purse.number("the terminal, "+act, "9792/16"))
		staff.post(at, url.Values{"command": {hidden[1]}, "act": {act}, line[1]: {"1"}, "why": {"does not fit; card " + inGroups(c.purse.one("why of a "+act), " ")}})
		c.eventually("the money is given back", func() error {
			if n := len(c.charged()); n != 4+i {
				return fmt.Errorf("the terminal has %d movements", n)
			}
			return nil
		})
	}
}

// decides says what became of a payment that the terminal can not tell of, because its cable was pulled.
func (c *indiscreet) decides(staff *associate) {
	c.t.Helper()
	c.scan(c.alike.gtins[5], func(now localapi.Checkout) bool { return now.Basket != nil })
	c.tell("spoil %s hang approved", c.Terminal())
	before := len(c.charged())
	c.pay()
	c.eventually("the terminal has taken the money", func() error {
		if len(c.charged()) == before {
			return fmt.Errorf("nothing moved")
		}
		return nil
	})
	c.tell("pull %s", c.Terminal())
	now := c.until("nobody knows", func(now localapi.Checkout) bool { return now.Stage == localapi.StageUnknown })
	at := "/staff/checkout/settlements/" + now.Pay.Settlement
	staff.post(at, url.Values{"outcome": {"taken"}, "why": {"on the slip of " + inGroups(c.purse.one("why of a decision"), "-")}})
	c.sales = append(c.sales, c.untilPaid())
	c.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: command(), Done: true})
	c.tell("plug %s", c.Terminal())
	c.untilUp(c.Terminal())
}

// agent runs the agent's program as an engineer does; what it answers is not asked about.
func (c *indiscreet) agent(args ...string) string {
	c.t.Helper()
	out, _ := exec.CommandContext(c.t.Context(), filepath.Join(bin, "showroom-agent"), args...).CombinedOutput()
	return string(out)
}

// engineer gives reasons, and labels, with numbers of cards in them.
func (c *indiscreet) engineer() {
	c.t.Helper()
	c.tell("spoil %s tells %s", c.Terminal(), c.purse.number("the terminal, asked by an engineer", "51/16"))
	said := c.agent("terminal", "pay", c.Terminal(), "--minor", "100", "--currency", c.currency, "--reason", "test with "+c.purse.one("why of a charge"), "--socket", c.Socket)
	said += c.agent("terminal", "repeat", c.Terminal(), "--socket", c.Socket)
	if !strings.Contains(said, "Betrag") {
		c.t.Errorf("the engineer was told %s", said)
	}
	c.noneIn("what the engineer was told", []byte(said))
	c.agent("tag", "enrol", "--label", "Tag "+c.purse.one("the label of a tag"), "--socket", c.Socket, "AC:23:3F:A0:00:01")
	if said := c.agent("capture", "start", "fr2", "--reason", "noise of "+c.purse.one("why of a capture"), "--socket", c.Socket); !strings.Contains(said, "fr2") {
		c.t.Errorf("no capture was begun: %s", said)
	}
	bad := c.device("fr2").Skipped
	for _, n := range c.purse.written("garbage on a serial line") {
		c.cable.say([]byte("\x00noise " + n + "\r\n"))
		half := len(n) / 2
		c.cable.say([]byte(n[:half]))
		c.cable.say([]byte(n[half:] + "?"))
	}
	c.eventually("the garbage was heard", func() error {
		if now := c.device("fr2").Skipped; now == bad {
			return fmt.Errorf("still %d bytes", now)
		}
		return nil
	})
	c.agent("capture", "stop", "--socket", c.Socket)
}

// ask sends a request and reads what comes of it; whether it is refused is for other tests.
func (c *indiscreet) ask(method, path, body string, also ...func(*http.Request)) {
	c.t.Helper()
	base := c.Agent
	if strings.HasPrefix(path, "http://") {
		base = ""
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, base+path, strings.NewReader(body))
	c.must(err)
	req.Header.Set("Content-Type", "application/json")
	for _, dress := range also {
		dress(req)
	}
	r, err := http.DefaultClient.Do(req)
	c.must(err)
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
}

// machines say numbers of cards over MQTT: tills in every field they have and in some they have not, gateways, readers, and clients
// nobody knows.
func (c *indiscreet) machines() {
	c.t.Helper()
	client, err := mqttlink.Dial(c.t.Context(), mqttlink.Options{URL: c.Broker, ClientID: "card " + c.purse.one("the name of a client"),
		Will: &mqttlink.Will{Topic: "home/" + c.purse.one("the topic of a will"), Payload: []byte(c.purse.one("a will"))}})
	c.must(err)
	defer client.Close()
	say := func(topic string, retained bool, payload string) {
		c.t.Helper()
		c.must(client.Publish(c.t.Context(), topic, 1, retained, []byte(payload)))
	}
	till := "showroom/v1/" + shop.Store + "/pos/k1"
	for i, event := range c.events() {
		event["event_id"], event["seq"] = uuid.NewString(), i+1
		say(till+"/event", false, encoded(c.t, event))
	}
	for i, n := range c.purse.written("garbage of a till") {
		say(till+"/event", i%2 == 0, []string{n, `{"event_id":` + n, "[[" + n + "\xff"}[i%3])
	}
	say("showroom/v1/"+shop.Store+"/pos/"+c.purse.one("the topic of a till")+"/event", false, "{}")
	say("showroom/v1/"+shop.Store+"/pos/k1/"+c.purse.one("a topic below a till's"), true, "{}")
	say(till+"/basket/ask", false, fmt.Sprintf(`{"request":%q,"code":%q}`, c.purse.one("a question of a till"), c.purse.one("the code of a till")))
	for _, n := range c.purse.written("a gateway") {
		say("home/door/BTtoMQTT/AC233FA00001", false, fmt.Sprintf(`{"id":"AC:23:3F:A0:00:01","name":%q,"rssi":-60,"servicedata":%q}`, n, strings.NewReplacer(" ", "", "-", "").Replace(n)))
		say("home/"+strings.ReplaceAll(n, " ", "")+"/BTtoMQTT/AC233FA00002", false, `{"id":"AC:23:3F:A0:00:02","rssi":-60}`)
		say("ziotc/fr1/data", false, fmt.Sprintf(`{"type":"ERROR","timestamp":%q,"data":{"error":%q}}`, stamp(), n))
		say("ziotc/fr1/data", false, fmt.Sprintf(`{"type":"HEARTBEAT","timestamp":%q,"data":{"radio_connection":%q}}`, stamp(), n))
	}
	c.eventually("the client is noticed that is not the shop's", func() error {
		page, err := fetch(c.t.Context(), c.Agent+localapi.PathDevices, nil)
		if err == nil && !strings.Contains(page, `"card ****`) {
			err = fmt.Errorf("the devices are %s", page)
		}
		return err
	})
	c.eventually("gateway and reader were heard", func() error {
		if door, one := c.device("door"), c.device("fr1"); door.Good+door.Foreign+door.Bad == 0 || one.Good+one.Bad == 0 {
			return fmt.Errorf("%+v %+v", door, one)
		}
		return nil
	})
}

// strangers ask for what there is not, with numbers of cards in every part of the request, of the agent and of the central service.
func (c *indiscreet) strangers() {
	c.t.Helper()
	for _, base := range []string{"", c.Central} {
		for i, n := range c.purse.written("a request to " + base) {
			q := url.QueryEscape(n)
			c.ask(http.MethodGet, base+"/"+url.PathEscape(n), "")
			c.ask(http.MethodGet, base+"/r/"+url.PathEscape(n)+"?lang="+q, "")
			c.ask(http.MethodGet, base+"/v1/kiosks/"+url.PathEscape(n)+"?since="+q, "")
			c.ask(http.MethodPost, base+profileapi.PathIngest+"?epoch="+q+"&lane="+q+"&from=1&to=1", `[{"id":"`+n+`"}]`, bearing([]string{n, shop.Token}[i%2]))
			c.ask(http.MethodPost, base+profileapi.PathImport, `{"products":[{"id":"`+n+`"`, bearing(shop.OperatorToken))
			c.ask(http.MethodGet, base+"/events?device="+q+"&kind="+q, "", bearing(shop.OperatorToken), agentOf(n))
			c.ask(http.MethodGet, base+profileapi.PathChanges+"?store="+q+"&cursor="+q, "", bearing(shop.Token))
		}
	}
	for i, n := range c.purse.written("a command") {
		kiosk := strings.Replace(localapi.PathLanguage, "{kiosk}", "fr1", 1)
		c.ask(http.MethodPost, kiosk, fmt.Sprintf(`{"id":%q,"language":%q,%q:%q}`, uuid.NewString(), []string{"tr", n}[i%2], n, n))
		c.ask(http.MethodPost, kiosk, fmt.Sprintf(`{"id":%q,"language":"tr"}`, n))
		c.ask(http.MethodPost, "/v1/kiosks/fr1/call", fmt.Sprintf(`{"id":%q}`, n))
		c.ask(http.MethodPost, "/v1/kiosks/fr1/requests", fmt.Sprintf(`{"id":%q,"gtin":%q}`, uuid.NewString(), n))
		c.ask(http.MethodPost, "/v1/kiosks/sco1/basket/items", fmt.Sprintf(`{"id":%q,"gtin":%q}`, uuid.NewString(), n))
		c.ask(http.MethodPost, "/v1/kiosks/sco1/basket/lines/"+url.PathEscape(n), fmt.Sprintf(`{"id":%q,"quantity":1}`, n))
		c.ask(http.MethodPost, "/v1/kiosks/sco1/staff/unlock", fmt.Sprintf(`{"id":%q,"staff":%q,"pin":%q}`, uuid.NewString(), n, n))
		c.ask(http.MethodPost, "/v1/tills/k1/claim", fmt.Sprintf(`{"id":%q,"code":%q}`, uuid.NewString(), n))
		c.ask(http.MethodPost, "/v1/kiosks/sco1/pay", fmt.Sprintf(`{"id":%q,"due":{"minor":1,"currency":%q}}`, n, n))
		c.ask(http.MethodPost, "/staff/signin?back="+url.QueryEscape(n), "as="+url.QueryEscape(n)+"&pin="+url.QueryEscape(n), form)
		c.follow(n)
	}
}

// follow follows the journal for a moment, from a place there is not.
func (c *indiscreet) follow(after string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.Agent+localapi.PathStream, nil)
	c.must(err)
	req.Header.Set("Last-Event-ID", after)
	r, err := http.DefaultClient.Do(req)
	c.must(err)
	c.must(r.Body.Close())
}
