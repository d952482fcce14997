package zebra

import (
	"strconv"
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
)

// maxAntenna is far above what a reader with multiplexers has.
const maxAntenna = 255

// pcToggle in the PC word says that the tag holds an ISO application family and no EPC (Gen2 6.3.2.1.2.2).
const pcToggle = 0x0100

// fields are what a tag's object says, before it is known whether it is a tag's.
type fields struct {
	epc           gs1.EPC
	antenna       int
	peak, rssi    devices.RSSI
	reads         int
	mac, hostName []byte
	notEPC        bool
	// A field that must be right is not.
	badEPC, badAntenna bool
}

func noFields() fields {
	return fields{antenna: 1, peak: devices.UnknownRSSI, rssi: devices.UnknownRSSI, reads: 1}
}

// read reads the value of one field of a tag.
func (f *fields) read(s *scanner, key []byte) error {
	switch string(key) {
	case "idHex", "EPC":
		return f.readEPC(s)
	case "antenna":
		v, ok, err := s.numeric()
		f.badAntenna = !ok || v < 1 || v > maxAntenna || v != float64(int(v))
		f.antenna = int(v)
		return err
	case "peakRssi":
		return s.strengthInto(&f.peak)
	case "rssi":
		return s.strengthInto(&f.rssi)
	case "reads", "seenCount":
		v, ok, err := s.numeric()
		f.reads = 1
		if ok && v >= 1 && v <= 1e6 {
			f.reads = int(v)
		}
		return err
	case "MAC":
		return s.textInto(&f.mac)
	case "hostName":
		return s.textInto(&f.hostName)
	case "PC":
		var text []byte
		err := s.textInto(&text)
		pc, bad := strconv.ParseUint(string(text), 16, 16)
		f.notEPC = bad == nil && pc&pcToggle != 0
		return err
	}
	_, err := s.skip(2)
	return err
}

func (f *fields) readEPC(s *scanner) error {
	var text []byte
	err := s.textInto(&text)
	if err != nil {
		return err
	}
	epc, bad := gs1.ParseEPC(string(text))
	f.epc, f.badEPC = epc, bad != nil
	return nil
}

func (f *fields) broken() bool { return f.badEPC || f.badAntenna }

// settle fills in what follows from the fields once all have been read.
func (o *Object) settle(name []byte) {
	f := &o.fields
	o.Tag = !f.epc.IsZero() && !f.broken()
	o.EPC, o.Antenna, o.RSSI, o.Reads, o.NotEPC = f.epc, f.antenna, f.peak, f.reads, f.notEPC
	if !o.RSSI.Known() {
		o.RSSI = f.rssi
	}
	for _, reader := range [][]byte{f.mac, name, f.hostName} {
		if len(reader) > 0 {
			o.Reader = reader
			return
		}
	}
}

// textInto moves over any value; into gets it when it is a string, else nil.
func (s *scanner) textInto(into *[]byte) (err error) {
	*into = nil
	if s.space() != '"' {
		_, err = s.skip(2)
		return err
	}
	*into, err = s.text()
	return err
}

// numeric moves over any value and answers it when it is a number.
func (s *scanner) numeric() (v float64, ok bool, err error) {
	c := s.space()
	raw, err := s.skip(2)
	if err != nil || c != '-' && (c < '0' || c > '9') {
		return 0, false, err
	}
	v, bad := strconv.ParseFloat(string(raw), 64)
	return v, bad == nil, nil
}

// strengthInto moves over any value; into gets it when it is a strength a tag's answer can have. That is below 0 dBm by far, and
// 0 is what a reader says that has none to tell.
func (s *scanner) strengthInto(into *devices.RSSI) error {
	v, ok, err := s.numeric()
	*into = devices.UnknownRSSI
	if ok && v < 0 {
		*into = devices.DBm(v)
	}
	return err
}

// parseTime reads 2025-10-07T15:04:46 with any fraction of a second, and Z, +hhmm or +hh:mm. Zebra writes the zone without a
// colon, so it is not RFC 3339.
func parseTime(p []byte) (time.Time, bool) {
	const shape = "dddd-dd-ddTdd:dd:dd"
	if len(p) <= len(shape) {
		return time.Time{}, false
	}
	for i := range shape {
		if digit := '0' <= p[i] && p[i] <= '9'; digit != (shape[i] == 'd') || !digit && p[i] != shape[i] {
			return time.Time{}, false
		}
	}
	zone, nanos := p[len(shape):], 0
	if zone[0] == '.' {
		zone, nanos = fraction(zone[1:])
	}
	offset, ok := parseZone(zone)
	if !ok {
		return time.Time{}, false
	}
	year, month, day := number(p[0:4]), number(p[5:7]), number(p[8:10])
	hour, minute, second := number(p[11:13]), number(p[14:16]), number(p[17:19])
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC).Add(-offset), true
}

func fraction(p []byte) (rest []byte, nanos int) {
	scale := int(time.Second)
	for len(p) > 0 && '0' <= p[0] && p[0] <= '9' {
		scale /= 10
		nanos += int(p[0]-'0') * scale
		p = p[1:]
	}
	return p, nanos
}

func parseZone(p []byte) (offset time.Duration, ok bool) {
	if len(p) == 1 && p[0] == 'Z' {
		return 0, true
	}
	if len(p) == 6 && p[3] == ':' {
		p = []byte{p[0], p[1], p[2], p[4], p[5]}
	}
	if len(p) != 5 || p[0] != '+' && p[0] != '-' {
		return 0, false
	}
	for _, c := range p[1:] {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	offset = time.Duration(number(p[1:3]))*time.Hour + time.Duration(number(p[3:5]))*time.Minute
	if p[0] == '-' {
		offset = -offset
	}
	return offset, true
}

func number(digits []byte) (v int) {
	for _, c := range digits {
		v = v*10 + int(c-'0')
	}
	return v
}
