package config

import (
	"fmt"
	"slices"
	"strings"
)

// Notes are things worth knowing about a valid configuration that are no faults, one sentence each, beginning with their path.
func (c Config) Notes() []string {
	var notes []string
	for i, k := range c.Kiosks {
		if k.Mode == Welcome {
			notes = append(notes, fmt.Sprintf("kiosks[%d].mode: a welcome kiosk shows the idle page in this release", i))
		}
		notes = c.checkoutNotes(notes, i, k)
	}
	for i, r := range c.Readers {
		if len(c.AntennasOf(r.ID)) == 0 && r.ID != "" {
			notes = append(notes, fmt.Sprintf("readers[%d]: no room, tray or zone names an antenna of %s, so nothing comes of what it reads", i, r.ID))
		}
	}
	for i, r := range c.Readers {
		notes = unstable(notes, fmt.Sprintf("readers[%d].port", i), r.Port)
	}
	for i, s := range c.Scanners {
		if !slices.ContainsFunc(c.Kiosks, func(k Kiosk) bool { return k.Scanner == s.ID }) {
			notes = append(notes, fmt.Sprintf("scanners[%d]: no kiosk names %s, so nothing comes of what it reads", i, s.ID))
		}
		notes = unstable(notes, fmt.Sprintf("scanners[%d].port", i), s.Port)
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
	for i, g := range c.Gateways {
		// ESPresense tells of a room's gateway apart from the radios it hears.
		if g.Format == ESPresense && g.Health == "" && strings.HasPrefix(g.Topic, "espresense/devices/") {
			notes = append(notes, fmt.Sprintf("gateways[%d].health: is missing, so a gateway that hears nobody counts as silent; write espresense/rooms/NAME/+", i))
		}
	}
	for i, s := range c.Settlers {
		at := fmt.Sprintf("settlers[%d]", i)
		notes = unstable(notes, at+".port", s.Port)
		normal := DefaultSettlerOf(s.Kind).Timers
		if t := s.Timers; t.Answer < normal.Answer || t.Quiet < normal.Quiet || t.Acknowledge < normal.Acknowledge || t.Longest < normal.Longest {
			notes = append(notes, at+".timers: are shorter than the protocol's, so that more payments stay in doubt than need be")
		}
	}
	for i, p := range c.Printers {
		notes = unstable(notes, fmt.Sprintf("printers[%d].port", i), p.Port)
	}
	for _, id := range c.Recording.Devices {
		notes = append(notes, "recording.devices: readings of "+id+" are recorded until it is removed here")
	}
	return notes
}

// unstable adds a note about a port whose name the kernel gives away anew.
func unstable(notes []string, path, port string) []string {
	for _, prefix := range []string{"/dev/ttyUSB", "/dev/ttyACM", "/dev/input/event"} {
		if strings.HasPrefix(port, prefix) {
			return append(notes, path+": "+port+" may be another device after a restart; a name below by-id or by-path stays")
		}
	}
	return notes
}

// checkoutNotes are about a kiosk where nobody will be able to pay as things stand.
func (c Config) checkoutNotes(notes []string, i int, k Kiosk) []string {
	if k.Mode != Checkout {
		return notes
	}
	at := fmt.Sprintf("kiosks[%d]", i)
	profile := c.CheckoutProfile()
	fiscal := slices.ContainsFunc(c.Settlers, func(s Settler) bool { return s.ID == k.Settler && s.Kind.Fiscal() })
	switch {
	case profile == Germany || profile == Austria || profile == Italy:
		return append(notes, fmt.Sprintf("%s: nobody can pay here: the law of %s asks for a fiscal device that this release does not drive", at, profile))
	case k.Settler == "":
		return append(notes, at+".settler: is missing, so nobody can pay here; baskets go to the till")
	case profile == Turkey && !fiscal:
		return append(notes, at+".settler: nobody can pay here: under profile TR the device must be of kind okc")
	}
	return notes
}
