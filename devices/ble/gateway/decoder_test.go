package gateway_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/devices"
	"showroom/devices/ble"
	"showroom/devices/ble/gateway"
)

type payload struct {
	ID      string
	Group   string
	Topic   string
	Payload string
	Expect  []sighting
	Note    string
}

func (p payload) bytes(t testing.TB) []byte {
	t.Helper()
	digits, isHex := strings.CutPrefix(p.Payload, "hex:")
	if !isHex {
		return []byte(p.Payload)
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// sighting is a record in the words of the data file.
type sighting struct {
	Gateway  *string  `json:"gateway"`
	MAC      string   `json:"mac"`
	RSSI     float64  `json:"rssi"`
	Beacon   string   `json:"beacon"`
	At1m     *float64 `json:"rssi_at_1m"`
	Smoothed bool     `json:"smoothed"`
	Time     int64    `json:"ts_unix"`
}

// payloads is the data file without the formats there is no decoder for.
func payloads(t testing.TB) []payload {
	t.Helper()
	raw, err := os.ReadFile("testdata/gateway_payloads.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []payload }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	var all []payload
	for _, p := range file.Vectors {
		if p.Group != "april" { // AprilBrother's gateway speaks MessagePack, and no adapter here does
			all = append(all, p)
		}
	}
	return all
}

func decoder(t testing.TB, f gateway.Format) *gateway.Decoder {
	t.Helper()
	d, err := gateway.NewDecoder(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func described(m gateway.Message, times bool) []sighting {
	all := []sighting{}
	for i := range m.Records {
		r := &m.Records[i]
		s := sighting{MAC: r.Address.Reveal(), RSSI: r.RSSI.DBm(), Smoothed: r.Smoothed}
		if m.Gateway != "" {
			s.Gateway = &m.Gateway
		}
		if ids := r.Identities(); len(ids) > 0 && ids[0].Beacon() {
			s.Beacon = ids[0].Reveal()
		}
		if r.Power.Known() {
			v := r.Power.DBm()
			s.At1m = &v
		}
		if !r.Time.IsZero() && times {
			s.Time = r.Time.Unix()
		}
		all = append(all, s)
	}
	return all
}

func TestPayloads(t *testing.T) {
	all := payloads(t)
	if len(all) != 12 {
		t.Fatalf("%d payloads in testdata, want 12", len(all))
	}
	for _, p := range all {
		t.Run(p.ID, func(t *testing.T) {
			m := decoder(t, gateway.Format(p.Group)).Decode(p.Topic, p.bytes(t))
			// The file gives no times for Minew's rows, which have them.
			if diff := cmp.Diff(p.Expect, described(m, p.Group != "minew")); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", p.Note, diff)
			}
			if m.Bad != 0 || m.Other {
				t.Errorf("%d bad because of %q, other %v", m.Bad, m.Why, m.Other)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	for _, c := range []struct {
		format         gateway.Format
		topic, payload string
		want           string // gateway, health, bad, other
	}{
		{gateway.OMG, "home/OMG_1/LWT", "offline", "OMG_1 offline 0 false"},
		{gateway.OMG, "a/b/OMG_1/LWT", "online", "OMG_1 online 0 false"},
		{gateway.OMG, "OMG_1/LWT", "perhaps", "OMG_1  1 false"},
		{gateway.OMG, "home/OMG_1/SYStoMQTT", `{"uptime":121,"rssi":-60}`, "OMG_1  0 false"},
		{gateway.OMG, "home/OMG_1/SYStoMQTT", `uptime`, "OMG_1  1 false"},
		{gateway.OMG, "home/OMG_1/commands/MQTTtoBT/config", `{"interval":100}`, "  0 true"},
		{gateway.Theengs, "home/TheengsGateway/LWT", "offline", "TheengsGateway offline 0 false"},
		{gateway.ESPresense, "espresense/rooms/fitting/status", "online", "fitting online 0 false"},
		{gateway.ESPresense, "espresense/rooms/fitting/telemetry", `{"uptime":1}`, "fitting  0 false"},
		{gateway.ESPresense, "espresense/rooms/fitting/max_distance", "16", "  0 true"},
		{gateway.ESPresense, "status", "online", "  0 true"},
		{gateway.Ruuvi, "ruuvi/C8:25:2D:8E:9C:2C/gw_status", `{"state":"offline"}`, "c8252d8e9c2c offline 0 false"},
		{gateway.Ruuvi, "ruuvi/C8:25:2D:8E:9C:2C/gw_cmd", `{}`, "  0 true"},
		{gateway.Minew, "/gw/ac233fc001ea/status", `[]`, "ac233fc001ea  0 false"},
		{gateway.Minew, "/gw/ac233fc001ea/status", `[{"type":"Gateway","mac":"AC233FC001EB"}]`, "ac233fc001eb  0 false"},
	} {
		m := decoder(t, c.format).Decode(c.topic, []byte(c.payload))
		if got := fmt.Sprintf("%s %s %d %v", m.Gateway, m.Health, m.Bad, m.Other); got != c.want || len(m.Records) > 0 {
			t.Errorf("%s %s: %q with %d records, want %q", c.topic, c.payload, got, len(m.Records), c.want)
		}
	}
}

const (
	uuidText = "fda50693-a4e2-4fb1-afcf-c6eb07647825"
	uuidHex  = "fda50693a4e24fb1afcfc6eb07647825"
	adIBcn   = "1aff4c000215" + uuidHex + "00010002c5"
)

func TestVariants(t *testing.T) {
	const omg, esp, minew, ruuvi = "home/g/BTtoMQTT/AABBCCDDEEFF", "espresense/devices/x/g", "/gw/ac233fc001ea/status", "ruuvi/C8:25:2D:8E:9C:2C/C6:D7:00:0C:FF:F8"
	for name, c := range map[string]struct {
		format  gateway.Format
		topic   string
		payload string
		want    string // identities, strength and power of each record
		why     string
	}{
		"public address":              {gateway.OMG, omg, `{"id":"58:78:20:76:BC:24","mac_type":0,"rssi":-60}`, "mac:58782076bc24 -60 NaN", ""},
		"static address":              {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","mac_type":1,"rssi":-60}`, "mac:c8782076bc24 -60 NaN", ""},
		"resolvable address":          {gateway.OMG, omg, `{"id":"58:78:20:76:BC:24","mac_type":1,"rssi":-60}`, " -60 NaN", ""},
		"kind not told":               {gateway.OMG, omg, `{"id":"58:78:20:76:BC:24","rssi":-60}`, " -60 NaN", ""},
		"strength in a string":        {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":"-60.5"}`, "mac:c8782076bc24 -60.5 NaN", ""},
		"strength that is none":       {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":127}`, "mac:c8782076bc24 NaN NaN", ""},
		"strength that is no number":  {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":"NaN"}`, "", ""},
		"power that is a battery":     {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":-60,"txpower":26}`, "mac:c8782076bc24 -60 NaN", ""},
		"UUID instead of the address": {gateway.OMG, omg, `{"id":"` + uuidHex + `","rssi":-60,"uuid":"` + uuidHex + `","major":1,"minor":2}`, "ibeacon:" + uuidText + ":1:2 -60 NaN", ""},
		"UUID and no major":           {gateway.OMG, omg, `{"id":"` + uuidHex + `","rssi":-60,"uuid":"` + uuidHex + `","minor":2}`, "", "no address and no beacon"},
		"major too great":             {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":-60,"uuid":"` + uuidHex + `","major":65536,"minor":2}`, "mac:c8782076bc24 -60 NaN", ""},
		"manufacturer's data":         {gateway.OMG, omg, `{"id":"58:78:20:76:BC:24","rssi":-60,"manufacturerdata":"4c000215` + uuidHex + `00010002c5"}`, "ibeacon:" + uuidText + ":1:2 -60 -59", ""},
		"service data":                {gateway.Theengs, omg, `{"id":"58:78:20:76:BC:24","rssi":-60,"servicedatauuid":"0xfeaa","servicedata":"30e74549445f74657374"}`, "eddystone-eid-now:4549445f74657374 -60 -66", ""},
		"service data, whole UUID":    {gateway.Theengs, omg, `{"id":"58:78:20:76:BC:24","rssi":-60,"servicedatauuid":"0000feaa-0000-1000-8000-00805f9b34fb","servicedata":"30e74549445f74657374"}`, "eddystone-eid-now:4549445f74657374 -60 -66", ""},
		"service data of another":     {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":-60,"servicedatauuid":"fe95","servicedata":"30e74549445f74657374"}`, "mac:c8782076bc24 -60 NaN", ""},
		"service data that is none":   {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":-60,"servicedatauuid":"feaa","servicedata":"xx"}`, "mac:c8782076bc24 -60 NaN", "advertisement is not hexadecimal"},
		"escaped":                     {gateway.OMG, omg, `{"\u0069d":"C8:78:20:76:BC:\u00324","x":"a\"}","rssi":-60}`, "mac:c8782076bc24 -60 NaN", ""},
		"with all sorts of others":    {gateway.OMG, omg, ` { "a" : [1,{"b":"]"} , "}" ] ,"n":null , "t":true,"id" : "C8:78:20:76:BC:24" , "rssi" : -60 } `, "mac:c8782076bc24 -60 NaN", ""},
		"an array":                    {gateway.OMG, omg, `[{"id":"C8:78:20:76:BC:24","rssi":-60}]`, "", "not JSON"},
		"cut off":                     {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":-60`, "", "not JSON"},
		"two glued together":          {gateway.OMG, omg, `{"id":"C8:78:20:76:BC:24","rssi":-60}{}`, "", "not JSON"},
		"nothing":                     {gateway.OMG, omg, ``, "", "not JSON"},

		"lasting address":          {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"582076bc2401","rssi":-81.25}`, "mac:582076bc2401 -81.25 NaN", ""},
		"address of a phone":       {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"apple:1005:9-24","rssi":-81}`, " -81 NaN", ""},
		"tag of a word":            {gateway.ESPresense, esp, `{"mac":"ff2076bc2401","id":"itag:ff2076bc2401","rssi":-81}`, "mac:ff2076bc2401 -81 NaN", ""},
		"phone with its key":       {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"irk:000102030405060708090a0b0c0d0e0f","rssi":-81}`, "irk:000102030405060708090a0b0c0d0e0f -81 NaN", ""},
		"half a key":               {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"irk:0001","rssi":-81}`, " -81 NaN", ""},
		"altBeacon":                {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"altBeacon:` + uuidText + `-258-772","rssi":-81}`, "altbeacon:" + uuidHex + "01020304 -81 NaN", ""},
		"eddystone of 22 digits":   {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"eddy:0011223344445566778899-000000000001","rssi":-81}`, "eddystone-uid:00112233445566778899:000000000001 -81 NaN", ""},
		"eddystone of 20 digits":   {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"eddy:00112233445566778899-000000000001","rssi":-81}`, "eddystone-uid:00112233445566778899:000000000001 -81 NaN", ""},
		"eddystone of strange 22":  {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"eddy:0011223344995566778899-000000000001","rssi":-81}`, " -81 NaN", ""},
		"iBeacon without a minor":  {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"iBeacon:` + uuidHex + `-1","rssi":-81}`, " -81 NaN", ""},
		"iBeacon, major too great": {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"iBeacon:` + uuidText + `-70000-1","rssi":-81}`, " -81 NaN", ""},
		"no strength":              {gateway.ESPresense, esp, `{"mac":"582076bc2401","id":"582076bc2401"}`, "", "no signal strength"},

		"JSON-RAW":              {gateway.Minew, minew, `[{"gateway":"AC233FC001EB"},{"mac":"AC233FA03208","no":37,"rssi":-50,"timestamp":1659319200000}]`, "mac:ac233fa03208 -50 NaN", ""},
		"raw advertisement":     {gateway.Minew, minew, `[{"mac":"582076bc2401","rssi":-50,"rawData":"` + adIBcn + `"}]`, "ibeacon:" + uuidText + ":1:2 -50 -59", ""},
		"two formats":           {gateway.Minew, minew, `[{"mac":"AC233FA03208","rssi":-50,"rawData":"` + adIBcn + `1516aafe00e700112233445566778899000000000001"}]`, "ibeacon:" + uuidText + ":1:2 eddystone-uid:00112233445566778899:000000000001 mac:ac233fa03208 -50 -59", ""},
		"advertisement cut off": {gateway.Minew, minew, `[{"mac":"AC233FA03208","rssi":-50,"rawData":"1aff4c"}]`, "mac:ac233fa03208 -50 NaN", "advertisement is cut off"},
		"odd advertisement":     {gateway.Minew, minew, `[{"mac":"AC233FA03208","rssi":-50,"rawData":"020"}]`, "mac:ac233fa03208 -50 NaN", "advertisement is not hexadecimal"},
		"rows of all sorts":     {gateway.Minew, minew, `[7,null,[],{"mac":"AC233FA03208","rssi":-50}]`, "mac:ac233fa03208 -50 NaN", "no signal strength"},
		"no address":            {gateway.Minew, minew, `[{"mac":"","rssi":-50}]`, "", "no address and no beacon"},
		"an object":             {gateway.Minew, minew, `{"mac":"AC233FA03208","rssi":-50}`, "", "not JSON"},

		"ruuvi iBeacon":     {gateway.Ruuvi, ruuvi, `{"rssi":-26,"data":"` + strings.ToUpper(adIBcn) + `"}`, "ibeacon:" + uuidText + ":1:2 mac:c6d7000cfff8 -26 -59", ""},
		"ruuvi, two data":   {gateway.Ruuvi, ruuvi, `{"rssi":-26,"data":"` + adIBcn + `","data":""}`, "mac:c6d7000cfff8 -26 NaN", ""},
		"ruuvi no strength": {gateway.Ruuvi, ruuvi, `{"data":""}`, "", "no signal strength"},
	} {
		t.Run(name, func(t *testing.T) {
			m := decoder(t, c.format).Decode(c.topic, []byte(c.payload))
			if got := summary(m); got != c.want || m.Why != c.why || (m.Bad > 0) != (c.why != "") {
				t.Errorf("got %q, bad %d %q in row %d, want %q and %q", got, m.Bad, m.Why, m.Row, c.want, c.why)
			}
		})
	}
}

func summary(m gateway.Message) string {
	var all []string
	for i := range m.Records {
		r := &m.Records[i]
		var ids []string
		for _, id := range r.Identities() {
			ids = append(ids, id.Reveal())
		}
		all = append(all, fmt.Sprintf("%s %v %v", strings.Join(ids, " "), r.RSSI.DBm(), r.Power.DBm()))
	}
	return strings.Join(all, ",")
}

func TestRowsThatMeanNothingAreNamed(t *testing.T) {
	m := decoder(t, gateway.Minew).Decode("t", []byte(`[{"type":"Gateway","mac":"AC233FC001EA"},{"mac":"AC233FA03208","rssi":-50},{"mac":"AC233FA03208"},{}]`))
	if m.Row != 3 || m.Bad != 2 || m.Why != "no signal strength" {
		t.Errorf("row %d, %d bad, %q", m.Row, m.Bad, m.Why)
	}
}

func TestDamagedBinary(t *testing.T) {
	var good []byte
	for _, p := range payloads(t) {
		if p.ID == "minew-bin-01" {
			good = p.bytes(t)
		}
	}
	d := decoder(t, gateway.Minew)
	for n := 1; n < len(good); n++ {
		if m := d.Decode("t", good[:n]); m.Bad != 1 || len(m.Records) != 0 {
			t.Errorf("%d bytes of it: %d bad, %d records", n, m.Bad, len(m.Records))
		}
	}
	for i, want := range map[int]int{5: 0, 13: 1, 21: 1, 22: 0, len(good) - 1: 0} {
		p := append([]byte(nil), good...)
		p[i]++
		if m := d.Decode("t", p); m.Bad == 0 || len(m.Records) != want {
			t.Errorf("byte %d changed: %d bad, %d records, want %d", i, m.Bad, len(m.Records), want)
		}
	}
	random := append([]byte(nil), good...)
	random[len(good)-3] = 0x02
	random[14] = 0x9E
	if got := summary(d.Decode("t", random)); got != " -72 NaN" {
		t.Errorf("a random address became a key: %s", got)
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := gateway.NewDecoder("april"); err == nil || !strings.Contains(err.Error(), "espresense") {
		t.Errorf("error %v, want one that lists the formats", err)
	}
}

func TestDecodingAllocatesOnlyBeacons(t *testing.T) {
	for _, p := range payloads(t) {
		d, raw := decoder(t, gateway.Format(p.Group)), p.bytes(t)
		d.Decode(p.Topic, raw)
		n := allocations(func() { d.Decode(p.Topic, raw) })
		if n > 0 { // none of these holds the advertisement of a beacon, which would be one each
			t.Errorf("%s: %v allocations, want none", p.ID, n)
		}
	}
	d, raw := decoder(t, gateway.Minew), []byte(`[{"mac":"AC233FA03208","rssi":-50,"rawData":"`+adIBcn+`"},{"mac":"AC233FA03209","rssi":-50,"rawData":"`+adIBcn+`"}]`)
	d.Decode("t", raw)
	if n := allocations(func() { d.Decode("t", raw) }); n > 2 {
		t.Errorf("%v allocations for two beacons, want two", n)
	}
}

// allocations is how many do makes. What brokers of earlier tests still allocate while they close is counted too, so the least of
// several counts is the one of do.
func allocations(do func()) float64 {
	least := testing.AllocsPerRun(100, do)
	for range 9 {
		least = min(least, testing.AllocsPerRun(100, do))
	}
	return least
}

func TestForgottenIsForgotten(t *testing.T) {
	d := decoder(t, gateway.Minew)
	m := d.Decode("t", []byte(`[{"mac":"AC233FA03208","rssi":-50,"rawData":"`+adIBcn+`"},{"mac":"AC233FA03209","rssi":-50}]`))
	if len(m.Records) != 2 || len(m.Records[0].Identities()) != 2 {
		t.Fatalf("decoded %s", summary(m))
	}
	d.Forget()
	for _, r := range m.Records {
		if r != (gateway.Record{}) {
			t.Errorf("still there: %s", summary(m))
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, p := range payloads(b) {
		if p.ID != "omg-02" && p.ID != "minew-01" {
			continue
		}
		b.Run(p.ID, func(b *testing.B) {
			d, raw := decoder(b, gateway.Format(p.Group)), p.bytes(b)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				d.Decode(p.Topic, raw)
			}
		})
	}
}

// FuzzDecode: no bytes do harm in any format, a decoder that has seen others before decodes the same, and encoding/json finds the
// same address and strength in an object.
func FuzzDecode(f *testing.F) {
	for _, p := range payloads(f) {
		f.Add(p.Topic, p.bytes(f))
	}
	f.Add("home/g/BTtoMQTT/x", []byte(`{"id":"C8:78:20:76:BC:24","rssi":-60,"manufacturerdata":"4c000215`+uuidHex+`00010002c5","servicedatauuid":"feaa","servicedata":"30e74549445f74657374"}`))
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		for _, format := range gateway.Formats() {
			used := decoder(t, format)
			used.Decode("/gw/ac233fc001ea/status", []byte(`[{"mac":"AC233FA03208","rssi":-50,"rawData":"`+adIBcn+`"}]`))
			used.Decode("ruuvi/C8:25:2D:8E:9C:2C/C6:D7:00:0C:FF:F8", []byte(`{"rssi":-26,"data":"`+adIBcn+`"}`))
			fresh, again := decoder(t, format).Decode(topic, payload), used.Decode(topic, payload)
			if a, b := whole(fresh), whole(again); a != b {
				t.Fatalf("%s: %s the first time, %s later", format, a, b)
			}
		}
		oracle(t, payload)
	})
}

func whole(m gateway.Message) string {
	return fmt.Sprint(m.Other, m.Gateway, m.Health, m.Bad, m.Why, m.Row, summary(m))
}

// oracle reads an object of OpenMQTTGateway with encoding/json.
func oracle(t *testing.T, payload []byte) {
	t.Helper()
	m := decoder(t, gateway.OMG).Decode("home/g/BTtoMQTT", payload)
	var v map[string]any
	if err := json.Unmarshal(payload, &v); err != nil || v == nil {
		if len(m.Records) > 0 || m.Bad == 0 {
			t.Fatalf("%d records of what is no object: %v", len(m.Records), err)
		}
		return
	}
	id, _ := v["id"].(string)
	address, ok := ble.ParseAddress(id)
	rssi, isNumber := v["rssi"].(float64)
	if !ok || address.IsZero() || !isNumber {
		return
	}
	want := devices.UnknownRSSI
	if rssi < 0 {
		want = devices.DBm(rssi)
	}
	if len(m.Records) != 1 || m.Records[0].Address != address || m.Records[0].RSSI != want {
		t.Fatalf("%s: %v, want the address with %v", payload, summary(m), want)
	}
	if p, ok := v["txpower"].(float64); ok && p < 0 && m.Records[0].Power != devices.DBm(p) && !math.IsInf(p, 0) {
		t.Fatalf("%s: claims %v, want %v", payload, m.Records[0].Power, p)
	}
}
