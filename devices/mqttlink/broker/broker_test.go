package broker_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
)

const patience = time.Minute

func run(t *testing.T, o broker.Options) *broker.Broker {
	t.Helper()
	b, err := broker.Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	})
	return b
}

func dial(t *testing.T, b *broker.Broker, id, user, password string) (*mqttlink.Client, error) {
	t.Helper()
	c, err := mqttlink.Dial(t.Context(), mqttlink.Options{URL: b.URL(), ClientID: id, Username: user, Password: password})
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

func TestListenRefusesAnOpenDoor(t *testing.T) {
	reader := broker.User{Name: "r1", Password: "x", Publish: []string{"ziotc/r1/#"}}
	for name, c := range map[string]struct {
		o    broker.Options
		open bool
	}{
		"all interfaces":       {broker.Options{Listen: "0.0.0.0:0"}, true},
		"no host":              {broker.Options{Listen: ":0"}, true},
		"name of a host":       {broker.Options{Listen: "shop.example:0"}, true},
		"user without topics":  {broker.Options{Listen: ":0", Users: []broker.User{reader, {Name: "a", Password: "x"}}}, true},
		"user without word":    {broker.Options{Listen: "127.0.0.1:0", Users: []broker.User{{Name: "a"}}}, false},
		"user without name":    {broker.Options{Listen: "127.0.0.1:0", Users: []broker.User{{Password: "a"}}}, false},
		"the same user twice":  {broker.Options{Listen: "127.0.0.1:0", Users: []broker.User{reader, reader}}, false},
		"no port":              {broker.Options{Listen: "127.0.0.1"}, true},
		"somebody else's port": {broker.Options{Listen: "127.0.0.1:99999"}, false},
	} {
		b, err := broker.Listen(c.o)
		if err == nil {
			_ = b.Close()
			t.Errorf("%s: was allowed", name)
			continue
		}
		if errors.Is(err, broker.ErrOpen) != c.open {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err := broker.Listen(broker.Options{Listen: "0.0.0.0:0", Users: []broker.User{reader}})
	if err != nil {
		t.Fatalf("with users and topics: %v", err)
	}
	_ = b.Close()
}

func TestUsersDoWhatTheyMayOnly(t *testing.T) {
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Users: []broker.User{
		{Name: "r1", Password: "secret", Publish: []string{"ziotc/r1/#"}},
		{Name: "agent", Password: "word", Subscribe: []string{"ziotc/#"}},
	}})
	for _, c := range [][2]string{{"", ""}, {"r1", "wrong"}, {"nobody", "secret"}, {"r1", "word"}} {
		if _, err := dial(t, b, "x", c[0], c[1]); err == nil {
			t.Errorf("user %q with password %q was let in", c[0], c[1])
		}
	}
	reader, err := dial(t, b, "r1", "r1", "secret")
	if err != nil {
		t.Fatal(err)
	}
	agent, err := dial(t, b, "agent", "agent", "word")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := agent.Subscribe(t.Context(), "#"); !errors.Is(err, mqttlink.ErrRefused) {
		t.Errorf("a subscription to everything: %v", err)
	}
	if _, err := reader.Subscribe(t.Context(), "ziotc/r1/#"); !errors.Is(err, mqttlink.ErrRefused) {
		t.Errorf("a reader's subscription: %v", err)
	}
	messages, err := agent.Subscribe(t.Context(), "ziotc/+/data")
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"ziotc/r2/data", "ziotc/r1/data"} {
		// With QoS 1 the library would cut off who tries.
		if err := reader.Publish(t.Context(), topic, 0, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case m := <-messages:
		if m.Topic != "ziotc/r1/data" {
			t.Errorf("a reader spoke for another: %+v", m)
		}
	case <-time.After(patience):
		t.Fatal("no message came")
	}
	if c := b.Counters(); c.Denied < 6 || c.Clients != 2 || c.Received == 0 {
		t.Errorf("counted %+v", c)
	}
}

// A will is published by the library itself, which asks nobody whether it may be.
func TestAWillDoesWhatItsUserMayOnly(t *testing.T) {
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Users: []broker.User{
		{Name: "r1", Password: "secret", Publish: []string{"ziotc/r1/#"}},
		{Name: "agent", Password: "word", Subscribe: []string{"ziotc/#"}},
	}})
	agent, err := dial(t, b, "agent", "agent", "word")
	if err != nil {
		t.Fatal(err)
	}
	messages, err := agent.Subscribe(t.Context(), "ziotc/#")
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"ziotc/r2/state", "ziotc/r1/state"} {
		reader, err := mqttlink.Dial(t.Context(), mqttlink.Options{
			URL: b.URL(), ClientID: "reader", Username: "r1", Password: "secret", Will: &mqttlink.Will{Topic: topic, Payload: []byte("gone")},
		})
		if err != nil {
			t.Fatal(err)
		}
		reader.Abort()
		for late := time.Now().Add(patience); b.Counters().Clients > 1; <-time.After(time.Millisecond) {
			if time.Now().After(late) {
				t.Fatal("the reader is still there")
			}
		}
	}
	select {
	case m := <-messages:
		if m.Topic != "ziotc/r1/state" {
			t.Errorf("a reader spoke for another in its will: %+v", m)
		}
	case <-time.After(patience):
		t.Fatal("no will came")
	}
	if b.Counters().Denied == 0 {
		t.Error("nothing was denied")
	}
}

func TestTooLargeAMessageEndsTheConnectionOnly(t *testing.T) {
	b := run(t, broker.Options{Listen: "127.0.0.1:0"})
	wild, err := dial(t, b, "wild", "", "")
	if err != nil {
		t.Fatal(err)
	}
	_ = wild.Publish(t.Context(), "x", 1, false, make([]byte, 1<<20)) // the answer to it is the end
	select {
	case <-wild.Lost():
	case <-time.After(patience):
		t.Fatal("a message of a megabyte was taken")
	}
	if _, err := dial(t, b, "next", "", ""); err != nil {
		t.Errorf("the broker is gone: %v", err)
	}
}

func TestCloseTwiceAndWithoutRun(t *testing.T) {
	b, err := broker.Listen(broker.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.Close(), b.Close()); err != nil {
		t.Error(err)
	}
	again, err := net.Listen("tcp", b.Addr().String())
	if err != nil {
		t.Fatalf("the address is not free: %v", err)
	}
	_ = again.Close()
}

func TestRunEndsWithItsClientsConnected(t *testing.T) {
	b, err := broker.Listen(broker.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	c, err := dial(t, b, "x", "", "")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Run does not return")
	}
	<-c.Lost()
	if err := b.Run(t.Context()); err == nil {
		t.Error("a broker ran twice")
	}
}

func TestLibraryIsQuiet(t *testing.T) {
	var log bytes.Buffer
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(&log, nil))})
	c, err := dial(t, b, "x", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "level=INFO") || strings.Contains(log.String(), "level=WARN") {
		t.Errorf("the library logged:\n%s", log.String())
	}
}

// A socket that has broken is no reason to stand there as if clients could come.
func TestABrokenSocketEndsTheBroker(t *testing.T) {
	b, err := broker.Listen(broker.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1) // one result
	go func() { ended <- b.Run(t.Context()) }()
	breakListener(t, b.Addr().(*net.TCPAddr).Port)
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it ended and does not say why")
		}
	case <-time.After(patience):
		t.Error("it goes on where nobody can reach it")
	}
}

// breakListener makes accept fail on the socket of this process that listens on the port.
func breakListener(t *testing.T, port int) {
	t.Helper()
	for fd := 3; fd < 1024; fd++ {
		name, err := syscall.Getsockname(fd)
		if err != nil {
			continue
		}
		listens, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN)
		if in4, ok := name.(*syscall.SockaddrInet4); ok && in4.Port == port && err == nil && listens == 1 {
			if err := syscall.Shutdown(fd, syscall.SHUT_RDWR); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("nothing listens there")
}
