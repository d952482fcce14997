package showroom

import (
	"crypto/sha256"
	"fmt"
)

// Lane is a stream of the journal with an order and a keeping rule of its own.
type Lane string

// The lanes.
const (
	LaneFacts        Lane = "facts"        // never dropped; goes to the central service
	LaneObservations Lane = "observations" // consented only; the oldest go under disk pressure; goes to the central service
	LaneLocal        Lane = "local"        // for screens; never leaves the shop
)

// Uploaded says whether rows of the lane go to the central service.
func (l Lane) Uploaded() bool { return l == LaneFacts || l == LaneObservations }

// Row is one line of the journal. It is never changed, except that a forgotten row has an empty Body; its SHA256 stays, so that
// digests over the journal stay true.
type Row struct {
	Seq     int64  // order in this journal, all lanes together; what a screen's stream resumes from
	Epoch   string // life of this journal
	Lane    Lane
	LaneSeq int64 // order in the lane, from 1 without a gap
	Kind    Kind
	Version int
	Subject string // what it is about: "visit/ID", "room/ID", ...
	Body    []byte // JSON of the event
	SHA256  [sha256.Size]byte
	At      Moment
}

// ID names the event for all time and everywhere: epoch/lane/lane_seq.
func (r Row) ID() string { return fmt.Sprintf("%s/%s/%d", r.Epoch, r.Lane, r.LaneSeq) }

// StreamID is the id of the row on a screen's stream: epoch.seq.
func (r Row) StreamID() string { return fmt.Sprintf("%s.%d", r.Epoch, r.Seq) }

// LaneEnd is how far a lane has grown and how much of it the central service has.
type LaneEnd struct {
	Epoch string
	Lane  Lane
	Last  int64 // lane_seq of the newest row, 0 for none
	Acked int64 // lane_seq up to which the central service has acknowledged
}
