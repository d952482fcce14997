package template

import (
	"showroom/devices"
	"showroom/devices/rfid"
)

// New makes the driver of one reader whose messages t understands.
func New(o rfid.Options, t *Template) *rfid.Reader {
	return rfid.NewReader(o, func(m devices.Message, each func(rfid.Event)) (bad int) {
		tags := 0
		objects, bad := t.Each(m.Topic, m.Payload, func(r Read) {
			tags++
			each(rfid.Event{Time: r.Time, Tag: true, EPC: r.EPC, Antenna: r.Antenna, RSSI: r.RSSI})
		})
		if objects > 0 && tags == 0 {
			each(rfid.Event{}) // an empty list is a sign of life
		}
		return bad
	})
}
