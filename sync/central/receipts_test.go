package central_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/agent/receipt"
	"showroom/agent/showroom"
	"showroom/sync/profileapi"
)

// asAnybody reads a page without any token, as a shopper's phone does.
func (s *service) asAnybody(path, language string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", language)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, string(body)
}

// sold is a sale in the language, under a token of the key.
func sold(t *testing.T, key []byte, language string) showroom.Sale {
	t.Helper()
	token, err := receipt.NewToken(key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	lines := []showroom.Line{{ID: "l1", GTIN: "08690123456789", Name: showroom.Text{"tr": "Çiçekli elbise", "en": "Floral dress"}, Quantity: 2, Unit: showroom.Money{Minor: 49_995, Currency: "TRY"}, VATBasisPoints: 1000}}
	totals, err := showroom.AddUp("TRY", lines)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	return showroom.Sale{
		ID: "sale-1", Number: 12, Language: language, Lines: lines, Totals: totals, Token: token, At: at,
		Tenders: []showroom.Tender{{Kind: showroom.TenderCard, Amount: totals.Due, Card: showroom.Card{Name: "Troy", Last4: "4242"}}},
		Fiscal:  &showroom.Fiscal{Device: "AT0000123456", Z: 318, Receipt: 27, EKU: 2, ETTN: "f47ac10b-58cc-4372-a567-0e02b2c3d479", Invoice: "MGZ2026000000012", At: at},
	}
}

func fact(t *testing.T, seq int64, e showroom.Event) profileapi.Event {
	t.Helper()
	sent := event("agent-1", "e1", seq)
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	sent.Type, sent.Subject, sent.Data = profileapi.EventType(string(e.Kind()), 1), e.Subject(), body
	return sent
}

func (s *service) send(seq int64, events ...profileapi.Event) {
	s.t.Helper()
	if _, err := s.client("token-1").Ingest(s.t.Context(), pack(s.t, "e1", seq, seq+int64(len(events))-1, events)); err != nil {
		s.t.Fatal(err)
	}
}

// counts waits until a figure has a value: whoever polls the pages themselves is told to wait.
func (s *service) counts(what string, n int) {
	s.t.Helper()
	line := fmt.Sprintf("\nshowroom_central_%s %d\n", what, n)
	eventually(s.t, "the figures have "+line, func() bool { _, body := s.get("/metrics"); return strings.Contains(body, line) })
}

const shopsFile = `{"s1": {"seller": {"name": "Örnek Tekstil A.Ş.", "trading_name": "Mağaza Işıl", "vat_identifier": "1234567890", "tax_office": "Beşiktaş",
	"time_zone": "Europe/Istanbul", "postal_address": {"subdivision": "Beşiktaş", "city": "İstanbul", "country_code": "TR"}},
	"receipt_keys": ["00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"]}}`

func TestReceiptBeforeAndAfterItsSaleArrives(t *testing.T) {
	cfg := config(t.TempDir())
	if err := cfg.ParseShops(strings.NewReader(shopsFile)); err != nil {
		t.Fatal(err)
	}
	s := start(t, cfg)
	sale := sold(t, receipt.DeriveKey("token-1"), "tr")
	path := "/r/" + sale.Token

	resp, body := s.asAnybody(path, "en-GB,en;q=0.9")
	if resp.StatusCode != http.StatusAccepted || !strings.Contains(body, "Your receipt is being prepared") || resp.Header.Get("Retry-After") == "" {
		t.Errorf("genuine, not here yet: %d\n%s", resp.StatusCode, body)
	}
	if _, body := s.asAnybody(path+"?lang=tr", "en"); !strings.Contains(body, "Fişiniz hazırlanıyor") || !strings.Contains(body, "?lang=en") {
		t.Errorf("no Turkish, or no switch:\n%s", body)
	}
	invented := sold(t, receipt.DeriveKey("somebody"), "tr").Token
	for _, name := range []string{invented, "x", strings.Repeat("A", 27), invented + ".pdf"} {
		if resp, _ := s.asAnybody("/r/"+name, "tr"); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", name, resp.StatusCode)
		}
	}

	s.send(1, fact(t, 1, showroom.SaleCompleted{Sale: sale}))
	s.counts("receipts", 1)
	s.showsReceipt(path)
	if _, body := s.asAnybody(path+"?lang=en", "tr"); !strings.Contains(body, "Floral dress") || !strings.Contains(body, "₺999.90") {
		t.Errorf("no English:\n%s", body)
	}
	files(t, s, path)

	lines, vat, amount, err := sale.Refund(nil, map[showroom.LineID]int{"l1": 1})
	if err != nil {
		t.Fatal(err)
	}
	s.send(2, fact(t, 2, showroom.ReturnCompleted{Return: showroom.Return{ID: "r1", Sale: sale.ID, Lines: lines, VAT: vat, Amount: amount, By: "ayse", At: sale.At}}))
	s.counts("receipts_returned", 1)
	s.showsReceipt(path, "-499,95 ₺")
	if resp, body := s.asAnybody(path+"?return=1", "en"); resp.StatusCode != http.StatusOK || !strings.Contains(body, "İade tutarı") || !strings.Contains(body, "MGZ2026000000012-1") {
		t.Errorf("the credit note: %d\n%s", resp.StatusCode, body)
	}
	s.stop()
	s = start(t, cfg) // the index is made anew
	s.showsReceipt(path, "-499,95 ₺")
}

// showsReceipt wants the page of the sale of these tests, with what else is named, and nothing that lets others keep or follow it.
func (s *service) showsReceipt(path string, wants ...string) {
	s.t.Helper()
	resp, body := s.asAnybody(path, "en")
	for _, want := range append(wants, `lang="tr"`, "Mağaza Işıl", "Çiçekli elbise", "999,90 ₺", "22.11.2026 12:30", "Bu bir kopyadır") {
		if !strings.Contains(body, want) {
			s.t.Errorf("no %q in\n%s", want, body)
		}
	}
	for header, want := range map[string]string{
		"Cache-Control": "no-store", "Content-Security-Policy": receipt.ContentSecurityPolicy, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow",
	} {
		if got := resp.Header.Get(header); got != want {
			s.t.Errorf("%s is %q", header, got)
		}
	}
}

// A card that was restored from a copy sends again, in a new epoch, what the copy does not know to have been heard.
func TestAReturnThatIsToldTwiceIsOne(t *testing.T) {
	s := start(t, config(t.TempDir()))
	sale := sold(t, receipt.DeriveKey("token-1"), "tr")
	lines, vat, amount, err := sale.Refund(nil, map[showroom.LineID]int{"l1": 1})
	if err != nil {
		t.Fatal(err)
	}
	back := showroom.ReturnCompleted{Return: showroom.Return{ID: "r1", Sale: sale.ID, Lines: lines, VAT: vat, Amount: amount, At: sale.At}}
	s.send(1, fact(t, 1, showroom.SaleCompleted{Sale: sale}), fact(t, 2, back))
	var again []profileapi.Event
	for seq, e := range []showroom.Event{showroom.SaleCompleted{Sale: sale}, back} {
		f := fact(t, int64(seq)+1, e)
		f.ID = profileapi.EventID("e2", "facts", int64(seq)+1)
		again = append(again, f)
	}
	if _, err := s.client("token-1").Ingest(t.Context(), pack(t, "e2", 1, 2, again)); err != nil {
		t.Fatal(err)
	}
	s.send(3, fact(t, 3, showroom.SaleCompleted{Sale: sold(t, receipt.DeriveKey("token-1"), "en")}))
	s.counts("receipts", 2) // so what was sent before it has been read
	if _, body := s.asAnybody("/r/"+sale.Token, "tr"); strings.Count(body, "-499,95 ₺") != 1 {
		t.Errorf("one piece came back, and the receipt says:\n%s", body)
	}
}

func TestASaleAtATillHasNoReceiptHereAndIsNoFault(t *testing.T) {
	cfg := config(t.TempDir())
	if err := cfg.ParseShops(strings.NewReader(shopsFile)); err != nil {
		t.Fatal(err)
	}
	s := start(t, cfg)
	key := receipt.DeriveKey("token-1")
	till, kiosk, strange := sold(t, key, "tr"), sold(t, key, "tr"), sold(t, key, "tr")
	till.ID, till.Till, till.Token = "sale-2", "k1", ""
	strange.ID, strange.Token = "sale-3", "no token"
	s.send(1, fact(t, 1, showroom.SaleCompleted{Sale: till}), fact(t, 2, showroom.SaleCompleted{Sale: strange}), fact(t, 3, showroom.SaleCompleted{Sale: kiosk}))
	s.counts("receipts", 1)
	s.counts("receipts_unreadable_total", 1)
}

// Of what retention has taken the page says that it is kept no longer, or, where the service has never seen it, that it may not be.
func TestAReceiptThatIsKeptNoLonger(t *testing.T) {
	cfg := config(t.TempDir())
	if err := cfg.ParseShops(strings.NewReader(shopsFile)); err != nil {
		t.Fatal(err)
	}
	key := receipt.DeriveKey("token-1")
	old, kept, coming := sold(t, key, "tr"), sold(t, key, "tr"), sold(t, key, "tr")
	s := start(t, cfg)
	s.send(1, fact(t, 1, showroom.SaleCompleted{Sale: old}))
	s.send(2, fact(t, 2, showroom.SaleCompleted{Sale: kept}))
	s.counts("receipts", 2)
	s.stop()
	cfg.KeepBatches = time.Nanosecond
	s = start(t, cfg)
	gone := func() bool {
		resp, body := s.asAnybody("/r/"+old.Token, "en")
		return resp.StatusCode == http.StatusGone && strings.Contains(body, "no longer kept here") || resp.StatusCode == http.StatusAccepted && strings.Contains(body, "Old receipts are not kept")
	}
	eventually(t, "the old receipt is gone", gone) // found by the index before, or not
	s.stop()
	s = start(t, cfg)
	for _, token := range []string{old.Token, coming.Token} {
		if resp, body := s.asAnybody("/r/"+token, "tr"); resp.StatusCode != http.StatusAccepted || !strings.Contains(body, "hazırlanıyor") || !strings.Contains(body, "Eski fişler burada saklanmaz") {
			t.Errorf("%d\n%s", resp.StatusCode, body)
		}
	}
	s.showsReceipt("/r/" + kept.Token)
	s.send(3, fact(t, 3, showroom.SaleCompleted{Sale: coming}))
	eventually(t, "the new one has come", func() bool { resp, _ := s.asAnybody("/r/"+coming.Token, "tr"); return resp.StatusCode == http.StatusOK })
}

// files looks at what can be saved.
func files(t *testing.T, s *service, path string) {
	t.Helper()
	for kind, want := range map[string]string{"pdf": "application/pdf", "xml": "application/xml; charset=utf-8", "json": "application/json"} {
		resp, body := s.asAnybody(path+"."+kind, "en")
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != want || !strings.Contains(resp.Header.Get("Content-Disposition"), `"receipt-MGZ2026000000012.`+kind+`"`) {
			t.Errorf("%s: %d %v", kind, resp.StatusCode, resp.Header)
		}
		switch kind {
		case "xml":
			if !strings.Contains(body, "EARSIVFATURA") {
				t.Errorf("no profile:\n%s", body)
			}
		case "json":
			if !strings.Contains(body, `"total_with_vat": "999.90"`) {
				t.Errorf("no total:\n%s", body)
			}
		case "pdf":
			if _, err := exec.LookPath("pdftotext"); err != nil && os.Getenv("CI") != "true" {
				continue
			}
			file := filepath.Join(t.TempDir(), "r.pdf")
			if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
			text, err := exec.Command("pdftotext", "-enc", "UTF-8", file, "-").Output()
			if err != nil || !bytes.Contains(text, []byte("Çiçekli elbise")) {
				t.Errorf("the PDF says %q (%v)", text, err)
			}
		}
	}
	if resp, _ := s.asAnybody(path+".exe", "en"); resp.StatusCode != http.StatusNotFound {
		t.Errorf(".exe: %d", resp.StatusCode)
	}
}

// Whoever guesses is soon told to wait.
func TestGuessingTokensIsLimited(t *testing.T) {
	s := start(t, config(t.TempDir()))
	for n := range 100 {
		resp, body := s.asAnybody("/r/"+sold(t, receipt.DeriveKey("x"), "tr").Token, "en")
		if resp.StatusCode == http.StatusTooManyRequests {
			if n < 3 || resp.Header.Get("Retry-After") == "" || !strings.Contains(body, "Too many requests") {
				t.Errorf("after %d: %v\n%s", n, resp.Header, body)
			}
			return
		}
	}
	t.Error("a hundred guesses and no limit")
}

// Keys of shops whose agents have their own are known, too.
func TestReceiptKeyOfAShop(t *testing.T) {
	cfg := config(t.TempDir())
	if err := cfg.ParseShops(strings.NewReader(shopsFile)); err != nil {
		t.Fatal(err)
	}
	s := start(t, cfg)
	if resp, _ := s.asAnybody("/r/"+sold(t, cfg.Shops["s1"].ReceiptKeys[0], "tr").Token, "en"); resp.StatusCode != http.StatusAccepted {
		t.Errorf("%d", resp.StatusCode)
	}
}

func TestShopsThatCanNotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"s1": {}}`: "no name", `{"s1": {"seller": {"name": "x", "vat": "1"}}}`: "vat",
		`{"s1": {"seller": {"name": "x"}, "receipt_keys": ["abc"]}}`: "receipt key 1", `nothing`: "read the shops",
		`{"s1": {"seller": {"name": "x", "time_zone": "Europe/Istambul"}}}`: `no time zone "Europe/Istambul"`,
	} {
		cfg := config(t.TempDir())
		if err := cfg.ParseShops(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
