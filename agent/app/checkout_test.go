package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/config"
	"showroom/devices/sim/okcsim"
	"showroom/devices/sim/zvtsim"
)

const onSale gs1.GTIN = "00614141123452"

// sells gives a shop a checkout whose money is taken at an address, and something to sell.
func sells(t *testing.T, cfg config.Config, kind config.SettlerKind, at net.Addr, currency string) config.Config {
	t.Helper()
	s := config.DefaultSettlerOf(kind)
	s.ID, s.Port = "pt1", "tcp://"+at.String()
	cfg.Settlers, cfg.Store.Currency = []config.Settler{s}, currency
	cfg.Kiosks = append(cfg.Kiosks, config.Kiosk{ID: "sco1", Mode: config.Checkout, Settler: "pt1"})
	cfg.Checkout.ReceiptURL = "https://receipts.example/r"
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	now := showroom.Moment{Wall: time.Now().UTC(), Boot: "b", Quality: showroom.ClockNTP}
	db, err := store.Open(t.Context(), store.Options{Dir: cfg.StateDir, MachineID: "m", Clock: func() showroom.Moment { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutProduct(showroom.Product{ID: "p", Name: showroom.Text{"tr": "Gömlek", "en": "Shirt"}}, 1); err != nil {
			return err
		}
		if err := tx.PutItem(showroom.Item{GTIN: onSale, Product: "p", Size: "M"}, 1); err != nil {
			return err
		}
		price := showroom.Price{GTIN: onSale, Amount: showroom.Money{Minor: 129_90, Currency: showroom.Currency(currency)}, VATBasisPoints: 1000}
		return tx.PutPrices(onSale, []showroom.Price{price}, 1)
	}); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// buys puts two pieces into the basket, pays for them and answers the receipt.
func buys(t *testing.T, url string) localapi.Paid {
	t.Helper()
	return *pays(t, url, localapi.StageReceipt).Paid
}

// pays is that, up to the stage it ends at.
func pays(t *testing.T, url, end string) localapi.Checkout {
	t.Helper()
	kiosk := url + "/v1/kiosks/sco1"
	until := func(stage string) (c localapi.Checkout) {
		for deadline := time.Now().Add(patience); ; {
			var k localapi.KioskState
			read(t, http.DefaultClient, kiosk, &k)
			if k.Checkout != nil && k.Checkout.Stage == stage {
				return *k.Checkout
			}
			if time.Now().After(deadline) {
				t.Fatalf("the kiosk shows %+v, not %q", k.Checkout, stage)
			}
		}
	}
	until(localapi.StageAttract)
	for range 2 {
		post(t, url, localapi.PathBasketItems, localapi.ItemCommand{Command: tap(), GTIN: string(onSale)})
	}
	basket := until(localapi.StageBasket).Basket
	post(t, url, localapi.PathPay, localapi.PayCommand{Command: tap(), Due: basket.Due})
	return until(end)
}

func tap() localapi.Command { return localapi.Command{ID: rand.Text()} }

// post does what a tap at the checkout does.
func post(t *testing.T, url, path string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(url+strings.Replace(path, "{kiosk}", "sco1", 1), "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, r.Status)
	}
}

// serve runs a simulated device until the test ends.
func serve(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func TestEurosArePaidAtATerminal(t *testing.T) {
	terminal := zvtsim.New(zvtsim.Options{})
	bound := make(chan net.Addr, 1) // one address
	serve(t, func(ctx context.Context) error {
		return terminal.Listen(ctx, "127.0.0.1:0", func(a net.Addr) { bound <- a })
	})
	cfg := sells(t, shop(t), config.ZVT, <-bound, "EUR")
	url, stop := start(t, cfg)
	paid := buys(t, url)
	if l := terminal.Ledger(); len(l) != 1 || l[0].Amount != 2*129_90 || paid.Due.Minor != 2*129_90 || paid.Fiscal != "" {
		t.Errorf("the terminal has %+v, the receipt says %+v", l, paid)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// The protocol's own three minutes would outlast this test by far.
func TestATerminalIsWaitedForAsLongAsConfigured(t *testing.T) {
	terminal := zvtsim.New(zvtsim.Options{})
	terminal.Script(zvtsim.Fault{Trouble: zvtsim.Hang, Step: zvtsim.Accepted})
	bound := make(chan net.Addr, 1) // one address
	serve(t, func(ctx context.Context) error {
		return terminal.Listen(ctx, "127.0.0.1:0", func(a net.Addr) { bound <- a })
	})
	cfg := sells(t, shop(t), config.ZVT, <-bound, "EUR")
	cfg.Settlers[0].Timers.Quiet = 500 * time.Millisecond
	url, stop := start(t, cfg)
	pays(t, url, localapi.StageUnknown)
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestLirasArePaidAtAFiscalDevice(t *testing.T) {
	device := okcsim.New(okcsim.Options{Beat: 10 * time.Millisecond})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, func(ctx context.Context) error { return device.Serve(ctx, l) })
	cfg := sells(t, shop(t), config.OKC, l.Addr(), "TRY")
	url, stop := start(t, cfg)
	paid := buys(t, url)
	if device.Till() != 2*129_90 || paid.Due.Minor != 2*129_90 || paid.Fiscal == "" || !strings.HasPrefix(paid.Receipt, "https://receipts.example/r/") {
		t.Errorf("the device has %d, the receipt says %+v", device.Till(), paid)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
