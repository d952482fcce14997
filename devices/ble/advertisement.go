package ble

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// AD types (Bluetooth Assigned Numbers, 2.3).
const (
	adShortName    = 0x08
	adName         = 0x09
	adTxPower      = 0x0A
	adService16    = 0x16
	adService32    = 0x20
	adService128   = 0x21
	adManufacturer = 0xFF
)

// UUID is a 128-bit UUID in the order it is written.
type UUID [16]byte

// ShortUUID is the UUID that the 16 or 32 bits stand for: they replace the top of the Bluetooth base UUID.
func ShortUUID(v uint32) UUID {
	u := UUID{6: 0x10, 8: 0x80, 11: 0x80, 12: 0x5F, 13: 0x9B, 14: 0x34, 15: 0xFB}
	binary.BigEndian.PutUint32(u[:], v)
	return u
}

// Short is the 16 bits the UUID can be written as, false when it cannot.
func (u UUID) Short() (uint16, bool) {
	v := binary.BigEndian.Uint32(u[:])
	return uint16(v), v <= 0xFFFF && u == ShortUUID(v)
}

func (u UUID) String() string {
	var p [36]byte
	hex.Encode(p[:], u[:4])
	for i, at := range [4]int{8, 13, 18, 23} {
		p[at] = '-'
		from := 4 + 2*i
		hex.Encode(p[at+1:], u[from:from+2])
	}
	hex.Encode(p[24:], u[10:])
	return string(p[:])
}

// Manufacturer is a manufacturer's own data. Data points into the advertisement.
type Manufacturer struct {
	Company uint16 // Bluetooth SIG company identifier
	Data    []byte
}

// Service is the data of a service. Data points into the advertisement.
type Service struct {
	UUID UUID
	Data []byte
}

// Advertisement is what one device said: of its advertisement, and of its scan response once that has been read too. The zero
// Advertisement is empty. Reading allocates nothing but one small value for each Frame, once its lists have grown. It is not safe
// for concurrent use.
type Advertisement struct {
	Frames        []Frame // the beacon formats found, in the order sent
	Manufacturers []Manufacturer
	Services      []Service
	Name          []byte // local name, complete or shortened; nil when not told
	TxPower       int8   // at the antenna, in dBm; see HasTxPower
	HasTxPower    bool
}

// Reset forgets the device and keeps the memory for the next.
func (a *Advertisement) Reset() {
	clear(a.Frames)
	clear(a.Manufacturers)
	clear(a.Services)
	*a = Advertisement{Frames: a.Frames[:0], Manufacturers: a.Manufacturers[:0], Services: a.Services[:0]}
}

// Overrun is the error of a payload in which a structure reaches past the end. Its number is the structure's first byte.
type Overrun int

func (at Overrun) Error() string {
	return fmt.Sprintf("AD structure at byte %d reaches past the end", int(at))
}

// Read adds what the AD structures of a payload say: an advertisement, a scan response, or both glued together. A structure of
// length 0 ends it early, as the specification has it. The error is an [Overrun]; what stands before it has been read.
func (a *Advertisement) Read(payload []byte) error {
	for i := 0; i < len(payload) && payload[i] != 0; {
		end := i + 1 + int(payload[i])
		if end > len(payload) {
			return Overrun(i)
		}
		a.Add(payload[i+1], payload[i+2:end])
		i = end
	}
	return nil
}

// Add adds one AD structure. Types it does not know it ignores.
func (a *Advertisement) Add(adType byte, data []byte) {
	switch adType {
	case adName, adShortName:
		a.Name = data
	case adTxPower:
		if len(data) == 1 {
			a.TxPower, a.HasTxPower = int8(data[0]), true
		}
	case adManufacturer:
		if len(data) >= 2 {
			a.AddManufacturer(Manufacturer{binary.LittleEndian.Uint16(data), data[2:]})
		}
	case adService16:
		if len(data) >= 2 {
			a.AddService(Service{ShortUUID(uint32(binary.LittleEndian.Uint16(data))), data[2:]})
		}
	case adService32:
		if len(data) >= 4 {
			a.AddService(Service{ShortUUID(binary.LittleEndian.Uint32(data)), data[4:]})
		}
	case adService128:
		if len(data) >= 16 {
			var u UUID
			for i := range u {
				u[i] = data[15-i]
			}
			a.AddService(Service{u, data[16:]})
		}
	}
}

// AddManufacturer adds manufacturer data that a gateway has already taken out of its structure.
func (a *Advertisement) AddManufacturer(m Manufacturer) {
	a.Manufacturers = append(a.Manufacturers, m)
	if f := beaconOf(m); f != nil {
		a.Frames = append(a.Frames, f)
	}
}

// AddService adds service data that a gateway has already taken out of its structure.
func (a *Advertisement) AddService(s Service) {
	a.Services = append(a.Services, s)
	if short, ok := s.UUID.Short(); ok && short == eddystoneService {
		if f := eddystone(s.Data); f != nil {
			a.Frames = append(a.Frames, f)
		}
	}
}
