package gateway

import (
	"bytes"
	"encoding/binary"
	"encoding/json"

	"showroom/devices/ble"
)

// minew decodes Minew's gateways (reelyactive/barnowl-minew, lib/), whose topic is whatever they are told, by default
// /gw/<address>/status. A message holds an array, of a row about the gateway and rows about radios:
//
//	JSON-LONG    [{"type":"Gateway","mac":...}, {"type":...,"mac":...,"rssi":...,"rawData":...}, ...]
//	JSON-RAW     [{"gateway":...}, {"mac":...,"rssi":...,"no":...}, ...]
//	BINARY-LONG  see binary
func (d *Decoder) minew(topic string, payload []byte) {
	if above, last := cutLast(topic); last == "status" {
		_, name := cutLast(above)
		namedByMAC(d, name)
	}
	if is(payload, binaryHead) {
		d.binary(payload)
		return
	}
	payload = bytes.TrimSpace(payload)
	if !is(payload, '[') || !json.Valid(payload) {
		d.m.spoil(0, notJSON)
		return
	}
	for n, row := range elements(payload) {
		d.minewRow(row, n+1)
	}
}

func (d *Decoder) minewRow(row []byte, n int) {
	r := d.begin()
	var mac, gateway, kind, rawData []byte
	var beacon ble.IBeacon
	hasRSSI, hasUUID, hasMajor, hasMinor := false, false, false, false
	for key, value := range members(row) {
		switch string(key) {
		case "type":
			kind = text(value)
		case "mac":
			mac = text(value)
		case "gateway":
			gateway = text(value)
		case "rssi":
			hasRSSI = r.heard(value)
		case "rawData":
			rawData = text(value)
		case "timestamp":
			if is(value, '"') {
				_ = r.Time.UnmarshalText(text(value)) // one that is none leaves it zero
			} else {
				r.Time = seconds(value)
			}
		case "ibeaconUuid":
			beacon.UUID, hasUUID = uuid(text(value))
		case "ibeaconMajor":
			beacon.Major, hasMajor = word(value)
		case "ibeaconMinor":
			beacon.Minor, hasMinor = word(value)
		case "ibeaconTxPower":
			r.claims(value)
		}
	}
	switch {
	case string(kind) == "Gateway":
		namedByMAC(d, mac)
		return
	case gateway != nil && mac == nil:
		namedByMAC(d, gateway)
		return
	case !hasRSSI:
		d.m.spoil(n, noRSSI)
		return
	}
	r.Address, _ = ble.ParseAddress(mac)
	if hasUUID && hasMajor && hasMinor {
		r.name(beacon.Identity())
	} else {
		d.advertised(rawData, n)
	}
	d.finish(&r, n)
}

const (
	binaryHead = 0xBB
	binaryLong = 0x01
	binaryTail = 0xDD
	// binaryRandom are the bits of a packet's type of which one is set when the address is a random one.
	binaryRandom = 0x06

	badFrame = "binary frame is damaged"
)

// binary decodes BINARY-LONG, in which all numbers are big endian:
//
//	BB 01 | length of all[4] | gateway[6] | radios[2] | radio ... | DD
//	radio:  address[6] | packets[2] | packet ...
//	packet: length[1] | advertisement | type[1] | RSSI[1]
func (d *Decoder) binary(p []byte) {
	const head = 14
	if len(p) <= head || p[1] != binaryLong || int(binary.BigEndian.Uint32(p[2:])) != len(p) || p[len(p)-1] != binaryTail {
		d.m.spoil(0, badFrame)
		return
	}
	var digits [12]byte
	namedByMAC(d, appendHex(digits[:0], p[6:12]))
	rest := p[head : len(p)-1]
	for n := range int(binary.BigEndian.Uint16(p[12:])) {
		if rest = d.binaryRadio(rest, n+1); rest == nil {
			return
		}
	}
	if len(rest) > 0 {
		d.m.spoil(0, badFrame)
	}
}

func appendHex(to, p []byte) []byte {
	const digits = "0123456789abcdef"
	for _, b := range p {
		to = append(to, digits[b>>4], digits[b&15])
	}
	return to
}

// binaryRadio decodes one radio's packets and answers what follows them, nil when that cannot be told.
func (d *Decoder) binaryRadio(p []byte, n int) []byte {
	if len(p) < 8 {
		d.m.spoil(n, badFrame)
		return nil
	}
	address, packets := ble.Address(p[:6]), binary.BigEndian.Uint16(p[6:])
	p = p[8:]
	for range packets {
		if len(p) < 3 || len(p) < int(p[0])+3 {
			d.m.spoil(n, badFrame)
			return nil
		}
		advertisement, tail := p[1:1+int(p[0])], p[1+int(p[0]):]
		r := d.begin()
		r.Address = address
		r.RSSI = strength(float64(int8(tail[1])))
		if tail[0]&binaryRandom != 0 {
			r.AddressKind = ble.Random
		}
		if d.adv.Read(advertisement) != nil {
			d.m.spoil(n, overrun)
		}
		d.finish(&r, n)
		p = tail[2:]
	}
	return p
}
