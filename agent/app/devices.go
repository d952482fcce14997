package app

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/thejerf/suture/v4"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/link"
	"showroom/devices/mqttlink"
)

// source is one configured device.
type source struct {
	id   showroom.DeviceID
	sort string // "reader", "gateway", "scanner", "settler" or "printer"
	// run serves the device over one connection.
	run func(context.Context) error
}

// addDevices gives every configured device a child supervisor of its own: what one does slows no other.
func (a *agent) addDevices(sources *suture.Supervisor) error {
	all, err := a.sources()
	if err != nil {
		return err
	}
	for _, s := range all {
		a.say(s.id, devices.Down, notYet, "")
		name := s.sort + " " + string(s.id)
		child := suture.New(name, a.spec(name))
		child.Add(service{name: string(s.id), log: a.log, run: func(ctx context.Context) error {
			err := s.run(ctx)
			if ctx.Err() == nil {
				a.lost(s.id, err)
			}
			return err
		}})
		sources.Add(child)
	}
	return nil
}

// sources are all configured devices: here a kind becomes a constructor.
func (a *agent) sources() ([]source, error) {
	var all []source
	for _, r := range a.cfg.Readers {
		run, err := a.reader(r)
		if err != nil {
			return nil, err
		}
		all = append(all, source{showroom.DeviceID(r.ID), "reader", run})
	}
	for _, g := range a.cfg.Gateways {
		all = append(all, source{showroom.DeviceID(g.ID), "gateway", a.gateway(g)})
	}
	for _, s := range a.cfg.Scanners {
		all = append(all, source{showroom.DeviceID(s.ID), "scanner", a.scanner(s)})
	}
	return append(all, a.counters...), nil
}

// port says how a device's port is opened.
func (a *agent) port(id, name string, baud int) link.Options {
	device := showroom.DeviceID(id)
	return link.Options{Device: device, Name: name, Baud: baud, Tap: a.captures.Tap(device)}
}

// overPort serves a device over a port that is opened for it.
func overPort(o link.Options, drive func(context.Context, *link.Port) error) func(context.Context) error {
	return func(ctx context.Context) error {
		port, err := link.Open(ctx, o)
		if err != nil {
			return unreachable{err}
		}
		defer port.Close()
		return drive(ctx, port)
	}
}

// overBroker serves a device over a connection of its own to the broker.
func (a *agent) overBroker(id string, drive func(context.Context, *mqttlink.Client) error) func(context.Context) error {
	return func(ctx context.Context) error {
		where, err := a.brokerClient(id)
		if err != nil {
			return unreachable{err}
		}
		client, err := mqttlink.Dial(ctx, where)
		if err != nil {
			return unreachable{err}
		}
		defer client.Close()
		if known, _ := a.board.Device(showroom.DeviceID(id)); known.State != devices.Fault {
			a.say(showroom.DeviceID(id), devices.Down, nothingYet, "The broker is reached. Check that the device is on, and that it publishes under the topic of the configuration.")
		}
		err = drive(ctx, client)
		if lost := client.Err(); errors.Is(lost, mqttlink.ErrTakenOver) {
			return lost
		}
		return err
	}
}

// nothingYet is the reason of a device that may be there: the broker does not tell.
const nothingYet = "nothing heard yet"

// notYet is the reason of a device that nobody has tried to reach.
const notYet = "not connected yet"

// unreachable is why there was no connection to a device. Once there is one its driver has the last word, and knows more.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }

// lost says that a device is not there, with the reason and the advice of whatever failed.
func (a *agent) lost(id showroom.DeviceID, err error) {
	e, advised := errors.AsType[*devices.Error](err)
	if advised && errors.Is(err, mqttlink.ErrTakenOver) {
		a.say(id, devices.Fault, "name taken", e.Hint)
		return
	}
	known, _ := a.board.Device(id)
	_, never := errors.AsType[unreachable](err)
	said := known.Reason != notYet && known.Reason != nothingYet && known.State != devices.Up
	if !never && said {
		return
	}
	if advised {
		a.say(id, devices.Down, whyNot(err), e.Hint)
		return
	}
	a.say(id, devices.Down, whyNot(err), err.Error()+".")
}

// say replaces the state of a device and keeps its figures.
func (a *agent) say(id showroom.DeviceID, state devices.State, reason, advice string) {
	known, _ := a.board.Device(id)
	a.feed(string(id)).Status(devices.Status{Device: id, State: state, Reason: reason, Advice: advice, At: time.Now(), LastData: known.LastData, Frames: known.Frames})
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

// watchStrangers looks for serial ports that are plugged in and that no device of the configuration names, and puts them on the board
// with whoever else was noticed at the broker.
func (a *agent) watchStrangers(ctx context.Context) error {
	const every = 10 * time.Second
	var names []string
	for _, r := range a.cfg.Readers {
		names = append(names, r.Port)
	}
	for _, s := range a.cfg.Scanners {
		names = append(names, s.Port)
	}
	for _, s := range a.cfg.Settlers {
		names = append(names, s.Port)
	}
	for _, p := range a.cfg.Printers {
		names = append(names, p.Port)
	}
	var strays link.Strays
	for {
		for _, f := range strays.Look("", names) {
			a.strangers.Note(devices.StrangerUnknown, "serial port", f.String(), "", time.Now())
		}
		a.board.SetStrangers(nameless(a.strangers.List()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}
