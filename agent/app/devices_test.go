package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/agent/app"
	"showroom/agent/localapi"
	"showroom/config"
)

// everything is a shop with a device of every kind, none of which is there.
func everything(t *testing.T) config.Config {
	t.Helper()
	cfg := shop(t)
	dir := cfg.StateDir
	mapping := filepath.Join(dir, "gate.json")
	if err := os.WriteFile(mapping, []byte(`{"epc": "tags[].epc"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Readers = nil
	for id, r := range map[string]config.Reader{
		"fr1":  {Kind: config.R200, Port: filepath.Join(dir, "r200")},
		"fr2":  {Kind: config.ThingMagic, Port: "usb:ffff:0001"},
		"fr3":  {Kind: config.R2000, Port: "tcp://127.0.0.1:1"},
		"fr4":  {Kind: config.LLRP, Port: "tcp://127.0.0.1:2"},
		"fr5":  {Kind: config.ZebraIOTC, Topic: "ziotc/fr5/#"},
		"fr6":  {Kind: config.Impinj, Topic: "impinj/fr6/#"},
		"gate": {Kind: config.Template, Topic: "gate/#", Template: mapping},
	} {
		d := config.DefaultReaderOf(r.Kind)
		d.ID, d.Port, d.Topic, d.Template = id, r.Port, r.Topic, r.Template
		cfg.Readers = append(cfg.Readers, d)
	}
	cfg.Trays = []config.Tray{{ID: "t1", Name: "Kasa 1", Reader: "fr2", Antennas: []int{1}}}
	cfg.Zones = []config.Zone{
		{ID: "denim", Name: "Denim", Gateways: []string{"omg", "minew"}},
		{ID: "door", Name: "Giriş", Reader: "fr3", Antennas: []int{1, 2}, Gateways: []string{"ruuvi"}},
	}
	for id, topic := range map[config.GatewayFormat]string{
		config.OMG: "home/omg/#", config.Theengs: "home/theengs/#", config.ESPresense: "espresense/devices/+/floor",
		config.Minew: "/gw/x/status", config.Ruuvi: "ruuvi/x/#",
	} {
		g := config.DefaultGateway()
		g.ID, g.Format, g.Topic = string(id), id, topic
		cfg.Gateways = append(cfg.Gateways, g)
	}
	for id, port := range map[string]string{"s1": filepath.Join(dir, "scanner"), "s2": "/dev/input/by-id/nobody-event-kbd"} {
		s := config.DefaultScanner()
		s.ID, s.Port = id, port
		cfg.Scanners = append(cfg.Scanners, s)
	}
	cfg.Scan.Prefixes = []config.ScanPrefix{{Text: "SR-C-", Kind: config.ScanCustomer}}
	cfg.Kiosks = append(cfg.Kiosks, config.Kiosk{ID: "sco1", Mode: config.Checkout, Tray: "t1", Scanner: "s1"})
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// Nobody waits for anybody: each is listed with its reason, and the agent answers and stops although none of them is there.
func TestEveryKindIsListedWithItsStateWhenNoneIsThere(t *testing.T) {
	cfg := everything(t)
	url, stop := start(t, cfg)
	var all localapi.Devices
	until(t, "every device has been tried", func() bool {
		all = localapi.Devices{}
		read(t, http.DefaultClient, url+localapi.PathDevices, &all)
		for _, d := range all.Devices {
			if d.Reason == "not connected yet" {
				return false
			}
		}
		return true
	})
	want := map[string][2]string{ // reason and place
		"fr1": {"not plugged in", "room/1"}, "fr2": {"not plugged in", "tray/t1"}, "fr3": {"not connected", "zone/door"},
		"fr4": {"not connected", ""}, "fr5": {"nothing heard yet", ""}, "fr6": {"nothing heard yet", ""}, "gate": {"nothing heard yet", ""},
		"omg": {"nothing heard yet", "zone/denim"}, "minew": {"nothing heard yet", "zone/denim"}, "ruuvi": {"nothing heard yet", "zone/door"},
		"theengs": {"nothing heard yet", ""}, "espresense": {"nothing heard yet", ""},
		"s1": {"not plugged in", "kiosk/sco1"}, "s2": {"not plugged in", ""},
	}
	if n := len(cfg.Readers) + len(cfg.Gateways) + len(cfg.Scanners); len(all.Devices) != n {
		t.Errorf("%d devices are listed, want %d", len(all.Devices), n)
	}
	for _, d := range all.Devices {
		if got := [2]string{d.Reason, d.Place}; got != want[d.ID] || d.State != "down" || d.Kind == "" {
			t.Errorf("%s, %q, is %s: %q, want %q", d.ID, d.Kind, d.State, got, want[d.ID])
		}
		if d.Advice == "" {
			t.Errorf("%s has no advice", d.ID)
		}
	}
	read(t, http.DefaultClient, url+"/readyz", nil)
	read(t, http.DefaultClient, url+"/staff", nil)
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline, again := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("not in time: %s", what)
		case <-again.C:
		}
	}
}

func TestAMappingThatIsNoneIsRefusedBeforeTheAgentRuns(t *testing.T) {
	cfg := everything(t)
	for i := range cfg.Readers {
		if r := &cfg.Readers[i]; r.Kind == config.Template {
			if err := os.WriteFile(r.Template, []byte(`{"epc": "a..b", "rssi_unit": "watt"}`), 0o600); err != nil {
				t.Fatal(err)
			}
			again := *r
			again.ID, again.Topic, again.Template = "gate2", "gate2/#", r.Template+"x"
			cfg.Readers = append(cfg.Readers, again)
			break
		}
	}
	faults := app.Check(cfg)
	for _, part := range []string{`epc: "a..b"`, `rssi_unit: "watt"`, "no such file", "].template: "} {
		if !strings.Contains(faults.Error(), part) {
			t.Errorf("Check says %v, without %s", faults, part)
		}
	}
	for _, f := range faults {
		if f.Path == "" || f.Problem == "" || f.Instead == "" {
			t.Errorf("%+v does not tell all", f)
		}
	}
	if faults := app.Check(everything(t)); len(faults) > 0 {
		t.Error(faults)
	}
}
