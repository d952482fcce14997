package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (v *validation) readers(all *heard) {
	ids := v.namesOf("readers")
	for i, r := range v.Readers {
		entry := fmt.Sprintf("readers[%d]", i)
		all.id(ids, entry, i, r.ID)
		if !known(v, entry+".kind", r.Kind, readerKinds()...) {
			continue
		}
		v.foreignKeys(entry, r)
		switch {
		case r.Kind.Serial():
			v.serialReader(all, entry, r)
		case r.Kind == LLRP:
			v.llrpReader(all, entry, r)
		default:
			v.mqttReader(all, entry, r)
		}
		v.liveliness(entry, r)
		v.corrections(entry, r)
	}
}

// foreignKeys refuses what readers of the kind have no use for: a power that nobody sets looks like one that holds.
func (v *validation) foreignKeys(entry string, r Reader) {
	elsewhere := " is set at the reader itself where its kind is " + string(r.Kind)
	for _, k := range []struct {
		key, problem string
		wrong        bool
	}{
		{"port", "is for readers on a line or with an address of their own; one of kind " + string(r.Kind) + " has a topic", r.Port != "" && r.Kind.MQTT()},
		{"topic", "is for readers that speak MQTT; one of kind " + string(r.Kind) + " has a port", r.Topic != "" && !r.Kind.MQTT()},
		{"baud", "is for readers on a serial line", r.Baud != 0 && !r.Kind.Serial()},
		{"region", strings.TrimSpace(elsewhere), r.Region != "" && !r.Kind.Serial()},
		{"power", strings.TrimSpace(elsewhere), r.Power != 0 && r.Kind.MQTT()},
		{"template", "is for readers of kind template", r.Template != "" && r.Kind != Template},
		{"heartbeat", "is nothing that readers of kind " + string(r.Kind) + " give or are asked for", r.Heartbeat != 0 && (r.Kind == R2000 || r.Kind == Impinj)},
	} {
		if k.wrong {
			v.fault(entry+"."+k.key, k.problem, "remove it")
		}
	}
}

func (v *validation) serialReader(all *heard, entry string, r Reader) {
	all.port(entry, r.Port, v.serialPort(entry+".port", r.Port, "/dev/serial/by-id/..."))
	if rates := []int{9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600}; !slices.Contains(rates, r.Baud) {
		v.fault(entry+".baud", fmt.Sprintf("%d is no rate these modules use", r.Baud), "write 115200, their default")
	}
	known(v, entry+".region", r.Region, RegionEU, RegionUS)
	within(v, entry+".power", r.Power, 1, 33, DefaultReader().Power) // 0 would stand for what is usual, and be much more
}

func (v *validation) llrpReader(all *heard, entry string, r Reader) {
	address, tcp := strings.CutPrefix(r.Port, "tcp://")
	switch {
	case r.Port == "":
		v.fault(entry+".port", "is missing", "write it like tcp://192.0.2.10, or with the port where it is not 5084")
	case !tcp:
		v.fault(entry+".port", quoted(r.Port)+" is not an address, and LLRP goes over the network", "write it like tcp://192.0.2.10")
	default:
		all.port(entry, r.Port, v.tcpPort(entry+".port", address, "5084"))
	}
	if r.Power != 0 {
		within(v, entry+".power", r.Power, 1, 33, 20)
	}
}

func (v *validation) mqttReader(all *heard, entry string, r Reader) {
	if v.required(entry+".topic", r.Topic, "write the filter the reader publishes under, such as ziotc/fr1/#") {
		all.topic(entry, "topic", r.Topic)
	}
	if r.Kind == Template && v.required(entry+".template", r.Template, "write the path of the file that says where the fields of a message are") {
		v.absolute(entry+".template", r.Template)
	}
}

func (v *validation) liveliness(entry string, r Reader) {
	normal := DefaultReaderOf(r.Kind)
	if r.Heartbeat != 0 || normal.Heartbeat != 0 {
		within(v, entry+".heartbeat", r.Heartbeat, 100*time.Millisecond, time.Hour, max(normal.Heartbeat, time.Second))
	}
	if r.Heartbeat > 0 && r.SilentAfter < 2*r.Heartbeat {
		v.fault(entry+".silent_after", plain(r.SilentAfter)+" is less than two heartbeats, so one late answer would make the reader silent", "write "+plain(2*r.Heartbeat))
	} else {
		within(v, entry+".silent_after", r.SilentAfter, 200*time.Millisecond, 24*time.Hour, normal.SilentAfter)
	}
}

// mostAntennas is how many antennas a reader of the kind can have. 32 is more than any with a multiplexer has in a fitting area.
func mostAntennas(kind ReaderKind) int {
	switch kind {
	case R200:
		return 1
	case ThingMagic:
		return 4
	case R2000:
		return 8
	}
	return 32
}

func (v *validation) corrections(entry string, r Reader) {
	first := map[int]int{}
	for i, a := range r.Antennas {
		at := fmt.Sprintf("%s.antennas[%d].", entry, i)
		if v.antennaNumber(at+"number", r.Kind, a.Number) {
			if j, twice := first[a.Number]; twice {
				v.fault(at+"number", fmt.Sprintf("antenna %d already stands in %s.antennas[%d]", a.Number, entry, j), "remove one of the two")
			} else if !v.inUse(r.ID, a.Number) {
				v.fault(at+"number", fmt.Sprintf("antenna %d of %s hears no room, tray or zone", a.Number, quoted(r.ID)), "name it there or remove it here")
			}
			first[a.Number] = i
		}
		if a.Floor != 0 {
			within(v, at+"floor", a.Floor, -100, -10, v.normal.Presence.Floor)
		}
		within(v, at+"gain", a.Gain, -30, 30, 0)
	}
}

// antennaNumber checks the number of an antenna of a reader of a kind; "" is a reader that is not known.
func (v *validation) antennaNumber(path string, kind ReaderKind, n int) bool {
	switch most := mostAntennas(kind); {
	case most == 1 && n != 1:
		v.fault(path, fmt.Sprintf("%d is beyond the one antenna of an %s", n, kind), "write 1")
	case n == 0:
		v.fault(path, "is missing; antennas are numbered from 1", "write the number on the reader's housing")
	case n < 1 || n > most:
		v.fault(path, fmt.Sprintf("%d is not between 1 and %d, the antennas of %s", n, most, anyOf(kind)), "write the number on the reader's housing")
	default:
		return true
	}
	return false
}

func anyOf(kind ReaderKind) string {
	if kind == "" {
		return "any reader"
	}
	return "a reader of kind " + string(kind)
}

func (v *validation) gateways(all *heard) {
	ids := v.namesOf("gateways")
	for i, g := range v.Gateways {
		entry := fmt.Sprintf("gateways[%d]", i)
		all.id(ids, entry, i, g.ID)
		known(v, entry+".format", g.Format, OMG, Theengs, ESPresense, Minew, Ruuvi)
		if v.required(entry+".topic", g.Topic, "write the filter the gateway publishes under, such as "+exampleTopic(g.Format)) {
			all.topic(entry, "topic", g.Topic)
		}
		if g.Health != "" {
			all.topic(entry, "health", g.Health)
		}
		within(v, entry+".silent_after", g.SilentAfter, time.Second, 24*time.Hour, DefaultGateway().SilentAfter)
		within(v, entry+".gain", g.Gain, -30, 30, 0)
	}
}

func exampleTopic(f GatewayFormat) string {
	switch f {
	case ESPresense:
		return "espresense/devices/+/floor"
	case Minew:
		return "/gw/AC233FC00001/status"
	case Ruuvi:
		return "ruuvi/C8:25:2D:00:00:01/#"
	}
	return "home/OMG_ESP32/#"
}
