package app

import (
	"slices"

	"showroom/agent/httpd"
	"showroom/agent/presence"
	"showroom/agent/presence/zones"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/config"
	"showroom/devices"
)

// antennas are the antennas of all places, each with what is known of its hearing.
func antennas(cfg config.Config) map[presence.Antenna]presence.Mount {
	mounts := make(map[presence.Antenna]presence.Mount)
	hang := func(place showroom.Place, reader string, numbers []int) {
		for _, n := range numbers {
			m := presence.Mount{Place: place}
			if c := correction(cfg, reader, n); c != nil {
				if c.Floor != 0 {
					m.Floor = devices.DBm(float64(c.Floor))
				}
				m.Gain = presence.DB(c.Gain)
			}
			mounts[presence.Antenna{Reader: showroom.DeviceID(reader), Number: n}] = m
		}
	}
	for _, r := range cfg.Rooms {
		hang(showroom.RoomPlace(showroom.RoomID(r.ID)), r.Reader, r.Antennas)
	}
	for _, t := range cfg.Trays {
		hang(trayPlace(t.ID), t.Reader, t.Antennas)
	}
	for _, z := range cfg.Zones {
		hang(zonePlace(z.ID), z.Reader, z.Antennas)
	}
	return mounts
}

func trayPlace(id string) showroom.Place { return showroom.Place{Kind: showroom.PlaceTray, ID: id} }

func zonePlace(id string) showroom.Place { return showroom.Place{Kind: showroom.PlaceZone, ID: id} }

// zonesConfig is the floor as its gateways hear it.
func zonesConfig(cfg config.Config) zones.Config {
	c, r := zones.Config{Gateways: make(map[showroom.DeviceID]zones.Mount), Profile: zones.RetailProfile()}, cfg.Presence.Zones
	c.Profile.Window, c.Profile.Stale, c.Profile.Away = r.Window, r.Stale, r.Away
	c.Profile.Margin, c.Profile.Slack, c.Profile.Dwell = presence.DB(r.Margin), presence.DB(r.Slack), r.Dwell
	c.Profile.Settle, c.Profile.Recent, c.Profile.Patience, c.Profile.MinSamples = r.Settle, r.Recent, r.Patience, r.MinSamples
	for _, z := range cfg.Zones {
		for _, id := range z.Gateways {
			m := zones.Mount{Zone: zonePlace(z.ID)}
			if i := slices.IndexFunc(cfg.Gateways, func(g config.Gateway) bool { return g.ID == id }); i >= 0 {
				m.Gain = presence.DB(cfg.Gateways[i].Gain)
			}
			c.Gateways[showroom.DeviceID(id)] = m
		}
	}
	return c
}

// correction is what the file says of one antenna, nil for nothing.
func correction(cfg config.Config, reader string, number int) *config.Antenna {
	for _, r := range cfg.Readers {
		if r.ID != reader {
			continue
		}
		if i := slices.IndexFunc(r.Antennas, func(a config.Antenna) bool { return a.Number == number }); i >= 0 {
			return &r.Antennas[i]
		}
	}
	return nil
}

// neighbours are the pairs of places that hear each other's tags.
func neighbours(cfg config.Config) [][2]showroom.Place {
	var pairs [][2]showroom.Place
	for _, r := range cfg.Rooms {
		for _, n := range r.Neighbours {
			pairs = append(pairs, [2]showroom.Place{showroom.RoomPlace(showroom.RoomID(r.ID)), showroom.RoomPlace(showroom.RoomID(n))})
		}
	}
	return pairs
}

// served is what a device serves beside fitting rooms: where it is, and what the staff call that.
type served struct{ at, name string }

// servedBy are the trays and zones a reader's antennas hear, the zones a gateway hears, or the kiosks that a scanner, a settler or a printer stands beside.
func servedBy(cfg config.Config, device string) []served {
	var list []served
	for _, t := range cfg.Trays {
		if t.Reader == device {
			list = append(list, served{trayPlace(t.ID).String(), t.Name})
		}
	}
	for _, z := range cfg.Zones {
		if z.Reader == device || slices.Contains(z.Gateways, device) {
			list = append(list, served{zonePlace(z.ID).String(), z.Name})
		}
	}
	for _, k := range cfg.Kiosks {
		if device != "" && (k.Scanner == device || k.Settler == device || k.Printer == device) {
			list = append(list, served{"kiosk/" + k.ID, k.ID})
		}
	}
	return list
}

// machine is a configured device: "reader", "gateway", "scanner", "settler" or "printer", its id and its kind.
type machine struct{ sort, id, kind string }

func machines(cfg config.Config) []machine {
	var list []machine
	for _, r := range cfg.Readers {
		list = append(list, machine{"reader", r.ID, string(r.Kind)})
	}
	for _, g := range cfg.Gateways {
		list = append(list, machine{"gateway", g.ID, string(g.Format)})
	}
	for _, s := range cfg.Scanners {
		list = append(list, machine{"scanner", s.ID, "scanner"})
	}
	for _, s := range cfg.Settlers {
		list = append(list, machine{"settler", s.ID, string(s.Kind)})
	}
	for _, p := range cfg.Printers {
		list = append(list, machine{"printer", p.ID, string(p.Model)})
	}
	return list
}

func roomsOf(cfg config.Config, reader string) []showroom.RoomID {
	var ids []showroom.RoomID
	for _, r := range cfg.Rooms {
		if r.Reader == reader {
			ids = append(ids, showroom.RoomID(r.ID))
		}
	}
	return ids
}

// deviceList is every configured device with what it serves.
func deviceList(cfg config.Config) []httpd.Device {
	var list []httpd.Device
	for _, m := range machines(cfg) {
		d := httpd.Device{ID: showroom.DeviceID(m.id), Sort: m.sort, Kind: m.kind, Rooms: roomsOf(cfg, m.id)}
		for _, s := range servedBy(cfg, m.id) {
			d.Else = append(d.Else, s.at)
		}
		list = append(list, d)
	}
	return list
}

// staffDeviceList is the same in the words of the staff.
func staffDeviceList(cfg config.Config) []staff.Device {
	var list []staff.Device
	for _, m := range machines(cfg) {
		d := staff.Device{ID: showroom.DeviceID(m.id), Sort: m.sort, Kind: m.kind, Rooms: roomsOf(cfg, m.id)}
		for _, s := range servedBy(cfg, m.id) {
			d.Else = append(d.Else, s.name)
		}
		list = append(list, d)
	}
	return list
}
