package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"showroom/agent/localapi"
	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices/ble/gateway"
	"showroom/devices/devicetest"
	"showroom/devices/sim"
)

// allGateways is a shop with a gateway of each make, each in a zone of its own name, a loan tag and phones.
func allGateways(t *testing.T) (config.Config, sim.Scenario) {
	t.Helper()
	cfg := shop(t)
	cfg.Broker.Listen = devicetest.FreeAddress(t)
	cfg.Presence.Zones.Settle = 0 // nobody has the patience in a test
	var story strings.Builder
	for _, f := range gateway.Formats() {
		g := config.DefaultGateway()
		g.ID, g.Format, g.SilentAfter = string(f), config.GatewayFormat(f), 3*time.Second
		topic := "home/" + g.ID
		g.Topic = topic + "/#"
		if f == gateway.ESPresense {
			topic, g.Topic, g.Health = "espresense", "espresense/devices/+/espresense", "espresense/rooms/espresense/+"
		}
		fmt.Fprintf(&story, "gateway %s %s topic %s heartbeat 1s\n", f, f, topic)
		cfg.Gateways = append(cfg.Gateways, g)
		cfg.Zones = append(cfg.Zones, config.Zone{ID: g.ID, Name: "by " + g.ID, Gateways: []string{g.ID}})
	}
	fmt.Fprintf(&story, "beacon bag major 1 minor 7 near %s\ncrowd 20 near %s\n", cfg.Gateways[0].ID, cfg.Gateways[1].ID)
	scenario, err := sim.ParseScenario(story.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return cfg, scenario
}

// TestALoanTagIsFollowedThroughEveryMakeOfGateway walks an enrolled tag, among phones nobody enrolled, from one gateway to the next,
// each of another make. A gateway without power takes it nowhere.
func TestALoanTagIsFollowedThroughEveryMakeOfGateway(t *testing.T) {
	if testing.Short() {
		t.Skip("walks for most of a minute")
	}
	cfg, scenario := allGateways(t)
	url, stop := start(t, cfg)
	wires := map[showroom.DeviceID]*sim.BrokerWire[[]sim.Advert]{}
	for _, g := range scenario.Gateways {
		w := sim.NewGatewayWire(g, "mqtt://"+cfg.Broker.Listen)
		if err := w.Plug(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.Unplug)
		wires[g.ID] = w
	}
	tell(t, overSocket(cfg), "http://agent"+localapi.PathTags, localapi.EnrolCommand{ID: "c1", Kind: "loan", Label: "7", Identity: scenario.Beacons[0].Identity()}, nil)
	walks := make(chan showroom.DeviceID) // where the tag goes; taken between two steps
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		play(t, scenario, wires, walks)
	}()
	t.Cleanup(func() { <-ended })
	zone := func() string {
		var tags localapi.Tags
		read(t, http.DefaultClient, url+localapi.PathTags, &tags)
		return tags.Tags[0].Zone
	}
	for _, g := range scenario.Gateways {
		walks <- g.ID
		until(t, "the tag is at "+string(g.ID), func() bool { return zone() == string(g.ID) })
	}
	last := scenario.Gateways[len(scenario.Gateways)-1].ID
	wires[last].Unplug()
	until(t, "the gateway is missed", func() bool {
		var all localapi.Devices
		read(t, http.DefaultClient, url+localapi.PathDevices, &all)
		for _, d := range all.Devices {
			if d.ID == string(last) {
				return d.State != "up" && d.Reason != "" && d.Advice != ""
			}
		}
		return false
	})
	if at := zone(); at != string(last) {
		t.Errorf("a gateway that is gone took the tag to %q", at)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// play tells the gateways what they hear, five seconds of the air in one, until the test ends.
func play(t *testing.T, scenario sim.Scenario, wires map[showroom.DeviceID]*sim.BrokerWire[[]sim.Advert], walks <-chan showroom.DeviceID) {
	air, at := sim.NewAir(scenario), time.Now()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-t.Context().Done():
			return
		case to := <-walks:
			air.Walk(scenario.Beacons[0].Name, to)
		case <-ticker.C:
			at = at.Add(time.Second)
			for id, heard := range air.Step(at) {
				if w := wires[id]; w != nil {
					w.Tell(heard)
				}
			}
		}
	}
}
