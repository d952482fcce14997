package app

import (
	"context"
	"slices"

	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
)

// callRoll notices at somebody else's broker which gateways say that they are there. At the embedded one everybody is noticed.
func (a *agent) callRoll(ctx context.Context) error {
	where, err := a.brokerClient("roll-call")
	if err != nil {
		return err
	}
	client, err := mqttlink.Dial(ctx, where)
	if err != nil {
		return err
	}
	defer client.Close()
	heard := topics(a.cfg)
	ours := func(topic string) bool {
		return slices.ContainsFunc(heard, func(filter string) bool { return broker.Covers(filter, topic) })
	}
	return mqttlink.CallRoll(ctx, client, ours, &a.strangers)
}
