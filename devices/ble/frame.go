package ble

import (
	"bytes"
	"encoding/binary"
	"math"

	"showroom/devices"
)

const (
	apple            = 0x004C
	eddystoneService = 0xFEAA
	// metre is how much weaker a signal is at one metre than at the antenna, where Eddystone measures (google/eddystone,
	// eddystone-uid/README.md).
	metre = 41
)

// Frame is one beacon frame: an [IBeacon], [AltBeacon], [EddystoneUID], [EddystoneURL], [EddystoneTLM], [EddystoneETLM] or
// [EddystoneEID].
type Frame interface {
	// Format is its name, as "eddystone-uid".
	Format() string
	// Identity is whom the frame names, false for frames that name nobody.
	Identity() (Identity, bool)
	// Power is the strength at one metre that the tag claims; UnknownRSSI when it claims none, or one no tag can have: some makers
	// put a battery's voltage there.
	Power() devices.RSSI
}

// IBeacon is Apple's format: manufacturer data of company 004C that begins with 02 15.
type IBeacon struct {
	UUID         UUID
	Major, Minor uint16
	At1m         int8 // as it stands in the frame, in dBm
}

// AltBeacon is the open counterpart (AltBeacon/spec, README.md): manufacturer data of any company that begins with BE AC.
type AltBeacon struct {
	Company  uint16
	ID       [20]byte
	At1m     int8 // as it stands in the frame, in dBm
	Reserved byte // for the maker's use
}

// EddystoneUID is a lasting identifier (google/eddystone, eddystone-uid/README.md).
type EddystoneUID struct {
	Namespace [10]byte
	Instance  [6]byte
	At0m      int8
}

// EddystoneURL is a web address (eddystone-url/README.md). It names a page and no tag.
type EddystoneURL struct {
	URL  string
	At0m int8
}

// EddystoneTLM is a tag's health (eddystone-tlm/tlm-plain.md). It names nobody: it belongs to what else came from its address.
type EddystoneTLM struct {
	Millivolts     uint16 // 0 when the tag cannot tell
	temperature    int16  // 8.8 fixed point; noTemperature when the tag cannot tell
	Advertisements uint32 // since its start
	Uptime         uint32 // in tenths of a second
}

// EddystoneETLM is an encrypted EddystoneTLM (eddystone-tlm/tlm-encrypted.md), which needs the tag's key.
type EddystoneETLM struct{ Sealed [16]byte }

// EddystoneEID is an identifier that changes (eddystone-eid/README.md). Only a [Resolver] with the tag's key knows it again.
type EddystoneEID struct {
	EID  [8]byte
	At0m int8
}

const noTemperature = math.MinInt16

// Celsius is the temperature, false when the tag cannot tell.
func (f EddystoneTLM) Celsius() (float64, bool) {
	return float64(f.temperature) / 256, f.temperature != noTemperature
}

// beaconOf is the beacon in a manufacturer's data, nil for none.
func beaconOf(m Manufacturer) Frame {
	switch d := m.Data; {
	case m.Company == apple && len(d) >= 23 && d[0] == 0x02 && d[1] == 0x15:
		return IBeacon{UUID: UUID(d[2:18]), Major: binary.BigEndian.Uint16(d[18:]), Minor: binary.BigEndian.Uint16(d[20:]), At1m: int8(d[22])}
	case len(d) >= 24 && d[0] == 0xBE && d[1] == 0xAC:
		return AltBeacon{Company: m.Company, ID: [20]byte(d[2:22]), At1m: int8(d[22]), Reserved: d[23]}
	}
	return nil
}

// eddystone is the frame in the data of Eddystone's service, nil for none. Some senders leave out the two reserved bytes of a UID.
func eddystone(d []byte) Frame {
	if len(d) < 2 {
		return nil
	}
	switch kind, at0m := d[0], int8(d[1]); {
	case kind == 0x00 && len(d) >= 18:
		return EddystoneUID{Namespace: [10]byte(d[2:12]), Instance: [6]byte(d[12:18]), At0m: at0m}
	case kind == 0x10 && len(d) >= 3:
		if url, ok := expand(d[2], d[3:]); ok {
			return EddystoneURL{URL: url, At0m: at0m}
		}
	case kind == 0x20 && d[1] == 0x00 && len(d) >= 14:
		return EddystoneTLM{Millivolts: binary.BigEndian.Uint16(d[2:]), temperature: int16(binary.BigEndian.Uint16(d[4:])),
			Advertisements: binary.BigEndian.Uint32(d[6:]), Uptime: binary.BigEndian.Uint32(d[10:])}
	case kind == 0x20 && d[1] == 0x01 && len(d) >= 18:
		return EddystoneETLM{Sealed: [16]byte(d[2:18])}
	case kind == 0x30 && len(d) >= 10:
		return EddystoneEID{EID: [8]byte(d[2:10]), At0m: at0m}
	}
	return nil
}

// maxURL is how many bytes a URL may take behind its scheme.
const maxURL = 17

// expand writes a URL out. Bytes that stand for nothing make it no URL.
func expand(scheme byte, code []byte) (string, bool) {
	schemes := [...]string{"http://www.", "https://www.", "http://", "https://"}
	endings := [...]string{".com", ".org", ".edu", ".net", ".info", ".biz", ".gov"}
	if int(scheme) >= len(schemes) || len(code) > maxURL {
		return "", false
	}
	var url bytes.Buffer
	url.WriteString(schemes[scheme])
	for _, c := range code {
		switch n := len(endings); {
		case int(c) < n:
			url.WriteString(endings[c])
			url.WriteByte('/')
		case int(c) < 2*n:
			url.WriteString(endings[int(c)-n])
		case c > ' ' && c < 0x7F:
			url.WriteByte(c)
		default:
			return "", false
		}
	}
	return url.String(), true
}

// claimed is a strength at one metre if a tag can have it.
func claimed(dBm int) devices.RSSI {
	if dBm >= 0 {
		return devices.UnknownRSSI
	}
	return devices.DBm(float64(dBm))
}

// Format is "ibeacon".
func (IBeacon) Format() string { return "ibeacon" }

// Format is "altbeacon".
func (AltBeacon) Format() string { return "altbeacon" }

// Format is "eddystone-uid".
func (EddystoneUID) Format() string { return "eddystone-uid" }

// Format is "eddystone-url".
func (EddystoneURL) Format() string { return "eddystone-url" }

// Format is "eddystone-tlm".
func (EddystoneTLM) Format() string { return "eddystone-tlm" }

// Format is "eddystone-etlm".
func (EddystoneETLM) Format() string { return "eddystone-etlm" }

// Format is "eddystone-eid".
func (EddystoneEID) Format() string { return "eddystone-eid" }

// Power is the claim of the frame.
func (f IBeacon) Power() devices.RSSI { return claimed(int(f.At1m)) }

// Power is the claim of the frame.
func (f AltBeacon) Power() devices.RSSI { return claimed(int(f.At1m)) }

// Power is what the claim at the antenna makes at one metre.
func (f EddystoneUID) Power() devices.RSSI { return claimed(int(f.At0m) - metre) }

// Power is what the claim at the antenna makes at one metre.
func (f EddystoneURL) Power() devices.RSSI { return claimed(int(f.At0m) - metre) }

// Power is unknown.
func (EddystoneTLM) Power() devices.RSSI { return devices.UnknownRSSI }

// Power is unknown.
func (EddystoneETLM) Power() devices.RSSI { return devices.UnknownRSSI }

// Power is what the claim at the antenna makes at one metre.
func (f EddystoneEID) Power() devices.RSSI { return claimed(int(f.At0m) - metre) }
