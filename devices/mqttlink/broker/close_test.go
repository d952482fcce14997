package broker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"showroom/devices/mqttlink/broker"
)

// Whoever connects and says nothing, as a port scanner does or a program that waits to be greeted, is no reason not to end.
func TestRunEndsAmidSilence(t *testing.T) {
	b, err := broker.Listen(broker.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1) // one result
	go func() { ended <- b.Run(ctx) }()
	silent, err := net.Dial("tcp", b.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, err := dial(t, b, "after", "", ""); err != nil { // the silent one has been let in by now
		t.Fatal(err)
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended by %v", err)
		}
	case <-time.After(patience):
		t.Fatal("it waits for somebody who says nothing")
	}
	if _, err := silent.Read(make([]byte, 1)); err == nil {
		t.Error("the silent one is told something")
	}
}

// The library looks over its clients in a way that stands still for ever when one of them leaves at that moment.
func TestRunEndsWhileClientsLeave(t *testing.T) {
	for range 30 {
		b, err := broker.Listen(broker.Options{Listen: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1) // one result
		go func() { ended <- b.Run(ctx) }()
		var lines []net.Conn
		for i := range 16 {
			line, err := net.Dial("tcp", b.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fmt.Fprintf(line, "\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01%c", 'a'+i); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(line, make([]byte, 4)); err != nil { // let in
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		go cancel()
		for _, line := range lines {
			_ = line.Close()
		}
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("it does not end")
		}
	}
}
