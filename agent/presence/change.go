package presence

import (
	"time"

	"showroom/agent/gs1"
	"showroom/agent/showroom"
)

// Kind is what has changed about a tag.
type Kind int8

// The kinds of change. Those after Departed are no events of the shop but for the books: a tag known from before a restart has
// been read where it was said to be; a tag that has hung about and never arrived is furniture from now on; furniture is gone.
const (
	Arrived Kind = iota + 1
	Moved
	Departed
	Confirmed
	Learned
	Released
)

// String is the kind in a word.
func (k Kind) String() string {
	switch k {
	case Arrived:
		return "arrived"
	case Moved:
		return "moved"
	case Departed:
		return "departed"
	case Confirmed:
		return "confirmed"
	case Learned:
		return "learned"
	case Released:
		return "released"
	}
	return "unknown"
}

// Change is a decision. From is nowhere for what has arrived or been learned, To is nowhere for what has departed or been
// released, and both are the same place for a confirmation.
type Change struct {
	Kind Kind
	EPC  gs1.EPC
	From showroom.Place
	To   showroom.Place
	// At is when the rule was fulfilled: the read that decided, or the moment the silence had lasted long enough, however late
	// the Engine was told the time.
	At time.Time
	// Static: the tag is still heard, and has been for so long that it is furniture. True of what has been learned, and of such
	// departures.
	Static bool
	Why    showroom.Figures
}

// Occupancy is one tag in one place.
type Occupancy struct {
	EPC   gs1.EPC
	Place showroom.Place
	Since time.Time
	// Unconfirmed: known from before a restart and not read since.
	Unconfirmed bool
	// Static: furniture, ignored.
	Static bool
}

// Stats are counts since New and, from Tags on, the state now.
type Stats struct {
	Reads     uint64 // all of Observe
	Unplaced  uint64 // reads of an antenna that hangs nowhere, or without an EPC
	Weak      uint64 // reads too weak to tell anything
	Arrived   uint64
	Moved     uint64
	Departed  uint64
	Confirmed uint64
	Learned   uint64
	Released  uint64
	Forgotten uint64 // tags heard that never arrived
	Evicted   uint64 // of those, the ones that had to make room
	Refused   uint64 // reads of new tags when there was no room

	Tags       int // remembered, of any sort
	Present    int // in a place
	Candidates int // heard, not arrived
	Static     int // learned and ignored
}
