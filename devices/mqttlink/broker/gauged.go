package broker

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// gauged is the connection of a client, on which no message is longer than the broker holds. The library would hang up in the middle of
// one, without a word, and its publisher would send it again for ever. Here its beginning comes, and rules say what becomes of it. Any
// other packet that is too long is the library's to refuse.
type gauged struct {
	net.Conn
	in *bufio.Reader

	// What follows belongs to the one goroutine that reads.
	made    []byte  // of the packet, to be read before what is still on the line
	left    int     // bytes of it that are
	size    int     // of all of it, the byte of its type aside
	missing int     // bytes of it that were left out
	end     error   // nothing more is read
	head    [5]byte // room for made
}

func newGauged(conn net.Conn) *gauged {
	const piece = 4 << 10 // bytes that are read at once
	return &gauged{Conn: conn, in: bufio.NewReaderSize(conn, piece)}
}

// gaugeOf is the connection of a client; one of nobody for the agent's own.
func gaugeOf(cl *mochi.Client) *gauged {
	if g, ok := cl.Net.Conn.(*gauged); ok {
		return g
	}
	return &gauged{}
}

// Read never answers bytes of two packets: while the library deals with one the next has not been begun.
func (g *gauged) Read(b []byte) (int, error) {
	if len(g.made) == 0 && g.left == 0 {
		if err := g.next(); err != nil {
			return 0, err
		}
	}
	if len(g.made) > 0 {
		n := copy(b, g.made)
		if g.made = g.made[n:]; len(g.made) == 0 {
			g.made = nil
		}
		return n, nil
	}
	n, err := g.in.Read(b[:min(len(b), g.left)])
	g.left -= n
	return n, err
}

// next reads how a packet begins, and a message that is too long to its end: whoever is hung up on while still sending is told nothing.
func (g *gauged) next() error {
	if g.end != nil {
		return g.end
	}
	kind, err := g.in.ReadByte()
	if err != nil {
		return err
	}
	if g.size, _, err = packets.DecodeLength(g.in); err != nil {
		return err
	}
	g.left, g.missing = g.size, 0
	g.made = append(g.head[:0], kind)
	const longest = maxPacket - 1 // the library counts the byte of the type
	if kind>>4 != packets.Publish || g.size <= longest {
		g.made = binary.AppendUvarint(g.made, uint64(g.size)) // which is how MQTT writes lengths too
		return nil
	}
	made := binary.AppendUvarint(g.made, longest)
	begin := len(made)
	made = append(made, make([]byte, longest)...)
	if _, err := io.ReadFull(g.in, made[begin:]); err != nil {
		return err
	}
	g.made, g.left, g.missing = made, 0, g.size-longest
	_, err = g.in.Discard(g.missing)
	return err
}

// refuse has nothing more read of a client that has sent a message too long, with the library's own reason.
func (g *gauged) refuse(cl *mochi.Client) {
	if cl.Properties.ProtocolVersion == 5 {
		_ = cl.WritePacket(packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Disconnect}, ReasonCode: packets.ErrPacketTooLarge.Code})
	}
	g.end = packets.ErrPacketTooLarge
}

// tellTooLong says who publishes more than is held.
func (r *rules) tellTooLong(cl *mochi.Client, bytes int) {
	r.log.Warn("MQTT client sends more than the broker takes", "client", cl.ID, "user", string(cl.Properties.Username), "bytes", bytes, "most", maxPacket)
}

// OnPacketEncode tells clients of MQTT 5 how long a packet may be, which the library keeps to itself.
func (r *rules) OnPacketEncode(_ *mochi.Client, pk packets.Packet) packets.Packet {
	if pk.FixedHeader.Type == packets.Connack && pk.ReasonCode == packets.CodeSuccess.Code {
		pk.Properties.MaximumPacketSize = maxPacket
	}
	return pk
}

// OnDisconnect notices who was hung up on for a packet that is too long.
func (r *rules) OnDisconnect(cl *mochi.Client, err error, _ bool) {
	if errors.Is(err, packets.ErrPacketTooLarge) {
		r.tellTooLong(cl, gaugeOf(cl).size)
	}
}
