package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/thejerf/suture/v4"

	"showroom/agent/gs1"
	"showroom/agent/httpd"
	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
	"showroom/devices/rfid"
	"showroom/devices/rfid/r200"
	"showroom/devices/rfid/zebra"
)

// addDevices gives every configured device a child supervisor of its own: here a kind becomes a constructor and a port meets a
// protocol.
func (a *agent) addDevices(sources *suture.Supervisor) error {
	own, err := gs1.NewPrefixes(a.cfg.Store.CompanyPrefixes)
	if err != nil {
		return fmt.Errorf("read company prefixes: %w", err)
	}
	for _, r := range a.cfg.Readers {
		run, err := a.reader(r, own.Own)
		if err != nil {
			return err
		}
		id := showroom.DeviceID(r.ID)
		child := suture.New("reader "+r.ID, a.spec("reader "+r.ID))
		child.Add(service{name: r.ID, log: a.log, run: func(ctx context.Context) error {
			err := run(ctx)
			if ctx.Err() == nil {
				a.lost(id, err)
			}
			return err
		}})
		sources.Add(child)
	}
	return nil
}

// lost says that a device is not there, with the reason and the advice of whatever failed.
func (a *agent) lost(id showroom.DeviceID, err error) {
	status := devices.Status{Device: id, State: devices.Down, Reason: "not connected", At: time.Now()}
	if known, ok := a.board.Device(id); ok {
		status.LastData, status.Frames = known.LastData, known.Frames
		if known.State == devices.Down && known.Reason != "" {
			status.Reason, status.Advice = known.Reason, known.Advice
		}
	}
	if e, ok := errors.AsType[*devices.Error](err); ok && e.Hint != "" {
		status.Reason, status.Advice = whyNot(err), e.Hint
	}
	a.loop.Status(status)
}

// whyNot is a device's absence in two words.
func whyNot(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "not plugged in"
	case errors.Is(err, fs.ErrPermission):
		return "no permission"
	case errors.Is(err, link.ErrBusy):
		return "port in use"
	}
	return "not connected"
}

// reader answers what runs a reader over one connection.
func (a *agent) reader(r config.Reader, own devices.Own) (func(context.Context) error, error) {
	id := showroom.DeviceID(r.ID)
	switch r.Kind {
	case config.R200:
		region, err := r200.ParseRegion(string(r.Region))
		if err != nil {
			return nil, fmt.Errorf("reader %s: %w", r.ID, err)
		}
		options := r200.Options{
			Device: id, Region: region, Power: uint16(r.Power * 100), Own: own,
			Heartbeat: r.Heartbeat, SilentAfter: r.SilentAfter,
		}
		return func(ctx context.Context) error {
			port, err := link.Open(ctx, link.Options{Device: id, Name: r.Port, Baud: r.Baud})
			if err != nil {
				return err
			}
			defer port.Close()
			return r200.New(options).Run(ctx, port, a.loop)
		}, nil
	case config.ZebraIOTC:
		options := rfid.Options{Device: id, Topic: r.Topic, Own: own, SilentAfter: r.SilentAfter}
		return func(ctx context.Context) error {
			where, err := a.brokerClient(r.ID)
			if err != nil {
				return err
			}
			client, err := mqttlink.Dial(ctx, where)
			if err != nil {
				return err
			}
			defer client.Close()
			return zebra.New(options).Run(ctx, client, a.loop)
		}, nil
	}
	return nil, fmt.Errorf("reader %s: kind %q is not known", r.ID, r.Kind)
}

// brokerClient says how a device's messages are fetched. The client id begins with store/device, to be found in a broker's log.
func (a *agent) brokerClient(device string) (mqttlink.Options, error) {
	o := mqttlink.Options{URL: a.cfg.Broker.URL, ClientID: a.cfg.Store.ID + "/" + device, Username: a.cfg.Broker.Username}
	if a.broker != nil {
		o.URL, o.Username, o.Password = a.broker.URL(), a.inside.Name, a.inside.Password
		return o, nil
	}
	password, err := a.cfg.Broker.Password()
	if err != nil {
		return o, fmt.Errorf("find password of the broker: %w", err)
	}
	o.Password = password.Reveal()
	return o, nil
}

// speaksMQTT says whether any device needs a broker: a shop with serial readers only must not take the port of somebody else's.
func (a *agent) speaksMQTT() bool {
	return slices.ContainsFunc(a.cfg.Readers, func(r config.Reader) bool { return r.Topic != "" })
}

// listenBroker takes the address of the embedded broker. Where users are configured, each may publish what the configured readers
// publish and nothing else, and the agent listens under a name made for this run.
func (a *agent) listenBroker() error {
	o := broker.Options{Listen: a.cfg.Broker.Listen, Log: a.log}
	var topics []string
	for _, r := range a.cfg.Readers {
		if r.Topic != "" {
			topics = append(topics, r.Topic)
		}
	}
	for _, u := range a.cfg.Broker.Users {
		password, err := u.Password()
		if err != nil {
			return fmt.Errorf("find password of broker user %s: %w", u.Name, err)
		}
		o.Users = append(o.Users, broker.User{Name: u.Name, Password: password.Reveal(), Publish: topics})
	}
	if len(o.Users) > 0 {
		a.inside = broker.User{Name: "agent-" + rand.Text(), Password: rand.Text(), Subscribe: topics}
		o.Users = append(o.Users, a.inside)
	}
	b, err := broker.Listen(o)
	if err != nil {
		return fmt.Errorf("%w; set broker.listen to a free port, or embedded to false beside a broker of your own", err)
	}
	a.broker = b
	return nil
}

// deviceList is every device of the configuration with the rooms it watches.
func deviceList(cfg config.Config) []httpd.Device {
	var list []httpd.Device
	for _, r := range cfg.Readers {
		d := httpd.Device{ID: showroom.DeviceID(r.ID), Kind: string(r.Kind)}
		for _, room := range cfg.Rooms {
			if room.Reader == r.ID {
				d.Rooms = append(d.Rooms, showroom.RoomID(room.ID))
			}
		}
		list = append(list, d)
	}
	return list
}
