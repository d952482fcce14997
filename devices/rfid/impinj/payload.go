package impinj

import (
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid"
)

// tagInventory is the type of the events that are tags.
const tagInventory = "tagInventory"

// Event is one event of a message. Its byte slices point into the message.
type Event struct {
	Type   []byte // "tagInventory", "inventoryStatus", "gpi", ...; nil when not told
	Reader []byte // the host name; nil when not told
	// Stamp is when the reader says it happened, as it wrote it: when it last saw the tag, else when it made the event. Nil when
	// it does not say.
	Stamp []byte
	Time  time.Time // Stamp, by the reader's clock; zero when there is none or it is not a time
	// Tag says that the rest is there. Without it the event is another one, and a sign of life all the same.
	Tag     bool
	EPC     gs1.EPC
	Antenna int          // 1 when not told
	RSSI    devices.RSSI // UnknownRSSI when not told, or when it is not a strength a tag can have
	TID     TID
	PC      PC
}

// TID is what the tag's maker has written into it; the zero TID when not told.
type TID struct{ epc gs1.EPC } // the same bytes of the same bounds

// String is the TID in upper-case hex; "" for none.
func (t TID) String() string { return t.epc.String() }

// PC is a tag's protocol control word (Gen2 6.3.2.1.2.2).
type PC struct {
	Word  uint16
	Known bool
}

// pcToggle in the PC word says that the tag holds an ISO application family and no EPC.
const pcToggle = 0x0100

// NotEPC says whether the tag says of itself that it holds something else than an EPC.
func (p PC) NotEPC() bool { return p.Known && p.Word&pcToggle != 0 }

// Payload walks over the events of a message.
//
//	p := impinj.NewPayload(message)
//	for e, ok := p.Next(); ok; e, ok = p.Next() { ... }
//
// It allocates nothing. It is not safe for concurrent use.
type Payload struct{ objects rfid.Objects }

// NewPayload begins a walk. The Payload reads p until its end and does not change it.
func NewPayload(p []byte) Payload { return Payload{rfid.NewObjects(p)} }

// Bad is how much was met so far that means nothing: 1 for each object that is no event or a broken one, and 1 for whatever is
// not JSON, after which nothing follows.
func (p *Payload) Bad() int { return p.objects.Bad() }

// Next is the next event, false at the end.
func (p *Payload) Next() (e Event, ok bool) {
	for p.objects.Next() {
		e = Event{}
		err := p.event(&e)
		switch {
		case err != nil:
			p.objects.Fail()
		case e.Tag, e.Type != nil && string(e.Type) != tagInventory:
			return e, true
		default:
			p.objects.Spoiled()
		}
	}
	return Event{}, false
}

func (p *Payload) event(e *Event) error {
	s := &p.objects.Scanner
	var seen []byte
	f := noFields()
	err := s.Object(func(key []byte) (err error) {
		switch string(key) {
		case "eventType":
			e.Type, err = s.TextOf()
		case "hostname":
			e.Reader, err = s.TextOf()
		case "timestamp":
			e.Stamp, err = s.TextOf()
		case "tagInventoryEvent":
			f, seen = noFields(), nil // the last of several counts
			if s.Space() != '{' {
				_, err = s.Skip()
				return err
			}
			return s.Object(func(key []byte) (err error) {
				if string(key) == "lastSeenTime" {
					seen, err = s.TextOf()
					return err
				}
				return f.read(s, key)
			})
		default:
			_, err = s.Skip()
		}
		return err
	})
	e.settle(&f, seen)
	return err
}

// settle fills in what follows from the fields once all have been read.
func (e *Event) settle(f *fields, seen []byte) {
	// An event that does not tell its type tells it by its content.
	e.Tag = f.sound() && (e.Type == nil || string(e.Type) == tagInventory)
	e.EPC, e.Antenna, e.RSSI, e.TID, e.PC = f.epc(), f.antenna, f.rssi, TID{f.tid}, f.pc
	if at, ok := rfid.ParseTime(seen); ok {
		e.Stamp, e.Time = seen, at
		return
	}
	e.Time, _ = rfid.ParseTime(e.Stamp)
}

// fields are what the body of a tag's event says.
type fields struct {
	hex, base64 gs1.EPC
	tid         gs1.EPC
	pc          PC
	antenna     int
	rssi        devices.RSSI
	// A field that must be right is not.
	broken bool
}

func noFields() fields { return fields{antenna: 1, rssi: devices.UnknownRSSI} }

// epc is the tag's; readers that tell it twice tell the same.
func (f *fields) epc() gs1.EPC {
	if f.hex.IsZero() {
		return f.base64
	}
	return f.hex
}

func (f *fields) sound() bool {
	differ := !f.hex.IsZero() && !f.base64.IsZero() && f.hex != f.base64
	return !f.broken && !differ && !f.epc().IsZero()
}

// read reads the value of one field of a tag.
func (f *fields) read(s *rfid.Scanner, key []byte) error {
	if s.Space() == 'n' { // null is another way of not telling
		_, err := s.Skip()
		return err
	}
	switch string(key) {
	case "epcHex":
		return f.readEPC(s, &f.hex, parseHex)
	case "epc":
		return f.readEPC(s, &f.base64, rfid.ParseBase64EPC)
	case "tidHex":
		text, err := s.TextOf()
		f.tid, _ = parseHex(text)
		return err
	case "tid":
		text, err := s.TextOf()
		if f.tid.IsZero() {
			f.tid, _ = rfid.ParseBase64EPC(text)
		}
		return err
	case "pc":
		text, err := s.TextOf()
		f.pc = parsePC(text)
		return err
	case "antennaPort":
		n, ok, err := s.AntennaOf()
		f.antenna, f.broken = n, f.broken || !ok
		return err
	case "peakRssiCdbm":
		v, _, err := s.NumberOf()
		f.rssi = rfid.Strength(v, 100)
		return err
	}
	_, err := s.Skip()
	return err
}

func (f *fields) readEPC(s *rfid.Scanner, into *gs1.EPC, parse func([]byte) (gs1.EPC, bool)) error {
	text, err := s.TextOf()
	if err != nil {
		return err
	}
	epc, ok := parse(text)
	*into, f.broken = epc, f.broken || !ok
	return nil
}

func parseHex(text []byte) (gs1.EPC, bool) {
	epc, err := gs1.ParseEPC(string(text))
	return epc, err == nil
}

func parsePC(text []byte) PC {
	var raw [gs1.MaxEPCBytes]byte
	word, ok := rfid.ParseBase64EPC(text)
	if p := word.AppendBytes(raw[:0]); ok && len(p) == 2 {
		return PC{uint16(p[0])<<8 | uint16(p[1]), true}
	}
	return PC{}
}
