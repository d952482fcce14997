package thingmagic

import (
	"encoding/binary"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid"
)

// Tag is a tag record: which tag was read, and how. Data belong to the Decoder and are valid until its next Feed.
type Tag struct {
	RSSI     int8   // dBm
	TX, RX   int    // antenna ports, 1 to 16
	KHz      uint32 // carrier
	Millis   uint32 // since the keep-alive before
	Phase    uint16 // 0 to 180 degrees
	Protocol byte   // 5 is Gen2
	DataBits int    // of Data
	Data     []byte // what the inventory has read of the tag besides
	EPCBits  int    // PC and CRC included
	PC       uint16
	EPC      gs1.EPC // zero when the tag holds none
	CRC      uint16  // the tag's own
}

// A tag record as Start asks for it. Embedded data, if any, stand between the fixed part and the tail.
const (
	recordOption = 0x10   // streamed, with metadata
	recordSearch = 0x001B // the search flags of the start
	recordFields = 0x01FF // every field there is
	recordFixed  = 21     // option, search, fields, count, reads, RSSI, antenna, kHz, ms, phase, protocol, bits of data
	recordTail   = 3      // reserved, bits of EPC
	tagOverhead  = 4      // PC, CRC
	recordMin    = recordFixed + recordTail + tagOverhead

	protocolGen2 = 5

	// pcToggle says that the bank holds an ISO application family and no EPC (Gen2 6.3.2.1.2.2).
	pcToggle = 0x0100
)

// IsEPC says whether the tag holds an EPC at all. A library book or a laundry tag holds something else.
func (t Tag) IsEPC() bool { return t.Protocol == protocolGen2 && t.PC&pcToggle == 0 && !t.EPC.IsZero() }

// Strength is the signal strength as the rest of the program knows it.
func (t Tag) Strength() devices.RSSI { return rfid.Strength(float64(t.RSSI), 1) }

// isTag says whether the frame carries a tag. What is shorter than any record is something else (a temperature).
func (f Frame) isTag() bool {
	return f.From == FromModule && f.Opcode == OpRead && f.Status == StatusOK && len(f.Data) >= recordMin
}

// Tag is the tag of a tag record; false for every other frame.
func (f Frame) Tag() (Tag, bool) {
	if !f.isTag() || checkTag(f.Data) != nil {
		return Tag{}, false
	}
	p := f.Data
	bits := int(binary.BigEndian.Uint16(p[19:]))
	bank := tagBank(p)
	// The bank is checked against the PC word, so an error can only mean that there is no EPC.
	epc, _ := gs1.EPCFromBytes(bank[2 : len(bank)-2])
	return Tag{
		RSSI:     int8(p[7]),
		TX:       port(p[8] >> 4),
		RX:       port(p[8] & 0x0F),
		KHz:      uint32(p[9])<<16 | uint32(p[10])<<8 | uint32(p[11]),
		Millis:   binary.BigEndian.Uint32(p[12:]),
		Phase:    binary.BigEndian.Uint16(p[16:]),
		Protocol: p[18],
		DataBits: bits,
		Data:     p[recordFixed : recordFixed+(bits+7)/8],
		EPCBits:  len(bank) * 8,
		PC:       binary.BigEndian.Uint16(bank),
		EPC:      epc,
		CRC:      binary.BigEndian.Uint16(bank[len(bank)-2:]),
	}, true
}

// port is an antenna port as people count it: the sixteenth does not fit its four bits.
func port(nibble byte) int {
	if nibble == 0 {
		return 16
	}
	return int(nibble)
}

// tagBank is PC, EPC and CRC of a record that checkTag has found right.
func tagBank(p []byte) []byte {
	return p[recordFixed+(int(binary.BigEndian.Uint16(p[19:]))+7)/8+recordTail:]
}

// checkTag verifies what the CRC of the frame can not: that the record is the one asked for, and that the module has read the tag
// right. The tag's own CRC goes over PC and EPC.
func checkTag(p []byte) error {
	if p[0] != recordOption || binary.BigEndian.Uint16(p[3:]) != recordFields {
		return ErrRecord
	}
	data := (int(binary.BigEndian.Uint16(p[19:])) + 7) / 8
	if len(p) < recordMin+data {
		return ErrLength
	}
	bits, bank := int(binary.BigEndian.Uint16(p[recordFixed+data+1:])), p[recordFixed+data+recordTail:]
	if bits != 8*len(bank) {
		return ErrLength
	}
	if p[18] != protocolGen2 {
		return nil // whatever it is, it is not for us to judge
	}
	body, sum := bank[:len(bank)-2], binary.BigEndian.Uint16(bank[len(bank)-2:])
	if tagCRC(body) != sum {
		return ErrTagCRC
	}
	if words := int(body[0] >> 3); len(body)-2 != 2*words {
		return ErrLength
	}
	return nil
}

// TagFrame is the record a module sends of a tag; EPC and PC decide its lengths and CRC. It is what a simulated module says.
func TagFrame(t Tag) Frame {
	p := make([]byte, 0, recordMin+len(t.Data)+t.EPC.Len())
	p = append(p, recordOption)
	p = binary.BigEndian.AppendUint16(p, recordSearch)
	p = binary.BigEndian.AppendUint16(p, recordFields)
	p = append(p, 1, 1, byte(t.RSSI), byte(t.TX<<4|t.RX&0x0F), byte(t.KHz>>16), byte(t.KHz>>8), byte(t.KHz))
	p = binary.BigEndian.AppendUint32(p, t.Millis)
	p = binary.BigEndian.AppendUint16(p, t.Phase)
	p = append(p, t.Protocol)
	p = binary.BigEndian.AppendUint16(p, uint16(8*len(t.Data)))
	p = append(p, t.Data...)
	p = append(p, 0x0F)
	p = binary.BigEndian.AppendUint16(p, uint16(8*(tagOverhead+t.EPC.Len())))
	bank := len(p)
	p = binary.BigEndian.AppendUint16(p, t.PC)
	p = t.EPC.AppendBytes(p)
	p = binary.BigEndian.AppendUint16(p, tagCRC(p[bank:]))
	return Frame{Opcode: OpRead, Data: p}
}

// PC is the plain PC word of an EPC: its length, nothing else.
func PC(epc gs1.EPC) uint16 { return uint16((epc.Len()+1)/2) << 11 }

// tagCRC is the CRC of Gen2 tags: polynomial 1021, start and final xor FFFF (Gen2 annex F).
func tagCRC(p []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, b := range p {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return ^crc
}
