package sim

import (
	"math"

	"showroom/devices"
	"showroom/devices/rfid/r2000"
)

// factoryRegion is what a reader has in its flash until somebody writes another: all American carriers.
var factoryRegion = [3]byte{byte(r2000.RegionUS), 7, 59}

const (
	stationAddress = 1
	stationCarrier = 3
	mostStationDBm = 33
	// rawZero is what a reader of this kind adds to a strength in dBm.
	rawZero = 129
)

// station is the firmware of an R2000 reader.
type station struct {
	mood     *mood
	dec      r2000.Decoder
	antennas int // that are plugged in, from port 1
	flash    *[3]byte

	antenna int // the one chosen, from 1; 0 until one is
	rounds  int // that are still to be done
	line    capacity
}

// ports is how many there are: readers have four or eight.
func (m *station) ports() int {
	if m.antennas <= 4 {
		return 4
	}
	return r2000.MaxAntennas
}

func (m *station) hear(p []byte) (answers []byte) {
	m.dec.Feed(p)
	for f, ok := m.dec.Next(); ok; f, ok = m.dec.Next() {
		if f.Address == stationAddress || f.Address == r2000.AnyAddress {
			answers = append(answers, m.answer(f)...)
		}
	}
	m.line.spend(len(answers))
	return answers
}

// answer is what the reader says to a command; nil for an inventory, whose rounds are the answer.
func (m *station) answer(f r2000.Frame) []byte {
	a := r2000.Frame{Address: stationAddress, Code: f.Code}
	switch {
	case f.Code == r2000.CodeVersion && len(f.Data) == 0:
		a.Data = []byte{8, 2}
	case f.Code == r2000.CodeRegion && len(f.Data) == 0:
		a.Data = m.flash[:]
	default:
		result := m.obey(f)
		if result == 0 {
			return nil
		}
		a.Data = []byte{byte(result)}
	}
	return a.Append(nil)
}

// obey does what a command says; 0 when its answer comes later.
func (m *station) obey(f r2000.Frame) r2000.Result {
	d := f.Data
	switch {
	case f.Code == r2000.CodeSetRegion && len(d) == 3:
		if r := r2000.Region(d[0]); r != r2000.RegionEU && r != r2000.RegionUS {
			return r2000.ResultRegionRange
		}
		*m.flash = [3]byte(d)
	case f.Code == r2000.CodeSetTemporaryPower && len(d) == 1:
		if m.mood.has(WeakPower) {
			return r2000.ResultSetPower
		}
		if d[0] > mostStationDBm {
			return r2000.ResultPowerRange
		}
	case f.Code == r2000.CodeSetAntenna && len(d) == 1:
		if int(d[0]) >= m.ports() {
			return r2000.ResultAntennaRange
		}
		m.antenna = int(d[0]) + 1
	case f.Code == r2000.CodeInventory && len(d) == 1, f.Code == r2000.CodeSessionInventory && len(d) == 3:
		if m.antenna == 0 || m.antenna > m.antennas || m.antenna == 1 && m.mood.has(LostAntenna) {
			return r2000.ResultAntennaMissing
		}
		m.rounds = int(d[len(d)-1])
		return 0
	default:
		return r2000.ResultParameter
	}
	return r2000.ResultSuccess
}

// tell appends what the reader says of a round: its tags as far as the line carries them, and its end. It does only rounds that
// it has been told to do.
func (m *station) tell(dst []byte, r Round) []byte {
	took := r.At.Sub(m.line.at)
	m.line.refill(r.At)
	if m.rounds == 0 || r.Antenna != m.antenna {
		return dst
	}
	m.rounds--
	reads := 0
	dst = m.line.carry(dst, r.Reads, func(dst []byte, read devices.TagRead) []byte {
		reads++
		index := read.Antenna - 1
		raw := byte(rawZero+math.Round(read.RSSI.DBm())) | byte(index>>2)<<7
		return r2000.TagFrame(stationAddress, r2000.Tag{
			Freq: stationCarrier, Antenna: index & 3, RSSIRaw: raw, PC: r2000.PC(read.EPC), EPC: read.EPC,
		}).Append(dst)
	})
	end := r2000.RoundEnd{Antenna: m.antenna - 1, Reads: uint32(reads)}
	if took > 0 {
		end.Rate = uint16(min(float64(reads)/took.Seconds(), math.MaxUint16))
	}
	from := len(dst)
	dst = r2000.RoundEndFrame(stationAddress, end).Append(dst)
	m.line.spend(len(dst) - from)
	return dst
}
