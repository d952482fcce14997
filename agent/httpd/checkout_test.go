package httpd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"showroom/agent/checkout"
	"showroom/agent/httpd"
	"showroom/agent/live"
	"showroom/agent/localapi"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

// cash is a device that takes every sum.
type cash struct{}

func (cash) Settle(_ context.Context, s showroom.Settlement, _ func(showroom.Progress)) showroom.Result {
	return showroom.Result{Outcome: showroom.Approved, Amount: s.Amount}
}
func (cash) Abort() {}
func (cash) Recover(context.Context, showroom.Settlement) showroom.Result {
	return showroom.Result{}
}

// checkoutAPI is a checkout's API over the store of a shop.
type checkoutAPI struct {
	t     *testing.T
	shop  *shop
	board *live.Board
	url   string
	n     int
}

func openCheckout(t *testing.T) *checkoutAPI {
	t.Helper()
	s := open(t)
	board, log := live.NewBoard(), slog.New(slog.DiscardHandler)
	board.SetDevice(devices.Status{Device: "pt1", State: devices.Up, At: time.Now()})
	board.SetDevice(devices.Status{Device: "p1", State: devices.Up, Reason: "paper low", At: time.Now()})
	var sessions *session.Sessions
	profile, _ := checkout.ProfileOf("plain")
	ids := 0
	newID := func() string { ids++; return "c" + strings.Repeat("x", ids) }
	desks, err := checkout.New(t.Context(), s.db, board, checkout.Options{
		Kiosks:   []checkout.Kiosk{{ID: "sco1", Settler: "pt1", Printer: "p1"}, {ID: "sco2", Settler: "pt1"}},
		Machines: map[showroom.DeviceID]checkout.Machine{"pt1": {Settler: cash{}}},
		Profile:  profile, Currency: "TRY", Tags: s.tags, Location: time.UTC, IdleAfter: time.Minute, Clock: now, NewID: newID, Log: log,
		Token: func() (string, error) { return "token", nil },
		Language: func(v *store.View, k showroom.KioskID) (string, error) {
			kiosk, err := sessions.Kiosk(k)
			if err != nil {
				return "", err
			}
			return sessions.Language(v, kiosk)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	sessions = session.New(s.db, session.Options{
		Kiosks: []session.Kiosk{{ID: "sco1", Mode: "checkout", Scanner: "till"}, {ID: "sco2", Mode: "checkout"}, {ID: "fr2", Mode: "fitting-room", Room: "2"}}, Languages: []string{"tr", "en"}, Idle: time.Minute, Checkout: desks, Clock: now, Log: log,
	})
	pins := func(_ context.Context, _ showroom.StaffID, pin string) error {
		switch pin {
		case "1234":
			return nil
		case "0000":
			return showroom.Errorf(showroom.CodeRateLimited, "later")
		}
		return showroom.Errorf(showroom.CodeForbidden, "wrong")
	}
	server := httpd.New(s.db, s.rooms, sessions, board, httpd.Options{
		Store: "kadikoy", Name: "Kadıköy", Version: "test", Log: log,
		Checkout: &httpd.Checkout{
			Desks: desks, Unlock: pins, IdleAfter: 60, Receipt: "https://receipts.example/r",
			Associates: []localapi.Associate{{ID: "z", Name: "Zeynep"}, {ID: "c", Name: "Çağla"}},
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = desks.Run(ctx) }()
	web := httptest.NewServer(server.Handler())
	t.Cleanup(func() { web.Close(); cancel(); <-done })
	if err := s.db.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutPrices(tee, []showroom.Price{{GTIN: tee, Amount: showroom.Money{Minor: 49990, Currency: "TRY"}, VATBasisPoints: 1000}}, 9); err != nil {
			return err
		}
		return tx.PutStock(showroom.Stock{GTIN: tee, Quantity: 9}, 9)
	}); err != nil {
		t.Fatal(err)
	}
	return &checkoutAPI{t: t, shop: s, board: board, url: web.URL}
}

// post sends a command and answers what the kiosk shows after it.
func (c *checkoutAPI) post(path string, body map[string]any) (localapi.Checkout, int) {
	c.t.Helper()
	c.n++
	if _, given := body["id"]; !given {
		body["id"] = "cmd" + strings.Repeat("i", c.n)
	}
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := http.Post(c.url+strings.Replace(path, "{kiosk}", "sco1", 1), "application/json", bytes.NewReader(text))
	if err != nil {
		c.t.Fatal(err)
	}
	defer r.Body.Close()
	var k localapi.KioskState
	if err := json.NewDecoder(r.Body).Decode(&k); err != nil || r.StatusCode == http.StatusOK && k.Checkout == nil {
		c.t.Fatalf("%s answers %d without a checkout: %v", path, r.StatusCode, err)
	}
	if k.Checkout == nil {
		return localapi.Checkout{}, r.StatusCode
	}
	return *k.Checkout, r.StatusCode
}

func (c *checkoutAPI) must(path string, body map[string]any) localapi.Checkout {
	c.t.Helper()
	got, status := c.post(path, body)
	if status != http.StatusOK {
		c.t.Fatalf("%s answers %d", path, status)
	}
	return got
}

func TestAKioskSaysHowItsScannerIs(t *testing.T) {
	c := openCheckout(t)
	if got := c.get().Scanner; got == nil || got.Device != "till" || !got.Faulty() {
		t.Errorf("one that was never heard: %+v", got)
	}
	c.board.SetDevice(devices.Status{Device: "till", State: devices.Up, At: time.Now()})
	if got := c.get().Scanner; got == nil || got.State != "up" {
		t.Errorf("one that works: %+v", got)
	}
	c.board.SetDevice(devices.Status{Device: "till", State: devices.Down, Reason: "no such port", At: time.Now()})
	if got := c.get().Scanner; got == nil || got.State != "down" || got.Reason != "no such port" {
		t.Errorf("one that was pulled: %+v", got)
	}
	if got := c.at("sco2").Scanner; got != nil {
		t.Errorf("a kiosk without one: %+v", got)
	}
}

func TestAPieceFoundBySearchIsPaid(t *testing.T) {
	c := openCheckout(t)
	c.must(localapi.PathBasketItems, map[string]any{"gtin": string(tee), "id": "once"})
	got := c.must(localapi.PathBasketItems, map[string]any{"gtin": string(tee), "id": "once"})
	if got.Stage != localapi.StageBasket || got.Basket.Pieces != 1 || got.Basket.Due.Minor != 49990 || len(got.Basket.VAT) != 1 || got.IdleAfter != 60 {
		t.Fatalf("a command sent twice: %+v", got.Basket)
	}
	line := strings.Replace(localapi.PathBasketLine, "{line}", got.Basket.Lines[0].ID, 1)
	if got = c.must(line, map[string]any{"quantity": 2}); got.Basket.Due.Minor != 2*49990 {
		t.Fatalf("two come to %+v", got.Basket.Due)
	}
	if got = c.must(localapi.PathPay, map[string]any{"due": localapi.Money{Minor: 1, Currency: "TRY"}}); got.Notice == nil || got.Notice.Code != localapi.NoticeDueChanged {
		t.Fatalf("what was not seen: %+v", got.Notice)
	}
	got = c.must(localapi.PathPay, map[string]any{"due": localapi.Money{Minor: 2 * 49990, Currency: "TRY"}})
	for deadline := time.Now().Add(time.Minute); got.Stage == localapi.StagePaying && time.Now().Before(deadline); {
		got = c.get()
	}
	if got.Stage != localapi.StageReceipt || got.Paid == nil || got.Paid.Receipt != "https://receipts.example/r/token" || got.Paid.Number != 1 {
		t.Fatalf("the receipt: %q %+v", got.Stage, got.Paid)
	}
	if got = c.must(localapi.PathReceipt, map[string]any{"done": true, "print": false}); got.Stage != localapi.StageAttract {
		t.Errorf("the next shopper sees %q", got.Stage)
	}
}

// What a search has shown costs no more when it is taken, although the feed has another price by then.
func TestAPieceCostsWhatTheSearchHasShown(t *testing.T) {
	c := openCheckout(t)
	r, err := http.Get(c.url + strings.Replace(localapi.PathSearch, "{kiosk}", "sco1", 1) + "?q=" + string(tee))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var found localapi.Found
	if err := json.NewDecoder(r.Body).Decode(&found); err != nil || len(found.Items) != 1 || found.Items[0].Unit.Minor != 49990 {
		t.Fatalf("found: %+v, %v", found.Items, err)
	}
	c.shop.update(func(tx *store.Tx) error {
		return tx.PutPrices(tee, []showroom.Price{{GTIN: tee, Amount: showroom.Money{Minor: 59990, Currency: "TRY"}, VATBasisPoints: 1000}}, 10)
	})
	if got := c.must(localapi.PathBasketItems, map[string]any{"gtin": string(tee)}); got.Basket.Due.Minor != 49990 {
		t.Errorf("it costs %+v", got.Basket.Due)
	}
}

func (c *checkoutAPI) get() localapi.Checkout {
	c.t.Helper()
	return c.at("sco1")
}

// at is what a kiosk shows.
func (c *checkoutAPI) at(kiosk string) localapi.Checkout {
	c.t.Helper()
	var k localapi.KioskState
	r, err := http.Get(c.url + "/v1/kiosks/" + kiosk)
	if err != nil {
		c.t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&k); err != nil || k.Checkout == nil {
		c.t.Fatalf("the kiosk: %v", err)
	}
	return *k.Checkout
}

func TestWhatAShopperCanNotHaveIsToldOnTheScreen(t *testing.T) {
	c := openCheckout(t)
	if got := c.must(localapi.PathBasketItems, map[string]any{"gtin": "04012345678901"}); got.Notice == nil || got.Notice.Code != localapi.NoticeUnknownItem {
		t.Errorf("an item nobody knows: %+v", got.Notice)
	}
	if got := c.must(localapi.PathBasketResume, map[string]any{"code": "123456"}); got.Notice == nil || got.Notice.Code != localapi.NoticeNoBasket {
		t.Errorf("a code nobody has: %+v", got.Notice)
	}
	if _, status := c.post(localapi.PathPay, map[string]any{"due": localapi.Money{Minor: 1, Currency: "TRY"}}); status != http.StatusConflict {
		t.Errorf("paying for nothing answers %d", status)
	}
	if got := c.must(localapi.PathCall, map[string]any{}); !got.Called {
		t.Error("the call is not shown")
	}
}

func TestStaffUnlockAKiosk(t *testing.T) {
	c := openCheckout(t)
	for pin, notice := range map[string]string{"9999": localapi.NoticeWrongPIN, "0000": localapi.NoticeTryLater} {
		if got := c.must(localapi.PathUnlock, map[string]any{"staff": "c", "pin": pin}); got.Notice == nil || got.Notice.Code != notice || got.Staff != "" {
			t.Errorf("PIN %s: %+v", pin, got.Notice)
		}
	}
	if _, status := c.post(localapi.PathStaffOpen, map[string]any{"open": false}); status != http.StatusForbidden {
		t.Errorf("anybody closes the kiosk: %d", status)
	}
	got := c.must(localapi.PathUnlock, map[string]any{"staff": "c", "pin": "1234"})
	if got.Staff != "c" || got.Notice != nil || got.Associates[0].Name != "Çağla" {
		t.Fatalf("unlocked: %+v %+v", got.Staff, got.Notice)
	}
	if got = c.must(localapi.PathStaffOpen, map[string]any{"open": false}); got.Stage != localapi.StageClosed || got.Closed != "staff" {
		t.Errorf("closed: %q %q", got.Stage, got.Closed)
	}
	if got = c.must(localapi.PathLock, map[string]any{}); got.Staff != "" {
		t.Error("the kiosk is still unlocked")
	}
}

// Who has tried something on goes on at a checkout with a code: there it is a list of wishes until it is seen.
func TestAFittingRoomSendsItsGarmentsToTheCheckout(t *testing.T) {
	c := openCheckout(t)
	send := func(kiosk, id string) (p localapi.Parked, status int) {
		body := strings.NewReader(`{"id":"` + id + `"}`)
		r, err := http.Post(c.url+strings.Replace(localapi.PathToCheckout, "{kiosk}", kiosk, 1), "application/json", body)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
			t.Fatal(err)
		}
		return p, r.StatusCode
	}
	if _, status := send("fr2", "t0"); status != http.StatusConflict {
		t.Errorf("an empty room: %d", status)
	}
	if _, status := send("sco1", "t1"); status != http.StatusUnprocessableEntity {
		t.Errorf("a kiosk without a room: %d", status)
	}
	c.shop.hang(tee, 1)
	c.leadsToACheckout("fr2", true)
	c.leadsToACheckout("sco1", false)
	p, status := send("fr2", "t2")
	if status != http.StatusOK || len(p.Code) != 6 || p.Reason != "room" {
		t.Fatalf("%d %+v", status, p)
	}
	if again, _ := send("fr2", "t2"); again != p {
		t.Errorf("the same command once more: %+v", again)
	}
	newer, _ := send("fr2", "t3")
	got := c.must(localapi.PathBasketResume, map[string]any{"code": p.Code})
	if got.Notice == nil || got.Notice.Code != localapi.NoticeNoBasket {
		t.Errorf("the same shopper has two lists: %+v", got.Basket)
	}
	got = c.must(localapi.PathBasketResume, map[string]any{"code": newer.Code})
	if got.Stage != localapi.StageBasket || len(got.Basket.Lines) != 1 || !got.Basket.Lines[0].Wish || got.Basket.Due.Minor != 0 {
		t.Errorf("at the checkout: %+v", got.Basket)
	}
}

// leadsToACheckout says whether a kiosk offers to go on at a checkout.
func (c *checkoutAPI) leadsToACheckout(kiosk string, want bool) {
	c.t.Helper()
	r, err := http.Get(c.url + strings.Replace(localapi.PathKiosk, "{kiosk}", kiosk, 1))
	if err != nil {
		c.t.Fatal(err)
	}
	defer r.Body.Close()
	var got localapi.KioskState
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.StatusCode != http.StatusOK || got.ToCheckout != want {
		c.t.Errorf("%s leads to a checkout: %v, want %v; %s, %v", kiosk, got.ToCheckout, want, r.Status, err)
	}
}

// Whoever sets a basket aside can have its slip where there is a printer.
func TestABasketSetAsideSaysHowItsPrinterIs(t *testing.T) {
	c := openCheckout(t)
	c.must(localapi.PathBasketItems, map[string]any{"gtin": tee})
	if got := c.must(localapi.PathBasketPark, map[string]any{}); got.Parked == nil || got.Parked.Printer != "low" || got.Parked.Slip != "" {
		t.Errorf("%+v", got.Parked)
	}
}
