package sim

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
	"showroom/devices/mqttlink"
)

// zebraReader publishes as Zebra's IoT Connector does: tags under TOPIC/data, signs of life under TOPIC/mgmt.
type zebraReader struct {
	Reader
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

func (m *zebraReader) will() *mqttlink.Will             { return nil }
func (m *zebraReader) every() time.Duration             { return m.Heartbeat }
func (m *zebraReader) hello(at time.Time) []publication { return m.beat(at) }

func (m *zebraReader) beat(at time.Time) []publication {
	m.events++
	beat := event(nil, "HEARTBEAT", at, zebraHeartbeat{MAC: m.mac, Event: m.events, Radio: "active", Status: "connected"})
	return []publication{{topic: m.Topic + "/mgmt", payload: beat}}
}

// tell is the messages of a round: one for each read, or for two of them, as such readers do when they are busy.
func (m *zebraReader) tell(r Round) []publication {
	var all []publication
	for i, read := range r.Reads {
		if m.glue && i%2 == 1 {
			last := &all[len(all)-1]
			last.payload = m.tag(last.payload, read)
			continue
		}
		all = append(all, publication{topic: m.Topic + "/data", payload: m.tag(nil, read)})
	}
	if len(r.Reads) > 1 {
		m.glue = !m.glue
	}
	return all
}

func (m *zebraReader) tag(dst []byte, r devices.TagRead) []byte {
	m.events++
	return event(dst, "SIMPLE", r.At, zebraTag{
		MAC: m.mac, Antenna: r.Antenna, Event: m.events, Format: "epc", EPC: r.EPC.String(), RSSI: int(math.Round(r.RSSI.DBm())), Reads: 1,
	})
}

func event(dst []byte, kind string, at time.Time, data any) []byte {
	return append(dst, written(zebraEvent{Type: kind, Time: at.UTC().Format(zebraTime), Data: data})...)
}

// written is v as JSON.
func written(v any) []byte {
	p, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and numbers always can be written
	}
	return p
}

// address is locally administered, the same for the same device.
func address(id showroom.DeviceID) [6]byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	n := h.Sum32()
	return [6]byte{0x02, 0x5A, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}

// mac is the address of a device in words.
func mac(id showroom.DeviceID) string { return colons(address(id)) }

func colons(a [6]byte) string {
	return fmt.Sprintf("%02X:%02X:%02X:%02X:%02X:%02X", a[0], a[1], a[2], a[3], a[4], a[5])
}
