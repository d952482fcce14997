package config

import "fmt"

// Notes are things worth knowing about a valid configuration that are no faults, one sentence each, beginning with their path.
func (c Config) Notes() []string {
	var notes []string
	for i, k := range c.Kiosks {
		if k.Mode != FittingRoom {
			notes = append(notes, fmt.Sprintf("kiosks[%d].mode: a %s kiosk shows the idle page in this release", i, k.Mode))
		}
	}
	for i, r := range c.Readers {
		if len(c.AntennasOf(r.ID)) == 0 && r.ID != "" {
			notes = append(notes, fmt.Sprintf("readers[%d]: no room, tray or zone names an antenna of %s, so nothing comes of what it reads", i, r.ID))
		}
	}
	heard := map[string]bool{}
	for _, z := range c.Zones {
		for _, g := range z.Gateways {
			heard[g] = true
		}
	}
	for i, g := range c.Gateways {
		if !heard[g.ID] {
			notes = append(notes, fmt.Sprintf("gateways[%d]: no zone names %s, so nothing comes of what it hears", i, g.ID))
		}
	}
	for _, id := range c.Recording.Devices {
		notes = append(notes, "recording.devices: readings of "+id+" are recorded until it is removed here")
	}
	return notes
}
