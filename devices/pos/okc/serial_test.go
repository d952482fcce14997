package okc_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/pos/okc"
	"showroom/devices/sim"
	"showroom/devices/sim/okcsim"
)

// TestOverASerialLine has one sale over a pseudo terminal, and another over the next.
func TestOverASerialLine(t *testing.T) {
	d, o := hard(50)
	o.Device = "okc1"
	s := &shop{t: t, device: okcsim.New(d), terminal: okc.New(o)}
	path := filepath.Join(t.TempDir(), "okc")
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	t.Cleanup(func() { cancel(); all.Wait() })
	plugged := make(chan struct{}, 8) // more lines than the test uses
	all.Go(func() { _ = sim.AtPort(ctx, path, s.device.Attend, func() { plugged <- struct{}{} }) })
	for _, id := range []string{"s1", "s2"} {
		<-plugged
		s.feed = devicetest.Feed{}
		port, err := link.Open(t.Context(), link.Options{Device: "okc1", Name: path})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		all.Go(func() { ended <- s.terminal.Run(ctx, port, &s.feed) })
		s.feed.WaitState(t, devices.Up)
		p := payment(t, id, line(1, 10_000, 20))
		s.is(p, s.settle(p), showroom.Approved, "")
		s.device.Unplug()
		<-ended
		if err := port.Close(); err != nil {
			t.Error(err)
		}
	}
}
