package receiptweb_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"showroom/agent/receipt"
	"showroom/agent/receipt/receiptweb"
	"showroom/agent/showroom"
)

const token = "MDEyMzQ1Njc4OWFiY2RlZuBZU4Y"

// shelf has one sale, of which two pieces came back.
type shelf struct{ fault error }

func (s shelf) Find(_ context.Context, of string) (receipt.Found, error) {
	if s.fault != nil {
		return receipt.Found{}, s.fault
	}
	if of != token {
		return receipt.Found{}, receipt.ErrNone
	}
	lines := []showroom.Line{{ID: "a", GTIN: "08690123456789", Name: showroom.Text{"tr": "Çiçekli elbise", "en": "Floral dress"}, Quantity: 3, Unit: showroom.Money{Minor: 49_995, Currency: "TRY"}, VATBasisPoints: 1000}}
	totals, err := showroom.AddUp("TRY", lines)
	if err != nil {
		return receipt.Found{}, err
	}
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	sale := showroom.Sale{ID: "s", Number: 12, Language: "tr", Lines: lines, Totals: totals, Token: token, At: at, Tenders: []showroom.Tender{{Kind: showroom.TenderCard, Amount: totals.Due}}}
	back, vat, amount, err := sale.Refund(nil, map[showroom.LineID]int{"a": 2})
	if err != nil {
		return receipt.Found{}, err
	}
	return receipt.Found{Store: "s1", Sale: sale, Returns: []showroom.Return{{ID: "r", Sale: "s", Lines: back, VAT: vat, Amount: amount, At: at.Add(time.Hour)}}}, nil
}

func ask(t *testing.T, o receiptweb.Options, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	if o.Sales == nil {
		o.Sales = shelf{}
	}
	o.Log = slog.New(slog.DiscardHandler)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /r/{name}", receiptweb.New(o).Serve)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func TestReceiptAndItsCreditNote(t *testing.T) {
	for target, wants := range map[string][]string{
		"/r/" + token:                         {`lang="tr"`, "Toplam", `href="` + token + `?lang=tr&amp;return=1"`, token + ".pdf?lang=tr", ">s1<"},
		"/r/" + token + "?lang=en":            {"Total", "?lang=en&amp;return=1"},
		"/r/" + token + "?return=1":           {"İade tutarı", "12-1", "999,90 ₺", `href="` + token + `?lang=tr"`, token + ".xml?return=1", token + "?lang=en&amp;return=1"},
		"/r/" + token + ".json?return=1":      {`"381"`, `"total_with_vat": "999.90"`, "http://example.com/r/" + token + "?return=1"},
		"/r/" + token + ".xml?return=1":       {"<CreditNote ", "<cbc:CreditedQuantity"},
		"/r/" + token + ".xml":                {"<Invoice "},
		"/r/" + token + ".pdf?return=1":       {"%PDF-"},
		"/r/" + token + "?return=1&lang=en":   {"Return receipt", "Given back to card"},
		"/r/" + token + ".json?lang=fr&ret=1": {`"380"`},
	} {
		w := ask(t, receiptweb.Options{}, target)
		for _, want := range wants {
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %d, no %q in\n%.2000s", target, w.Code, want, w.Body)
			}
		}
	}
	if name := ask(t, receiptweb.Options{}, "/r/"+token+".pdf?return=1").Header().Get("Content-Disposition"); !strings.Contains(name, `"receipt-12-1.pdf"`) {
		t.Errorf("it is saved as %s", name)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for _, name := range []string{token + "?return=2", token + "?return=0", token + "?return=x", token + ".exe", "x", token[1:], strings.Repeat("A", 27)} {
		w := ask(t, receiptweb.Options{}, "/r/"+name)
		if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "elbise") {
			t.Errorf("%s: %d\n%s", name, w.Code, w.Body)
		}
		for header, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff"} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
	}
	w := ask(t, receiptweb.Options{Sales: shelf{errors.New("the disk says 4111111111111111")}}, "/r/"+token)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("a fault of ours: %d %s", w.Code, w.Body)
	}
}

func TestGenuineAndNotHereYet(t *testing.T) {
	key := receipt.DeriveKey("one")
	genuine, err := receipt.NewToken(key, strings.NewReader("another 16 bytes"))
	if err != nil {
		t.Fatal(err)
	}
	if w := ask(t, receiptweb.Options{Keys: [][]byte{receipt.DeriveKey("two"), key}}, "/r/"+genuine); w.Code != http.StatusAccepted || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := ask(t, receiptweb.Options{}, "/r/"+genuine); w.Code != http.StatusNotFound {
		t.Errorf("without the key: %d", w.Code)
	}
}

// What is kept no longer is not promised. Somebody who makes a token up learns nothing of what was here.
func TestWhatIsKeptNoLonger(t *testing.T) {
	key := receipt.DeriveKey("one")
	genuine, err := receipt.NewToken(key, strings.NewReader("another 16 bytes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why        error
		keys       [][]byte
		status     int
		again      bool
		says, deny string
	}{
		{receipt.ErrGone, [][]byte{key}, http.StatusGone, false, "This receipt is no longer kept here", "being prepared"},
		{receipt.ErrGone, nil, http.StatusGone, false, "This receipt is no longer kept here", "being prepared"},
		{receipt.ErrAbsent, [][]byte{key}, http.StatusAccepted, true, "Old receipts are not kept", "no longer kept"},
		{receipt.ErrAbsent, nil, http.StatusNotFound, false, "There is no such receipt", "being prepared"},
	} {
		w := ask(t, receiptweb.Options{Keys: c.keys, Sales: shelf{c.why}}, "/r/"+genuine)
		if w.Code != c.status || (w.Header().Get("Retry-After") != "") != c.again || !strings.Contains(w.Body.String(), c.says) || strings.Contains(w.Body.String(), c.deny) {
			t.Errorf("%v with %d keys: %d %v\n%s", c.why, len(c.keys), w.Code, w.Header(), w.Body)
		}
	}
}

func TestWhereItCanBeHadAgain(t *testing.T) {
	for _, c := range []struct {
		o       receiptweb.Options
		headers []string
		want    string
	}{
		{receiptweb.Options{}, nil, "http://example.com/r/"},
		{receiptweb.Options{}, []string{"X-Forwarded-Proto", "https"}, "https://example.com/r/"},
		{receiptweb.Options{URL: "https://receipts.example/r/"}, nil, "https://receipts.example/r/"},
	} {
		if w := ask(t, c.o, "/r/"+token+".json", c.headers...); !strings.Contains(w.Body.String(), `"url": "`+c.want+token+`"`) {
			t.Errorf("no %s in\n%s", c.want, w.Body)
		}
	}
}
