package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"

	"showroom/agent/localapi"
	"showroom/config"
	"showroom/devices/recording"
)

// plug puts a terminal where a configuration looks for a port, and answers what pulls it.
func plug(t *testing.T, path string) (line *os.File, pull func()) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(slave.Name(), path); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close()
	pull = func() {
		_ = os.Remove(path)
		_ = master.Close()
	}
	t.Cleanup(pull)
	return master, pull
}

// A scanner beside a fitting room: what it reads stands on that kiosk, and a pulled cable concerns nobody else.
func TestAScannerIsHeardPulledAndHeardAgain(t *testing.T) {
	cfg := shop(t)
	s := config.DefaultScanner()
	s.ID, s.Port = "s1", filepath.Join(cfg.StateDir, "s1")
	cfg.Scanners = []config.Scanner{s}
	cfg.Scan.Prefixes = []config.ScanPrefix{{Text: "SR-C-", Kind: config.ScanCustomer}, {Text: "SR-O-", Kind: config.ScanOrder}}
	cfg.Scan.ElementStrings = true
	cfg.Kiosks[0].Scanner = "s1"
	cfg.Recording.Devices = []string{"s1"}
	url, stop := start(t, cfg)
	device := func(id string) localapi.Device {
		var all localapi.Devices
		read(t, http.DefaultClient, url+localapi.PathDevices, &all)
		for _, d := range all.Devices {
			if d.ID == id {
				return d
			}
		}
		t.Fatalf("there is no device %s", id)
		return localapi.Device{}
	}
	scanned := func(kind string) func() bool {
		return func() bool {
			var k localapi.KioskState
			read(t, http.DefaultClient, url+"/v1/kiosks/k1", &k)
			return k.Scan != nil && k.Scan.Kind == kind
		}
	}
	until(t, "the scanner is missed", func() bool { return device("s1").Reason == "not plugged in" })
	for _, code := range []struct{ text, kind string }{{"SR-C-4711\r", "customer"}, {"SR-O-77\r\n", "order"}, {"010950600013435221A1\r", localapi.ScanUnknown}} {
		line, pull := plug(t, s.Port)
		until(t, "the scanner is up", func() bool { return device("s1").State == "up" })
		if _, err := line.WriteString(code.text); err != nil {
			t.Fatal(err)
		}
		until(t, "the kiosk shows "+code.kind, scanned(code.kind))
		pull()
		until(t, "the scanner is missed", func() bool { return device("s1").State == "down" && device("s1").Reason == "not plugged in" })
	}
	if d := device("fr1"); d.Reason != "not plugged in" || d.Reconnects != 0 {
		t.Errorf("another device is %+v", d)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	kept, err := os.ReadFile(filepath.Join(cfg.StateDir, "recordings", recording.File))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"kind":"customer"`, `"kind":"order"`, `"state":"up"`, `"reason":"port lost"`} {
		if !strings.Contains(string(kept), part) {
			t.Errorf("the recording does not hold %s:\n%s", part, kept)
		}
	}
	if strings.Contains(string(kept), "4711") || strings.Contains(string(kept), "fr1") {
		t.Errorf("the recording holds what it should not:\n%s", kept)
	}
}
