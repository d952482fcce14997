package app_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"showroom/agent/localapi"
	"showroom/agent/receipt"
	"showroom/config"
	"showroom/devices/sim/zvtsim"
)

// Who renews a token writes another file. The agent is then known by it: what it sends is taken again, and the centre knows the receipts
// of the next sales for genuine ones.
func TestARenewedTokenNeedsNoRestart(t *testing.T) {
	terminal := zvtsim.New(zvtsim.Options{})
	bound := make(chan net.Addr, 1) // one address
	serve(t, func(ctx context.Context) error {
		return terminal.Listen(ctx, "127.0.0.1:0", func(a net.Addr) { bound <- a })
	})
	var mu sync.Mutex // guards heard
	heard := map[string]bool{}
	centre := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		heard[r.Header.Get("Authorization")] = true
		mu.Unlock()
		http.Error(w, "who are you", http.StatusUnauthorized)
	}))
	defer centre.Close()
	known := func(by string) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return heard["Bearer "+by]
		}
	}
	cfg := shop(t)
	file := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("the old one\n")
	cfg.Central.URL, cfg.Central.TokenFile = centre.URL, file
	cfg = sells(t, cfg, config.ZVT, <-bound, "EUR")
	log := &ledger{}
	url, stop := startLogged(t, cfg, slog.NewTextHandler(log, nil))
	sells := func(under string) {
		t.Helper()
		token := strings.TrimPrefix(buys(t, url).Receipt, "https://receipts.example/r/")
		if !receipt.CheckToken(receipt.DeriveKey(under), token) {
			t.Errorf("the centre does not know %q by %q", token, under)
		}
		post(t, url, localapi.PathReceipt, localapi.ReceiptCommand{Command: tap(), Done: true})
	}
	until(t, "a word under the old token", known("the old one"))
	sells("the old one")
	write("") // as it is for a moment
	sells("the old one")
	write("the new one\n")
	sells("the new one")
	until(t, "a word under the new token", known("the new one"))
	if told := log.lines("the last one holds"); len(told) != 1 || strings.Contains(told[0], "the old one") {
		t.Errorf("it is told as %q", told)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
