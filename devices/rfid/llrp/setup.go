package llrp

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// What a connection fails on; Run's error wraps one of these, a [*RefusedError] or the connection's own.
var (
	ErrNoAnswer = errors.New("no answer")                        // to a request, within five seconds
	ErrTaken    = errors.New("another client has the reader")    // LLRP lets in one
	ErrClosed   = errors.New("the reader closed the connection") // politely
	ErrNotLLRP  = errors.New("not an LLRP reader")
	ErrEnded    = errors.New("the reader ends the inventory as soon as it has begun")
)

// The steps from a new connection to a running inventory. Each but the first is a request that waits for its answer.
const (
	stepGreeting = iota // the reader speaks first
	stepCapabilities
	stepConfig
	stepDelete
	stepAdd
	stepEnable
	stepStart
	stepRunning
)

// request is what a step asks.
func (r *Reader) request(step int) Message {
	switch step {
	case stepCapabilities:
		return Message{Type: GetReaderCapabilities, Body: []byte{0}} // all of them
	case stepConfig:
		return Message{Type: SetReaderConfig, Body: keepAliveConfig(r.o.Heartbeat)}
	case stepDelete:
		return Message{Type: DeleteROSpec, Body: roSpecBody(0)} // whatever a crash has left behind
	case stepAdd:
		return Message{Type: AddROSpec, Body: r.order.roSpec()}
	case stepEnable:
		return Message{Type: EnableROSpec, Body: roSpecBody(ourROSpec)}
	}
	return Message{Type: StartROSpec, Body: roSpecBody(ourROSpec)}
}

// advance sends the request of the next step.
func (r *Reader) advance(w io.Writer) error {
	r.step++
	r.asked = r.at
	if r.step < stepRunning {
		m := r.request(r.step)
		r.waitsFor, r.added = m.Type, r.added || m.Type == AddROSpec
		return r.send(w, m)
	}
	r.waitsFor, r.started = 0, r.at
	r.works()
	// Some readers keep their reports to themselves until they are told that we are ready.
	return r.send(w, Message{Type: EnableEventsAndReports})
}

// answer takes a response, or an ERROR_MESSAGE in place of one. One that answers another request is late and says nothing.
func (r *Reader) answer(m Message, w io.Writer) error {
	if r.waitsFor == 0 || m.ID != r.lastID || m.Type != ErrorMessage && m.Type != r.waitsFor.response() {
		return nil
	}
	decoded, err := Decode(m.Type, m.Body)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotLLRP, err)
	}
	var status LLRPStatus
	switch v := decoded.(type) {
	case *Response:
		status = v.LLRPStatus
	case *Capabilities:
		status = v.LLRPStatus
		r.order = order{antennas: r.o.Antennas}
		if t, ok := v.RegulatoryCapabilities.transmitter(r.o.Power); ok && r.o.Power > 0 {
			r.order.transmitter = &t
		}
	}
	if status.Status != 0 {
		return &RefusedError{Request: r.waitsFor, Status: status}
	}
	return r.advance(w)
}

// overdue says that an answer is missing for too long.
func (r *Reader) overdue() error {
	if r.step == stepRunning || r.at.Sub(r.asked) < answerWithin {
		return nil
	}
	if r.step == stepGreeting {
		return fmt.Errorf("%w: no greeting", ErrNoAnswer)
	}
	return fmt.Errorf("%w to %v", ErrNoAnswer, r.waitsFor)
}

// farewell leaves nothing behind: the inventory is stopped, our ROSpec deleted and the connection closed, as far as the reader
// listens. It waits a little for the reader to say that it has, because what a closed connection has not delivered is not done.
func (r *Reader) farewell(rw io.ReadWriter) {
	var last []Message
	if r.added {
		last = append(last, Message{Type: StopROSpec, Body: roSpecBody(ourROSpec)}, Message{Type: DeleteROSpec, Body: roSpecBody(ourROSpec)})
	}
	if r.step > stepGreeting {
		last = append(last, Message{Type: CloseConnection})
	}
	for _, m := range last {
		if r.send(rw, m) != nil {
			return
		}
	}
	if len(last) == 0 || r.dec.Err() != nil {
		return
	}
	buf := make([]byte, 4096)
	for until := r.o.Now().Add(goodbyeWithin); r.o.Now().Before(until); {
		n, err := rw.Read(buf)
		if err != nil {
			return
		}
		r.dec.Feed(buf[:n])
		for m, ok := r.dec.Next(); ok; m, ok = r.dec.Next() {
			if m.Type == CloseConnectionResponse {
				return
			}
		}
	}
}

// hint is what to do about an error, in words.
func hint(err error) string {
	refused, no := errors.AsType[*RefusedError](err)
	switch {
	case no && (refused.Request == AddROSpec || refused.Request == EnableROSpec):
		return "The reader does not take these settings. Check antennas and power of the configuration, and the reader's region."
	case no:
		return "The reader does not do what LLRP asks of it. Check its operating mode and its firmware."
	case errors.Is(err, ErrTaken):
		return "Close the other program that has the reader, or switch the reader's own applications off."
	case errors.Is(err, ErrNotLLRP):
		return "Something else than an LLRP reader answers. Check address and port; LLRP is on 5084."
	case errors.Is(err, ErrEnded):
		return "Check that an antenna is connected and that no other program works with the reader."
	case errors.Is(err, ErrNoAnswer):
		return "Check that the address is an LLRP reader's, and switch it off and on."
	}
	return "Check the reader's power and network."
}

const (
	// answerWithin is how long a reader has for an answer; a busy one takes a second.
	answerWithin = 5 * time.Second
	// goodbyeWithin is how long a reader has to say goodbye. The port closes half a second after the end of its context.
	goodbyeWithin = 400 * time.Millisecond
)
