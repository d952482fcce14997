package sim

import (
	"encoding/binary"
	"math"
	"sync"
	"time"

	"showroom/devices/rfid/r200"
)

const (
	// perSecond is what a line of 115200 baud carries: eight bits with a start and a stop bit.
	perSecond = 115200 / 10
	// buffered is what a module keeps of a round that the line has not carried yet.
	buffered = perSecond / 10
)

// module is the firmware of one reader module from power-on to power-off. Its methods may be called from any goroutine.
type module struct {
	mu     sync.Mutex // guards all of it
	rounds int        // that are left of a multi poll
	region r200.Region
	room   float64   // bytes the line can carry now
	at     time.Time // as of when
	turn   int       // the tag that comes first when not all fit the line
}

// answer is what the module answers a frame; nil for nothing.
func (m *module) answer(f r200.Frame) []byte {
	if f.Type != r200.TypeCommand {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	a := r200.Frame{Framing: f.Framing, Type: r200.TypeResponse, Code: f.Code, Params: []byte{0}}
	switch {
	case f.Framing != r200.FramingBB:
		return nil // the other firmware's
	case f.Code == r200.CodeHardwareVersion:
		a.Params = []byte("\x00M100 V1.00")
	case f.Code == r200.CodeSetRegion && len(f.Params) == 1:
		m.region = r200.Region(f.Params[0])
	case f.Code == r200.CodeSetPower && len(f.Params) == 2:
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
	m.room -= float64(len(p))
	return p
}

// round appends to dst what the module says of a round: its tags as far as the line carries them, or that there are none.
func (m *module) round(dst []byte, r Round) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.room = min(m.room+r.At.Sub(m.at).Seconds()*perSecond, buffered)
	m.at = r.At
	if m.rounds == 0 {
		return dst
	}
	m.rounds--
	from := len(dst)
	if len(r.Reads) == 0 {
		none := r200.Frame{Framing: r200.FramingBB, Type: r200.TypeResponse, Code: r200.CodeError, Params: []byte{byte(r200.ErrorInventory)}}
		dst = none.Append(dst)
	}
	for i := range r.Reads {
		read := r.Reads[(m.turn+i)%len(r.Reads)]
		rssi := int8(math.Round(read.RSSI.DBm()))
		fits := len(dst)
		dst = r200.TagFrame(r200.FramingBB, rssi, r200.PC(read.EPC), read.EPC).Append(dst)
		if float64(len(dst)-from) > m.room {
			dst = dst[:fits]
			m.turn += i
			break
		}
	}
	m.room -= float64(len(dst) - from)
	return dst
}
