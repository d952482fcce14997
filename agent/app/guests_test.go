package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"showroom/config"
	"showroom/devices/devicetest"
	"showroom/devices/sim/okcsim"
)

// TestGuestsSeeTheirReceipts: with no central service at all the receipt is there at once in the shop's own network, and nothing else is.
func TestGuestsSeeTheirReceipts(t *testing.T) {
	device := okcsim.New(okcsim.Options{Beat: 10 * time.Millisecond})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, func(ctx context.Context) error { return device.Serve(ctx, l) })
	cfg := sells(t, shop(t), config.OKC, l.Addr(), "TRY")
	guests := devicetest.FreeAddress(t)
	cfg.Checkout.ReceiptLANURL, cfg.Checkout.ReceiptLANListen = "http://"+guests+"/r", guests
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	url, stop := start(t, cfg)
	paid := buys(t, url)
	if !strings.HasPrefix(paid.Local, "http://"+guests+"/r/") {
		t.Fatalf("the kiosk names %q", paid.Local)
	}
	if status, body := asGuest(t, paid.Local+"?lang=tr"); status != http.StatusOK || !strings.Contains(body, "Gömlek") || !strings.Contains(body, "259,80 ₺") {
		t.Errorf("%d\n%s", status, body)
	}
	for range 150 { // who comes and goes leaves room
		if conn, err := net.Dial("tcp", guests); err != nil || conn.Close() != nil {
			t.Fatal(err)
		}
	}
	if status, body := asGuest(t, paid.Local+".json"); status != http.StatusOK || !strings.Contains(body, `"url": "https://receipts.example/r/`) {
		t.Errorf("its own address does not outlive the visit: %d\n%s", status, body)
	}
	if status, body := asGuest(t, paid.Local+".pdf"); status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("PDF: %d", status)
	}
	for _, path := range []string{"/", "/staff", "/healthz", "/metrics", "/v1/kiosks/sco1", "/openapi.json", "/r/", "/r/MDEyMzQ1Njc4OWFiY2RlZuBZU4Y"} {
		if status, _ := asGuest(t, "http://"+guests+path); status != http.StatusNotFound {
			t.Errorf("guests find %s: %d", path, status)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func asGuest(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
