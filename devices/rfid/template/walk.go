package template

import (
	"time"

	"showroom/agent/gs1"
	"showroom/devices"
	"showroom/devices/rfid"
)

// Read is one tag of a message. Its byte slices point into the message or its topic.
type Read struct {
	Reader []byte // nil when neither message nor topic tell
	// Stamp is when the reader says it happened, as it wrote it; nil when it does not say.
	Stamp    []byte
	Time     time.Time // Stamp, by the reader's clock; zero when there is none or it is not a time
	EPC      gs1.EPC
	Antenna  int          // 1 when not told
	RSSI     devices.RSSI // UnknownRSSI when not told, or when it is not a strength a tag can have
	Location []byte       // port and multiplexers as written; nil but for the text form
}

// Each calls each for every tag of a message, in order, and answers how much of it means nothing: 1 for each tag that is broken,
// 1 for each object without a tag, and 1 for whatever is not in the form at all, after which nothing follows. An empty list of
// tags is sound and means that the reader sees none: objects counts it among what was understood. It allocates nothing for a tag
// of up to 128 bits and keeps neither topic nor payload.
func (t *Template) Each(topic string, payload []byte, each func(Read)) (objects, bad int) {
	w := walk{t: t, each: each, topic: topicLevel(topic, t.m.ReaderTopicLevel)}
	if t.m.Form == FormKeonn {
		w.keonn(payload)
		return w.understood, w.bad
	}
	w.objects = rfid.NewObjects(payload)
	for w.objects.Next() {
		if w.object() != nil {
			w.objects.Fail()
		}
	}
	return w.understood, w.bad + w.objects.Bad()
}

// walk is one message on its way.
type walk struct {
	t       *Template
	each    func(Read)
	topic   string
	objects rfid.Objects
	// understood counts objects, not tags.
	understood, bad int
}

// values are what the paths have led to so far.
type values struct {
	epc, reader, stamp []byte
	rssi               devices.RSSI
	antenna            int
	at                 time.Time
	badAntenna         bool
	tags               []byte // the list, to be walked over afterwards
}

func (w *walk) object() error {
	v := values{rssi: devices.UnknownRSSI, antenna: 1}
	if err := w.inner(&w.objects.Scanner, &w.t.root, &v); err != nil {
		return err
	}
	if !w.t.list {
		w.settle(&v)
		return nil
	}
	if v.tags == nil {
		w.bad++
		return nil
	}
	w.understood++
	// The list has been walked over once and is therefore sound.
	s := rfid.NewScanner(v.tags)
	return s.Array(func() error {
		one := v
		if err := w.value(&s, &w.t.tag, &one); err != nil {
			return err
		}
		w.settle(&one)
		return nil
	})
}

// inner moves over an object whose members n's children are.
func (w *walk) inner(s *rfid.Scanner, n *node, v *values) error {
	return s.Object(func(key []byte) error {
		if c := n.child(key); c != nil {
			return w.value(s, c, v)
		}
		_, err := s.Skip()
		return err
	})
}

// value moves over the value n stands for.
func (w *walk) value(s *rfid.Scanner, n *node, v *values) (err error) {
	switch n.field {
	case fieldNone:
		if s.Space() == '{' {
			return w.inner(s, n, v)
		}
		_, err = s.Skip()
	case fieldTags:
		v.tags = nil
		list := s.Space() == '['
		raw, err := s.Skip()
		if list {
			v.tags = raw
		}
		return err
	case fieldEPC:
		v.epc, err = s.TextOf()
	case fieldReader:
		v.reader, err = s.TextOf()
	case fieldRSSI:
		var x float64
		x, _, err = s.NumberOf()
		v.rssi = rfid.Strength(x, w.t.rssiScale)
	case fieldAntenna:
		var ok bool
		v.antenna, ok, err = s.AntennaOf()
		v.badAntenna = !ok
	case fieldTime:
		err = w.time(s, v)
	}
	return err
}

// maxTime is as far as a number of nanoseconds reaches: the year 2262.
const maxTime = 1 << 63

func (w *walk) time(s *rfid.Scanner, v *values) (err error) {
	v.stamp, v.at = nil, time.Time{}
	if w.t.timeScale == 0 {
		v.stamp, err = s.TextOf()
		v.at, _ = rfid.ParseTime(v.stamp)
		return err
	}
	before := *s
	before.Space()
	x, ok, err := s.NumberOf()
	if nanos := x * w.t.timeScale; ok && nanos > 0 && nanos < maxTime {
		v.stamp, _ = before.Skip()
		// Whole units first: a float does not hold the nanoseconds of our time.
		whole := int64(x)
		v.at = time.Unix(0, whole*int64(w.t.timeScale)+int64((x-float64(whole))*w.t.timeScale)).UTC()
	}
	return err
}

// settle makes a read of the values.
func (w *walk) settle(v *values) {
	epc, ok := w.t.parseEPC(v.epc)
	if !ok || v.badAntenna {
		w.bad++
		return
	}
	if !w.t.list {
		w.understood++
	}
	w.give(Read{Reader: v.reader, Stamp: v.stamp, Time: v.at, EPC: epc, Antenna: v.antenna, RSSI: v.rssi})
}

func (w *walk) give(r Read) {
	if len(r.Reader) == 0 {
		r.Reader = nil
		if w.topic != "" {
			r.Reader = []byte(w.topic)
		}
	}
	w.each(r)
}

func (t *Template) parseEPC(text []byte) (gs1.EPC, bool) {
	if t.m.EPCCoding == CodingHex {
		epc, err := gs1.ParseEPC(string(text))
		return epc, err == nil
	}
	return rfid.ParseBase64EPC(text)
}

// topicLevel is the level'th part of a topic; "" when there is none.
func topicLevel(topic string, level int) string {
	if level == 0 {
		return ""
	}
	start := 0
	for i := 0; i <= len(topic); i++ {
		if i < len(topic) && topic[i] != '/' {
			continue
		}
		if level--; level == 0 {
			return topic[start:i]
		}
		start = i + 1
	}
	return ""
}
