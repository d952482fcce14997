package mqttlink

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"showroom/devices"
)

// said is a message as it was taken.
type said struct {
	Topic, Payload string
	Missing        int
	Retained       bool
	QoS            byte
	ID             uint16
}

// reads has the library's part of a connection read, with buffers of any size, and answers what was taken on the way.
func reads(stream io.Reader, size func() int) (library []byte, taken []said, err error) {
	in := &incoming{inPieces: inPieces{nil, bufio.NewReaderSize(stream, 16)}, take: func(topic string, payload []byte, missing int, retained bool, qos byte, id uint16) {
		taken = append(taken, said{topic, string(payload), missing, retained, qos, id})
	}}
	for {
		b := make([]byte, size())
		n, err := in.Read(b)
		library = append(library, b[:n]...)
		if err != nil {
			return library, taken, err
		}
	}
}

func TestMessagesAreTakenOutOfTheStream(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var stream, others bytes.Buffer
		var want []said
		for range rapid.IntRange(0, 8).Draw(r, "packets") {
			if rapid.Bool().Draw(r, "another packet") {
				p := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
				p.ReturnCodes = rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(r, "codes")
				if err := errors.Join(p.Write(&stream), p.Write(&others)); err != nil {
					r.Fatal(err)
				}
				continue
			}
			p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
			p.TopicName = rapid.SampledFrom([]string{"", "a", "pos/k1/event", "pos/k2/event"}).Draw(r, "topic")
			p.Payload = bytes.Repeat([]byte{'x'}, rapid.SampledFrom([]int{0, 1, 100, 127, 128, 20_000}).Draw(r, "bytes"))
			p.Retain, p.Qos = rapid.Bool().Draw(r, "retained"), rapid.ByteMax(1).Draw(r, "QoS")
			if p.Qos > 0 {
				p.MessageID = rapid.Uint16Min(1).Draw(r, "id")
			}
			want = append(want, said{p.TopicName, string(p.Payload), 0, p.Retain, p.Qos, p.MessageID})
			if err := p.Write(&stream); err != nil {
				r.Fatal(err)
			}
		}
		var from io.Reader = &stream
		if rapid.Bool().Draw(r, "in drops") {
			from = iotest.OneByteReader(from)
		}
		library, taken, err := reads(from, func() int { return rapid.IntRange(1, 50).Draw(r, "buffer") })
		if !errors.Is(err, io.EOF) || !bytes.Equal(library, others.Bytes()) {
			r.Fatalf("the library read %x of %x: %v", library, others.Bytes(), err)
		}
		if diff := cmp.Diff(want, taken); diff != "" {
			r.Fatal(diff)
		}
	})
}

func TestAMessageThatIsTooLongComesCut(t *testing.T) {
	var stream bytes.Buffer
	for _, bytes := range []int{devices.MostMessage - 5, devices.MostMessage - 4, 3 * devices.MostMessage, 1} { // its topic and number take five
		p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
		p.TopicName, p.Payload, p.Qos, p.MessageID = "a", make([]byte, bytes), 1, 7
		if err := p.Write(&stream); err != nil {
			t.Fatal(err)
		}
	}
	_, taken, err := reads(&stream, func() int { return 50 })
	if !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	var got [][2]int
	for _, m := range taken {
		if m.Topic != "a" || m.ID != 7 {
			t.Errorf("taken: %q, number %d", m.Topic, m.ID)
		}
		got = append(got, [2]int{len(m.Payload), m.Missing})
	}
	const most = devices.MostMessage - 5
	if diff := cmp.Diff([][2]int{{most, 0}, {most, 1}, {most, 2*devices.MostMessage + 5}, {1, 0}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoMQTTEndsTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		stream string
		want   error
	}{
		"no end of its length":    {"\x30\xff\xff\xff\xff\x01", errPacket},
		"QoS 2":                   {"\x34\x05\x00\x01a\x00\x01", errPacket},
		"QoS 3":                   {"\x36\x05\x00\x01a\x00\x01", errPacket},
		"nothing":                 {"\x30\x00", errPacket},
		"half a length of topic":  {"\x30\x01\x00", errPacket},
		"topic beyond the end":    {"\x30\x04\x00\x03ab", errPacket},
		"no number":               {"\x32\x04\x00\x01a\x00", errPacket},
		"cut off in its head":     {"\x30", io.EOF},
		"cut off in its length":   {"\x30\x80", io.EOF},
		"cut off in its body":     {"\x30\x05\x00\x01a", io.ErrUnexpectedEOF},
		"cut off behind its head": {"\x30\x05", io.EOF},
	} {
		_, taken, err := reads(bytes.NewReader([]byte(c.stream)), func() int { return 8 })
		if !errors.Is(err, c.want) || taken != nil {
			t.Errorf("%s: %v, and taken %v", name, err, taken)
		}
	}
	rapid.Check(t, func(r *rapid.T) { // whatever it is, it ends
		stream := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte{0x30, 0x32, 0, 1, 2, 0x90}))).Draw(r, "stream")
		_, _, _ = reads(bytes.NewReader(stream), func() int { return 8 })
	})
}
