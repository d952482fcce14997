package sim_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/ble/gateway"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/mqttlink"
	"showroom/devices/rfid/llrp"
	"showroom/devices/rfid/r200"
	"showroom/devices/rfid/r2000"
	"showroom/devices/rfid/thingmagic"
	"showroom/devices/sim"
)

// patient is a device in trouble and its driver.
type patient struct {
	wire
	feed *devicetest.Feed
}

// ward runs the driver of a device until the test ends.
func ward(t *testing.T, w wire, drive func(ctx context.Context, feed *devicetest.Feed) error) patient {
	t.Helper()
	m := machine(t, w, drive)
	p := patient{w, &devicetest.Feed{}}
	drives(t, p.feed, m.Drive)
	p.feed.WaitReads(t, 10)
	p.feed.WaitState(t, devices.Up)
	return p
}

// suffers brings a trouble and waits for the fault that begins so; then it ends it and waits until the device is well and read.
func (p patient) suffers(t *testing.T, trouble sim.Trouble, want string) {
	t.Helper()
	if !p.Suffer(trouble, 0) {
		t.Fatalf("it has no word for %s", trouble)
	}
	p.feed.Wait(t, "the fault "+want, func() bool {
		last := p.feed.Last()
		return last.State == devices.Fault && strings.HasPrefix(last.Reason, want) && last.Advice != ""
	})
	p.Suffer(sim.Well, 0)
	p.feed.WaitState(t, devices.Up)
	p.feed.WaitReads(t, p.feed.Reads()+10)
}

func TestR200InTrouble(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "r1")
	w := sim.NewR200Wire(path)
	stocked(t, sim.Reader{ID: "r1", Kind: sim.R200, Antennas: 1}, w.Tell)
	p := ward(t, w, overPort(t, path, func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
		return r200.New(r200.Options{Device: "r1", Own: own(t), SilentAfter: time.Second}).Run(ctx, port, feed)
	}))
	p.suffers(t, sim.WeakPower, "power refused")
	for _, trouble := range []sim.Trouble{sim.Hot, sim.LostAntenna} {
		if w.Suffer(trouble, 0) {
			t.Errorf("an R200 module told of %s", trouble)
		}
	}
}

func TestThingMagicInTrouble(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "r1")
	w := sim.NewThingMagicWire(path, 2)
	stocked(t, sim.Reader{ID: "r1", Kind: sim.ThingMagic, Antennas: 2}, w.Tell)
	p := ward(t, w, overPort(t, path, func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
		return thingmagic.New(thingmagic.Options{Device: "r1", Antennas: 2, Own: own(t)}).Run(ctx, port, feed)
	}))
	p.suffers(t, sim.Hot, "temperature throttle")
	p.suffers(t, sim.LostAntenna, "high return loss")
	p.suffers(t, sim.WeakPower, "power refused")
}

func TestR2000InTrouble(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "r1")
	w := sim.NewR2000Wire(path, 2)
	stocked(t, sim.Reader{ID: "r1", Kind: sim.R2000, Antennas: 2}, w.Tell)
	p := ward(t, w, overPort(t, path, func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
		return r2000.New(r2000.Options{Device: "r1", Antennas: []int{1, 2}, Own: own(t), SilentAfter: time.Second}).Run(ctx, port, feed)
	}))
	p.suffers(t, sim.LostAntenna, "antenna 1: antenna missing")
	p.suffers(t, sim.WeakPower, "power refused: power not set")
}

func TestLLRPReaderInTrouble(t *testing.T) {
	t.Parallel()
	r := sim.Reader{ID: "l1", Kind: sim.LLRP, Antennas: 2, Listen: "127.0.0.1:0"}
	w := sim.NewLLRPWire(r)
	stocked(t, r, w.Tell)
	p := ward(t, w, func(ctx context.Context, feed *devicetest.Feed) error {
		return overPort(t, "tcp://"+w.Address(), func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
			return llrp.New(llrp.Options{Device: "l1", Own: own(t), SilentAfter: 3 * time.Second}).Run(ctx, port, feed)
		})(ctx, feed)
	})
	p.suffers(t, sim.LostAntenna, "antenna 1 is gone")
	p.suffers(t, sim.Hot, "reader exception")
	p.suffers(t, sim.WeakPower, "reader exception")
}

// TestGatewayWithoutPower: nobody says goodbye, so the broker says that it is gone.
func TestGatewayWithoutPower(t *testing.T) {
	for _, format := range []gateway.Format{gateway.OMG, gateway.Theengs, gateway.ESPresense, gateway.Ruuvi} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			b, _ := devicetest.Broker(t)
			g, o := gatewayOf(format)
			o.SilentAfter = patience // so that silence is not what tells it
			beacon := sim.Beacon{Name: "bag", Major: 1, Minor: 7, Near: "g1"}
			o.Filter = enrolled(t, beacon)
			w := sim.NewGatewayWire(g, b.URL())
			airOf(t, sim.Scenario{Gateways: []sim.Gateway{g}, Beacons: []sim.Beacon{beacon}}, w.Tell)
			p := ward(t, w, overBroker(t, b.URL(), func(ctx context.Context, client *mqttlink.Client, feed *devicetest.Feed) error {
				l, err := gateway.NewListener(o)
				if err != nil {
					return err
				}
				return l.Run(ctx, client, feed)
			}))
			w.Suffer(sim.WeakPower, 0)
			p.feed.Wait(t, "the will of the gateway", func() bool {
				last := p.feed.Last()
				return last.State == devices.Down && last.Reason == "gateway offline"
			})
			w.Suffer(sim.Well, 0)
			p.feed.WaitState(t, devices.Up)
			p.feed.WaitReads(t, p.feed.Reads()+5)
			for _, s := range p.feed.Sightings() {
				if s.ID != "bag" || s.Gateway != "g1" || !s.RSSI.Known() || s.TxPower != devices.DBm(-59) && format != gateway.ESPresense {
					t.Fatalf("sighting %+v", s)
				}
			}
		})
	}
}
