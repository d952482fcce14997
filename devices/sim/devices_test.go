package sim_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"showroom/devices/ble/gateway"
	"showroom/devices/devicetest"
	"showroom/devices/link"
	"showroom/devices/mqttlink"
	"showroom/devices/rfid"
	"showroom/devices/rfid/template"
	"showroom/devices/scan"
	"showroom/devices/sim"
)

// TestSimulatorRunsEveryKind: one scenario, one of each family heard by its driver, and what the control socket is told.
func TestSimulatorRunsEveryKind(t *testing.T) {
	b, _ := devicetest.Broker(t)
	dir := t.TempDir()
	links, socket := filepath.Join(dir, "links"), filepath.Join(dir, "s")
	var truth notes
	run(t, `reader m2 thingmagic antennas 2
reader m3 r2000 antennas 4
room a reader m3 antenna 1
room b reader m3 antenna 2
reader l1 llrp listen 127.0.0.1:0
reader p1 template topic readers/p1 form keonn_text
gateway g1 omg topic home/g1
gateway g2 minew topic /gw/ac233fc001ea/status
beacon bag near g1
crowd 3 near g1
scanner s1 ends stx
`, sim.Options{Links: links, Control: socket, Broker: b.URL(), Truth: &truth})
	listens(t, socket)

	codes, sightings, tags := driveAll(t, links, b.URL())
	talk(t, socket, []said{
		{"carry unknown into p1 as puzzle", "ok carry unknown into p1 as puzzle"},
		{"carry unknown into b as tee", "ok carry unknown into b as tee"},
		{"carry unknown into m3 as tie", "error: there is no reader m3"},
		{"fault m2 hot for 1s", "ok fault m2 hot for 1s"},
		{"fault p1 hot", "error: a device like p1 has no word for hot"},
		{"fault s9 hot", "error: there is no device s9"},
		{"fault a hot", "error: there is no device a"},
		{"garbage l1 for 1s", "ok garbage l1 for 1s"},
		{"silence g2", "ok silence g2"},
		{"fault g2 off", "ok fault g2 off"},
		{"pull g2", "ok pull g2"},
		{"pull g2", "ok already"},
		{"plug g2", "ok plug g2"},
		{"pull m3", "ok pull m3"},
		{"plug m3", "ok plug m3"},
		{"walk bag to g2", "ok walk bag to g2"},
		{"walk bag to g2", "ok already"},
		{"walk bag to s1", "error: there is no gateway s1"},
		{"walk tote away", "error: there is no beacon tote"},
		{"walk bag to g1", "ok walk bag to g1"},
		{`scan "4006381333931" at g1`, "error: there is no scanner g1"},
	})
	// A scanner does not know who listens, so it is shown the code until somebody has read it.
	until(t, "a code", func() bool {
		tellSocket(t, socket, `scan "]d20104006381333931<GS>21A1" at s1`)
		return len(codes.Scans()) > 0
	})
	if c := codes.Scans()[0]; c.GTIN.String() != "04006381333931" || c.Serial != "A1" {
		t.Errorf("scanned %+v", c)
	}
	sightings.Wait(t, "the bag", func() bool { return len(sightings.Sightings()) > 2 })
	sightings.Wait(t, "the crowd", func() bool { return sightings.Last().Frames.Foreign > 0 })
	tags.WaitReads(t, 5)
	for _, want := range []string{`"what":"pulled","reader":"g2"`, `"what":"plugged","reader":"m3"`} {
		if !strings.Contains(truth.String(), want) {
			t.Errorf("the truth says nothing of %s", want)
		}
	}
}

// driveAll has drivers listen to the scanner, the first gateway and the reader that speaks over the broker at url.
func driveAll(t *testing.T, links, url string) (codes, sightings, tags *devicetest.Feed) {
	t.Helper()
	codes, sightings, tags = &devicetest.Feed{}, &devicetest.Feed{}, &devicetest.Feed{}
	drives(t, codes, overPort(t, filepath.Join(links, "s1"), func(ctx context.Context, port *link.Port, feed *devicetest.Feed) error {
		return scan.New(scan.Options{Device: "s1", Repeat: -1}).Run(ctx, port, feed)
	}))
	_, o := gatewayOf(gateway.OMG)
	o.Topic, o.Filter = "home/g1/#", enrolled(t, sim.Beacon{Name: "bag", Major: 1, Minor: 1})
	drives(t, sightings, overBroker(t, url, func(ctx context.Context, client *mqttlink.Client, feed *devicetest.Feed) error {
		l, err := gateway.NewListener(o)
		if err != nil {
			return err
		}
		return l.Run(ctx, client, feed)
	}))
	keonn, err := template.Compile(template.Mapping{Form: template.FormKeonn})
	if err != nil {
		t.Fatal(err)
	}
	drives(t, tags, overBroker(t, url, func(ctx context.Context, client *mqttlink.Client, feed *devicetest.Feed) error {
		return template.New(rfid.Options{Device: "p1", Topic: "readers/p1", Own: own(t)}, keonn).Run(ctx, client, feed)
	}))
	return codes, sightings, tags
}

// drives runs a driver until the test ends.
func drives(t *testing.T, feed *devicetest.Feed, drive func(context.Context, *devicetest.Feed) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = drive(ctx, feed)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("a driver does not end")
		}
	})
}
