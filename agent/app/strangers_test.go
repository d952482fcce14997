package app_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/config"
	"showroom/devices/mqttlink"
)

// The phone of somebody who never asked to be known, and a garment of another shop's.
const (
	phone   = "AABBCCDDEEFF"
	foreign = "3034F4E4E4E24FC0FFEEBEEF"
)

// saidOf is what gateways and readers say of the two: at topics we listen to and at others, well formed and cut off.
func saidOf(at time.Time) map[string][]string {
	colons := "AA:BB:CC:DD:EE:FF"
	omg, adv := `{"id":"`+colons+`","mac_type":1,"rssi":-60}`, "0201061AFF4C000215AABBCCDDEEFF24BE4663B15230D46B0E9CC9000D002AC0"
	read := `{"type":"SIMPLE","timestamp":"` + at.UTC().Format(time.RFC3339Nano) + `","data":{"eventNum":1,"format":"epc","idHex":"` + foreign + `","antenna":1,"peakRssi":-40}}`
	return map[string][]string{
		"home/omg/BTtoMQTT/" + phone:                     {omg, omg[:30], `["` + colons + `"]`},
		"home/theengs/BTtoMQTT/" + phone:                 {omg, omg[:30]},
		"home/theengs/" + phone + "/state":               {`"` + colons + `"`},
		"espresense/devices/" + phone + "/espresense":    {`{"id":"` + phone + `","mac":"` + strings.ToLower(phone) + `","rssi":-60}`, `{"id":"` + phone},
		"espresense/rooms/espresense/" + phone:           {colons},
		"home/minew/" + phone:                            {`[{"timestamp":"` + at.UTC().Format(time.RFC3339) + `","mac":"` + phone + `","rssi":-60,"rawData":"` + adv + `"}]`, `[{"mac":"` + phone},
		"home/ruuvi/" + colons:                           {`{"gw_mac":"11:11:11:11:11:11","rssi":-60,"aoa":[],"gwts":"` + fmt.Sprint(at.Unix()) + `","ts":"` + fmt.Sprint(at.Unix()) + `","data":"` + adv + `","coords":""}`, "{"},
		"home/nobodys/BTtoMQTT/" + phone:                 {omg},
		"theengs/" + phone:                               {omg},
		"ruuvi/11:11:11:11:11:11/" + colons:              {"{}"},
		phone:                                            {omg},
		"espresense/devices/irk:" + phone + "77/nowhere": {"{}"},
		"ziotc/z1/tags":                                  {read, read[:len(read)-40], foreign},
		"ziotc/nobodys/" + foreign:                       {read},
	}
}

// TestStrangersAreToldNowhere: not in the log at its most talkative, in no file, on no page.
func TestStrangersAreToldNowhere(t *testing.T) {
	cfg, _ := allGateways(t)
	z := config.DefaultReader()
	z.ID, z.Kind, z.Topic = "z1", config.ZebraIOTC, "ziotc/z1/#"
	cfg.Readers = append(cfg.Readers, z)
	for _, d := range cfg.Gateways {
		cfg.Recording.Devices = append(cfg.Recording.Devices, d.ID)
	}
	cfg.Recording.Devices = append(cfg.Recording.Devices, z.ID)
	log, err := os.Create(filepath.Join(cfg.StateDir, "agent.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	url, stop := startLogged(t, cfg, slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: "mqtt://" + cfg.Broker.Listen, ClientID: "everybody"})
	if err != nil {
		t.Fatal(err)
	}
	heard := func() (all localapi.Devices, foreign, bad uint64) {
		read(t, http.DefaultClient, url+localapi.PathDevices, &all)
		for _, d := range all.Devices {
			foreign, bad = foreign+d.Foreign, bad+d.Bad
		}
		return all, foreign, bad
	}
	until(t, "all of it is heard", func() bool {
		for topic, payloads := range saidOf(time.Now()) {
			for _, p := range payloads {
				if err := client.Publish(t.Context(), topic, 1, true, []byte(p)); err != nil {
					t.Fatal(err)
				}
			}
		}
		breaksTheRules(t, cfg.Broker.Listen)
		all, foreign, bad := heard()
		return foreign > 20 && bad > 20 && len(all.NotOurs) > 4
	})
	pages := t.TempDir()
	for i, path := range []string{localapi.PathDevices, localapi.PathTags, localapi.PathRooms, localapi.PathQueue, "/v1/kiosks/k1", "/metrics", "/healthz", "/readyz", "/staff"} {
		if err := os.WriteFile(filepath.Join(pages, fmt.Sprint(i)), get(t, url+path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	for _, dir := range []string{cfg.StateDir, pages} {
		holdsNowhere(t, dir, phone, strings.ToLower(phone), "AA:BB:CC", "aa:bb:cc", "\xaa\xbb\xcc\xdd\xee",
			"C0FFEE", "c0ffee", "\xc0\xff\xee\xbe\xef")
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// breaksTheRules publishes in a way that makes the broker complain: with quality 1 and no packet id.
func breaksTheRules(t *testing.T, address string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	topic := "home/omg/BTtoMQTT/" + phone
	publish := append([]byte{0x32, byte(2 + len(topic) + 2 + len(phone)), 0, byte(len(topic))}, topic+"\x00\x00"+phone...)
	if _, err := conn.Write(append([]byte("\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x"), publish...)); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, conn) // until it is hung up on
}
