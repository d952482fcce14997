package impinj_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid/impinj"
)

type message struct {
	ID      string
	Payload string
	Expect  []reading
	Note    string
}

// reading is a tag read in the words of the data file.
type reading struct {
	Reader  *string `json:"reader"`
	EPC     string  `json:"epc"`
	Antenna int     `json:"antenna"`
	RSSI    float64 `json:"rssi_dbm"`
	Reads   int     `json:"reads"`
	Time    string  `json:"time"`
	TID     string  `json:"tid"`
	PC      string  `json:"pc"`
}

func messages(t testing.TB) []message {
	t.Helper()
	raw, err := os.ReadFile("testdata/mqtt_payloads.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Payloads []message }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Payloads
}

func TestMessages(t *testing.T) {
	all := messages(t)
	if len(all) != 3 {
		t.Fatalf("%d messages in testdata, want 3", len(all))
	}
	for _, m := range all {
		t.Run(m.ID, func(t *testing.T) {
			events, bad := walk([]byte(m.Payload))
			got := []reading{}
			for _, e := range events {
				if !e.Tag {
					continue
				}
				r := reading{EPC: e.EPC.String(), Antenna: e.Antenna, RSSI: e.RSSI.DBm(), Reads: 1, Time: string(e.Stamp), TID: e.TID.String()}
				if name := string(e.Reader); name != "" {
					r.Reader = &name
				}
				if e.PC.Known {
					r.PC = fmt.Sprintf("%04X", e.PC.Word)
				}
				got = append(got, r)
				if at, err := time.Parse(time.RFC3339Nano, r.Time); err != nil || !e.Time.Equal(at) {
					t.Errorf("time %v of %q, %v", e.Time, r.Time, err)
				}
			}
			if diff := cmp.Diff(m.Expect, got); diff != "" {
				t.Errorf("%s: reads (-want +got):\n%s", m.Note, diff)
			}
			if bad != 0 {
				t.Errorf("%s: %d bad", m.Note, bad)
			}
		})
	}
}

func walk(payload []byte) (events []impinj.Event, bad int) {
	p := impinj.NewPayload(payload)
	for e, ok := p.Next(); ok; e, ok = p.Next() {
		events = append(events, e)
	}
	return events, p.Bad()
}

const (
	epcHex = `"epcHex":"3034257bf7194e4000001a85"`
	epc64  = `"epc":"MDQle_cZTkAAABqF"`
)

func TestVariants(t *testing.T) {
	event := func(fields string) string { return `{"eventType":"tagInventory","tagInventoryEvent":{` + fields + `}}` }
	for name, c := range map[string]struct {
		payload string
		want    string // EPC's last byte, antenna, RSSI of each tag
		others  int
		bad     int
	}{
		"hex, nothing told":           {event(epcHex), "85 1 NaN", 0, 0},
		"base64, nothing told":        {event(epc64), "85 1 NaN", 0, 0},
		"both":                        {event(epcHex + "," + epc64), "85 1 NaN", 0, 0},
		"both, and they differ":       {event(epcHex + `,"epc":"ftqQOAUQAnEAAsCu"`), "", 0, 1},
		"padded base64":               {event(`"epc":"4oAR_w=="`), "FF 1 NaN", 0, 0},
		"the other alphabet":          {event(`"epc":"MDQle/cZTkAAABqF"`), "85 1 NaN", 0, 0},
		"no base64":                   {event(`"epc":"30*4"`), "", 0, 1},
		"base64 of 63 bytes":          {event(`"epc":"` + base64.URLEncoding.EncodeToString(bytes.Repeat([]byte("0"), 63)) + `"`), "", 0, 1},
		"far too much base64":         {event(`"epc":"` + strings.Repeat("A", 5000) + `"`), "", 0, 1},
		"null is not told":            {event(epcHex + `,"epc":null,"antennaPort":null,"peakRssiCdbm":null`), "85 1 NaN", 0, 0},
		"hundredths":                  {event(epcHex + `,"peakRssiCdbm":-5234`), "85 1 -52.34", 0, 0},
		"0 dBm is not told":           {event(epcHex + `,"peakRssiCdbm":0`), "85 1 NaN", 0, 0},
		"absurd strength":             {event(epcHex + `,"peakRssiCdbm":-1e9`), "85 1 NaN", 0, 0},
		"no antenna 0":                {event(epcHex + `,"antennaPort":0`), "", 0, 1},
		"no antenna 1.5":              {event(epcHex + `,"antennaPort":1.5`), "", 0, 1},
		"no EPC at all":               {event(`"antennaPort":2`), "", 0, 1},
		"no body":                     {`{"eventType":"tagInventory"}`, "", 0, 1},
		"type not told":               {`{"tagInventoryEvent":{` + epcHex + `,"antennaPort":4}}`, "85 4 NaN", 0, 0},
		"another event":               {`{"eventType":"gpi","gpiTransitionEvent":{"gpi":1,"transition":"low-to-high"}}`, "", 1, 0},
		"somebody else's object":      {`{"temperature":21}`, "", 0, 1},
		"array":                       {"[" + event(epcHex) + "," + event(epc64) + "]", "85 1 NaN,85 1 NaN", 0, 0},
		"empty array":                 {"[]", "", 0, 0},
		"array with two commas":       {"[" + event(epcHex) + ",," + event(epc64) + "]", "85 1 NaN", 0, 1},
		"array without its end":       {"[" + event(epcHex), "85 1 NaN", 0, 1},
		"one per line":                {event(epcHex) + "\r\n" + event(epc64) + "\n\n", "85 1 NaN,85 1 NaN", 0, 0},
		"tag, then garbage":           {event(epcHex) + "garbage" + event(epcHex), "85 1 NaN", 0, 1},
		"cut off":                     {event(epcHex) + event(epc64)[:60], "85 1 NaN", 0, 1},
		"of two bodies the last":      {`{"tagInventoryEvent":{` + epcHex + `},"tagInventoryEvent":{"epcHex":"E2"}}`, "E2 1 NaN", 0, 0},
		"nothing":                     {"", "", 0, 0},
		"a number":                    {"7", "", 0, 1},
		"too deep":                    {strings.Repeat(`{"eventType":`, 100) + `1` + strings.Repeat("}", 100), "", 0, 1},
		"tag of an ISO family counts": {event(epcHex + `,"pc":"KaA="`), "85 1 NaN", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			events, bad := walk([]byte(c.payload))
			var got []string
			others := 0
			for _, e := range events {
				if !e.Tag {
					others++
					continue
				}
				id := e.EPC.String()
				got = append(got, fmt.Sprintf("%s %d %v", id[len(id)-2:], e.Antenna, e.RSSI.DBm()))
			}
			if s := strings.Join(got, ","); s != c.want || others != c.others || bad != c.bad {
				t.Errorf("got %q, %d others and %d bad, want %q, %d and %d", s, others, bad, c.want, c.others, c.bad)
			}
		})
	}
}

func TestPCSaysThatThereIsNoEPC(t *testing.T) {
	for pc, want := range map[string]bool{`"KaA="`: true, `"NAA="`: false, `"NA=="`: false, `7`: false} {
		events, _ := walk([]byte(`{"tagInventoryEvent":{` + epcHex + `,"pc":` + pc + `}}`))
		if len(events) != 1 || events[0].PC.NotEPC() != want {
			t.Errorf("PC %s: %+v, want not an EPC %t", pc, events, want)
		}
	}
}

func TestWalkingAllocatesNothing(t *testing.T) {
	for _, m := range messages(t) {
		payload := []byte(m.Payload)
		n := testing.AllocsPerRun(100, func() {
			p := impinj.NewPayload(payload)
			for _, ok := p.Next(); ok; _, ok = p.Next() {
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations, want none", m.ID, n)
		}
	}
}

func BenchmarkPayload(b *testing.B) {
	payload := []byte(messages(b)[0].Payload)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		p := impinj.NewPayload(payload)
		for _, ok := p.Next(); ok; _, ok = p.Next() {
		}
	}
}

// FuzzPayload compares with encoding/json wherever that takes the whole message as a row of objects.
func FuzzPayload(f *testing.F) {
	for _, m := range messages(f) {
		f.Add([]byte(m.Payload))
	}
	f.Add([]byte(`{"eventType":"tagInventory","tagInventoryEvent":{"epc":"4oAR_w==","epcHex":"E28011FF","antennaPort":1e1,"peakRssiCdbm":-0.5e4}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		events, bad := walk(payload)
		var got []string
		for _, e := range events {
			if e.Tag {
				got = append(got, fmt.Sprintln(e.EPC, e.Antenna, e.RSSI))
			}
		}
		want, err := oracle(payload)
		if errors.Is(err, errNoOpinion) {
			return
		}
		if err != nil {
			if bad == 0 && !bytes.ContainsAny(payload, "[") {
				t.Fatalf("%q: nothing bad, but encoding/json says %v", payload, err)
			}
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: (-encoding/json +got):\n%s", payload, diff)
		}
	})
}

// errNoOpinion: the message may be nested too deep, or names a field twice.
var errNoOpinion = errors.New("no opinion")

// oracle reads a row of objects with encoding/json.
func oracle(payload []byte) (tags []string, err error) {
	if bytes.Count(payload, []byte("{"))+bytes.Count(payload, []byte("[")) > 30 || bytes.Contains(payload, []byte(`\u`)) {
		return nil, errNoOpinion
	}
	for _, key := range []string{`"eventType"`, `"tagInventoryEvent"`, `"epc"`, `"epcHex"`, `"antennaPort"`, `"peakRssiCdbm"`} {
		if bytes.Count(payload, []byte(key)) > bytes.Count(payload, []byte(`"tagInventoryEvent"`)) || bytes.Count(payload, []byte(key)) > 1 {
			return nil, errNoOpinion
		}
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	for {
		var v map[string]any
		switch err := d.Decode(&v); {
		case err == io.EOF:
			return tags, nil
		case err != nil:
			return nil, err
		case v == nil:
			return nil, errors.New("null")
		}
		kind, told := v["eventType"].(string)
		if told && kind != "tagInventory" {
			continue
		}
		if s, ok := oracleTag(v["tagInventoryEvent"]); ok {
			tags = append(tags, s)
		}
	}
}

func oracleTag(v any) (string, bool) {
	body, _ := v.(map[string]any)
	var epc gs1.EPC
	for _, key := range []string{"epc", "epcHex"} {
		if body[key] == nil {
			continue
		}
		text, _ := body[key].(string)
		if key == "epc" {
			raw, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "=")))
			if err != nil {
				return "", false
			}
			text = fmt.Sprintf("%X", raw)
		}
		e, err := gs1.ParseEPC(text)
		if err != nil || !epc.IsZero() && e != epc {
			return "", false
		}
		epc = e
	}
	antenna, rssi := 1.0, devices.UnknownRSSI
	if n, ok := body["antennaPort"]; ok && n != nil {
		antenna = number(n)
	}
	if n := number(body["peakRssiCdbm"]); n < 0 {
		rssi = devices.DBm(n / 100)
	}
	sound := !epc.IsZero() && antenna >= 1 && antenna <= 255 && antenna == math.Trunc(antenna)
	return fmt.Sprintln(epc, int(antenna), rssi), sound
}

func number(v any) float64 {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	f, err := n.Float64()
	if err != nil {
		return 0
	}
	return f
}
