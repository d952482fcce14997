package app

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"showroom/agent/capture"
	"showroom/agent/checkout"
	"showroom/agent/customer"
	"showroom/agent/fitting"
	"showroom/agent/gs1"
	"showroom/agent/health"
	"showroom/agent/presence"
	"showroom/agent/session"
	"showroom/agent/showroom"
	"showroom/agent/staff"
	"showroom/config"
	"showroom/devices"
	"showroom/devices/recording"
)

// Here each section of the file becomes one package's own options.

func fittingOptions(cfg config.Config, c *clock, log *slog.Logger) fitting.Options {
	visits := showroom.RetailVisits()
	visits.OpensAfter, visits.PauseEmpty, visits.PauseIdle = cfg.Presence.VisitOpensAfter, cfg.Presence.VisitPause, cfg.Presence.VisitIdle
	visits.PauseAsked, visits.CarriedAfter = cfg.Fitting.AskedPause, cfg.Fitting.CarriedOpensAfter
	visits.PileSize, visits.PileWithin = cfg.Fitting.PileSize, cfg.Fitting.PileWithin
	return fitting.Options{
		Rooms:      rooms(cfg),
		Visits:     visits,
		Escalation: showroom.EscalationPolicy{cfg.Fitting.EscalateAfter, cfg.Fitting.EscalateAgainAfter},
		Expires:    cfg.Fitting.RequestExpires,
		RestockFor: cfg.Fitting.RestockFor,
		Clock:      c.Now,
		NewID:      newID,
		Log:        log,
	}
}

// rooms are the fitting rooms. Those of the same reader stand beside each other, as far as its cables reach. Where nothing is known of
// who stands beside whom, everybody may.
func rooms(cfg config.Config) []showroom.Room {
	var list []showroom.Room
	for _, r := range cfg.Rooms {
		room := showroom.Room{ID: showroom.RoomID(r.ID), Name: r.Name}
		for _, other := range cfg.Rooms {
			neighbours := slices.Contains(r.Neighbours, other.ID) || slices.Contains(other.Neighbours, r.ID)
			if other.ID != r.ID && (neighbours || other.Reader == r.Reader) {
				room.Near = append(room.Near, showroom.RoomID(other.ID))
			}
		}
		list = append(list, room)
	}
	return list
}

func sessionOptions(cfg config.Config, desks *checkout.Desks, c *clock, log *slog.Logger) session.Options {
	o := session.Options{Languages: cfg.Store.Languages, Idle: 2 * time.Minute, Checkout: desks, Clock: c.Now, Log: log}
	for _, k := range cfg.Kiosks {
		o.Kiosks = append(o.Kiosks, session.Kiosk{
			ID: showroom.KioskID(k.ID), Mode: string(k.Mode), Room: showroom.RoomID(k.Room), Scanner: showroom.DeviceID(k.Scanner),
		})
	}
	return o
}

func presenceConfig(cfg config.Config) presence.Config {
	p := cfg.Presence
	profile := presence.Profile{
		Floor: devices.DBm(float64(p.Floor)), Slack: presence.DB(p.Slack), Hook: presence.DB(p.Hook),
		Quiet: devices.DBm(float64(p.Quiet)), Wall: presence.DB(p.Wall), Window: p.Window,
		ArriveReads: p.ArriveReads, ArriveWithin: p.ArriveWithin, ArriveAfter: p.ArriveAfter, ArriveMargin: presence.DB(p.ArriveMargin),
		UnknownRSSIReads: p.UnknownRSSIReads,
		MoveReads:        p.MoveReads, MoveMargin: presence.DB(p.MoveMargin), NeighbourMargin: presence.DB(p.NeighbourMargin),
		MoveHold: p.MoveHold, MoveRise: presence.DB(p.MoveRise), MinStay: p.MinStay,
		LoiterAfter: p.LoiterAfter, LoiterRise: presence.DB(p.LoiterRise),
		DepartAfter: p.DepartAfter, StaticAfter: p.StaticAfter, ShelfAfter: p.ShelfAfter,
	}
	tray := presence.TrayProfile()
	tray.Floor = devices.DBm(float64(p.TrayRules.Floor))
	tray.ArriveReads, tray.ArriveWithin, tray.ArriveAfter = p.TrayRules.ArriveReads, p.TrayRules.ArriveWithin, p.TrayRules.ArriveAfter
	tray.DepartAfter = p.TrayRules.DepartAfter
	return presence.Config{Antennas: antennas(cfg), Neighbours: neighbours(cfg), Profile: profile, Tray: tray}
}

// tagOptions says whose garments are the shop's.
func tagOptions(cfg config.Config, c *clock, log *slog.Logger) (customer.Options, error) {
	own, err := gs1.NewPrefixes(cfg.Store.CompanyPrefixes)
	if err != nil {
		return customer.Options{}, fmt.Errorf("read company prefixes: %w", err)
	}
	names := make(map[string]string, len(cfg.Zones))
	for _, z := range cfg.Zones {
		names[z.ID] = z.Name
	}
	return customer.Options{Prefixes: own, Zones: names, KeyLife: cfg.Radio.KeyRotates, Clock: c.Now, NewID: rand.Text, Log: log}, nil
}

func recordingOptions(cfg config.Config) recording.Options {
	return recording.Options{
		Dir: cmp.Or(cfg.Recording.Dir, filepath.Join(cfg.StateDir, "recordings")), MaxSize: int64(cfg.Recording.MaxSize),
	}
}

func captureOptions(cfg config.Config, c *clock, log *slog.Logger) capture.Options {
	o := capture.Options{Dir: filepath.Join(cfg.StateDir, "captures"), Location: location(cfg), Clock: c.Now, Log: log}
	for _, m := range machines(cfg) {
		if m.sort != "settler" { // whose line carries card numbers
			o.Devices = append(o.Devices, showroom.DeviceID(m.id))
		}
	}
	return o
}

// location is the time zone of the shop.
func location(cfg config.Config) *time.Location {
	if at, err := time.LoadLocation(cfg.Store.Timezone); err == nil {
		return at
	}
	return time.UTC
}

func healthOptions(a *agent) health.Options {
	o := health.Options{
		Version: a.opt.Version, Ingest: a.loop.Stats, Central: a.cfg.Central.URL != "", Log: a.log,
		Streams: func() int64 { return a.server.Streams() },
	}
	for _, m := range machines(a.cfg) {
		o.Devices = append(o.Devices, showroom.DeviceID(m.id))
	}
	if a.broker != nil {
		o.Broker = func() health.Broker {
			c := a.broker.Counters()
			return health.Broker{Clients: c.Clients, Received: c.Received, Dropped: c.Dropped, Denied: c.Denied}
		}
	}
	if len(a.cfg.Tills) > 0 {
		o.Tills = func() health.Tills {
			c := a.tills.Counters()
			return health.Tills{Taken: c.Taken, Duplicates: c.Duplicates, Twice: c.Twice, Foreign: c.Foreign, Dead: c.Dead}
		}
	}
	return o
}

func staffOptions(cfg config.Config, c *clock, log *slog.Logger) staff.Options {
	o := staff.Options{
		StoreName: cfg.Store.Name, Languages: cfg.Store.Languages, Session: cfg.StaffSession,
		Central: cfg.Central.URL != "", Location: location(cfg), Now: c.Now, Log: log,
	}
	for _, p := range cfg.Staff {
		o.People = append(o.People, staff.Person{ID: showroom.StaffID(p.ID), Name: p.Name, Role: staff.Role(p.Role), PINHash: p.PINHash.Reveal()})
	}
	o.Devices = staffDeviceList(cfg)
	return o
}
