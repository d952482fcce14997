package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/mqttlink"
)

// ZebraWire is a fixed reader that publishes to a broker by itself, as Zebra's IoT Connector does: tags under TOPIC/data, signs
// of life under TOPIC/mgmt. A broker that goes away is tried again for as long as the reader has power.
//
// Round may be called from any goroutine; Plug and Unplug from one at a time.
type ZebraWire struct {
	reader Reader
	broker string
	// rounds is what has been read and not been published. A round that finds it full is lost.
	rounds chan Round
	unplug func() // ends what Plug has begun and waits for it; nil while unplugged
}

// NewZebraWire makes the wire of a reader; broker is a URL for mqttlink. It is not plugged.
func NewZebraWire(r Reader, broker string) *ZebraWire {
	return &ZebraWire{reader: r, broker: broker, rounds: make(chan Round, 64)}
}

// Plug gives the reader power. It does not wait for the broker. Plugging twice does nothing.
func (w *ZebraWire) Plug() error {
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

// Unplug takes the reader's power. It is silent when Unplug returns.
func (w *ZebraWire) Unplug() {
	if w.unplug != nil {
		w.unplug()
		w.unplug = nil
	}
}

// Round is what the reader has read. It never blocks.
func (w *ZebraWire) Round(r Round) {
	select {
	case w.rounds <- r:
	default:
	}
}

// callAgain is how long the reader waits before it tries a broker again.
const callAgain = 500 * time.Millisecond

func (w *ZebraWire) run(ctx context.Context) {
	for ctx.Err() == nil {
		client, err := mqttlink.Dial(ctx, mqttlink.Options{URL: w.broker, ClientID: fmt.Sprintf("sim-%s-%d", w.reader.ID, os.Getpid())})
		if err == nil {
			w.publish(ctx, client)
			_ = client.Close() // it says that the connection is lost, which is known
		}
		select {
		case <-ctx.Done():
		case <-time.After(callAgain):
		}
	}
}

// publish lives for one connection.
func (w *ZebraWire) publish(ctx context.Context, client *mqttlink.Client) {
	heartbeat := time.NewTicker(w.reader.Heartbeat)
	defer heartbeat.Stop()
	m := messages{mac: mac(w.reader.ID)}
	w.forget()
	err := client.Publish(ctx, w.reader.Topic+"/mgmt", 0, false, m.heartbeat(time.Now()))
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-client.Lost():
			return
		case at := <-heartbeat.C:
			err = client.Publish(ctx, w.reader.Topic+"/mgmt", 0, false, m.heartbeat(at))
		case r := <-w.rounds:
			for _, p := range m.round(r) {
				if err = client.Publish(ctx, w.reader.Topic+"/data", 0, false, p); err != nil {
					break
				}
			}
		}
	}
}

// forget drops what was read while there was no broker.
func (w *ZebraWire) forget() {
	for {
		select {
		case <-w.rounds:
		default:
			return
		}
	}
}

// messages writes what one reader publishes.
type messages struct {
	mac    string
	events int
	glue   bool // the next two reads go as one message, with nothing between them
}

// zebraTime is RFC 3339 but for its zone, which has no colon.
const zebraTime = "2006-01-02T15:04:05.000-0700"

type zebraEvent struct {
	Type string `json:"type"`
	Time string `json:"timestamp"`
	Data any    `json:"data"`
}

type zebraTag struct {
	MAC     string `json:"MAC"`
	Antenna int    `json:"antenna"`
	Event   int    `json:"eventNum"`
	Format  string `json:"format"`
	EPC     string `json:"idHex"`
	RSSI    int    `json:"peakRssi"`
	Reads   int    `json:"reads"`
}

type zebraHeartbeat struct {
	MAC    string `json:"MAC"`
	Event  int    `json:"eventNum"`
	Radio  string `json:"radio_activity"`
	Status string `json:"radio_connection"`
}

func (m *messages) heartbeat(at time.Time) []byte {
	m.events++
	return event(nil, "HEARTBEAT", at, zebraHeartbeat{MAC: m.mac, Event: m.events, Radio: "active", Status: "connected"})
}

// round is the messages of a round: one for each read, or for two of them, as such readers do when they are busy.
func (m *messages) round(r Round) [][]byte {
	var all [][]byte
	for i, read := range r.Reads {
		if m.glue && i%2 == 1 {
			all[len(all)-1] = m.tag(all[len(all)-1], read)
			continue
		}
		all = append(all, m.tag(nil, read))
	}
	if len(r.Reads) > 1 {
		m.glue = !m.glue
	}
	return all
}

func (m *messages) tag(dst []byte, r devices.TagRead) []byte {
	m.events++
	return event(dst, "SIMPLE", r.At, zebraTag{
		MAC: m.mac, Antenna: r.Antenna, Event: m.events, Format: "epc", EPC: r.EPC.String(), RSSI: int(math.Round(r.RSSI.DBm())), Reads: 1,
	})
}

func event(dst []byte, kind string, at time.Time, data any) []byte {
	p, err := json.Marshal(zebraEvent{Type: kind, Time: at.UTC().Format(zebraTime), Data: data})
	if err != nil {
		panic(err) // strings and numbers always can be written
	}
	return append(dst, p...)
}

// mac is a locally administered address, the same for the same reader.
func mac(id showroom.DeviceID) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	n := h.Sum32()
	return fmt.Sprintf("02:5A:%02X:%02X:%02X:%02X", byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}
