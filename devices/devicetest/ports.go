package devicetest

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"showroom/devices/link"
	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
)

// idle is the idle timeout of the ports made here.
const idle = 20 * time.Millisecond

// Pipe is a port in memory and the device's end of it. Both are closed at the end of the test.
func Pipe(t testing.TB) (*link.Port, net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	port := link.FromConn("pipe", near, idle)
	t.Cleanup(func() { _ = port.Close(); _ = far.Close() })
	return port, far
}

// PTY is a serial port that the operating system simulates, opened like a real one, and the device's end of it. Closing the
// device's end is pulling the plug. Both are closed at the end of the test.
func PTY(t testing.TB) (*link.Port, *os.File) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatalf("open pty: %v", err)
	}
	far, err := wakeable(master)
	if err != nil {
		t.Fatalf("open pty: %v", err)
	}
	port, err := link.Open(context.Background(), link.Options{Device: "pty", Name: slave.Name(), IdleTimeout: idle})
	_ = slave.Close()
	if err != nil {
		_ = far.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close(); _ = far.Close() })
	return port, far
}

// wakeable is f, which it closes, as a file whose Close wakes its Read: a pty comes in blocking mode, in which it does not.
func wakeable(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// FreeAddress is an address of this machine that nobody listens at, and nobody will before the test does. A free port of 127.0.0.1 goes to
// whoever asks for any port next, and to each connection that is made; the ports of a loopback address that nobody else knows do not.
func FreeAddress(t testing.TB) string {
	t.Helper()
	alone := net.IPv4(127, byte(1+rand.IntN(254)), byte(rand.IntN(256)), byte(1+rand.IntN(254)))
	l, err := net.Listen("tcp", net.JoinHostPort(alone.String(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Broker is a running broker at a free address of this machine, where another one may listen after it. It ends with the test, or when stop is called.
func Broker(t testing.TB) (b *broker.Broker, stop func()) {
	t.Helper()
	b, err := broker.Listen(broker.Options{Listen: FreeAddress(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.Run(ctx)
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return b, stop
}

// Dial is a client of the broker, closed at the end of the test.
func Dial(t testing.TB, b *broker.Broker, id string) *mqttlink.Client {
	t.Helper()
	c, err := mqttlink.Dial(context.Background(), mqttlink.Options{URL: b.URL(), ClientID: id})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}
