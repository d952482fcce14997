package llrp

import (
	"encoding/binary"
	"time"
)

// ourROSpec is the ID of the one ROSpec this package sets up.
const ourROSpec = 1

// body is a message's body in the making.
type body []byte

func (b *body) u8(v uint8)   { *b = append(*b, v) }
func (b *body) u16(v uint16) { *b = binary.BigEndian.AppendUint16(*b, v) }
func (b *body) u32(v uint32) { *b = binary.BigEndian.AppendUint32(*b, v) }

// param appends a TLV parameter that fill fills in.
func (b *body) param(kind param, fill func()) {
	start := len(*b)
	b.u16(uint16(kind))
	b.u16(0)
	fill()
	binary.BigEndian.PutUint16((*b)[start+2:], uint16(len(*b)-start))
}

// roSpecBody is the body of the messages that name an ROSpec; 0 is all of them.
func roSpecBody(id uint32) []byte { return binary.BigEndian.AppendUint32(nil, id) }

// The events we want to hear of (LLRP 1.0.1, 13.2.5.1).
const (
	eventROSpec    = 2
	eventException = 4
	eventAntenna   = 8
)

// keepAliveConfig is the body of a SET_READER_CONFIG that asks for a KEEPALIVE every so often, for the events that matter, and
// for reports without being asked.
func keepAliveConfig(every time.Duration) []byte {
	var b body
	b.u8(0) // change what is told, leave the rest
	b.param(paramEventSpec, func() {
		for _, event := range []uint16{eventROSpec, eventException, eventAntenna} {
			b.param(paramEventState, func() { b.u16(event); b.u8(0x80) })
		}
	})
	b.param(paramKeepAliveSpec, func() { b.u8(1); b.u32(uint32(every.Milliseconds())) })
	b.param(paramEventsAndReports, func() { b.u8(0) })
	return b
}

// order is what our ROSpec asks for.
type order struct {
	antennas    []int          // none means all
	transmitter *RFTransmitter // nil leaves power and channels as the reader is set
}

// roSpec is the body of an ADD_ROSPEC: read without end from START_ROSPEC to STOP_ROSPEC, and tell every tag at once.
func (o order) roSpec() []byte {
	antennas := o.antennas
	if len(antennas) == 0 {
		antennas = []int{0}
	}
	var b body
	b.param(paramROSpec, func() {
		b.u32(ourROSpec)
		b.u8(0) // the highest priority
		b.u8(0) // disabled, as it must be
		b.param(paramROBoundarySpec, func() {
			b.param(paramStartTrigger, func() { b.u8(0) })
			b.param(paramStopTrigger, func() { b.u8(0); b.u32(0) })
		})
		b.param(paramAISpec, func() {
			b.u16(uint16(len(antennas)))
			for _, n := range antennas {
				b.u16(uint16(n))
			}
			b.param(paramAIStopTrigger, func() { b.u8(0); b.u32(0) })
			b.param(paramInventorySpec, func() {
				b.u16(1) // its ID
				b.u8(1)  // EPCglobal class 1 Gen2
				o.powers(&b, antennas)
			})
		})
		b.param(paramROReportSpec, func() {
			b.u8(2) // after N tags
			b.u16(1)
			b.param(paramTagContent, func() {
				b.u16(tellAntennaID | tellPeakRSSI | tellSeenCount)
				b.param(paramC1G2EPCMemory, func() { b.u8(tellPC) })
			})
		})
	})
	return b
}

func (o order) powers(b *body, antennas []int) {
	if o.transmitter == nil {
		return
	}
	for _, n := range antennas {
		b.param(paramAntennaConfig, func() {
			b.u16(uint16(n))
			b.param(paramRFTransmitter, func() {
				b.u16(o.transmitter.HopTableID)
				b.u16(o.transmitter.ChannelIndex)
				b.u16(o.transmitter.TransmitPowerIndex)
			})
		})
	}
}

// transmitter is the entries of a reader's tables for a power in hundredths of a dBm: the strongest not above it, and the weakest
// there is when all are. Which tables a reader has differs from one country to the next; a number that worked elsewhere is refused.
func (r *RegulatoryCapabilities) transmitter(power int) (t RFTransmitter, ok bool) {
	if r == nil || len(r.TransmitPowerLevels) == 0 {
		return RFTransmitter{}, false
	}
	best := r.TransmitPowerLevels[0]
	for _, l := range r.TransmitPowerLevels[1:] {
		fits, better := int(l.Power) <= power, l.Power > best.Power
		if int(best.Power) > power {
			fits, better = true, l.Power < best.Power
		}
		if fits && better {
			best = l
		}
	}
	t.TransmitPowerIndex = best.Index
	if !r.Hopping {
		t.ChannelIndex = 1 // the first of the fixed frequencies
	} else if len(r.HopTables) > 0 {
		t.HopTableID = uint16(r.HopTables[0].HopTableID)
	}
	return t, true
}
