package httpd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/agent/customer"
	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/httpd"
	"showroom/agent/live"
	"showroom/agent/localapi"
	"showroom/agent/presence"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

const (
	tee = gs1.GTIN("00614141000012")
	big = gs1.GTIN("00614141000029")
)

// shop is an agent's API over a real store, served on loopback.
type shop struct {
	t     *testing.T
	db    *store.DB
	rooms *fitting.Rooms
	tags  *customer.Tags
	board *live.Board
	url   string

	client *http.Client
	socket string

	sessions *session.Sessions
}

func now() showroom.Moment {
	wall := time.Now()
	return showroom.Moment{Wall: wall.UTC(), Boot: "b", Mono: time.Duration(wall.UnixNano()), Quality: showroom.ClockNTP}
}

func open(t *testing.T) *shop {
	t.Helper()
	return openWith(t, store.Options{})
}

func openWith(t *testing.T, o store.Options) *shop {
	t.Helper()
	o.Dir, o.MachineID, o.Clock = t.TempDir(), "m", now
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, db: db, board: live.NewBoard()}
	newID := func() string { return "id" + time.Now().Format(".000000000") }
	s.rooms = fitting.New(db, fitting.Options{
		Rooms: []showroom.Room{{ID: "2", Name: "Kabin 2"}}, Clock: now, NewID: newID, Log: log,
		Visits: showroom.VisitPolicy{OpensAfter: time.Nanosecond, PauseEmpty: time.Hour, PauseIdle: time.Hour},
	})
	prefixes, err := gs1.NewPrefixes([]string{"0614141"})
	if err != nil {
		t.Fatal(err)
	}
	s.tags, err = customer.New(t.Context(), db, customer.Options{Prefixes: prefixes, Clock: now, NewID: newID, Zones: map[string]string{"shoes": "Ayakkabı"}})
	if err != nil {
		t.Fatal(err)
	}
	s.sessions = session.New(db, session.Options{
		Kiosks:    []session.Kiosk{{ID: "fr2", Mode: "fitting-room", Room: "2", Scanner: "s2"}, {ID: "door", Mode: "welcome", Scanner: "s1"}},
		Languages: []string{"tr", "en"}, Idle: time.Minute, Clock: now, Log: log,
	})
	server := httpd.New(db, s.rooms, s.sessions, s.board, httpd.Options{
		Store: "kadikoy", Name: "Kadıköy Çarşı", Version: "test", Started: time.Now(), Central: true, Tags: s.tags, Log: log,
		Devices: []httpd.Device{{ID: "r2", Kind: "r200", Rooms: []showroom.RoomID{"2"}}},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url, s.client, s.socket = "http://"+l.Addr().String(), http.DefaultClient, filepath.Join(t.TempDir(), "agent.sock")
	unix, err := net.Listen("unix", s.socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 2) // two results, taken in the cleanup
	for _, listener := range []net.Listener{l, unix} {
		go func() { served <- server.Serve(ctx, listener) }()
	}
	t.Cleanup(func() {
		cancel()
		for range cap(served) {
			if err := <-served; err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s.fill()
	return s
}

func (s *shop) fill() {
	s.update(func(tx *store.Tx) error {
		if err := tx.PutProduct(showroom.Product{ID: "tee", Name: showroom.Text{"tr": "Işıltılı İpek Gömlek", "en": "Silk Shirt"}}, 1); err != nil {
			return err
		}
		for i, g := range []gs1.GTIN{tee, big} {
			if err := tx.PutItem(showroom.Item{GTIN: g, Product: "tee", Size: []string{"S", "M"}[i], SizeOrder: i, Colour: showroom.Text{"tr": "Kırmızı", "en": "Red"}}, 1); err != nil {
				return err
			}
			if err := tx.PutStock(showroom.Stock{GTIN: g, Quantity: 2}, 1); err != nil {
				return err
			}
			price := showroom.Price{GTIN: g, Amount: showroom.Money{Minor: 129990, Currency: "TRY"}, VATBasisPoints: 1000}
			if err := tx.PutPrices(g, []showroom.Price{price}, 1); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *shop) update(do func(*store.Tx) error) {
	s.t.Helper()
	if err := s.db.Update(s.t.Context(), do); err != nil {
		s.t.Fatal(err)
	}
}

// hang carries a piece into room 2.
func (s *shop) hang(item gs1.GTIN, serial uint64) {
	s.t.Helper()
	sgtin, err := gs1.NewSGTIN96(item, 7, 1, serial)
	if err != nil {
		s.t.Fatal(err)
	}
	epc, err := sgtin.Encode()
	if err != nil {
		s.t.Fatal(err)
	}
	s.update(func(tx *store.Tx) error {
		return s.rooms.Apply(tx, []presence.Change{{Kind: presence.Arrived, EPC: epc, To: showroom.RoomPlace("2")}})
	})
}

func (s *shop) readerIs(state devices.State, reason string) {
	s.board.SetDevice(devices.Status{Device: "r2", State: state, Reason: reason, At: time.Now()})
}

// beside is the same shop as seen by who may use the agent's socket.
func (s *shop) beside() *shop {
	other := *s
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", s.socket)
	}}
	other.url, other.client = "http://agent", &http.Client{Transport: transport}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &other
}

// get reads a document; a refusal is answered as the problem it is.
func (s *shop) get(path string, into any) *localapi.Problem {
	s.t.Helper()
	r, err := s.client.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.read(r, into)
}

func (s *shop) post(path string, body, into any) *localapi.Problem {
	s.t.Helper()
	var sent bytes.Buffer
	if text, ok := body.(string); ok {
		sent.WriteString(text)
	} else if err := json.NewEncoder(&sent).Encode(body); err != nil {
		s.t.Fatal(err)
	}
	r, err := s.client.Post(s.url+path, "application/json", &sent)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.read(r, into)
}

func (s *shop) read(r *http.Response, into any) *localapi.Problem {
	s.t.Helper()
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if bytes.Contains(body, []byte(`"$schema"`)) {
		s.t.Errorf("body carries a $schema: %s", body)
	}
	if r.StatusCode >= 400 {
		p := &localapi.Problem{}
		if err := json.Unmarshal(body, p); err != nil || p.Code == "" || p.Status != r.StatusCode {
			s.t.Fatalf("%s is no problem document: %s", r.Status, body)
		}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/problem+json") {
			s.t.Errorf("a problem as %s", r.Header.Get("Content-Type"))
		}
		return p
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			s.t.Fatalf("%v in %s", err, body)
		}
	}
	return nil
}
