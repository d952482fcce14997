package ble_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/devices"
	"showroom/devices/ble"
)

type vector struct {
	ID     string
	Adv    string `json:"adv_hex"`
	Expect map[string]any
	Note   string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	var file struct{ Vectors []vector }
	load(t, "testdata/adv_vectors.json", &file)
	return file.Vectors
}

func load(t testing.TB, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	p, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestVectors(t *testing.T) {
	all := vectors(t)
	if len(all) != 18 {
		t.Fatalf("%d vectors in testdata, want 18", len(all))
	}
	for _, v := range all {
		t.Run(v.ID, func(t *testing.T) {
			var a ble.Advertisement
			err := a.Read(unhex(t, v.Adv))
			got := map[string]any{"format": "unknown"}
			if len(a.Frames) > 0 {
				got = described(a.Frames[0])
			}
			for key := range v.Expect { // what stands beside the beacon is told where the file tells it
				switch key {
				case "company_id":
					got[key] = float64(a.Manufacturers[0].Company)
				case "service_uuid":
					short, _ := a.Services[0].UUID.Short()
					got[key] = fmt.Sprintf("%04x", short)
				case "local_name":
					got[key] = string(a.Name)
				case "tx_power_ad":
					got[key] = float64(a.TxPower)
				}
			}
			if diff := cmp.Diff(v.Expect, got); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", v.Note, diff)
			}
			if want := v.ID == "bad-02" || v.ID == "exposure-01"; (err != nil) != want {
				t.Errorf("error %v", err)
			}
		})
	}
}

// described is a frame in the words of the data file.
func described(f ble.Frame) map[string]any {
	m := map[string]any{"format": f.Format()}
	switch f := f.(type) {
	case ble.IBeacon:
		m["uuid"], m["major"], m["minor"], m["rssi_at_1m"] = f.UUID.String(), float64(f.Major), float64(f.Minor), float64(f.At1m)
		return m
	case ble.AltBeacon:
		m["mfg_id"], m["beacon_id"], m["mfg_reserved"] = float64(f.Company), hex.EncodeToString(f.ID[:]), float64(f.Reserved)
	case ble.EddystoneUID:
		m["namespace"], m["instance"] = hex.EncodeToString(f.Namespace[:]), hex.EncodeToString(f.Instance[:])
		m["tx_at_0m"] = float64(f.At0m)
	case ble.EddystoneURL:
		m["url"], m["tx_at_0m"] = f.URL, float64(f.At0m)
	case ble.EddystoneEID:
		m["eid"], m["tx_at_0m"] = hex.EncodeToString(f.EID[:]), float64(f.At0m)
	case ble.EddystoneTLM:
		m["battery_mv"], m["adv_count"], m["uptime_ds"] = float64(f.Millivolts), float64(f.Advertisements), float64(f.Uptime)
		m["temperature_c"], _ = f.Celsius()
	}
	if f.Power().Known() {
		m["rssi_at_1m"] = f.Power().DBm()
	}
	return m
}

const (
	iBeacon = "1aff4c000215fda50693a4e24fb1afcfc6eb0764782500010002c5"
	uid     = "1516aafe00e700112233445566778899000000000001"
)

func TestStructures(t *testing.T) {
	for name, c := range map[string]struct {
		payloads []string
		frames   string
		err      error
	}{
		"nothing":                         {[]string{""}, "", nil},
		"two beacons":                     {[]string{iBeacon + uid}, "ibeacon eddystone-uid ", nil},
		"a beacon in the scan response":   {[]string{"020106", uid}, "eddystone-uid ", nil},
		"padding ends it":                 {[]string{"02010600" + iBeacon}, "", nil},
		"a structure of a type alone":     {[]string{"0109" + iBeacon}, "ibeacon ", nil},
		"type missing":                    {[]string{iBeacon + "01"}, "ibeacon ", ble.Overrun(27)},
		"cut off":                         {[]string{"020106" + iBeacon[:50]}, "", ble.Overrun(3)},
		"longer than all":                 {[]string{"ff"}, "", ble.Overrun(0)},
		"Nearby":                          {[]string{"0bff4c001006031e5f3d1a2b"}, "", nil},
		"Find My":                         {[]string{"07ff4c0012020001"}, "", nil},
		"iBeacon too short":               {[]string{"19ff4c000215fda50693a4e24fb1afcfc6eb07647825000100" + "02"}, "", nil},
		"one byte of manufacturer's data": {[]string{"02ff4c"}, "", nil},
		"service data without a service":  {[]string{"0216aa" + "0320aafe" + "0321aafe"}, "", nil},
		"eddystone in 32 bits":            {[]string{"0f20aafe000030e74549445f74657374"}, "eddystone-eid ", nil},
		"eddystone in 128 bits":           {[]string{"1b21fb349b5f80000080" + "00100000aafe0000" + "30e74549445f74657374"}, "eddystone-eid ", nil},
		"encrypted telemetry":             {[]string{"1516aafe2001000102030405060708090a0b0c0d0e0f"}, "eddystone-etlm ", nil},
		"telemetry of another version":    {[]string{"1116aafe20020b1813000000146700002ac4"}, "", nil},
		"URL of an unknown scheme":        {[]string{"0716aafe10f80463"}, "", nil},
		"URL with a byte for nothing":     {[]string{"0716aafe10f8030e"}, "", nil},
		"bare eddystone":                  {[]string{"0316aafe", "0416aafe00"}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var a ble.Advertisement
			var err error
			for _, p := range c.payloads {
				err = a.Read(unhex(t, p))
			}
			frames := ""
			for _, f := range a.Frames {
				frames += f.Format() + " "
			}
			if frames != c.frames || !errors.Is(err, c.err) {
				t.Errorf("frames %q and error %v, want %q and %v", frames, err, c.frames, c.err)
			}
		})
	}
}

func TestURL(t *testing.T) {
	for code, want := range map[string]string{
		"00" + "6107":   "http://www.a.com",
		"01" + "610d":   "https://www.a.gov",
		"02" + "6106":   "http://a.gov/",
		"03" + "61007a": "https://a.com/z",
		"04" + "61":     "",
		"03" + "6120":   "",
		"03" + "610e":   "",
		"03" + "61ff":   "",
		"03" + "616161616161616161616161616161616161": "", // 18 bytes
	} {
		var a ble.Advertisement
		a.AddService(ble.Service{UUID: ble.ShortUUID(0xFEAA), Data: unhex(t, "10f8"+code)})
		got := ""
		if len(a.Frames) == 1 {
			got = a.Frames[0].(ble.EddystoneURL).URL
		}
		if got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

func TestPowerNoTagCanHaveIsUnknown(t *testing.T) {
	for at1m, want := range map[int8]devices.RSSI{-59: devices.DBm(-59), -1: devices.DBm(-1), 0: devices.UnknownRSSI, 26: devices.UnknownRSSI} {
		if got := (ble.IBeacon{At1m: at1m}).Power(); got != want {
			t.Errorf("%d: %v, want %v", at1m, got, want)
		}
		if got := (ble.EddystoneUID{At0m: at1m}).Power(); got != devices.DBm(float64(at1m)-41) {
			t.Errorf("%d at the antenna is %v at one metre", at1m, got)
		}
	}
	if got := (ble.EddystoneUID{At0m: 41}).Power(); got.Known() {
		t.Errorf("41 dBm at the antenna: %v", got)
	}
}

func TestTelemetryNotTold(t *testing.T) {
	var a ble.Advertisement
	if err := a.Read(unhex(t, "1116aafe200000008000000000010000000a")); err != nil {
		t.Fatal(err)
	}
	f := a.Frames[0].(ble.EddystoneTLM)
	if _, ok := f.Celsius(); ok || f.Millivolts != 0 {
		t.Errorf("%+v of a tag that tells neither", f)
	}
}

func TestShortUUIDs(t *testing.T) {
	if got := ble.ShortUUID(0xFEAA).String(); got != "0000feaa-0000-1000-8000-00805f9b34fb" {
		t.Error(got)
	}
	if v, ok := ble.ShortUUID(0xFEAA).Short(); v != 0xFEAA || !ok {
		t.Error(v, ok)
	}
	if _, ok := ble.ShortUUID(0x1FEAA).Short(); ok {
		t.Error("32 bits fit into 16")
	}
}

func TestReadingAllocatesOnlyFrames(t *testing.T) {
	for _, v := range vectors(t) {
		payload := unhex(t, v.Adv)
		var a ble.Advertisement
		_ = a.Read(payload)
		allowed := float64(len(a.Frames))
		if v.Expect["format"] == "eddystone-url" {
			allowed += 2 // its text
		}
		n := testing.AllocsPerRun(100, func() {
			a.Reset()
			_ = a.Read(payload)
		})
		if n > allowed {
			t.Errorf("%s: %v allocations, want at most %v", v.ID, n, allowed)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	payload := unhex(b, "020106"+iBeacon)
	b.ReportAllocs()
	var a ble.Advertisement
	for b.Loop() {
		a.Reset()
		_ = a.Read(payload)
	}
}

// FuzzAdvertisement: any bytes are read without harm, and reading the structures one by one finds the same.
func FuzzAdvertisement(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Adv))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		var whole, pieces ble.Advertisement
		err := whole.Read(payload)
		end := len(payload)
		if at, ok := errors.AsType[ble.Overrun](err); ok {
			end = int(at)
		}
		for i := 0; i < end && payload[i] != 0; i += 1 + int(payload[i]) {
			if err := pieces.Read(payload[i : i+1+int(payload[i])]); err != nil {
				t.Fatalf("structure at %d: %v", i, err)
			}
		}
		if diff := cmp.Diff(names(whole), names(pieces)); diff != "" {
			t.Fatalf("(-whole +pieces):\n%s", diff)
		}
		for _, frame := range whole.Frames {
			id, ok := frame.Identity()
			if !ok {
				continue
			}
			if _, isEID := frame.(ble.EddystoneEID); isEID {
				continue
			}
			if again, err := ble.ParseIdentity(id.Reveal()); err != nil || again != id {
				t.Fatalf("%s reads as %s: %v", id.Reveal(), again.Reveal(), err)
			}
		}
	})
}

func names(a ble.Advertisement) (all []string) {
	for _, f := range a.Frames {
		id, _ := f.Identity()
		all = append(all, fmt.Sprint(f.Format(), id.Reveal(), f.Power()))
	}
	return append(all, fmt.Sprintf("%q %d %v %d %d", a.Name, a.TxPower, a.HasTxPower, len(a.Manufacturers), len(a.Services)))
}
