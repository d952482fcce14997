package mqttlink

import (
	"context"
	"path"
	"sync"

	"showroom/devices"
)

// statusTopics are where Bluetooth gateways say that they are there, and nothing else: OpenMQTTGateway and Theengs, ESPresense, Ruuvi.
// Minew's say it among what they hear, which is nobody's to listen to.
func statusTopics() []string {
	return []string{"home/+/LWT", "espresense/rooms/+/status", "ruuvi/+/gw_status"}
}

// CallRoll listens to who says at somebody else's broker that they are there, until ctx ends or the connection is lost, and notes those
// that are not ours. What they say is not looked at. Most of it was kept by the broker for whoever comes later, and tells that the
// gateway has been there once. Close the Client afterwards.
func CallRoll(ctx context.Context, c *Client, ours func(topic string) bool, strangers *devices.Strangers) error {
	here := make(chan devices.Message) // every message is waited for; those that queue up meanwhile are in the subscriptions
	until, stop := context.WithCancel(ctx)
	var passing sync.WaitGroup
	defer passing.Wait()
	defer stop()
	for _, topic := range statusTopics() {
		messages, err := c.Subscribe(ctx, topic)
		if err != nil {
			return err
		}
		passing.Go(func() { pass(until, messages, here) })
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.Lost():
			return &devices.Error{Op: "listen to who is there", Err: c.Err()}
		case m := <-here:
			if !ours(m.Topic) {
				strangers.Note(devices.StrangerUnknown, "broker", "", path.Dir(m.Topic), m.At)
			}
		}
	}
}

// pass hands messages on until there are no more or ctx ends.
func pass(ctx context.Context, from <-chan devices.Message, to chan<- devices.Message) {
	for {
		select {
		case <-ctx.Done():
			return
		case m, more := <-from:
			if !more {
				return
			}
			select {
			case to <- m:
			case <-ctx.Done():
				return
			}
		}
	}
}
