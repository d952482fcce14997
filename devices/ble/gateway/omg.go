package gateway

import (
	"bytes"
	"encoding/hex"
	"strings"

	"showroom/devices/ble"
)

// omg decodes OpenMQTTGateway and Theengs Gateway (OpenMQTTGateway docs/use/ble.md, TheengsGateway/ble_gateway.py):
//
//	<base>/<gateway>/BTtoMQTT[/<address or UUID>]   a radio
//	<base>/<gateway>/SYStoMQTT                      the gateway's own figures
//	<base>/<gateway>/LWT                            online, or offline by the broker
func (d *Decoder) omg(topic string, payload []byte) {
	for base, rest := "", topic; ; {
		segment, behind, more := strings.Cut(rest, "/")
		switch segment {
		case "BTtoMQTT":
			d.m.Gateway = base
			d.omgRadio(payload)
			return
		case "SYStoMQTT":
			d.m.Gateway = base
			d.object(payload)
			return
		case "LWT":
			d.m.Gateway = base
			d.health(payload)
			return
		}
		if base, rest = segment, behind; !more {
			d.m.Other = true
			return
		}
	}
}

// omgFields are what an object of OpenMQTTGateway says of an iBeacon or, if it is told to, of the advertisement itself.
type omgFields struct {
	uuid, manufacturer, service, serviceUUID []byte
	major, minor                             uint16
	hasMajor, hasMinor, hasRSSI              bool
}

func (d *Decoder) omgRadio(payload []byte) {
	object, ok := d.object(payload)
	if !ok {
		return
	}
	r := d.begin()
	var f omgFields
	for key, value := range members(object) {
		switch string(key) {
		case "id":
			r.Address, _ = ble.ParseAddress(text(value))
		case "mac_type": // as in the HCI: 0 and 2 public, 1 and 3 random
			if v, ok := word(value); ok {
				r.AddressKind = ble.Public + ble.AddressKind(v&1)
			}
		case "rssi":
			f.hasRSSI = r.heard(value)
		case "txpower":
			r.claims(value)
		case "unixtime":
			r.Time = seconds(value)
		case "uuid":
			f.uuid = text(value)
		case "major":
			f.major, f.hasMajor = word(value)
		case "minor":
			f.minor, f.hasMinor = word(value)
		case "manufacturerdata":
			f.manufacturer = text(value)
		case "servicedata":
			f.service = text(value)
		case "servicedatauuid":
			f.serviceUUID = text(value)
		}
	}
	// A tracker that went away is told without a strength, and so is the gateway's configuration.
	if f.hasRSSI {
		d.omgBeacons(&r, f)
	}
}

func (d *Decoder) omgBeacons(r *Record, f omgFields) {
	if u, ok := uuid(f.uuid); ok && f.hasMajor && f.hasMinor {
		r.name(ble.IBeacon{UUID: u, Major: f.major, Minor: f.minor}.Identity())
	} else if raw, ok := d.bytes(f.manufacturer); ok {
		d.adv.Add(0xFF, raw)
	} else {
		d.m.spoil(0, notHex)
	}
	if u, ok := serviceUUID(f.serviceUUID); ok {
		if raw, ok := d.bytes(f.service); ok {
			d.adv.AddService(ble.Service{UUID: u, Data: raw})
		} else {
			d.m.spoil(0, notHex)
		}
	}
	d.finish(r, 0)
}

// serviceUUID reads a UUID of four digits, with or without 0x before them, or a whole one.
func serviceUUID(s []byte) (ble.UUID, bool) {
	if s = bytes.TrimPrefix(s, []byte("0x")); len(s) != 4 {
		return uuid(s)
	}
	var short [2]byte
	_, err := hex.Decode(short[:], s)
	return ble.ShortUUID(uint32(short[0])<<8 | uint32(short[1])), err == nil
}
