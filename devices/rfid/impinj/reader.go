package impinj

import (
	"showroom/devices"
	"showroom/devices/rfid"
)

// New makes the driver of one reader. The reader has no heartbeat: it counts as silent only after the ten minutes that
// rfid.Options give it, or what its status events make useful.
func New(o rfid.Options) *rfid.Reader { return rfid.NewReader(o, understand) }

func understand(m devices.Message, each func(rfid.Event)) (bad int) {
	p := NewPayload(m.Payload)
	for e, ok := p.Next(); ok; e, ok = p.Next() {
		each(rfid.Event{Time: e.Time, Tag: e.Tag, EPC: e.EPC, Antenna: e.Antenna, RSSI: e.RSSI, NotEPC: e.PC.NotEPC()})
	}
	return p.Bad()
}
