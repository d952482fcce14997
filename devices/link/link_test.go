package link_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"showroom/devices"
	"showroom/devices/link"
)

const patience = time.Minute

// ends are the two ends of a line, and what pulls the plug.
type ends struct {
	port   *link.Port
	device io.ReadWriter
	unplug func()
}

func openPTY(ctx context.Context, t *testing.T) (ends, string) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	t.Cleanup(func() { _ = master.Close() })
	port, err := link.Open(ctx, link.Options{Device: "r1", Name: slave.Name(), IdleTimeout: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close() })
	return ends{port, master, func() { _ = master.Close() }}, slave.Name()
}

func openTCP(ctx context.Context, t *testing.T) ends {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	port, err := link.Open(ctx, link.Options{Device: "r1", Name: "tcp://" + server.Addr().String(), IdleTimeout: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close() })
	conn, err := server.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return ends{port, conn, func() { _ = conn.Close() }}
}

// both runs a test over a serial line and over TCP.
func both(t *testing.T, test func(t *testing.T, e ends, cancel context.CancelFunc)) {
	t.Run("pty", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		e, _ := openPTY(ctx, t)
		test(t, e, cancel)
	})
	t.Run("tcp", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		test(t, openTCP(ctx, t), cancel)
	})
}

// readUntil reads until n bytes or an error, passing over idle reads.
func readUntil(t *testing.T, r io.Reader, n int) ([]byte, error) {
	t.Helper()
	var got []byte
	buf := make([]byte, 512)
	for end := time.Now().Add(patience); len(got) < n; {
		m, err := r.Read(buf)
		got = append(got, buf[:m]...)
		if err != nil {
			return got, err
		}
		if time.Now().After(end) {
			t.Fatalf("got %d of %d bytes", len(got), n)
		}
	}
	return got, nil
}

func TestAllBytesBothWays(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	all = bytes.Repeat(all, 8) // several chunks of the write loop
	both(t, func(t *testing.T, e ends, _ context.CancelFunc) {
		wrote := make(chan error, 1)
		go func() {
			_, err := e.port.Write(all)
			wrote <- err
		}()
		if got, err := readUntil(t, e.device, len(all)); err != nil || !bytes.Equal(got, all) {
			t.Errorf("the device got %d bytes and %v", len(got), err)
		}
		if err := <-wrote; err != nil {
			t.Error(err)
		}
		go func() { _, _ = e.device.Write(all) }()
		if got, err := readUntil(t, e.port, len(all)); err != nil || !bytes.Equal(got, all) {
			t.Errorf("we got %d bytes and %v", len(got), err)
		}
	})
}

func TestQuietLineIsNoError(t *testing.T) {
	both(t, func(t *testing.T, e ends, _ context.CancelFunc) {
		for range 3 {
			if n, err := e.port.Read(make([]byte, 8)); n != 0 || err != nil {
				t.Fatalf("a quiet line answered %d, %v", n, err)
			}
		}
	})
}

func TestUnplugIsToldFromClose(t *testing.T) {
	both(t, func(t *testing.T, e ends, _ context.CancelFunc) {
		e.unplug()
		_, err := readUntil(t, e.port, 1)
		de, ok := errors.AsType[*devices.Error](err)
		if !errors.Is(err, link.ErrUnplugged) || !ok || de.Device != "r1" || de.Hint == "" {
			t.Errorf("unplugged: %v", err)
		}
	})
	both(t, func(t *testing.T, e ends, _ context.CancelFunc) {
		go func() { _ = e.port.Close() }()
		if _, err := readUntil(t, e.port, 1); !errors.Is(err, link.ErrClosed) || errors.Is(err, link.ErrUnplugged) {
			t.Errorf("closed: %v", err)
		}
		if _, err := e.port.Write([]byte{1}); !errors.Is(err, link.ErrClosed) {
			t.Errorf("write after close: %v", err)
		}
		if err := e.port.Close(); err != nil {
			t.Errorf("second close: %v", err)
		}
	})
}

// What is said of a lost connection is the same every time: whoever tells only news would take a local port for some.
func TestALostConnectionIsSaidInTheSameWords(t *testing.T) {
	lost := func() string {
		e := openTCP(t.Context(), t)
		if err := e.device.(*net.TCPConn).SetLinger(0); err != nil { // closes with a reset
			t.Fatal(err)
		}
		e.unplug()
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
			if _, err := e.port.Read(make([]byte, 1)); err != nil {
				return err.Error()
			}
		}
		t.Fatal("the connection is not lost")
		return ""
	}
	if first, second := lost(), lost(); first != second {
		t.Errorf("first %q, then %q", first, second)
	}
}

func TestCancelledContextClosesThePort(t *testing.T) {
	both(t, func(t *testing.T, e ends, cancel context.CancelFunc) {
		cancel()
		if _, err := readUntil(t, e.port, 1); !errors.Is(err, link.ErrClosed) {
			t.Errorf("got %v, want %v", err, link.ErrClosed)
		}
	})
}

// TestCloseFreesAStuckWriter: nobody reads at the other end, so the writer waits in the kernel.
func TestCloseFreesAStuckWriter(t *testing.T) {
	both(t, func(t *testing.T, e ends, cancel context.CancelFunc) {
		done := make(chan error, 1)
		go func() {
			_, err := e.port.Write(make([]byte, 64<<20))
			done <- err
		}()
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, link.ErrClosed) {
				t.Errorf("got %v, want %v", err, link.ErrClosed)
			}
		case <-time.After(patience):
			t.Fatal("the writer is stuck")
		}
	})
}

func TestPortIsTakenOnce(t *testing.T) {
	e, name := openPTY(context.Background(), t)
	_, err := link.Open(context.Background(), link.Options{Name: name})
	if !errors.Is(err, link.ErrBusy) {
		t.Errorf("second open: %v, want %v", err, link.ErrBusy)
	}
	if err := e.port.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := link.Open(context.Background(), link.Options{Name: name})
	if err != nil {
		t.Fatalf("open after close: %v", err)
	}
	_ = again.Close()
}

func TestOpenErrorsHelp(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, c := range map[string]struct {
		port string
		is   error
		hint string
	}{
		"not there":     {filepath.Join(dir, "none"), fs.ErrNotExist, "not plugged in"},
		"no tty":        {plain, nil, "not a serial port"},
		"nobody there":  {"tcp://" + closed.Addr().String(), nil, "Nothing answers"},
		"not a address": {"tcp://nowhere", nil, "Check the address"},
	} {
		_, err := link.Open(context.Background(), link.Options{Device: "r1", Name: c.port})
		de, ok := errors.AsType[*devices.Error](err)
		if !ok || !strings.Contains(de.Hint, c.hint) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v, hint %+v", name, err, de)
		}
	}
}

func TestRecordingIsReplayed(t *testing.T) {
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(time.Millisecond); return clock }
	var tape bytes.Buffer
	device := struct {
		io.Reader
		io.Writer
	}{strings.NewReader("\xBB\x00hello\x7E"), io.Discard}
	r := link.Record(device, &tape, 1<<20, now)
	if _, err := r.Write([]byte("ask")); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "\xBB\x00hello\x7E" || r.Err() != nil {
		t.Fatalf("through the recorder came %q, %v, %v", got, err, r.Err())
	}
	if !strings.HasPrefix(tape.String(), `{"us":1000,"dir":"out","hex":"61736b"}`) {
		t.Errorf("tape begins %q", tape.String())
	}
	replay := link.Replay(&tape)
	var small [3]byte
	if n, err := replay.Read(small[:]); n != 3 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	if got, err := io.ReadAll(replay); err != nil || string(got) != "ello\x7E" {
		t.Errorf("replayed %q, %v", got, err)
	}
}

func TestFullRecordingDoesNotDisturb(t *testing.T) {
	var tape bytes.Buffer
	r := link.Record(struct {
		io.Reader
		io.Writer
	}{strings.NewReader("hello"), io.Discard}, &tape, 10, time.Now)
	if got, err := io.ReadAll(r); err != nil || string(got) != "hello" {
		t.Errorf("through the recorder came %q, %v", got, err)
	}
	if tape.Len() > 0 || !errors.Is(r.Err(), link.ErrFull) {
		t.Errorf("%d bytes on a tape of 10, %v", tape.Len(), r.Err())
	}
}

func TestDamagedRecordingSaysWhere(t *testing.T) {
	for _, tape := range []string{"{\"dir\":\"out\"}\n{", "{\"dir\":\"out\"}\n{\"dir\":\"in\",\"hex\":\"0\"}"} {
		if _, err := link.Replay(strings.NewReader(tape)).Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", tape, err)
		}
	}
}
