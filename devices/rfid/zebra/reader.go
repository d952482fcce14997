package zebra

import (
	"time"

	"showroom/devices"
	"showroom/devices/rfid"
)

// silentAfter is used when the options name no time: three of the longest heartbeats people set.
const silentAfter = 30 * time.Second

// New makes a Reader of what one Zebra reader publishes under o.Topic, heartbeats included. Its heartbeats tell a silent reader from
// an empty room, so o.SilentAfter is at least two of them; 0 means 30 s.
func New(o rfid.Options) *rfid.Reader {
	if o.SilentAfter <= 0 {
		o.SilentAfter = silentAfter
	}
	o.Heartbeats = true
	return rfid.NewReader(o, understand)
}

func understand(m devices.Message, each func(rfid.Event)) (bad int) {
	p := NewPayload(m.Payload)
	for o, ok := p.Next(); ok; o, ok = p.Next() {
		each(rfid.Event{Time: o.Time, Tag: o.Tag, EPC: o.EPC, Antenna: o.Antenna, RSSI: o.RSSI, NotEPC: o.NotEPC})
	}
	return p.Bad()
}
