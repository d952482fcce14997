package r200

import (
	"encoding/binary"
	"fmt"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid"
)

// Tag is what a tag notification says: signal strength in dBm, the tag's PC word and its EPC. The module has one antenna and
// tells neither time nor phase.
type Tag struct {
	RSSI int8
	PC   uint16
	EPC  gs1.EPC // zero when the tag holds none
}

const (
	tagOverhead = 5 // RSSI, PC, CRC

	// pcToggle says that the bank holds an ISO application family and no EPC (Gen2 6.3.2.1.2.2).
	pcToggle = 0x0100
)

// IsEPC says whether the tag holds an EPC at all. A library book or a laundry tag holds something else.
func (t Tag) IsEPC() bool { return t.PC&pcToggle == 0 && !t.EPC.IsZero() }

// Strength is the signal strength as the rest of the program knows it.
func (t Tag) Strength() devices.RSSI { return rfid.Strength(float64(t.RSSI), 1) }

// Tag is the tag of a tag notification; false for every other frame.
func (f Frame) Tag() (Tag, bool) {
	if !f.isTag() || len(f.Params) < tagOverhead {
		return Tag{}, false
	}
	p := f.Params
	// The decoder has checked the length against the PC word, so an error can only mean that there is no EPC.
	epc, _ := gs1.EPCFromBytes(p[3 : len(p)-2])
	return Tag{RSSI: int8(p[0]), PC: binary.BigEndian.Uint16(p[1:]), EPC: epc}, true
}

// TagFrame is the notification a module sends of a tag. It is what a simulated module says.
func TagFrame(framing Framing, rssi int8, pc uint16, epc gs1.EPC) Frame {
	p := make([]byte, 0, tagOverhead+epc.Len())
	p = append(p, byte(rssi), byte(pc>>8), byte(pc))
	p = epc.AppendBytes(p)
	p = binary.BigEndian.AppendUint16(p, crc16(p[1:]))
	return Frame{Framing: framing, Type: TypeNotification, Code: CodeSinglePoll, Params: p}
}

// PC is the plain PC word of an EPC: its length, nothing else.
func PC(epc gs1.EPC) uint16 { return uint16((epc.Len()+1)/2) << 11 }

func (f Frame) isTag() bool { return f.Type == TypeNotification && f.Code == CodeSinglePoll }

// checkTag verifies what the checksum of the frame can not: that the module has read the tag right. The tag's own CRC goes
// over PC and EPC.
func checkTag(p []byte) error {
	if len(p) < tagOverhead {
		return ErrLength
	}
	body, crc := p[1:len(p)-2], binary.BigEndian.Uint16(p[len(p)-2:])
	if crc16(body) != crc {
		return ErrTagCRC
	}
	if words := int(body[0] >> 3); len(body)-2 != 2*words {
		return ErrLength
	}
	return nil
}

// crc16 is the CRC of Gen2 tags: polynomial 1021, start and final xor FFFF (Gen2 annex F).
func crc16(p []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, b := range p {
		crc ^= uint16(b) << 8
		for range 8 {
			crc = crc<<1 ^ 0x1021&-(crc>>15) // no branch: nobody can foretell it
		}
	}
	return ^crc
}

// ErrorCode is why a module refuses or fails.
type ErrorCode byte

// Codes of R200 user protocol 2.3.3, section 36.
const (
	ErrorRead      ErrorCode = 0x09
	ErrorWrite     ErrorCode = 0x10
	ErrorKill      ErrorCode = 0x12
	ErrorLock      ErrorCode = 0x13
	ErrorInventory ErrorCode = 0x15 // no tag in this round: the sign of life of an empty room, not a fault
	ErrorAccess    ErrorCode = 0x16
	ErrorCommand   ErrorCode = 0x17
	ErrorFHSS      ErrorCode = 0x20
)

// String names the error for engineers.
func (c ErrorCode) String() string {
	switch c {
	case ErrorRead:
		return "read failed"
	case ErrorWrite:
		return "write failed"
	case ErrorKill:
		return "kill failed"
	case ErrorLock:
		return "lock failed"
	case ErrorInventory:
		return "no tag"
	case ErrorAccess:
		return "access refused by the tag"
	case ErrorCommand:
		return "command refused"
	case ErrorFHSS:
		return "radio channel busy"
	}
	switch c & 0xF0 {
	case 0xA0:
		return fmt.Sprintf("read failed, Gen2 error %X", byte(c&0x0F))
	case 0xB0:
		return fmt.Sprintf("write failed, Gen2 error %X", byte(c&0x0F))
	case 0xC0:
		return fmt.Sprintf("lock failed, Gen2 error %X", byte(c&0x0F))
	case 0xD0:
		return fmt.Sprintf("kill failed, Gen2 error %X", byte(c&0x0F))
	}
	return fmt.Sprintf("error %02X", byte(c))
}
