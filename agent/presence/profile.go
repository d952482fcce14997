package presence

import (
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// DB is a ratio of two radio powers in decibels.
type DB float64

// DBPerSecond is how fast a margin shrinks.
type DBPerSecond float64

// Profile are the numbers behind the rules of the package comment. The zero Profile means RetailProfile; in any other one every
// field is taken as it stands.
type Profile struct {
	// Floor is the weakest read that counts.
	Floor devices.RSSI
	// Window is how long a read counts in a mean.
	Window time.Duration
	// ArriveReads within ArriveWithin are an arrival. ArriveWithin beyond Window is cut to Window.
	ArriveReads  int
	ArriveWithin time.Duration
	// UnknownRSSIReads is used in place of ArriveReads and MoveReads for reads without a strength.
	UnknownRSSIReads int
	// MoveReads is how often the new place must have heard the tag within Window.
	MoveReads int
	// MoveMargin is how much louder the new place must be, NeighbourMargin the same between neighbours.
	MoveMargin      DB
	NeighbourMargin DB
	// MoveHold after the last read in the old place the margin begins to shrink by MoveDecay.
	MoveHold  time.Duration
	MoveDecay DBPerSecond
	// MinStay is how long a tag stays in a place before a louder one can take it.
	MinStay time.Duration
	// DepartAfter is the silence after which a tag has left.
	DepartAfter time.Duration
	// StaticAfter is how long a tag may stay in a room or a tray before it is furniture. 0 is for ever.
	StaticAfter time.Duration
}

// RetailProfile suits garments in fitting rooms. Margin, hold and decay are those in use for retail garments since Intel's RSP
// controller; the rest is what that one lacked.
func RetailProfile() Profile {
	return Profile{
		Floor:            devices.DBm(-65), // a garment beyond a cubicle's wall is heard at about -70 dBm
		Window:           5 * time.Second,  // covers a reader that serves four antennas for a second each
		ArriveReads:      3,                // one stray read is a reflection
		ArriveWithin:     2 * time.Second,
		UnknownRSSIReads: 5, // more reads make up for the missing floor
		MoveReads:        2,
		MoveMargin:       6, // a person turning round changes a mean by 3 to 5 dB
		NeighbourMargin:  9,
		MoveHold:         60 * time.Second,
		MoveDecay:        0.5,
		MinStay:          2 * time.Second,  // two antennas served in turn do not play ping-pong
		DepartAfter:      30 * time.Second, // a body can hide a tag for twenty
		StaticAfter:      2 * time.Hour,    // nobody tries things on for so long
	}
}

// Antenna is one antenna of one reader, numbered as in devices.TagRead.
type Antenna struct {
	Reader showroom.DeviceID
	Number int
}

// Mount says where an antenna hangs and how well it hears.
type Mount struct {
	Place showroom.Place
	// Floor of this antenna; 0 means that of the profile (no antenna has a floor of 0 dBm).
	Floor devices.RSSI
	// Gain is added to every strength the antenna reports, before anything is compared: what a longer cable loses.
	Gain DB
}

// Config is the shop as the Engine sees it.
type Config struct {
	// Antennas are all that are heard. Reads of any other are counted and dropped.
	Antennas map[Antenna]Mount
	// Neighbours are pairs of places that hear each other's tags.
	Neighbours [][2]showroom.Place
	// DepartAfter of single places, instead of the profile's.
	DepartAfter map[showroom.Place]time.Duration
	Profile     Profile
	// MaxTags is how many tags are remembered at once; 0 is 50,000, which is about 20 MB. Beyond it the tags that were first
	// heard longest ago without ever arriving make room; when there is none, new tags are refused and counted.
	MaxTags int
}

const defaultMaxTags = 50_000

func (p Profile) sane() Profile {
	if p == (Profile{}) {
		p = RetailProfile()
	}
	// A rule that can never hold, or always does, is a fault of the configuration, which is where it is reported. Here it must
	// only break nothing.
	p.Window = max(p.Window, time.Millisecond)
	p.ArriveWithin = min(max(p.ArriveWithin, 0), p.Window)
	p.ArriveReads = max(p.ArriveReads, 1)
	p.MoveReads = max(p.MoveReads, 1)
	p.UnknownRSSIReads = max(p.UnknownRSSIReads, 1)
	p.DepartAfter = max(p.DepartAfter, time.Millisecond)
	return p
}
