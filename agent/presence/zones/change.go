package zones

import (
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// Change is a decision: a tag is in another zone, or in none that is known.
type Change struct {
	ID devices.RadioID
	// From and To are zones; the zero Place is the unknown zone: the tag is not heard, or not well enough to say where it is.
	From, To showroom.Place
	// Confidence is how much speaks for To, from 0 to 1: 0.5 when another zone hears the tag as well, 1 when none does or when the tag
	// is silent everywhere.
	Confidence float64
	// Dwell is how long the tag was in From.
	Dwell time.Duration
	// At is when the rule was fulfilled, however late the Engine was told the time.
	At time.Time
	// Why holds the figures that decided: how many gateways of To heard the tag (Reads), the strengths in To and From, what had to be
	// collected (Margin) and by how much To is louder now (Lead).
	Why showroom.Figures
}

// Occupancy is one tag in one zone.
type Occupancy struct {
	ID    devices.RadioID
	Zone  showroom.Place
	Since time.Time
	// Unconfirmed: known from before a restart and not heard since.
	Unconfirmed bool
}

// Stats are counts since New and, from Tags on, the state now.
type Stats struct {
	Sightings uint64 // all of Observe
	Foreign   uint64 // by a gateway that is not of this floor, or without an id
	Refused   uint64 // of new tags when there was no room
	Entered   uint64 // changes from the unknown zone to another
	Moved     uint64 // changes between zones
	Left      uint64 // changes to the unknown zone

	Tags  int // remembered, of any sort
	Known int // in a zone
}
