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
	if v, ok := s.whole(); ok {
		return v, true, nil
	}
	raw, err := s.Skip()
	if err != nil || c != '-' && (c < '0' || c > '9') {
		return 0, false, err
	}
	v, bad := strconv.ParseFloat(string(raw), 64)
	return v, bad == nil, nil
}

// whole moves over a number of a few digits, which is what readers nearly always write. It moves over nothing else.
func (s *Scanner) whole() (float64, bool) {
	const few = 9
	i, n, sign := s.i, 0, 1
	if i < len(s.p) && s.p[i] == '-' {
		i, sign = i+1, -1
	}
	from := i
	for ; i < len(s.p) && '0' <= s.p[i] && s.p[i] <= '9'; i++ {
		n = n*10 + int(s.p[i]-'0')
		if i-from == few {
			return 0, false
		}
	}
	switch {
	case i == from, s.p[from] == '0', i < len(s.p) && (s.p[i] == '.' || s.p[i]|0x20 == 'e'):
		return 0, false
	}
	s.i = i
	return float64(sign * n), true
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
	if len(p) <= len(shape) || p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':' {
		return time.Time{}, false
	}
	zone, nanos := p[len(shape):], 0
	if zone[0] == '.' {
		zone, nanos = fraction(zone[1:])
	}
	offset, ok := parseZone(zone)
	year, month, day := 100*two(p[0:])+two(p[2:]), two(p[5:]), two(p[8:])
	hour, minute, second := two(p[11:]), two(p[14:]), two(p[17:])
	if !ok || year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC).Add(-offset), true
}

// two is the number that p begins with, of two digits; far below zero if it does not.
func two(p []byte) int {
	tens, ones := p[0]-'0', p[1]-'0'
	if tens > 9 || ones > 9 {
		return -100_000
	}
	return 10*int(tens) + int(ones)
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
	hours, minutes := two(p[1:]), two(p[3:])
	if hours < 0 || minutes < 0 {
		return 0, false
	}
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if p[0] == '-' {
		offset = -offset
	}
	return offset, true
}
