package app

import (
	"context"
	"slices"

	"showroom/agent/pan"
	"showroom/devices"
	"showroom/devices/mqttlink"
	"showroom/devices/mqttlink/broker"
)

// nameless hides the card numbers in what strangers call themselves and where they speak. It changes the list.
func nameless(list []devices.Stranger) []devices.Stranger {
	for i := range list {
		list[i].Name, list[i].Topic = pan.Mask(list[i].Name), pan.Mask(list[i].Topic)
	}
	return list
}

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
