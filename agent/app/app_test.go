package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"showroom/agent/app"
	"showroom/agent/localapi"
	"showroom/agent/store"
	"showroom/config"
)

// patience is after how long nobody waits any more; a slow machine that other tests keep busy gets its time.
const patience = time.Minute

// shop is a configuration with one reader that is not plugged in, all in one folder, on ports nobody uses.
func shop(t *testing.T) config.Config {
	t.Helper()
	dir, err := os.MkdirTemp("", "app") // a unix socket's path must be short, and t.TempDir is not
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cfg := config.Default()
	cfg.Store.ID, cfg.Store.Name, cfg.Store.CompanyPrefixes = "s1", "Şişli", []string{"0614141"}
	cfg.StateDir = dir
	cfg.LocalAPI.Listen, cfg.Broker.Listen = "127.0.0.1:0", "127.0.0.1:0"
	reader := config.DefaultReader()
	reader.ID, reader.Kind, reader.Port = "fr1", config.R200, filepath.Join(dir, "not-there")
	cfg.Readers = []config.Reader{reader}
	cfg.Rooms = []config.Room{{ID: "1", Name: "Kabin 1", Reader: "fr1", Antennas: []int{1}}}
	cfg.Kiosks = []config.Kiosk{{ID: "k1", Mode: config.FittingRoom, Room: "1"}}
	return cfg
}

// start runs an agent and answers its address and what ends it.
func start(t *testing.T, cfg config.Config) (url string, stop func() error) {
	t.Helper()
	return startLogged(t, cfg, slog.DiscardHandler)
}

func startLogged(t *testing.T, cfg config.Config, log slog.Handler) (url string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	listening := make(chan net.Addr, 1) // one address
	ended := make(chan error, 1)        // one result
	go func() {
		ended <- app.Run(ctx, cfg, app.Options{Version: "test", Log: slog.New(log), Listening: func(a net.Addr) { listening <- a }})
	}()
	t.Cleanup(cancel)
	select {
	case a := <-listening:
		return "http://" + a.String(), func() error {
			cancel()
			select {
			case err := <-ended:
				return err
			case <-time.After(patience):
				return errors.New("does not stop")
			}
		}
	case err := <-ended:
		t.Fatalf("the agent did not start: %v", err)
	case <-time.After(patience):
		t.Fatal("the agent did not start")
	}
	return "", nil
}

func read(t *testing.T, client *http.Client, url string, into any) {
	t.Helper()
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", url, r.Status, body)
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
	}
}

func TestAShopWithoutItsReaderSaysSoAndStops(t *testing.T) {
	cfg := shop(t)
	url, stop := start(t, cfg)
	deadline := time.Now().Add(patience)
	for {
		var d localapi.Devices
		read(t, http.DefaultClient, url+localapi.PathDevices, &d)
		if len(d.Devices) == 1 && d.Devices[0].Reason == "not plugged in" && d.Devices[0].Advice != "" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("devices: %+v", d.Devices)
		}
	}
	read(t, http.DefaultClient, url+"/readyz", nil)
	read(t, http.DefaultClient, url+"/staff", nil)
	socket := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", cfg.SocketPath())
	}}}
	var k localapi.KioskState
	read(t, socket, "http://agent/v1/kiosks/k1", &k)
	if k.Room == nil || !k.Room.Reader.Faulty() || k.Offline {
		t.Errorf("the kiosk shows %+v", k)
	}
	socket.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestASecondAgentIsRefused(t *testing.T) {
	cfg := shop(t)
	_, stop := start(t, cfg)
	err := app.Run(t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second agent over the same folder: %v", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	url, stop := start(t, cfg)
	read(t, http.DefaultClient, url+"/readyz", nil)
	if err := stop(); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func TestATakenPortIsSaidClearly(t *testing.T) {
	cfg := shop(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg.LocalAPI.Listen = l.Addr().String()
	if err := app.Run(t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("two programs on one port")
	}
	cfg = shop(t)
	cfg.Broker.Listen = l.Addr().String()
	_, stop := start(t, cfg) // nothing here speaks MQTT: the port is somebody else's business
	if err := stop(); err != nil {
		t.Error(err)
	}
	cfg = shop(t)
	cfg.Broker.Listen = l.Addr().String()
	zebra := config.DefaultReader()
	zebra.ID, zebra.Kind, zebra.Topic = "fr2", config.ZebraIOTC, "ziotc/fr2/#"
	cfg.Readers = append(cfg.Readers, zebra)
	if err := app.Run(t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("two brokers on one port")
	}
}

func TestManyMissingReadersAreAllTold(t *testing.T) {
	cfg := shop(t)
	for i := range 8 {
		reader := cfg.Readers[0]
		reader.ID = fmt.Sprint("more", i)
		cfg.Readers = append(cfg.Readers, reader)
	}
	url, stop := start(t, cfg)
	deadline := time.Now().Add(patience)
	for missing := 0; missing < len(cfg.Readers); {
		if missing = 0; time.Now().After(deadline) {
			t.Fatal("not every reader is said to be missing")
		}
		var d localapi.Devices
		read(t, http.DefaultClient, url+localapi.PathDevices, &d)
		for _, r := range d.Devices {
			if r.Reason == "not plugged in" {
				missing++
			}
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// A socket that has broken can only be had anew by a new process.
func TestAnAgentThatCanNotBeReachedEnds(t *testing.T) {
	listening := make(chan net.Addr, 1) // one address
	ended := make(chan error, 1)        // one result
	go func() {
		ended <- app.Run(t.Context(), shop(t), app.Options{Log: slog.New(slog.DiscardHandler), Listening: func(a net.Addr) { listening <- a }})
	}()
	deadline := time.After(patience)
	select {
	case a := <-listening:
		breakListener(t, a.(*net.TCPAddr).Port)
	case <-deadline:
		t.Fatal("the agent did not start")
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the agent ended and does not say why")
		}
	case <-deadline:
		t.Error("the agent goes on where nobody can reach it")
	}
}

// breakListener makes accept fail on the socket of this process that listens on the port.
func breakListener(t *testing.T, port int) {
	t.Helper()
	for fd := 3; fd < 1024; fd++ {
		name, err := syscall.Getsockname(fd)
		if err != nil {
			continue
		}
		listens, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN)
		if in4, ok := name.(*syscall.SockaddrInet4); ok && in4.Port == port && err == nil && listens == 1 {
			if err := syscall.Shutdown(fd, syscall.SHUT_RDWR); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("nothing listens there")
}
