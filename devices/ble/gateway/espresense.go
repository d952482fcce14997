package gateway

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"

	"showroom/devices/ble"
)

// espresense decodes ESPresense (src/BleFingerprint.cpp, src/main.cpp), whose gateways are called after their rooms:
//
//	<base>/devices/<id>/<room>       a radio
//	<base>/rooms/<room>/telemetry    the gateway's own figures
//	<base>/rooms/<room>/status       online, or offline by the broker
func (d *Decoder) espresense(topic string, payload []byte) {
	above, last := cutLast(topic)
	above, middle := cutLast(above)
	_, class := cutLast(above)
	switch {
	case class == "devices":
		d.m.Gateway = last
		d.espRadio(payload)
	case class == "rooms" && last == "telemetry":
		d.m.Gateway = middle
		d.object(payload)
	case class == "rooms" && last == "status":
		d.m.Gateway = middle
		d.health(payload)
	default:
		d.m.Other = true
	}
}

// cutLast cuts a topic's last segment off.
func cutLast(topic string) (above, last string) {
	i := strings.LastIndexByte(topic, '/')
	return topic[:max(i, 0)], topic[i+1:]
}

func (d *Decoder) espRadio(payload []byte) {
	object, ok := d.object(payload)
	if !ok {
		return
	}
	r := d.begin()
	r.Smoothed = true // the mean of what lies near the median of 15 s
	var id, mac []byte
	hasRSSI := false
	for key, value := range members(object) {
		switch string(key) {
		case "id":
			id = text(value)
		case "mac":
			mac = text(value)
		case "rssi":
			hasRSSI = r.heard(value)
		case "rssi@1m":
			r.claims(value)
		}
	}
	if !hasRSSI {
		d.m.spoil(0, noRSSI)
		return
	}
	r.Address, _ = ble.ParseAddress(mac)
	if bytes.Equal(id, mac) {
		// Only addresses that last are reported under themselves.
		r.AddressKind = ble.Public
	}
	r.name(espIdentity(id))
	d.finish(&r, 0)
}

// espIdentity reads an id as ESPresense composes it. Other ids are an address with a word before it, or a name somebody gave, and
// tell a radio no better than its address.
func espIdentity(id []byte) (ble.Identity, bool) {
	kind, rest, _ := bytes.Cut(id, []byte(":"))
	switch string(kind) {
	case "iBeacon":
		f, ok := espBeacon(rest)
		if !ok {
			return ble.Identity{}, false
		}
		return f.Identity()
	case "altBeacon": // its 20 bytes, written as an iBeacon's
		f, ok := espBeacon(rest)
		if !ok {
			return ble.Identity{}, false
		}
		alt := ble.AltBeacon{}
		copy(alt.ID[:], f.UUID[:])
		copy(alt.ID[16:], []byte{byte(f.Major >> 8), byte(f.Major), byte(f.Minor >> 8), byte(f.Minor)})
		return alt.Identity()
	case "eddy":
		return espEddystone(rest)
	case "irk":
		var key [16]byte
		if len(rest) != 2*len(key) {
			return ble.Identity{}, false
		}
		_, err := hex.Decode(key[:], rest)
		return ble.IRK(key), err == nil
	}
	return ble.Identity{}, false
}

// espBeacon reads <uuid>-<major>-<minor>.
func espBeacon(s []byte) (f ble.IBeacon, ok bool) {
	second := bytes.LastIndexByte(s, '-')
	first := bytes.LastIndexByte(s[:max(second, 0)], '-')
	if first < 0 {
		return f, false
	}
	major, bad1 := strconv.ParseUint(string(s[first+1:second]), 10, 16)
	minor, bad2 := strconv.ParseUint(string(s[second+1:]), 10, 16)
	u, ok := uuid(s[:first])
	return ble.IBeacon{UUID: u, Major: uint16(major), Minor: uint16(minor)}, ok && bad1 == nil && bad2 == nil
}

// espEddystone reads <namespace>-<instance>. Firmware writes the fifth byte of the namespace twice, so that it has 22 digits.
func espEddystone(s []byte) (ble.Identity, bool) {
	namespace, instance, _ := bytes.Cut(s, []byte("-"))
	var n [11]byte
	var f ble.EddystoneUID
	if len(namespace) != 20 && len(namespace) != 22 || len(instance) != 12 {
		return ble.Identity{}, false
	}
	_, bad1 := hex.Decode(n[:], namespace)
	_, bad2 := hex.Decode(f.Instance[:], instance)
	if bad1 != nil || bad2 != nil {
		return ble.Identity{}, false
	}
	copy(f.Namespace[:], n[:])
	if len(namespace) == 22 {
		if n[4] != n[5] {
			return ble.Identity{}, false
		}
		copy(f.Namespace[5:], n[6:])
	}
	return f.Identity()
}
