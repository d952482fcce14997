package broker_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"showroom/devices"
	"showroom/devices/mqttlink/broker"
)

// noticed waits until the list is as wanted.
func noticed(t *testing.T, s *devices.Strangers, want []devices.Stranger) {
	t.Helper()
	diff := ""
	for late := time.Now().Add(patience); time.Now().Before(late); <-time.After(time.Millisecond) {
		if diff = cmp.Diff(want, s.List(), cmpopts.IgnoreFields(devices.Stranger{}, "First", "Last"), cmpopts.EquateEmpty()); diff == "" {
			return
		}
	}
	t.Errorf("strangers (-want +got):\n%s", diff)
}

func TestWhoPublishesElsewhereIsAStranger(t *testing.T) {
	var strangers devices.Strangers
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Ours: []string{"ziotc/r1/#", "home/OMG_1/#"}, Strangers: &strangers})
	reader, err := dial(t, b, "reader", "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"ziotc/r1/tags", "home/OMG_1/BTtoMQTT/AABBCCDDEEFF", "home/OMG_2/BTtoMQTT/AABBCCDDEEFF", "home/OMG_2/LWT"} {
		if err := reader.Publish(t.Context(), topic, 1, false, []byte("secret")); err != nil {
			t.Fatal(err)
		}
	}
	noticed(t, &strangers, []devices.Stranger{{Kind: devices.StrangerUnknown, Via: "broker", Name: "reader", Topic: "home/OMG_2", Clients: 1, Count: 2}})
}

func TestWhoIsRefusedIsAStranger(t *testing.T) {
	var strangers devices.Strangers
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Strangers: &strangers, Users: []broker.User{{Name: "r1", Password: "x", Publish: []string{"ziotc/r1/#"}}}})
	reader, err := dial(t, b, "reader", "r1", "x")
	if err != nil {
		t.Fatal(err)
	}
	// Somebody without a password must not throw out who has one.
	if _, err := dial(t, b, "reader", "r1", "guess"); err == nil {
		t.Fatal("let in")
	}
	if err := reader.Publish(t.Context(), "ziotc/r2/tags", 0, false, nil); err != nil {
		t.Fatal(err)
	}
	noticed(t, &strangers, []devices.Stranger{
		{Kind: devices.StrangerRefused, Via: "broker", Name: "reader", Count: 1},
		{Kind: devices.StrangerRefused, Via: "broker", Name: "reader", Topic: "ziotc/r2", Count: 1},
	})
	if reader.Err() != nil {
		t.Errorf("the reader was thrown out: %v", reader.Err())
	}
}

func TestTheSecondUnderANameIsARival(t *testing.T) {
	var strangers devices.Strangers
	b := run(t, broker.Options{Listen: "127.0.0.1:0", Strangers: &strangers})
	for range 5 { // who goes and comes back is none
		c, err := dial(t, b, "kadikoy/fr1", "", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	noticed(t, &strangers, nil)
	first, err := dial(t, b, "kadikoy/fr1", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dial(t, b, "kadikoy/fr1", "", ""); err != nil {
		t.Fatal(err)
	}
	select {
	case <-first.Lost():
	case <-time.After(patience):
		t.Error("two clients go by one name")
	}
	noticed(t, &strangers, []devices.Stranger{{Kind: devices.StrangerRival, Via: "broker", Name: "kadikoy/fr1", Count: 1}})
}
