package app

import (
	"context"
	"fmt"

	"showroom/agent/showroom"
	"showroom/agent/till"
	"showroom/config"
	"showroom/devices/mqttlink"
)

// buildTills makes the use cases of staffed tills and of the shop's security, where there is anything of them.
func (a *agent) buildTills() error {
	cfg := a.cfg
	if a.desks == nil && len(cfg.Tills)+len(cfg.Security) == 0 {
		return nil
	}
	o := till.Options{
		Store: showroom.StoreID(cfg.Store.ID), Tags: a.tags, Language: cfg.Store.Languages[0], Currency: showroom.Currency(cfg.Store.Currency), Clock: a.clock.Now, NewID: newID, Log: a.log,
	}
	for _, t := range cfg.Tills {
		o.Tills = append(o.Tills, showroom.TillID(t.ID))
	}
	for _, s := range cfg.Security {
		key, err := s.Key()
		if err != nil {
			return fmt.Errorf("find key of security device %s: %w", s.ID, err)
		}
		device := till.Security{ID: showroom.DeviceID(s.ID), Topic: s.Topic, Key: []byte(key.Reveal())}
		for _, id := range s.Kiosks {
			device.Kiosks = append(device.Kiosks, showroom.KioskID(id))
		}
		for _, id := range s.Tills {
			device.Tills = append(device.Tills, showroom.TillID(id))
		}
		o.Security = append(o.Security, device)
	}
	var err error
	a.tills, err = till.New(a.db, o)
	return err
}

// addTills has the tills heard. An embedded broker asks for each event by itself; beside another one the agent is a client that
// acknowledges.
func (a *agent) addTills(add func(string, func(context.Context) error)) {
	if a.tills == nil {
		return
	}
	add("tills", a.tills.Run)
	if len(a.cfg.Tills) > 0 {
		add("baskets for tills", a.atBroker("baskets", func(ctx context.Context, c *mqttlink.Client) error { return a.tills.AnswerAll(ctx, c) }))
		if a.broker == nil {
			add("events of tills", a.listenTills)
		}
	}
	for _, s := range a.cfg.Security {
		add("security "+s.ID, a.atBroker(s.ID, func(ctx context.Context, c *mqttlink.Client) error {
			return a.tills.Serve(ctx, showroom.DeviceID(s.ID), c)
		}))
	}
}

// atBroker does something over a connection of its own to the broker.
func (a *agent) atBroker(name string, do func(context.Context, *mqttlink.Client) error) func(context.Context) error {
	return func(ctx context.Context) error {
		where, err := a.brokerClient(name)
		if err != nil {
			return err
		}
		c, err := mqttlink.Dial(ctx, where)
		if err != nil {
			return err
		}
		defer c.Close()
		return do(ctx, c)
	}
}

// listenTills takes events from a broker beside the agent, over one connection.
func (a *agent) listenTills(ctx context.Context) error {
	where, err := a.brokerClient("tills")
	if err != nil {
		return err
	}
	where.Queue = till.Backlog
	c, events, err := mqttlink.DialEvents(ctx, where, a.tills.EventTopics())
	if err != nil {
		return err
	}
	defer c.Close()
	return a.tills.Listen(ctx, events)
}

// tillTopics are the filters of what tills and security devices publish, and of what they are told.
func tillTopics(cfg config.Config) (heard, told []string) {
	if len(cfg.Tills) > 0 { // also of a till that is not configured: what it says is kept as a dead letter
		all := "showroom/v1/" + cfg.Store.ID + "/pos/+"
		heard, told = append(heard, all+"/event", all+"/basket/ask"), append(told, all+"/basket/answer")
	}
	for _, s := range cfg.Security {
		heard, told = append(heard, s.Topic+"/result"), append(told, s.Topic+"/command")
	}
	return heard, told
}
