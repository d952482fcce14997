package llrpsim

import (
	"encoding/binary"
	"maps"
	"slices"
	"sync"
	"time"

	"showroom/devices/rfid/llrp"
)

// State is what an ROSpec is doing.
type State byte

// The states, as the standard numbers them.
const (
	Disabled State = iota
	Inactive
	Active
)

// Reader is the reader. Its methods may be called from any goroutine.
type Reader struct {
	ports int

	mu       sync.Mutex // guards the rest
	specs    map[uint32]State
	antennas map[uint32][]int // of each ROSpec; none means all
	heard    []llrp.Type
	added    []byte
	replies  map[llrp.Type][]byte
	beat     time.Duration // how often it is to say that it lives; 0 for never
	ready    bool          // the client has asked for reports and events
}

// keep is how many of the newest requests a Reader remembers.
const keep = 1024

// New makes a reader with so many antenna ports, switched on.
func New(ports int) *Reader {
	return &Reader{ports: ports, specs: map[uint32]State{}, antennas: map[uint32][]int{}, replies: map[llrp.Type][]byte{}}
}

// Reply makes the reader answer a kind of request with body and not obey it. With an empty body it obeys and says nothing.
func (r *Reader) Reply(request llrp.Type, body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replies[request] = body
}

// ReplyAsEver takes a Reply back.
func (r *Reader) ReplyAsEver(request llrp.Type) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.replies, request)
}

// Put puts an ROSpec into the reader, or brings one that is there into another state.
func (r *Reader) Put(id uint32, s State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.specs[id] = s
}

// ROSpecs is what is in the reader.
func (r *Reader) ROSpecs() map[uint32]State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.specs)
}

// Requests is what the reader has been told, the newest thousand.
func (r *Reader) Requests() []llrp.Type {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.heard)
}

// Added is the body of the newest ADD_ROSPEC; nil before there was one.
func (r *Reader) Added() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.added
}

// Beat is how often the client wants to hear that the reader lives; 0 for never.
func (r *Reader) Beat() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.beat
}

// Searches says whether an active ROSpec reads with an antenna for a client that wants to hear of it.
func (r *Reader) Searches(antenna int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, s := range r.specs {
		if all := r.antennas[id]; r.ready && s == Active && (len(all) == 0 || slices.Contains(all, antenna)) {
			return true
		}
	}
	return false
}

// Answer does what a request says and is what goes back over the wire; nil for nothing.
func (r *Reader) Answer(m llrp.Message) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.heard) == keep {
		r.heard = slices.Delete(r.heard, 0, keep/2)
	}
	r.heard = append(r.heard, m.Type)
	kind := m.Type + 10
	switch m.Type {
	case llrp.KeepAliveAck:
		return nil
	case llrp.EnableEventsAndReports:
		r.ready = true
		return nil
	case llrp.CloseConnection:
		kind = llrp.CloseConnectionResponse
	}
	body, told := r.replies[m.Type]
	if told && len(body) == 0 {
		r.obey(m)
		return nil
	}
	if !told {
		body = r.respond(m)
		if body == nil {
			kind, body = llrp.ErrorMessage, Refusal(unsupported, "no such message")
		}
	}
	return llrp.Message{Type: kind, ID: m.ID, Body: body}.Append(nil)
}

// respond obeys and is the body of the response; nil when there is no such request.
func (r *Reader) respond(m llrp.Message) []byte {
	switch m.Type {
	case llrp.GetReaderCapabilities:
		return Capabilities(r.ports)
	case llrp.GetROSpecs:
		return r.list()
	case llrp.SetReaderConfig, llrp.AddROSpec, llrp.DeleteROSpec, llrp.EnableROSpec, llrp.StartROSpec, llrp.StopROSpec, llrp.CloseConnection:
		if !r.obey(m) {
			return Refusal(deviceError, "the ROSpec is not in that state")
		}
		return Success()
	}
	return nil
}

// list is the body of a GET_ROSPECS_RESPONSE.
func (r *Reader) list() []byte {
	body := Success()
	for _, id := range slices.Sorted(maps.Keys(r.specs)) {
		head := append(binary.BigEndian.AppendUint32(nil, id), 0, byte(r.specs[id]))
		body = append(body, TLV(paramROSpec, head)...)
	}
	return body
}

// obey does what a request says; false when it cannot be.
func (r *Reader) obey(m llrp.Message) bool {
	switch m.Type {
	case llrp.SetReaderConfig:
		return r.configure(m.Body)
	case llrp.AddROSpec:
		return r.add(m.Body)
	case llrp.EnableROSpec:
		return r.change(m.Body, Disabled, Inactive)
	case llrp.StartROSpec:
		return r.change(m.Body, Inactive, Active)
	case llrp.StopROSpec:
		return r.change(m.Body, Active, Inactive)
	case llrp.DeleteROSpec:
		if len(m.Body) < 4 {
			return false
		}
		if id := binary.BigEndian.Uint32(m.Body); id == 0 {
			clear(r.specs)
		} else {
			delete(r.specs, id)
		}
	}
	return true
}

func (r *Reader) change(body []byte, from, to State) bool {
	if len(body) < 4 {
		return false
	}
	id := binary.BigEndian.Uint32(body)
	if state, ok := r.specs[id]; !ok || state != from {
		return false
	}
	r.specs[id] = to
	return true
}

func (r *Reader) configure(body []byte) bool {
	if len(body) < 1 {
		return false
	}
	for kind, p := range params(body[1:]) {
		if kind == paramKeepAliveSpec && len(p) == 5 {
			r.beat = 0
			if p[0] == 1 {
				r.beat = time.Duration(binary.BigEndian.Uint32(p[1:])) * time.Millisecond
			}
		}
	}
	return true
}

// add takes an ROSpec whose antennas the reader has.
func (r *Reader) add(body []byte) bool {
	for kind, p := range params(body) {
		if kind != paramROSpec || len(p) < 6 {
			return false
		}
		id, antennas := binary.BigEndian.Uint32(p), []int(nil)
		if _, there := r.specs[id]; there {
			return false
		}
		for kind, p := range params(p[6:]) {
			if kind != paramAISpec || len(p) < 2 {
				continue
			}
			n := int(binary.BigEndian.Uint16(p))
			for p = p[2:]; n > 0 && len(p) >= 2; n, p = n-1, p[2:] {
				if port := int(binary.BigEndian.Uint16(p)); port > r.ports {
					return false
				} else if port > 0 {
					antennas = append(antennas, port)
				}
			}
		}
		r.specs[id], r.antennas[id], r.added = Disabled, antennas, slices.Clone(body)
		return true
	}
	return false
}

// hangUp forgets what only the connection that has ended wanted.
func (r *Reader) hangUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ready, r.beat = false, 0
}
