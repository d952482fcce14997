package httpd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/httpd"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/agent/store"
)

// lines is an answer of many.
type lines []json.RawMessage

// counter serves some machines and answers how to ask over the socket and over loopback.
func (s *shop) counter() (socket, tcp func(method, path string, body, out any) int, charged *[]int64) {
	s.t.Helper()
	charged = &[]int64{}
	o := httpd.Options{Log: slog.New(slog.DiscardHandler), Counter: &httpd.Counter{
		Terminals: map[showroom.DeviceID]httpd.Terminal{"pt1": {
			Status: func(context.Context) ([]string, string, error) { return nil, "paper is low", nil },
			Repeat: func(context.Context) ([]string, string, error) { return []string{"KUNDENBELEG"}, "", nil },
		}, "pt4": {
			Status: func(context.Context) ([]string, string, error) { return nil, "", nil },
		}, "pt2": {EndOfDay: func(_ context.Context, tell func(showroom.Progress)) ([]string, string, error) {
			tell(showroom.Progress{Code: "please_wait", Text: "Kassenabschluss"})
			return []string{"SUMME"}, "", nil
		}}, "pt3": {EndOfDay: func(context.Context, func(showroom.Progress)) ([]string, string, error) {
			return nil, "", showroom.Errorf(showroom.CodeUnavailable, "The host can not be reached.")
		}}},
		PrintTest: map[showroom.DeviceID]func(context.Context) error{"p1": func(context.Context) error { return errors.New("jam") }, "p2": func(context.Context) error { return nil }},
		Charge: func(_ *store.Tx, _ showroom.DeviceID, m showroom.Money, _ string) (showroom.SettlementID, error) {
			*charged = append(*charged, m.Minor)
			return "s1", nil
		},
	}}
	server := httpd.New(s.db, s.rooms, s.sessions, s.board, o)
	loopback := httptest.NewServer(server.Handler())
	s.t.Cleanup(loopback.Close)
	path := filepath.Join(s.t.TempDir(), "agent.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		s.t.Fatal(err)
	}
	unix := &httptest.Server{Listener: l, Config: &http.Server{Handler: server.Handler()}}
	unix.Start()
	s.t.Cleanup(unix.Close)
	asker := func(base string, client *http.Client) func(string, string, any, any) int {
		return func(method, path string, body, out any) int {
			s.t.Helper()
			raw, _ := json.Marshal(body)
			request, err := http.NewRequestWithContext(s.t.Context(), method, base+path, bytes.NewReader(raw))
			if err != nil {
				s.t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/json")
			answer, err := client.Do(request)
			if err != nil {
				s.t.Fatal(err)
			}
			defer answer.Body.Close()
			if all, many := out.(*lines); many {
				for d := json.NewDecoder(answer.Body); d.More(); {
					var line json.RawMessage
					if err := d.Decode(&line); err != nil {
						s.t.Fatal(err)
					}
					*all = append(*all, line)
				}
			} else if out != nil && answer.StatusCode < 300 {
				if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
					s.t.Fatal(err)
				}
			}
			return answer.StatusCode
		}
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return asker("http://agent", &http.Client{Transport: &http.Transport{DialContext: dial}}), asker(loopback.URL, loopback.Client()), charged
}

func at(path, device string) string { return strings.Replace(path, "{device}", device, 1) }

func TestEngineersSpeakToMachinesOverTheSocketOnly(t *testing.T) {
	socket, tcp, charged := open(t).counter()
	var report localapi.TerminalReport
	if code := socket(http.MethodGet, at(localapi.PathTerminal, "pt1"), nil, &report); code != http.StatusOK || report.Status != "paper is low" {
		t.Errorf("status: %d %+v", code, report)
	}
	if code := socket(http.MethodGet, at(localapi.PathTerminal, "pt4"), nil, &report); code != http.StatusOK || report.Status != "ready" {
		t.Errorf("status of one that is well: %d %+v", code, report)
	}
	if code := socket(http.MethodPost, at(localapi.PathTerminalRepeat, "pt1"), localapi.Command{ID: "1"}, &report); code != http.StatusOK || len(report.Lines) != 1 {
		t.Errorf("repeat: %d %+v", code, report)
	}
	pay := localapi.ChargeCommand{Command: localapi.Command{ID: "2"}, Amount: localapi.Money{Minor: 100, Currency: "EUR"}, Reason: "test"}
	var charge localapi.Charge
	if code := socket(http.MethodPost, at(localapi.PathTerminalPay, "pt1"), pay, &charge); code != http.StatusOK || charge.State != "waiting" {
		t.Errorf("pay: %d %+v", code, charge)
	}
	if code := socket(http.MethodGet, strings.Replace(localapi.PathCharge, "{settlement}", "s1", 1), nil, &charge); code != http.StatusOK || charge.State != "waiting" {
		t.Errorf("charge: %d %+v", code, charge)
	}
	for what, code := range map[string][2]int{
		"the same payment again":       {socket(http.MethodPost, at(localapi.PathTerminalPay, "pt1"), pay, nil), http.StatusOK},
		"an end of day it can not":     {socket(http.MethodPost, at(localapi.PathTerminalEndOfDay, "pt1"), localapi.Command{ID: "3"}, nil), http.StatusNotFound},
		"another terminal":             {socket(http.MethodGet, at(localapi.PathTerminal, "pt9"), nil, nil), http.StatusNotFound},
		"a printer that prints":        {socket(http.MethodPost, at(localapi.PathPrinterTest, "p2"), localapi.Command{ID: "4"}, nil), http.StatusOK},
		"a printer that does not":      {socket(http.MethodPost, at(localapi.PathPrinterTest, "p1"), localapi.Command{ID: "5"}, nil), http.StatusInternalServerError},
		"another printer":              {socket(http.MethodPost, at(localapi.PathPrinterTest, "p9"), localapi.Command{ID: "6"}, nil), http.StatusNotFound},
		"a payment over the network":   {tcp(http.MethodPost, at(localapi.PathTerminalPay, "pt1"), pay, nil), http.StatusForbidden},
		"a status over the network":    {tcp(http.MethodGet, at(localapi.PathTerminal, "pt1"), nil, nil), http.StatusForbidden},
		"a test page over the network": {tcp(http.MethodPost, at(localapi.PathPrinterTest, "p2"), localapi.Command{ID: "7"}, nil), http.StatusForbidden},
	} {
		if code[0] != code[1] {
			t.Errorf("%s: %d, want %d", what, code[0], code[1])
		}
	}
	if len(*charged) != 1 || (*charged)[0] != 100 {
		t.Errorf("charged %v", *charged)
	}
}

func TestTheEndOfTheDayIsToldStepByStep(t *testing.T) {
	socket, tcp, _ := open(t).counter()
	for device, want := range map[string][]string{
		"pt2": {`"progress":"please_wait","text":"Kassenabschluss"`, `"report":{"device":"pt2","lines":["SUMME"]}`},
		"pt3": {`"error":"The host can not be reached."`},
	} {
		var steps lines
		if code := socket(http.MethodPost, at(localapi.PathTerminalEndOfDay, device), localapi.Command{ID: "1"}, &steps); code != http.StatusOK || len(steps) != len(want) {
			t.Fatalf("%s: %d %s", device, code, steps)
		}
		for i := range want {
			if !strings.Contains(string(steps[i]), want[i]) {
				t.Errorf("%s: %s, want %s", device, steps[i], want[i])
			}
		}
	}
	if code := tcp(http.MethodPost, at(localapi.PathTerminalEndOfDay, "pt2"), localapi.Command{ID: "1"}, nil); code != http.StatusForbidden {
		t.Errorf("over the network: %d", code)
	}
}

func TestWhatEngineersAskIsInTheJournal(t *testing.T) {
	s := open(t)
	socket, _, _ := s.counter()
	socket(http.MethodGet, at(localapi.PathTerminal, "pt1"), nil, nil)
	socket(http.MethodPost, at(localapi.PathTerminalRepeat, "pt1"), localapi.Command{ID: "1"}, nil)
	socket(http.MethodPost, at(localapi.PathTerminalEndOfDay, "pt2"), localapi.Command{ID: "2"}, &lines{})
	socket(http.MethodPost, at(localapi.PathTerminalEndOfDay, "pt3"), localapi.Command{ID: "3"}, &lines{})
	socket(http.MethodPost, at(localapi.PathPrinterTest, "p2"), localapi.Command{ID: "4"}, nil)
	rows, err := s.db.Since(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		if r.Kind == showroom.KindMachineAsked {
			got = append(got, string(r.Body))
		}
	}
	want := []string{
		`{"device":"pt1","what":"status","status":"paper is low"}`,
		`{"device":"pt1","what":"repeat","lines":["KUNDENBELEG"]}`,
		`{"device":"pt2","what":"end_of_day","lines":["SUMME"]}`,
		`{"device":"pt3","what":"end_of_day","error":"The host can not be reached."}`,
		`{"device":"p2","what":"test_page"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A terminal remembers its last movement only, and that is the evidence.
func TestNoBooksAreClosedWhileAPaymentIsUnknown(t *testing.T) {
	s := open(t)
	socket, _, _ := s.counter()
	if err := s.db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutSettlement(showroom.Settlement{ID: "s9", Kind: showroom.Payment, Device: "pt2", State: showroom.SettlementUnsure, Started: tx.Now(), Changed: tx.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	if code := socket(http.MethodPost, at(localapi.PathTerminalEndOfDay, "pt2"), localapi.Command{ID: "1"}, nil); code != http.StatusConflict {
		t.Errorf("the books are closed: %d", code)
	}
	if code := socket(http.MethodPost, at(localapi.PathTerminalEndOfDay, "pt3"), localapi.Command{ID: "2"}, &lines{}); code != http.StatusOK {
		t.Errorf("those of another terminal are not: %d", code)
	}
}
