package sim

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"time"

	"showroom/devices/mqttlink"
)

// impinjReader publishes as Impinj's IoT device interface does: events under TOPIC, one a line, with the EPC in URL-safe base64.
// It says that it runs when it connects and, if it has a heartbeat, again and again.
type impinjReader struct{ Reader }

type impinjEvent struct {
	Time   time.Time     `json:"timestamp"`
	Host   string        `json:"hostname"`
	Type   string        `json:"eventType"`
	Tag    *impinjTag    `json:"tagInventoryEvent,omitempty"`
	Status *impinjStatus `json:"inventoryStatusEvent,omitempty"`
}

type impinjTag struct {
	EPC       string    `json:"epc"`
	Antenna   int       `json:"antennaPort"`
	RSSI      int       `json:"peakRssiCdbm"`
	Frequency int       `json:"frequency"`
	Seen      time.Time `json:"lastSeenTime"`
}

type impinjStatus struct {
	Status string `json:"inventoryStatus"`
}

func (m impinjReader) will() *mqttlink.Will             { return nil }
func (m impinjReader) every() time.Duration             { return m.Heartbeat }
func (m impinjReader) hello(at time.Time) []publication { return m.beat(at) }

func (m impinjReader) beat(at time.Time) []publication {
	running := impinjEvent{Time: at.UTC(), Host: m.host(), Type: "inventoryStatus", Status: &impinjStatus{"running"}}
	return []publication{{topic: m.Topic, payload: written(running)}}
}

func (m impinjReader) host() string { return "impinj-" + string(m.ID) }

func (m impinjReader) tell(r Round) []publication {
	if len(r.Reads) == 0 {
		return nil
	}
	var lines bytes.Buffer
	for _, read := range r.Reads {
		lines.Write(written(impinjEvent{Time: r.At.UTC(), Host: m.host(), Type: "tagInventory", Tag: &impinjTag{
			EPC: base64.URLEncoding.EncodeToString(read.EPC.AppendBytes(nil)), Antenna: read.Antenna, RSSI: int(read.RSSI),
			Frequency: carrierKHz, Seen: read.At.UTC(),
		}}))
		lines.WriteByte('\n')
	}
	return []publication{{topic: m.Topic, payload: lines.Bytes()}}
}

// mappedReader publishes in a form its user has made up, under TOPIC: as JSON with a list of tags, or as the text users of
// Keonn's AdvanNet send. Its heartbeat is a list without a tag.
type mappedReader struct{ Reader }

type mappedMessage struct {
	Reader string      `json:"readerName"`
	MAC    string      `json:"mac"`
	Tags   []mappedTag `json:"tag_reads"`
}

type mappedTag struct {
	EPC     string `json:"epc"`
	Seen    int64  `json:"firstSeenTimestamp"` // microseconds
	Antenna int    `json:"antennaPort"`
	RSSI    int    `json:"peakRssi"`
}

func (m mappedReader) will() *mqttlink.Will             { return nil }
func (m mappedReader) every() time.Duration             { return m.Heartbeat }
func (m mappedReader) hello(at time.Time) []publication { return m.beat(at) }
func (m mappedReader) beat(time.Time) []publication     { return m.message(Round{}) }

func (m mappedReader) tell(r Round) []publication {
	if len(r.Reads) == 0 {
		return nil
	}
	return m.message(r)
}

func (m mappedReader) message(r Round) []publication {
	if m.Form == FormKeonn {
		return []publication{{topic: m.Topic, payload: m.text(r)}}
	}
	message := mappedMessage{Reader: string(m.ID), MAC: mac(m.ID), Tags: []mappedTag{}}
	for _, read := range r.Reads {
		message.Tags = append(message.Tags, mappedTag{
			EPC: read.EPC.String(), Seen: read.At.UnixMicro(), Antenna: read.Antenna, RSSI: int(math.Round(read.RSSI.DBm())),
		})
	}
	return []publication{{topic: m.Topic, payload: written(message)}}
}

func (m mappedReader) text(r Round) []byte {
	line := []byte(strings.ToLower(mac(m.ID)) + "|")
	for i, read := range r.Reads {
		if i > 0 {
			line = append(line, '|')
		}
		line = fmt.Appendf(line, "%s:%.0f@%d/0/0", strings.ToLower(read.EPC.String()), read.RSSI.DBm(), read.Antenna)
	}
	return line
}
