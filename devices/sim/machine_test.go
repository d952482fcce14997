package sim_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/ble"
	"showroom/devices/ble/gateway"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/mqttlink"
	"showroom/devices/rfid"
	"showroom/devices/rfid/impinj"
	"showroom/devices/rfid/llrp"
	"showroom/devices/rfid/r200"
	"showroom/devices/rfid/r2000"
	"showroom/devices/rfid/template"
	"showroom/devices/rfid/thingmagic"
	"showroom/devices/rfid/zebra"
	"showroom/devices/scan"
	"showroom/devices/sim"
)

// missed is after how long without a word a device under test counts as silent.
const missed = 500 * time.Millisecond

// wire is what all simulated devices have in common.
type wire interface {
	Plug() error
	Unplug()
	Suffer(t sim.Trouble, d time.Duration) bool
}

// machine is a plugged device for the conformance suite.
func machine(t *testing.T, w wire, drive func(ctx context.Context, feed *devicetest.Feed) error) devicetest.Machine {
	t.Helper()
	if err := w.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Unplug)
	suffer := func(trouble sim.Trouble) func() {
		return func() {
			if !w.Suffer(trouble, 0) {
				t.Errorf("it has no word for %s", trouble)
			}
		}
	}
	return devicetest.Machine{
		Drive: drive, Plug: w.Plug, Unplug: w.Unplug,
		Hush: suffer(sim.Mute), Garble: suffer(sim.Garbled), Heal: suffer(sim.Well),
	}
}

// again does something again and again until the test ends.
func again(t *testing.T, every time.Duration, do func(at time.Time)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case at := <-tick.C:
				do(at)
			}
		}
	})
	t.Cleanup(func() { cancel(); done.Wait() })
}

// stocked keeps a reader hearing two garments and a foreign one, with each of its antennas.
func stocked(t *testing.T, r sim.Reader, tell func(sim.Round)) {
	t.Helper()
	s := shop(t, statement(r))
	for i, ware := range []string{"unknown", "foreign", "unknown"} {
		do(t, s, fmt.Sprintf("carry %s into %s as tag%d", ware, r.ID, i), noon)
	}
	again(t, 10*time.Millisecond, func(at time.Time) {
		for _, round := range s.Step(at) {
			tell(round)
		}
	})
}

// statement is how a scenario names a reader.
func statement(r sim.Reader) string {
	text := fmt.Sprintf("reader %s %s", r.ID, r.Kind)
	if r.Listen != "" {
		text += " listen " + r.Listen
	}
	if r.Topic != "" {
		text += " topic " + r.Topic
	}
	if r.Antennas > 1 {
		text += fmt.Sprintf(" antennas %d", r.Antennas)
	}
	return text + "\n"
}

func TestSerialReadersConform(t *testing.T) {
	for _, c := range []struct {
		reader sim.Reader
		wire   func(path string) *sim.SerialWire[sim.Round]
		run    func(ctx context.Context, port *link.Port, feed devices.Feed) error
	}{
		{sim.Reader{ID: "m1", Kind: sim.R200, Antennas: 1}, sim.NewR200Wire,
			func(ctx context.Context, port *link.Port, feed devices.Feed) error {
				return r200.New(r200.Options{Device: "m1", Own: own(t), SilentAfter: missed}).Run(ctx, port, feed)
			}},
		{sim.Reader{ID: "m2", Kind: sim.ThingMagic, Antennas: 2}, func(path string) *sim.SerialWire[sim.Round] { return sim.NewThingMagicWire(path, 2) },
			func(ctx context.Context, port *link.Port, feed devices.Feed) error {
				return thingmagic.New(thingmagic.Options{Device: "m2", Antennas: 2, Own: own(t), SilentAfter: 3 * missed}).Run(ctx, port, feed)
			}},
		{sim.Reader{ID: "m3", Kind: sim.R2000, Antennas: 3}, func(path string) *sim.SerialWire[sim.Round] { return sim.NewR2000Wire(path, 3) },
			func(ctx context.Context, port *link.Port, feed devices.Feed) error {
				return r2000.New(r2000.Options{Device: "m3", Antennas: []int{1, 2, 3}, Own: own(t), SilentAfter: missed}).Run(ctx, port, feed)
			}},
	} {
		t.Run(string(c.reader.Kind), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), string(c.reader.ID))
			w := c.wire(path)
			stocked(t, c.reader, w.Tell)
			devicetest.RunMachine(t, machine(t, w, overPort(t, path, func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
				return c.run(ctx, port, feed)
			})))
		})
	}
}

// overPort opens a serial port for a driver.
func overPort(t *testing.T, name string, run func(context.Context, *link.Port, *devicetest.Feed) error) func(context.Context, *devicetest.Feed) error {
	return func(ctx context.Context, feed *devicetest.Feed) error {
		port, err := link.Open(ctx, link.Options{Device: "d", Name: name, IdleTimeout: 20 * time.Millisecond})
		if err != nil {
			t.Errorf("open %s: %v", name, err)
			return err
		}
		defer port.Close()
		return run(ctx, port, feed)
	}
}

func TestScannerConforms(t *testing.T) {
	for _, ending := range []sim.Ending{sim.CR, sim.LF, sim.CRLF, sim.NoEnd, sim.Framed} {
		t.Run(string(ending), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "s1")
			w := sim.NewScannerWire(path, ending)
			o := scan.Options{Device: "s1", Repeat: -1, SilentAfter: missed}
			if ending == sim.NoEnd {
				o.Gap = 30 * time.Millisecond
			}
			again(t, 80*time.Millisecond, func(time.Time) { w.Tell("4006381333931") })
			devicetest.RunMachine(t, machine(t, w, overPort(t, path, func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
				return scan.New(o).Run(ctx, port, feed)
			})))
		})
	}
}

func TestLLRPReaderConforms(t *testing.T) {
	t.Parallel()
	r := sim.Reader{ID: "l1", Kind: sim.LLRP, Antennas: 2, Listen: "127.0.0.1:0"}
	w := sim.NewLLRPWire(r)
	stocked(t, r, w.Tell)
	devicetest.RunMachine(t, machine(t, w, func(ctx context.Context, feed *devicetest.Feed) error {
		run := overPort(t, "tcp://"+w.Address(), func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
			return llrp.New(llrp.Options{Device: "l1", Antennas: []int{1, 2}, Own: own(t), SilentAfter: missed, Power: 2000}).Run(ctx, port, feed)
		})
		return run(ctx, feed)
	}))
}

func TestPublishingReadersConform(t *testing.T) {
	keonn, err := template.Compile(template.Mapping{Form: template.FormKeonn})
	if err != nil {
		t.Fatal(err)
	}
	listed, err := template.Compile(template.Mapping{
		EPC: "tag_reads[].epc", RSSI: "tag_reads[].peakRssi", Antenna: "tag_reads[].antennaPort",
		Time: "tag_reads[].firstSeenTimestamp", TimeUnit: template.TimeMicro, Reader: "readerName",
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		reader sim.Reader
		driver func(o rfid.Options) *rfid.Reader
	}{
		"zebra":      {sim.Reader{Kind: sim.Zebra, Heartbeat: 100 * time.Millisecond}, zebra.New},
		"impinj":     {sim.Reader{Kind: sim.Impinj}, impinj.New},
		"json":       {sim.Reader{Kind: sim.Template, Form: sim.FormJSON}, func(o rfid.Options) *rfid.Reader { return template.New(o, listed) }},
		"keonn_text": {sim.Reader{Kind: sim.Template, Form: sim.FormKeonn}, func(o rfid.Options) *rfid.Reader { return template.New(o, keonn) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := devicetest.Broker(t)
			r := c.reader
			r.ID, r.Topic, r.Antennas = "p1", "readers/p1", 2
			w := sim.NewReaderWire(r, b.URL())
			stocked(t, r, w.Tell)
			m := machine(t, w, overBroker(t, b.URL(), func(ctx context.Context, client *mqttlink.Client, feed *devicetest.Feed) error {
				return c.driver(rfid.Options{Device: "p1", Topic: "readers/p1/#", Own: own(t), SilentAfter: missed}).Run(ctx, client, feed)
			}))
			m.Remote = true
			devicetest.RunMachine(t, m)
		})
	}
}

// overBroker connects to a broker for a driver.
func overBroker(t *testing.T, url string, run func(context.Context, *mqttlink.Client, *devicetest.Feed) error) func(context.Context, *devicetest.Feed) error {
	return func(ctx context.Context, feed *devicetest.Feed) error {
		client, err := mqttlink.Dial(ctx, mqttlink.Options{URL: url, ClientID: fmt.Sprintf("agent-%p", feed)})
		if err != nil {
			t.Errorf("dial: %v", err)
			return err
		}
		defer client.Close()
		return run(ctx, client, feed)
	}
}

func TestGatewaysConform(t *testing.T) {
	for _, format := range gateway.Formats() {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			b, _ := devicetest.Broker(t)
			g, o := gatewayOf(format)
			scenario := sim.Scenario{
				Gateways: []sim.Gateway{g}, Beacons: []sim.Beacon{{Name: "bag", Major: 1, Minor: 7, Near: "g1"}},
				Crowds: []sim.Crowd{{Phones: 5, Near: "g1"}},
			}
			o.Filter = enrolled(t, scenario.Beacons[0])
			w := sim.NewGatewayWire(g, b.URL())
			airOf(t, scenario, w.Tell)
			m := machine(t, w, overBroker(t, b.URL(), func(ctx context.Context, client *mqttlink.Client, feed *devicetest.Feed) error {
				l, err := gateway.NewListener(o)
				if err != nil {
					return err
				}
				return l.Run(ctx, client, feed)
			}))
			m.Remote = true
			devicetest.RunMachine(t, m)
		})
	}
}

// gatewayOf is a gateway of a format and what its listener has to know.
func gatewayOf(format gateway.Format) (sim.Gateway, gateway.Options) {
	g := sim.Gateway{ID: "g1", Format: format, Heartbeat: 100 * time.Millisecond}
	o := gateway.Options{Device: "g1", Format: format, SilentAfter: missed}
	switch format {
	case gateway.ESPresense:
		g.Topic, o.Topic, o.Health = "espresense", "espresense/devices/+/g1", "espresense/rooms/g1/+"
	case gateway.Minew:
		g.Topic, o.Topic = "/gw/ac233fc001ea/status", "/gw/ac233fc001ea/status"
	case gateway.Ruuvi:
		g.Topic, o.Topic = "ruuvi/C8:25:2D:8E:9C:2C", "ruuvi/C8:25:2D:8E:9C:2C/#"
	default:
		g.Topic, o.Topic = "home/g1", "home/g1/#"
	}
	return g, o
}

// airOf plays the air of a scenario ten times as fast as it is.
func airOf(t *testing.T, s sim.Scenario, tell func([]sim.Advert)) {
	air, at := sim.NewAir(s), noon
	again(t, 20*time.Millisecond, func(time.Time) {
		at = at.Add(200 * time.Millisecond)
		for _, heard := range air.Step(at) {
			for i := range heard {
				heard[i].At = time.Now()
			}
			tell(heard)
		}
	})
}

// enrolled lets the beacons of the shop pass, under their names.
func enrolled(t *testing.T, beacons ...sim.Beacon) *ble.Filter {
	t.Helper()
	key := ble.Secret{1}
	known := map[ble.Pseudonym]devices.RadioID{}
	for _, b := range beacons {
		id, err := ble.ParseIdentity(b.Identity())
		if err != nil {
			t.Fatal(err)
		}
		known[key.Pseudonym(id)] = devices.RadioID(b.Name)
	}
	return ble.NewFilter(func(time.Time) ble.Ring { return ble.Ring{Current: key} },
		func(p ble.Pseudonym) (devices.RadioID, bool) { id, ok := known[p]; return id, ok }, nil)
}
