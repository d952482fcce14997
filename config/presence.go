package config

import "time"

// Presence says how reads become "the garment is in room 2". Only floor and hook belong to the building: they say how well its
// antennas hear a garment that hangs in the room.
type Presence struct {
	Floor  DBm           `yaml:"floor"`  // how well a room must hear a garment, on average, to have it
	Slack  DB            `yaml:"slack"`  // how far below the floor the average may fall and the garment stays
	Hook   DB            `yaml:"hook"`   // how far above the floor garments on their hooks are heard
	Quiet  DBm           `yaml:"quiet"`  // weaker reads tell nothing
	Wall   DB            `yaml:"wall"`   // what the wall between two neighbours takes
	Window time.Duration `yaml:"window"` // averages are over this long, so old values cannot outvote new ones

	ArriveReads  int           `yaml:"arrive_reads"`  // this many reads ...
	ArriveWithin time.Duration `yaml:"arrive_within"` // ... within this long ...
	ArriveAfter  time.Duration `yaml:"arrive_after"`  // ... and no sooner than this after the first one are an arrival
	ArriveMargin DB            `yaml:"arrive_margin"` // how far the room must be ahead of every other one
	// UnknownRSSIReads replaces ArriveReads for readers that report no signal strength: more reads make up for the missing floor.
	UnknownRSSIReads int `yaml:"unknown_rssi_reads"`

	MoveReads       int           `yaml:"move_reads"`       // the new room must have heard the garment this often within Window ...
	MoveMargin      DB            `yaml:"move_margin"`      // ... and be this far ahead of the old one ...
	NeighbourMargin DB            `yaml:"neighbour_margin"` // ... or this far, if they are neighbours ...
	MoveHold        time.Duration `yaml:"move_hold"`        // ... for this long without a break: longer than a body stands in the way
	MoveRise        DB            `yaml:"move_rise"`        // and all the while hear it this much better than it did before
	MinStay         time.Duration `yaml:"min_stay"`         // however far ahead the new room: two antennas served in turn do not play ping-pong

	LoiterAfter time.Duration `yaml:"loiter_after"` // what is heard for this long without arriving only hangs about ...
	LoiterRise  DB            `yaml:"loiter_rise"`  // ... until it is heard this much better than before, for MoveHold
	DepartAfter time.Duration `yaml:"depart_after"` // no read for this long, the reader being up: gone
	StaticAfter time.Duration `yaml:"static_after"` // in a room for this long without a break: furniture, ignored until it moves; 0s: never
	ShelfAfter  time.Duration `yaml:"shelf_after"`  // so is what has hung about near a room for this long; 0s: never

	VisitOpensAfter time.Duration `yaml:"visit_opens_after"` // garments carried past the curtain open no visit
	VisitPause      time.Duration `yaml:"visit_pause"`       // an empty room that nobody touches the screen of ends the visit
	VisitIdle       time.Duration `yaml:"visit_idle"`        // so does a room where garments hang and nothing happens

	TrayRules TrayRules `yaml:"tray_rules"`
	// Zones are the numbers for enrolled radio tags, heard by gateways.
	Zones ZoneRules `yaml:"zones"`
}

// TrayRules are the numbers of checkout trays, where seconds count. For the others a tray has fixed ones.
type TrayRules struct {
	Floor        DBm           `yaml:"floor"`         // a garment in the tray lies on the antenna
	ArriveReads  int           `yaml:"arrive_reads"`  // this many reads ...
	ArriveWithin time.Duration `yaml:"arrive_within"` // ... within this long ...
	ArriveAfter  time.Duration `yaml:"arrive_after"`  // ... and no sooner than this after the first one are an arrival
	DepartAfter  time.Duration `yaml:"depart_after"`  // no read for this long: taken out
}

func defaultPresence() Presence {
	return Presence{
		Floor:            -58,
		Slack:            6,
		Hook:             8,
		Quiet:            -76,
		Wall:             10,
		Window:           8 * time.Second,
		ArriveReads:      3,
		ArriveWithin:     3 * time.Second,
		ArriveAfter:      2200 * time.Millisecond,
		ArriveMargin:     4,
		UnknownRSSIReads: 5,
		MoveReads:        2,
		MoveMargin:       3,
		NeighbourMargin:  4,
		MoveHold:         25 * time.Second,
		MoveRise:         4,
		MinStay:          2 * time.Second,
		LoiterAfter:      15 * time.Second,
		LoiterRise:       8,
		DepartAfter:      30 * time.Second,
		StaticAfter:      2 * time.Hour,
		ShelfAfter:       10 * time.Minute,
		VisitOpensAfter:  4 * time.Second,
		VisitPause:       3 * time.Minute,
		VisitIdle:        30 * time.Minute,
		TrayRules:        TrayRules{Floor: -50, ArriveReads: 4, ArriveWithin: time.Second, ArriveAfter: 700 * time.Millisecond, DepartAfter: 3 * time.Second},
		Zones:            DefaultZoneRules(),
	}
}

func (v *validation) presence() {
	p, n := v.Presence, v.normal.Presence
	within(v, "presence.floor", p.Floor, -100, -10, n.Floor)
	within(v, "presence.slack", p.Slack, 0, 30, n.Slack)
	within(v, "presence.hook", p.Hook, 0, 40, n.Hook)
	within(v, "presence.wall", p.Wall, 0, 40, n.Wall)
	within(v, "presence.arrive_reads", p.ArriveReads, 1, 100, n.ArriveReads)
	within(v, "presence.arrive_within", p.ArriveWithin, 100*time.Millisecond, time.Minute, n.ArriveWithin)
	within(v, "presence.arrive_after", p.ArriveAfter, 0, time.Minute, n.ArriveAfter)
	within(v, "presence.arrive_margin", p.ArriveMargin, 0, 30, n.ArriveMargin)
	within(v, "presence.move_reads", p.MoveReads, 1, 100, n.MoveReads)
	within(v, "presence.move_margin", p.MoveMargin, 0, 30, n.MoveMargin)
	within(v, "presence.move_hold", p.MoveHold, 0, time.Hour, n.MoveHold)
	within(v, "presence.move_rise", p.MoveRise, 0, 30, n.MoveRise)
	within(v, "presence.min_stay", p.MinStay, 0, time.Minute, n.MinStay)
	within(v, "presence.loiter_after", p.LoiterAfter, 0, time.Hour, n.LoiterAfter)
	within(v, "presence.loiter_rise", p.LoiterRise, 0, 30, n.LoiterRise)
	within(v, "presence.visit_opens_after", p.VisitOpensAfter, 0, 5*time.Minute, n.VisitOpensAfter)
	within(v, "presence.visit_pause", p.VisitPause, 10*time.Second, time.Hour, n.VisitPause)
	v.rules("presence.zones", p.Zones)
	within(v, "presence.tray_rules.floor", p.TrayRules.Floor, -100, -10, n.TrayRules.Floor)
	within(v, "presence.tray_rules.arrive_reads", p.TrayRules.ArriveReads, 1, 100, n.TrayRules.ArriveReads)
	within(v, "presence.tray_rules.arrive_within", p.TrayRules.ArriveWithin, 100*time.Millisecond, time.Minute, n.TrayRules.ArriveWithin)
	within(v, "presence.tray_rules.arrive_after", p.TrayRules.ArriveAfter, 0, time.Minute, n.TrayRules.ArriveAfter)
	within(v, "presence.tray_rules.depart_after", p.TrayRules.DepartAfter, 500*time.Millisecond, time.Hour, n.TrayRules.DepartAfter)
	// The rest only makes sense beside a value above.
	within(v, "presence.quiet", p.Quiet, -100, p.Floor, n.Quiet)
	atLeast(v, "presence.window", p.Window, p.ArriveWithin, "arrive_within")
	atLeast(v, "presence.unknown_rssi_reads", p.UnknownRSSIReads, p.ArriveReads, "arrive_reads")
	atLeast(v, "presence.neighbour_margin", p.NeighbourMargin, p.MoveMargin, "move_margin")
	atLeast(v, "presence.depart_after", p.DepartAfter, p.Window, "window")
	atLeast(v, "presence.visit_idle", p.VisitIdle, p.VisitPause, "visit_pause")
	if p.StaticAfter != 0 {
		atLeast(v, "presence.static_after", p.StaticAfter, 2*p.DepartAfter, "twice depart_after")
	}
	if p.ShelfAfter != 0 {
		atLeast(v, "presence.shelf_after", p.ShelfAfter, p.LoiterAfter, "loiter_after")
	}
}
