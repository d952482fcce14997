package central_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"showroom/sync/central"
	"showroom/sync/profileapi"
)

const (
	operatorToken = "operator-token"
	patience      = 2 * time.Minute // a deadline, not a measurement
)

// service is a central service of a test.
type service struct {
	t    testing.TB
	url  string
	stop func() // ends it and waits; may be called twice
}

func config(dir string) central.Config {
	return central.Config{
		Listen: "127.0.0.1:0", StateDir: dir, OperatorToken: operatorToken,
		Tokens: map[string]string{"agent-1": "token-1", "agent-2": "token-2"},
	}
}

// start serves from dir until the test ends or stop is called.
func start(t testing.TB, cfg central.Config) *service {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	addr, done := make(chan net.Addr, 1), make(chan error, 1)
	cfg.Listening = func(a net.Addr) { addr <- a }
	go func() { done <- central.Run(ctx, cfg) }()
	s := &service{t: t}
	select {
	case a := <-addr:
		s.url = "http://" + a.String()
	case err := <-done:
		t.Fatalf("the service ended: %v", err)
	}
	ended := false
	s.stop = func() {
		cancel()
		if !ended {
			ended = true
			if err := <-done; err != nil {
				t.Errorf("the service ended with %v", err)
			}
		}
	}
	t.Cleanup(s.stop)
	s.untilReady()
	return s
}

// untilReady waits until the service does more than listen: before that it refuses whatever it is given.
func (s *service) untilReady() {
	s.t.Helper()
	eventually(s.t, "the service is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		<-tick.C
	}
}

func (s *service) client(token string) *profileapi.Client {
	s.t.Helper()
	c, err := profileapi.NewClient(profileapi.Options{URL: s.url, Token: token})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// get reads a page as the operator.
func (s *service) get(path string) (status int, body string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.SetBasicAuth("anybody", operatorToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// ids lists a whole lane, a few events at a time.
func (s *service) ids(device, epoch, lane string) []string {
	s.t.Helper()
	var ids []string
	for after := int64(0); ; {
		page, err := s.client(operatorToken).Events(s.t.Context(), device, epoch, lane, after, 7)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, e := range page.Events {
			ids = append(ids, e.ID)
		}
		if after = page.Next; after == 0 {
			return ids
		}
	}
}

// event makes an event of a device's lane; the body says which it is.
func event(device, epoch string, seq int64) profileapi.Event {
	return profileapi.Event{
		ID: profileapi.EventID(epoch, "facts", seq), Source: profileapi.Source("s1", device), Type: profileapi.EventType("garment.arrived", 1),
		Subject: "visit/v1", Time: time.Unix(1_790_000_000+seq, 0).UTC(), Clock: "ntp", Data: fmt.Appendf(nil, `{"n":%d}`, seq),
	}
}

// batch makes a batch of the events from and to.
func batch(t testing.TB, device, epoch string, from, to int64) profileapi.Batch {
	t.Helper()
	var events []profileapi.Event
	for seq := from; seq <= to; seq++ {
		events = append(events, event(device, epoch, seq))
	}
	return pack(t, epoch, from, to, events)
}

func pack(t testing.TB, epoch string, from, to int64, events []profileapi.Event) profileapi.Batch {
	t.Helper()
	z, err := profileapi.NewBatchCompressor()
	if err != nil {
		t.Fatal(err)
	}
	return profileapi.Batch{Epoch: epoch, Lane: "facts", From: from, To: to, Body: z.Compress(nil, profileapi.AppendBatch(nil, events))}
}

// upTo are the ids of the events 1 to n.
func upTo(epoch string, n int64) []string {
	var ids []string
	for seq := int64(1); seq <= n; seq++ {
		ids = append(ids, profileapi.EventID(epoch, "facts", seq))
	}
	return ids
}

func wantIDs(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("stored are %d events, want %d\n got %v\nwant %v", len(got), len(want), got, want)
	}
}

func TestConfigIsRefused(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		change func(*central.Config)
		want   string
	}{
		"a network without a certificate": {func(c *central.Config) { c.Listen = ":8470" }, "needs a certificate"},
		"a network without an operator":   {func(c *central.Config) { c.Listen, c.OperatorToken = "0.0.0.0:1", "" }, "needs an operator token"},
		"a certificate without a key":     {func(c *central.Config) { c.TLSCert = "c.pem" }, "go together"},
		"two devices, one token":          {func(c *central.Config) { c.Tokens["agent-2"] = "token-1" }, "also that of"},
		"no folder":                       {func(c *central.Config) { c.StateDir = "" }, "no state folder"},
		"no port":                         {func(c *central.Config) { c.Listen = "127.0.0.1" }, "missing port"},
		"a cluster nobody can look into":  {func(c *central.Config) { c.Cluster.URL = "nats://127.0.0.1:1" }, "monitoring address"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(dir)
			c.change(&cfg)
			if err := central.Run(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Run: %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestOneProcessForOneFolder(t *testing.T) {
	cfg := config(t.TempDir())
	s := start(t, cfg)
	if err := central.Run(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "used by another process") {
		t.Errorf("a second service on the same folder: %v", err)
	}
	s.stop()
	start(t, cfg)
}

func TestTokens(t *testing.T) {
	var cfg central.Config
	for in, ok := range map[string]bool{"a=1": true, "operator=x=y": true, "b=": false, "=1": false, "c": false, "d e=1": false} {
		if err := cfg.ParseToken(in); (err == nil) != ok {
			t.Errorf("ParseToken(%q): %v", in, err)
		}
	}
	if cfg.Tokens["a"] != "1" || cfg.OperatorToken != "x=y" {
		t.Errorf("parsed %v and %q", cfg.Tokens, cfg.OperatorToken)
	}
	if err := cfg.ParseToken("a=2"); err == nil {
		t.Error("a device was given two tokens")
	}
}

func TestStrangersAreKeptOut(t *testing.T) {
	s := start(t, config(t.TempDir()))
	for _, c := range []struct{ method, path, auth, host string }{
		{"POST", "/v1/ingest", "Bearer wrong", ""}, {"POST", "/v1/ingest", "", ""}, {"POST", "/v1/ingest", "Bearer " + operatorToken, ""},
		{"GET", "/v1/changes", "Bearer ", ""}, {"GET", "/v1/snapshot/item", "", ""}, {"GET", "/v1/time", "", ""},
		{"POST", "/v1/import/catalogue", "Bearer token-1", ""}, {"PUT", "/v1/pictures/ab", "Bearer token-1", ""},
		{"GET", "/v1/pictures/ab", "", ""}, {"GET", "/v1/events", "Bearer token-1", ""}, {"GET", "/", "", ""}, {"GET", "/events", "", ""},
		{"GET", "/catalogue", "", ""}, {"GET", "/metrics", "", ""},
		{"GET", "/", "Bearer " + operatorToken, "evil.example:8470"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, s.url+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", c.auth)
		want := http.StatusUnauthorized
		if c.host != "" {
			req.Host, want = c.host, http.StatusForbidden
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want || resp.Header.Get("Content-Type") != profileapi.TypeProblem {
			t.Errorf("%s %s as %q of %q: %d %s", c.method, c.path, c.auth, c.host, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	}
}
