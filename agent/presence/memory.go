package presence

import (
	"hash/maphash"
	"time"

	"showroom/agent/gs1"
)

const (
	none = -1
	// maxTracks is in how many places at once a tag is listened for; the place not heard for longest makes room.
	maxTracks = 8
)

// tag is what is remembered of one tag, in two cache lines: one that tells which it is, and one with what a read needs.
type tag struct {
	epc  gs1.EPC
	used bool

	place        int32 // where it is; nowhere for a candidate
	track        int32 // first of its tracks
	tracks       uint8
	static       bool
	confirmed    bool // read since it was restored
	loiters      bool // a candidate that must be heard better than usual before it arrives
	leads        bool // another place has the better claim: leader, since ahead, and last found so when held
	counted      bool
	crowded      bool          // it came with more than a shopper carries
	last         time.Duration // last read that counts for departing: in its place, or anywhere for one that is in none
	entered      time.Duration // when it came to its place, or was first heard
	ahead        time.Duration
	held         time.Duration
	leader       int32
	older, newer int32 // neighbours in the line of candidates
}

// track is one tag as heard in one place.
type track struct {
	place int32
	next  int32
	first time.Duration // since when it has been heard, never silent for as long as it takes to depart
	last  time.Duration
	// mean of the window in dBm, and above the floor in dB, when the newest slot was begun; only if sounded.
	mean    float64
	above   float64
	sounded bool
	// usual is the mean over many slots in dB above the floor, habits how many have gone into it.
	habits uint8
	usual  float64
	window
}

// manySlots is over how many slots the usual strength is taken.
const manySlots = 64

// begin forgets how the tag was heard the last time.
func (tr *track) begin(at time.Duration) { *tr = track{place: tr.place, next: tr.next, first: at} }

// getUsedTo takes a slot into the usual strength.
func (tr *track) getUsedTo(s *slot) {
	if s.known == 0 {
		return
	}
	tr.habits = min(tr.habits+1, manySlots)
	tr.usual += (float64(s.over)/float64(s.known)/100 - tr.usual) / float64(tr.habits)
}

// weigh brings the mean up to date.
func (tr *track) weigh(at, span time.Duration) {
	if seen := tr.within(at, span); seen.known > 0 {
		tr.mean, tr.above, tr.sounded = seen.dBm(), seen.above(), true
	}
}

// memory holds tags and tracks in slabs and hands their numbers about: nothing is allocated for a tag that is known, and a place
// in a slab that falls free is used again.
type memory struct {
	index      index
	hash       func(gs1.EPC) uint64
	remembered int
	tags       []tag
	since      []time.Time // when a tag came to its place, by its number; reads do not need it
	freeTags   []int32
	tracks     []track
	freeTracks []int32

	oldest, newest int32 // ends of the line of candidates, by when they were first heard
	candidates     int
	statics        int
}

func newMemory() memory {
	seed := maphash.MakeSeed()
	return memory{
		hash:   func(epc gs1.EPC) uint64 { return maphash.Comparable(seed, epc) },
		oldest: none, newest: none,
	}
}

// lookUp answers the number of a tag, or none.
func (m *memory) lookUp(epc gs1.EPC) int32 {
	return m.index.seek(m.hash(epc), func(i int32) bool { return m.tags[i].epc == epc })
}

func (m *memory) rehash(i int32) uint64 { return m.hash(m.tags[i].epc) }

// remember makes a candidate of a tag that is not known.
func (m *memory) remember(epc gs1.EPC) int32 {
	var i int32
	if n := len(m.freeTags); n > 0 {
		i = m.freeTags[n-1]
		m.freeTags = m.freeTags[:n-1]
	} else {
		i = int32(len(m.tags))
		m.tags = append(m.tags, tag{})
		m.since = append(m.since, time.Time{})
	}
	m.remembered++
	m.tags[i] = tag{epc: epc, used: true, place: nowhere, track: none}
	m.index.put(m.hash(epc), i, m.rehash)
	m.enlist(i)
	return i
}

// enlist puts a tag at the end of the line of candidates.
func (m *memory) enlist(i int32) {
	t := &m.tags[i]
	t.older, t.newer = m.newest, none
	if m.newest != none {
		m.tags[m.newest].newer = i
	} else {
		m.oldest = i
	}
	m.newest = i
	m.candidates++
}

// promote takes a candidate out of the line.
func (m *memory) promote(i int32) {
	t := &m.tags[i]
	if t.older != none {
		m.tags[t.older].newer = t.newer
	} else {
		m.oldest = t.newer
	}
	if t.newer != none {
		m.tags[t.newer].older = t.older
	} else {
		m.newest = t.older
	}
	t.older, t.newer = none, none
	m.candidates--
}

// drop forgets a tag that has no deadline any more.
func (m *memory) drop(i int32) {
	t := &m.tags[i]
	if t.place == nowhere {
		m.promote(i)
	}
	if t.static {
		m.statics--
	}
	for t.track != none {
		m.cut(i, none)
	}
	m.index.drop(m.hash(t.epc), i, m.rehash)
	m.remembered--
	*t = tag{}
	m.freeTags = append(m.freeTags, i)
}

// find answers the tag's track in the place, or nil.
func (m *memory) find(t *tag, place int32) *track {
	for k := t.track; k != none; k = m.tracks[k].next {
		if m.tracks[k].place == place {
			return &m.tracks[k]
		}
	}
	return nil
}

// follow answers the tag's track in the place, making one if need be. Pointers to other tracks are void afterwards.
func (m *memory) follow(i, place int32) *track {
	t := &m.tags[i]
	if tr := m.find(t, place); tr != nil {
		return tr
	}
	if t.tracks == maxTracks {
		m.cutStalest(i)
	}
	var k int32
	if n := len(m.freeTracks); n > 0 {
		k = m.freeTracks[n-1]
		m.freeTracks = m.freeTracks[:n-1]
	} else {
		k = int32(len(m.tracks))
		m.tracks = append(m.tracks, track{})
	}
	m.tracks[k] = track{place: place, next: t.track}
	t.track = k
	t.tracks++
	return &m.tracks[k]
}

// cutStalest gives up the track that has been silent for longest, but never that of the place the tag is in.
func (m *memory) cutStalest(i int32) {
	t := &m.tags[i]
	previous, stalest := int32(none), int32(none)
	var last time.Duration
	for before, k := int32(none), t.track; k != none; before, k = k, m.tracks[k].next {
		if tr := &m.tracks[k]; tr.place != t.place && (stalest == none || tr.last < last) {
			previous, stalest, last = before, k, tr.last
		}
	}
	if stalest != none {
		m.cut(i, previous)
	}
}

// cut gives up the track after the one given, or the first after none.
func (m *memory) cut(i, previous int32) {
	t := &m.tags[i]
	link := &t.track
	if previous != none {
		link = &m.tracks[previous].next
	}
	k := *link
	*link = m.tracks[k].next
	m.freeTracks = append(m.freeTracks, k)
	t.tracks--
}
