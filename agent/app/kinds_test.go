package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"showroom/agent/gs1"
	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/sim"
)

// wire is a simulated reader.
type wire interface {
	Plug() error
	Unplug()
	Tell(sim.Round)
	Suffer(sim.Trouble, time.Duration) bool
}

// allReaders is a shop with a simulated reader of each kind, one for each room. A kind's reader and room have its name.
func allReaders(t *testing.T) (config.Config, map[string]wire) {
	t.Helper()
	cfg := shop(t)
	cfg.Broker.Listen = devicetest.FreeAddress(t)
	dir, broker, network := cfg.StateDir, "mqtt://"+cfg.Broker.Listen, devicetest.FreeAddress(t)
	mapping := filepath.Join(dir, "gate.json")
	if err := os.WriteFile(mapping, []byte(`{"epc": "tag_reads[].epc", "rssi": "tag_reads[].peakRssi", "antenna": "tag_reads[].antennaPort"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	published := func(id string, kind sim.Kind) wire {
		r := sim.Reader{ID: showroom.DeviceID(id), Kind: kind, Antennas: 1, Topic: "readers/" + id, Form: sim.FormJSON, Heartbeat: 200 * time.Millisecond}
		return sim.NewReaderWire(r, broker)
	}
	wires := map[string]wire{
		"r200":       sim.NewR200Wire(filepath.Join(dir, "r200")),
		"thingmagic": sim.NewThingMagicWire(filepath.Join(dir, "thingmagic"), 1),
		"r2000":      sim.NewR2000Wire(filepath.Join(dir, "r2000"), 1),
		"llrp":       sim.NewLLRPWire(sim.Reader{ID: "llrp", Kind: sim.LLRP, Antennas: 1, Listen: network}),
		"zebra-iotc": published("zebra-iotc", sim.Zebra),
		"impinj":     published("impinj", sim.Impinj),
		"template":   published("template", sim.Template),
	}
	cfg.Readers, cfg.Rooms, cfg.Kiosks = nil, nil, nil
	for id := range wires {
		r := config.DefaultReaderOf(config.ReaderKind(id))
		r.ID, r.SilentAfter = id, 3*time.Second // longer than a busy machine keeps a healthy one from being heard
		switch {
		case r.Kind == config.LLRP:
			r.Port = "tcp://" + network
		case r.Kind.Serial():
			r.Port = filepath.Join(dir, id)
		default:
			r.Topic = "readers/" + id + "/#"
		}
		if r.Kind == config.Template {
			r.Template = mapping
		}
		if r.Heartbeat > 0 {
			r.Heartbeat = r.SilentAfter / 3
		}
		cfg.Readers = append(cfg.Readers, r)
		cfg.Rooms = append(cfg.Rooms, config.Room{ID: id, Name: id, Reader: id, Antennas: []int{1}})
		cfg.Kiosks = append(cfg.Kiosks, config.Kiosk{ID: id, Mode: config.FittingRoom, Room: id})
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return cfg, wires
}

// hang hangs a garment in front of each reader for as long as the test lasts.
func hang(t *testing.T, wires map[string]wire) {
	t.Helper()
	tags, n := map[string]gs1.EPC{}, 0
	for id := range wires {
		n++
		epc, err := gs1.ParseEPC(fmt.Sprintf("3034257BF7194E40000000%02X", n))
		if err != nil {
			t.Fatal(err)
		}
		tags[id] = epc
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case at := <-ticker.C:
				for id, w := range wires {
					read := devices.TagRead{Reader: showroom.DeviceID(id), Antenna: 1, EPC: tags[id], RSSI: devices.DBm(-42), At: at}
					w.Tell(sim.Round{Reader: showroom.DeviceID(id), Antenna: 1, At: at, Reads: []devices.TagRead{read}})
				}
			}
		}
	}()
	t.Cleanup(func() {
		close(done)
		<-ended
	})
}

// ward is a running agent and what it says of its readers.
type ward struct {
	*testing.T
	url   string
	wires map[string]wire
}

func (w ward) device(id string) (found localapi.Device) {
	w.Helper()
	var all localapi.Devices
	read(w.T, http.DefaultClient, w.url+localapi.PathDevices, &all)
	for _, d := range all.Devices {
		if d.ID == id {
			found = d
		}
	}
	return found
}

func (w ward) room(id string) localapi.Room {
	w.Helper()
	var k localapi.KioskState
	read(w.T, http.DefaultClient, w.url+"/v1/kiosks/"+id, &k)
	if k.Room == nil {
		w.Fatalf("kiosk %s has no room", id)
	}
	return *k.Room
}

// well waits until a reader is up on every screen and its garment hangs there.
func (w ward) well(id, when string) {
	w.Helper()
	until(w.T, id+" reads "+when, func() bool {
		room := w.room(id)
		return w.device(id).State == "up" && !room.Reader.Faulty() && room.Unknown == 1
	})
}

// ill waits until every screen tells that the reader is not well; the garment is still there.
func (w ward) ill(id, why string) {
	w.Helper()
	until(w.T, id+" is missed for "+why, func() bool { return w.device(id).State != "up" && w.room(id).Reader.Faulty() })
	if d := w.device(id); d.State != "up" && (d.Reason == "" || d.Advice == "") {
		w.Errorf("%s, %s: %+v", id, why, d)
	}
	if n := w.room(id).Unknown; n != 1 {
		w.Errorf("%s, %s: %d garments hang there", id, why, n)
	}
}

// suffers brings every trouble that a reader can have, one after the other.
func (w ward) suffers(id string) {
	wire := w.wires[id]
	wire.Unplug()
	w.ill(id, "its cable")
	if err := wire.Plug(); err != nil {
		w.Fatal(err)
	}
	w.well(id, "after its cable was pulled")
	for _, trouble := range []sim.Trouble{sim.WeakPower, sim.Mute, sim.LostAntenna} {
		if wire.Suffer(trouble, 0) {
			w.ill(id, string(trouble))
			wire.Suffer(sim.Well, 0)
			w.well(id, "after "+string(trouble))
		}
	}
	before := w.device(id)
	if !wire.Suffer(sim.Garbled, 0) {
		w.Errorf("%s can not be disturbed", id)
	}
	until(w.T, id+" counts what is damaged", func() bool {
		d := w.device(id)
		return d.Bad+d.Skipped > before.Bad+before.Skipped || d.State != "up"
	})
	wire.Suffer(sim.Well, 0)
	w.well(id, "after garbage")
}

// TestEveryKindOfReaderThroughTheAgent plugs, pulls and troubles a reader of each kind in one running agent: health and kiosk tell the
// truth each time, the garment stays where it hangs, and the other readers notice nothing.
func TestEveryKindOfReaderThroughTheAgent(t *testing.T) {
	if testing.Short() {
		t.Skip("takes most of a minute of waiting for silence")
	}
	cfg, wires := allReaders(t)
	url, stop := start(t, cfg)
	w := ward{t, url, wires}
	hang(t, wires)
	for _, wire := range wires {
		if err := wire.Plug(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(wire.Unplug)
	}
	for id := range wires {
		w.well(id, "at first")
	}
	for id := range wires {
		before := map[string]uint64{}
		for other := range wires {
			before[other] = w.device(other).Reconnects
		}
		w.suffers(id)
		for other := range wires {
			if d := w.device(other); other != id && (d.Reconnects != before[other] || d.State != "up") {
				t.Errorf("while %s had its troubles %s became %+v", id, other, d)
			}
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
