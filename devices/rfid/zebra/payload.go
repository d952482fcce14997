package zebra

import (
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid"
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
}

// Payload walks over the objects of a message.
//
//	p := zebra.NewPayload(message)
//	for o, ok := p.Next(); ok; o, ok = p.Next() { ... }
//
// It allocates nothing for a tag of up to 128 bits. It is not safe for concurrent use.
type Payload struct {
	objects rfid.Objects

	// The tags of a handheld's object, one by one; each with what the object says of all.
	tags     rfid.Scanner
	handheld bool // there are some
	first    bool
	common   Object
	fields   fields // likewise
}

// NewPayload begins a walk. The Payload reads p until its end and does not change it.
func NewPayload(p []byte) Payload { return Payload{objects: rfid.NewObjects(p)} }

// Bad is how much was met so far that means nothing: 1 for each object that is no reader's, and 1 for whatever is not JSON, after
// which nothing follows.
func (p *Payload) Bad() int { return p.objects.Bad() }

// Next is the next object, false at the end.
func (p *Payload) Next() (o Object, ok bool) {
	for {
		if p.handheld && p.nextTag(&o) {
			return o, true
		}
		if !p.objects.Next() {
			return Object{}, false
		}
		o = Object{}
		f := noFields()
		tags, err := p.object(&o, &f)
		switch {
		case err != nil:
			p.objects.Fail()
		case f.broken():
			p.objects.Spoiled()
		case tags != nil:
			p.common, p.fields, p.tags, p.handheld, p.first = o, f, rfid.NewScanner(tags), true, true
		case o.Tag, o.Type != nil:
			return o, true
		default:
			p.objects.Spoiled()
		}
	}
}

// object reads the object at hand. tags is the list of a handheld, to be walked over afterwards.
func (p *Payload) object(o *Object, f *fields) (tags []byte, err error) {
	s := &p.objects.Scanner
	var name []byte
	err = s.Object(func(key []byte) (err error) {
		switch string(key) {
		case "type":
			o.Type, err = s.TextOf()
		case "timestamp":
			o.Stamp, err = s.TextOf()
			o.Time, _ = rfid.ParseTime(o.Stamp)
		case "reader_name":
			name, err = s.TextOf()
		case "data":
			*f, tags = noFields(), nil // the last of several counts
			if s.Space() != '{' {
				_, err = s.Skip()
				return err
			}
			return s.Object(func(key []byte) (err error) {
				if string(key) == "tagData" && s.Space() == '[' {
					tags, err = s.Skip()
					return err
				}
				return f.read(s, key)
			})
		default:
			_, err = s.Skip()
		}
		return err
	})
	o.settle(f, name)
	return tags, err
}

// nextTag is the next tag of a handheld's list, which has been walked over once and is therefore sound.
func (p *Payload) nextTag(o *Object) bool {
	for p.handheld {
		p.handheld, _ = p.tags.Element(p.first)
		p.first = false
		if !p.handheld {
			break
		}
		if p.tags.Space() != '{' {
			_, _ = p.tags.Skip()
			p.objects.Spoiled()
			continue
		}
		f := p.fields
		_ = p.tags.Object(func(key []byte) error { return f.read(&p.tags, key) })
		*o = p.common
		o.settle(&f, p.common.Reader)
		if o.Tag {
			return true
		}
		p.objects.Spoiled()
	}
	return false
}
