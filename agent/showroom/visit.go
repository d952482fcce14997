package showroom

import (
	"slices"
	"time"

	"showroom/agent/gs1"
)

// Room is a fitting-room cubicle. Near are the rooms that hear what stands beside this one; nil means all.
type Room struct {
	ID   RoomID   `json:"id"`
	Name string   `json:"name"`
	Near []RoomID `json:"-"`
}

// Hears says whether what stands beside the other room may be heard in this one.
func (r Room) Hears(other RoomID) bool {
	return r.Near == nil || slices.Contains(r.Near, other)
}

// Garment is one tag hanging in a room. GTIN is empty when the tag is the shop's own but the catalogue does not know it: such a
// garment is shown as unknown and left to staff.
type Garment struct {
	EPC    gs1.EPC
	GTIN   gs1.GTIN
	Room   RoomID
	Visit  VisitID // "" before a visit has opened, and again once it has been left behind
	Since  Moment
	Manner Manner // how it came; Brought once it belongs to a visit
	// LeftBehind: its visit ended while it hung there, or it was hung there for sale. It is a thing to fetch, not a shopper.
	LeftBehind bool
	// Unconfirmed: known from before a restart and not read since.
	Unconfirmed bool
}

// Waits says that the garment hangs there for a visit to open: nobody's yet, read, and neither left behind nor one of a pile.
func (g Garment) Waits() bool {
	return g.Visit == "" && !g.LeftBehind && !g.Unconfirmed && g.Manner != Piled
}

// VisitEnd is why a visit ended.
type VisitEnd string

// The ways a visit ends. Tags alone never end one: an empty room only begins the pause.
const (
	EndDone   VisitEnd = "done"   // the shopper said so
	EndPause  VisitEnd = "pause"  // nothing happened for a long time
	EndStaff  VisitEnd = "staff"  // an associate said so
	EndForget VisitEnd = "forget" // the shopper asked to be forgotten
)

// Visit is one occupancy of a room, possibly by several people, under no name.
type Visit struct {
	ID         VisitID
	Room       RoomID
	Opened     Moment
	LastActive Moment // last arrival, departure or touch
	Ended      Moment // zero while open
	End        VisitEnd
}

// Open says whether the visit still runs.
func (v Visit) Open() bool { return v.End == "" }

// OpenVisit begins a visit of the room.
func OpenVisit(id VisitID, room RoomID, at Moment) (Visit, VisitOpened) {
	return Visit{ID: id, Room: room, Opened: at, LastActive: at}, VisitOpened{Visit: id, Room: room}
}

// Touch notes that somebody is there.
func (v Visit) Touch(at Moment) Visit {
	v.LastActive = at
	return v
}

// Over says whether the pause has lasted long enough to end the visit, and if not, for how long it may still last. garments is
// how many hang in the room that count for it, and asked says that something is still to be brought.
func (v Visit) Over(p VisitPolicy, garments int, asked bool, at Moment) (over bool, left time.Duration) {
	limit := p.PauseIdle
	switch {
	case garments > 0:
	case asked:
		limit = max(p.PauseEmpty, p.PauseAsked)
	default:
		limit = p.PauseEmpty
	}
	left = limit - at.Since(v.LastActive)
	return left <= 0, max(left, 0)
}

// Finish ends the visit; leftBehind is how many garments still hang in the room. Finishing twice is refused with CodeConflict.
func (v Visit) Finish(end VisitEnd, leftBehind int, at Moment) (Visit, VisitEnded, error) {
	if !v.Open() {
		return v, VisitEnded{}, Errorf(CodeConflict, "This visit has already ended.")
	}
	v.Ended, v.End = at, end
	return v, VisitEnded{Visit: v.ID, Room: v.Room, Reason: end, LeftBehind: leftBehind, Seconds: int(at.Since(v.Opened) / time.Second)}, nil
}
