package mqttlink_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/mqttlink"
)

// overMosquitto runs a test over the broker that shops have beside the agent. The embedded one asks before it acknowledges instead.
func overMosquitto(t *testing.T, test func(t *testing.T, url string)) {
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		t.Skip("Mosquitto is not installed")
	}
	test(t, mosquitto(t, program))
}

// mosquitto runs a broker of its own until the test ends.
func mosquitto(t *testing.T, program string) (url string) {
	t.Helper()
	address := devicetest.FreeAddress(t)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, "listener %s %s\nallow_anonymous true\n", port, host), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "-c", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = cmd.Wait() })
	for late := time.Now().Add(patience); ; <-time.After(time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return "mqtt://" + address
		}
		if time.Now().After(late) {
			t.Fatal("Mosquitto does not listen")
		}
	}
}

func delivered(t *testing.T, from <-chan devices.Delivery) devices.Delivery {
	t.Helper()
	select {
	case d, more := <-from:
		if !more {
			t.Fatal("the events ended")
		}
		return d
	case <-time.After(patience):
		t.Fatal("no event came")
	}
	return devices.Delivery{}
}

func TestEventsStayUntilTheyAreAcknowledged(t *testing.T) {
	overMosquitto(t, func(t *testing.T, url string) {
		connect := func() (*mqttlink.Client, <-chan devices.Delivery) {
			c, from, err := mqttlink.DialEvents(t.Context(), mqttlink.Options{URL: url, ClientID: "agent/tills"}, "pos/+/event")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			return c, from
		}
		till, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: url, ClientID: "k1"})
		if err != nil {
			t.Fatal(err)
		}
		defer till.Close()
		say := func(word string) {
			if err := till.Publish(t.Context(), "pos/k1/event", 1, false, []byte(word)); err != nil {
				t.Fatal(err)
			}
		}
		agent, from := connect()
		say("one")
		say("two")
		if d := delivered(t, from); string(d.Payload) != "one" {
			t.Errorf("first came %q", d.Payload)
		} else {
			d.Acknowledge()
		}
		if d := delivered(t, from); string(d.Payload) != "two" { // not acknowledged: the disk is full, say
			t.Errorf("then came %q", d.Payload)
		}
		// An acknowledgement is on its way until the broker has heard something that was said after it.
		if err := agent.Publish(t.Context(), "elsewhere", 1, false, nil); err != nil {
			t.Fatal(err)
		}
		agent.Abort()
		say("three") // while nobody listens

		agent, from = connect()
		got := map[string]bool{}
		for range 2 {
			d := delivered(t, from)
			got[string(d.Payload)] = true
			d.Acknowledge()
		}
		if !got["two"] || !got["three"] {
			t.Errorf("came again: %v", got)
		}
		if err := agent.Close(); err != nil {
			t.Fatal(err)
		}
		if _, more := <-from; more {
			t.Error("an event that had been acknowledged came again")
		}
	})
}

// Whoever does not keep up is waited for, over either broker, and gets everything in its order.
func TestAReceiverThatDoesNotKeepUpLosesNothing(t *testing.T) {
	test := func(t *testing.T, url string, events int) {
		agent, from, err := mqttlink.DialEvents(t.Context(), mqttlink.Options{URL: url, ClientID: "agent/tills", Queue: 2}, "pos/+/event")
		if err != nil {
			t.Fatal(err)
		}
		defer agent.Close()
		till, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: url, ClientID: "k1"})
		if err != nil {
			t.Fatal(err)
		}
		defer till.Close()
		for i := range events { // all of them before the first is taken
			if err := till.Publish(t.Context(), "pos/k1/event", 1, false, fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range events {
			d := delivered(t, from)
			if string(d.Payload) != fmt.Sprint(i) {
				t.Fatalf("event %d is %q", i, d.Payload)
			}
			d.Acknowledge()
		}
		if agent.Dropped() > 0 || agent.Err() != nil {
			t.Errorf("%d dropped, ended by %v", agent.Dropped(), agent.Err())
		}
	}
	t.Run("embedded", func(t *testing.T) {
		b, _ := devicetest.Broker(t)
		test(t, b.URL(), 100)
	})
	t.Run("mosquitto", func(t *testing.T) { overMosquitto(t, func(t *testing.T, url string) { test(t, url, 1000) }) })
}

// A message that waits for its place does not keep the connection from being closed, and stays with the broker.
func TestClosingEndsTheWaitForAPlace(t *testing.T) {
	overMosquitto(t, func(t *testing.T, url string) {
		connect := func(queue int) (*mqttlink.Client, <-chan devices.Delivery) {
			c, from, err := mqttlink.DialEvents(t.Context(), mqttlink.Options{URL: url, ClientID: "agent/tills", Queue: queue}, "pos/+/event")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			return c, from
		}
		agent, from := connect(1)
		till, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: url, ClientID: "k1"})
		if err != nil {
			t.Fatal(err)
		}
		defer till.Close()
		for i := range 5 {
			if err := till.Publish(t.Context(), "pos/k1/event", 1, false, fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
		}
		delivered(t, from).Acknowledge() // and another waits
		if err := agent.Close(); err != nil {
			t.Fatal(err)
		}
		for range from { // one may be in the queue; it is not acknowledged
		}
		_, from = connect(0)
		for i := 1; i < 5; i++ {
			if d := delivered(t, from); string(d.Payload) != fmt.Sprint(i) {
				t.Errorf("then came %q, want %d", d.Payload, i)
			}
		}
	})
}

// What the broker has kept comes before it answers the subscription, and may be more than has room.
func TestMoreIsKeptThanHasRoom(t *testing.T) {
	overMosquitto(t, func(t *testing.T, url string) {
		const events = 50
		connect := func() (*mqttlink.Client, <-chan devices.Delivery) {
			ctx, stop := context.WithTimeout(t.Context(), patience)
			defer stop()
			c, from, err := mqttlink.DialEvents(ctx, mqttlink.Options{URL: url, ClientID: "agent/tills", Queue: 2}, "pos/+/event")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			return c, from
		}
		agent, _ := connect()
		if err := agent.Close(); err != nil {
			t.Fatal(err)
		}
		till, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: url, ClientID: "k1"})
		if err != nil {
			t.Fatal(err)
		}
		defer till.Close()
		for i := range events {
			if err := till.Publish(t.Context(), "pos/k1/event", 1, false, fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
		}
		_, from := connect()
		for i := range events {
			d := delivered(t, from)
			if string(d.Payload) != fmt.Sprint(i) {
				t.Fatalf("event %d is %q", i, d.Payload)
			}
			d.Acknowledge()
		}
	})
}
