package llrpsim

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"

	"showroom/devices"
)

// The parameters a reader writes or looks for (LLRP 1.0.1, 17).
const (
	paramAntennaID     = 1
	paramPeakRSSI      = 6
	paramSeenCount     = 8
	paramPC            = 12
	paramEPC96         = 13
	paramUTCTimestamp  = 128
	paramGeneral       = 137
	paramRegulatory    = 143
	paramUHFBand       = 144
	paramPowerLevel    = 145
	paramFrequencies   = 146
	paramHopTable      = 147
	paramROSpec        = 177
	paramAISpec        = 183
	paramKeepAliveSpec = 220
	paramTagReportData = 240
	paramEPCData       = 241
	paramEventData     = 246
	paramException     = 252
	paramAntennaEvent  = 255
	paramConnection    = 256
	paramStatus        = 287
	bytesOf96Bits      = 12
	unsupported        = 109   // M_UnsupportedMessage
	deviceError        = 401   // R_DeviceError
	manufacturer       = 25882 // a private enterprise number, Impinj's
)

// TLV is a parameter that tells its length.
func TLV(kind uint16, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	p := binary.BigEndian.AppendUint16(nil, kind)
	p = binary.BigEndian.AppendUint16(p, uint16(4+len(body)))
	return append(p, body...)
}

// TV is a parameter whose length follows from its type.
func TV(kind byte, value ...byte) []byte { return append([]byte{0x80 | kind}, value...) }

// params walks over parameters that tell their lengths, as far as they are sound.
func params(p []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(p) >= 4 {
			n := int(binary.BigEndian.Uint16(p[2:]))
			if n < 4 || n > len(p) || !yield(binary.BigEndian.Uint16(p)&0x3FF, p[4:n]) {
				return
			}
			p = p[n:]
		}
	}
}

// Success is an LLRPStatus that all is well.
func Success() []byte { return TLV(paramStatus, []byte{0, 0, 0, 0}) }

// Refusal is an LLRPStatus with words and details.
func Refusal(status uint16, words string, details ...[]byte) []byte {
	head := binary.BigEndian.AppendUint16(nil, status)
	head = binary.BigEndian.AppendUint16(head, uint16(len(words)))
	return TLV(paramStatus, append([][]byte{head, []byte(words)}, details...)...)
}

// Event is the body of a READER_EVENT_NOTIFICATION of one event.
func Event(event []byte) []byte {
	return TLV(paramEventData, TLV(paramUTCTimestamp, make([]byte, 8)), event)
}

// The statuses of a connection attempt.
const (
	Connected byte = 0
	Taken     byte = 2 // another client has the reader
)

// Greeting is the body of the event of how a connection went.
func Greeting(status byte) []byte { return Event(TLV(paramConnection, []byte{0, status})) }

// Exception is the body of the event that the reader is unwell.
func Exception(words string) []byte {
	return Event(TLV(paramException, binary.BigEndian.AppendUint16(nil, uint16(len(words))), []byte(words)))
}

// Antenna is the body of the event that an antenna has come or gone.
func Antenna(n int, there bool) []byte {
	change := byte(0)
	if there {
		change = 1
	}
	return Event(TLV(paramAntennaEvent, []byte{change}, binary.BigEndian.AppendUint16(nil, uint16(n))))
}

// Report is the body of an RO_ACCESS_REPORT of reads.
func Report(reads []devices.TagRead) (body []byte) {
	for _, r := range reads {
		id := r.EPC.AppendBytes(nil)
		pc := uint16((len(id)+1)/2) << 11
		epc := TLV(paramEPCData, binary.BigEndian.AppendUint16(nil, uint16(8*len(id))), id)
		if len(id) == bytesOf96Bits {
			epc = TV(paramEPC96, id...)
		}
		tell := [][]byte{epc, TV(paramAntennaID, byte(r.Antenna>>8), byte(r.Antenna))}
		if r.RSSI.Known() {
			tell = append(tell, TV(paramPeakRSSI, byte(int8(r.RSSI/100))))
		}
		tell = append(tell, TV(paramSeenCount, 0, 1), TV(paramPC, byte(pc>>8), byte(pc)))
		body = append(body, TLV(paramTagReportData, tell...)...)
	}
	return body
}

// Capabilities is the body of the response of a reader with powers of 10, 20 and 30 dBm, as numbers 1, 2 and 3, and hop table 2.
func Capabilities(ports int) []byte {
	firmware := "1.2"
	general := binary.BigEndian.AppendUint16(nil, uint16(ports))
	general = binary.BigEndian.AppendUint16(general, 0x4000) // it has a clock
	general = binary.BigEndian.AppendUint32(general, manufacturer)
	general = binary.BigEndian.AppendUint32(general, 7)
	general = binary.BigEndian.AppendUint16(general, uint16(len(firmware)))
	level := func(index byte, power uint16) []byte {
		return TLV(paramPowerLevel, []byte{0, index}, binary.BigEndian.AppendUint16(nil, power))
	}
	hops := TLV(paramHopTable, []byte{2, 0, 0, 1}, binary.BigEndian.AppendUint32(nil, 915250))
	band := TLV(paramUHFBand, level(1, 1000), level(2, 2000), level(3, 3000), TLV(paramFrequencies, []byte{0x80}, hops))
	return slices.Concat(Success(), TLV(paramGeneral, general, []byte(firmware)), TLV(paramRegulatory, []byte{0, 1, 0, 1}, band))
}
