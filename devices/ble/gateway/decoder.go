package gateway

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"showroom/devices"
	"showroom/devices/ble"
)

// Format is the dialect a gateway speaks.
type Format string

// The formats.
const (
	OMG        Format = "omg"        // OpenMQTTGateway
	Theengs    Format = "theengs"    // Theengs Gateway: OpenMQTTGateway's dialect
	ESPresense Format = "espresense" // ESPresense
	Minew      Format = "minew"      // Minew: JSON-LONG, JSON-RAW and BINARY-LONG
	Ruuvi      Format = "ruuvi"      // Ruuvi Gateway, raw data
)

// Formats is all formats.
func Formats() []Format { return []Format{OMG, Theengs, ESPresense, Minew, Ruuvi} }

// Health is what a gateway, or the broker in its name, says of the gateway.
type Health int8

// What can be said. The zero Health is nothing.
const (
	Untold Health = iota
	Online
	Offline
)

// String is the health in lower case, "" for nothing.
func (h Health) String() string { return [...]string{"", "online", "offline"}[h] }

// maxIdentities is how many names one record may have: a tag may send several beacon formats in turn, and has an address.
const maxIdentities = 4

// Record is one radio a gateway has heard, whoever's it is: it must not leave the memory of who decodes it.
type Record struct {
	Address     ble.Address // zero when not told
	AddressKind ble.AddressKind
	RSSI        devices.RSSI // UnknownRSSI when what is told is no strength
	Power       devices.RSSI // at one metre, as claimed; UnknownRSSI when not told
	// Smoothed: the strength is the gateway's own average over some seconds.
	Smoothed bool
	Time     time.Time // by the gateway's clock; zero when not told

	identities [maxIdentities]ble.Identity
	n          int
}

// Identities is what the radio can be known by: its beacons in the order told, then its address if that lasts. The slice is part
// of r.
func (r *Record) Identities() []ble.Identity { return r.identities[:r.n] }

// Format writes "(withheld)".
func (Record) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, withheld) }

const withheld = "(withheld)"

func (r *Record) name(id ble.Identity, ok bool) {
	if ok && r.n < len(r.identities) {
		r.identities[r.n] = id
		r.n++
	}
}

// heard is the strength, as far as it can be one.
func (r *Record) heard(value []byte) bool {
	v, ok := number(value)
	r.RSSI = strength(v)
	return ok
}

func (r *Record) claims(value []byte) {
	if v, ok := number(value); ok {
		r.Power = strength(v)
	}
}

// strength is a strength of a radio at a distance; a radio's chip says 0 or 127 when it does not know.
func strength(v float64) devices.RSSI {
	if v >= 0 {
		return devices.UnknownRSSI
	}
	return devices.DBm(v)
}

// Message is what a message means.
type Message struct {
	// Other: it is neither of radios nor of the gateway's health, and not even a sign of life: a command to the gateway, say.
	Other   bool
	Gateway string // what the gateway calls itself, MAC addresses in lower case without colons; "" when not told
	Health  Health
	Records []Record // until the next Decode or Forget
	Bad     int      // how much of it means nothing
	// Why says why the first of these does, and Row which one of several it was, from 1; 0 when it is the whole message. It tells
	// nothing of what the message holds.
	Why string
	Row int
}

func (m *Message) spoil(row int, why string) {
	if m.Bad++; m.Bad == 1 {
		m.Row, m.Why = row, why
	}
}

const (
	notJSON   = "not JSON"
	noAddress = "no address and no beacon"
	noRSSI    = "no signal strength"
	notHex    = "advertisement is not hexadecimal"
	overrun   = "advertisement is cut off"
	noHealth  = "health in unknown words"
)

// Decoder decodes the messages of one format. It allocates next to nothing once it has grown. It is not safe for concurrent use.
type Decoder struct {
	format  Format
	m       Message
	adv     ble.Advertisement
	raw     []byte // an advertisement in bytes
	gateway string // the last one named by its MAC address
}

// NewDecoder makes a Decoder. The error is that there is no such format.
func NewDecoder(f Format) (*Decoder, error) {
	for _, known := range Formats() {
		if f == known {
			return &Decoder{format: f}, nil
		}
	}
	return nil, fmt.Errorf("decode gateway: no format %q; there are %v", string(f), Formats())
}

// Format writes "(withheld)", for a Decoder holds the last message.
func (*Decoder) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, withheld) }

// Decode decodes a message. It keeps nothing of payload beyond the next call and does not change it.
func (d *Decoder) Decode(topic string, payload []byte) Message {
	d.m = Message{Records: d.m.Records[:0]}
	switch d.format {
	case OMG, Theengs:
		d.omg(topic, payload)
	case ESPresense:
		d.espresense(topic, payload)
	case Minew:
		d.minew(topic, payload)
	case Ruuvi:
		d.ruuvi(topic, payload)
	}
	return d.m
}

// Forget wipes what the last message said of radios. Whoever decodes for longer than a moment calls it after each message, or the
// last one stays in memory until the next comes.
func (d *Decoder) Forget() {
	clear(d.m.Records)
	clear(d.raw[:cap(d.raw)])
	d.adv.Reset()
	d.m = Message{Records: d.m.Records[:0]}
}

// begin begins a record. What is not finished is not there.
func (d *Decoder) begin() Record {
	d.adv.Reset()
	return Record{RSSI: devices.UnknownRSSI, Power: devices.UnknownRSSI}
}

// finish adds a record, with what the advertisement read meanwhile says of it.
func (d *Decoder) finish(r *Record, row int) {
	for _, f := range d.adv.Frames {
		r.name(f.Identity())
		if !r.Power.Known() {
			r.Power = f.Power()
		}
	}
	r.name(r.Address.Identity(r.AddressKind))
	if r.Address.IsZero() && r.n == 0 {
		d.m.spoil(row, noAddress)
		return
	}
	d.m.Records = append(d.m.Records, *r)
}

// advertised reads an advertisement written in hexadecimal digits.
func (d *Decoder) advertised(digits []byte, row int) {
	raw, ok := d.bytes(digits)
	if !ok {
		d.m.spoil(row, notHex)
	}
	if d.adv.Read(raw) != nil {
		d.m.spoil(row, overrun)
	}
}

// bytes is what hexadecimal digits stand for, until the next call.
func (d *Decoder) bytes(digits []byte) ([]byte, bool) {
	d.raw = append(d.raw[:0], make([]byte, hex.DecodedLen(len(digits)))...)
	n, err := hex.Decode(d.raw, digits)
	return d.raw[:n], err == nil
}

// health reads what the broker or the gateway says of the gateway.
func (d *Decoder) health(word []byte) {
	switch string(bytes.TrimSpace(word)) {
	case "online":
		d.m.Health = Online
	case "offline":
		d.m.Health = Offline
	default:
		d.m.spoil(0, noHealth)
	}
}

// object is a payload that holds one JSON object, false when it does not.
func (d *Decoder) object(payload []byte) ([]byte, bool) {
	payload = bytes.TrimSpace(payload)
	if !is(payload, '{') || !json.Valid(payload) {
		d.m.spoil(0, notJSON)
		return nil, false
	}
	return payload, true
}

// namedByMAC sets the gateway's name if s is a MAC address.
func namedByMAC[T ~string | ~[]byte](d *Decoder, s T) {
	a, ok := ble.ParseAddress(s)
	if !ok {
		return
	}
	var digits [12]byte
	hex.Encode(digits[:], a[:])
	if d.gateway != string(digits[:]) {
		d.gateway = string(digits[:])
	}
	d.m.Gateway = d.gateway
}

// uuid reads 32 hexadecimal digits, with or without dashes.
func uuid(s []byte) (u ble.UUID, ok bool) {
	var digits [32]byte
	n := 0
	for _, c := range s {
		if c == '-' {
			continue
		}
		if n == len(digits) {
			return u, false
		}
		digits[n] = c
		n++
	}
	if n != len(digits) {
		return u, false
	}
	_, err := hex.Decode(u[:], digits[:])
	return u, err == nil
}

// seconds is a Unix time in seconds, or in milliseconds if it would lie beyond the year 5000; zero when value is none.
func seconds(value []byte) time.Time {
	v, ok := number(value)
	switch {
	case !ok || v < 1e9 || v > 1e14:
		return time.Time{}
	case v >= 1e11:
		return time.UnixMilli(int64(v))
	}
	return time.Unix(int64(v), 0)
}
