package httpd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"showroom/agent/capture"
	"showroom/agent/httpd"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
)

// engineer is a shell beside an agent: it speaks over the socket, or where overTCP says so over loopback.
type engineer struct {
	*shop
	tcp    string
	client *http.Client
}

func (s *shop) engineer() *engineer {
	s.t.Helper()
	log := slog.New(slog.DiscardHandler)
	captures := capture.New(s.db, s.board, capture.Options{Dir: s.t.TempDir(), Devices: []showroom.DeviceID{"r2"}, Clock: now, Log: log})
	server := httpd.New(s.db, s.rooms, s.sessions, s.board, httpd.Options{Captures: captures, Log: log})
	tcp := httptest.NewServer(server.Handler())
	s.t.Cleanup(tcp.Close)
	path := filepath.Join(s.t.TempDir(), "agent.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		s.t.Fatal(err)
	}
	unix := &httptest.Server{Listener: l, Config: &http.Server{Handler: server.Handler()}}
	unix.Start()
	s.t.Cleanup(unix.Close)
	s.t.Cleanup(func() { _ = captures.Stop(context.WithoutCancel(s.t.Context())) })
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &engineer{s, tcp.URL, &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

func (e *engineer) ask(path string, body any) (st localapi.CaptureStatus, code string) {
	e.t.Helper()
	return e.send(e.client, "http://agent"+path, body)
}

func (e *engineer) send(c *http.Client, url string, body any) (st localapi.CaptureStatus, code string) {
	e.t.Helper()
	var (
		r   *http.Response
		err error
	)
	if body == nil {
		r, err = c.Get(url)
	} else {
		raw, _ := json.Marshal(body)
		r, err = c.Post(url, "application/json", bytes.NewReader(raw))
	}
	if err != nil {
		e.t.Fatal(err)
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	if r.StatusCode >= 400 {
		var p localapi.Problem
		if err := json.Unmarshal(raw, &p); err != nil {
			e.t.Fatalf("%s: %v", raw, err)
		}
		return st, p.Code
	}
	if err := json.Unmarshal(raw, &st); err != nil {
		e.t.Fatalf("%s: %v", raw, err)
	}
	return st, ""
}

func TestAnEngineerCapturesOverTheSocket(t *testing.T) {
	s := open(t)
	e := s.engineer()
	screen := s.follow("")
	screen.next() // reset
	st, code := e.ask(localapi.PathCaptureStart, localapi.CaptureCommand{ID: "c1", Device: "r2", Seconds: 600, Reason: "no tags"})
	if code != "" || st.Running == nil || st.Running.Device != "r2" || st.Running.Until.Sub(st.Running.Since) != 10*time.Minute || len(st.Files) != 1 {
		t.Fatalf("started %+v, %s", st, code)
	}
	if k := s.kiosk(); k.Capture == nil || k.Capture.Clock == "" {
		t.Errorf("the kiosk shows %+v", k.Capture)
	}
	for e := screen.next(); e.name != localapi.EventLive; e = screen.next() {
		if e.name != localapi.EventChanged {
			t.Errorf("the screens are told %+v", e)
		}
	}
	if _, code := e.ask(localapi.PathCaptureStart, localapi.CaptureCommand{ID: "c2", Device: "r2", Seconds: 600, Reason: "again"}); code != "conflict" {
		t.Errorf("a second one: %q", code)
	}
	if st, code = e.ask(localapi.PathCaptureStop, localapi.Command{ID: "c3"}); code != "" || st.Running != nil {
		t.Errorf("stopped %+v, %s", st, code)
	}
	if k := s.kiosk(); k.Capture != nil {
		t.Errorf("afterwards the kiosk shows %+v", k.Capture)
	}
	if st, code = e.ask(localapi.PathCapture, nil); code != "" || len(st.Files) != 1 || st.Folder == "" {
		t.Errorf("status %+v, %s", st, code)
	}
	if st, code = e.ask(localapi.PathCaptureDelete, localapi.CaptureDelete{ID: "c4", Name: st.Files[0].Name}); code != "" || len(st.Files) != 0 {
		t.Errorf("deleted %+v, %s", st, code)
	}
	for _, c := range []localapi.CaptureCommand{{ID: "c5", Device: "r2", Seconds: 901, Reason: "x"}, {ID: "c7", Device: "r2", Seconds: 18446744134, Reason: "x"}, {ID: "c6", Device: "r2", Seconds: 60}, {Device: "r2", Seconds: 60, Reason: "x"}} {
		if _, code := e.ask(localapi.PathCaptureStart, c); code != "invalid" {
			t.Errorf("%+v: %q", c, code)
		}
	}
}

func TestNobodyCapturesOverTCP(t *testing.T) {
	s := open(t)
	e := s.engineer()
	for path, body := range map[string]any{
		localapi.PathCapture: nil, localapi.PathCaptureStop: localapi.Command{ID: "a"}, localapi.PathCaptureDelete: localapi.CaptureDelete{ID: "b"},
		localapi.PathCaptureStart: localapi.CaptureCommand{ID: "c", Device: "r2", Seconds: 60, Reason: "x"},
	} {
		if _, code := e.send(http.DefaultClient, e.tcp+path, body); code != "forbidden" {
			t.Errorf("%s over TCP: %q", path, code)
		}
	}
	if s.board.Capture().Runs() {
		t.Error("a capture runs")
	}
}
