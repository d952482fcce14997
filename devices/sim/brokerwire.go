package sim

import (
	"context"
	"fmt"
	"os"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/mqttlink"
)

// BrokerWire is a device that publishes to a broker by itself; S is what it has to tell. A broker that goes away is tried again for
// as long as the device has power. When it loses its power nobody says goodbye to the broker.
//
// Tell and Suffer may be called from any goroutine; Plug and Unplug from one at a time.
type BrokerWire[S any] struct {
	id       showroom.DeviceID
	broker   string
	firmware func() publisher[S]
	// said is what the device has to tell and has not published. What finds it full is lost.
	said   chan S
	mood   mood
	unplug func() // ends what Plug has begun and waits for it; nil while unplugged
}

// publisher is what runs in a device that publishes, for one connection.
type publisher[S any] interface {
	// will is what the broker is to say when the device is gone; nil for nothing.
	will() *mqttlink.Will
	// hello is its first words.
	hello(at time.Time) []publication
	// beat is its sign of life, said every so often; nothing is ever said when that is 0.
	beat(at time.Time) []publication
	every() time.Duration
	// tell is what it says of s.
	tell(s S) []publication
}

// publication is one message to the broker.
type publication struct {
	topic    string
	payload  []byte
	retained bool
}

// slack is how much a device keeps that it has not published yet.
const slack = 64

func newBrokerWire[S any](id showroom.DeviceID, broker string, firmware func() publisher[S]) *BrokerWire[S] {
	return &BrokerWire[S]{id: id, broker: broker, firmware: firmware, said: make(chan S, slack)}
}

// NewReaderWire makes the wire of a reader that publishes, of kind Zebra, Impinj or Template; broker is a URL for mqttlink. It is
// not plugged.
func NewReaderWire(r Reader, broker string) *BrokerWire[Round] {
	return newBrokerWire(r.ID, broker, func() publisher[Round] {
		switch r.Kind {
		case Impinj:
			return impinjReader{r}
		case Template:
			return mappedReader{r}
		}
		return &zebraReader{Reader: r, mac: mac(r.ID)}
	})
}

// NewGatewayWire makes the wire of a gateway. What it publishes under is g.Topic:
//
//	omg, theengs   BTtoMQTT, SYStoMQTT and LWT behind it
//	espresense     devices/+/ID and rooms/ID/+ behind it
//	minew          itself
//	ruuvi          the address of a radio and gw_status behind it
//
// It is not plugged.
func NewGatewayWire(g Gateway, broker string) *BrokerWire[[]Advert] {
	return newBrokerWire(g.ID, broker, func() publisher[[]Advert] { return newGatewayFirmware(g) })
}

// Plug gives the device power. It does not wait for the broker. Plugging twice does nothing.
func (w *BrokerWire[S]) Plug() error {
	if w.unplug != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.run(ctx)
	}()
	w.unplug = func() { cancel(); <-done }
	return nil
}

// Unplug takes the device's power. It is silent when Unplug returns.
func (w *BrokerWire[S]) Unplug() {
	if w.unplug != nil {
		w.unplug()
		w.unplug = nil
	}
}

// Tell is what the device has read or heard. It never blocks.
func (w *BrokerWire[S]) Tell(s S) {
	select {
	case w.said <- s:
	default:
	}
}

// Suffer begins a trouble for d, until told off when d is 0, or ends all with Well. It answers false when the device has no word
// for it. With WeakPower it is off.
func (w *BrokerWire[S]) Suffer(t Trouble, d time.Duration) bool {
	return w.mood.take(t, d, []Trouble{WeakPower})
}

// callAgain is how long a device waits before it tries a broker again.
const callAgain = 500 * time.Millisecond

func (w *BrokerWire[S]) run(ctx context.Context) {
	for ctx.Err() == nil {
		if !w.mood.has(WeakPower) {
			w.connect(ctx)
		}
		select {
		case <-ctx.Done():
		case <-time.After(callAgain):
		}
	}
}

func (w *BrokerWire[S]) connect(ctx context.Context) {
	p := w.firmware()
	client, err := mqttlink.Dial(ctx, mqttlink.Options{
		URL: w.broker, ClientID: fmt.Sprintf("sim-%s-%d", w.id, os.Getpid()), Will: p.will(),
	})
	if err != nil {
		return
	}
	w.publish(ctx, client, p)
	client.Abort()
}

// publish lives for one connection.
func (w *BrokerWire[S]) publish(ctx context.Context, client *mqttlink.Client, p publisher[S]) {
	var beats <-chan time.Time // nil, which never beats
	if every := p.every(); every > 0 {
		t := time.NewTicker(every)
		defer t.Stop()
		beats = t.C
	}
	power := time.NewTicker(look)
	defer power.Stop()
	w.forget()
	err := w.say(ctx, client, p.hello(time.Now()))
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-client.Lost():
			return
		case at := <-beats:
			err = w.say(ctx, client, p.beat(at))
		case s := <-w.said:
			err = w.say(ctx, client, p.tell(s))
		case <-power.C:
			if w.mood.has(WeakPower) {
				return
			}
		}
	}
}

func (w *BrokerWire[S]) say(ctx context.Context, client *mqttlink.Client, all []publication) error {
	for _, p := range all {
		if w.mood.has(Mute) {
			return nil
		}
		if !p.retained && w.mood.has(Garbled) {
			p.payload = append(p.payload[:len(p.payload)/2:len(p.payload)/2], garble(nil)...)
		}
		if err := client.Publish(ctx, p.topic, 0, p.retained, p.payload); err != nil {
			return err
		}
	}
	return nil
}

// forget drops what there was to tell while there was no broker.
func (w *BrokerWire[S]) forget() {
	for {
		select {
		case <-w.said:
		default:
			return
		}
	}
}
