package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"showroom/agent/showroom"
	"showroom/devices/ble/gateway"
)

// Kind is what a reader is made like.
type Kind string

// The kinds of readers.
const (
	R200       Kind = "r200"       // a serial module with one antenna
	ThingMagic Kind = "thingmagic" // a serial module that reads without end and complains when it is unwell
	R2000      Kind = "r2000"      // a serial reader that does one round at a time
	LLRP       Kind = "llrp"       // a fixed reader on TCP
	Zebra      Kind = "zebra"      // the others publish to an MQTT broker by themselves
	Impinj     Kind = "impinj"
	Template   Kind = "template"
)

// kinds is all kinds, as a fault lists them.
func kinds() []Kind { return []Kind{R200, ThingMagic, R2000, LLRP, Zebra, Impinj, Template} }

// ports is how many antennas a reader of the kind can have.
func (k Kind) ports() int {
	switch k {
	case R200:
		return 1
	case ThingMagic:
		return 4
	}
	return maxAntennas
}

// published says that the reader speaks through a broker.
func (k Kind) published() bool { return k == Zebra || k == Impinj || k == Template }

// The forms of what a Template reader publishes.
const (
	FormJSON  = "json"       // {"readerName", "mac", "tag_reads": [{"epc", "peakRssi", "antennaPort", "firstSeenTimestamp"}]}
	FormKeonn = "keonn_text" // MAC|epc:rssi@port/mux1/mux2|...
)

// Gateway is one Bluetooth gateway of the shop.
type Gateway struct {
	ID        showroom.DeviceID
	Format    gateway.Format
	Topic     string        // what it publishes under; see [NewGatewayWire]
	Heartbeat time.Duration // how often it tells its own figures
}

// Scanner is one bar code scanner of the shop.
type Scanner struct {
	ID     showroom.DeviceID
	Ending Ending
}

// Ending is how a scanner ends a code.
type Ending string

// The endings.
const (
	CR     Ending = "cr"
	LF     Ending = "lf"
	CRLF   Ending = "crlf"
	NoEnd  Ending = "none"
	Framed Ending = "stx" // STX before and ETX behind
)

// frame is a code as it goes over the line, where <GS> stands for the separator of GS1 symbols.
func (e Ending) frame(code string) string {
	code = strings.ReplaceAll(code, "<GS>", "\x1D")
	switch e {
	case CR:
		return code + "\r"
	case LF:
		return code + "\n"
	case NoEnd:
		return code
	case Framed:
		return "\x02" + code + "\x03"
	}
	return code + "\r\n"
}

// Beacon is a loan tag of the shop: an iBeacon of the shop's UUID.
type Beacon struct {
	Name         string
	Major, Minor uint16
	Near         showroom.DeviceID // the gateway it is near at first; "" for none
}

// Crowd is how many shoppers with a phone are near a gateway.
type Crowd struct {
	Phones int
	Near   showroom.DeviceID
}

const (
	mostPhones             = 500
	defaultHeartbeat       = 5 * time.Second
	defaultGatewayInterval = 10 * time.Second
)

// kind reads what follows the name of a reader.
func (p *parser) kind(s *sentence, r *Reader) {
	r.Kind = Kind(s.next("the kind of the reader"))
	if !slices.Contains(kinds(), r.Kind) {
		s.words = nil
		s.fail("%q is no kind of reader: want %s", r.Kind, listed(kinds()))
		return
	}
	switch {
	case r.Kind == LLRP:
		s.expect("listen")
		r.Listen = s.next("an address like 127.0.0.1:5084")
	case r.Kind.published():
		s.expect("topic")
		r.Topic = s.topic()
		if r.Kind != Impinj { // which has none unless somebody says so
			r.Heartbeat = defaultHeartbeat
		}
	}
	if r.Kind == Template {
		r.Form = FormJSON
	}
	for len(s.words) > 0 && s.err == nil {
		p.readerOption(s, r)
	}
}

func (p *parser) readerOption(s *sentence, r *Reader) {
	switch option := s.next("an option"); {
	case option == "antennas" && r.Kind.ports() > 1:
		r.Antennas = s.number("how many antennas", r.Kind.ports())
	case option == "heartbeat" && r.Kind.published():
		r.Heartbeat = s.interval("a heartbeat")
	case option == "form" && r.Kind == Template:
		if r.Form = s.next("a form"); r.Form != FormJSON && r.Form != FormKeonn {
			s.fail("%q is no form: want %s or %s", r.Form, FormJSON, FormKeonn)
		}
	default:
		s.fail("%q is nothing that a reader of kind %s has", option, r.Kind)
	}
}

func (p *parser) gateway(s *sentence) {
	g := Gateway{ID: p.name(s), Format: gateway.Format(s.next("the format of the gateway")), Heartbeat: defaultGatewayInterval}
	if !slices.Contains(gateway.Formats(), g.Format) {
		s.words = nil
		s.fail("%q is no format of a gateway: want %s", g.Format, listed(gateway.Formats()))
		return
	}
	s.expect("topic")
	g.Topic = s.topic()
	if s.peek() == "heartbeat" {
		s.next("heartbeat")
		g.Heartbeat = s.interval("a heartbeat")
	}
	p.s.Gateways = append(p.s.Gateways, g)
}

func (p *parser) scanner(s *sentence) {
	c := Scanner{ID: p.name(s), Ending: CRLF}
	if s.peek() == "ends" {
		s.next("ends")
		endings := []Ending{CR, LF, CRLF, NoEnd, Framed}
		if c.Ending = Ending(s.next("how a code ends")); !slices.Contains(endings, c.Ending) {
			s.fail("%q is no end of a code: want %s", c.Ending, listed(endings))
		}
	}
	p.s.Scanners = append(p.s.Scanners, c)
}

func (p *parser) beacon(s *sentence) {
	b := Beacon{Name: s.next("a name for the beacon"), Major: 1, Minor: uint16(len(p.s.Beacons) + 1)}
	if slices.ContainsFunc(p.s.Beacons, func(o Beacon) bool { return o.Name == b.Name }) {
		s.fail("beacon %s is there already", b.Name)
	}
	for len(s.words) > 0 && s.err == nil {
		switch option := s.next("major, minor or near"); option {
		case "major":
			b.Major = uint16(s.number("a major number", 65535))
		case "minor":
			b.Minor = uint16(s.number("a minor number", 65535))
		case "near":
			b.Near = p.use(s.device("a gateway"))
		default:
			s.fail("want major, minor or near, not %q", option)
		}
	}
	p.s.Beacons = append(p.s.Beacons, b)
}

func (p *parser) crowd(s *sentence) {
	c := Crowd{Phones: s.number("how many phones", mostPhones)}
	s.expect("near")
	c.Near = p.use(s.device("a gateway"))
	p.s.Crowds = append(p.s.Crowds, c)
}

// name reads the name of a device that is not there yet.
func (p *parser) name(s *sentence) showroom.DeviceID {
	id := s.device("a name for the device")
	if strings.ContainsAny(string(id), "/\\ ") || strings.HasPrefix(string(id), ".") {
		s.fail("%q is no name for a device: it names a file", id)
	}
	if p.s.has(id) {
		s.fail("%s is there already", id)
	}
	return id
}

// has says whether there is a device of that name.
func (s Scenario) has(id showroom.DeviceID) bool {
	return slices.ContainsFunc(s.Readers, func(r Reader) bool { return r.ID == id }) ||
		slices.ContainsFunc(s.Rooms, func(r Room) bool { return r.Name == id }) ||
		s.hasGateway(id) || s.hasScanner(id) || s.hasTerminal(id)
}

func (s Scenario) hasGateway(id showroom.DeviceID) bool {
	return slices.ContainsFunc(s.Gateways, func(g Gateway) bool { return g.ID == id })
}

func (s Scenario) hasScanner(id showroom.DeviceID) bool {
	return slices.ContainsFunc(s.Scanners, func(c Scanner) bool { return c.ID == id })
}

// fits says whether the device of an action is of the sort that the action is for.
func (s Scenario) fits(a Action) error {
	switch {
	case a.Verb == Show && !s.hasScanner(a.Reader):
		return fmt.Errorf("there is no scanner %s", a.Reader)
	case a.Verb == Spoil && !s.hasTerminal(a.Reader):
		return fmt.Errorf("there is no terminal %s", a.Reader)
	case a.Verb == Walk && a.Reader != "" && !s.hasGateway(a.Reader):
		return fmt.Errorf("there is no gateway %s", a.Reader)
	case a.Verb == Walk && !slices.ContainsFunc(s.Beacons, func(b Beacon) bool { return b.Name == a.Tag }):
		return fmt.Errorf("there is no beacon %s", a.Tag)
	case (a.Verb == Pull || a.Verb == Plug || a.Verb == Break) && (!s.has(a.Reader) || slices.ContainsFunc(s.Rooms, func(r Room) bool { return r.Name == a.Reader })):
		return fmt.Errorf("there is no device %s", a.Reader)
	}
	return nil
}

// walk reads the rest of a walk.
func (s *sentence) walk() (a Action) {
	a.Verb, a.Tag = Walk, s.next("the name of the beacon")
	switch where := s.next("to or away"); where {
	case "to":
		a.Reader = s.device("a gateway")
	case "away":
	default:
		s.fail("want to or away, not %q", where)
	}
	return a
}

// walk is the words of a Walk.
func (a Action) walk() string {
	if a.Reader == "" {
		return fmt.Sprintf("walk %s away", quoted(a.Tag))
	}
	return fmt.Sprintf("walk %s to %s", quoted(a.Tag), quoted(string(a.Reader)))
}

func (s *sentence) device(what string) showroom.DeviceID { return showroom.DeviceID(s.next(what)) }

func (s *sentence) topic() string {
	topic := s.next("a topic")
	if strings.ContainsAny(topic, "+#") {
		s.fail("%q is no topic to publish under", topic)
	}
	return topic
}

func (s *sentence) interval(what string) time.Duration {
	d := s.duration()
	if d <= 0 {
		s.fail("%s takes time", what)
	}
	return d
}

func listed[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
