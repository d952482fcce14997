package broker_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/mqttlink/broker"
)

func TestAnEventIsAcknowledgedOnceItIsDurable(t *testing.T) {
	came, answers := make(chan devices.Message, 4), make(chan error) // came: the four below at most
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Events: []string{"pos/+/event"}, Take: func(ctx context.Context, m devices.Message) error {
		came <- m
		select {
		case err := <-answers:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}})
	till, err := dial(t, b, "till", "", "")
	if err != nil {
		t.Fatal(err)
	}
	published := make(chan error, 1)
	go func() { published <- till.Publish(t.Context(), "pos/k1/event", 1, false, []byte("sold")) }()
	if m := <-came; m.Topic != "pos/k1/event" || string(m.Payload) != "sold" || m.At.IsZero() {
		t.Errorf("came %+v", m)
	}
	// Others are not kept waiting meanwhile.
	other, err := dial(t, b, "other", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Publish(t.Context(), "ziotc/r1/data", 1, false, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-published:
		t.Fatalf("acknowledged before it was durable: %v", err)
	default:
	}
	answers <- nil
	if err := <-published; err != nil {
		t.Fatal(err)
	}

	// What can not be made durable is never acknowledged, and whoever published it is told by a hang-up.
	go func() { published <- till.Publish(t.Context(), "pos/k1/event", 1, false, []byte("sold")) }()
	<-came
	answers <- errors.New("disk full")
	if err := <-published; err == nil {
		t.Error("what was not taken was acknowledged")
	}
	<-till.Lost()
}

func TestAClosedBrokerWaitsForNoEvent(t *testing.T) {
	came := make(chan struct{}, 1) // the one below
	b, err := broker.Listen(broker.Options{Listen: "127.0.0.1:0", Events: []string{"pos/#"}, Take: func(ctx context.Context, _ devices.Message) error {
		came <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1) // one result
	go func() { ended <- b.Run(ctx) }()
	till, err := dial(t, b, "till", "", "")
	if err != nil {
		t.Fatal(err)
	}
	published := make(chan error, 1)
	go func() { published <- till.Publish(t.Context(), "pos/k1/event", 1, false, nil) }()
	<-came
	cancel()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("the broker waits for an event")
	}
	if err := <-published; err == nil {
		t.Error("an event nobody took was acknowledged")
	}
}
