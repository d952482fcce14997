package sim

import (
	"testing"
	"time"

	"showroom/devices/rfid/zebra"
)

// TestMessages: every read is in one message, some messages hold two, and the real decoder takes them all.
func TestMessages(t *testing.T) {
	m := zebraReader{Reader: Reader{Topic: "t"}, mac: mac("fr1")}
	at := time.Date(2026, 11, 21, 12, 0, 0, 123e6, time.UTC)
	glued := 0
	for n := range 6 {
		r := crowd(t, n, at)
		var got []zebra.Object
		for _, message := range m.tell(r) {
			p := zebra.NewPayload(message.payload)
			objects := 0
			for o, ok := p.Next(); ok; o, ok = p.Next() {
				got = append(got, o)
				objects++
			}
			if p.Bad() != 0 {
				t.Errorf("message %s is damaged", message.payload)
			}
			if objects == 2 {
				glued++
			}
		}
		if len(got) != n {
			t.Fatalf("%d objects of %d reads", len(got), n)
		}
		for i, o := range got {
			if !o.Tag || o.EPC != r.Reads[i].EPC || o.Antenna != 1 || o.RSSI != -5000 || !o.Time.Equal(at) || string(o.Reader) != m.mac {
				t.Errorf("object %+v of read %+v", o, r.Reads[i])
			}
		}
	}
	if glued == 0 {
		t.Error("no message held two reads")
	}
	p := zebra.NewPayload(m.beat(at)[0].payload)
	if o, ok := p.Next(); !ok || o.Tag || string(o.Type) != "HEARTBEAT" || !o.Time.Equal(at) {
		t.Errorf("heartbeat %+v", o)
	}
}
