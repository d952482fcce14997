package llrp

import (
	"showroom/agent/gs1"
	"showroom/devices"
)

// Tag is one tag of a report.
type Tag struct {
	EPC     gs1.EPC      // zero for a tag without one
	Antenna int          // 1 when not told
	RSSI    devices.RSSI // UnknownRSSI when not told, or when it is not a strength a tag can have
	Seen    int          // how many reads this one stands for; 1 when not told
	// NotEPC: the tag says of itself that it holds something else than an EPC.
	NotEPC bool
}

// pcToggle in the PC word says that the tag holds an ISO application family and no EPC (Gen2 6.3.2.1.2.2).
const pcToggle = 0x0100

// Tags walks over the tags of an RO_ACCESS_REPORT.
//
//	tags := llrp.NewTags(body)
//	for tag, ok := tags.Next(); ok; tag, ok = tags.Next() { ... }
//
// It allocates nothing for a sound report. It is not safe for concurrent use.
type Tags struct {
	c   cursor
	bad int
}

// NewTags begins a walk. Tags reads body until its end and does not change it.
func NewTags(body []byte) Tags { return Tags{c: over(body)} }

// Bad is how much was met so far that means nothing: 1 for each broken tag, and 1 for a body that ends in the middle.
func (t *Tags) Bad() int {
	if t.c.err != nil {
		return t.bad + 1
	}
	return t.bad
}

// Next is the next tag, false at the end.
func (t *Tags) Next() (Tag, bool) {
	for {
		kind, c, ok := t.c.next()
		if !ok {
			return Tag{}, false
		}
		if kind != paramTagReportData {
			continue // surveys and extensions of makers
		}
		if tag, ok := tagOf(c); ok {
			return tag, true
		}
		t.bad++
	}
}

func tagOf(c cursor) (Tag, bool) {
	tag, told := Tag{Antenna: 1, RSSI: devices.UnknownRSSI, Seen: 1}, false
	for {
		kind, p, ok := c.next()
		if !ok {
			return tag, told && c.err == nil
		}
		switch kind {
		case paramEPC96:
			told = true
			tag.EPC, ok = epcOf(p.take(12))
		case paramEPCData:
			told = true
			bits := int(p.u16())
			tag.EPC, ok = epcOf(p.take((bits + 7) / 8))
			ok = ok && p.left() == 0
		case paramAntennaID:
			n := int(p.u16())
			tag.Antenna, ok = n, n > 0
		case paramPeakRSSI:
			// A tag's answer is below 0 dBm by far; 0 and more is what a reader says that has none to tell.
			if v := int8(p.u8()); v < 0 {
				tag.RSSI = devices.RSSI(v) * 100
			}
		case paramTagSeenCount:
			tag.Seen = max(1, int(p.u16()))
		case paramC1G2PC:
			tag.NotEPC = p.u16()&pcToggle != 0
		}
		if !ok || p.err != nil {
			return Tag{}, false
		}
	}
}

// epcOf is p as an EPC; no bytes are none.
func epcOf(p []byte) (gs1.EPC, bool) {
	if len(p) == 0 {
		return gs1.EPC{}, true
	}
	epc, err := gs1.EPCFromBytes(p)
	return epc, err == nil
}
