package llrpsim

import (
	"net"
	"sync"
	"sync/atomic"

	"showroom/devices/rfid/llrp"
)

// waiting is how much a reader keeps for a client that is slow.
const waiting = 1024

// Session is one connection to a reader. Its methods may be called from any goroutine, Close from one.
type Session struct {
	reader *Reader
	conn   net.Conn
	mute   func() bool
	// out is what the reader will say, waiting messages at most; whoever says more waits. Nil ends the talker.
	out  chan []byte
	id   atomic.Uint32
	done chan struct{} // closed when the client has gone
	in   sync.WaitGroup
}

// Connect serves a client until it goes or the Session is closed, which it must be. It does not greet: say Greeting. While mute
// answers true the reader hears and says nothing; nil is never.
func (r *Reader) Connect(conn net.Conn, mute func() bool) *Session {
	if mute == nil {
		mute = func() bool { return false }
	}
	s := &Session{reader: r, conn: conn, mute: mute, out: make(chan []byte, waiting), done: make(chan struct{})}
	s.in.Go(s.listen)
	s.in.Go(s.talk)
	return s
}

// Close ends the connection and waits until it has ended.
func (s *Session) Close() {
	_ = s.conn.Close()
	s.in.Wait()
}

// Done is closed when the client has gone.
func (s *Session) Done() <-chan struct{} { return s.done }

// Say says a message of the reader's own.
func (s *Session) Say(kind llrp.Type, body []byte) { s.Write(s.message(kind, body)) }

// Offer is Say for what need not be said: it answers false when the client is too slow.
func (s *Session) Offer(kind llrp.Type, body []byte) bool {
	select {
	case s.out <- s.message(kind, body):
		return true
	default:
		return false
	}
}

func (s *Session) message(kind llrp.Type, body []byte) []byte {
	return llrp.Message{Type: kind, ID: s.id.Add(1), Body: body}.Append(nil)
}

// Write says bytes, whatever they mean. p belongs to the Session then.
func (s *Session) Write(p []byte) { s.out <- p }

func (s *Session) talk() {
	for p := range s.out {
		if p == nil {
			return
		}
		if s.mute() {
			continue
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

func (s *Session) listen() {
	defer func() {
		s.reader.hangUp()
		close(s.done)
		s.out <- nil
	}()
	var d llrp.Decoder
	buf := make([]byte, 512)
	for d.Err() == nil {
		n, err := s.conn.Read(buf)
		if err != nil {
			return
		}
		if s.mute() {
			continue
		}
		d.Feed(buf[:n])
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			if answer := s.reader.Answer(m); answer != nil {
				s.out <- answer
			}
		}
	}
}
