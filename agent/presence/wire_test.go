package presence_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/rfid/impinj"
	"showroom/devices/rfid/r200"
	"showroom/devices/rfid/zebra"
)

// wire is a shop whose readings come as bytes. Each tag in turn is read once. The bytes lie one behind the other, as a port delivers
// them, so that nothing is waited for but what the program itself keeps.
type wire struct {
	engine  *presence.Engine
	readers []showroom.DeviceID
	bytes   []byte // one piece of the same size for each tag
	size    int
	at      time.Time
	next    int
	reader  int
	seen    int // what comes of it all, so that nothing can be left out
}

func wired(tb testing.TB, tags int, say func(devices.TagRead) []byte) *wire {
	tb.Helper()
	e, reads, at := crowd(tb, tags)
	w := &wire{engine: e, at: at, size: len(say(reads[0]))}
	for i, r := range reads {
		if i < rooms {
			w.readers = append(w.readers, r.Reader)
		}
		w.bytes = append(w.bytes, say(r)...)
	}
	if len(w.bytes) != tags*w.size {
		tb.Fatal("the pieces are not of one size")
	}
	return w
}

// said is what comes next.
func (w *wire) said() []byte {
	if w.next == len(w.bytes) {
		w.next, w.reader = 0, 0
	}
	w.next += w.size
	if w.reader++; w.reader > rooms {
		w.reader = 1
	}
	return w.bytes[w.next-w.size : w.next]
}

// observe takes a reading of what was said last to the end of the way.
func (w *wire) observe(r devices.TagRead) {
	w.at = w.at.Add(between)
	r.Reader, r.At = w.readers[w.reader-1], w.at
	w.seen += len(w.engine.Observe(r))
}

// inventoryFrame is what an R200 sends of a tag.
func inventoryFrame(r devices.TagRead) []byte {
	return r200.TagFrame(r200.FramingBB, int8(r.RSSI/100), r200.PC(r.EPC), r.EPC).Append(nil)
}

// way is one from bytes to presence: what each call of whole does. limit does no more than has to be done with the bytes.
type way struct {
	limit, whole func()
	end          *presence.Engine
}

// serial goes through the decoder of an R200, and that alone is the limit.
func serial(tb testing.TB, tags int) way {
	w := wired(tb, tags, inventoryFrame)
	alone := *w
	var parser, d r200.Decoder
	limit := func() {
		parser.Feed(alone.said())
		for f, ok := parser.Next(); ok; f, ok = parser.Next() {
			t, _ := f.Tag()
			alone.seen += t.EPC.Len()
		}
	}
	whole := func() {
		d.Feed(w.said())
		for f, ok := d.Next(); ok; f, ok = d.Next() {
			if t, ok := f.Tag(); ok && t.IsEPC() {
				w.observe(devices.TagRead{Antenna: 1, EPC: t.EPC, RSSI: t.Strength()})
			}
		}
	}
	return way{limit, whole, w.engine}
}

func zebraMessage(r devices.TagRead) []byte {
	return fmt.Appendf(nil, `{"type":"SIMPLE","timestamp":"2025-10-07T15:04:46.123+0000","data":{"MAC":"C4:7D:CC:FF:FF:FF","antenna":1,"eventNum":1,"format":"epc","idHex":"%s","peakRssi":%v,"reads":1}}`,
		r.EPC, r.RSSI.DBm())
}

// overZebra goes through the messages of a Zebra reader. The limit is encoding/json over what is wanted of them.
func overZebra(tb testing.TB, tags int) way {
	w := wired(tb, tags, zebraMessage)
	alone := *w
	limit := func() {
		var v struct {
			Type      string
			Timestamp string
			Data      struct {
				MAC, IDHex     string
				Antenna, Reads int
				PeakRSSI       float64
			}
		}
		if err := json.Unmarshal(alone.said(), &v); err != nil {
			tb.Fatal(err)
		}
		alone.seen += len(v.Data.IDHex)
	}
	whole := func() {
		p := zebra.NewPayload(w.said())
		for o, ok := p.Next(); ok; o, ok = p.Next() {
			if o.Tag && !o.NotEPC {
				w.observe(devices.TagRead{Antenna: o.Antenna, EPC: o.EPC, RSSI: o.RSSI})
			}
		}
	}
	return way{limit, whole, w.engine}
}

func impinjMessage(r devices.TagRead) []byte {
	return fmt.Appendf(nil, `[{"timestamp":"2022-02-22T22:22:22.222Z","hostname":"impinj-01-23-45","eventType":"tagInventory","tagInventoryEvent":{"epcHex":"%s","pc":"NAA=","antennaPort":1,"antennaName":"ANTENNA-NAME","peakRssiCdbm":%d,"frequency":927250,"transmitPowerCdbm":3000,"lastSeenTime":"2022-02-22T22:22:22.222Z","phaseAngle":69.0}}]`,
		r.EPC, r.RSSI)
}

// overImpinj is the same for an Impinj reader.
func overImpinj(tb testing.TB, tags int) way {
	w := wired(tb, tags, impinjMessage)
	alone := *w
	limit := func() {
		var v []struct {
			Timestamp, Hostname, EventType string
			TagInventoryEvent              struct {
				EPCHex, PC, LastSeenTime  string
				AntennaPort, PeakRSSICDBm int
			}
		}
		if err := json.Unmarshal(alone.said(), &v); err != nil {
			tb.Fatal(err)
		}
		alone.seen += len(v)
	}
	whole := func() {
		p := impinj.NewPayload(w.said())
		for e, ok := p.Next(); ok; e, ok = p.Next() {
			if e.Tag && !e.PC.NotEPC() {
				w.observe(devices.TagRead{Antenna: e.Antenna, EPC: e.EPC, RSSI: e.RSSI})
			}
		}
	}
	return way{limit, whole, w.engine}
}

// A frame of a serial reader, to the end of the way.
func BenchmarkRow6SerialFrame(b *testing.B) {
	few, many := serial(b, 100), serial(b, 20_000)
	took := inTurn(b, few.limit, few.whole, many.limit, many.whole)
	b.ReportMetric(took[1], "ns/frame@100")
	b.ReportMetric(took[1]/took[0], "path/parse@100<=3")
	b.ReportMetric(took[3]/took[2], "path/parse@20000<=3")
	b.ReportMetric(took[3]/took[1], "20000/100<=1.5")
}

// A message of a reader over MQTT, to the end of the way.
func BenchmarkRow7JSON(b *testing.B) {
	for name, over := range map[string]func(testing.TB, int) way{"zebra": overZebra, "impinj": overImpinj} {
		b.Run(name, func(b *testing.B) {
			few, many := over(b, 100), over(b, 20_000)
			took := inTurn(b, few.limit, few.whole, many.limit, many.whole)
			b.ReportMetric(took[1], "ns/message@100")
			b.ReportMetric(took[1]/took[0], "path/json@100<=0.25")
			b.ReportMetric(took[3]/took[2], "path/json@20000<=0.25")
		})
	}
}

// Whatever a reading takes on its way, it is not memory; of a message over MQTT one piece would be forgiven.
func TestReadingsOffTheWireAllocateNothing(t *testing.T) {
	for name, c := range map[string]struct {
		open   func(testing.TB, int) way
		atMost float64
	}{
		"r200":   {serial, 0},
		"zebra":  {overZebra, 1},
		"impinj": {overImpinj, 1},
	} {
		for _, n := range sizes() {
			w := c.open(t, n)
			before := w.end.Stats().Reads
			if got := testing.AllocsPerRun(n, w.whole); got > c.atMost {
				t.Errorf("%s, %d tags: a reading allocates %v times, want at most %v", name, n, got, c.atMost)
			}
			if s := w.end.Stats(); s.Reads != before+uint64(n)+1 || s.Present != n || s.Weak+s.Unplaced > 0 {
				t.Errorf("%s, %d tags: %+v, want each read of a tag that stays to arrive", name, n, s)
			}
		}
	}
}
