package template_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/rfid"
	"showroom/devices/rfid/template"
)

func compile(t testing.TB, m template.Mapping) *template.Template {
	t.Helper()
	c, err := template.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	keonn = template.Mapping{Form: template.FormKeonn}
	flat  = template.Mapping{EPC: "data.idHex", RSSI: "data.peakRssi", Antenna: "data.antenna", Time: "timestamp", Reader: "data.MAC"}
	// gateway is the shape of a gateway in front of an R700 (smartreader.alexconnect.io).
	gateway = template.Mapping{EPC: "tag_reads[].epc", RSSI: "tag_reads[].peakRssi", Antenna: "tag_reads[].antennaPort",
		Time: "tag_reads[].firstSeenTimestamp", TimeUnit: template.TimeMicro, Reader: "readerName"}
	plain = template.Mapping{EPC: "seen[]", EPCCoding: template.CodingBase64, ReaderTopicLevel: 2}
)

// reading is a tag read in the words of the data file.
type reading struct {
	Reader   *string `json:"reader"`
	EPC      string  `json:"epc"`
	Antenna  int     `json:"antenna"`
	RSSI     float64 `json:"rssi_dbm"`
	Reads    int     `json:"reads"`
	Time     *string `json:"time"`
	Location string  `json:"location"`
}

type message struct {
	ID, Topic, Payload string
	Expect             []reading
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
	if len(all) != 1 {
		t.Fatalf("%d messages in testdata, want 1", len(all))
	}
	for _, m := range all {
		var got []reading
		objects, bad := compile(t, keonn).Each(m.Topic, []byte(m.Payload), func(r template.Read) {
			name := string(r.Reader)
			got = append(got, reading{&name, r.EPC.String(), r.Antenna, r.RSSI.DBm(), 1, nil, string(r.Location)})
		})
		if diff := cmp.Diff(m.Expect, got); diff != "" || objects != 1 || bad != 0 {
			t.Errorf("%s: %d objects, %d bad, reads (-want +got):\n%s", m.ID, objects, bad, diff)
		}
	}
}

func TestVariants(t *testing.T) {
	const epc, mac = "3034257BF7194E4000001A85", "60:e8:5b:0a:78:5f"
	for name, c := range map[string]struct {
		mapping template.Mapping
		payload string
		want    string // reader, EPC's last byte, antenna, RSSI, time in microseconds
		objects int
		bad     int
	}{
		"flat":                     {flat, `{"timestamp":"1970-01-01T00:00:01.5+0000","data":{"MAC":"m","idHex":"` + epc + `","antenna":3,"peakRssi":-52}}`, "m 85 3 -52 1500000", 1, 0},
		"flat, nothing told":       {flat, `{"data":{"idHex":"` + epc + `"}}`, " 85 1 NaN -", 1, 0},
		"flat, glued":              {flat, `{"data":{"idHex":"E1"}}{"data":{"idHex":"E2"}}`, " E1 1 NaN -, E2 1 NaN -", 2, 0},
		"flat, an array":           {flat, `[{"data":{"idHex":"E1"}},{"data":{"idHex":"E2"}}]`, " E1 1 NaN -, E2 1 NaN -", 2, 0},
		"flat, bad antenna":        {flat, `{"data":{"idHex":"E1","antenna":"1"}}`, "", 0, 1},
		"flat, no object there":    {flat, `{"data":[7]}`, "", 0, 1},
		"flat, then garbage":       {flat, `{"data":{"idHex":"E1"}}x{"data":{"idHex":"E2"}}`, " E1 1 NaN -", 1, 1},
		"flat, cut off":            {flat, `{"data":{"idHex":"E1"}`, "", 0, 1},
		"gateway":                  {gateway, `{"tag_reads":[{"epc":"E1","peakRssi":-61.5,"antennaPort":2,"firstSeenTimestamp":1759849486123456},{"epc":"E2"}],"readerName":"r"}`, "r E1 2 -61.5 1759849486123456,r E2 1 NaN -", 1, 0},
		"gateway, broken tags":     {gateway, `{"tag_reads":[7,{"epc":"3"},{"epc":"E2"},{}],"readerName":"r"}`, "r E2 1 NaN -", 1, 3},
		"gateway, no tag":          {gateway, `{"tag_reads":[]}`, "", 1, 0},
		"gateway, no list":         {gateway, `{"tag_reads":{}}`, "", 0, 1},
		"gateway, absurd time":     {gateway, `{"tag_reads":[{"epc":"E1","firstSeenTimestamp":1e300},{"epc":"E1","firstSeenTimestamp":-1}]}`, " E1 1 NaN -, E1 1 NaN -", 1, 0},
		"plain list":               {plain, `{"seen":["MDQle_cZTkAAABqF","4oAR/w=="]}`, "fr7 85 1 NaN -,fr7 FF 1 NaN -", 1, 0},
		"text, several lines":      {keonn, mac + "|E1:-39@1/0/0\n\n" + mac + "|E2:-40@12|\r\n" + mac + "|", mac + " E1 1 -39 -," + mac + " E2 12 -40 -", 3, 0},
		"text, strength not told":  {keonn, mac + "|E1@1/0/0|E2:@1|E3:0@1", mac + " E1 1 NaN -," + mac + " E2 1 NaN -," + mac + " E3 1 NaN -", 1, 0},
		"text, broken tags":        {keonn, mac + "|E1:-39|E:-39@1|E2:loud@1|E3:-39@0|E4:-39@x|E5:-39@2", mac + " E5 2 -39 -", 1, 5},
		"text, no MAC":             {keonn, "E1:-39@1/0/0|E2:-39@1/0/0", "", 0, 1},
		"text, nothing":            {keonn, "", "", 0, 0},
		"text, not text":           {keonn, "\x00\xff|\x00", "", 0, 1},
		"text, a name for the MAC": {keonn, "reader-1|E1:-39@1", "", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			objects, bad := compile(t, c.mapping).Each("shop/fr7/tags", []byte(c.payload), func(r template.Read) {
				id, at := r.EPC.String(), "-"
				if !r.Time.IsZero() {
					at = fmt.Sprint(r.Time.UnixMicro())
				}
				got = append(got, fmt.Sprintf("%s %s %d %v %s", r.Reader, id[len(id)-2:], r.Antenna, r.RSSI.DBm(), at))
			})
			if s := strings.Join(got, ","); s != c.want || objects != c.objects || bad != c.bad {
				t.Errorf("got %q, %d objects, %d bad\nwant %q, %d, %d", s, objects, bad, c.want, c.objects, c.bad)
			}
		})
	}
}

func TestUnitsOfStrength(t *testing.T) {
	m := flat
	m.RSSIUnit = template.UnitCdBm
	var got []devices.RSSI
	compile(t, m).Each("", []byte(`{"data":{"idHex":"E1","peakRssi":-5234}}{"data":{"idHex":"E1","peakRssi":0}}`), func(r template.Read) {
		got = append(got, r.RSSI)
	})
	if diff := cmp.Diff([]devices.RSSI{-5234, devices.UnknownRSSI}, got); diff != "" {
		t.Errorf("strengths (-want +got):\n%s", diff)
	}
}

func TestReaderOutOfTheTopic(t *testing.T) {
	for level, want := range map[int]string{0: "", 1: "shop", 2: "fr7", 3: "", 4: ""} {
		m := template.Mapping{EPC: "e", ReaderTopicLevel: level}
		compile(t, m).Each("shop/fr7/", []byte(`{"e":"E1"}`), func(r template.Read) {
			if string(r.Reader) != want {
				t.Errorf("level %d: reader %q, want %q", level, r.Reader, want)
			}
		})
	}
}

func TestWalkingAllocatesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		mapping template.Mapping
		payload string
	}{
		"flat":    {flat, `{"timestamp":"2025-10-07T15:04:46.123+0000","data":{"MAC":"m","idHex":"3034257BF7194E4000001A85","antenna":3,"peakRssi":-52}}`},
		"gateway": {gateway, `{"tag_reads":[{"epc":"E1","peakRssi":-61.5,"antennaPort":2,"firstSeenTimestamp":1759849486123456},{"epc":"E2"}],"readerName":"r"}`},
		"keonn":   {keonn, messages(t)[0].Payload},
	} {
		tpl, payload := compile(t, c.mapping), []byte(c.payload)
		tags := 0
		n := testing.AllocsPerRun(100, func() { tpl.Each("a/b", payload, func(template.Read) { tags++ }) })
		// The walk itself, for the whole message, and not for each tag.
		if n > 2 || tags == 0 {
			t.Errorf("%s: %v allocations for a message, want at most 2; %d tags", name, n, tags)
		}
	}
}

func TestConformanceOverBroker(t *testing.T) {
	const tag = `{"readerName":"r","tag_reads":[{"epc":"3034257BF7194E4000001A85","antennaPort":1}]}`
	devicetest.Run(t, func(t *testing.T) devicetest.Bench {
		b, sub := devicetest.OverBroker(t, "RFID/devices")
		driver := template.New(rfid.Options{Device: "r1", Topic: "RFID/#", SilentAfter: devicetest.Silence}, compile(t, gateway))
		b.Run = func(ctx context.Context, feed *devicetest.Feed) error { return driver.Run(ctx, sub, feed) }
		b.Tag = []byte(tag)
		b.Half = []byte(tag[:len(tag)/2])
		b.Alive = []byte(`{"tag_reads":[]}`)
		return b
	})
}

// FuzzEach: whatever comes in, what goes out is a read and what does not is counted.
func FuzzEach(f *testing.F) {
	f.Add([]byte(messages(f)[0].Payload))
	f.Add([]byte(`{"timestamp":"2025-10-07T15:04:46+0000","data":{"idHex":"E1"},"tag_reads":[{"epc":"E1","firstSeenTimestamp":1.5e15}],"seen":["4oAR_w=="]}`))
	all := []*template.Template{compile(f, keonn), compile(f, flat), compile(f, gateway), compile(f, plain)}
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := bytes.Clone(payload)
		for _, tpl := range all {
			tags := 0
			objects, bad := tpl.Each("a/b", payload, func(r template.Read) {
				tags++
				if r.EPC.IsZero() || r.Antenna < 1 || r.Antenna > rfid.MaxAntenna || r.RSSI.Known() && !(r.RSSI.DBm() < 0) || r.Time.Year() > 9999 {
					t.Errorf("%q: no read: %+v", payload, r)
				}
			})
			if tags > 0 && objects == 0 || objects+bad == 0 && len(bytes.TrimFunc(payload, empty)) > 0 {
				t.Errorf("%q: %d tags, %d objects, %d bad", payload, tags, objects, bad)
			}
		}
		if !bytes.Equal(before, payload) {
			t.Errorf("%q became %q", before, payload)
		}
	})
}

// empty says that a rune alone makes neither line nor object.
func empty(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("[],", r) }

// FuzzCompile: any mapping is refused with words or works.
func FuzzCompile(f *testing.F) {
	f.Add("tag_reads[].epc", "tag_reads[].rssi", "reader", 2)
	f.Add("a.b", "a.c", "", 0)
	f.Fuzz(func(t *testing.T, epc, rssi, reader string, level int) {
		tpl, err := template.Compile(template.Mapping{EPC: epc, RSSI: rssi, Reader: reader, ReaderTopicLevel: level})
		if err != nil {
			if err.Error() == "" {
				t.Error("a fault without words")
			}
			return
		}
		tpl.Each("a/b/c", []byte(`{"a":{"b":"E1","c":-1},"tag_reads":[{"epc":"E1"}]}`), func(r template.Read) {
			if r.EPC.IsZero() || math.IsInf(r.RSSI.DBm(), 0) {
				t.Errorf("no read: %+v", r)
			}
		})
	})
}

func TestTimesInUnits(t *testing.T) {
	at := time.Date(2025, 10, 7, 15, 4, 46, 0, time.UTC)
	for unit, number := range map[string]int64{"s": at.Unix(), "ms": at.UnixMilli(), "us": at.UnixMicro(), "ns": at.UnixNano()} {
		n := 0
		compile(t, template.Mapping{EPC: "e", Time: "t", TimeUnit: unit}).Each("", fmt.Appendf(nil, `{"e":"E1","t": %d}`, number), func(r template.Read) {
			n++
			if !r.Time.Equal(at) || string(r.Stamp) != fmt.Sprint(number) {
				t.Errorf("%s: %v of %q, want %v", unit, r.Time, r.Stamp, at)
			}
		})
		if n != 1 {
			t.Errorf("%s: %d reads", unit, n)
		}
	}
}
