package agentclient_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"showroom/agent/localapi"
	"showroom/kiosk/agentclient"
	"showroom/kiosk/kiosktest"
)

// quick is the patience of tests.
func quick() agentclient.Options {
	return agentclient.Options{Attempt: 20 * time.Second, Idle: 20 * time.Second, MinDelay: time.Millisecond, MaxDelay: 5 * time.Millisecond}
}

func openShop(t *testing.T) *kiosktest.Shop {
	t.Helper()
	shop, err := kiosktest.OpenShop("../screen/testdata/pictures")
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL
}

func client(t *testing.T, address string, o agentclient.Options) *agentclient.Client {
	t.Helper()
	c, err := agentclient.New(address, "fr2", o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestItSpeaksOverAUnixSocketAndOverTCP(t *testing.T) {
	agent := kiosktest.NewAgent(openShop(t), kiosktest.Empty("tr"))
	path := filepath.Join(t.TempDir(), "agent.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: agent}}
	s.Start()
	t.Cleanup(s.Close)
	for _, address := range []string{"unix://" + path, serve(t, agent), serve(t, agent) + "/"} {
		k, err := client(t, address, quick()).Load(t.Context())
		if err != nil || k.Kiosk != "fr2" || k.Room.ID != "2" {
			t.Errorf("%s: %+v, %v", address, k, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "unix:agent.sock", "unix://host/agent.sock", "ftp://x", "http://", "localhost:80", "http://a b"} {
		if _, err := agentclient.New(bad, "fr2", quick()); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	if _, err := agentclient.New("http://127.0.0.1:1", "", quick()); err == nil {
		t.Error("a kiosk without an id was accepted")
	}
}

func TestKioskIDsAreOneSegment(t *testing.T) {
	var path string
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.EscapedPath()
		io.WriteString(w, "{}")
	}))
	c, err := agentclient.New(address, "../kabin 2", quick())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if path != "/v1/kiosks/..%2Fkabin%202" {
		t.Errorf("asked for %s", path)
	}
}

func TestACommandIsRepeatedUnderItsIDUntilItIsAnswered(t *testing.T) {
	shop := openShop(t)
	agent := kiosktest.NewAgent(shop, kiosktest.Visited("tr", kiosktest.Hang(shop.Polo("tr"), 2)))
	var tries atomic.Int32
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch tries.Add(1) {
		case 1: // the command is done, and the answer lost
			agent.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case 2: // something on the way
			http.Error(w, "bad gateway", http.StatusBadGateway)
		default:
			agent.ServeHTTP(w, r)
		}
	}))
	r, err := client(t, address, quick()).Request(t.Context(), localapi.RequestCommand{ID: "c1", GTIN: "00614141000244"})
	if err != nil || r.State != "requested" || r.Size != "L" {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := len(agent.State().Room.Requests); got != 1 {
		t.Errorf("%d requests were made", got)
	}
	if tries.Load() != 3 {
		t.Errorf("%d tries", tries.Load())
	}
}

func TestARefusalIsNotRepeated(t *testing.T) {
	agent := kiosktest.NewAgent(openShop(t), kiosktest.Visited("tr"))
	agent.Refuse("conflict")
	_, err := client(t, serve(t, agent), quick()).Call(t.Context(), "c1")
	problem, ok := errors.AsType[*localapi.Problem](err)
	if !ok || problem.Code != "conflict" || problem.Status != http.StatusConflict {
		t.Fatalf("%v", err)
	}
	if got := len(agent.Taps()); got != 1 {
		t.Errorf("%d tries", got)
	}
}

func TestACommandEndsWithItsContext(t *testing.T) {
	address := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client(t, address, quick()).Done(ctx, "c1", "v1"); err == nil {
		t.Error("there was an answer")
	}
}

func TestEveryCommandFindsItsPath(t *testing.T) {
	shop := openShop(t)
	agent := kiosktest.NewAgent(shop, kiosktest.Visited("tr", kiosktest.Hang(shop.Polo("tr"), 2)))
	c := client(t, serve(t, agent), quick())
	ctx := t.Context()
	r, err := c.Request(ctx, localapi.RequestCommand{ID: "1", GTIN: "00614141000244"})
	if err != nil {
		t.Fatal(err)
	}
	if r, err = c.Cancel(ctx, "2", r.ID); err != nil || r.State != "cancelled" {
		t.Fatalf("%+v, %v", r, err)
	}
	if k, err := c.Language(ctx, "3", "en"); err != nil || k.Language != "en" {
		t.Fatalf("%+v, %v", k, err)
	}
	if p, err := c.ToCheckout(ctx, "7"); err != nil || p != kiosktest.Listed() {
		t.Fatalf("%+v, %v", p, err)
	}
	if k, err := c.Call(ctx, "4"); err != nil || !k.Room.Called {
		t.Fatalf("%+v, %v", k, err)
	}
	if err := c.Touch(ctx); err != nil {
		t.Fatal(err)
	}
	if k, err := c.Forget(ctx, "5", "v1"); err != nil || k.Room.Visit != "" {
		t.Fatalf("%+v, %v", k, err)
	}
	if k, err := c.Done(ctx, "6", "v1"); err != nil || k.Room.Visit != "" {
		t.Fatalf("%+v, %v", k, err)
	}
	if got := strings.Join(agent.Taps(), " "); !strings.Contains(got, "/v1/kiosks/fr2/touch") {
		t.Errorf("taps %s", got)
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"not json":  func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") },
		"half":      func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"kiosk":"fr2"`) },
		"no answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		},
	} {
		if _, err := client(t, serve(t, h), quick()).Load(t.Context()); err == nil {
			t.Errorf("%s: was taken for a state", name)
		}
	}
}

func TestIDsAreUUIDsThatSortByTime(t *testing.T) {
	before := ""
	for range 100 {
		id, err := uuid.Parse(agentclient.NewID())
		if err != nil || id.Version() != 7 {
			t.Fatalf("%v, version %d, %v", id, id.Version(), err)
		}
		if id.String() <= before {
			t.Fatalf("%s came after %s", id, before)
		}
		before = id.String()
	}
}
