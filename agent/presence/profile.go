package presence

import (
	"time"

	"showroom/agent/showroom"
	"showroom/devices"
)

// DB is a ratio of two radio powers in decibels.
type DB float64

// Profile are the numbers behind the rules of the package comment. The zero Profile means RetailProfile, or TrayProfile for a
// tray; in any other one every field is taken as it stands. In a comparison the Profile of the place that would have the tag counts.
type Profile struct {
	// Floor is how well a place must hear a tag, on average, to have it: about halfway down from the hook to what comes through
	// the door.
	Floor devices.RSSI
	// Slack is how far below the floor the mean may fall and the tag still stays.
	Slack DB
	// Hook is how far above the floor tags are heard that hang in the place.
	Hook DB
	// Quiet is what a place that does not hear a tag is taken to hear. A weaker read counts for nothing.
	Quiet devices.RSSI
	// Wall is what the wall between two neighbours takes.
	Wall DB
	// Window is how long a read counts in the mean of a place.
	Window time.Duration
	// ArriveReads within ArriveWithin, ArriveAfter or longer after the first one, are an arrival. ArriveWithin beyond Window is
	// cut to Window. ArriveMargin is what the place must win by.
	ArriveReads  int
	ArriveWithin time.Duration
	ArriveAfter  time.Duration
	ArriveMargin DB
	// UnknownRSSIReads is used in place of ArriveReads and MoveReads for reads without a strength.
	UnknownRSSIReads int
	// MoveReads is how often the new place must have heard the tag within Window.
	MoveReads int
	// MoveMargin is what the new place must win by, NeighbourMargin the same between neighbours, MoveHold for how long.
	MoveMargin      DB
	NeighbourMargin DB
	MoveHold        time.Duration
	// MoveRise is how much better than usual the new place must hear the tag meanwhile, if it has heard it all along.
	MoveRise DB
	// MinStay is how long a tag stays in a place before a louder one can take it.
	MinStay time.Duration
	// LoiterAfter is how long a tag may be heard without arriving before it counts as hanging about. It then arrives only where
	// it is heard LoiterRise better than usual for MoveHold.
	LoiterAfter time.Duration
	LoiterRise  DB
	// DepartAfter is the silence after which a tag has left.
	DepartAfter time.Duration
	// StaticAfter is how long a tag may stay in a room or a tray before it is furniture, ShelfAfter how long it may hang about
	// near one. 0 is for ever.
	StaticAfter time.Duration
	ShelfAfter  time.Duration
}

// RetailProfile suits garments in fitting rooms and zones. The figures come from simulated shops with the radio of devices/sim: a
// hook a metre from the antenna, walls of 10 to 15 dB, people who move the strength by 5 dB and stand in the way for up to 20 s.
func RetailProfile() Profile {
	return Profile{
		Floor:            devices.DBm(-58), // a garment on its hook is heard at -48 dBm, in the corridor at -60
		Slack:            6,                // a body in the way takes 10 to 15 dB off, but not for long
		Hook:             8,
		Quiet:            devices.DBm(-76), // a tag answers one round in twenty there
		Wall:             10,
		Window:           8 * time.Second,
		ArriveReads:      3, // one stray read is a reflection
		ArriveWithin:     3 * time.Second,
		ArriveAfter:      2200 * time.Millisecond, // a garment carried past the curtain is gone by then
		ArriveMargin:     4,
		UnknownRSSIReads: 5, // more reads make up for the missing floor
		MoveReads:        2,
		MoveMargin:       3,
		NeighbourMargin:  4,
		MoveHold:         25 * time.Second, // a body hides a tag for twenty, and the neighbour is louder for so long
		MoveRise:         4,                // a body before the old antenna makes the new one hear no better
		MinStay:          2 * time.Second,
		LoiterAfter:      15 * time.Second,
		LoiterRise:       8,
		DepartAfter:      30 * time.Second,
		StaticAfter:      2 * time.Hour, // nobody tries things on for so long
		ShelfAfter:       10 * time.Minute,
	}
}

// TrayProfile suits a checkout tray: a box with an antenna under it, where a few seconds count and nothing that is not in it is
// heard well.
func TrayProfile() Profile {
	p := RetailProfile()
	p.Floor = devices.DBm(-50) // a garment in the tray lies on the antenna; one in the queue is a metre away
	p.Slack = 8
	p.Window = 2 * time.Second
	p.ArriveReads, p.ArriveWithin, p.ArriveAfter = 4, time.Second, 700*time.Millisecond // several rounds, not one
	p.MoveHold, p.MoveRise = time.Second, 0
	p.MinStay = 500 * time.Millisecond
	p.LoiterAfter, p.Hook = 0, 0
	p.DepartAfter = 3 * time.Second
	p.StaticAfter = 30 * time.Minute
	return p
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
	// Profile is that of rooms and zones, Tray that of trays.
	Profile Profile
	Tray    Profile
	// MaxTags is how many tags are remembered at once; 0 is 50,000, which is about 30 MB. Beyond it the tags that were first
	// heard longest ago without ever arriving make room; when there is none, new tags are refused and counted.
	MaxTags int
}

const defaultMaxTags = 50_000

// or is the Profile, or the usual one in place of the zero one. A rule that can never hold, or always does, is a fault of the
// configuration, which is where it is reported; here it must only break nothing.
func (p Profile) or(usual Profile) Profile {
	if p == (Profile{}) {
		p = usual
	}
	p.Window = max(p.Window, time.Millisecond)
	p.ArriveWithin = min(max(p.ArriveWithin, 0), p.Window)
	p.ArriveReads = max(p.ArriveReads, 1)
	p.MoveReads = max(p.MoveReads, 1)
	p.UnknownRSSIReads = max(p.UnknownRSSIReads, 1)
	p.DepartAfter = max(p.DepartAfter, time.Millisecond)
	p.StaticAfter = max(p.StaticAfter, 0)
	p.ShelfAfter = max(p.ShelfAfter, 0)
	return p
}

// hook is how well tags are heard that hang in the place, in dBm.
func (p *Profile) hook() float64 { return p.Floor.DBm() + float64(p.Hook) }
