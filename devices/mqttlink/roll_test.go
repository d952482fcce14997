package mqttlink_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/mqttlink"
)

func TestTheRollNamesWhoIsNotOurs(t *testing.T) {
	b, stop := devicetest.Broker(t)
	gateways := devicetest.Dial(t, b, "gateways")
	said := []string{"home/OMG_1/LWT", "home/OMG_2/LWT", "home/OMG_2/BTtoMQTT/AABBCCDDEEFF", "espresense/rooms/hall/status", "ruuvi/C8:25/gw_status", "ruuvi/C8:25/F4:1F"}
	for _, topic := range said {
		if err := gateways.Publish(t.Context(), topic, 1, true, []byte("online")); err != nil {
			t.Fatal(err)
		}
	}
	var strangers devices.Strangers
	ended := make(chan error, 1) // one result
	ours := func(topic string) bool { return strings.HasPrefix(topic, "home/OMG_1/") }
	c := devicetest.Dial(t, b, "roll-call")
	go func() { ended <- mqttlink.CallRoll(t.Context(), c, ours, &strangers) }()
	for late := time.After(patience); len(strangers.List()) < 3; {
		select {
		case err := <-ended:
			t.Fatalf("ended by %v", err)
		case <-late:
			t.Fatalf("noticed %+v", strangers.List())
		case <-time.After(time.Millisecond):
		}
	}
	for i, topic := range []string{"espresense/rooms/hall", "home/OMG_2", "ruuvi/C8:25"} {
		if got := strangers.List()[i]; got.Topic != topic || got.Count != 1 {
			t.Errorf("%+v instead of %s", got, topic)
		}
	}
	stop()
	select {
	case err := <-ended:
		if !errors.Is(err, mqttlink.ErrLost) {
			t.Errorf("ended by %v", err)
		}
	case <-time.After(patience):
		t.Error("it outlives the broker")
	}
}

func TestTheRollEndsWithItsContext(t *testing.T) {
	b, _ := devicetest.Broker(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1) // one result
	c := devicetest.Dial(t, b, "roll-call")
	go func() { ended <- mqttlink.CallRoll(ctx, c, func(string) bool { return true }, &devices.Strangers{}) }()
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended by %v", err)
		}
	case <-time.After(patience):
		t.Error("it does not end")
	}
}
