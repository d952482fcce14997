package broker_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"showroom/devices"
	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
)

// talk is a client of MQTT 5, which says what the test writes.
type talk struct {
	net.Conn
	t *testing.T
}

// greet connects a client of MQTT 5, and answers what the broker says of itself.
func greet(t *testing.T, b *broker.Broker) (talk, packets.Packet) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.URL(), "mqtt://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c := talk{conn, t}
	c.says("\x10\x11\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x04five")
	return c, c.hears()
}

func (c talk) says(packet string) {
	c.t.Helper()
	if _, err := io.WriteString(c.Conn, packet); err != nil {
		c.t.Fatal(err)
	}
}

func (c talk) hears() packets.Packet {
	c.t.Helper()
	head := make([]byte, 2) // what the broker says here is short
	if _, err := io.ReadFull(c.Conn, head); err != nil {
		c.t.Fatal(err)
	}
	rest := make([]byte, head[1])
	if _, err := io.ReadFull(c.Conn, rest); err != nil {
		c.t.Fatal(err)
	}
	p := packets.Packet{ProtocolVersion: 5, FixedHeader: packets.FixedHeader{Type: head[0] >> 4, Remaining: int(head[1])}}
	var err error
	switch p.FixedHeader.Type {
	case packets.Connack:
		err = p.ConnackDecode(rest)
	case packets.Disconnect:
		err = p.DisconnectDecode(rest)
	case packets.Puback:
		err = p.PubackDecode(rest)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return p
}

// publish is a PUBLISH of MQTT 5 with quality 1 that has so many bytes behind its head.
func publish(topic string, size int) string {
	begin := append(binary.BigEndian.AppendUint16(nil, uint16(len(topic))), topic...)
	begin = append(begin, 0, 9, 0) // its number, and no properties
	packet := binary.AppendUvarint([]byte{0x32}, uint64(size))
	return string(append(append(packet, begin...), make([]byte, size-len(begin))...))
}

func TestAClientOfMQTT5IsToldHowLongAPacketMayBe(t *testing.T) {
	var log notes
	taken := make(chan int, 1) // only the one that fits comes
	b := run(t, broker.Options{
		Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(&log, nil)), Events: []string{"pos/#"},
		Take: func(_ context.Context, m devices.Message) error { taken <- len(m.Payload); return nil },
	})
	c, hello := greet(t, b)
	most := int(hello.Properties.MaximumPacketSize)
	if hello.FixedHeader.Type != packets.Connack || most != devices.MostMessage {
		t.Fatalf("told %+v", hello)
	}
	const head = 4 // a byte for the type, three for a length of this size
	c.says(publish("pos/k1/event", most-head))
	if p := c.hears(); p.FixedHeader.Type != packets.Puback || p.ReasonCode != 0 {
		t.Fatalf("a packet as long as may be is answered %+v", p)
	}
	if got, want := <-taken, most-head-(2+len("pos/k1/event")+2+1); got != want {
		t.Errorf("%d bytes were taken, want %d", got, want)
	}
	c.says(publish("pos/k1/event", 900_000))
	if p := c.hears(); p.FixedHeader.Type != packets.Disconnect || p.ReasonCode != packets.ErrPacketTooLarge.Code {
		t.Errorf("one that is too long is answered %+v", p)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("and then %v", err)
	}
	tells(t, &log, "client=five", "bytes=900000")
}

// tells waits until the log holds all of some words.
func tells(t *testing.T, log *notes, words ...string) {
	t.Helper()
	var missing string
	for late := time.Now().Add(patience); time.Now().Before(late); <-time.After(time.Millisecond) {
		missing = ""
		for _, w := range words {
			if !strings.Contains(log.String(), w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
	}
	t.Errorf("%q is not told:\n%s", missing, log.String())
}

// A client of MQTT 3.1.1 can not be told that a message is too long: hung up on, it would send it again for ever.
func TestAnEventThatIsTooLongComesCutAndIsAcknowledged(t *testing.T) {
	var log notes
	came := make(chan devices.Message, 2) // both
	b := run(t, broker.Options{
		Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(&log, nil)), Events: []string{"pos/+/event"},
		Take: func(_ context.Context, m devices.Message) error { came <- m; return nil },
	})
	other, err := dial(t, b, "other", "", "")
	if err != nil {
		t.Fatal(err)
	}
	heard, err := other.Subscribe(t.Context(), "pos/#")
	if err != nil {
		t.Fatal(err)
	}
	till, err := dial(t, b, "till", "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, payload := range [][]byte{bytes.Repeat([]byte("x"), 900_000), []byte("next")} {
		if err := till.Publish(t.Context(), "pos/k1/event", 1, false, payload); err != nil {
			t.Fatalf("%d bytes: %v", len(payload), err)
		}
		m := <-came
		if m.Topic != "pos/k1/event" || len(m.Payload)+m.Missing != len(payload) || !bytes.HasPrefix(payload, m.Payload) || len(m.Payload) > devices.MostMessage {
			t.Errorf("of %d bytes %d came, and %d are missing, at %s", len(payload), len(m.Payload), m.Missing, m.Topic)
		}
	}
	if m := <-heard; string(m.Payload) != "next" {
		t.Errorf("somebody else heard %d bytes", len(m.Payload))
	}
	tells(t, &log, "client=till", "bytes=900016")
}

// What is no event goes as it came: its publisher is hung up on, its will is published, and the log says who it was.
func TestWhoSendsTooMuchIsNamed(t *testing.T) {
	var log notes
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(&log, nil))})
	watcher, err := dial(t, b, "watcher", "", "")
	if err != nil {
		t.Fatal(err)
	}
	wills, err := watcher.Subscribe(t.Context(), "#")
	if err != nil {
		t.Fatal(err)
	}
	wild, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: b.URL(), ClientID: "wild", Will: &mqttlink.Will{Topic: "wild/gone", Payload: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	defer wild.Close()
	if err := wild.Publish(t.Context(), "wild/data", 1, false, make([]byte, 900_000)); err == nil {
		t.Error("acknowledged")
	}
	<-wild.Lost()
	if m := <-wills; m.Topic != "wild/gone" {
		t.Errorf("passed on at %s: %d bytes", m.Topic, len(m.Payload))
	}
	tells(t, &log, "client=wild", "bytes=900013")
}
