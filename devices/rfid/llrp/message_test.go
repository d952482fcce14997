package llrp_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid/llrp"
	"showroom/devices/sim/llrpsim"
)

type recording struct {
	name string
	kind llrp.Type
	body []byte
	json []byte
}

func recordings(t testing.TB) (all []recording) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.bytes")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(f, ".bytes")
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(filepath.Base(name), "-")
		m, err := llrp.ParseType(kind)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, recording{filepath.Base(name), m, body, want})
	}
	return all
}

func TestRecordedMessages(t *testing.T) {
	all := recordings(t)
	if len(all) != 9 {
		t.Fatalf("%d recordings, want 9", len(all))
	}
	for _, r := range all {
		m, err := llrp.Decode(r.kind, r.body)
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
			continue
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tree(t, r.json), tree(t, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.name, diff)
		}
		// A message that ends too early, or too late, is no message.
		for n := range r.body {
			m, err := llrp.Decode(r.kind, r.body[:n])
			if _, ok := errors.AsType[*llrp.FormatError](err); err != nil && !ok {
				t.Errorf("%s cut to %d bytes: %v, want a FormatError", r.name, n, err)
			}
			if err == nil && cmp.Equal(tree(t, must(json.Marshal(m))), tree(t, r.json)) {
				t.Errorf("%s cut to %d bytes is the same", r.name, n)
			}
		}
		if _, err := llrp.Decode(r.kind, append(bytes.Clone(r.body), 0)); err == nil {
			t.Errorf("%s with a byte too many is taken", r.name)
		}
	}
}

func must(p []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return p
}

func tree(t testing.TB, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTagsOfTheRecordings(t *testing.T) {
	var got []string
	for _, r := range recordings(t) {
		if r.kind != llrp.ROAccessReport {
			continue
		}
		tags := llrp.NewTags(r.body)
		for tag, ok := tags.Next(); ok; tag, ok = tags.Next() {
			got = append(got, fmt.Sprintf("%v at %d with %v", tag.EPC, tag.Antenna, tag.RSSI.DBm()))
		}
		if tags.Bad() != 0 {
			t.Errorf("%s: %d bad", r.name, tags.Bad())
		}
	}
	want := []string{"3000ABCDEF00000000000003 at 1 with -48", "3000ABCDEF00000000000005 at 1 with -47", "301430A55C0AC30000000009 at 1 with -54", "301430A55C0AC40000000000 at 1 with -68", "3000ABCDEF00000000000002 at 1 with -52"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func epcData(bits int) []byte {
	return tlv(241, binary.BigEndian.AppendUint16(nil, uint16(bits)), bytes.Repeat([]byte{0x30}, (bits+7)/8))
}

var epc96 = tv(13, 0x30, 0x34, 0x25, 0x7B, 0xF7, 0x19, 0x4E, 0x40, 0, 0, 0x1A, 0x85)

func TestTags(t *testing.T) {
	const own = "3034257BF7194E4000001A85"
	for name, c := range map[string]struct {
		body []byte
		want []llrp.Tag
		bad  int
	}{
		"nothing told":       {tlv(240, epc96), []llrp.Tag{{Antenna: 1, RSSI: devices.UnknownRSSI, Seen: 1}}, 0},
		"all told":           {tlv(240, epc96, tv(1, 0, 4), tv(6, 0xC4), tv(8, 0, 9), tv(12, 0x30, 0), tv(2, 0, 0, 0, 0, 0, 0, 0, 1)), []llrp.Tag{{Antenna: 4, RSSI: -6000, Seen: 9}}, 0},
		"0 dBm is not told":  {tlv(240, epc96, tv(6, 0)), []llrp.Tag{{Antenna: 1, RSSI: devices.UnknownRSSI, Seen: 1}}, 0},
		"+5 dBm is not told": {tlv(240, epc96, tv(6, 5)), []llrp.Tag{{Antenna: 1, RSSI: devices.UnknownRSSI, Seen: 1}}, 0},
		"not an EPC":         {tlv(240, epc96, tv(12, 0x29, 0xA9)), []llrp.Tag{{Antenna: 1, RSSI: devices.UnknownRSSI, Seen: 1, NotEPC: true}}, 0},
		"a maker's own":      {tlv(240, epc96, tlv(1023, make([]byte, 12))), []llrp.Tag{{Antenna: 1, RSSI: devices.UnknownRSSI, Seen: 1}}, 0},
		"antenna 0":          {tlv(240, epc96, tv(1, 0, 0)), nil, 1},
		"no EPC parameter":   {tlv(240, tv(1, 0, 1)), nil, 1},
		"unknown TV":         {tlv(240, epc96, tv(99, 1, 2, 3)), nil, 1},
		"a broken one first": {append(tlv(240, tv(13, 1, 2)), tlv(240, epc96)...), []llrp.Tag{{Antenna: 1, RSSI: devices.UnknownRSSI, Seen: 1}}, 1},
		"length below 4":     {[]byte{0, 240, 0, 3}, nil, 1},
		"length too long":    {append(tlv(240, epc96), 0, 240, 0, 200, 1), []llrp.Tag{{Antenna: 1, RSSI: devices.UnknownRSSI, Seen: 1}}, 1},
		"survey":             {tlv(242, make([]byte, 8)), nil, 0},
		"empty report":       {nil, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var got []llrp.Tag
			tags := llrp.NewTags(c.body)
			for tag, ok := tags.Next(); ok; tag, ok = tags.Next() {
				if tag.EPC.String() != own {
					t.Errorf("EPC %v", tag.EPC)
				}
				tag.EPC = gs1.EPC{}
				got = append(got, tag)
			}
			if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b gs1.EPC) bool { return a == b })); diff != "" || tags.Bad() != c.bad {
				t.Errorf("%d bad, want %d; tags (-want +got):\n%s", tags.Bad(), c.bad, diff)
			}
		})
	}
}

func TestEPCsOfEveryLength(t *testing.T) {
	for bits := range 1000 {
		tags := llrp.NewTags(tlv(240, epcData(bits), tv(1, 0, 2)))
		tag, ok := tags.Next()
		if size := (bits + 7) / 8; size > 62 {
			if ok || tags.Bad() != 1 {
				t.Errorf("%d bits are taken: %+v", bits, tag)
			}
		} else if !ok || tag.EPC.Len() != size || tag.Antenna != 2 {
			t.Errorf("%d bits: %+v, %t", bits, tag, ok)
		}
		// One byte more or less than the bits say.
		data := epcData(bits)
		wrong := tlv(240, tlv(241, data[4:], []byte{7}))
		tags = llrp.NewTags(wrong)
		if tag, ok := tags.Next(); ok || tags.Bad() != 1 {
			t.Errorf("%d bits and a byte too many: %+v", bits, tag)
		}
	}
}

func TestAnyChunkingGivesTheSameMessages(t *testing.T) {
	all := recordings(t)
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want []llrp.Message
		for range rapid.IntRange(1, 20).Draw(t, "messages") {
			r := rapid.SampledFrom(all).Draw(t, "message")
			m := llrp.Message{Type: r.kind, ID: rapid.Uint32().Draw(t, "id"), Body: r.body}
			want, stream = append(want, m), m.Append(stream)
		}
		var d llrp.Decoder
		var got []llrp.Message
		for len(stream) > 0 {
			n := rapid.IntRange(1, min(len(stream), 600)).Draw(t, "piece")
			d.Feed(stream[:n])
			stream = stream[n:]
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				m.Body = bytes.Clone(m.Body)
				got = append(got, m)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || d.Err() != nil {
			t.Fatalf("%v; messages (-want +got):\n%s", d.Err(), diff)
		}
	})
}

func TestWrongHeadersEndTheStream(t *testing.T) {
	for name, c := range map[string]struct{ head, want string }{
		"another protocol": {"HTTP/1.1 400 Bad Request\r\n", "not the beginning of an LLRP message"},
		"version 0":        {"\x00\x3E\x00\x00\x00\x0A\x00\x00\x00\x01", "not the beginning of an LLRP message"},
		"version 3":        {"\x0C\x3E\x00\x00\x00\x0A\x00\x00\x00\x01", "not the beginning of an LLRP message"},
		"length 9":         {"\x04\x3E\x00\x00\x00\x09\x00\x00\x00\x01", "KeepAlive says that it is 9 bytes long"},
		"length 2 GB":      {"\x04\x3D\x7F\x00\x00\x00\x00\x00\x00\x01", "ROAccessReport says that it is 2130706432 bytes long"},
	} {
		var d llrp.Decoder
		d.Feed([]byte(c.head))
		if m, ok := d.Next(); ok || d.Err() == nil || !strings.Contains(d.Err().Error(), c.want) {
			t.Errorf("%s: %v, %v, want %q", name, m, d.Err(), c.want)
		}
		d.Feed(llrp.Message{Type: llrp.KeepAlive}.Append(nil))
		if m, ok := d.Next(); ok {
			t.Errorf("%s: %v behind the end", name, m)
		}
	}
}

func TestReportsAllocateNothing(t *testing.T) {
	body := tlv(240, epc96, tv(1, 0, 4), tv(6, 0xC4), tv(12, 0x30, 0))
	for range 5 {
		body = append(body, body...)
	}
	frame := llrp.Message{Type: llrp.ROAccessReport, Body: body}.Append(nil)
	var d llrp.Decoder
	n := 0
	allocs := testing.AllocsPerRun(100, func() {
		d.Feed(frame)
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			tags := llrp.NewTags(m.Body)
			for _, ok := tags.Next(); ok; _, ok = tags.Next() {
				n++
			}
		}
	})
	if allocs != 0 || n != 101*32 {
		t.Errorf("%v allocations for a report of 32 tags, want none; %d tags", allocs, n)
	}
}

func BenchmarkReport(b *testing.B) {
	body := tlv(240, epc96, tv(1, 0, 4), tv(6, 0xC4), tv(12, 0x30, 0))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		tags := llrp.NewTags(body)
		for _, ok := tags.Next(); ok; _, ok = tags.Next() {
		}
	}
}

func TestParseType(t *testing.T) {
	for _, name := range []string{"ROAccessReport", "roaccessreport", "RO_ACCESS_REPORT"} {
		if got, err := llrp.ParseType(name); got != llrp.ROAccessReport || err != nil {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	if _, err := llrp.ParseType("Hello"); err == nil {
		t.Error("Hello is a message")
	}
	if _, err := llrp.Decode(llrp.KeepAliveAck, nil); err == nil {
		t.Error("a message of ours is decoded")
	}
}

// FuzzDecode: whatever is decoded makes JSON, and the two ways to read a report agree.
func FuzzDecode(f *testing.F) {
	for _, r := range recordings(f) {
		f.Add(uint16(r.kind), r.body)
	}
	f.Add(uint16(llrp.GetReaderCapabilitiesResponse), llrpsim.Capabilities(4))
	f.Add(uint16(llrp.ROAccessReport), tlv(240, epcData(198), tv(12, 0x34, 0), tlv(349, make([]byte, 9))))
	f.Add(uint16(llrp.AddROSpecResponse), refusal(100, "no", hopTableRefused()))
	f.Fuzz(func(t *testing.T, kind uint16, body []byte) {
		m, err := llrp.Decode(llrp.Type(kind), body)
		if err == nil {
			if _, err := json.Marshal(m); err != nil {
				t.Fatalf("%X: %v", body, err)
			}
		}
		tags := llrp.NewTags(body)
		n := 0
		for tag, ok := tags.Next(); ok; tag, ok = tags.Next() {
			n++
			if tag.Antenna < 1 || tag.Seen < 1 || tag.RSSI.Known() && tag.RSSI >= 0 {
				t.Fatalf("%X: no tag: %+v", body, tag)
			}
		}
		report, ok := m.(*llrp.Report)
		if ok && err == nil && n+tags.Bad() != len(report.TagReportData) {
			t.Fatalf("%X: %d tags and %d bad, but %d decoded", body, n, tags.Bad(), len(report.TagReportData))
		}
	})
}

// FuzzStream: no bytes make the Decoder panic, hold more than a message or answer one that is not there.
func FuzzStream(f *testing.F) {
	for _, r := range recordings(f) {
		f.Add(llrp.Message{Type: r.kind, ID: 7, Body: r.body}.Append(nil), 3)
	}
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, piece int) {
		whole, pieces := messagesIn(stream, len(stream)), messagesIn(stream, min(max(piece, 1), 1000))
		if !bytes.Equal(whole, pieces) {
			t.Fatalf("%X in pieces of %d: %X, want %X", stream, piece, pieces, whole)
		}
	})
}

// messagesIn is the messages of a stream fed in pieces, one after the other, as they would be sent by us.
func messagesIn(stream []byte, piece int) (all []byte) {
	var d llrp.Decoder
	for len(stream) > 0 {
		n := min(piece, len(stream))
		d.Feed(stream[:n])
		stream = stream[n:]
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			all = m.Append(all)
		}
	}
	return all
}

// A reader that miscounts leaves the Decoder amid a tag, whose number is not for the log.
func TestALostDecoderTellsNoTag(t *testing.T) {
	epc, err := gs1.ParseEPC("F034257BF7194E4000001A85")
	if err != nil {
		t.Fatal(err)
	}
	var d llrp.Decoder
	d.Feed(epc.AppendBytes(nil))
	if _, ok := d.Next(); ok || d.Err() == nil {
		t.Fatal("half a report is taken for a message")
	}
	text := strings.ReplaceAll(d.Err().Error(), " ", "")
	if strings.Contains(strings.ToUpper(text), epc.String()[:8]) {
		t.Errorf("the error repeats the tag: %v", d.Err())
	}
}
