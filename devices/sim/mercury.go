package sim

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid/thingmagic"
)

const (
	// keepAlive is how often a module that searches says so, or what it suffers from.
	keepAlive = time.Second
	// carrierKHz is the second of the European channels.
	carrierKHz = 866300
	// throttled is how many rounds a hot module leaves out for each it does.
	throttled = 2
	// The transmit powers a module takes, in hundredths of a dBm.
	leastPower, mostPower = 0, 2700
	gen2                  = 5
	// optionFilter is the option of a module that tells of each tag only once; it is on when the module gets power.
	optionFilter = 0x0C
)

// versionM6E is what a module answers who is asked what it is: bootloader, hardware, date and number of its firmware, protocols.
var versionM6E = []byte{0x14, 0x06, 0x26, 0x00, 0x30, 0, 0, 2, 0x20, 0x15, 0x10, 0x15, 1, 5, 3, 0x21, 0, 0, 0, 0x10}

// mercury is the firmware of a ThingMagic module.
type mercury struct {
	mood      *mood
	dec       thingmagic.Decoder
	connected int // antennas that are plugged in, from port 1

	// What it has been told since it got its power.
	gen2     bool
	region   thingmagic.Region
	antennas []int // to search with
	once     bool  // tells of each tag only once
	searches bool

	told  map[gs1.EPC]bool // since the start of the search
	alive time.Time        // the last keep-alive
	turn  int
	line  capacity
}

func newMercury(m *mood, antennas int) *mercury {
	return &mercury{mood: m, dec: thingmagic.Decoder{From: thingmagic.FromHost}, connected: antennas, antennas: []int{1}, once: true}
}

func (m *mercury) hear(p []byte) (answers []byte) {
	m.dec.Feed(p)
	for f, ok := m.dec.Next(); ok; f, ok = m.dec.Next() {
		a := thingmagic.Frame{Opcode: f.Opcode}
		a.Status, a.Data = m.obey(f)
		answers = a.Append(answers)
	}
	m.line.spend(len(answers))
	return answers
}

// obey does what a command says.
func (m *mercury) obey(f thingmagic.Frame) (thingmagic.Status, []byte) {
	d := f.Data
	switch {
	case f.Opcode == thingmagic.OpVersion:
		return thingmagic.StatusOK, versionM6E
	case f.Opcode == thingmagic.OpContinuous && len(d) >= 3:
		return m.search(d[2]), nil
	case f.Opcode == thingmagic.OpSetProtocol && len(d) == 2:
		if m.gen2 = d[1] == gen2; !m.gen2 {
			return thingmagic.StatusInvalidValue, nil
		}
	case f.Opcode == thingmagic.OpSetAntennas && len(d) >= 2:
		return m.setAntennas(d), nil
	case f.Opcode == thingmagic.OpSetRegion && len(d) == 1:
		if r := thingmagic.Region(d[0]); r != thingmagic.RegionEU && r != thingmagic.RegionUS {
			return thingmagic.StatusInvalidValue, nil
		}
		m.region = thingmagic.Region(d[0])
	case f.Opcode == thingmagic.OpSetPower && len(d) == 2:
		switch power := int16(binary.BigEndian.Uint16(d)); {
		case power > mostPower || m.mood.has(WeakPower):
			return thingmagic.StatusPowerTooHigh, nil
		case power < leastPower:
			return thingmagic.StatusPowerTooLow, nil
		}
	case f.Opcode == thingmagic.OpSetOption && len(d) == 3 && d[1] == optionFilter:
		m.once = d[2] != 0
	default:
		return thingmagic.StatusInvalidOpcode, nil
	}
	return thingmagic.StatusOK, nil
}

// search starts a continuous read, or ends it.
func (m *mercury) search(what byte) thingmagic.Status {
	const start, stop = 1, 2
	switch {
	case what == stop:
		m.searches = false
	case what != start:
		return thingmagic.StatusInvalidValue
	case !m.gen2:
		return thingmagic.StatusNoProtocol
	case m.region == 0:
		return thingmagic.StatusInvalidFreq
	default:
		m.searches, m.told = true, map[gs1.EPC]bool{}
	}
	return thingmagic.StatusOK
}

// setAntennas takes one pair of ports, or 2 and several.
func (m *mercury) setAntennas(d []byte) thingmagic.Status {
	pairs := d
	if len(d)%2 == 1 {
		pairs = d[1:]
	}
	var ports []int
	for p := range slices.Chunk(pairs, 2) {
		if p[0] < 1 || p[0] > thingmagic.MaxAntennas || p[0] != p[1] {
			return thingmagic.StatusInvalidValue
		}
		ports = append(ports, int(p[0]))
	}
	m.antennas = ports
	return thingmagic.StatusOK
}

// tell appends what the module says of a round: each tag, and once a second how it is.
func (m *mercury) tell(dst []byte, r Round) []byte {
	m.line.refill(r.At)
	if !m.searches {
		return dst
	}
	from := len(dst)
	if r.At.Sub(m.alive) >= keepAlive {
		m.alive = r.At
		dst = thingmagic.Frame{Opcode: thingmagic.OpRead, Status: m.state()}.Append(dst)
	}
	m.line.spend(len(dst) - from)
	m.turn++
	if !m.works(r.Antenna) || m.mood.has(Hot) && m.turn%(throttled+1) != 0 {
		return dst
	}
	return m.line.carry(dst, m.fresh(r.Reads), func(dst []byte, read devices.TagRead) []byte {
		return thingmagic.TagFrame(thingmagic.Tag{
			RSSI: int8(math.Round(read.RSSI.DBm())), TX: read.Antenna, RX: read.Antenna, KHz: carrierKHz,
			Millis: uint32(r.At.Sub(m.alive).Milliseconds()), Protocol: gen2, PC: thingmagic.PC(read.EPC), EPC: read.EPC,
		}).Append(dst)
	})
}

// state is the keep-alive, or what the module complains of in its place.
func (m *mercury) state() thingmagic.Status {
	switch {
	case m.mood.has(Hot):
		return thingmagic.StatusTemperature
	case slices.ContainsFunc(m.antennas, func(n int) bool { return !m.there(n) }):
		return thingmagic.StatusReturnLoss
	}
	return thingmagic.StatusNoTags
}

// there says whether an antenna is plugged in.
func (m *mercury) there(n int) bool { return n <= m.connected && (n > 1 || !m.mood.has(LostAntenna)) }

// works says whether the module searches with an antenna that is there.
func (m *mercury) works(n int) bool { return m.there(n) && slices.Contains(m.antennas, n) }

// fresh leaves out what the module has told already and should tell only once.
func (m *mercury) fresh(reads []devices.TagRead) []devices.TagRead {
	if !m.once {
		return reads
	}
	var fresh []devices.TagRead
	for _, r := range reads {
		if !m.told[r.EPC] {
			m.told[r.EPC] = true
			fresh = append(fresh, r)
		}
	}
	return fresh
}
