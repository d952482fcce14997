package config_test

import (
	"errors"
	"strings"
	"testing"

	"showroom/config"
)

const (
	module = "readers: [{id: m, kind: thingmagic, port: /dev/m}]\n"
	ble    = "gateways: [{id: g, format: omg, topic: home/g/#}]\n"
	hand   = "scanners: [{id: s, port: /dev/s}]\n"
)

// TestDeviceFaults has one row for each thing that can be wrong with devices and the places they hear: the text after the shop's own
// lines, and the one fault it must give.
func TestDeviceFaults(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"port of an MQTT reader", "readers: [{id: a, kind: impinj, topic: a, port: /dev/x}]", `readers[0].port: is for readers on a line or with an address of their own; one of kind impinj has a topic; remove it`},
		{"baud over the network", "readers: [{id: a, kind: llrp, port: 'tcp://h', baud: 9600}]", `readers[0].baud: is for readers on a serial line`},
		{"region of an MQTT reader", "readers: [{id: a, kind: zebra-iotc, topic: a, region: EU}]", `readers[0].region: is set at the reader itself where its kind is zebra-iotc`},
		{"power of an MQTT reader", "readers: [{id: a, kind: template, topic: a, template: /t, power: 20dBm}]", `readers[0].power: is set at the reader itself where its kind is template`},
		{"template of another kind", "readers: [{id: a, kind: impinj, topic: a, template: /t}]", `readers[0].template: is for readers of kind template`},
		{"heartbeat nobody gives", "readers: [{id: a, kind: impinj, topic: a, heartbeat: 1s}]", `readers[0].heartbeat: is nothing that readers of kind impinj give or are asked for`},
		{"no template", "readers: [{id: a, kind: template, topic: a}]", `readers[0].template: is missing`},
		{"relative template", "readers: [{id: a, kind: template, topic: a, template: t.json}]", `readers[0].template: "t.json" depends on the folder`},
		{"LLRP over a cable", "readers: [{id: a, kind: llrp, port: /dev/x}]", `readers[0].port: "/dev/x" is not an address, and LLRP goes over the network; write it like tcp://192.0.2.10`},
		{"LLRP without address", "readers: [{id: a, kind: llrp}]", `readers[0].port: is missing`},
		{"LLRP with a bad port", "readers: [{id: a, kind: llrp, port: 'tcp://h:0'}]", `readers[0].port: "tcp://h:0" is not an address`},
		{"one LLRP reader twice", "readers: [{id: a, kind: llrp, port: 'tcp://Upstairs'}, {id: b, kind: llrp, port: 'tcp://upstairs:5084'}]", `readers[1].port: "tcp://upstairs:5084" is already that of readers[0]`},
		{"one stick twice", "readers: [{id: a, kind: r2000, port: 'usb:1A86:7523'}, {id: b, kind: r200, port: 'usb:1a86:7523'}]", `readers[1].port: "usb:1a86:7523" is already that of readers[0]`},
		{"odd USB name", "readers: [{id: a, kind: r200, port: 'usb:1a86'}]", `readers[0].port: "usb:1a86" does not name a USB device; write it like usb:1a86:7523`},
		{"silence without end", "readers: [{id: a, kind: r2000, port: /dev/x, silent_after: 48h}]", `readers[0].silent_after: 48h is not between 200ms and 24h; write 4s`},

		{"fifth antenna", module + "rooms: [{id: 1, name: Oda, reader: m, antennas: [1, 2, 3, 4, 5]}]", `rooms[0].antennas[4]: 5 is not between 1 and 4, the antennas of a reader of kind thingmagic`},
		{"antenna 0", module + "rooms: [{id: 1, name: Oda, reader: m, antennas: [1, 0]}]", `rooms[0].antennas[1]: is missing; antennas are numbered from 1`},
		{"a gap", module + "rooms: [{id: 1, name: Oda, reader: m, antennas: [1]}]\ntrays: [{id: t, name: Kasa, reader: m, antennas: [3]}]", `readers[0]: uses antenna 3 and not 2`},
		{"correction of nothing", "readers: [{id: m, kind: r2000, port: /dev/m, antennas: [{number: 2}]}]", `readers[0].antennas[0].number: antenna 2 of "m" hears no room, tray or zone`},
		{"correction twice", "readers: [{id: m, kind: r2000, port: /dev/m, antennas: [{number: 1}, {number: 1}]}]\nrooms: [{id: 1, name: Oda, reader: m, antennas: [1]}]", `readers[0].antennas[1].number: antenna 1 already stands in readers[0].antennas[0]`},
		{"floor above zero", "readers: [{id: m, kind: r2000, port: /dev/m, antennas: [{number: 1, floor: 62dBm}]}]\nrooms: [{id: 1, name: Oda, reader: m, antennas: [1]}]", `readers[0].antennas[0].floor: 62dBm is not between -100dBm and -10dBm`},
		{"gain of an amplifier", "readers: [{id: m, kind: r2000, port: /dev/m, antennas: [{number: 1, gain: 60dB}]}]\nrooms: [{id: 1, name: Oda, reader: m, antennas: [1]}]", `readers[0].antennas[0].gain: 60dB is not between -30dB and 30dB`},

		{"antenna of room and tray", module + "rooms: [{id: 1, name: Oda, reader: m, antennas: [1]}]\ntrays: [{id: t, name: Kasa, reader: m, antennas: [1]}]", `trays[0].antennas[0]: antenna 1 of "m" already hears rooms[0]`},
		{"antenna of tray and zone", module + "trays: [{id: t, name: Kasa, reader: m, antennas: [1]}]\nzones: [{id: z, name: Giriş, reader: m, antennas: [1]}]", `zones[0].antennas[0]: antenna 1 of "m" already hears trays[0]`},
		{"tray without reader", "trays: [{id: t, name: Kasa, antennas: [1]}]", `trays[0].reader: is missing`},
		{"tray without name", module + "trays: [{id: t, reader: m, antennas: [1]}]", `trays[0].name: is missing`},
		{"zone that hears nothing", "zones: [{id: z, name: Denim}]", `zones[0].gateways: is missing, and so is a reader`},
		{"zone of an unknown gateway", ble + "zones: [{id: z, name: Denim, gateways: [h]}]", `zones[0].gateways[0]: there is no gateway "h"; write one of g or add it to gateways`},
		{"gateway of two zones", ble + "zones: [{id: y, name: Denim, gateways: [g]}, {id: z, name: Triko, gateways: [g]}]", `zones[1].gateways[0]: "g" already hears zones[0]`},
		{"zone with antennas of nobody", ble + "zones: [{id: z, name: Denim, gateways: [g], antennas: [1]}]", `zones[0].reader: is missing`},

		{"gateway without format", "gateways: [{id: g, topic: home/g/#}]", `gateways[0].format: is missing; write one of omg, theengs, espresense, minew, ruuvi`},
		{"gateway without topic", "gateways: [{id: g, format: minew}]", `gateways[0].topic: is missing; write the filter the gateway publishes under, such as /gw/`},
		{"gateway with a bad health topic", "gateways: [{id: g, format: omg, topic: home/g/#, health: 'a#'}]", `gateways[0].health: "a#" is not an MQTT filter`},
		{"health within the topic", "gateways: [{id: g, format: omg, topic: home/g/#, health: home/g/LWT}]", `gateways[0].health: "home/g/LWT" also takes messages of gateways[0]`},
		{"gateway under a reader's topic", "readers: [{id: r, kind: zebra-iotc, topic: home/#}]\n" + ble, `gateways[0].topic: "home/g/#" also takes messages of readers[0]`},
		{"topic of two gateways", "gateways: [{id: g, format: omg, topic: home/g/#}, {id: h, format: omg, topic: home/g/#}]", `gateways[1].topic: "home/g/#" is already that of gateways[0]`},
		{"a gateway by a reader's name", "readers: [{id: g, kind: r200, port: /dev/x}]\n" + ble, `gateways[0].id: "g" is already the id of readers[0], and both would be one device on every screen`},
		{"gateways without broker", "broker: {embedded: false}\n" + ble, `broker.url: is missing, and gateways speak MQTT`},

		{"scanner without port", "scanners: [{id: s}]", `scanners[0].port: is missing; write /dev/serial/by-id/... or /dev/input/by-id/...-event-kbd`},
		{"scanner on a reader's port", module + "scanners: [{id: s, port: /dev/m}]", `scanners[0].port: "/dev/m" is already that of readers[0]`},
		{"odd rate of a scanner", "scanners: [{id: s, port: /dev/s, baud: 9601}]", `scanners[0].baud: 9601 is no rate scanners use`},
		{"gap too short", "scanners: [{id: s, port: /dev/s, gap: 1ms}]", `scanners[0].gap: 1ms is not between 20ms and 2s; write 100ms`},
		{"never the same code again", "scanners: [{id: s, port: /dev/s, repeat: 2h}]", `scanners[0].repeat: 2h is not between 100ms and 1m; write 1.5s`},
		{"scanner of two kiosks", hand + "kiosks: [{id: j, mode: welcome, scanner: s}, {id: k, mode: checkout, scanner: s}]", `kiosks[1].scanner: "s" already stands beside kiosks[0]`},
		{"scanner of nobody", "kiosks: [{id: k, mode: welcome, scanner: s}]", `kiosks[0].scanner: there is no scanner "s"; add it to scanners`},
		{"tray of nobody", "kiosks: [{id: k, mode: checkout, tray: t}]", `kiosks[0].tray: there is no tray "t"; add it to trays`},
		{"tray at the door", "kiosks: [{id: k, mode: welcome, tray: t}]", `kiosks[0].tray: is for checkout kiosks; this one is "welcome"`},

		{"prefix of everything", "scan: {prefixes: [{text: '', kind: item}]}", `scan.prefixes[0].text: is missing; write how the code begins`},
		{"prefix twice", "scan: {prefixes: [{text: C-, kind: customer}, {text: C-, kind: order}]}", `scan.prefixes[1].text: "C-" already stands in scan.prefixes[0]`},
		{"prefix of no kind", "scan: {prefixes: [{text: C-, kind: person}]}", `scan.prefixes[0].kind: "person" is not known; write one of customer, receipt, order, item`},
		{"no-read twice", "scan: {no_read: [NR, NR]}", `scan.no_read[1]: "NR" is listed twice`},

		{"zones without a window", "presence: {zones: {window: 0s}}", `presence.zones.window: 0s is not between 1s and 10m; write 6s`},
		{"zones that forget too soon", "presence: {zones: {away: 3s}}", `presence.zones.away: 3s is not between 6s and 24h; write 30s`},
		{"key too short-lived", "radio: {key_rotates: 1h}", `radio.key_rotates: 1h is not between 24h and 8784h; write 720h`},
		{"recording nobody", "recording: {devices: [x]}", `recording.devices[0]: there is no device "x"; add it to readers, gateways or scanners`},
		{"recording too much", "recording: {max_size: 1TB}", `recording.max_size: 1TB is not between 1MB and 10GB; write 16MB`},
		{"recording somewhere", "recording: {dir: there}", `recording.dir: "there" depends on the folder`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := config.Parse([]byte(shop+row.text), "shop.yaml")
			var faults config.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("Parse returned %v, want Faults", err)
			}
			if len(faults) != 1 || !strings.Contains(faults[0].String(), row.want) || faults[0].Instead == "" {
				t.Errorf("got\n%v\nwant one fault with\n%s", err, row.want)
			}
		})
	}
}

// TestEveryKindOfReader: what a kind has no use for stays zero, whatever the order of the keys.
func TestEveryKindOfReader(t *testing.T) {
	cfg, err := config.Parse([]byte(shop+`
readers:
  - {id: a, port: /dev/a, kind: r200}
  - {id: b, port: "usb:1A86:7523:B 1", kind: thingmagic, power: 26.5dBm}
  - {id: c, port: /dev/serial/by-path/c, kind: r2000, antennas: [{number: 8, floor: -62dBm, gain: 1.5dB}]}
  - {id: d, port: "tcp://[2001:db8::1]:5085", kind: llrp, power: 30dBm}
  - {id: e, topic: ziotc/#, kind: zebra-iotc}
  - {id: f, topic: impinj/#, kind: impinj}
  - {id: g, topic: gate/#, kind: template, template: /etc/gate.json, heartbeat: 1m}
rooms:
  - {id: 1, name: Oda, reader: c, antennas: [8]}
`), "shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i, kind := range []config.ReaderKind{config.R200, config.ThingMagic, config.R2000, config.LLRP, config.ZebraIOTC, config.Impinj, config.Template} {
		r := cfg.Readers[i]
		if r.Kind != kind || kind.Serial() != (r.Baud == 115200 && r.Region == config.RegionEU) || kind.MQTT() != (r.Port == "") || r.SilentAfter == 0 {
			t.Errorf("%s reads as %+v", kind, r)
		}
	}
	if a := cfg.Readers[2].Antennas[0]; a != (config.Antenna{Number: 8, Floor: -62, Gain: 1.5}) {
		t.Errorf("antenna is %+v", a)
	}
}
