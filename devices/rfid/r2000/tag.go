package r2000

import (
	"encoding/binary"

	"showroom/agent/gs1"
	"showroom/devices"
)

// Tag is what a reader says of a tag in a round.
type Tag struct {
	Freq    int  // index of the carrier; see KHz
	Antenna int  // the low two bits of the antenna's index, from 0: a reader with eight leaves the third bit to RSSIRaw
	RSSIRaw byte // the reader's own scale; see Strength
	PC      uint16
	EPC     gs1.EPC // zero when the tag holds none
}

const (
	tagOverhead  = 4 // frequency and antenna, PC, RSSI
	roundEndSize = 7

	// pcToggle says that the bank holds an ISO application family and no EPC (Gen2 6.3.2.1.2.2).
	pcToggle = 0x0100

	// rssiBits are the strength in RSSIRaw. Readers with eight antennas set the bit above for antennas 5 to 8.
	rssiBits = 0x7F
	// rssiZero is the raw value of 0 dBm if the scale went so far.
	rssiZero = 129
)

// IsEPC says whether the tag holds an EPC at all. A library book or a laundry tag holds something else.
func (t Tag) IsEPC() bool { return t.PC&pcToggle == 0 && !t.EPC.IsZero() }

// Strength is roughly the signal strength: dBm = raw - 129, as the vendors' table has it from -99 to -31 dBm, a dB more or less.
// Below and above, and between readers of different make, it is good for comparing only.
func (t Tag) Strength() devices.RSSI {
	return (devices.RSSI(t.RSSIRaw&rssiBits) - rssiZero) * 100
}

// KHz is the carrier: 865.0 to 868.0 MHz, then 902.0 to 928.0 MHz, in steps of 500 kHz; 0 for an index that no table has.
func (t Tag) KHz() int {
	switch {
	case t.Freq < 0 || t.Freq > lastFreqUS:
		return 0
	case t.Freq <= lastFreqEU:
		return 865_000 + 500*t.Freq
	}
	return 902_000 + 500*(t.Freq-firstFreqUS)
}

// Tag is the tag of a frame of an inventory; false for every other frame.
func (f Frame) Tag() (Tag, bool) {
	if !f.isInventory() || len(f.Data) < tagOverhead || len(f.Data) == roundEndSize {
		return Tag{}, false
	}
	p := f.Data
	last := len(p) - 1
	// The decoder has checked the length against the PC word, so an error can only mean that there is no EPC.
	epc, _ := gs1.EPCFromBytes(p[3:last])
	return Tag{
		Freq: int(p[0] >> 2), Antenna: int(p[0] & 3), RSSIRaw: p[last],
		PC: binary.BigEndian.Uint16(p[1:]), EPC: epc,
	}, true
}

// TagFrame is the frame a reader sends of a tag. It is what a simulated reader says.
func TagFrame(address byte, t Tag) Frame {
	p := make([]byte, 0, tagOverhead+t.EPC.Len())
	p = append(p, byte(t.Freq<<2|t.Antenna&3), byte(t.PC>>8), byte(t.PC))
	p = append(t.EPC.AppendBytes(p), t.RSSIRaw)
	return Frame{Address: address, Code: CodeInventory, Data: p}
}

// PC is the plain PC word of an EPC: its length, nothing else.
func PC(epc gs1.EPC) uint16 { return uint16((epc.Len()+1)/2) << 11 }

// RoundEnd is what a reader says when a round is over.
type RoundEnd struct {
	Antenna int    // index, from 0
	Rate    uint16 // reads a second
	Reads   uint32 // of all tags together
}

// RoundEnd is the end of a round; false for every other frame.
func (f Frame) RoundEnd() (RoundEnd, bool) {
	if !f.isInventory() || len(f.Data) != roundEndSize {
		return RoundEnd{}, false
	}
	return RoundEnd{Antenna: int(f.Data[0]), Rate: binary.BigEndian.Uint16(f.Data[1:]), Reads: binary.BigEndian.Uint32(f.Data[3:])}, true
}

// RoundEndFrame is the frame a reader sends when a round is over. It is what a simulated reader says.
func RoundEndFrame(address byte, e RoundEnd) Frame {
	p := binary.BigEndian.AppendUint16([]byte{byte(e.Antenna)}, e.Rate)
	return Frame{Address: address, Code: CodeInventory, Data: binary.BigEndian.AppendUint32(p, e.Reads)}
}
