package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"showroom/config"
)

const (
	phc    = "$argon2id$v=19$m=19456,t=2,p=1$OpknNq9hLz1TIfYikC3JKg$LLmjACsr0vZHypQ21P8Rwd+Oi9btkjcl6dZ8d7H0e3g"
	reader = "readers: [{id: a, kind: r200, port: /dev/ttyUSB0}, {id: z, kind: zebra-iotc, topic: ziotc/#}]\n"
)

// TestFaults has one row for each thing that can be wrong: the text after the shop's own lines, and the one fault it must give.
func TestFaults(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"unknown section", "bluetooth: {}", `2: bluetooth: unknown key; use one of store, state_dir`},
		{"misspelt section", "kiosk: []", `2: kiosk: unknown key; write kiosks`},
		{"key twice", "log: {level: info}\nlog: {level: warn}", `3: log: is written twice, first on line 2`},
		{"no value", "log: {level: }", `2: log.level: has no value`},
		{"list for a word", "log: {level: [info]}", `2: log.level: is a list, not a single value`},
		{"word for a list", "rooms: yes", `2: rooms: is "yes", not a list`},
		{"word for a section", "log: info", `2: log: is "info", not a group of keys; write one of its keys a line: level, format`},
		{"alias", "log: {level: &l info}", `2: log.level: uses an anchor`},
		{"second document", "---\nlog: {}", `3: holds a second document`},
		{"a wall of brackets", strings.Repeat("[", 60_000), `nests its brackets or dashes`},
		{"a wall of dashes", strings.Repeat("- ", 30_000), `nests its brackets or dashes`},
		{"not a configuration", strings.Repeat("# x\n", 20_000), `is larger than 64 kB`},
		{"broken YAML", "log: {level: info", `is not YAML`},

		{"pause of who has asked", "fitting: {asked_pause: 1m}", `2: fitting.asked_pause: 1m is less than presence.visit_pause, which is 3m`},
		{"carried sooner than gone", "fitting: {carried_opens_after: 20s}", `2: fitting.carried_opens_after: 20s is less than presence.depart_after, which is 30s`},
		{"pile of one", "fitting: {pile_size: 1}", `2: fitting.pile_size: 1 is not between 4 and 100; write 10`},
		{"pile for ever", "fitting: {pile_within: 1h}", `2: fitting.pile_within: 1h is not between 1s and 5m; write 15s`},
		{"restocking all night", "fitting: {restock_for: 8h}", `2: fitting.restock_for: 8h is not between 1m and 4h; write 30m`},

		{"duration without unit", "presence: {arrive_within: 2}", `2: presence.arrive_within: "2" has no unit; write 2s`},
		{"hundreds without unit where seconds are usual", "scanners: [{id: s, port: /dev/x, repeat: 1500}]", `scanners[0].repeat: "1500" has no unit; write 1500ms`},
		{"hundreds without unit where hours are usual", "presence: {static_after: 7200}", `presence.static_after: "7200" has no unit; write 7200s`},
		{"duration in days", "retention: {facts: 30d}", `2: retention.facts: "30d" is not a length of time`},
		{"power in watts", "readers: [{id: a, kind: r200, port: /dev/x, power: 1W}]", `2: readers[0].power: "1W" is not a number of dBm; write it like 20dBm`},
		{"ratio as power", "presence: {move_margin: 6dBm}", `2: presence.move_margin: "6dBm" is not a number of dB`},
		{"size without unit", "retention: {disk_floor: 200}", `"200" has no unit; write 200MB`},
		{"size too large", "retention: {disk_floor: 99999999999TB}", `is not an amount of storage`},
		{"key of an older release", "presence: {move_decay: 0.5dB/s}", `2: presence.move_decay: is no longer a key; remove it; move_hold and move_rise say`},
		{"wait without end", "presence: {visit_idle: 2562047h}", `2: presence.visit_idle: 2562047h is more than 744h; write 744h or less`},
		{"key that is no word", "log: {Seviye: 1}", `2: log."Seviye": unknown key`},

		{"relative state", "state_dir: state", `2: state_dir: "state" depends on the folder`},
		{"long socket", "local_api: {socket: /" + strings.Repeat("x", 120) + "}", `local_api.socket: would be 121 characters long`},
		{"open API", "local_api: {listen: 0.0.0.0:8460}", `local_api.listen: "0.0.0.0:8460" is open to the network, which needs HTTPS`},
		{"API without port", "local_api: {listen: localhost}", `local_api.listen: "localhost" is not host:port; write 127.0.0.1:8460`},

		{"reader without kind", "readers: [{id: a, port: /dev/x}]", `readers[0].kind: is missing; write one of r200, thingmagic, r2000, llrp, zebra-iotc, impinj, template`},
		{"serial reader without port", "readers: [{id: a, kind: r200}]", `readers[0].port: is missing; write /dev/serial/by-id`},
		{"serial reader with topic", "readers: [{id: a, kind: r200, port: /dev/x, topic: t}]", `readers[0].topic: is for readers that speak MQTT`},
		{"topics that overlap", "readers: [{id: a, kind: zebra-iotc, topic: ziotc/fr1/#}, {id: b, kind: zebra-iotc, topic: 'ziotc/+/tags'}]", `readers[1].topic: "ziotc/+/tags" also takes messages of readers[0]`},
		{"topics that overlap at their end", "readers: [{id: a, kind: zebra-iotc, topic: ziotc/fr1}, {id: b, kind: zebra-iotc, topic: ziotc/fr1/#}]", `readers[1].topic: "ziotc/fr1/#" also takes messages of readers[0]`},
		{"port without number", "readers: [{id: a, kind: r200, port: 'tcp://host'}]", `readers[0].port: "tcp://host" is not an address`},
		{"port twice", "readers: [{id: a, kind: r200, port: /dev/x}, {id: b, kind: r200, port: /dev/x}]", `readers[1].port: "/dev/x" is already that of readers[0]`},
		{"odd rate", "readers: [{id: a, kind: r200, port: /dev/x, baud: 1234}]", `readers[0].baud: 1234 is no rate`},
		{"too much power", "readers: [{id: a, kind: r200, port: /dev/x, power: 40dBm}]", `readers[0].power: 40dBm is not between 1dBm and 33dBm; write 20dBm`},
		{"no power", "readers: [{id: a, kind: r200, port: /dev/x, power: 0dBm}]", `readers[0].power: 0dBm is not between 1dBm and 33dBm`},
		{"no such region", "readers: [{id: a, kind: r200, port: /dev/x, region: TR}]", `readers[0].region: "TR" is not known; write one of EU, US`},
		{"silence too short", "readers: [{id: a, kind: r200, port: /dev/x, heartbeat: 10s}]", `readers[0].silent_after: 4s is less than two heartbeats`},
		{"MQTT reader without topic", "readers: [{id: a, kind: zebra-iotc}]", `readers[0].topic: is missing`},
		{"bad filter", "readers: [{id: a, kind: zebra-iotc, topic: 'a/#/b'}]", `readers[0].topic: "a/#/b" is not an MQTT filter`},
		{"id with a dot", "readers: [{id: a.b, kind: r200, port: /dev/x}]", `readers[0].id: "a.b" is not an id`},

		{"room without reader", "rooms: [{id: 1, name: Oda, antennas: [1]}]", `rooms[0].reader: is missing; add it to readers`},
		{"room with unknown reader", reader + "rooms: [{id: 1, name: Oda, reader: q, antennas: [1]}]", `rooms[0].reader: there is no reader "q"; write one of a, z`},
		{"room without antenna", reader + "rooms: [{id: 1, name: Oda, reader: a}]", `rooms[0].antennas: is missing`},
		{"second antenna of an r200", reader + "rooms: [{id: 1, name: Oda, reader: a, antennas: [2]}]", `rooms[0].antennas[0]: 2 is beyond the one antenna of an r200; write 1`},
		{"antenna in two rooms", reader + "rooms: [{id: 1, name: Oda, reader: z, antennas: [3]}, {id: 2, name: Oda, reader: z, antennas: [3]}]", `rooms[1].antennas[0]: antenna 3 of "z" already hears rooms[0]`},
		{"neighbour of nobody", reader + "rooms: [{id: 1, name: Oda, reader: a, antennas: [1], neighbours: [7]}]", `rooms[0].neighbours[0]: there is no room "7"`},
		{"neighbour of itself", reader + "rooms: [{id: 1, name: Oda, reader: a, antennas: [1], neighbours: [1]}]", `rooms[0].neighbours[0]: is the room itself`},

		{"kiosk without mode", "kiosks: [{id: k}]", `kiosks[0].mode: is missing`},
		{"kiosk without room", "kiosks: [{id: k, mode: fitting-room}]", `kiosks[0].room: is missing`},
		{"welcome kiosk with room", "kiosks: [{id: k, mode: welcome, room: 1}]", `kiosks[0].room: is for fitting-room kiosks`},
		{"kiosk with printer", "kiosks: [{id: k, mode: checkout, printer: p1}]", `kiosks[0].printer: there is no printer "p1"; add it to printers`},

		{"broker open to all", "broker: {listen: '0.0.0.0:1883'}", `broker.listen: "0.0.0.0:1883" is open to the network and anybody could connect`},
		{"two brokers", "broker: {url: 'mqtt://b:1883'}", `broker.url: is for an external broker, and the embedded one is on`},
		{"no broker", "broker: {embedded: false}\n" + reader, `broker.url: is missing, and readers[1] speaks MQTT`},
		{"broker by another name", "broker: {embedded: false, url: 'tcp://b:1883'}", `broker.url: "tcp" is not how this is reached`},
		{"password in URL", "broker: {embedded: false, url: 'mqtt://u:geheim@b:1883'}", `broker.url: has a user or a password in it`},
		{"user without password", "broker: {users: [{name: u}]}", `broker.users[0].password_file: is missing`},

		{"floor above zero", "presence: {floor: 65dBm}", `presence.floor: 65dBm is not between -100dBm and -10dBm; write -58dBm`},
		{"no arrival ever", "presence: {arrive_reads: 0}", `presence.arrive_reads: 0 is not between 1 and 100; write 3`},
		{"window below arrival", "presence: {arrive_within: 9s}", `presence.window: 8s is less than arrive_within, which is 9s`},
		{"neighbours nearer", "presence: {neighbour_margin: 2dB}", `presence.neighbour_margin: 2dB is less than move_margin, which is 3dB`},
		{"static too soon", "presence: {static_after: 1s}", `presence.static_after: 1s is less than twice depart_after, which is 1m`},
		{"escalation backwards", "fitting: {escalate_after: 5m}", `fitting.escalate_again_after: 3m is less than escalate_after, which is 5m`},

		{"staff without name", "staff: [{id: a, role: manager, pin_hash: '" + phc + "'}]", `staff[0].name: is missing`},
		{"no such role", "staff: [{id: a, name: A, role: boss, pin_hash: '" + phc + "'}]", `staff[0].role: "boss" is not known`},
		{"PIN in the clear", "staff: [{id: a, name: A, role: manager, pin_hash: 4711}]", `staff[0].pin_hash: is not an argon2id hash`},
		{"PIN hash takes the Pi's memory", "staff: [{id: a, name: A, role: manager, pin_hash: '" + strings.Replace(phc, "19456", "9000000", 1) + "'}]", `staff[0].pin_hash: asks for`},

		{"centre in the clear", "central: {url: 'http://central.example/x', token: t}", `central.url: would send the shop's token and its customers' data in the clear; write https://central.example/x`},
		{"centre without token", "central: {url: 'https://central.example'}", `central.token_file: is missing beside a url`},
		{"two tokens", "central: {url: 'https://central.example', token: t, token_file: /t}", `central.token: stands beside a token_file`},
		{"wait too long", "central: {poll_wait: 2m}", `central.poll_wait: 2m is not between 1s and 55s; write 25s`},
		{"facts go too early", "retention: {facts: 1h}", `retention.facts: 1h is not between 48h and 87840h; write 720h`},
		{"no such level", "log: {level: chatty}", `log.level: "chatty" is not known; write one of debug, info, warn, error`},
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
			if strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "4711") {
				t.Errorf("a secret is printed: %v", err)
			}
		})
	}
}

// TestStoreFaults has the faults of the section that the other rows share.
func TestStoreFaults(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", "shop.yaml: store.id: is missing"},
		{"# nothing\n", "shop.yaml: store.name: is missing"},
		{"store: {name: x}", "shop.yaml:1: store.id: is missing"},
		{"store: {id: Kadıköy}", `store.id: "Kadıköy" is not an id`},
		{"store: {timezone: Mars/Olympus}", `store.timezone: "Mars/Olympus" is not a time zone; write an IANA name such as Europe/Istanbul`},
		{"store: {timezone: Local}", `store.timezone: "Local" is not a time zone`},
		{"store: {business_day_starts: 25:00}", `store.business_day_starts: "25:00" is not a time of day; write it like "06:00"`},
		{"store: {currency: TL}", `store.currency: "TL" is not a currency`},
		{"store: {languages: [tr, tr]}", `store.languages[1]: "tr" is listed twice`},
		{"store: {languages: [Türkçe]}", `store.languages[0]: "Türkçe" is not a language`},
		{"store: {company_prefixes: [12]}", `store.company_prefixes[0]: "12" is not a GS1 company prefix`},
	} {
		if _, err := config.Parse([]byte(row.text), "shop.yaml"); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s\ngave %v\nwant %s", row.text, err, row.want)
		}
	}
}

// TestLeadingZerosSurvive: YAML would read an unquoted 0614141 as a number.
func TestLeadingZerosSurvive(t *testing.T) {
	cfg, err := config.Parse([]byte("store: {id: 007, name: Ağrı, company_prefixes: [0614141]}"), "shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Store.ID != "007" || cfg.Store.CompanyPrefixes[0] != "0614141" {
		t.Errorf("got %+v", cfg.Store)
	}
}

// TestWhatAFurtherLookFindsIsToldWithTheRest: all faults of a file come at once, each with its line, and one that follows from another
// is left out.
func TestWhatAFurtherLookFindsIsToldWithTheRest(t *testing.T) {
	look := func(cfg config.Config) config.Faults {
		var fs config.Faults
		for i := range cfg.Gateways {
			fs = append(fs, config.Fault{Path: fmt.Sprintf("gateways[%d].topic", i), Problem: "is looked at", Instead: "look away"})
		}
		return fs
	}
	_, err := config.Parse([]byte("store:\n  id: x\n  name: X\n  company_prefixes: [0614141]\ngateways:\n- id: g\n  format: omg\n  topic: a/#\n- id: h\n  topic: [x]\nnonsense: 1\n"), "shop.yaml", look)
	for _, part := range []string{"shop.yaml:8: gateways[0].topic: is looked at; look away", "shop.yaml:11: nonsense"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("Parse says %v, without %s", err, part)
		}
	}
	if err != nil && strings.Contains(err.Error(), "gateways[1].topic: is looked at") {
		t.Errorf("what could not be read is looked at: %v", err)
	}
}

// Whoever looks for the id to write is told each once, and none that is no id.
func TestWhatIsThereIsNamedOnce(t *testing.T) {
	_, err := config.Parse([]byte(`
store: {id: moda, name: Moda, company_prefixes: ["0614141"]}
readers: [{id: a, kind: r200, port: /dev/x}, {id: a, kind: r200, port: /dev/y}, {kind: r200, port: /dev/z}]
rooms: [{id: "1", name: Oda, reader: q, antennas: [1]}]
`), "shop.yaml")
	const want = `rooms[0].reader: there is no reader "q"; write one of a or add it to readers`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got\n%v\nwant %s", err, want)
	}
}
