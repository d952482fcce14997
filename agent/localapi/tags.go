package localapi

import "time"

// Paths about tags: what associates and tills do, by the staff page and the command line. Tags are enrolled and handed out over the
// unix socket only, and over TCP the labels of apps, which may be names, are not told.
const (
	PathTags             = "/v1/tags"                // GET Tags; POST EnrolCommand -> Tag
	PathTagHandOut       = "/v1/tags/{tag}/hand-out" // POST Command -> Tag
	PathTagReturn        = "/v1/tags/{tag}/return"   // POST ReturnCommand -> Tag
	PathGarmentsSold     = "/v1/garments/sold"       // POST GarmentsCommand -> GarmentsCounted
	PathGarmentsReturned = "/v1/garments/returned"   // POST GarmentsCommand -> GarmentsCounted
)

// Tag is an enrolled radio tag. It tells neither what the tag sends nor who carries it.
type Tag struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"` // "loan", "basket", "app"
	Label string    `json:"label"`
	State string    `json:"state"` // "out", "away", "lapsed": not heard for too long, to be enrolled again
	Since time.Time `json:"since"` // it went out or was put away
	// Zone is where it is, empty when nobody knows, and ZoneName that in words.
	Zone      string    `json:"zone,omitempty"`
	ZoneName  string    `json:"zone_name,omitempty"`
	ZoneSince time.Time `json:"zone_since,omitzero"`
}

// Tags is every enrolled tag, by label.
type Tags struct {
	Tags []Tag `json:"tags"`
}

// EnrolCommand makes a radio tag known.
type EnrolCommand struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Label string `json:"label"` // what is written on it
	// Identity is what it sends: the address printed on it, iBeacon UUID-major-minor, Eddystone namespace-instance, or one of these
	// with the word that says what it is before a colon. It is kept nowhere.
	Identity string `json:"identity"`
	// PutAway: nobody carries it yet.
	PutAway bool `json:"put_away,omitempty"`
}

// ReturnCommand takes a radio tag back.
type ReturnCommand struct {
	ID string `json:"id"`
	// GiveUp forgets a loan tag that will not be handed out again. Other tags are always given up.
	GiveUp bool `json:"give_up,omitempty"`
}

// GarmentsCommand names garments by the EPCs of their tags, in hexadecimal digits. They are kept as keyed hashes.
type GarmentsCommand struct {
	ID   string   `json:"id"`
	EPCs []string `json:"epcs"`
}

// GarmentsCounted is what a GarmentsCommand has done.
type GarmentsCounted struct {
	Changed int `json:"changed"` // sold now, or the shop's again
	Already int `json:"already"` // were so before
}
