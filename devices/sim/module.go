package sim

import (
	"encoding/binary"
	"math"

	"showroom/devices"
	"showroom/devices/rfid/r200"
)

// module is the firmware of an R200 module.
type module struct {
	mood   *mood
	dec    r200.Decoder
	rounds int // that are left of a multi poll
	region r200.Region
	line   capacity
}

func (m *module) hear(p []byte) (answers []byte) {
	m.dec.Feed(p)
	for f, ok := m.dec.Next(); ok; f, ok = m.dec.Next() {
		answers = append(answers, m.answer(f)...)
	}
	return answers
}

// answer is what the module answers a frame; nil for nothing.
func (m *module) answer(f r200.Frame) []byte {
	if f.Type != r200.TypeCommand {
		return nil
	}
	a := r200.Frame{Framing: f.Framing, Type: r200.TypeResponse, Code: f.Code, Params: []byte{0}}
	switch {
	case f.Framing != r200.FramingBB:
		return nil // the other firmware's
	case f.Code == r200.CodeHardwareVersion:
		a.Params = []byte("\x00M100 V1.00")
	case f.Code == r200.CodeSetRegion && len(f.Params) == 1:
		m.region = r200.Region(f.Params[0])
	case f.Code == r200.CodeSetPower && len(f.Params) == 2 && !m.mood.has(WeakPower):
	case f.Code == r200.CodeStop:
		m.rounds = 0
	case f.Code == r200.CodeSinglePoll:
		m.rounds = 1
		return nil // its round is the answer
	case f.Code == r200.CodeMultiPoll && len(f.Params) == 3:
		m.rounds = int(binary.BigEndian.Uint16(f.Params[1:]))
		return nil // so are its rounds
	default:
		a.Code, a.Params = r200.CodeError, []byte{byte(r200.ErrorCommand)}
	}
	p := a.Append(nil)
	m.line.spend(len(p))
	return p
}

// tell appends to dst what the module says of a round: its tags as far as the line carries them, or that there are none.
func (m *module) tell(dst []byte, r Round) []byte {
	m.line.refill(r.At)
	if m.rounds == 0 {
		return dst
	}
	m.rounds--
	if len(r.Reads) == 0 {
		none := r200.Frame{Framing: r200.FramingBB, Type: r200.TypeResponse, Code: r200.CodeError, Params: []byte{byte(r200.ErrorInventory)}}
		from := len(dst)
		dst = none.Append(dst)
		m.line.spend(len(dst) - from)
	}
	return m.line.carry(dst, r.Reads, func(dst []byte, read devices.TagRead) []byte {
		rssi := int8(math.Round(read.RSSI.DBm()))
		return r200.TagFrame(r200.FramingBB, rssi, r200.PC(read.EPC), read.EPC).Append(dst)
	})
}
