package sim_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
	"showroom/devices/rfid"
	"showroom/devices/rfid/r200"
	"showroom/devices/rfid/zebra"
	"showroom/devices/sim"
)

// patience is after how long a test gives up waiting.
const patience = time.Minute

// until waits for a condition that nothing announces.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited too long: %s", what)
		}
	}
}

// hear keeps a wire hearing one tag and a foreign one until the test ends.
func hear(t *testing.T, reader showroom.DeviceID, round func(sim.Round)) gs1.EPC {
	t.Helper()
	s := shop(t, "reader fr1 zebra topic t\nreader fr2 r200\n")
	do(t, s, "carry unknown into "+string(reader)+" as a", noon)
	do(t, s, "carry foreign into "+string(reader)+" as b", noon)
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for at := range tick.C {
			if ctx.Err() != nil {
				return
			}
			for _, r := range s.Step(at) {
				if r.Reader == reader {
					round(r)
				}
			}
		}
	})
	t.Cleanup(func() { cancel(); done.Wait() })
	return epcOf(t, s, "a")
}

func own(t testing.TB) devices.Own {
	t.Helper()
	p, err := gs1.NewPrefixes([]string{"0614141"})
	if err != nil {
		t.Fatal(err)
	}
	return p.Own
}

// drive opens a port and runs the real driver over it until it fails or stop is called.
func drive(t *testing.T, path string, feed devices.Feed) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	port, err := link.Open(ctx, link.Options{Device: "fr2", Name: path, IdleTimeout: 20 * time.Millisecond})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r200.New(r200.Options{Device: "fr2", Own: own(t)}).Run(ctx, port, feed) }()
	stop = sync.OnceValue(func() error {
		cancel()
		defer port.Close()
		return <-done
	})
	t.Cleanup(func() { _ = stop() })
	return stop
}

func TestModuleOverItsPort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fr2")
	w := sim.NewR200Wire(path)
	tag := hear(t, "fr2", w.Tell)
	if err := w.Plug(); err != nil {
		t.Fatal(err)
	}
	defer w.Unplug()

	var feed devicetest.Feed
	stop := drive(t, path, &feed)
	feed.WaitReads(t, 30)
	feed.Wait(t, "a foreign tag", func() bool { return feed.Last().Frames.Foreign > 0 })
	for _, read := range feed.Tags() {
		if read.EPC != tag || read.RSSI.DBm() < -90 || read.RSSI.DBm() > -20 {
			t.Fatalf("read %+v, want %v", read, tag)
		}
	}
	if last := feed.Last(); last.State != devices.Up || last.Frames.Bad+last.Frames.Skipped != 0 {
		t.Errorf("status %+v, want up and no damage", last)
	}

	// The host leaves without a word, and another comes: a fresh port, and the reads go on.
	was, err := os.Readlink(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = stop()
	until(t, "a fresh port", func() bool {
		is, err := os.Readlink(path)
		return err == nil && is != was
	})
	var next devicetest.Feed
	stop = drive(t, path, &next)
	next.WaitReads(t, 10)

	// The cable is pulled: the driver learns of it, and the port is not there.
	w.Unplug()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the port is still there: %v", err)
	}
	next.WaitState(t, devices.Down)
	if err := stop(); !errors.Is(err, link.ErrUnplugged) && !errors.Is(err, context.Canceled) {
		t.Errorf("the driver returned %v", err)
	}
	if err := w.Plug(); err != nil {
		t.Fatal(err)
	}
	var last devicetest.Feed
	drive(t, path, &last)
	last.WaitReads(t, 10)
}

// TestHostThatDoesNotRead: a full line holds nobody up.
func TestHostThatDoesNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fr2")
	w := sim.NewR200Wire(path)
	hear(t, "fr2", w.Tell)
	if err := w.Plug(); err != nil {
		t.Fatal(err)
	}
	host, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	if _, err := host.Write(r200.MultiPoll(65535).Append(nil, r200.FramingBB)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 512)
	if _, err := host.Read(buf); err != nil { // it talks
		t.Fatal(err)
	}
	s := shop(t, "reader fr2 r200\n")
	for range 30 {
		do(t, s, "carry unknown into fr2 as "+strings.Repeat("x", 1+len(s.Tags())), noon)
	}
	for at := noon; at.Before(noon.Add(20 * time.Second)); at = at.Add(50 * time.Millisecond) {
		for _, r := range s.Step(at) {
			w.Tell(r) // more than any line holds
		}
	}
	w.Unplug()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the port is still there: %v", err)
	}
}

func TestPlugWithoutAFolder(t *testing.T) {
	w := sim.NewR200Wire(filepath.Join(t.TempDir(), "none", "fr2"))
	if err := w.Plug(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that the folder is not there", err)
	}
	w.Unplug()
}

// follow runs the real driver over a connection of its own until the test ends or stop is called.
func follow(t *testing.T, url string, feed devices.Feed) (stop func()) {
	t.Helper()
	c, err := mqttlink.Dial(context.Background(), mqttlink.Options{URL: url, ClientID: "agent"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = zebra.New(rfid.Options{Device: "fr1", Topic: "ziotc/fr1/#", Own: own(t), SilentAfter: 500 * time.Millisecond}).Run(ctx, c, feed)
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done; _ = c.Close() })
	t.Cleanup(stop)
	return stop
}

func TestZebraOverItsBroker(t *testing.T) {
	b, stopBroker := devicetest.Broker(t)
	address := strings.TrimPrefix(b.URL(), "mqtt://")
	w := sim.NewReaderWire(sim.Reader{ID: "fr1", Kind: sim.Zebra, Antennas: 1, Topic: "ziotc/fr1", Heartbeat: 100 * time.Millisecond}, b.URL())
	if err := w.Plug(); err != nil {
		t.Fatal(err)
	}
	defer w.Unplug()
	var feed devicetest.Feed
	stop := follow(t, b.URL(), &feed)
	feed.WaitState(t, devices.Up) // by its heartbeats: nothing has been read yet
	if feed.Reads() != 0 {
		t.Error("a read without a round")
	}
	tag := hear(t, "fr1", w.Tell)
	feed.WaitReads(t, 20)
	feed.Wait(t, "a foreign tag", func() bool { return feed.Last().Frames.Foreign > 0 })
	for _, read := range feed.Tags() {
		if read.EPC != tag || read.Antenna != 1 || !read.RSSI.Known() {
			t.Fatalf("read %+v, want %v", read, tag)
		}
	}
	if f := feed.Last().Frames; f.Bad+f.Stale != 0 {
		t.Errorf("bad or stale messages: %+v", f)
	}

	// The broker goes away and comes back.
	stopBroker()
	stop()
	again, err := broker.Listen(broker.Options{Listen: address})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = again.Run(ctx) }()
	defer func() { cancel(); <-done }()
	var next devicetest.Feed
	follow(t, again.URL(), &next)
	next.WaitReads(t, 10)

	// Without power it says nothing more, heartbeats included.
	w.Unplug()
	next.WaitState(t, devices.Silent)
	if err := w.Plug(); err != nil {
		t.Fatal(err)
	}
	next.WaitState(t, devices.Up)
}
