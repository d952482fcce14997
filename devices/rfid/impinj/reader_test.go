package impinj_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/devicetest"
	"showroom/devices/rfid"
	"showroom/devices/rfid/impinj"
)

const tag = `{"eventType":"tagInventory","tagInventoryEvent":{` + epc64 + `,"antennaPort":2,"peakRssiCdbm":-5000}}`

func TestConformanceOverBroker(t *testing.T) {
	devicetest.Run(t, func(t *testing.T) devicetest.Bench {
		b, sub := devicetest.OverBroker(t, "impinj/r1/events")
		driver := impinj.New(rfid.Options{Device: "r1", Topic: "impinj/r1/#", SilentAfter: devicetest.Silence})
		b.Run = func(ctx context.Context, feed *devicetest.Feed) error { return driver.Run(ctx, sub, feed) }
		b.Tag = []byte(tag)
		b.Half = []byte(tag[:len(tag)/2])
		b.Alive = []byte(`{"eventType":"inventoryStatus","inventoryStatusEvent":{"inventoryStatus":"running"}}`)
		return b
	})
}

// subscriber is a function as an rfid.Subscriber.
type subscriber func(ctx context.Context, filter string) (<-chan devices.Message, error)

func (f subscriber) Subscribe(ctx context.Context, filter string) (<-chan devices.Message, error) {
	return f(ctx, filter)
}

func TestWhatAMessageBecomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own, err := gs1.ParseEPC("3034257BF7194E4000001A85")
		if err != nil {
			t.Fatal(err)
		}
		var feed devicetest.Feed
		messages := make(chan devices.Message, 16)
		say := func(retained bool, payload string) {
			messages <- devices.Message{Payload: []byte(payload), Retained: retained, At: time.Now()}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			reader := impinj.New(rfid.Options{Device: "r1", Topic: "#", Own: func(e gs1.EPC) bool { return e == own }})
			_ = reader.Run(ctx, subscriber(func(context.Context, string) (<-chan devices.Message, error) { return messages, nil }), &feed)
		}()
		say(false, tag)
		say(true, tag)
		say(false, `{"tagInventoryEvent":{"epcHex":"E2003411B802011383257C3D"}}`)
		say(false, `{"tagInventoryEvent":{`+epcHex+`,"pc":"KaA="}}`)
		say(false, `{"timestamp":"`+time.Now().Add(-time.Hour).Format(time.RFC3339Nano)+`","tagInventoryEvent":{`+epcHex+`}}`)
		say(false, `not json`)
		<-time.After(2 * time.Second)
		synctest.Wait()
		want := devices.Frames{Good: 4, Bad: 1, Foreign: 2, Stale: 2}
		if got := feed.Last(); got.Frames != want || got.State != devices.Up {
			t.Errorf("status %+v, want up with %+v", got, want)
		}
		tags := feed.Tags()
		if len(tags) != 1 || tags[0].EPC != own || tags[0].Antenna != 2 || tags[0].RSSI != devices.DBm(-50) {
			t.Errorf("reads %+v, want the shop's one", tags)
		}
		// A room may be empty for longer than a heartbeat.
		<-time.After(5 * time.Minute)
		synctest.Wait()
		if s := feed.Last().State; s != devices.Up {
			t.Errorf("state %v in an empty room, want up", s)
		}
		cancel()
		<-done
	})
}
