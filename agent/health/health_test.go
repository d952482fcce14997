package health_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/agent/health"
	"showroom/agent/ingest"
	"showroom/agent/live"
	"showroom/agent/showroom"
	"showroom/agent/store"
	"showroom/devices"
)

type agent struct {
	db     *store.DB
	health *health.Health
	board  *live.Board
	stats  ingest.Stats
}

func open(t *testing.T) *agent {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), MachineID: "m", Clock: func() showroom.Moment {
		return showroom.Moment{Wall: time.Now(), Boot: "b"}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	a := &agent{db: db, board: live.NewBoard()}
	a.health = health.New(db, a.board, health.Options{
		Version: "1.2.3", Devices: []showroom.DeviceID{"fr1", "fr2"}, Central: true,
		Ingest: func() ingest.Stats { return a.stats }, Streams: func() int64 { return 3 },
		Broker: func() health.Broker { return health.Broker{Clients: 2, Denied: 7} },
		Tills:  func() health.Tills { return health.Tills{Taken: 9, Duplicates: 2, Twice: 1, Foreign: 4} },
		Log:    slog.New(slog.DiscardHandler),
	})
	return a
}

func (a *agent) ask(t *testing.T, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	a.health.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func TestMetricsSayWhatTheShopIsDoing(t *testing.T) {
	a := open(t)
	a.board.SetDevice(devices.Status{Device: "fr1", State: devices.Up, Frames: devices.Frames{Good: 41, Foreign: 5}})
	a.stats.Dropped, a.stats.Presence.Static = 9, 12
	a.board.SetDevice(devices.Status{Device: "fr2", State: devices.Down, LastData: time.Unix(1700000000, 0)})
	a.board.SetCrowd(live.Crowd{Gateway: "fr2", Minute: time.Now().Add(-70 * time.Second), Heard: 33})
	a.board.SetStrangers(make([]devices.Stranger, 4))
	if err := a.db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutRestock(showroom.Restock{Room: "2", Since: tx.Now(), Until: tx.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	code, body := a.ask(t, "/metrics")
	if code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	for _, want := range []string{
		`showroom_build_info{version="1.2.3"} 1`,
		`showroom_device_up{device="fr1"} 1`,
		`showroom_device_up{device="fr2"} 0`,
		`showroom_frames_total{device="fr1",result="good"} 41`,
		`showroom_frames_total{device="fr1",result="foreign"} 5`,
		`showroom_reads_dropped_total 9`,
		`showroom_tags_static 12`,
		`showroom_device_last_data_timestamp_seconds{device="fr2"} 1.7e+09`,
		`showroom_gateway_crowd{device="fr2"} 33`,
		`showroom_strangers 4`,
		`showroom_rooms_restocked 1`,
		`showroom_outbox_events{lane="facts"} 0`,
		`showroom_central_connected 0`,
		`showroom_streams 3`,
		`showroom_broker_denied_total 7`,
		`showroom_till_events_total{result="duplicate"} 2`,
		`showroom_till_foreign_currency_total 4`,
		`showroom_till_numbers_twice_total 1`,
		`process_resident_memory_bytes`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestOfflineIsReadyAndAStoreThatRefusesIsNot(t *testing.T) {
	a := open(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, body := a.ask(t, path); code != 200 {
			t.Errorf("%s without a central service: %d %s", path, code, body)
		}
	}
	a.stats.Failing, a.stats.Failure = time.Now(), "disk is full"
	if code, body := a.ask(t, "/readyz"); code != 503 || !strings.Contains(body, "disk is full") {
		t.Errorf("ready although nothing can be saved: %d %s", code, body)
	}
	if code, _ := a.ask(t, "/healthz"); code != 200 {
		t.Errorf("a full disk is no reason to restart: %d", code)
	}
}

func TestTheServiceManagerHearsThatTheAgentLives(t *testing.T) {
	a := open(t)
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "30000")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1) // one result, taken below
	go func() { ended <- a.health.Run(ctx) }()
	heard := func(want string) {
		t.Helper()
		buf := make([]byte, 1024)
		for {
			n, err := l.Read(buf)
			if err != nil {
				t.Fatalf("never heard %q: %v", want, err)
			}
			if strings.Contains(string(buf[:n]), want) {
				return
			}
		}
	}
	heard("READY=1")
	heard("WATCHDOG=1\nSTATUS=0 of 2 devices up; central service not reached")
	heard("WATCHDOG=1")
	cancel()
	heard("STOPPING=1")
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
