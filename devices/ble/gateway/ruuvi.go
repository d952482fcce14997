package gateway

import "showroom/devices/ble"

// ruuvi decodes Ruuvi Gateway (ruuvi/docs, ruuvi-gateway-firmware/data-formats):
//
//	<base>/<gateway>/<address>    a radio, with its advertisement
//	<base>/<gateway>/gw_status    online, or offline by the broker
func (d *Decoder) ruuvi(topic string, payload []byte) {
	above, last := cutLast(topic)
	_, name := cutLast(above)
	address, radio := ble.ParseAddress(last)
	if !radio && last != "gw_status" {
		d.m.Other = true
		return
	}
	namedByMAC(d, name)
	object, ok := d.object(payload)
	if !ok {
		return
	}
	if !radio {
		for key, value := range members(object) {
			if string(key) == "state" {
				d.health(text(value))
			}
		}
		return
	}
	r := d.begin()
	r.Address = address
	hasRSSI := false
	for key, value := range members(object) {
		switch string(key) {
		case "gw_mac":
			namedByMAC(d, text(value))
		case "rssi":
			hasRSSI = r.heard(value)
		case "ts": // when the radio was heard; gwts is when the gateway said so
			r.Time = seconds(value)
		case "data":
			d.adv.Reset()
			d.advertised(text(value), 0)
		}
	}
	if !hasRSSI {
		d.m.spoil(0, noRSSI)
		return
	}
	d.finish(&r, 0)
}
