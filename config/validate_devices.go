package config

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// devices checks all lists of devices together: they share one board, so their ids must differ, and the ports and topics they listen to
// as well.
func (v *validation) devices() {
	all := heard{v: v, ids: map[string]string{}, ports: map[string]string{}}
	v.readers(&all)
	v.gateways(&all)
	v.scanners(&all)
	v.settlers(&all)
	v.printers(&all)
	v.scan()
	v.recording(all.ids)
	within(v, "radio.key_rotates", v.Radio.KeyRotates, 24*time.Hour, 366*24*time.Hour, v.normal.Radio.KeyRotates)
}

// heard is what the entries checked so far are called and listen to, each with the entry's path.
type heard struct {
	v       *validation
	ids     map[string]string
	ports   map[string]string
	filters []filter
}

type filter struct{ entry, topic string }

// id checks an id that no other list has.
func (h *heard) id(ids names, entry string, i int, id string) {
	other, twice := h.ids[id]
	if twice && !strings.HasPrefix(other, ids.list+"[") {
		h.v.fault(entry+".id", fmt.Sprintf("%q is already the id of %s, and both would be one device on every screen", id, other), "give each device its own id")
		return
	}
	ids.check(i, "id", id)
	if !twice && id != "" {
		h.ids[id] = entry
	}
}

// port notes a port and refuses one that is taken. name is the port in the form by which it is compared.
func (h *heard) port(entry, port, name string) {
	if other, twice := h.ports[name]; twice && name != "" {
		h.v.fault(entry+".port", fmt.Sprintf("%s is already that of %s", quoted(port), other), "give each its own")
		return
	}
	h.ports[name] = entry
}

// topic checks an MQTT filter and refuses one that takes messages of another device's.
func (h *heard) topic(entry, key, topic string) {
	if !h.v.filter(entry+"."+key, topic) {
		return
	}
	for _, o := range h.filters {
		switch {
		case !overlap(o.topic, topic):
			continue
		case o.topic == topic:
			h.v.fault(entry+"."+key, fmt.Sprintf("%s is already that of %s", quoted(topic), o.entry), "give each its own")
		default:
			h.v.fault(entry+"."+key, fmt.Sprintf("%s also takes messages of %s, so one tag would be in two places", quoted(topic), o.entry), "give each its own")
		}
		return
	}
	h.filters = append(h.filters, filter{entry, topic})
}

// filter checks that text is an MQTT filter.
func (v *validation) filter(path, text string) bool {
	levels := strings.Split(text, "/")
	for i, level := range levels {
		wild := strings.ContainsAny(level, "+#")
		if wild && len(level) > 1 || level == "#" && i < len(levels)-1 {
			v.fault(path, quoted(text)+" is not an MQTT filter", "let + and # stand alone between slashes, and # only at the end")
			return false
		}
	}
	return true
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

// serialPort checks the name of a port and answers it in the form by which two of them are compared.
func (v *validation) serialPort(path, port, example string) string {
	bad := func(problem string) string {
		v.fault(path, problem, "write "+example+" (stable when cables are swapped), usb:1a86:7523 or tcp://host:port")
		return ""
	}
	address, tcp := strings.CutPrefix(port, "tcp://")
	switch {
	case port == "":
		return bad("is missing")
	case tcp:
		return v.tcpPort(path, address, "")
	case strings.HasPrefix(port, "usb:"):
		if !regexp.MustCompile(`^usb:[0-9a-fA-F]{4}:[0-9a-fA-F]{4}(:[^/]+)?$`).MatchString(port) {
			v.fault(path, quoted(port)+" does not name a USB device", "write it like usb:1a86:7523, or usb:1a86:7523:SERIAL where there are several")
			return ""
		}
		vendor, rest := port[:len("usb:1a86:7523")], port[len("usb:1a86:7523"):]
		return strings.ToLower(vendor) + rest
	case strings.HasPrefix(port, "/"): // outside /dev too: a link to a terminal is a port as well
		return port
	}
	return bad(quoted(port) + " is neither a path nor usb: nor tcp://")
}

// tcpPort checks host:port, where normal is the port that may be left out, "" for none.
func (v *validation) tcpPort(path, address, normal string) string {
	if normal != "" && !strings.Contains(strings.TrimPrefix(address, "["), ":") {
		address = net.JoinHostPort(address, normal)
	}
	host, port, err := net.SplitHostPort(address)
	if n, numErr := strconv.ParseUint(port, 10, 16); err != nil || host == "" || strings.Contains(host, "/") || numErr != nil || n == 0 {
		example := "tcp://192.0.2.10:4001"
		if normal != "" {
			example = "tcp://192.0.2.10:" + normal
		}
		v.fault(path, quoted("tcp://"+address)+" is not an address", "write it like "+example)
		return ""
	}
	return "tcp://" + strings.ToLower(host) + ":" + port
}

func (v *validation) scanners(all *heard) {
	ids := v.namesOf("scanners")
	for i, s := range v.Scanners {
		entry := fmt.Sprintf("scanners[%d]", i)
		all.id(ids, entry, i, s.ID)
		all.port(entry, s.Port, v.serialPort(entry+".port", s.Port, "/dev/serial/by-id/... or /dev/input/by-id/...-event-kbd"))
		if rates := []int{1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200}; !slices.Contains(rates, s.Baud) {
			v.fault(entry+".baud", fmt.Sprintf("%d is no rate scanners use", s.Baud), "write 9600, what most are set to")
		}
		if s.Gap != 0 {
			within(v, entry+".gap", s.Gap, 20*time.Millisecond, 2*time.Second, 100*time.Millisecond)
		}
		within(v, entry+".repeat", s.Repeat, 100*time.Millisecond, time.Minute, DefaultScanner().Repeat)
	}
}

func (v *validation) scan() {
	first := map[string]int{}
	for i, p := range v.Scan.Prefixes {
		at := fmt.Sprintf("scan.prefixes[%d].", i)
		known(v, at+"kind", p.Kind, ScanCustomer, ScanReceipt, ScanOrder, ScanItem)
		if !v.required(at+"text", p.Text, "write how the code begins; an empty beginning would be every code's") {
			continue
		}
		if j, twice := first[p.Text]; twice {
			v.fault(at+"text", fmt.Sprintf("%s already stands in scan.prefixes[%d]", quoted(p.Text), j), "remove one of the two")
			continue
		}
		first[p.Text] = i
	}
	for i, text := range v.Scan.NoRead {
		at := fmt.Sprintf("scan.no_read[%d]", i)
		if v.required(at, text, "write what the scanner sends when it could not read") && slices.Contains(v.Scan.NoRead[:i], text) {
			v.fault(at, quoted(text)+" is listed twice", "remove it")
		}
	}
}

func (v *validation) recording(ids map[string]string) {
	r := v.Recording
	v.absolute("recording.dir", r.Dir)
	within(v, "recording.max_size", r.MaxSize, megabyte, 10_000*megabyte, v.normal.Recording.MaxSize)
	for i, id := range r.Devices {
		at := fmt.Sprintf("recording.devices[%d]", i)
		if _, there := ids[id]; !there {
			v.dangling(at, id, "device", "readers, gateways or scanners", nil)
		} else if slices.Contains(r.Devices[:i], id) {
			v.fault(at, quoted(id)+" is listed twice", "remove it")
		}
	}
}
