package app

import (
	"context"

	"showroom/agent/showroom"
	"showroom/config"
	"showroom/devices/ble/gateway"
	"showroom/devices/mqttlink"
)

// gateway answers what serves a Bluetooth gateway over one connection. Each connection has a privacy filter of its own.
func (a *agent) gateway(g config.Gateway) func(context.Context) error {
	feed := a.feed(g.ID)
	o := gateway.Options{
		Device: showroom.DeviceID(g.ID), Format: gateway.Format(g.Format), Topic: g.Topic, Health: g.Health, Name: g.Name,
		SilentAfter: g.SilentAfter,
	}
	return a.overBroker(g.ID, func(ctx context.Context, c *mqttlink.Client) error {
		o := o
		o.Filter = a.tags.Filter()
		listener, err := gateway.NewListener(o)
		if err != nil {
			return err
		}
		return listener.Run(ctx, c, feed)
	})
}
