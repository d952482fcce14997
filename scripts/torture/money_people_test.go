//go:build torture

package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/scripts/shop"
)

// client speaks with an agent over its socket, as the kiosk does and, with its cookies, as the phone of an associate.
type client struct{ http.Client }

func newClient(socket string) *client {
	jar, _ := cookiejar.New(nil) // never fails
	return &client{http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}}
}

func (c *client) do(req *http.Request, err error) (status int, body string, _ error) {
	if err != nil {
		return 0, "", err
	}
	r, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return r.StatusCode, string(b), err
}

func (c *client) get(path string) (status int, body string, err error) {
	return c.do(http.NewRequest(http.MethodGet, "http://agent"+path, nil))
}

// form sends a form, and answers the page it leads to.
func (c *client) form(path string, values url.Values) (status int, body string, err error) {
	req, err := http.NewRequest(http.MethodPost, "http://agent"+path, strings.NewReader(values.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return c.do(req, err)
}

func tap() localapi.Command { return localapi.Command{ID: uuid.NewString()} }

// post taps at the kiosk.
func (s *stand) post(where string, body any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, "http://agent"+strings.ReplaceAll(where, "{kiosk}", "sco1"), bytes.NewReader(sent))
	if err == nil {
		req.Header.Set("Content-Type", "application/json")
	}
	status, answer, err := s.api.do(req, err)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", where, status, answer)
	}
	return err
}

// look is what the kiosk shows.
func (s *stand) look() (localapi.Checkout, error) {
	var k localapi.KioskState
	_, body, err := s.api.get("/v1/kiosks/sco1")
	if err == nil {
		err = json.Unmarshal([]byte(body), &k)
	}
	if err == nil && k.Checkout == nil {
		err = errors.New("the kiosk shows " + body)
	}
	if err != nil {
		return localapi.Checkout{}, err
	}
	return *k.Checkout, nil
}

// fill puts pieces into a new basket, or into the one that could not be paid for, and answers what is shown then.
func (s *stand) fill() (now localapi.Checkout) {
	s.t.Helper()
	for range 1 + s.dice.IntN(2) {
		s.untilOpen()
		item := localapi.ItemCommand{Command: tap(), GTIN: string(garments()[s.dice.IntN(len(garments()))].gtin)}
		s.eventually("a piece is taken", func() bool { return s.post(localapi.PathBasketItems, item) == nil })
	}
	s.eventually("there is something to pay for", func() (ok bool) {
		var err error
		now, err = s.look()
		return err == nil && now.Stage == localapi.StageBasket && now.Closed == "" && now.Basket != nil && now.Basket.Pieces > 0
	})
	return now
}

// untilOpen waits until a shopper can begin, or go on, and takes away what the last one has left.
func (s *stand) untilOpen() {
	s.t.Helper()
	s.eventually("the checkout opens", func() bool {
		now, err := s.look()
		switch {
		case err != nil || now.Closed != "":
			return false
		case now.Stage == localapi.StageReceipt || now.Stage == localapi.StageParked:
			if now.Paid != nil {
				s.sales = append(s.sales, now.Paid.Sale)
			}
			_ = s.post(localapi.PathReceipt, localapi.ReceiptCommand{Command: tap(), Done: true})
		case now.Stage == localapi.StageBasket && now.Basket != nil && now.Basket.Pieces > 6:
			_ = s.post(localapi.PathBasketAbandon, tap())
		default:
			return now.Stage == localapi.StageBasket || now.Stage == localapi.StageAttract
		}
		return false
	})
}

const (
	staffMoney   = "/staff/checkout"
	staffUnknown = staffMoney + "/settlements/"
	staffSales   = staffMoney + "/sales/"
)

// signIn has an associate sign in, for good: a session outlives the agent.
func (s *stand) signIn() {
	s.t.Helper()
	if status, page, err := s.api.form("/staff/signin", url.Values{"as": {"elif"}, "pin": {shop.PIN}}); err != nil || status != http.StatusOK {
		s.fail("sign in: %d %v\n%s", status, err, page)
	}
}

// page is the staff page about money.
type page struct {
	open   []string // settlements that are under way or in doubt
	decide []string // those that somebody is asked to decide
	seen   bool     // it could be read
}

// undecided is what the staff page lists as open, with a link where somebody is asked to decide.
func (s *stand) undecided() page {
	s.t.Helper()
	status, body, err := s.api.get(staffMoney)
	if err != nil || status != http.StatusOK {
		return page{}
	}
	p := page{seen: true}
	_, unknown, _ := strings.Cut(body, "<h3>Payments without a result</h3>")
	unknown, _, _ = strings.Cut(unknown, "<h3>")
	for _, card := range strings.Split(unknown, "<article ")[1:] {
		id := regexp.MustCompile(`id="money-([^"]+)"`).FindStringSubmatch(card)
		if id == nil {
			continue
		}
		p.open = append(p.open, id[1])
		if strings.Contains(card, `href="`+staffUnknown+id[1]+`"`) {
			p.decide = append(p.decide, id[1])
			s.listed[id[1]] = true
		}
	}
	return p
}

// decide has an associate, who has looked at the device's own journal, say whether it has moved the money, and why.
func (s *stand) decide(id string, o showroom.Outcome, because silence) {
	s.t.Helper()
	if status, _, err := s.api.get(staffUnknown + id); err != nil || status != http.StatusOK {
		return // it is known by now
	}
	word := map[showroom.Outcome]string{showroom.Approved: "taken", showroom.Declined: "not_taken"}[o]
	if status, _, err := s.api.form(staffUnknown+id, url.Values{"outcome": {word}, "why": {" "}}); err == nil && status != http.StatusUnprocessableEntity && status != http.StatusConflict {
		s.t.Errorf("%s: decided without a reason: %d", id, status)
	}
	why := "the journal of the device, looked at " + time.Now().UTC().Format(time.RFC3339Nano)
	status, body, err := s.api.form(staffUnknown+id, url.Values{"outcome": {word}, "why": {why}})
	switch {
	case err != nil || status == http.StatusConflict:
		return
	case status != http.StatusOK:
		s.fail("decide %s: %d %s", id, status, body)
	}
	s.said[showroom.SettlementID(id)] = said{o, why}
	s.result.silent[because]++
	s.vague = true
	if p := s.undecided(); p.seen && slices.Contains(p.open, id) {
		s.t.Errorf("%s is decided and still listed", id)
	}
}

// giveBack has an associate give back some pieces of a sale, or all of it; false when nothing of it is left or nobody answers. The
// second press is of the same button, the third of another form for the same pieces.
func (s *stand) giveBack(sale string, presses int) bool {
	s.t.Helper()
	status, body, err := s.api.get(staffSales + url.PathEscape(sale))
	if err != nil || status != http.StatusOK {
		return false
	}
	form := url.Values{"why": {"too small"}, "act": {"refund"}}
	if strings.Contains(body, `value="reverse"`) && s.dice.IntN(2) == 0 {
		form.Set("act", "reverse")
		s.reverses = true
	}
	lines := regexp.MustCompile(`name="(line\.[^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(lines) == 0 {
		return false
	}
	for i, l := range lines {
		if i == 0 || s.dice.IntN(2) == 0 {
			form.Set(l[1], "1")
		}
	}
	form.Set("command", uuid.NewString())
	for i := range presses {
		if i == 2 {
			form.Set("command", uuid.NewString())
		}
		status, body, err = s.api.form(staffSales+url.PathEscape(sale), form)
		if err == nil && status != http.StatusOK && status != http.StatusConflict && status != http.StatusServiceUnavailable {
			s.fail("give back %v of %s: %d %s", form, sale, status, body)
		}
	}
	return true
}
