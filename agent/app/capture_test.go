package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/config"
	"showroom/devices/link"
)

// overSocket is a client of the agent's own socket.
func overSocket(cfg config.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", cfg.SocketPath())
	}}}
}

// isUp waits until a device works.
func isUp(t *testing.T, url, device string) {
	t.Helper()
	until(t, device+" is up", func() bool {
		var all localapi.Devices
		read(t, http.DefaultClient, url+localapi.PathDevices, &all)
		return slices.ContainsFunc(all.Devices, func(d localapi.Device) bool { return d.ID == device && d.State == "up" })
	})
}

// A capture takes what one device says in front of the filter, every kiosk says so, and the next agent does not go on with it.
func TestACaptureEndsWithTheAgent(t *testing.T) {
	cfg := shop(t)
	s := config.DefaultScanner()
	s.ID, s.Port = "s1", filepath.Join(cfg.StateDir, "s1")
	cfg.Scanners = []config.Scanner{s}
	cfg.Scan.Prefixes = []config.ScanPrefix{{Text: "SR-C-", Kind: config.ScanCustomer}}
	cfg.Kiosks[0].Scanner = "s1"
	line, _ := plug(t, s.Port)
	url, stop := start(t, cfg)
	kiosk := func() (k localapi.KioskState) {
		read(t, http.DefaultClient, url+"/v1/kiosks/k1", &k)
		return k
	}
	says := func(text string) {
		t.Helper()
		before := ""
		if k := kiosk(); k.Scan != nil {
			before = k.Scan.ID
		}
		if _, err := line.WriteString(text); err != nil {
			t.Fatal(err)
		}
		until(t, "the kiosk shows "+text, func() bool { k := kiosk(); return k.Scan != nil && k.Scan.ID != before })
	}
	isUp(t, url, "s1") // what is said before goes through a terminal that nobody has set up
	says("SR-C-before\r")
	tell(t, overSocket(cfg), "http://agent"+localapi.PathCaptureStart, localapi.CaptureCommand{ID: "c1", Device: "s1", Seconds: 600, Reason: "wrong codes"}, nil)
	if k := kiosk(); k.Capture == nil || k.Capture.Device != "s1" || k.Capture.Until.Sub(k.Capture.Since) != 10*time.Minute {
		t.Errorf("the kiosk says %+v", k.Capture)
	}
	says("SR-C-while\r")
	if err := stop(); err != nil {
		t.Error(err)
	}
	files, err := filepath.Glob(filepath.Join(cfg.StateDir, "captures", "s1-*.jsonl"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %q, %v", files, err)
	}
	tape, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer tape.Close()
	if said, err := io.ReadAll(link.Replay(tape)); err != nil || string(said) != "SR-C-while\r" {
		t.Errorf("the capture holds %q, %v", said, err)
	}
	url, stop = start(t, cfg)
	if k := kiosk(); k.Capture != nil {
		t.Errorf("after a restart the kiosk says %+v", k.Capture)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
