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

// curt is a broker that lets everybody in and hangs up, as one does to the older of two clients with one id.
func curt(t *testing.T) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			_, _ = r.Peek(2)
			head, _ := r.Peek(2)
			_, _ = r.Discard(2 + int(head[1])) // a CONNECT is shorter than 128 bytes here
			_, _ = conn.Write([]byte{0x20, 2, 0, 0})
			_ = conn.Close()
		}
	}()
	return "mqtt://" + l.Addr().String()
}

// ends dials and answers why the connection was lost.
func ends(t *testing.T, o mqttlink.Options) error {
	t.Helper()
	c, err := mqttlink.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, "Lost", c.Lost())
	return c.Err()
}

func TestARivalIsSuspectedTheThirdTime(t *testing.T) {
	var rivals mqttlink.Rivals
	o := mqttlink.Options{URL: curt(t), ClientID: "kadikoy/fr1", Rivals: &rivals}
	for i := range 3 {
		err := ends(t, o)
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
	if err := ends(t, other); errors.Is(err, mqttlink.ErrTakenOver) {
		t.Errorf("another name is suspected along: %v", err)
	}
	if err := ends(t, mqttlink.Options{URL: o.URL, ClientID: o.ClientID}); errors.Is(err, mqttlink.ErrTakenOver) {
		t.Errorf("suspected by nobody: %v", err)
	}
}

func TestABrokerThatIsAwayHasNoRivals(t *testing.T) {
	var rivals mqttlink.Rivals
	o := mqttlink.Options{URL: curt(t), ClientID: "kadikoy/fr1", Rivals: &rivals}
	away := o
	away.URL = "mqtt://127.0.0.1:1"
	for range 4 {
		for range 2 {
			if err := ends(t, o); errors.Is(err, mqttlink.ErrTakenOver) {
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
