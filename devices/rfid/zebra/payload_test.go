package zebra_test

import (
	"bytes"
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
	"showroom/devices/rfid/zebra"
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
	if len(all) != 5 {
		t.Fatalf("%d messages in testdata, want 5", len(all))
	}
	for _, m := range all {
		t.Run(m.ID, func(t *testing.T) {
			objects, bad := walk([]byte(m.Payload))
			got := []reading{}
			for _, o := range objects {
				if o.Tag {
					name := string(o.Reader)
					got = append(got, reading{&name, o.EPC.String(), o.Antenna, o.RSSI.DBm(), o.Reads, o.Time.Format(time.RFC3339Nano)})
				}
			}
			for i := range m.Expect {
				at, err := time.Parse("2006-01-02T15:04:05.999999999Z0700", m.Expect[i].Time)
				if err != nil {
					t.Fatal(err)
				}
				m.Expect[i].Time = at.UTC().Format(time.RFC3339Nano)
			}
			if diff := cmp.Diff(m.Expect, got); diff != "" {
				t.Errorf("%s: reads (-want +got):\n%s", m.Note, diff)
			}
			if want := strings.Contains(m.Note, "garbage"); (bad > 0) != want {
				t.Errorf("%s: %d bad", m.Note, bad)
			}
		})
	}
}

func walk(payload []byte) (objects []zebra.Object, bad int) {
	p := zebra.NewPayload(payload)
	for o, ok := p.Next(); ok; o, ok = p.Next() {
		objects = append(objects, o)
	}
	return objects, p.Bad()
}

const tag = `"idHex":"3034257bf7194e4000001a85"`

func TestVariants(t *testing.T) {
	for name, c := range map[string]struct {
		payload string
		want    string // EPC's last byte, antenna, RSSI, reads of each tag
		bad     int
	}{
		"lower case, nothing told":     {`{"data":{` + tag + `}}`, "85 1 NaN 1", 0},
		"rssi of an ATR7000":           {`{"type":"DIRECTIONALITY","data":{` + tag + `,"rssi":-61.5}}`, "85 1 -61.5 1", 0},
		"peakRssi before rssi":         {`{"data":{` + tag + `,"peakRssi":-40,"rssi":-61}}`, "85 1 -40 1", 0},
		"rssi before peakRssi":         {`{"data":{` + tag + `,"rssi":-61,"peakRssi":-40}}`, "85 1 -40 1", 0},
		"0 dBm is not told":            {`{"data":{` + tag + `,"peakRssi":0}}`, "85 1 NaN 1", 0},
		"absurd strength":              {`{"data":{` + tag + `,"peakRssi":-1e9}}`, "85 1 NaN 1", 0},
		"strength in words":            {`{"data":{` + tag + `,"peakRssi":"-40"}}`, "85 1 NaN 1", 0},
		"no antenna 0":                 {`{"data":{` + tag + `,"antenna":0}}`, "", 1},
		"no antenna 1.5":               {`{"data":{` + tag + `,"antenna":1.5}}`, "", 1},
		"no antenna 1e300":             {`{"data":{` + tag + `,"antenna":1e300}}`, "", 1},
		"absurd number of reads":       {`{"data":{` + tag + `,"reads":-4}}`, "85 1 NaN 1", 0},
		"broken EPC":                   {`{"type":"SIMPLE","data":{"idHex":"30342"}}`, "", 1},
		"EPC of 63 bytes":              {`{"type":"SIMPLE","data":{"idHex":"` + strings.Repeat("30", 63) + `"}}`, "", 1},
		"EPC of 26 bytes":              {`{"type":"SIMPLE","data":{"idHex":"` + strings.Repeat("36", 26) + `"}}`, "36 1 NaN 1", 0},
		"no EPC at all":                {`{"type":"CUSTOM","data":{"idHex":null}}`, "", 1},
		"somebody else's object":       {`{"temperature":21}`, "", 1},
		"somebody else's, then a tag":  {`{"temperature":21}{"data":{` + tag + `}}`, "85 1 NaN 1", 1},
		"tag, then garbage":            {`{"data":{` + tag + `}}garbage{"data":{` + tag + `}}`, "85 1 NaN 1", 1},
		"cut off":                      {`{"data":{` + tag + `}}{"data":{` + tag + `}`, "85 1 NaN 1", 1},
		"array":                        {` [ {"data":{` + tag + `}} , {"data":{` + tag + `}} ] `, "85 1 NaN 1,85 1 NaN 1", 0},
		"array without its end":        {`[{"data":{` + tag + `}}`, "85 1 NaN 1", 1},
		"array with two commas":        {`[{"data":{` + tag + `}},,{"data":{` + tag + `}}]`, "85 1 NaN 1", 1},
		"one per line":                 {"{\"data\":{" + tag + "}}\n{\"data\":{" + tag + "}}\n", "85 1 NaN 1,85 1 NaN 1", 0},
		"escaped":                      {`{"d\u0061ta":{"idHex":"\u0033034257BF7194E4000001A85"}}`, "85 1 NaN 1", 0},
		"handheld":                     {`{"type":"x","data":{"tagData":[{"EPC":"3034257BF7194E4000001A85","peakRssi":-52,"seenCount":14},{"EPC":"E2"}]}}`, "85 1 -52 14,E2 1 NaN 1", 0},
		"handheld with a strange list": {`{"type":"x","data":{"tagData":[7,{},{"EPC":"E2"}]}}`, "E2 1 NaN 1", 2},
		"handheld, two lists":          {`{"data":{"tagData":[{"EPC":"E1"}]}}{"data":{"tagData":[{"EPC":"E2"}]}}`, "E1 1 NaN 1,E2 1 NaN 1", 0},
		"too deep":                     {strings.Repeat(`{"type":`, 100) + `1` + strings.Repeat("}", 100), "", 1},
		"nothing":                      {"", "", 0},
		"only white space":             {" \n", "", 0},
		"a number":                     {"7", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			objects, bad := walk([]byte(c.payload))
			var got []string
			for _, o := range objects {
				if o.Tag {
					id := o.EPC.String()
					got = append(got, fmt.Sprintf("%s %d %v %d", id[len(id)-2:], o.Antenna, o.RSSI.DBm(), o.Reads))
				}
			}
			if s := strings.Join(got, ","); s != c.want || bad != c.bad {
				t.Errorf("got %q and %d bad, want %q and %d", s, bad, c.want, c.bad)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2025, 10, 7, 15, 4, 46, 123e6, time.UTC)
	for text, want := range map[string]time.Time{
		"2025-10-07T15:04:46.123+0000":      at,
		"2025-10-07T18:04:46.123+0300":      at,
		"2025-10-07T18:04:46.123+03:00":     at,
		"2025-10-07T11:34:46.123-0330":      at,
		"2025-10-07T15:04:46.123000000Z":    at,
		"2025-10-07T15:04:46.1230000009Z":   at,
		"2025-10-07T15:04:46Z":              at.Truncate(time.Second),
		"2025-10-07T15:04:46":               {},
		"2025-10-07 15:04:46Z":              {},
		"2025-13-07T15:04:46Z":              {},
		"2025-10-07T25:04:46Z":              {},
		"2025-10-07T15:04:46.123+0":         {},
		"2025-10-07T15:04:46.123+00x0":      {},
		"":                                  {},
		"yesterday, as far as I know or so": {},
	} {
		objects, _ := walk([]byte(`{"type":"SIMPLE","timestamp":"` + text + `"}`))
		if len(objects) != 1 || !objects[0].Time.Equal(want) {
			t.Errorf("%q: got %v, want %v", text, objects, want)
		}
	}
}

func TestWalkingAllocatesNothing(t *testing.T) {
	payload := []byte(messages(t)[1].Payload)
	n := testing.AllocsPerRun(100, func() {
		p := zebra.NewPayload(payload)
		for _, ok := p.Next(); ok; _, ok = p.Next() {
		}
	})
	if n != 0 {
		t.Errorf("%v allocations for a message of two tags, want none", n)
	}
}

func BenchmarkPayload(b *testing.B) {
	payload := []byte(messages(b)[0].Payload)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		p := zebra.NewPayload(payload)
		for _, ok := p.Next(); ok; _, ok = p.Next() {
		}
	}
}

// BenchmarkEncodingJSON is the limit: the standard library over the same bytes.
func BenchmarkEncodingJSON(b *testing.B) {
	payload := []byte(messages(b)[0].Payload)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		var v struct {
			Type      string
			Timestamp string
			Data      struct {
				MAC, IDHex, Format       string
				Antenna, EventNum, Reads int
				PeakRSSI                 float64
			}
		}
		if err := json.Unmarshal(payload, &v); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzPayload compares with encoding/json wherever that takes the whole message as a row of objects.
func FuzzPayload(f *testing.F) {
	for _, m := range messages(f) {
		f.Add([]byte(m.Payload))
	}
	f.Add([]byte(`{"type":"x","timestamp":"2025-10-07T15:04:46+0000","data":{"tagData":[{"EPC":"E2","PC":"29A9"},7]}}`))
	f.Add([]byte(`{"data":{"idHex":"30","antenna":1e1,"peakRssi":-0.5e2,"rssi":-1,"reads":2},"data":null}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		objects, bad := walk(payload)
		var got []string
		for _, o := range objects {
			if o.Tag {
				got = append(got, fmt.Sprintln(o.EPC, o.Antenna, o.RSSI))
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

// errNoOpinion: the message is nested too deep, or names an EPC twice.
var errNoOpinion = errors.New("no opinion")

// oracle reads a row of objects with encoding/json.
func oracle(payload []byte) (tags []string, err error) {
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
		case deep(v) > 20:
			return nil, errNoOpinion
		}
		data, _ := v["data"].(map[string]any)
		list, handheld := data["tagData"].([]any)
		if !handheld {
			list = []any{map[string]any{}}
		}
		for _, e := range list {
			m, ok := e.(map[string]any)
			if !ok || handheld && !sound(data) {
				continue
			}
			for k, outer := range data {
				if _, inner := m[k]; !inner && k != "tagData" {
					m[k] = outer
				}
			}
			if m["idHex"] != nil && m["EPC"] != nil {
				return nil, errNoOpinion
			}
			if s, ok := oracleTag(m); ok {
				tags = append(tags, s)
			}
		}
	}
}

func sound(data map[string]any) bool {
	_, epcOK := oracleEPC(data)
	_, antennaOK := oracleAntenna(data)
	return epcOK && antennaOK
}

func oracleEPC(data map[string]any) (e gs1.EPC, ok bool) {
	for _, key := range []string{"idHex", "EPC"} {
		if v, there := data[key]; there {
			s, _ := v.(string)
			e, err := gs1.ParseEPC(s)
			return e, err == nil
		}
	}
	return e, true
}

func oracleAntenna(data map[string]any) (int, bool) {
	v, there := data["antenna"]
	if !there {
		return 1, true
	}
	n, ok := number(v)
	return int(n), ok && n >= 1 && n <= 255 && n == math.Trunc(n)
}

func oracleTag(data map[string]any) (string, bool) {
	e, _ := oracleEPC(data)
	antenna, _ := oracleAntenna(data)
	rssi := devices.UnknownRSSI
	for _, key := range []string{"rssi", "peakRssi"} {
		if n, ok := number(data[key]); ok && n < 0 && devices.DBm(n).Known() {
			rssi = devices.DBm(n)
		}
	}
	return fmt.Sprintln(e, antenna, rssi), sound(data) && !e.IsZero()
}

func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

func deep(v any) (d int) {
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			d = max(d, deep(e)+1)
		}
	case []any:
		for _, e := range v {
			d = max(d, deep(e)+1)
		}
	}
	return d
}
