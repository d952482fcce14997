package zones

import (
	"time"

	"showroom/agent/presence"
	"showroom/agent/showroom"
	"showroom/devices"
)

// Profile are the numbers behind the rules of the package comment. The zero Profile means RetailProfile; in any other one every
// field is taken as it stands.
type Profile struct {
	// Window is how long a gateway counts as hearing a tag after a reading of it.
	Window time.Duration
	// Stale is how long what was collected about a tag keeps its worth while nothing hears it.
	Stale time.Duration
	// Away is the silence, everywhere, after which a tag is in no zone.
	Away time.Duration
	// Margin is what a zone must have collected to take a tag over: the decibels it is louder by, decision after decision. Slack
	// is taken off each time, so that two zones that hear a tag alike collect nothing.
	Margin presence.DB
	Slack  presence.DB
	// Dwell is the fewest decisions that can take: one of them adds Margin/Dwell at most, however near the tag walks past.
	Dwell int
	// Rise is taken off what another zone hears the tag louder by than it usually does. No more than the rest is collected.
	Rise presence.DB
	// Stir is by how much one zone must lately have heard the tag louder than usual for the tag to be on the move.
	Stir presence.DB
	// Settle is how long a tag must not have stirred to be still; to take a still tag needs half of Patience. 0: none ever is.
	Settle time.Duration
	// Recent is how long a zone that a tag has left is one it comes back to. Coming back takes twice the margin, and four times if the
	// tag has been going to and fro already.
	Recent time.Duration
	// Patience is how many times Margin it can take at most.
	Patience int
	// MinSamples is how often one gateway of a zone must have heard a tag, no more than Stale apart, before the tag can be said to be
	// there.
	MinSamples int
	// Quiet stands for the strength at a gateway that listens and does not hear the tag.
	Quiet devices.RSSI
	// Interval is the time between decisions.
	Interval time.Duration
}

// RetailProfile suits tags carried through a shop that advertise two to five times a second. The numbers of the contest come from
// the walks in agent/dryrun/testdata/danis, where they are no peak: any Margin from 4 to 12 dB finds the nine moves there and no
// other, and is right for 86 to 90 seconds of a hundred.
func RetailProfile() Profile {
	return Profile{
		Window:     6 * time.Second,  // the slowest gateways report every five
		Stale:      10 * time.Second, // two such reports
		Away:       30 * time.Second, // a body, a bag or a lift can hide a tag for twenty
		Margin:     8,
		Slack:      0.5,
		Dwell:      2, // a lead of 4 dB decides in two seconds, one of 1 dB in sixteen
		Rise:       1.5,
		Stir:       2.75,
		Settle:     45 * time.Second, // who has stood at a shelf for so long will stand there for longer
		Recent:     3 * time.Minute,
		Patience:   8,
		MinSamples: 2,                 // one is a tag that is carried past outside
		Quiet:      devices.DBm(-100), // the weakest that gateways report
		Interval:   time.Second,
	}
}

// Mount says which zone a gateway listens to and how well it hears.
type Mount struct {
	Zone showroom.Place
	// Gain is added to every strength the gateway reports, before anything is compared.
	Gain presence.DB
}

// Config is the floor as the Engine sees it.
type Config struct {
	// Gateways are all that are heard, at most MaxGateways; sightings by any other are counted and dropped.
	Gateways map[showroom.DeviceID]Mount
	Profile  Profile
	// MaxTags is how many tags are remembered at once; 0 is 2,000, which with 20 gateways takes 2 MB. Beyond it new tags are
	// refused and counted.
	MaxTags int
}

// MaxGateways is how many gateways an Engine listens to. Beyond it those with the last names in the alphabet are left out.
const MaxGateways = 256

const defaultMaxTags = 2_000

func (p Profile) sane() Profile {
	if p == (Profile{}) {
		p = RetailProfile()
	}
	// As in presence: a rule that makes no sense is reported where it is configured. Here it must only break nothing.
	p.Interval = max(p.Interval, time.Millisecond)
	p.Window = max(p.Window, p.Interval)
	p.Stale = max(p.Stale, p.Window)
	p.Away = max(p.Away, p.Interval)
	p.Margin = min(max(p.Margin, 0.01), 10_000)
	p.Slack = min(max(p.Slack, 0), 100)
	p.Dwell = max(p.Dwell, 1)
	p.Rise = min(max(p.Rise, 0), 100)
	p.Stir = min(max(p.Stir, 0), 100)
	p.Patience = min(max(p.Patience, 1), 1000)
	p.MinSamples = min(max(p.MinSamples, 1), maxSamples)
	if !p.Quiet.Known() {
		p.Quiet = devices.DBm(-100)
	}
	return p
}
