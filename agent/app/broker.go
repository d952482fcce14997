package app

import (
	"crypto/rand"
	"fmt"
	"slices"

	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
)

// brokerClient says how a device's messages are fetched. The client id begins with store/device, to be found in a broker's log.
func (a *agent) brokerClient(device string) (mqttlink.Options, error) {
	o := mqttlink.Options{
		URL: a.cfg.Broker.URL, ClientID: a.cfg.Store.ID + "/" + device, Username: a.cfg.Broker.Username,
		Rivals: &a.rivals, Tap: a.captures.Tap(showroom.DeviceID(device)).Message,
	}
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
	return len(topics(a.cfg)) > 0
}

// topics are the filters of everything the configured devices publish.
func topics(cfg config.Config) []string {
	var filters []string
	add := func(filter string) {
		if filter != "" {
			filters = append(filters, filter)
		}
	}
	for _, r := range cfg.Readers {
		add(r.Topic)
	}
	for _, g := range cfg.Gateways {
		add(g.Topic)
		add(g.Health)
	}
	heard, _ := tillTopics(cfg)
	return append(filters, heard...)
}

// listenBroker takes the address of the embedded broker. Where users are configured, each may publish what the configured devices
// publish, hear what tills and security devices are told and nothing else; the agent speaks under a name made for this run.
func (a *agent) listenBroker() error {
	heard := topics(a.cfg)
	_, told := tillTopics(a.cfg)
	o := broker.Options{Listen: a.cfg.Broker.Listen, Ours: slices.Concat(heard, told), Strangers: &a.strangers, Log: a.log}
	if len(a.cfg.Tills) > 0 {
		o.Events, o.Take = []string{a.tills.EventTopics()}, a.tills.Take
	}
	for _, u := range a.cfg.Broker.Users {
		password, err := u.Password()
		if err != nil {
			return fmt.Errorf("find password of broker user %s: %w", u.Name, err)
		}
		o.Users = append(o.Users, broker.User{Name: u.Name, Password: password.Reveal(), Publish: heard, Subscribe: told})
	}
	if len(o.Users) > 0 {
		a.inside = broker.User{Name: "agent-" + rand.Text(), Password: rand.Text(), Publish: told, Subscribe: heard}
		o.Users = append(o.Users, a.inside)
	}
	b, err := broker.Listen(o)
	if err != nil {
		return fmt.Errorf("%w; set broker.listen to a free port, or embedded to false beside a broker of your own", err)
	}
	a.broker, a.rivals.Certain = b, b.TakenOver
	return nil
}
