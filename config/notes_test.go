package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/config"
)

// What is allowed and probably not meant.
func TestNotes(t *testing.T) {
	cfg, err := config.Parse([]byte(`
store: {id: moda, name: Moda, company_prefixes: ["0614141"]}
rooms: [{id: "1", name: Oda 1, reader: usb, antennas: [1]}, {id: "2", name: Oda 2, reader: stable, antennas: [1]}]
zones: [{id: denim, name: Denim, gateways: [quiet, told]}]
readers:
  - {id: usb, kind: r200, port: /dev/ttyUSB0}
  - {id: stable, kind: r200, port: /dev/serial/by-id/usb-1a86}
  - {id: spare, kind: r200, port: /dev/serial/by-id/usb-1a87}
gateways:
  - {id: quiet, format: espresense, topic: espresense/devices/+/quiet}
  - {id: told, format: espresense, topic: espresense/devices/+/told, health: espresense/rooms/told/+}
  - {id: alone, format: omg, topic: home/alone/#}
scanners: [{id: wedge, port: /dev/input/event3}]
recording: {devices: [usb]}
`), "showroom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"readers[2]: no room, tray or zone names an antenna of spare, so nothing comes of what it reads",
		"readers[0].port: /dev/ttyUSB0 may be another device after a restart; a name below by-id or by-path stays",
		"scanners[0]: no kiosk names wedge, so nothing comes of what it reads",
		"scanners[0].port: /dev/input/event3 may be another device after a restart; a name below by-id or by-path stays",
		"gateways[2]: no zone names alone, so nothing comes of what it hears",
		"gateways[0].health: is missing, so a gateway that hears nobody counts as silent; write espresense/rooms/NAME/+",
		"recording.devices: readings of usb are recorded until it is removed here",
	}
	if diff := cmp.Diff(want, cfg.Notes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
