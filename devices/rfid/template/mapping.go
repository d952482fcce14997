package template

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"showroom/agent/showroom"
)

// The values of a Mapping's words. An empty word is the first of its kind.
const (
	FormJSON  = "json"       // objects: one alone, several one after the other, or arrays of them
	FormKeonn = "keonn_text" // MAC|epc:rssi@port/mux1/mux2|...; only ReaderTopicLevel is looked at then

	CodingHex    = "hex"
	CodingBase64 = "base64" // either alphabet, padded or not

	UnitDBm  = "dbm"
	UnitCdBm = "cdbm" // hundredths of a dBm

	TimeText   = "text" // 2025-10-07T15:04:46.123+0000 and its kin
	TimeSecond = "s"    // numbers since 1970
	TimeMilli  = "ms"
	TimeMicro  = "us"
	TimeNano   = "ns"
)

// Mapping says where in a message things are. A path is the keys from the message's object inwards with dots between them; "[]"
// behind a key, once in a path, means each element of the list it holds:
//
//	tag_reads[].epc
//
// The EPC's path says which list that is; every other path leads through the same list, or through none and is then for all of
// the message's tags. A list of plain EPCs is "epcs[]". Only EPC is required; a field without a path is not told.
type Mapping struct {
	Form      string `json:"form"`
	EPC       string `json:"epc"`
	EPCCoding string `json:"epc_coding"`
	RSSI      string `json:"rssi"`
	RSSIUnit  string `json:"rssi_unit"`
	Antenna   string `json:"antenna"` // a number from 1; without it the antenna is 1
	Time      string `json:"time"`
	TimeUnit  string `json:"time_unit"`
	Reader    string `json:"reader"`
	// ReaderTopicLevel is which level of the topic names the reader, the first being 1, when the message does not; 0 for none.
	ReaderTopicLevel int `json:"reader_topic_level"`
}

// maxKeys bounds how deep a path may lead, well below how deep a message may be nested.
const maxKeys = 16

// maxTopicLevel is far above what anybody names.
const maxTopicLevel = 64

// field is what a path leads to.
type field int8

const (
	fieldNone field = iota
	fieldEPC
	fieldRSSI
	fieldAntenna
	fieldTime
	fieldReader
	fieldTags // the list
)

// node is a key on the way to one or several fields.
type node struct {
	key   string
	field field
	inner []*node
}

func (n *node) child(key []byte) *node {
	for _, c := range n.inner {
		if c.key == string(key) {
			return c
		}
	}
	return nil
}

// Template is a compiled Mapping. It is safe for concurrent use.
type Template struct {
	m         Mapping
	root, tag node    // the ways from the message's object, and from an element of the list
	list      bool    // there is one
	rssiScale float64 // how many units are a dBm
	timeScale float64 // how many nanoseconds a unit is; 0 for text
}

// Compile checks m. The error says everything that is wrong with it; its parts are [*showroom.Error] with showroom.CodeInvalid.
func Compile(m Mapping) (*Template, error) {
	c := compiler{t: &Template{m: m}}
	c.words()
	if c.t.m.Form == FormJSON {
		c.paths()
	} else {
		c.text()
	}
	if m.ReaderTopicLevel < 0 || m.ReaderTopicLevel > maxTopicLevel {
		c.fault("reader_topic_level", "%d is not a level of a topic; write 1 for the first, 0 for none", m.ReaderTopicLevel)
	}
	if len(c.faults) > 0 {
		return nil, errors.Join(c.faults...)
	}
	return c.t, nil
}

type compiler struct {
	t      *Template
	faults []error
}

func (c *compiler) fault(key, format string, args ...any) {
	c.faults = append(c.faults, &showroom.Error{Code: showroom.CodeInvalid, Message: key + ": " + fmt.Sprintf(format, args...)})
}

// words replaces empty words by what they mean and refuses unknown ones.
func (c *compiler) words() {
	m := &c.t.m
	c.word("form", &m.Form, FormJSON, FormKeonn)
	c.word("epc_coding", &m.EPCCoding, CodingHex, CodingBase64)
	c.word("rssi_unit", &m.RSSIUnit, UnitDBm, UnitCdBm)
	c.word("time_unit", &m.TimeUnit, TimeText, TimeSecond, TimeMilli, TimeMicro, TimeNano)
	c.t.rssiScale = 1
	if m.RSSIUnit == UnitCdBm {
		c.t.rssiScale = 100
	}
	c.t.timeScale = map[string]float64{TimeSecond: 1e9, TimeMilli: 1e6, TimeMicro: 1e3, TimeNano: 1}[m.TimeUnit]
}

func (c *compiler) word(key string, w *string, known ...string) {
	if *w == "" {
		*w = known[0]
	} else if !slices.Contains(known, *w) {
		c.fault(key, "%q is not known; write one of %s", *w, strings.Join(known, ", "))
	}
}

// text refuses what the text form has no use for.
func (c *compiler) text() {
	if c.t.m.Form != FormKeonn {
		return
	}
	m := c.t.m
	for _, f := range []struct{ key, path string }{{"epc", m.EPC}, {"rssi", m.RSSI}, {"antenna", m.Antenna}, {"time", m.Time}, {"reader", m.Reader}} {
		if f.path != "" {
			c.fault(f.key, "the form keonn_text has no paths; remove it")
		}
	}
	if m.EPCCoding != CodingHex || m.RSSIUnit != UnitDBm {
		c.fault("form", "keonn_text is in hex and dbm; remove epc_coding and rssi_unit")
	}
}

func (c *compiler) paths() {
	m := c.t.m
	if m.EPC == "" {
		c.fault("epc", "is missing; write the path of the EPC, like tag_reads[].epc")
		return
	}
	list, _, ok := strings.Cut(m.EPC, "[]")
	if c.t.list = ok; ok {
		c.way("epc", &c.t.root, list, fieldTags)
	}
	for _, f := range []struct {
		key, path string
		field     field
	}{{"epc", m.EPC, fieldEPC}, {"rssi", m.RSSI, fieldRSSI}, {"antenna", m.Antenna, fieldAntenna}, {"time", m.Time, fieldTime}, {"reader", m.Reader, fieldReader}} {
		if f.path == "" {
			continue
		}
		before, inner, through := strings.Cut(f.path, "[]")
		switch {
		case !through:
			c.way(f.key, &c.t.root, f.path, f.field)
		case !c.t.list || before != list:
			c.fault(f.key, "%q leads through another list than the EPC's %q; there is one list of tags", f.path, m.EPC)
		case inner == "":
			c.leaf(f.key, &c.t.tag, f.path, f.field)
		case inner[0] != '.':
			c.fault(f.key, "%q needs a dot behind []", f.path)
		default:
			c.way(f.key, &c.t.tag, inner[1:], f.field)
		}
	}
}

// way adds the way to f from n inwards.
func (c *compiler) way(name string, n *node, path string, f field) {
	keys := strings.Split(path, ".")
	if len(keys) > maxKeys {
		c.fault(name, "a path has at most %d keys", maxKeys)
		return
	}
	for _, key := range keys {
		if key == "" || strings.ContainsAny(key, "[] \t\r\n\"") {
			c.fault(name, "%q is not a path; write keys with dots between them, like data.idHex or tag_reads[].epc", path)
			return
		}
		if n.field != fieldNone {
			c.fault(name, "%q leads through a value that another path names", path)
			return
		}
		next := n.child([]byte(key))
		if next == nil {
			next = &node{key: key}
			n.inner = append(n.inner, next)
		}
		n = next
	}
	c.leaf(name, n, path, f)
}

func (c *compiler) leaf(name string, n *node, path string, f field) {
	if n.field != fieldNone || len(n.inner) > 0 {
		c.fault(name, "%q is where another path leads to or through", path)
		return
	}
	n.field = f
}
