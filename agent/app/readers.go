package app

import (
	"context"
	"fmt"
	"os"
	"strings"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/mqttlink"
	"showroom/devices/rfid"
	"showroom/devices/rfid/impinj"
	"showroom/devices/rfid/llrp"
	"showroom/devices/rfid/r200"
	"showroom/devices/rfid/r2000"
	"showroom/devices/rfid/template"
	"showroom/devices/rfid/thingmagic"
	"showroom/devices/rfid/zebra"
)

// reader answers what serves a reader over one connection.
func (a *agent) reader(r config.Reader) (func(context.Context) error, error) {
	var (
		run func(context.Context) error
		err error
	)
	switch {
	case r.Kind.Serial():
		run, err = a.serialReader(r)
	case r.Kind == config.LLRP:
		run = a.llrpReader(r)
	case r.Kind.MQTT():
		run, err = a.mqttReader(r)
	default:
		err = fmt.Errorf("kind %q is not known", r.Kind)
	}
	if err != nil {
		return nil, fmt.Errorf("reader %s: %w", r.ID, err)
	}
	return run, nil
}

// own is what a reader asks of each tag. One that reads nothing but the tray of a checkout has the checkout told of what is not the
// shop's: it may have come back.
func (a *agent) own(r config.Reader) devices.Own {
	if !a.cfg.TrayOnly(r.ID) || a.desks == nil {
		return a.tags.Own
	}
	return func(epc gs1.EPC) bool {
		own := a.tags.Own(epc)
		if !own {
			a.desks.Shown(showroom.DeviceID(r.ID), epc)
		}
		return own
	}
}

func (a *agent) serialReader(r config.Reader) (func(context.Context) error, error) {
	id, feed := showroom.DeviceID(r.ID), a.feed(r.ID)
	power, antennas := uint16(r.Power.Hundredths()), a.cfg.AntennasOf(r.ID)
	port := a.port(r.ID, r.Port, r.Baud)
	switch r.Kind {
	case config.ThingMagic:
		region, err := thingmagic.ParseRegion(string(r.Region))
		if err != nil {
			return nil, err
		}
		o := thingmagic.Options{
			Device: id, Region: region, Power: power, Own: a.own(r), Heartbeat: r.Heartbeat, SilentAfter: r.SilentAfter,
			Antennas: len(antennas), // numbered from 1 without a gap, or the configuration is refused
		}
		return overPort(port, func(ctx context.Context, p *link.Port) error { return thingmagic.New(o).Run(ctx, p, feed) }), nil
	case config.R2000:
		region, err := r2000.ParseRegion(string(r.Region))
		if err != nil {
			return nil, err
		}
		o := r2000.Options{Device: id, Region: region, Power: power, Own: a.own(r), SilentAfter: r.SilentAfter, Antennas: antennas}
		return overPort(port, func(ctx context.Context, p *link.Port) error { return r2000.New(o).Run(ctx, p, feed) }), nil
	}
	region, err := r200.ParseRegion(string(r.Region))
	if err != nil {
		return nil, err
	}
	o := r200.Options{Device: id, Region: region, Power: power, Own: a.own(r), Heartbeat: r.Heartbeat, SilentAfter: r.SilentAfter}
	return overPort(port, func(ctx context.Context, p *link.Port) error { return r200.New(o).Run(ctx, p, feed) }), nil
}

func (a *agent) llrpReader(r config.Reader) func(context.Context) error {
	id, feed := showroom.DeviceID(r.ID), a.feed(r.ID)
	o := llrp.Options{
		Device: id, Antennas: a.cfg.AntennasOf(r.ID), Power: r.Power.Hundredths(), Own: a.own(r),
		Heartbeat: r.Heartbeat, SilentAfter: r.SilentAfter,
	}
	port := a.port(r.ID, withPort(r.Port, "5084"), 0)
	return overPort(port, func(ctx context.Context, p *link.Port) error { return llrp.New(o).Run(ctx, p, feed) })
}

// withPort adds the port that tcp://host may leave out.
func withPort(address, port string) string {
	host := strings.TrimPrefix(address, "tcp://")
	if strings.HasSuffix(host, "]") || !strings.Contains(host, ":") {
		return address + ":" + port
	}
	return address
}

func (a *agent) mqttReader(r config.Reader) (func(context.Context) error, error) {
	feed := a.feed(r.ID)
	o := rfid.Options{
		Device: showroom.DeviceID(r.ID), Topic: r.Topic, Own: a.own(r), SilentAfter: r.SilentAfter, Heartbeats: r.Heartbeat > 0,
	}
	make := zebra.New
	switch r.Kind {
	case config.Impinj:
		make = impinj.New
	case config.Template:
		t, err := readTemplate(r.Template)
		if err != nil {
			return nil, err
		}
		make = func(o rfid.Options) *rfid.Reader { return template.New(o, t) }
	}
	return a.overBroker(r.ID, func(ctx context.Context, c *mqttlink.Client) error { return make(o).Run(ctx, c, feed) }), nil
}

func readTemplate(file string) (*template.Template, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	t, err := template.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("template %s:\n%w", file, err)
	}
	return t, nil
}
