package template

import (
	"bytes"
	"strconv"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid"
)

// maxMAC is the length of aa:bb:cc:dd:ee:ff.
const maxMAC = 17

// keonn walks over MAC|epc:rssi@port/mux1/mux2|..., with one or more lines of it.
func (w *walk) keonn(payload []byte) {
	for len(payload) > 0 {
		var line []byte
		line, payload, _ = bytes.Cut(payload, []byte("\n"))
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		mac, tags, more := bytes.Cut(line, []byte("|"))
		if !isMAC(mac) {
			w.bad++
			continue
		}
		w.understood++
		for more {
			var tag []byte
			tag, tags, more = bytes.Cut(tags, []byte("|"))
			if len(tag) == 0 && !more {
				break // the bar behind the last tag, or no tag at all
			}
			r, ok := keonnTag(tag)
			if !ok {
				w.bad++
				continue
			}
			r.Reader = mac
			w.give(r)
		}
	}
}

// keonnTag reads epc:rssi@port/mux1/mux2. The strength may be missing, the multiplexers too.
func keonnTag(p []byte) (r Read, ok bool) {
	id, place, placed := bytes.Cut(p, []byte("@"))
	id, strength, told := bytes.Cut(id, []byte(":"))
	epc, err := gs1.ParseEPC(string(id))
	if err != nil || !placed {
		return Read{}, false
	}
	r = Read{EPC: epc, RSSI: devices.UnknownRSSI, Location: place}
	if told && len(strength) > 0 {
		v, err := strconv.ParseFloat(string(strength), 64)
		if err != nil {
			return Read{}, false
		}
		r.RSSI = rfid.Strength(v, 1)
	}
	port, _, _ := bytes.Cut(place, []byte("/"))
	r.Antenna, err = strconv.Atoi(string(port))
	return r, err == nil && r.Antenna >= 1 && r.Antenna <= rfid.MaxAntenna
}

// isMAC says whether p is six bytes in hex, with or without colons or dashes.
func isMAC(p []byte) bool {
	digits := 0
	for _, c := range p {
		switch {
		case '0' <= c && c <= '9', 'a' <= c|0x20 && c|0x20 <= 'f':
			digits++
		case c != ':' && c != '-':
			return false
		}
	}
	return digits == 12 && len(p) <= maxMAC
}
