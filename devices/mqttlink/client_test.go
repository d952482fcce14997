package mqttlink_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/mqttlink"
)

const patience = time.Minute

func next(t *testing.T, messages <-chan devices.Message) devices.Message {
	t.Helper()
	select {
	case m, ok := <-messages:
		if !ok {
			t.Fatal("the subscription ended")
		}
		return m
	case <-time.After(patience):
		t.Fatal("no message came")
	}
	return devices.Message{}
}

func closed[T any](t *testing.T, what string, c <-chan T) {
	t.Helper()
	for late := time.After(patience); ; {
		select {
		case _, ok := <-c:
			if !ok {
				return
			}
		case <-late:
			t.Fatalf("%s does not close", what)
		}
	}
}

func TestMessagesArriveInOrder(t *testing.T) {
	b, _ := devicetest.Broker(t)
	agent, device := devicetest.Dial(t, b, "agent"), devicetest.Dial(t, b, "device")
	messages, err := agent.Subscribe(t.Context(), "shop/+/data")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if err := device.Publish(t.Context(), "shop/r1/data", byte(i%3), false, fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 200 {
		m := next(t, messages)
		if m.Topic != "shop/r1/data" || string(m.Payload) != fmt.Sprint(i) || m.Retained || m.At.IsZero() {
			t.Fatalf("message %d is %+v", i, m)
		}
	}
	if n := agent.Dropped(); n != 0 {
		t.Errorf("%d messages dropped", n)
	}
}

func TestRetainedMessagesSaySo(t *testing.T) {
	b, _ := devicetest.Broker(t)
	agent, device := devicetest.Dial(t, b, "agent"), devicetest.Dial(t, b, "device")
	if err := device.Publish(t.Context(), "shop/r1/state", 1, true, []byte("old")); err != nil {
		t.Fatal(err)
	}
	messages, err := agent.Subscribe(t.Context(), "shop/#")
	if err != nil {
		t.Fatal(err)
	}
	// Which of the two comes first is not promised: the broker acknowledges a message before it has passed it on.
	if m := next(t, messages); string(m.Payload) != "old" {
		t.Errorf("got %+v", m)
	}
	if err := device.Publish(t.Context(), "elsewhere", 1, false, nil); err != nil { // once this is taken, the first has been passed on
		t.Fatal(err)
	}
	late := devicetest.Dial(t, b, "late")
	messages, err = late.Subscribe(t.Context(), "shop/#")
	if err != nil {
		t.Fatal(err)
	}
	if m := next(t, messages); string(m.Payload) != "old" || !m.Retained {
		t.Errorf("got %+v, want it retained", m)
	}
}

func TestFullQueueDropsAndCounts(t *testing.T) {
	b, _ := devicetest.Broker(t)
	agent, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: b.URL(), ClientID: "agent", Queue: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	full, err := agent.Subscribe(t.Context(), "full")
	if err != nil {
		t.Fatal(err)
	}
	end, err := agent.Subscribe(t.Context(), "end")
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if err := agent.Publish(t.Context(), "full", 1, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := agent.Publish(t.Context(), "end", 1, false, nil); err != nil {
		t.Fatal(err)
	}
	next(t, end) // the handlers run in order, so the others have been dealt with
	if len(full) != 4 || agent.Dropped() != 6 {
		t.Errorf("%d messages wait and %d were dropped, want 4 and 6", len(full), agent.Dropped())
	}
}

func TestLostBroker(t *testing.T) {
	b, stop := devicetest.Broker(t)
	agent := devicetest.Dial(t, b, "agent")
	messages, err := agent.Subscribe(t.Context(), "#")
	if err != nil {
		t.Fatal(err)
	}
	if agent.Err() != nil {
		t.Errorf("a connected client has error %v", agent.Err())
	}
	stop()
	closed(t, "Lost", agent.Lost())
	closed(t, "the subscription", messages)
	if !errors.Is(agent.Err(), mqttlink.ErrLost) {
		t.Errorf("got %v, want %v", agent.Err(), mqttlink.ErrLost)
	}
	if _, err := agent.Subscribe(t.Context(), "x"); !errors.Is(err, mqttlink.ErrLost) {
		t.Errorf("subscribe on a lost connection: %v", err)
	}
	if err := agent.Publish(t.Context(), "x", 1, false, nil); err == nil {
		t.Error("a publish on a lost connection succeeded")
	}
}

// TestClientsThatComeBack: the broker may still be busy with the end of the connection before. Under one id, one client in some
// thousands then stayed deaf.
func TestClientsThatComeBack(t *testing.T) {
	b, _ := devicetest.Broker(t)
	device := devicetest.Dial(t, b, "device")
	for i := range 1000 {
		agent := devicetest.Dial(t, b, "agent")
		messages, err := agent.Subscribe(t.Context(), "#")
		if err != nil {
			t.Fatal(err)
		}
		word := fmt.Sprint(i)
		if err := device.Publish(t.Context(), "x", 1, false, []byte(word)); err != nil {
			t.Fatal(err)
		}
		if m := next(t, messages); string(m.Payload) != word {
			t.Errorf("got %q, want %q", m.Payload, word)
		}
		if err := agent.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCloseIsNoLossAndHasNoWill(t *testing.T) {
	b, _ := devicetest.Broker(t)
	watcher := devicetest.Dial(t, b, "watcher")
	messages, err := watcher.Subscribe(t.Context(), "#")
	if err != nil {
		t.Fatal(err)
	}
	agent, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: b.URL(), ClientID: "agent", Will: &mqttlink.Will{Topic: "gone", Payload: []byte("agent")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(agent.Close(), agent.Close()); err != nil {
		t.Fatal(err)
	}
	closed(t, "Lost", agent.Lost())
	if !errors.Is(agent.Err(), mqttlink.ErrClosed) {
		t.Errorf("got %v", agent.Err())
	}
	if err := watcher.Publish(t.Context(), "end", 1, false, nil); err != nil {
		t.Fatal(err)
	}
	if m := next(t, messages); m.Topic != "end" {
		t.Errorf("a will was published after a goodbye: %+v", m)
	}
}

// TestWill cuts the line in the middle, as a lost network does.
func TestWill(t *testing.T) {
	b, _ := devicetest.Broker(t)
	watcher := devicetest.Dial(t, b, "watcher")
	messages, err := watcher.Subscribe(t.Context(), "gone")
	if err != nil {
		t.Fatal(err)
	}
	address, cut := cable(t, b.Addr().String(), nil)
	agent, err := mqttlink.Dial(t.Context(), mqttlink.Options{
		URL: "mqtt://" + address, ClientID: "agent", Will: &mqttlink.Will{Topic: "gone", Payload: []byte("agent"), QoS: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	cut()
	closed(t, "Lost", agent.Lost())
	if m := next(t, messages); string(m.Payload) != "agent" {
		t.Errorf("the will is %+v", m)
	}
}

func TestTLS(t *testing.T) {
	b, _ := devicetest.Broker(t)
	server := httptest.NewTLSServer(nil) // for its certificate
	defer server.Close()
	address, _ := cable(t, b.Addr().String(), &tls.Config{Certificates: server.TLS.Certificates})
	trusted := server.Client().Transport.(*http.Transport).TLSClientConfig
	agent, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: "mqtts://" + address, ClientID: "agent", TLS: trusted})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	if err := agent.Publish(t.Context(), "x", 1, false, nil); err != nil {
		t.Error(err)
	}
	address, _ = cable(t, b.Addr().String(), &tls.Config{Certificates: server.TLS.Certificates})
	if _, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: "mqtts://" + address, ClientID: "agent"}); err == nil {
		t.Error("a broker with an unknown certificate was trusted")
	}
}

// cable passes one connection on to address until it is cut. With a secure configuration it is a TLS server in front of it.
func cable(t *testing.T, address string, secure *tls.Config) (listen string, cut func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	conns := make(chan net.Conn, 2)
	done := make(chan struct{})
	go func() {
		defer close(done)
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", address)
		if err != nil {
			_ = near.Close()
			return
		}
		conns <- near
		conns <- far
		back := make(chan struct{})
		go func() { defer close(back); _, _ = io.Copy(near, far) }()
		_, _ = io.Copy(far, near)
		_ = far.Close()
		<-back
	}()
	t.Cleanup(func() {
		_ = l.Close()
		for { // it may have been somebody else who called, and stays
			select {
			case conn := <-conns:
				_ = conn.Close()
			case <-done:
				return
			}
		}
	})
	return l.Addr().String(), func() { _ = (<-conns).Close(); _ = (<-conns).Close() }
}

func TestDialErrorsHelp(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	cancelled, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	for name, c := range map[string]struct {
		ctx context.Context
		url string
	}{
		"nobody there": {t.Context(), "mqtt://127.0.0.1:1"},
		"deaf":         {cancelled, "mqtt://" + deaf.Addr().String()},
		"scheme":       {t.Context(), "http://user:secret@127.0.0.1"},
		"not a URL":    {t.Context(), "mqtt://%zz"},
	} {
		_, err := mqttlink.Dial(c.ctx, mqttlink.Options{URL: c.url, ClientID: "agent"})
		de, ok := errors.AsType[*devices.Error](err)
		if !ok || de.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells a password: %v", name, err)
		}
	}
}
