package zones

import (
	"time"

	"showroom/devices"
)

const (
	none       = -1
	maxSamples = 1 << 15
)

// tag is what is remembered of one tag.
type tag struct {
	id        devices.RadioID
	zone      int32
	used      bool
	fresh     bool          // heard since it was last judged
	confirmed bool          // heard since it was restored
	queued    bool          // in the line of the silent
	last      time.Duration // heard by anyone
	quiet     time.Duration // where its silence counts from
	judged    time.Duration
	entered   time.Duration
	since     time.Time
	returns   int8          // how often it has come back, one time soon after the other
	returned  time.Duration // the last time
	stirred   time.Duration // when it last was on the move
	long      int32         // decisions that claim.usual is made of
	short     int32         // and claim.lately

	before, after int32 // neighbours in the line of the silent
}

// heard is one tag at one gateway.
type heard struct {
	last    time.Duration // any reading
	sounded time.Duration // a reading with a strength
	rssi    devices.RSSI  // the loudest of the interval in which sounded lies; only if loud
	loud    bool
	samples uint16 // readings, no more than Stale apart
}

// claim is what one zone has to say to a tag.
type claim struct {
	lead int32 // collected, hundredths of a dB
	was  bool  // the tag has been there, until left
	left time.Duration
	// How loud the zone has been hearing the tag, hundredths of a dBm: over all decisions since it settled, and over the last few.
	usual, lately float64
}

// memory holds tags in slabs, a row of gateways and one of zones for each. Nothing is allocated for a tag that is known.
//
// The line of the silent is in the order of quiet. Away is the same for all tags, so its head is due first.
type memory struct {
	gateways, zones int
	index           map[devices.RadioID]int32
	tags            []tag
	heard           []heard // of all tags, gateways a row
	claimed         []claim // of all tags, zones a row
	free            []int32
	known           int

	head, tail int32
	fresh      []int32 // to be judged at the next grid instant, in the order they were heard
}

func newMemory(f floor) memory {
	return memory{gateways: len(f.gateways), zones: len(f.zones), index: make(map[devices.RadioID]int32), head: none, tail: none}
}

func (m *memory) hearings(i int32) []heard { return m.heard[int(i)*m.gateways : int(i+1)*m.gateways] }
func (m *memory) claims(i int32) []claim   { return m.claimed[int(i)*m.zones : int(i+1)*m.zones] }

// remember makes a tag in the unknown zone.
func (m *memory) remember(id devices.RadioID) int32 {
	var i int32
	if n := len(m.free); n > 0 {
		i = m.free[n-1]
		m.free = m.free[:n-1]
		clear(m.hearings(i))
		clear(m.claims(i))
	} else {
		i = int32(len(m.tags))
		m.tags = append(m.tags, tag{})
		m.heard = append(m.heard, make([]heard, m.gateways)...)
		m.claimed = append(m.claimed, make([]claim, m.zones)...)
	}
	m.tags[i] = tag{id: id, used: true, zone: nowhere, before: none, after: none}
	m.index[id] = i
	return i
}

// drop forgets a tag that is not in the line.
func (m *memory) drop(i int32) {
	t := &m.tags[i]
	delete(m.index, t.id)
	if t.fresh {
		for k, f := range m.fresh {
			if f == i {
				m.fresh = append(m.fresh[:k], m.fresh[k+1:]...)
				break
			}
		}
	}
	*t = tag{}
	m.free = append(m.free, i)
}

// hush puts the tag at the end of the line: its silence counts from now.
func (m *memory) hush(i int32, now time.Duration) {
	m.unqueue(i)
	t := &m.tags[i]
	t.quiet, t.queued, t.before, t.after = now, true, m.tail, none
	if m.tail == none {
		m.head = i
	} else {
		m.tags[m.tail].after = i
	}
	m.tail = i
}

// unqueue takes the tag out of the line, if it stands there.
func (m *memory) unqueue(i int32) {
	t := &m.tags[i]
	if !t.queued {
		return
	}
	if t.before == none {
		m.head = t.after
	} else {
		m.tags[t.before].after = t.after
	}
	if t.after == none {
		m.tail = t.before
	} else {
		m.tags[t.after].before = t.before
	}
	t.queued, t.before, t.after = false, none, none
}
