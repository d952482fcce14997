package zebra

import (
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
)

// Object is one object of a message. Its byte slices point into the message.
type Object struct {
	Type   []byte // "SIMPLE", "CUSTOM", "HEARTBEAT", ...; nil when not told
	Reader []byte // MAC, else reader_name, else hostName; nil when not told
	// Stamp is when the reader says it happened, as it wrote it; nil when it does not say.
	Stamp []byte
	Time  time.Time // Stamp, by the reader's clock; zero when there is none or it is not a time
	// Tag says that the rest is there. Without it the object is a heartbeat or another event, and a sign of life all the same.
	Tag     bool
	EPC     gs1.EPC
	Antenna int          // 1 when not told
	RSSI    devices.RSSI // UnknownRSSI when not told, or when it is not a strength a tag can have
	Reads   int          // how many reads this one stands for; 1 when not told
	// NotEPC: the tag says of itself that it holds something else than an EPC.
	NotEPC bool

	fields fields
}

// Payload walks over the objects of a message.
//
//	p := zebra.NewPayload(message)
//	for o, ok := p.Next(); ok; o, ok = p.Next() { ... }
//
// It allocates nothing for a tag of up to 128 bits. It is not safe for concurrent use.
type Payload struct {
	s       scanner
	inArray bool
	first   bool // of the array
	done    bool
	bad     int

	// The tags of a handheld's object, one by one; each with what the object says of all.
	tags   scanner
	common Object
}

// NewPayload begins a walk. The Payload reads p until its end and does not change it.
func NewPayload(p []byte) Payload { return Payload{s: scanner{p: p}} }

// Bad is how much was met so far that means nothing: 1 for each object that is no reader's, and 1 for whatever is not JSON, after
// which nothing follows.
func (p *Payload) Bad() int { return p.bad }

// Next is the next object, false at the end.
func (p *Payload) Next() (Object, bool) {
	for {
		if o, ok := p.nextTag(); ok {
			return o, true
		}
		if !p.advance() {
			return Object{}, false
		}
		o, tags, err := p.object()
		if err != nil {
			p.fail()
			return Object{}, false
		}
		switch {
		case o.fields.broken():
			p.bad++
		case tags != nil:
			p.common, p.tags = o, scanner{p: tags}
		case o.Tag, o.Type != nil:
			return o, true
		default:
			p.bad++
		}
	}
}

// advance moves to the next object: glued to the last, or behind the comma of an array.
func (p *Payload) advance() bool {
	for !p.done {
		switch c := p.s.space(); {
		case c == 0 && p.s.i >= len(p.s.p):
			p.done = true
			if p.inArray {
				p.bad++
			}
		case c == '[' && !p.inArray:
			p.inArray, p.first = true, true
			p.s.i++
		case c == ']' && p.inArray:
			p.inArray = false
			p.s.i++
		case c == '{' && (!p.inArray || p.first):
			p.first = false
			return true
		case c == ',' && p.inArray && !p.first:
			p.s.i++
			if p.s.space() != '{' {
				p.fail()
				return false
			}
			return true
		default:
			p.fail()
		}
	}
	return false
}

func (p *Payload) fail() {
	p.bad++
	p.done = true
}

// object reads the object at hand. tags is the list of a handheld, to be walked over afterwards.
func (p *Payload) object() (o Object, tags []byte, err error) {
	o = Object{fields: noFields()}
	var name []byte
	err = p.s.object(func(key []byte) error {
		switch string(key) {
		case "type":
			return p.s.textInto(&o.Type)
		case "timestamp":
			err := p.s.textInto(&o.Stamp)
			o.Time, _ = parseTime(o.Stamp)
			return err
		case "reader_name":
			return p.s.textInto(&name)
		case "data":
			o.fields, tags = noFields(), nil // the last of several counts
			if p.s.space() == '{' {
				return p.s.object(func(key []byte) error {
					if string(key) == "tagData" && p.s.space() == '[' {
						var err error
						tags, err = p.s.skip(2)
						return err
					}
					return o.fields.read(&p.s, key)
				})
			}
		}
		_, err := p.s.skip(1)
		return err
	})
	o.settle(name)
	return o, tags, err
}

// nextTag is the next tag of a handheld's list, which has been walked over once and is therefore sound.
func (p *Payload) nextTag() (Object, bool) {
	for p.tags.p != nil {
		if p.tags.i++; p.tags.space() == ']' || p.tags.i >= len(p.tags.p) {
			p.tags = scanner{}
			return Object{}, false
		}
		o := p.common
		if p.tags.space() != '{' {
			_, _ = p.tags.skip(0)
			p.tags.space()
			p.bad++
			continue
		}
		_ = p.tags.object(func(key []byte) error { return o.fields.read(&p.tags, key) })
		p.tags.space()
		o.settle(p.common.Reader)
		if o.Tag {
			return o, true
		}
		p.bad++
	}
	return Object{}, false
}
