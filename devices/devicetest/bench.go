package devicetest

import (
	"context"
	"io"
	"sync"
	"testing"

	"showroom/devices"
	"showroom/devices/mqttlink"
)

// OverPort is the half of a Bench that does not depend on the driver: a device at the far end of a port, who listens to nobody and
// says what the test wants.
func OverPort(t *testing.T, far io.ReadWriteCloser) Bench {
	t.Helper()
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		_, _ = io.Copy(io.Discard, far)
	}()
	t.Cleanup(func() { _ = far.Close(); <-heard })
	return Bench{
		Say: func(p []byte) {
			if _, err := far.Write(p); err != nil {
				t.Errorf("say: %v", err)
			}
		},
		Unplug: func() { _ = far.Close() },
	}
}

// OverBroker is the half of a Bench that does not depend on the driver: a device that publishes what the test wants under a topic,
// and the driver's side of the broker.
func OverBroker(t *testing.T, topic string) (Bench, *Subscriber) {
	t.Helper()
	b, stop := Broker(t)
	sub, device := &Subscriber{client: Dial(t, b, "agent"), ready: make(chan struct{})}, Dial(t, b, "device")
	return Bench{
		Say: func(p []byte) {
			<-sub.ready // what is published before the subscription would be lost
			if err := device.Publish(t.Context(), topic, 1, false, p); err != nil {
				t.Errorf("say: %v", err)
			}
		},
		Unplug:  stop,
		Garbage: []byte("not a word of sense"),
		Lossy:   true,
	}, sub
}

// Subscriber is a driver's side of a broker.
type Subscriber struct {
	client *mqttlink.Client
	ready  chan struct{} // closed by the first subscription
	once   sync.Once
}

// Subscribe subscribes as mqttlink.Client does.
func (s *Subscriber) Subscribe(ctx context.Context, filter string) (<-chan devices.Message, error) {
	defer s.once.Do(func() { close(s.ready) })
	return s.client.Subscribe(ctx, filter)
}
