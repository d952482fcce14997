package llrp_test

import (
	"encoding/binary"
	"net"
	"slices"
	"sync"
	"testing"

	"showroom/devices/rfid/llrp"
)

// sim is a reader at the far end of a connection: it keeps ROSpecs, answers requests and says what the test wants.
type sim struct {
	conn net.Conn
	// out is what the reader will say; its capacity is more than any test needs. Nil ends the sender.
	out chan []byte
	// in joins the goroutines.
	in sync.WaitGroup

	mu      sync.Mutex
	specs   map[uint32]byte // state of each: 0 disabled, 1 inactive, 2 active
	heard   []llrp.Type
	lastAdd []byte
	// answers replace those of a sound reader, who then does not obey; an empty one is only the silence of one who does.
	answers map[llrp.Type][]byte
	id      uint32
}

func newSim(t testing.TB, conn net.Conn) *sim {
	s := &sim{conn: conn, out: make(chan []byte, 1024), specs: map[uint32]byte{}, answers: map[llrp.Type][]byte{}}
	s.in.Go(s.listen)
	s.in.Go(s.talk)
	t.Cleanup(s.close)
	return s
}

func (s *sim) close() {
	_ = s.conn.Close()
	s.in.Wait()
}

func (s *sim) say(kind llrp.Type, body []byte) {
	s.mu.Lock()
	s.id++
	m := llrp.Message{Type: kind, ID: s.id, Body: body}
	s.mu.Unlock()
	s.out <- m.Append(nil)
}

func (s *sim) talk() {
	for p := range s.out {
		if p == nil {
			return
		}
		if _, err := s.conn.Write(p); err != nil {
			// Somebody may still be talking to nobody.
			for p := range s.out {
				if p == nil {
					return
				}
			}
		}
	}
}

func (s *sim) listen() {
	defer func() { s.out <- nil }()
	var d llrp.Decoder
	buf := make([]byte, 100)
	for {
		n, err := s.conn.Read(buf)
		if err != nil {
			return
		}
		d.Feed(buf[:n])
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			if answer := s.answer(m); answer != nil {
				s.out <- answer
			}
		}
	}
}

// answer is what a reader says to m, as it goes over the wire; nil for nothing.
func (s *sim) answer(m llrp.Message) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, m.Type)
	if m.Type == llrp.KeepAliveAck || m.Type == llrp.EnableEventsAndReports || m.Type == llrp.GetROSpecs {
		return nil
	}
	kind := m.Type + 10
	if m.Type == llrp.CloseConnection {
		kind = llrp.CloseConnectionResponse
	}
	if body, ok := s.answers[m.Type]; ok {
		if len(body) == 0 {
			s.obey(m)
			return nil
		}
		return llrp.Message{Type: kind, ID: m.ID, Body: body}.Append(nil)
	}
	body := success
	if m.Type == llrp.GetReaderCapabilities {
		body = capabilities()
	} else if !s.obey(m) {
		body = refusal(401, "the ROSpec is not in that state")
	}
	return llrp.Message{Type: kind, ID: m.ID, Body: body}.Append(nil)
}

func (s *sim) obey(m llrp.Message) bool {
	change := func(from, to byte) bool {
		id := binary.BigEndian.Uint32(m.Body)
		if state, ok := s.specs[id]; !ok || state != from {
			return false
		}
		s.specs[id] = to
		return true
	}
	switch m.Type {
	case llrp.AddROSpec:
		id := binary.BigEndian.Uint32(m.Body[4:])
		if _, there := s.specs[id]; there {
			return false
		}
		s.specs[id], s.lastAdd = 0, slices.Clone(m.Body)
	case llrp.EnableROSpec:
		return change(0, 1)
	case llrp.StartROSpec:
		return change(1, 2)
	case llrp.StopROSpec:
		return change(2, 1)
	case llrp.DeleteROSpec:
		if id := binary.BigEndian.Uint32(m.Body); id == 0 {
			clear(s.specs)
		} else {
			delete(s.specs, id)
		}
	}
	return true
}

// left is how many ROSpecs are in the reader.
func (s *sim) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.specs)
}

func (s *sim) requests() []llrp.Type {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.heard)
}

func (s *sim) added() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastAdd
}

// success is an LLRPStatus that all is well.
var success = []byte{1, 0x1F, 0, 8, 0, 0, 0, 0}

// refusal is an LLRPStatus with details.
func refusal(status uint16, words string, details ...[]byte) []byte {
	head := binary.BigEndian.AppendUint16(nil, status)
	head = binary.BigEndian.AppendUint16(head, uint16(len(words)))
	return tlv(287, append([][]byte{head, []byte(words)}, details...)...)
}

// hopTableRefused is what a reader says of an RFTransmitter whose HopTableID, field 0, it does not have.
func hopTableRefused() []byte {
	field := tlv(288, []byte{0, 0, 0x01, 0x2D})
	inner := tlv(289, []byte{0, 224, 0, 201}, field)
	return tlv(289, []byte{0, 222, 0, 200}, inner)
}

// greeting is a READER_EVENT_NOTIFICATION of how the connection went.
func greeting(status byte) []byte {
	return tlv(246, tlv(128, make([]byte, 8)), tlv(256, []byte{0, status}))
}

func event(p []byte) []byte { return tlv(246, tlv(128, make([]byte, 8)), p) }

// capabilities is a reader with powers of 10, 20 and 30 dBm and hop table 2.
func capabilities() []byte {
	general := tlv(137, []byte{0, 4, 0x40, 0, 0, 0, 0x65, 0x1A, 0, 0, 0, 7, 0, 3, '1', '.', '2'})
	level := func(index byte, power uint16) []byte {
		return tlv(145, []byte{0, index}, binary.BigEndian.AppendUint16(nil, power))
	}
	hops := tlv(147, []byte{2, 0, 0, 1, 0, 0x0D, 0xF7, 0x32})
	band := tlv(144, level(1, 1000), level(2, 2000), level(3, 3000), tlv(146, []byte{0x80}, hops))
	return append(append(slices.Clone(success), general...), tlv(143, []byte{0, 1, 0, 1}, band)...)
}
