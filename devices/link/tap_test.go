package link_test

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"showroom/devices"
	"showroom/devices/link"
)

// tapped is a port over TCP and its far end.
func tapped(t *testing.T, tap *link.Tap) (*link.Port, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port, err := link.Open(t.Context(), link.Options{Device: "r1", Name: "tcp://" + l.Addr().String(), Tap: tap})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { port.Close() })
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return port, far
}

func TestATapHearsBothWaysAndIsReplayed(t *testing.T) {
	var tap link.Tap
	port, far := tapped(t, &tap)
	say := func(text string) {
		t.Helper()
		sent := make(chan error, 1) // one result, taken below
		go func() { _, err := io.WriteString(far, text); sent <- err }()
		if _, err := io.ReadFull(port, make([]byte, len(text))); err != nil {
			t.Fatal(err)
		}
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	}
	say("nobody listens")
	start := time.Now()
	var tape bytes.Buffer
	var heard []link.Chunk
	stop := tap.Listen(func(c link.Chunk) {
		line, err := c.Line(start)
		if err != nil {
			t.Error(err)
		}
		tape.Write(line)
		c.Bytes = bytes.Clone(c.Bytes)
		heard = append(heard, c)
	})
	say("from")
	asked := make(chan error, 1) // one result, taken below
	go func() { _, err := io.ReadFull(far, make([]byte, 2)); asked <- err }()
	if _, err := port.Write([]byte("to")); err != nil {
		t.Fatal(err)
	}
	if err := <-asked; err != nil {
		t.Fatal(err)
	}
	tap.Message(devices.Message{Topic: "zebra/tags", Payload: []byte("{}"), At: start})
	stop()
	say("nobody listens again")
	var got []string
	for _, c := range heard {
		if c.At.Before(start) {
			t.Errorf("%q was heard at %v", c.Bytes, c.At)
		}
		got = append(got, c.Topic+map[bool]string{true: ">", false: "<"}[c.Out]+string(c.Bytes))
	}
	if diff := cmp.Diff([]string{"<from", ">to", "zebra/tags<{}"}, got); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	if back, err := io.ReadAll(link.Replay(&tape)); err != nil || string(back) != "from{}" {
		t.Errorf("replayed %q, %v", back, err)
	}
}

func TestOnlyTheLastListenerHears(t *testing.T) {
	var tap link.Tap
	heard := ""
	first := tap.Listen(func(link.Chunk) { heard += "1" })
	second := tap.Listen(func(link.Chunk) { heard += "2" })
	first() // is not the listener any more
	tap.Message(devices.Message{})
	second()
	tap.Message(devices.Message{})
	(*link.Tap)(nil).Message(devices.Message{})
	if heard != "2" {
		t.Errorf("heard %q", heard)
	}
}

func TestATapCostsNothingWhileNobodyListens(t *testing.T) {
	var tap link.Tap
	m := devices.Message{Payload: []byte("x")}
	if n := testing.AllocsPerRun(100, func() { tap.Message(m) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
