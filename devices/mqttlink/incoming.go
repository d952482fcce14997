package mqttlink

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"showroom/devices"
)

// errPacket is a broker that does not speak MQTT 3.1.1, or sends what nobody asked it for.
var errPacket = errors.New("the broker sends what is no MQTT")

// inPieces reads as much as has come at once: the library asks for the first byte of a packet, then its length, then the rest.
type inPieces struct {
	net.Conn
	buffered *bufio.Reader
}

func (p *inPieces) Read(b []byte) (int, error) { return p.buffered.Read(b) }

// incoming is a connection of which the library reads everything but messages. Those are taken on the way: the library would hand each
// through four goroutines, which costs more than to make it durable.
type incoming struct {
	inPieces
	take  func(topic string, payload []byte, missing int, retained bool, qos byte, id uint16)
	left  int    // bytes of a packet that the library is to read
	topic string // of the message before
}

// Read is called by one goroutine of the library after the other, never by two.
func (in *incoming) Read(b []byte) (int, error) {
	for in.left == 0 {
		head, length, err := in.head()
		if err != nil {
			return 0, err
		}
		if head[0]>>4 != packets.Publish {
			in.left = len(head) + length
			break
		}
		flags := head[0]
		if _, err := in.buffered.Discard(len(head)); err != nil {
			return 0, err
		}
		if err := in.message(flags, length); err != nil {
			return 0, err
		}
	}
	n, err := in.buffered.Read(b[:min(len(b), in.left)])
	in.left -= n
	return n, err
}

// head looks at how the next packet begins: its type and flags, and in one to four bytes, seven bits each, how long the rest is. Section
// 2.2 of MQTT 3.1.1.
func (in *incoming) head() (head []byte, length int, err error) {
	const most = 5
	for n := 2; n <= most; n++ {
		if head, err = in.buffered.Peek(n); err != nil {
			return nil, 0, err
		}
		last := head[n-1]
		length |= int(last&0x7f) << (7 * (n - 2))
		if last < 0x80 {
			return head, length, nil
		}
	}
	return nil, 0, fmt.Errorf("%w: a packet without an end", errPacket)
}

// message reads a PUBLISH behind its head, of which no more is held than may be. Section 3.3.
func (in *incoming) message(flags byte, length int) error {
	const number = 2 // bytes of one
	missing := max(0, length-devices.MostMessage)
	length -= missing
	packet := make([]byte, length)
	if _, err := io.ReadFull(in.buffered, packet); err != nil {
		return err
	}
	if _, err := in.buffered.Discard(missing); err != nil {
		return err
	}
	qos, id := flags>>1&3, uint16(0)
	behind := number // the topic's length
	if length >= number {
		behind += int(binary.BigEndian.Uint16(packet))
	}
	body := behind
	if qos > 0 {
		body += number
	}
	if qos > 1 || body > length {
		return fmt.Errorf("%w: a message of %d bytes with QoS %d", errPacket, length, qos)
	}
	if qos > 0 {
		id = binary.BigEndian.Uint16(packet[behind:])
	}
	if topic := packet[number:behind]; string(topic) != in.topic {
		in.topic = string(topic)
	}
	in.take(in.topic, packet[body:], missing, flags&1 != 0, qos, id)
	return nil
}
