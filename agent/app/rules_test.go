package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/agent/app"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices"
)

// What the example says is the default is what the engines are tuned and judged with.
func TestTheDefaultsAreTheEnginesOwn(t *testing.T) {
	garments, _ := app.Rules(config.Default())
	if diff := cmp.Diff(presence.RetailProfile(), garments.Profile); diff != "" {
		t.Errorf("garments (-engine +configuration):\n%s", diff)
	}
	if diff := cmp.Diff(presence.TrayProfile(), garments.Tray); diff != "" {
		t.Errorf("trays (-engine +configuration):\n%s", diff)
	}
	if diff := cmp.Diff(zones.RetailProfile(), app.ZoneRules(config.Default()).Profile); diff != "" {
		t.Errorf("zones (-engine +configuration):\n%s", diff)
	}
}

func TestEachAntennaHangsWhereTheConfigurationSays(t *testing.T) {
	cfg := config.Default()
	cfg.Readers = []config.Reader{{ID: "r", Kind: config.R2000, Antennas: []config.Antenna{{Number: 2, Floor: -62, Gain: 1.5}}}}
	cfg.Gateways = []config.Gateway{{ID: "g", Gain: -2}, {ID: "h"}}
	cfg.Rooms = []config.Room{{ID: "1", Reader: "r", Antennas: []int{1, 2}, Neighbours: []string{"2"}}, {ID: "2", Reader: "r", Antennas: []int{3}}}
	cfg.Trays = []config.Tray{{ID: "t", Reader: "r", Antennas: []int{4}}}
	cfg.Zones = []config.Zone{{ID: "z", Reader: "r", Antennas: []int{5}, Gateways: []string{"g", "h"}}}
	garments, fitted := app.Rules(cfg)
	place := func(kind showroom.PlaceKind, id string) showroom.Place { return showroom.Place{Kind: kind, ID: id} }
	zone := place(showroom.PlaceZone, "z")
	want := map[presence.Antenna]presence.Mount{
		{Reader: "r", Number: 1}: {Place: showroom.RoomPlace("1")},
		{Reader: "r", Number: 2}: {Place: showroom.RoomPlace("1"), Floor: devices.DBm(-62), Gain: 1.5},
		{Reader: "r", Number: 3}: {Place: showroom.RoomPlace("2")},
		{Reader: "r", Number: 4}: {Place: place(showroom.PlaceTray, "t")},
		{Reader: "r", Number: 5}: {Place: zone},
	}
	if diff := cmp.Diff(want, garments.Antennas); diff != "" {
		t.Errorf("antennas (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][2]showroom.Place{{showroom.RoomPlace("1"), showroom.RoomPlace("2")}}, garments.Neighbours); diff != "" {
		t.Errorf("neighbours (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[showroom.DeviceID]zones.Mount{"g": {Zone: zone, Gain: -2}, "h": {Zone: zone}}, app.ZoneRules(cfg).Gateways); diff != "" {
		t.Errorf("gateways (-want +got):\n%s", diff)
	}
	if len(fitted.Rooms) != 2 {
		t.Errorf("%d rooms", len(fitted.Rooms))
	}
}
