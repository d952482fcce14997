package app_test

import (
	"context"
	"image"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/localapi"
	"showroom/config"
	"showroom/devices/printer"
	"showroom/devices/sim/printersim"
)

// An engineer who has a page printed sees what this printer makes of every letter, and no sale that nobody has made.
func TestATestPageIsPrinted(t *testing.T) {
	cfg := sells(t, shop(t), config.OKC, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, "TRY") // nobody pays
	paper, at := printerAt(t)
	p := config.DefaultPrinter()
	p.ID, p.Port = "p1", "tcp://"+at
	cfg.Printers, cfg.Kiosks[len(cfg.Kiosks)-1].Printer = []config.Printer{p}, "p1"
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	url, stop := start(t, cfg)
	isUp(t, url, "p1")
	tell(t, overSocket(cfg), "http://agent/v1/printers/p1/test", localapi.Command{ID: "1"}, nil)
	if err := stop(); err != nil {
		t.Error(err)
	}

	model, known := printer.ModelByName(string(p.Model))
	if !known {
		t.Fatalf("no model %q", p.Model)
	}
	page, err := printer.Encode(model, p.Width, printer.TestPage(model, p.Width, cfg.Checkout.ReceiptURL), false)
	if err != nil {
		t.Fatal(err)
	}
	other, at := printerAt(t)
	line, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	if _, err := line.Write(page); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slip(t, other), slip(t, paper)); diff != "" {
		t.Errorf("what was printed is no test page:\n%s", diff)
	}
}

// What is known to be away is not waited for: the answer is what the board says, and not what a receipt would have been told in the end.
func TestATestPageDoesNotWaitForAPrinterThatIsGone(t *testing.T) {
	cfg := sells(t, shop(t), config.OKC, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, "TRY") // nobody pays
	p := config.DefaultPrinter()
	p.ID, p.Port = "p1", filepath.Join(cfg.StateDir, "unplugged")
	cfg.Printers, cfg.Kiosks[len(cfg.Kiosks)-1].Printer = []config.Printer{p}, "p1"
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	url, stop := start(t, cfg)
	until(t, "the printer is known to be away", func() bool {
		var all localapi.Devices
		read(t, http.DefaultClient, url+localapi.PathDevices, &all)
		return slices.ContainsFunc(all.Devices, func(d localapi.Device) bool { return d.ID == "p1" && d.State == "down" && d.Advice != "" })
	})
	r, err := overSocket(cfg).Post("http://agent/v1/printers/p1/test", "application/json", strings.NewReader(`{"id": "1"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	said, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(said), "p1 can not print now: ") {
		t.Errorf("%s: %s, %v", r.Status, said, err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// printerAt stands a printer at a port until the test ends.
func printerAt(t *testing.T) (p *printersim.Printer, address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p = printersim.New(printersim.Options{})
	serve(t, func(ctx context.Context) error { return p.Listen(ctx, l) })
	return p, l.Addr().String()
}

// slip waits for the one piece of paper that a printer cuts.
func slip(t *testing.T, p *printersim.Printer) *image.Gray {
	t.Helper()
	deadline := time.After(patience)
	for {
		changed := p.Changed()
		if all := p.Slips(); len(all) > 0 {
			if len(all) > 1 {
				t.Fatalf("%d slips were cut, want one", len(all))
			}
			return all[0]
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatal("no slip is cut")
		}
	}
}
