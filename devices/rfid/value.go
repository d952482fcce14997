package rfid

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
)

// MaxAntenna is far above what a reader with multiplexers has.
const MaxAntenna = 255

// TextOf moves over any value and answers it when it is a string, else nil.
func (s *Scanner) TextOf() ([]byte, error) {
	if s.Space() != '"' {
		_, err := s.Skip()
		return nil, err
	}
	return s.Text()
}

// NumberOf moves over any value and answers it when it is a number.
func (s *Scanner) NumberOf() (v float64, ok bool, err error) {
	c := s.Space()
	raw, err := s.Skip()
	if err != nil || c != '-' && (c < '0' || c > '9') {
		return 0, false, err
	}
	v, bad := strconv.ParseFloat(string(raw), 64)
	return v, bad == nil, nil
}

// AntennaOf moves over any value and answers it when it is the number of an antenna.
func (s *Scanner) AntennaOf() (n int, ok bool, err error) {
	v, ok, err := s.NumberOf()
	if !ok || v < 1 || v > MaxAntenna || v != float64(int(v)) {
		return 0, false, err
	}
	return int(v), true, err
}

// Strength is a reader's number as a strength: v of them are scale to the dBm. A tag's answer is below 0 dBm by far, and 0 is
// what a reader says that has none to tell: that is UnknownRSSI, as is whatever no radio can mean.
func Strength(v, scale float64) devices.RSSI {
	if !(v < 0) {
		return devices.UnknownRSSI
	}
	return devices.DBm(v / scale)
}

// ParseBase64EPC reads an EPC in the URL-safe alphabet, with and without padding, and forgives the other alphabet.
func ParseBase64EPC(text []byte) (gs1.EPC, bool) {
	const longest = (gs1.MaxEPCBytes + 2) / 3 * 4
	var clean, raw [longest]byte
	text = bytes.TrimRight(text, "=")
	if len(text) > longest {
		return gs1.EPC{}, false
	}
	for i, c := range text {
		switch c {
		case '+':
			c = '-'
		case '/':
			c = '_'
		}
		clean[i] = c
	}
	n, err := base64.RawURLEncoding.Decode(raw[:], clean[:len(text)])
	if err != nil {
		return gs1.EPC{}, false
	}
	epc, err := gs1.EPCFromBytes(raw[:n])
	return epc, err == nil
}

// ParseTime reads 2025-10-07T15:04:46 with any fraction of a second, and Z, +hhmm or +hh:mm. Readers
// write the zone as they like, so RFC 3339 is too narrow.
func ParseTime(p []byte) (time.Time, bool) {
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
