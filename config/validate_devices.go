package config

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (v *validation) readers() {
	ids, heard := v.namesOf("readers"), map[string]int{}
	for i, r := range v.Readers {
		at := fmt.Sprintf("readers[%d].", i)
		ids.check(i, "id", r.ID)
		if !known(v, at+"kind", r.Kind, R200, ZebraIOTC) {
			continue
		}
		key, where := at+"port", r.Port
		if r.Kind == R200 {
			v.serialReader(at, r)
		} else {
			key, where = at+"topic", r.Topic
			v.mqttReader(at, r)
		}
		if first, twice := heard[where]; twice && where != "" {
			v.fault(key, fmt.Sprintf("%s is already that of readers[%d]", quoted(where), first), "give each reader its own")
		} else if j := slices.IndexFunc(v.Readers[:i], func(o Reader) bool { return overlap(o.Topic, r.Topic) }); j >= 0 {
			v.fault(key, fmt.Sprintf("%s also takes messages of readers[%d], so one garment would hang in two rooms", quoted(where), j), "give each reader its own")
		}
		heard[where] = i
		normal := DefaultReader()
		known(v, at+"region", r.Region, RegionEU, RegionUS)
		within(v, at+"power", r.Power, 1, 33, normal.Power) // 0 would stand for what is usual, and be much more
		within(v, at+"heartbeat", r.Heartbeat, 100*time.Millisecond, time.Hour, normal.Heartbeat)
		if r.Heartbeat > 0 && r.SilentAfter < 2*r.Heartbeat {
			v.fault(at+"silent_after", plain(r.SilentAfter)+" is less than two heartbeats, so one late answer would make the reader silent", "write "+plain(2*r.Heartbeat))
		}
	}
}

func (v *validation) serialReader(at string, r Reader) {
	if r.Topic != "" {
		v.fault(at+"topic", "is for readers that speak MQTT; an r200 has a port", "remove it")
	}
	if address, tcp := strings.CutPrefix(r.Port, "tcp://"); tcp {
		host, port, err := net.SplitHostPort(address)
		if n, numErr := strconv.ParseUint(port, 10, 16); err != nil || host == "" || numErr != nil || n == 0 {
			v.fault(at+"port", quoted(r.Port)+" is not an address", "write it like tcp://192.0.2.10:4001")
		}
	} else if !strings.HasPrefix(r.Port, "/") { // outside /dev too: a link to a terminal is a port as well
		problem := quoted(r.Port) + " is neither a path nor tcp://"
		if r.Port == "" {
			problem = "is missing"
		}
		v.fault(at+"port", problem, "write /dev/serial/by-id/... (stable when cables are swapped) or tcp://host:port")
	}
	if rates := []int{9600, 19200, 38400, 57600, 115200, 230400}; !slices.Contains(rates, r.Baud) {
		v.fault(at+"baud", fmt.Sprintf("%d is no rate these modules use", r.Baud), "write 115200, their default")
	}
}

func (v *validation) mqttReader(at string, r Reader) {
	if r.Port != "" {
		v.fault(at+"port", "is for serial readers; a zebra-iotc reader has a topic", "remove it")
	}
	if !v.required(at+"topic", r.Topic, "write the filter the reader publishes under, such as ziotc/fr1/#") {
		return
	}
	levels := strings.Split(r.Topic, "/")
	for i, level := range levels {
		wild := strings.ContainsAny(level, "+#")
		if wild && len(level) > 1 || level == "#" && i < len(levels)-1 {
			v.fault(at+"topic", quoted(r.Topic)+" is not an MQTT filter", "let + and # stand alone between slashes, and # only at the end")
			return
		}
	}
}

// overlap says whether a message can match both MQTT filters.
func overlap(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	for {
		levelA, restA, moreA := strings.Cut(a, "/")
		levelB, restB, moreB := strings.Cut(b, "/")
		switch {
		case levelA == "#" || levelB == "#":
			return true
		case levelA != levelB && levelA != "+" && levelB != "+":
			return false
		case !moreA || !moreB: // a/# takes a as well
			return moreA == moreB || restA == "#" || restB == "#"
		}
		a, b = restA, restB
	}
}

func (v *validation) rooms() {
	ids := v.namesOf("rooms")
	type antenna struct {
		reader string
		number int
	}
	taken := map[antenna]int{}
	for i, room := range v.Rooms {
		at := fmt.Sprintf("rooms[%d].", i)
		ids.check(i, "id", room.ID)
		v.required(at+"name", room.Name, "write the name on the room's door")
		kind := v.roomReader(at, room)
		if len(room.Antennas) == 0 {
			v.fault(at+"antennas", "is missing", "write the antenna numbers, [1] for a reader with one antenna")
		}
		for j, n := range room.Antennas {
			at := fmt.Sprintf("%santennas[%d]", at, j)
			if kind == R200 && n != 1 {
				v.fault(at, fmt.Sprintf("%d is beyond the one antenna of an r200", n), "write 1")
				continue
			}
			within(v, at, n, 1, 32, 1) // 32: more than any reader with a multiplexer in a fitting area
			if first, twice := taken[antenna{room.Reader, n}]; twice {
				v.fault(at, fmt.Sprintf("antenna %d of %s already hears rooms[%d]", n, quoted(room.Reader), first), "give it to one of the two")
			}
			taken[antenna{room.Reader, n}] = i
		}
		for j, id := range room.Neighbours {
			at := fmt.Sprintf("%sneighbours[%d]", at, j)
			if id == room.ID {
				v.fault(at, "is the room itself", "remove it")
			} else {
				v.refersToRoom(at, id)
			}
		}
	}
}

// roomReader checks the room's reader and returns its kind, empty when there is none.
func (v *validation) roomReader(at string, room Room) ReaderKind {
	i := slices.IndexFunc(v.Readers, func(r Reader) bool { return r.ID == room.Reader && r.ID != "" })
	if i >= 0 {
		return v.Readers[i].Kind
	}
	ids := make([]string, len(v.Readers))
	for i, r := range v.Readers {
		ids[i] = r.ID
	}
	v.dangling(at+"reader", room.Reader, "reader", "readers", ids)
	return ""
}

func (v *validation) refersToRoom(path, id string) {
	ids := make([]string, len(v.Rooms))
	for i, room := range v.Rooms {
		ids[i] = room.ID
	}
	if !slices.Contains(ids, id) || id == "" {
		v.dangling(path, id, "room", "rooms", ids)
	}
}

func (v *validation) dangling(path, id, what, list string, ids []string) {
	instead := "add it to " + list
	if len(ids) > 0 {
		instead = fmt.Sprintf("write one of %s or %s", strings.Join(ids, ", "), instead)
	}
	if id == "" {
		v.fault(path, "is missing", instead)
		return
	}
	v.fault(path, "there is no "+what+" "+quoted(id), instead)
}

func (v *validation) kiosks() {
	ids := v.namesOf("kiosks")
	for i, k := range v.Kiosks {
		at := fmt.Sprintf("kiosks[%d].", i)
		ids.check(i, "id", k.ID)
		if !known(v, at+"mode", k.Mode, FittingRoom, Checkout, Welcome) {
			continue
		}
		if k.Mode == FittingRoom {
			v.refersToRoom(at+"room", k.Room)
		} else if k.Room != "" {
			v.fault(at+"room", "is for fitting-room kiosks; this one is "+quoted(string(k.Mode)), "remove it")
		}
		for _, d := range []struct{ key, id string }{{"tray", k.Tray}, {"scanner", k.Scanner}, {"settler", k.Settler}, {"printer", k.Printer}} {
			if d.id != "" {
				v.fault(at+d.key, fmt.Sprintf("there is no %s %s: this release drives none", d.key, quoted(d.id)), "remove it")
			}
		}
	}
}

func (v *validation) broker() {
	b := v.Broker
	if b.Embedded {
		v.embeddedBroker()
		return
	}
	mqtt := slices.IndexFunc(v.Readers, func(r Reader) bool { return r.Kind == ZebraIOTC })
	switch {
	case b.URL != "":
		v.remote("broker.url", b.URL, "write it like mqtts://broker.example:8883", "mqtt", "mqtts")
	case mqtt >= 0:
		v.fault("broker.url", fmt.Sprintf("is missing, and readers[%d] speaks MQTT", mqtt), "write it like mqtts://broker.example:8883, or embedded: true")
	}
	if b.PasswordFile != "" && b.Username == "" {
		v.fault("broker.username", "is missing beside a password_file", "write the user the password belongs to")
	}
	v.absolute("broker.password_file", b.PasswordFile)
	if len(b.Users) > 0 {
		v.fault("broker.users", "are accounts of the embedded broker, which is off", "remove them, or write embedded: true")
	}
}

func (v *validation) embeddedBroker() {
	b, normal := v.Broker, "write "+v.normal.Broker.Listen
	for _, external := range []struct{ key, value string }{{"url", b.URL}, {"username", b.Username}, {"password_file", b.PasswordFile}} {
		if external.value != "" {
			v.fault("broker."+external.key, "is for an external broker, and the embedded one is on", "remove it, or write embedded: false")
		}
	}
	loopback, ok := v.listen("broker.listen", b.Listen, normal)
	if ok && !loopback && len(b.Users) == 0 {
		v.fault("broker.listen", quoted(b.Listen)+" is open to the network and anybody could connect", "list broker.users, or "+normal)
	}
	ids := v.namesOf("broker.users")
	for i, u := range b.Users {
		at := fmt.Sprintf("broker.users[%d].", i)
		ids.check(i, "name", u.Name)
		if v.required(at+"password_file", u.PasswordFile, "write the path of a file whose first line is the password") {
			v.absolute(at+"password_file", u.PasswordFile)
		}
	}
}
