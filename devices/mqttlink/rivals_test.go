package mqttlink_test

import (
	"bufio"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/mqttlink"
)

// curt is a broker that lets everybody in and hangs up when told, as one does to the older of two clients with one id.
type curt struct {
	url   string
	conns chan net.Conn // one for each client; unbuffered, so that hangUp meets the newest
}

func newCurt(t *testing.T) *curt {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c := &curt{url: "mqtt://" + l.Addr().String(), conns: make(chan net.Conn)}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			head, err := r.Peek(2)
			if err != nil {
				continue
			}
			_, _ = r.Discard(2 + int(head[1])) // a CONNECT is shorter than 128 bytes here
			_, _ = conn.Write([]byte{0x20, 2, 0, 0})
			select {
			case c.conns <- conn:
			case <-t.Context().Done():
				_ = conn.Close()
				return
			}
		}
	}()
	return c
}

// ends dials, is thrown out and answers why the connection was lost.
func (c *curt) ends(t *testing.T, o mqttlink.Options) error {
	t.Helper()
	o.URL = c.url
	client, err := mqttlink.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case conn := <-c.conns:
		_ = conn.Close()
	case <-time.After(patience):
		t.Fatal("let in, and not there")
	}
	closed(t, "Lost", client.Lost())
	return client.Err()
}

func TestARivalIsSuspectedTheThirdTime(t *testing.T) {
	var rivals mqttlink.Rivals
	b, o := newCurt(t), mqttlink.Options{ClientID: "kadikoy/fr1", Rivals: &rivals}
	for i := range 3 {
		err := b.ends(t, o)
		if suspected := errors.Is(err, mqttlink.ErrTakenOver); suspected != (i == 2) || !errors.Is(err, mqttlink.ErrLost) {
			t.Fatalf("time %d: %v", i+1, err)
		}
		if i < 2 {
			continue
		}
		if e, ok := errors.AsType[*devices.Error](err); !ok || !strings.Contains(e.Hint, "seems to use the name kadikoy/fr1") {
			t.Errorf("the advice is %v", err)
		}
	}
	other := o
	other.ClientID = "kadikoy/fr2"
	if err := b.ends(t, other); errors.Is(err, mqttlink.ErrTakenOver) {
		t.Errorf("another name is suspected along: %v", err)
	}
	if err := b.ends(t, mqttlink.Options{ClientID: o.ClientID}); errors.Is(err, mqttlink.ErrTakenOver) {
		t.Errorf("suspected by nobody: %v", err)
	}
}

func TestABrokerThatIsAwayHasNoRivals(t *testing.T) {
	var rivals mqttlink.Rivals
	b, o := newCurt(t), mqttlink.Options{ClientID: "kadikoy/fr1", Rivals: &rivals}
	away := o
	away.URL = "mqtt://127.0.0.1:1"
	for range 4 {
		for range 2 {
			if err := b.ends(t, o); errors.Is(err, mqttlink.ErrTakenOver) {
				t.Fatalf("a broker that is restarted over and over: %v", err)
			}
		}
		if _, err := mqttlink.Dial(t.Context(), away); err == nil {
			t.Fatal("somebody is there")
		}
	}
}

func TestTheBrokerInsideKnowsForCertain(t *testing.T) {
	b, _ := devicetest.Broker(t)
	rivals := mqttlink.Rivals{Certain: b.TakenOver}
	o := mqttlink.Options{URL: b.URL(), ClientID: "kadikoy/fr1", Rivals: &rivals}
	ours, err := mqttlink.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	theirs := devicetest.Dial(t, b, "kadikoy/fr1")
	closed(t, "Lost", ours.Lost())
	if e, ok := errors.AsType[*devices.Error](ours.Err()); !errors.Is(ours.Err(), mqttlink.ErrTakenOver) || !ok || !strings.Contains(e.Hint, "uses the name kadikoy/fr1") {
		t.Errorf("lost to another: %v", ours.Err())
	}
	messages, err := theirs.Subscribe(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := devicetest.Dial(t, b, "reader").Publish(t.Context(), "x", 1, false, []byte("1")); err != nil {
		t.Fatal(err)
	}
	next(t, messages)
	if b.TakenOver("kadikoy/fr1", time.Now().Add(time.Minute)) || b.TakenOver("reader", time.Time{}) {
		t.Error("taken over later, or somebody else")
	}
}

// Who comes under a name that is in use throws out whoever had it. That is no word on how it will be lost itself.
func TestWhoHasTakenANameIsNotItsOwnRival(t *testing.T) {
	b, stop := devicetest.Broker(t)
	theirs := devicetest.Dial(t, b, "kadikoy/fr1")
	ours, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: b.URL(), ClientID: "kadikoy/fr1", Rivals: &mqttlink.Rivals{Certain: b.TakenOver}})
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	closed(t, "Lost", theirs.Lost())
	stop()
	closed(t, "Lost", ours.Lost())
	if err := ours.Err(); !errors.Is(err, mqttlink.ErrLost) || errors.Is(err, mqttlink.ErrTakenOver) {
		t.Errorf("lost to a broker that has gone: %v", err)
	}
}
