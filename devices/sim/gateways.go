package sim

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"showroom/devices/ble"
	"showroom/devices/ble/gateway"
	"showroom/devices/mqttlink"
)

func newGatewayFirmware(g Gateway) publisher[[]Advert] {
	base := figures{Gateway: g, begun: time.Now()}
	switch g.Format {
	case gateway.ESPresense:
		return espGateway{base}
	case gateway.Minew:
		return minewGateway{base}
	case gateway.Ruuvi:
		return ruuviGateway{base}
	}
	return omgGateway{base}
}

// figures is what all gateways have.
type figures struct {
	Gateway
	begun time.Time
}

func (g figures) every() time.Duration { return g.Heartbeat }

func (g figures) uptime(at time.Time) int { return int(at.Sub(g.begun).Seconds()) }

// address is the gateway's own, as its topic has it, or one of ours.
func (g figures) address() string {
	for level := range strings.SplitSeq(g.Topic, "/") {
		if digits := strings.ReplaceAll(level, ":", ""); len(digits) == 12 {
			if _, err := hex.DecodeString(digits); err == nil {
				return strings.ToUpper(digits)
			}
		}
	}
	return strings.ReplaceAll(mac(g.ID), ":", "")
}

// lives is the word a gateway leaves at the broker, and the will that the broker puts in its place.
func lives(topic, online, offline string) ([]publication, *mqttlink.Will) {
	return []publication{{topic: topic, payload: []byte(online), retained: true}},
		&mqttlink.Will{Topic: topic, Payload: []byte(offline), QoS: 1, Retained: true}
}

// digits is a UUID without dashes.
func digits(u ble.UUID) string { return hex.EncodeToString(u[:]) }

// omgGateway is OpenMQTTGateway, or Theengs Gateway, which names the radio in the topic.
type omgGateway struct{ figures }

func (g omgGateway) lives() ([]publication, *mqttlink.Will) {
	return lives(g.Topic+"/LWT", "online", "offline")
}

func (g omgGateway) will() *mqttlink.Will {
	_, will := g.lives()
	return will
}

func (g omgGateway) hello(at time.Time) []publication {
	online, _ := g.lives()
	return append(online, g.beat(at)...)
}

func (g omgGateway) beat(at time.Time) []publication {
	return []publication{{topic: g.Topic + "/SYStoMQTT", payload: written(map[string]any{"uptime": g.uptime(at), "version": "1.8.1"})}}
}

func (g omgGateway) tell(all []Advert) (say []publication) {
	for _, h := range all {
		topic := g.Topic + "/BTtoMQTT"
		if g.Format == gateway.Theengs {
			topic += "/" + strings.ReplaceAll(colons(h.Address), ":", "")
		}
		object := map[string]any{"id": colons(h.Address), "rssi": h.RSSI}
		if b := h.Beacon; b != nil {
			object["uuid"], object["major"], object["minor"] = digits(loanTag()), b.Major, b.Minor
			object["txpower"], object["mac_type"] = atOneMetreBT, 0
		} else {
			object["mac_type"], object["manufacturerdata"] = 1, hex.EncodeToString(h.Advertisement[5:])
		}
		say = append(say, publication{topic: topic, payload: written(object)})
	}
	return say
}

// espGateway is ESPresense, which is called after its room.
type espGateway struct{ figures }

func (g espGateway) room() string { return g.Topic + "/rooms/" + string(g.ID) }

func (g espGateway) will() *mqttlink.Will {
	_, will := lives(g.room()+"/status", "online", "offline")
	return will
}

func (g espGateway) hello(at time.Time) []publication {
	online, _ := lives(g.room()+"/status", "online", "offline")
	return append(online, g.beat(at)...)
}

func (g espGateway) beat(at time.Time) []publication {
	return []publication{{topic: g.room() + "/telemetry", payload: written(map[string]any{"uptime": g.uptime(at), "ver": "3.3.5"})}}
}

func (g espGateway) tell(all []Advert) (say []publication) {
	for _, h := range all {
		plain := hex.EncodeToString(h.Address[:])
		id := "apple:1005:9-26"
		if b := h.Beacon; b != nil {
			id = fmt.Sprintf("iBeacon:%s-%d-%d", loanTag(), b.Major, b.Minor)
		}
		say = append(say, publication{
			topic:   g.Topic + "/devices/" + id + "/" + string(g.ID),
			payload: written(map[string]any{"mac": plain, "id": id, "rssi@1m": atOneMetreBT, "rssi": h.RSSI, "int": 1000}),
		})
	}
	return say
}

// minewGateway is one of Minew's, in JSON-LONG. It has no will.
type minewGateway struct{ figures }

func (g minewGateway) will() *mqttlink.Will             { return nil }
func (g minewGateway) hello(at time.Time) []publication { return g.beat(at) }

func (g minewGateway) beat(at time.Time) []publication { return g.rows(at, nil) }

func (g minewGateway) tell(all []Advert) []publication {
	if len(all) == 0 {
		return nil
	}
	return g.rows(all[0].At, all)
}

func (g minewGateway) rows(at time.Time, all []Advert) []publication {
	stamp := at.UTC().Format(time.RFC3339)
	rows := []map[string]any{{"timestamp": stamp, "type": "Gateway", "mac": g.address(), "gatewayFree": 96, "gatewayLoad": 0.1}}
	for _, h := range all {
		row := map[string]any{"timestamp": stamp, "mac": strings.ToUpper(hex.EncodeToString(h.Address[:])), "rssi": h.RSSI}
		if b := h.Beacon; b != nil {
			row["type"], row["bleName"], row["ibeaconTxPower"] = "iBeacon", "", atOneMetreBT
			row["ibeaconUuid"], row["ibeaconMajor"], row["ibeaconMinor"] = strings.ToUpper(digits(loanTag())), b.Major, b.Minor
		} else {
			row["type"], row["rawData"] = "Unknown", strings.ToUpper(hex.EncodeToString(h.Advertisement))
		}
		rows = append(rows, row)
	}
	return []publication{{topic: g.Topic, payload: written(rows)}}
}

// ruuviGateway is Ruuvi Gateway, which passes on advertisements as they are.
type ruuviGateway struct{ figures }

func (g ruuviGateway) lives() ([]publication, *mqttlink.Will) {
	return lives(g.Topic+"/gw_status", `{"state":"online"}`, `{"state":"offline"}`)
}

func (g ruuviGateway) will() *mqttlink.Will {
	_, will := g.lives()
	return will
}

func (g ruuviGateway) hello(time.Time) []publication {
	online, _ := g.lives()
	return online
}

// beat says again that it is online, for whoever does not take what the broker has kept for news.
func (g ruuviGateway) beat(at time.Time) []publication { return g.hello(at) }

func (g ruuviGateway) tell(all []Advert) (say []publication) {
	for _, h := range all {
		say = append(say, publication{topic: g.Topic + "/" + colons(h.Address), payload: written(map[string]any{
			"gw_mac": g.address(), "rssi": h.RSSI, "aoa": []int{}, "gwts": fmt.Sprint(h.At.Unix()), "ts": fmt.Sprint(h.At.Unix()),
			"data": strings.ToUpper(hex.EncodeToString(h.Advertisement)), "coords": "",
		})})
	}
	return say
}
